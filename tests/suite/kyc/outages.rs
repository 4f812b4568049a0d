//! Something we depend on is down: providers are told to come again, nothing is half-written, and no door opens.

use kyc::config::KycConfig;
use local::{Mode, Service};
use serde_json::{Value, json};
use shared::{config::Stage, kyc::KycStatus};
use tests::{World, invoke};

use super::{approval, assert_taken, genuine, kept, newest_secret, status};

#[tokio::test]
async fn without_its_table_a_report_is_to_come_again_and_then_it_counts() {
    let world = World::start().await;
    for (provider, mode) in [("sumsub", Mode::Unavailable), ("stripe_identity", Mode::Throttled)] {
        let request = genuine(&world, provider, &approval(provider, provider, world.now()));
        world.break_down(Service::DynamoDb, mode, None);
        world.send(request.clone()).await.assert_unavailable();
        world.mend();
        assert!(world.rows_of("Kyc", &format!("USER#{provider}")).await.is_empty());
        assert_taken(&world.send(request).await);
        assert_eq!(status(&world, provider).await, KycStatus::Approved);
    }
}

#[tokio::test]
async fn without_its_tables_a_forged_report_is_still_just_a_forged_one() {
    let world = World::start().await;
    world.break_down(Service::DynamoDb, Mode::Unavailable, None);
    let mut request = genuine(&world, "sumsub", &approval("sumsub", "ada", world.now()));
    request.body = Some(approval("sumsub", "eve", world.now()).to_string());
    world.send(request).await.assert_status(401);
}

#[tokio::test]
async fn without_its_table_nobody_is_told_a_status() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("Query"));
    world.get_as(&session, "/api/kyc/status").await.assert_unavailable();
    world.mend();
    assert_eq!(world.get_as(&session, "/api/kyc/status").await.body["status"], "not_started");
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_has_one_effect() {
    let world = World::start().await;
    let request = genuine(&world, "onfido", &approval("onfido", "ada", world.now()));
    world.break_times(Service::DynamoDb, Mode::Lost, "TransactWriteItems", 1);
    assert_taken(&world.send(request).await);
    assert_eq!((kept(&world, "ada").await.len(), status(&world, "ada").await), (1, KycStatus::Approved));
}

#[tokio::test]
async fn a_report_that_is_kept_is_taken_even_if_its_effect_cannot_be_told() {
    let world = World::start().await;
    let request = genuine(&world, "veriff", &approval("veriff", "ada", world.now()));
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("Query"));
    assert_taken(&world.send(request).await);
    world.mend();
    assert_eq!(status(&world, "ada").await, KycStatus::Approved);
}

/// Secrets of these providers as an operator seals them: the secret of the first, kept under the name of the second.
async fn sealed(world: &World, names: &[(&str, &str)]) -> impl FnOnce(&mut KycConfig) + use<> {
    let mut secrets = std::collections::BTreeMap::<_, Vec<_>>::new();
    for (of, name) in names {
        let sealed = world.sealed_webhook_secret(of, &newest_secret(of)).await;
        secrets.entry((*name).to_owned()).or_default().push(sealed);
    }
    move |config| config.secrets = secrets
}

fn delivery(world: &World, provider: &str, user: &str) -> tests::Request {
    genuine(world, provider, &approval(provider, user, world.now()))
}

#[tokio::test]
async fn sealed_secrets_are_opened_once_at_the_start() {
    let world = World::start().await;
    let own = sealed(&world, &[("sumsub", "sumsub"), ("onfido", "onfido")]).await;
    let kyc = world.another_kyc(Stage::Dev, world.clock.clone(), own);
    let ((), calls) = world.calls(kyc.warm_up()).await;
    assert_eq!(calls.kms, [("Decrypt".to_owned(), 2)].into());
    let router = kyc::router(kyc);
    world.break_down(Service::Kms, Mode::Unavailable, None);
    for provider in ["sumsub", "onfido"] {
        assert_taken(&invoke(&router, delivery(&world, provider, provider)).await);
        assert_eq!(status(&world, provider).await, KycStatus::Approved);
    }
    invoke(&router, delivery(&world, "veriff", "ada")).await.assert_status(503); // it has no secret
}

#[tokio::test]
async fn without_kms_secrets_stay_sealed_and_doors_shut_until_it_is_back() {
    let world = World::start().await;
    for mode in [Mode::Unavailable, Mode::Throttled] {
        world.empty("Kyc").await;
        let own = sealed(&world, &[("sumsub", "sumsub")]).await;
        let kyc = world.another_kyc(Stage::Dev, world.clock.clone(), own);
        world.break_down(Service::Kms, mode, None);
        kyc.warm_up().await;
        let router = kyc::router(kyc);
        invoke(&router, delivery(&world, "sumsub", "ada")).await.assert_unavailable();
        // The bytes of the configuration are no secret that anything could be signed with.
        assert!(world.rows("Kyc").await.is_empty());
        world.mend();
        assert_taken(&invoke(&router, delivery(&world, "sumsub", "ada")).await);
        assert_eq!(status(&world, "ada").await, KycStatus::Approved);
    }
}

#[tokio::test]
async fn on_a_machine_of_ones_own_kms_does_not_matter() {
    let world = World::start().await;
    world.break_down(Service::Kms, Mode::Unavailable, None);
    let kyc = world.another_kyc(Stage::Local, world.clock.clone(), |_| {});
    kyc.warm_up().await;
    assert_taken(&invoke(&kyc::router(kyc), delivery(&world, "sumsub", "ada")).await);
}

#[tokio::test]
async fn what_was_sealed_for_another_provider_opens_nothing() {
    let world = World::start().await;
    let swapped = sealed(&world, &[("onfido", "sumsub")]).await;
    let swapped = kyc::router(world.another_kyc(Stage::Dev, world.clock.clone(), swapped));
    // Signed with the secret that lies in the wrong place.
    let body = approval("sumsub", "eve", world.now()).to_string();
    let reply = invoke(&swapped, super::signed("sumsub", &newest_secret("onfido"), &body, world.now())).await;
    reply.assert_unavailable();
    assert!(world.rows("Kyc").await.is_empty());
}

#[tokio::test]
async fn what_was_never_sealed_opens_nothing_but_on_a_machine_of_ones_own() {
    let world = World::start().await;
    let clear: [(&str, Value); 2] = [("clear", json!("sumsub-secret")), ("base64", json!("c3Vtc3ViLXNlY3JldA=="))];
    for (name, text) in clear {
        let secret = text.as_str().unwrap().to_owned();
        let change = |config: &mut KycConfig| config.secrets = [("sumsub".to_owned(), vec![secret.clone()])].into();
        let router = kyc::router(world.another_kyc(Stage::Dev, world.clock.clone(), change));
        let body = approval("sumsub", "eve", world.now()).to_string();
        for signer in [secret.as_str(), "sumsub-secret"] {
            let reply = invoke(&router, super::signed("sumsub", signer, &body, world.now())).await;
            assert_eq!(reply.status, 503, "{name}: {reply:?}");
        }
    }
    assert!(world.rows("Kyc").await.is_empty());
}
