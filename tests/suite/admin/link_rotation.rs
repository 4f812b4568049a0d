//! Operators replace the key of mailed links while links are out and letters are under way.

use std::time::Duration;

use auth::Auth;
use local::{Fault, Mode, Service};
use serde_json::{Value, json};
use shared::time::Clock;
use tests::{MailInstance, Person, World};

use super::rotate_link_key;
use crate::mail::{quiet_world, stream_event};

/// Between the storing of a new key and its use. Seconds.
const LEAD: u64 = 30 * 60;
/// From then on until the key before opens nothing any more: a week, and twenty minutes. Seconds.
const END: u64 = 7 * 24 * 3_600 + 20 * 60;
/// A warm instance knows by then what was written before. Seconds.
const NOTICED: u64 = 10 * 60;

/// Lets an instance of `mail` write what is in the outbox, and answers how much of it has to be delivered again.
async fn written_by(world: &World, postman: &MailInstance) -> usize {
    let answer = postman.handle(stream_event(world).await).await.unwrap();
    answer["batchItemFailures"].as_array().unwrap().len()
}

/// Somebody who has just signed up, and the link that this instance of `mail` wrote.
async fn invited_by<'w>(world: &'w World, postman: &MailInstance) -> (Person<'w>, String) {
    let person = world.person();
    person.signs_up().await.assert_ok();
    assert_eq!(written_by(world, postman).await, 0);
    let token = person.mailed("verify-email").await;
    (person, token)
}

async fn redeem(world: &World, auth: &Auth, token: &str) -> u64 {
    world.post_to(auth, "/auth/verify-email", json!({ "token": token })).await.status
}

async fn link_keys(world: &World) -> Vec<Value> {
    let mut keys = world.rows_of("Accounts", "SECRET").await;
    keys.retain(|row| row["purpose"] == "link-key");
    keys.sort_by_key(|row| row["number"].as_u64());
    keys
}

/// The numbers of the keys that `mail` has.
async fn copies(world: &World) -> Vec<u64> {
    let rows = world.rows_of("Mail", "LINK_KEYS").await;
    rows[0]["keys"].as_array().unwrap().iter().map(|key| key["number"].as_u64().unwrap()).collect()
}

/// Whether a link, which this redeems, is under the key of this number: `auth` has no other for a moment.
async fn is_under(world: &World, token: &str, number: u32) -> bool {
    let mut others = link_keys(world).await;
    others.retain(|row| row["number"] != number);
    for row in &others {
        world.remove("Accounts", row).await;
    }
    let status = redeem(world, &world.another_auth(), token).await;
    world.put_rows("Accounts", others).await;
    assert!([200, 400].contains(&status), "{status}");
    status == 200
}

/// The link of a sign-up never expires by itself.
async fn make_lasting(world: &World, person: &Person<'_>) {
    let rows = world.rows_of("Accounts", "ADDRESS#").await;
    let row = rows.iter().find(|row| row["links"][0]["spelling"] == person.email).unwrap();
    let mut link = row["links"][0].clone();
    link["expires_at"] = json!(u32::MAX);
    world.tamper("Accounts", row, "links", json!([link])).await;
}

#[tokio::test]
async fn a_new_key_is_known_first_and_used_later_and_links_of_the_old_one_stay_good() {
    let world = quiet_world().await;
    let (warm, idle) = (world.postman(), world.postman());
    idle.warm_up().await;
    let (_, before) = invited_by(&world, &warm).await;
    let rotation = rotate_link_key(&world, false).await.unwrap();
    assert_eq!((rotation.number, rotation.ended.as_slice()), (2, &[1][..]));
    assert!(rotation.from.seconds_from(world.now()) > 15 * 60, "{rotation:?}");
    assert_eq!(rotation.until.seconds_from(rotation.from), END.cast_signed());
    assert_eq!(copies(&world).await, [1, 2]);

    world.advance(LEAD - 30);
    let (_, last) = invited_by(&world, &warm).await;
    for postman in [&warm, &world.postman()] {
        assert!(is_under(&world, &invited_by(&world, postman).await.1, 1).await);
    }
    // From the moment on every instance writes under the new one, also one that has been idle since before the rotation.
    world.advance(30);
    assert!(world.now() >= rotation.from);
    for postman in [&warm, &idle, &world.postman()] {
        assert!(is_under(&world, &invited_by(&world, postman).await.1, 2).await);
    }
    let (_, after) = invited_by(&world, &warm).await;
    let cold = world.another_auth();
    for token in [&before, &after] {
        assert_eq!(redeem(&world, &cold, token).await, 200);
    }
    // A link lives its whole life, whoever began to write it and whoever opens it.
    world.advance(24 * 3_600 - 60);
    assert_eq!(redeem(&world, &world.auth, &last).await, 200);
}

