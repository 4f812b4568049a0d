//! What a request costs: calls to AWS on the warm path. Where a client is counted by its address, that is one update of them; where a
//! letter is asked for, one more counts that.

use std::{collections::BTreeMap, time::Duration};

use local::Calls;
use serde_json::json;
use tests::{Reply, Request, Session, World, json_request};

use crate::{
    auth::changes::{asks_for, at, changes_password},
    kyc::{approval, genuine},
};

fn dynamodb(calls: &[(&str, u64)]) -> BTreeMap<String, u64> {
    calls.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

/// The request went well and made just these calls to DynamoDB, and none elsewhere.
fn cost((reply, calls): (Reply, Calls), expected: &[(&str, u64)]) {
    reply.assert_ok();
    assert_eq!(calls.dynamodb, dynamodb(expected));
    assert!(calls.kms.is_empty() && calls.ses.is_empty(), "{calls:?}");
}

/// Holds what a request to the vault has cost, calls to KMS included.
fn vault_cost((reply, calls): &(Reply, Calls), expected: &[(&str, u64)], kms: &[(&str, u64)]) {
    reply.assert_ok();
    assert_eq!((&calls.dynamodb, &calls.kms), (&dynamodb(expected), &dynamodb(kms)));
    assert!(calls.ses.is_empty(), "{calls:?}");
}

const READ_AND_TRANSACTION: [(&str, u64); 2] = [("GetItem", 1), ("TransactWriteItems", 1)];
const LETTER: [(&str, u64); 3] = [("GetItem", 2), ("TransactWriteItems", 1), ("UpdateItem", 2)];

#[tokio::test]
async fn sign_up_resend_and_forgot_cost_two_reads_two_counts_and_a_transaction() {
    let world = World::start().await;
    let (ada, bob) = (world.person(), world.person());
    cost(world.calls(ada.signs_up()).await, &LETTER);
    cost(world.calls(ada.signs_up()).await, &LETTER);
    for person in [&ada, &bob] {
        let body = json!({ "email": person.email });
        cost(world.calls(world.post("/auth/resend-verification", body)).await, &LETTER);
        cost(world.calls(person.forgets()).await, &LETTER);
    }
}

#[tokio::test]
async fn a_proof_costs_two_reads_and_a_transaction_and_again_two_reads() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    let body = json!({ "token": ada.mailed("verify-email").await });
    // What strangers have tried at the address stays counted.
    cost(
        world.calls(world.post("/auth/verify-email", body.clone())).await,
        &[("GetItem", 2), ("TransactWriteItems", 1)],
    );
    cost(world.calls(world.post("/auth/verify-email", body)).await, &[("GetItem", 2)]);
}

#[tokio::test]
async fn a_new_password_costs_five_reads_a_look_at_sessions_and_tokens_and_a_transaction() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let body = json!({ "token": ada.is_offered_a_password().await, "password": "chosen by the owner" });
    let (first, again) = (world.post("/auth/reset-password", body.clone()), world.post("/auth/reset-password", body));
    // The profile is one of them: a name is no password. One says how many personal tokens were ever made.
    // The client is counted, as where it signs in.
    cost(world.calls(first).await, &[("GetItem", 5), ("Query", 2), ("TransactWriteItems", 1), ("UpdateItem", 1)]);
    // To be asked again is to compare a password: the try is counted, and taken back.
    cost(world.calls(again).await, &[("GetItem", 3), ("UpdateItem", 3)]);
}

/// The session, the account and its guard; the client, the try and its being taken back. Then the name in the profile, and the guard, the
/// sessions and the personal tokens, as they are when they end. Tokens that stay are not looked at.
#[tokio::test]
async fn a_change_of_password_costs_six_reads_three_counts_a_look_at_sessions_and_tokens_and_a_transaction() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let change = changes_password(&ada, &session, "chosen a moment ago");
    let expected = [("GetItem", 6), ("Query", 2), ("TransactWriteItems", 1), ("UpdateItem", 3)];
    cost(world.calls(change).await, &expected);
    let body =
        json!({ "current_password": "chosen a moment ago", "new_password": "chosen just now", "keep_apps": true });
    let keeping = world.calls(world.post_as(&session, "/auth/change-password", body)).await;
    cost(keeping, &[("GetItem", 5), ("Query", 1), ("TransactWriteItems", 1), ("UpdateItem", 3)]);
}

