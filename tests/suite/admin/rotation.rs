//! Operators replace the signing key and the pepper while everything goes on; and what replacing any secret has in common.

use auth::Auth;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use futures::future::join_all;
use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{Reply, Session, World, assert_all};

use super::{rotate_account_key, rotate_link_key, rotate_pepper, rotate_signing_key};
use crate::logs;

/// Between the publication of a new secret and its use. Seconds.
const LEAD: u64 = 30 * 60;
/// From then on until the key before is withdrawn. Seconds.
const END: u64 = 20 * 60;
/// What the log says of a login whose password stays under the old pepper.
const NOT_ANEW: &str = "a password is not hashed anew; its next login tries again";
/// A warm instance knows by then what was written before. Seconds.
const NOTICED: u64 = 10 * 60;

fn kid(session: &Session) -> String {
    let header = BASE64_URL_SAFE_NO_PAD.decode(session.access.split('.').next().unwrap()).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}

fn kids(reply: &Reply) -> Vec<&str> {
    reply.assert_ok();
    reply.body["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect()
}

fn sorted(mut kids: Vec<&str>) -> Vec<&str> {
    kids.sort_unstable();
    kids
}

/// What `auth` and another function say to a token.
async fn statuses(world: &World, session: &Session) -> [u64; 2] {
    [world.get_as(session, "/auth/profile").await.status, world.get_as(session, "/api/v1/api-keys/").await.status]
}

async fn refreshed(world: &World, session: &Session) -> Session {
    Session::of(&world.refresh(&session.refresh).await)
}

/// Secrets, published keys and what `mail` has, in no order that matters.
async fn arranged(world: &World) -> Vec<Value> {
    let mut rows = world.rows_of("Accounts", "SECRET").await;
    rows.extend(world.rows_of("Mail", "LINK_KEYS").await);
    rows.extend(world.rows_of("Sessions", "SIGNING_KEYS").await);
    rows.sort_by_key(|row| format!("{} {}", row["pk"], row["sk"]));
    rows
}

async fn hash_of(world: &World, email: &str) -> String {
    let rows = world.accounts().await;
    let row = rows.iter().find(|row| row["address"] == email).unwrap();
    row["password"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_new_key_is_published_first_and_signs_later_and_the_old_one_outlives_its_tokens() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let old = kid(&session);
    let rotation = rotate_signing_key(&world, false).await.unwrap();
    assert!(rotation.from.seconds_from(world.now()) > 15 * 60, "{rotation:?}");
    assert_eq!(rotation.ended, [old.as_str()]);
    let new = rotation.kid.clone();
    assert_ne!(new, old);

    // A cold instance knows at once, a warm one soon, and neither signs with it yet.
    world.another_auth().warm_up().await;
    world.advance(NOTICED);
    assert_eq!(kids(&world.get("/.well-known/jwks.json").await), sorted(vec![&old, &new]));
    world.advance(LEAD - NOTICED - 30);
    let session = refreshed(&world, &session).await;
    let cold = world.another_auth();
    let of_cold =
        Session::of(&world.post_to(&cold, "/auth/refresh", json!({ "refresh_token": session.refresh })).await);
    assert_eq!([kid(&session), kid(&of_cold)], [old.clone(), old.clone()]);

    // From the moment on, instances that have been at work since before the rotation sign with it, and every function knows it.
    world.advance(30);
    assert!(world.now() >= rotation.from);
    let later = refreshed(&world, &of_cold).await;
    assert_eq!(kid(&later), new);
    assert_eq!(statuses(&world, &later).await, [200, 200]);
    let latest = world.post_to(&cold, "/auth/refresh", json!({ "refresh_token": later.refresh })).await;
    assert_eq!(kid(&Session::of(&latest)), new);
    // The last tokens of the old one are good until they expire.
    world.advance(900 - 60);
    assert_eq!(statuses(&world, &of_cold).await, [200, 200]);
    assert_eq!(kids(&world.get("/.well-known/jwks.json").await), sorted(vec![&old, &new]));

    world.advance(END - (900 - 60));
    assert!(world.now() >= rotation.until);
    assert_eq!(kids(&world.get("/.well-known/jwks.json").await), [new.as_str()]);
    assert_eq!(statuses(&world, &refreshed(&world, &Session::of(&latest)).await).await, [200, 200]);
    // DynamoDB deletes it some day, and nothing depends on when.
    for row in arranged(&world).await.iter().filter(|row| row["ttl"].is_number()) {
        world.remove(if row["pk"] == "SECRET" { "Accounts" } else { "Sessions" }, row).await;
    }
    assert_eq!(world.rows_of("Sessions", "SIGNING_KEYS").await.len(), 1);
    let again = rotate_signing_key(&world, false).await.unwrap();
    assert_eq!(again.ended, [new]);
    assert!(arranged(&world).await.iter().any(|row| row["sk"] == "signing-key#3"));
    world.another_auth().warm_up().await;
    assert_eq!(world.rows_of("Sessions", "SIGNING_KEYS").await.len(), 2);
}

#[tokio::test]
async fn a_compromised_key_is_worthless_within_ten_minutes_and_sessions_go_on() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let (_, other) = world.person().signed_in().await;
    // Even while another rotation is under way.
    let pending = rotate_signing_key(&world, false).await.unwrap().kid;
    let rotation = rotate_signing_key(&world, true).await.unwrap();
    let mut ended = rotation.ended.clone();
    ended.sort();
    assert_eq!(ended, sorted(vec![&kid(&session), &pending]));

    let cold = world.another_auth();
    let of_cold = world.post_to(&cold, "/auth/refresh", json!({ "refresh_token": session.refresh })).await;
    assert_eq!(kid(&Session::of(&of_cold)), rotation.kid);
    world.advance(NOTICED);
    assert_eq!(statuses(&world, &session).await, [401, 401]);
    assert_eq!(kids(&world.get("/.well-known/jwks.json").await), [rotation.kid.as_str()]);
    let session = refreshed(&world, &Session::of(&of_cold)).await;
    assert_eq!(kid(&session), rotation.kid);
    assert_eq!(statuses(&world, &session).await, [200, 200]);
    // A token of a withdrawn key is good for ending its session and for nothing else.
    assert_eq!(statuses(&world, &other).await, [401, 401]);
    world.post("/auth/logout", json!({ "access_token": other.access })).await.assert_ok();
    world.refresh(&other.refresh).await.assert_status(401);
    // Neither the one that was pending nor the old one comes back, whoever starts.
    world.advance(LEAD);
    world.another_auth().warm_up().await;
    assert_eq!(kid(&refreshed(&world, &session).await), rotation.kid);
    assert_eq!(kids(&world.get("/.well-known/jwks.json").await), [rotation.kid.as_str()]);
}

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
async fn a_key_that_is_published_again_keeps_its_end() {
    let world = World::start().await;
    let rotation = rotate_signing_key(&world, false).await.unwrap();
    let published = world.rows_of("Sessions", "SIGNING_KEYS").await;
    world.empty("Sessions").await;
    world.another_auth().warm_up().await;
    let again = world.rows_of("Sessions", "SIGNING_KEYS").await;
    let ends = |rows: &[Value]| rows.iter().map(|row| (row["kid"].clone(), row["until"].clone())).collect::<Vec<_>>();
    assert_eq!(ends(&again), ends(&published));
    assert!(again.iter().any(|row| row["until"] == rotation.until.as_second()));
}

#[tokio::test]
async fn an_instance_that_cannot_learn_of_a_new_key_stops_before_the_old_one_ends() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let old = kid(&session);
    let new = rotate_signing_key(&world, false).await.unwrap().kid;
    // What it has goes on for a while, and not every request looks for something newer.
    world.break_down(Service::Kms, Mode::Unavailable, Some("Decrypt"));
    world.advance(NOTICED);
    world.aws.reset_calls();
    let session = refreshed(&world, &refreshed(&world, &session).await).await;
    assert_eq!((kid(&session), world.aws.calls().dynamodb["Query"]), (old, 2), "one look at two tables");
    // Then it says so rather than sign what nobody will take.
    world.advance(5 * 60);
    for _ in 0..2 {
        world.refresh(&session.refresh).await.assert_status(503);
    }
    world.mend();
    world.advance(LEAD);
    assert_eq!(kid(&refreshed(&world, &session).await), new);
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

#[tokio::test]
async fn a_password_is_hashed_anew_under_the_new_pepper_when_its_owner_signs_in() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let (bob, _) = world.person().signed_in().await;
    let (number, from) = rotate_pepper(&world).await.unwrap();
    assert!(number == 2 && from.seconds_from(world.now()) > 15 * 60);
    // Not before its time, in no instance.
    let cold = world.another_auth();
    for auth in [&world.auth, &cold] {
        world.post_to(auth, "/auth/login", ada.credentials()).await.assert_ok();
    }
    let (of_ada, of_bob) = (hash_of(&world, &ada.email).await, hash_of(&world, &bob.email).await);
    assert!(of_ada.contains(",keyid=MQ$"), "{of_ada}");

    world.advance(LEAD);
    ada.rival("not the password").logs_in().await.assert_status(401);
    assert_eq!(hash_of(&world, &ada.email).await, of_ada);
    ada.logs_in().await.assert_ok();
    let renewed = hash_of(&world, &ada.email).await;
    assert!(renewed.contains(",keyid=Mg$"), "{renewed}");
    let (login, calls) = world.calls(ada.logs_in()).await;
    assert_eq!((login.status, calls.dynamodb["TransactWriteItems"], calls.kms.len()), (200, 1, 0));
    assert_eq!(hash_of(&world, &ada.email).await, renewed);
    ada.rival("not the password").logs_in().await.assert_status(401);
    // An instance that was cold before opens either.
    for auth in [&cold, &world.another_auth()] {
        world.post_to(auth, "/auth/login", ada.credentials()).await.assert_ok();
    }
    assert_eq!(hash_of(&world, &bob.email).await, of_bob);
    let eve = world.person();
    eve.signs_up().await.assert_ok();
    let rows = world.rows_of("Accounts", "ADDRESS#").await;
    let pending = rows.iter().find(|row| row["links"][0]["spelling"] == eve.email).unwrap();
    assert!(pending["pending"]["agreed"].as_str().unwrap().contains(",keyid=Mg$"));
    eve.verifies().await.assert_ok();
    eve.logs_in().await.assert_ok();
}