#[tokio::test]
async fn an_old_key_opens_nothing_after_its_end_and_is_not_even_opened() {
    let world = quiet_world().await;
    let postman = world.postman();
    let mut tokens = Vec::new();
    for _ in 0..3 {
        let (person, token) = invited_by(&world, &postman).await;
        make_lasting(&world, &person).await;
        tokens.push(token);
    }
    let rotation = rotate_link_key(&world, false).await.unwrap();
    world.advance(LEAD + END - 1);
    let (warm, cold) = (world.another_auth(), world.another_auth());
    // Pepper, signing key, account key, two link keys; one that was there before the rotation opens what is new.
    for (auth, opened) in [(&world.auth, 1), (&warm, 5)] {
        world.aws.reset_calls();
        auth.warm_up().await;
        assert_eq!(world.aws.calls().kms, [("Decrypt".to_owned(), opened)].into());
        assert_eq!(redeem(&world, auth, &tokens[0]).await, 200);
    }

    world.advance(1);
    assert!(world.now() >= rotation.until);
    world.aws.reset_calls();
    cold.warm_up().await;
    assert_eq!(world.aws.calls().kms, [("Decrypt".to_owned(), 4)].into());
    // Those that are warm have not read anything since.
    for auth in [&world.auth, &warm, &cold] {
        assert_eq!(redeem(&world, auth, &tokens[1]).await, 400);
    }
    // DynamoDB deletes it some day, and nothing depends on when.
    let keys = link_keys(&world).await;
    assert_eq!((keys[0]["ttl"].as_i64(), &keys[1]["ttl"]), (Some(rotation.until.as_second()), &Value::Null));
    world.remove("Accounts", &keys[0]).await;
    let again = rotate_link_key(&world, false).await.unwrap();
    assert_eq!((again.number, again.ended.as_slice()), (3, &[2][..]));
    world.advance(LEAD);
    let (_, token) = invited_by(&world, &postman).await;
    assert_eq!(redeem(&world, &cold, &token).await, 200);
    assert_eq!(redeem(&world, &cold, &tokens[2]).await, 400);
}

#[tokio::test]
async fn links_of_a_compromised_key_are_worthless_within_ten_minutes_and_new_ones_work() {
    let world = quiet_world().await;
    let warm = world.postman();
    let (ada, old) = invited_by(&world, &warm).await;
    // Even while another rotation is under way.
    assert_eq!(rotate_link_key(&world, false).await.unwrap().number, 2);
    let rotation = rotate_link_key(&world, true).await.unwrap();
    assert_eq!((rotation.number, rotation.ended.as_slice()), (3, &[1, 2][..]));
    assert_eq!((rotation.from, rotation.until), (world.now(), world.now()));
    assert_eq!(copies(&world).await, [3]);

    let cold = world.another_auth();
    let (_, at_once) = invited_by(&world, &world.postman()).await;
    assert_eq!(redeem(&world, &cold, &old).await, 400);
    assert_eq!(redeem(&world, &cold, &at_once).await, 200);
    // Whoever has been at work since before knows it now.
    world.advance(NOTICED);
    assert_eq!(redeem(&world, &world.auth, &old).await, 400);
    world.post("/auth/resend-verification", json!({ "email": ada.email })).await.assert_ok();
    assert_eq!(written_by(&world, &warm).await, 0);
    let anew = ada.mailed("verify-email").await;
    assert_ne!(anew, old);
    assert_eq!(redeem(&world, &world.auth, &anew).await, 200);
    // Neither the one that was pending nor the old one comes back, whoever starts.
    world.advance(LEAD);
    for postman in [&warm, &world.postman()] {
        assert!(is_under(&world, &invited_by(&world, postman).await.1, 3).await);
    }
}