/// The session, the account, its guard, and what is known of the new address. Its letter is counted, by client and with all others, and
/// what the account has asked for on this day.
#[tokio::test]
async fn a_change_of_address_costs_four_reads_and_a_transaction_and_its_proof_five_more() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let asked = world.calls(asks_for(&ada, &session, "elsewhere@example.org")).await;
    cost(asked, &[("GetItem", 4), ("TransactWriteItems", 1), ("UpdateItem", 6)]);
    let body = json!({ "token": at(&ada, "elsewhere@example.org").mailed("confirm-email").await });
    let confirm = world.calls(world.post("/auth/confirm-email", body.clone())).await;
    cost(confirm, &[("GetItem", 5), ("Query", 2), ("TransactWriteItems", 1)]);
    cost(world.calls(world.post("/auth/confirm-email", body)).await, &[("GetItem", 1)]);
    // The record of the address that the account returns from is one more.
    let body = json!({ "token": ada.mailed("not-me").await });
    let back = world.calls(world.post("/auth/not-me", body.clone())).await;
    cost(back, &[("GetItem", 5), ("Query", 2), ("TransactWriteItems", 1)]);
    // Whether a reset of second factors is still to be stopped, the guard says.
    cost(world.calls(world.post("/auth/not-me", body)).await, &[("GetItem", 3)]);
}

#[tokio::test]
async fn taking_an_account_back_costs_four_reads_a_look_at_sessions_and_tokens_and_a_transaction() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    changes_password(&ada, &session, "chosen a moment ago").await.assert_ok();
    let body = json!({ "token": ada.mailed("not-me").await });
    let taken = world.calls(world.post("/auth/not-me", body)).await;
    cost(taken, &[("GetItem", 4), ("Query", 2), ("TransactWriteItems", 1)]);
}

/// The session, the account and its guard; the client and the try. The guard, the sessions and the personal tokens, as they are when they end;
/// the try is taken back with them.
#[tokio::test]
async fn a_deletion_costs_five_reads_a_look_at_sessions_and_tokens_and_a_transaction_and_keeping_the_account_two() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let body = json!({ "current_password": ada.password });
    let asked = world.calls(world.post_as(&session, "/auth/delete-account", body)).await;
    cost(asked, &[("GetItem", 5), ("Query", 2), ("TransactWriteItems", 1), ("UpdateItem", 2)]);
    let body = json!({ "token": ada.mailed("keep-account").await });
    let kept = world.calls(world.post("/auth/keep-account", body.clone())).await;
    cost(kept, &[("GetItem", 2), ("TransactWriteItems", 1)]);
    cost(world.calls(world.post("/auth/keep-account", body)).await, &[("GetItem", 2)]);
}

#[tokio::test]
async fn sessions_cost_one_read_beside_their_rows_and_end_in_one_transaction() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let other = Session::of(&ada.logs_in().await);
    cost(world.calls(world.get_as(&session, "/auth/sessions")).await, &[("GetItem", 1), ("Query", 1)]);
    let list = world.get_as(&other, "/auth/sessions").await;
    let current = list.body["sessions"].as_array().unwrap().iter().find(|one| one["current"] == true).unwrap();
    let path = format!("/auth/sessions/{}", current["id"].as_str().unwrap());
    let revoked = world.calls(world.delete_as(&session, &path)).await;
    cost(revoked, &[("GetItem", 2), ("TransactWriteItems", 1)]);
    ada.logs_in().await.assert_ok();
    let body = json!({ "access_token": session.access, "scope": "others" });
    let left = world.calls(world.post("/auth/logout", body)).await;
    cost(left, &[("GetItem", 1), ("Query", 1), ("TransactWriteItems", 1)]);
}

#[tokio::test]
async fn a_language_costs_a_look_at_the_account_and_its_sessions_and_a_transaction() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    ada.logs_in().await.assert_ok();
    cost(world.calls(world.get_as(&session, "/auth/preferences")).await, &[("GetItem", 1)]);
    let change = || world.patch_as(&session, "/auth/preferences", json!({ "language": "de" }));
    let look = [("GetItem", 2), ("Query", 1)];
    cost(world.calls(change()).await, &[&look[..], &[("TransactWriteItems", 1)]].concat());
    // What is so already is not written.
    cost(world.calls(change()).await, &look);
}