#[tokio::test]
async fn a_login_does_not_fail_because_its_password_cannot_be_hashed_anew() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    rotate_pepper(&world).await.unwrap();
    world.advance(LEAD);
    let before = hash_of(&world, &ada.email).await;
    for mode in [Mode::Unavailable, Mode::Throttled, Mode::Refused] {
        world.break_down(Service::DynamoDb, mode, Some("UpdateItem"));
        logs::capture();
        let login = ada.logs_in().await;
        world.mend();
        world.get_as(&Session::of(&login), "/auth/profile").await.assert_ok();
        let told = logs::lines().iter().filter(|line| line["message"] == NOT_ANEW).count();
        assert_eq!((told, hash_of(&world, &ada.email).await), (1, before.clone()), "{mode:?}");
    }
    ada.logs_in().await.assert_ok();
    assert_ne!(hash_of(&world, &ada.email).await, before);
}

#[tokio::test]
async fn old_and_new_peppers_and_nobody_at_all_cost_a_stranger_the_same() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let (bob, _) = world.person().signed_in().await;
    rotate_pepper(&world).await.unwrap();
    world.advance(LEAD);
    ada.logs_in().await.assert_ok();
    for stranger in [ada.rival("wrong password"), bob.rival("wrong password"), world.person()] {
        let runs = world.auth.argon2_runs();
        let (login, calls) = world.calls(stranger.logs_in()).await;
        assert_eq!((login.status, world.auth.argon2_runs() - runs), (401, 1));
        assert_eq!(calls.dynamodb, [("GetItem".to_owned(), 2)].into());
    }
}