#[tokio::test]
async fn an_instance_that_cannot_read_its_keys_again_writes_for_a_while_and_then_no_more() {
    let world = quiet_world().await;
    let postman = world.postman();
    postman.warm_up().await;
    rotate_link_key(&world, false).await.unwrap();
    // The last time nobody answers at all.
    let outages = [
        (Service::Kms, "Decrypt", Mode::Unavailable, NOTICED),
        (Service::DynamoDb, "GetItem", Mode::Unavailable, 60),
        (Service::DynamoDb, "GetItem", Mode::Held, 60),
    ];
    for (service, operation, mode, wait) in outages {
        let people = [world.person(), world.person()];
        for person in &people {
            person.signs_up().await.assert_ok();
        }
        world.advance(wait);
        world.aws.set_fault(service, Fault { mode, operation: Some(operation.to_owned()), times: Some(1_000) });
        let written = tokio::time::timeout(Duration::from_secs(30), written_by(&world, &postman)).await;
        assert_eq!(written, Ok(0));
        // Not every batch tries.
        world.aws.reset_calls();
        assert_eq!(written_by(&world, &postman).await, 0);
        assert_eq!(world.aws.calls().dynamodb.get("GetItem"), None);
        world.mend();
        for person in &people {
            assert!(is_under(&world, &person.mailed("verify-email").await, 1).await);
        }
    }
    // Then a letter waits rather than be written under a key that may have been replaced.
    let ada = world.person();
    ada.signs_up().await.assert_ok();
    world.advance(3 * 60);
    world.break_down(Service::Kms, Mode::Unavailable, Some("Decrypt"));
    for _ in 0..2 {
        assert_eq!(written_by(&world, &postman).await, 0);
        assert!(!world.rows_of("Mail", "WAITING").await.is_empty());
    }
    assert!(ada.all_mailed("verify-email").await.is_empty());
    world.mend();
    assert_eq!(written_by(&world, &postman).await, 0);
    assert_eq!(redeem(&world, &world.auth, &ada.mailed("verify-email").await).await, 200);
}

#[tokio::test]
async fn keys_that_are_open_are_not_opened_again() {
    let world = quiet_world().await;
    let postman = world.postman();
    let decrypts = async || {
        world.aws.reset_calls();
        invited_by(&world, &postman).await;
        world.aws.calls().kms.get("Decrypt").copied()
    };
    assert_eq!(decrypts().await, Some(1));
    world.advance(NOTICED);
    // `auth` reads its secrets again, too, and opens none.
    assert_eq!(decrypts().await, None);
    rotate_link_key(&world, false).await.unwrap();
    world.advance(NOTICED);
    // The new one, here and there.
    assert_eq!(decrypts().await, Some(2));
    world.advance(LEAD);
    assert_eq!(decrypts().await, None);
}

#[tokio::test]
async fn a_clock_that_is_behind_has_a_key_as_well() {
    let world = quiet_world().await;
    rotate_link_key(&world, false).await.unwrap();
    world.advance(LEAD);
    rotate_link_key(&world, false).await.unwrap();
    let postman = world.postman_at(Clock::at(world.now() - Duration::from_mins(4)));
    assert!(is_under(&world, &invited_by(&world, &postman).await.1, 1).await);
    assert!(is_under(&world, &invited_by(&world, &world.postman()).await.1, 2).await);
}

#[tokio::test]
async fn what_mail_has_heals_with_the_successor_in_it() {
    let world = quiet_world().await;
    rotate_link_key(&world, false).await.unwrap();
    let before = world.rows_of("Mail", "LINK_KEYS").await;
    world.empty("Mail").await;
    // An instance that starts has no time for it, one that reads its secrets again has.
    let auth = world.another_auth();
    auth.warm_up().await;
    assert!(world.rows_of("Mail", "LINK_KEYS").await.is_empty());
    world.advance(NOTICED);
    auth.warm_up().await;
    assert_eq!(world.rows_of("Mail", "LINK_KEYS").await, before);
    assert_eq!(copies(&world).await, [1, 2]);
    world.advance(LEAD);
    assert!(is_under(&world, &invited_by(&world, &world.postman()).await.1, 2).await);
    // Long after, no instance is told of keys that are not needed.
    world.advance(END);
    world.remove("Mail", &before[0]).await;
    auth.warm_up().await;
    assert_eq!(copies(&world).await, [2]);
}