#[tokio::test]
async fn login_refresh_and_profile_cost_what_they_should() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    world.get_as(&session, "/auth/profile").await;
    cost(world.calls(ada.logs_in()).await, &[("GetItem", 3), ("TransactWriteItems", 1), ("UpdateItem", 2)]);
    cost(world.calls(world.get_as(&session, "/auth/profile")).await, &[("GetItem", 2)]);
    let change = json!({ "full_name": "Ada" });
    cost(world.calls(world.patch_as(&session, "/auth/profile", change)).await, &[("GetItem", 1), ("UpdateItem", 1)]);
    cost(world.calls(world.refresh(&session.refresh)).await, &[("UpdateItem", 1)]);
    let path = format!("/auth/verification-status?email={}", ada.email);
    cost(world.calls(world.get(&path)).await, &[("GetItem", 2), ("UpdateItem", 1)]);
    cost(world.calls(world.get_as(&session, &path)).await, &[("GetItem", 3)]);
    cost(world.calls(world.get("/.well-known/jwks.json")).await, &[]);
    let body = json!({ "access_token": session.access });
    cost(world.calls(world.post("/auth/logout", body)).await, &[("TransactWriteItems", 1)]);
}

/// A wrong password, and one of many that come while the address is locked.
#[tokio::test]
async fn a_refused_login_costs_three_reads_and_three_updates() {
    let world = World::start().await;
    let (ada, bob) = (world.person().signed_in().await.0, world.person());
    for person in [ada, bob] {
        let stranger = json_request("POST", "/auth/login", &person.rival("a guess").credentials());
        for number in 0..6 {
            let (reply, calls) = world.calls(world.send_from("192.0.2.7", stranger.clone())).await;
            reply.assert_status(if number < 5 { 401 } else { 429 });
            assert_eq!(calls.dynamodb, dynamodb(&[("GetItem", 3), ("UpdateItem", 3)]));
        }
    }
}

#[tokio::test]
async fn a_mail_costs_a_claim_a_send_and_a_receipt() {
    let world = World::start().await;
    // The letter comes at once here, and by the stream on AWS, after its transaction.
    world.aws.set_conflicts(Duration::ZERO);
    let (first, second) = (world.person(), world.person());
    first.signs_up().await;
    assert_eq!(first.all_mailed("verify-email").await.len(), 1);
    world.aws.reset_calls();
    second.signs_up().await;
    assert_eq!(second.all_mailed("verify-email").await.len(), 1);
    let calls = world.aws.calls();
    assert_eq!(calls.dynamodb, dynamodb(&[("GetItem", 2), ("TransactWriteItems", 1), ("UpdateItem", 4)]));
    assert_eq!((calls.ses.get("SendEmail"), calls.kms.len()), (Some(&1), 0));
}

#[tokio::test]
async fn a_cold_start_reads_the_secrets_at_once_and_writes_nothing() {
    let world = World::start().await;
    let ((), calls) = world.calls(world.another_auth().warm_up()).await;
    assert_eq!(calls.dynamodb, dynamodb(&[("GetItem", 1), ("Query", 2)]));
    assert_eq!(calls.kms, dynamodb(&[("Decrypt", 4)]));
}

#[tokio::test]
async fn secrets_are_read_again_every_ten_minutes_and_not_opened_again() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    world.advance(600);
    let (reply, calls) = world.calls(world.refresh(&session.refresh)).await;
    // The read is of the switches.
    let expected = dynamodb(&[("GetItem", 1), ("PutItem", 1), ("Query", 2), ("UpdateItem", 1)]);
    assert_eq!((reply.status, calls.dynamodb), (200, expected));
    assert!(calls.kms.is_empty(), "{:?}", calls.kms);
    let next = Session::of(&reply);
    cost(world.calls(world.refresh(&next.refresh)).await, &[("UpdateItem", 1)]);
}