#[tokio::test]
async fn a_password_needs_the_pepper_that_its_hash_names() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    rotate_pepper(&world).await.unwrap();
    world.advance(LEAD);
    ada.logs_in().await.assert_ok();
    // As if somebody held the accounts and every secret but the new pepper: another one stands in its place.
    let secrets = world.rows_of("Accounts", "SECRET").await;
    let find = |name: &str| secrets.iter().find(|row| row["sk"] == name).unwrap();
    world.tamper("Accounts", find("pepper#2"), "sealed", find("pepper#1")["sealed"].clone()).await;
    let reply = world.post_to(&world.another_auth(), "/auth/login", ada.credentials()).await;
    reply.assert_status(401);
    world.remove("Accounts", find("pepper#2")).await;
    let reply = world.post_to(&world.another_auth(), "/auth/login", ada.credentials()).await;
    reply.assert_status(500);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logins_at_once_hash_a_password_anew_once() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    rotate_pepper(&world).await.unwrap();
    world.advance(LEAD);
    // All have seen the old hash when the first replaces it.
    world.hold("TransactWriteItems", 6);
    let logins = join_all((0..6).map(|_| ada.logs_in())).await;
    assert_all(&logins, 200);
    assert!(hash_of(&world, &ada.email).await.contains(",keyid=Mg$"));
    ada.logs_in().await.assert_ok();

    // A new password that comes in between is not replaced by the old one.
    rotate_pepper(&world).await.unwrap();
    world.advance(LEAD);
    let token = ada.is_offered_a_password().await;
    world.hold("TransactWriteItems", 4);
    let body = json!({ "token": token, "password": "chosen by the owner" });
    let (_, reset) = tokio::join!(join_all((0..3).map(|_| ada.logs_in())), world.post("/auth/reset-password", body));
    reset.assert_ok();
    ada.rival("chosen by the owner").logs_in().await.assert_ok();
    ada.logs_in().await.assert_status(401);
}
