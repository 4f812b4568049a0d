//! What replacing any secret has in common.

use auth::Auth;
use futures::future::join_all;
use local::{Mode, Service};
use serde_json::json;
use tests::{Session, World};

use super::{LEAD, NOTICED, arranged, kid, refreshed, statuses};
use crate::admin::{rotate_account_key, rotate_link_key, rotate_pepper, rotate_signing_key};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_rotations_at_once_one_takes_place() {
    let world = World::start().await;
    // All have read the same when the first writes.
    world.hold("TransactWriteItems", 4);
    let done = join_all([false, false, true, true].map(|compromised| rotate_signing_key(&world, compromised))).await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
    let refusal = done.iter().find_map(|done| done.as_ref().err()).unwrap();
    assert!(refusal.to_string().contains("just now"), "{refusal}");
    assert_eq!(world.rows_of("Sessions", "SIGNING_KEYS").await.len(), 2);

    world.hold("PutItem", 4);
    let done = join_all((0..4).map(|_| rotate_pepper(&world))).await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");

    world.hold("TransactWriteItems", 4);
    let done = join_all([false, true, false, true].map(|compromised| rotate_link_key(&world, compromised))).await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
    world.hold("TransactWriteItems", 4);
    let done = join_all([false, true, false, true].map(|compromised| rotate_account_key(&world, compromised))).await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
    let secrets = world.rows_of("Accounts", "SECRET").await;
    assert_eq!(secrets.len(), 8, "two of each");
    // What `mail` has is of the same rotation.
    let copies = world.rows_of("Mail", "LINK_KEYS").await;
    let newest = secrets.iter().find(|row| row["sk"] == "link-key#2").unwrap();
    assert_eq!(copies[0]["keys"].as_array().unwrap().last().unwrap()["sealed"], newest["sealed"]);
}

#[tokio::test]
async fn while_a_rotation_is_under_way_another_is_refused() {
    let world = World::start().await;
    rotate_signing_key(&world, false).await.unwrap();
    rotate_pepper(&world).await.unwrap();
    rotate_link_key(&world, false).await.unwrap();
    rotate_account_key(&world, false).await.unwrap();
    let before = arranged(&world).await;
    for refused in [
        rotate_signing_key(&world, false).await.map(drop),
        rotate_pepper(&world).await.map(drop),
        rotate_link_key(&world, false).await.map(drop),
        rotate_account_key(&world, false).await.map(drop),
    ] {
        assert!(refused.unwrap_err().to_string().starts_with("a rotation is under way"));
    }
    assert_eq!(arranged(&world).await, before);
    world.advance(LEAD);
    assert!(rotate_signing_key(&world, false).await.is_ok());
    assert_eq!(rotate_pepper(&world).await.unwrap().0, 3);
    assert_eq!(rotate_link_key(&world, false).await.unwrap().number, 3);
    assert_eq!(rotate_account_key(&world, false).await.unwrap().number, 3);
}

#[tokio::test]
async fn a_rotation_that_fails_leaves_nothing_and_one_whose_answer_is_lost_counts_once() {
    let world = World::start().await;
    let before = arranged(&world).await;
    let everywhere = [
        (Service::Kms, Mode::Unavailable, "Encrypt"),
        (Service::Kms, Mode::Refused, "Encrypt"),
        (Service::DynamoDb, Mode::Unavailable, "Query"),
    ];
    for (service, mode, operation) in everywhere {
        world.break_down(service, mode, Some(operation));
        assert!(rotate_signing_key(&world, false).await.is_err() && rotate_signing_key(&world, true).await.is_err());
        assert!(rotate_pepper(&world).await.is_err());
        assert!(rotate_link_key(&world, false).await.is_err() && rotate_link_key(&world, true).await.is_err());
        assert!(rotate_account_key(&world, false).await.is_err() && rotate_account_key(&world, true).await.is_err());
        world.mend();
    }
    for mode in [Mode::Unavailable, Mode::Refused] {
        world.break_down(Service::DynamoDb, mode, Some("TransactWriteItems"));
        assert!(rotate_signing_key(&world, false).await.is_err() && rotate_signing_key(&world, true).await.is_err());
        assert!(rotate_link_key(&world, false).await.is_err() && rotate_link_key(&world, true).await.is_err());
        assert!(rotate_account_key(&world, false).await.is_err() && rotate_account_key(&world, true).await.is_err());
        world.break_down(Service::DynamoDb, mode, Some("PutItem"));
        assert!(rotate_pepper(&world).await.is_err());
        world.mend();
    }
    assert_eq!(arranged(&world).await, before);

    world.break_times(Service::DynamoDb, Mode::Lost, "TransactWriteItems", 1);
    rotate_signing_key(&world, false).await.unwrap();
    world.break_times(Service::DynamoDb, Mode::Lost, "PutItem", 1);
    assert_eq!(rotate_pepper(&world).await.unwrap().0, 2);
    world.break_times(Service::DynamoDb, Mode::Lost, "TransactWriteItems", 1);
    assert_eq!(rotate_link_key(&world, false).await.unwrap().number, 2);
    world.break_times(Service::DynamoDb, Mode::Lost, "TransactWriteItems", 1);
    assert_eq!(rotate_account_key(&world, false).await.unwrap().number, 2);
    // A key and its public half, a pepper, a link key, an account key.
    assert_eq!(arranged(&world).await.len(), before.len() + 5);
}

#[tokio::test]
async fn before_the_first_start_there_is_nothing_to_rotate() {
    let world = World::start().await;
    world.empty("Sessions").await;
    // Who has lost the public half of a key that he must withdraw is not kept from it.
    assert!(rotate_signing_key(&world, false).await.unwrap_err().to_string().contains("not published"));
    assert_eq!(rotate_signing_key(&world, true).await.unwrap().ended, Vec::<String>::new());
    world.empty("Accounts").await;
    for refused in [
        rotate_signing_key(&world, true).await.map(drop),
        rotate_pepper(&world).await.map(drop),
        rotate_link_key(&world, true).await.map(drop),
        rotate_account_key(&world, true).await.map(drop),
    ] {
        assert!(refused.unwrap_err().to_string().contains("the first start of auth"));
    }
    assert!(world.rows("Accounts").await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cold_starts_in_the_midst_of_a_rotation_agree() {
    let world = World::start().await;
    let instances: Vec<_> = (0..20).map(|_| world.another_auth()).collect();
    let (_, rotation) = tokio::join!(join_all(instances.iter().map(Auth::warm_up)), rotate_signing_key(&world, false));
    let rotation = rotation.unwrap();
    assert_eq!(world.rows_of("Accounts", "SECRET").await.len(), 5);
    assert_eq!(world.rows_of("Sessions", "SIGNING_KEYS").await.len(), 2);
    let (_, mut session) = world.person().signed_in().await;
    let old = kid(&session);
    for expected in [&old, &rotation.kid] {
        for instance in &instances {
            let body = json!({ "refresh_token": session.refresh });
            session = Session::of(&world.post_to(instance, "/auth/refresh", body).await);
            assert_eq!(kid(&session), *expected);
        }
        assert_eq!(statuses(&world, &session).await, [200, 200]);
        world.advance(LEAD);
    }
}

#[tokio::test]
async fn an_instance_that_cannot_read_its_secrets_again_tries_later() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    world.advance(NOTICED);
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("Query"));
    let session = refreshed(&world, &session).await;
    world.advance(5 * 60);
    world.refresh(&session.refresh).await.assert_status(503);
    world.mend();
    let session = refreshed(&world, &session).await;
    assert_eq!(statuses(&world, &session).await, [200, 200]);
}