#[tokio::test]
async fn operations_of_the_vault_cost_what_they_should() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let demos = world.aws.paper().demos();
    let body = json!(demos.iter().find(|demo| demo.exchange == "okx" && demo.outcome == "ok").unwrap().credentials);
    let sealed = [("GenerateDataKey", 1)];
    let kept = world.calls(world.post_as(&session, "/api/v1/api-keys/", body.clone())).await;
    vault_cost(&kept, &READ_AND_TRANSACTION, &sealed);
    let id = kept.0.body["data"]["id"].as_str().unwrap().to_owned();
    let path = |rest: &str| format!("/api/v1/api-keys/{id}{rest}");
    let (key, decrypt, test, events) = (path(""), path("/decrypt"), path("/test-connection"), path("/events"));

    let page = [("GetItem", 1), ("Query", 1)];
    vault_cost(&world.calls(world.get_as(&session, "/api/v1/api-keys/")).await, &page, &[]);
    vault_cost(&world.calls(world.get_as(&session, &events)).await, &page, &[]);
    let opened = [("GetItem", 2), ("TransactWriteItems", 1), ("UpdateItem", 2)];
    vault_cost(&world.calls(world.post_as(&session, &decrypt, json!(null))).await, &opened, &[("Decrypt", 1)]);
    assert!(world.aws.paper().calls().is_empty());
    let tested = [&opened[..], &[("PutItem", 1)]].concat();
    vault_cost(&world.calls(world.post_as(&session, &test, json!(null))).await, &tested, &[("Decrypt", 1)]);
    assert_eq!(world.aws.paper().calls().into_iter().collect::<Vec<_>>(), [("okx", 1)]);
    let changed = [("GetItem", 2), ("TransactWriteItems", 1)];
    vault_cost(&world.calls(world.patch_as(&session, &key, json!({ "label": "x" }))).await, &changed, &[]);
    let secret = json!({ "secret": body["secret"], "passphrase": body["passphrase"] });
    vault_cost(&world.calls(world.patch_as(&session, &key, secret)).await, &changed, &sealed);
    vault_cost(&world.calls(world.delete_as(&session, &key)).await, &changed, &[]);
    // The key is gone and its accesses are still there; where there are none, the key is looked for.
    vault_cost(&world.calls(world.get_as(&session, &events)).await, &page, &[]);

    let mut verified = body;
    verified["verify"] = json!(true);
    // The session, and whether there is room for one key more.
    let counted = [("GetItem", 2), ("PutItem", 1), ("TransactWriteItems", 1), ("UpdateItem", 2)];
    vault_cost(&world.calls(world.post_as(&session, "/api/v1/api-keys/", verified)).await, &counted, &sealed);
    assert_eq!(world.aws.paper().calls()["okx"], 2);
}

#[tokio::test]
async fn a_report_costs_a_write_and_a_look_at_what_it_has_changed() {
    let world = World::start().await;
    for provider in kyc::providers::ALL {
        let request = genuine(&world, provider.id, &approval(provider.id, provider.id, world.now()));
        let one = ("TransactWriteItems", 1);
        cost(world.calls(world.send(request.clone())).await, &[("Query", 1), one]);
        // A second time its id is known, and looked up what it stands for.
        cost(world.calls(world.send(request)).await, &[("Query", 1), one]);
        world.advance(1);
        let of_nobody = genuine(&world, provider.id, &approval(provider.id, "", world.now()));
        cost(world.calls(world.send(of_nobody)).await, &[one]);
    }
}

#[tokio::test]
async fn a_report_that_proves_nothing_or_says_nothing_costs_nothing() {
    let world = World::start().await;
    for provider in kyc::providers::ALL {
        let request = genuine(&world, provider.id, &approval(provider.id, "ada", world.now()));
        let bare = Request { headers: Vec::new(), ..request.clone() };
        let (reply, calls) = world.calls(world.send(bare)).await;
        assert_eq!((reply.status, calls.dynamodb, calls.kms), (401, dynamodb(&[]), dynamodb(&[])));
        let no_report = genuine(&world, provider.id, &json!([]));
        cost(world.calls(world.send(no_report)).await, &[]);
    }
}

#[tokio::test]
async fn a_status_costs_a_session_and_a_look_at_the_reports() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    world.get_as(&session, "/api/kyc/status").await;
    cost(world.calls(world.get_as(&session, "/api/kyc/status")).await, &[("GetItem", 1), ("Query", 1)]);
    cost(world.calls(world.get("/api/kyc/")).await, &[]);
    cost(world.calls(world.get("/api/kyc/health")).await, &[]);
}
