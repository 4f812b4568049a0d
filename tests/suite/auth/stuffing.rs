//! Somebody tries a list of other people's passwords.

use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{Person, Reply, World};

use super::{
    challenge::{solved, work},
    guard::{HOME, TOKEN, at_home, login, tries},
};
use crate::logs;

const THIEF: &str = "192.0.2.1";
const STRANGER: &str = "192.0.2.2";
const WINDOW: u64 = 3 * 60 * 60;

/// A world with the limits of production but for the number of sign-ins, at the start of a row's window.
async fn strict() -> World {
    let world = World::with(|config| (config.ip_limit_factor, config.logins_per_address) = (1, 100)).await;
    let now = world.now().as_second().unsigned_abs();
    world.advance(WINDOW - now % WINDOW);
    world
}

/// Sign-ins fail at so many addresses, one each.
async fn fails_at(world: &World, client: &str, addresses: usize) {
    for _ in 0..addresses {
        tries(&world.person(), client, None).await.assert_status(401);
    }
}

#[track_caller]
fn assert_burnt(reply: &Reply, seconds: u64) {
    let body =
        json!({ "success": false, "user": null, "session": null, "error": "Too many attempts; try again later" });
    assert_eq!(*reply.assert_status(429), body);
    assert_eq!(reply.header("retry-after"), Some(seconds.to_string().as_str()));
    assert_eq!(reply.header(TOKEN), None);
}

/// What is known of a client in the window that begins at a moment.
async fn row(world: &World, client: &str, start: u64) -> Value {
    let mut rows = world.rows_of("Limits", &format!("COUNTER#IP#{client}#{start}")).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

/// What is counted with everybody's tries at the only account that there is.
async fn everywhere(world: &World) -> Value {
    let mut rows = world.rows_of("Sessions", "ACCOUNT#").await;
    rows.retain(|row| row["sk"] == "GUARD");
    json!([rows[0]["failures"], rows[0]["day_failures"]])
}

#[tokio::test]
async fn failures_at_fifteen_addresses_burn_a_client_for_this_window_and_the_next() {
    let world = strict().await;
    let (ada, _) = at_home(&world).await;
    fails_at(&world, THIEF, 14).await;
    tries(&ada, THIEF, None).await.assert_ok();
    fails_at(&world, THIEF, 1).await;
    // From there she has signed in before.
    tries(&ada, THIEF, None).await.assert_ok();
    assert_burnt(&tries(&world.person(), THIEF, None).await, 2 * WINDOW);
    fails_at(&world, STRANGER, 1).await;
    world.advance(WINDOW + 60);
    assert_burnt(&tries(&world.person(), THIEF, None).await, WINDOW - 60);
    world.advance(WINDOW - 61);
    assert_burnt(&tries(&world.person(), THIEF, None).await, 1);
    world.advance(1);
    fails_at(&world, THIEF, 1).await;
}

#[tokio::test]
async fn whoever_mistypes_one_password_again_and_again_is_no_thief() {
    let world = strict().await;
    let ada = world.person();
    for _ in 0..40 {
        let reply = tries(&ada, THIEF, None).await;
        assert_ne!(reply.header("retry-after"), Some("21600"));
        world.advance(20);
    }
    let start = world.now().as_second().unsigned_abs() / WINDOW * WINDOW;
    assert_eq!(row(&world, THIEF, start).await["failed"].as_array().unwrap().len(), 1);
    fails_at(&world, THIEF, 14).await;
    assert_burnt(&tries(&ada, THIEF, None).await, (start + 2 * WINDOW) - world.now().as_second().unsigned_abs());
}

#[tokio::test]
async fn successes_are_not_noted_and_locked_tries_are() {
    let world = strict().await;
    let start = world.now().as_second().unsigned_abs();
    let (ada, _) = at_home(&world).await;
    assert_eq!(row(&world, HOME, start).await.get("failed"), None);
    for _ in 0..5 {
        tries(&ada.rival("a stranger's guess"), STRANGER, None).await.assert_status(401);
    }
    tries(&ada, THIEF, None).await.assert_status(429);
    assert_eq!(row(&world, THIEF, start).await["failed"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_burnt_client_locks_nobody_out_and_gets_in_from_known_places_alone() {
    let world = strict().await;
    let (ada, device) = at_home(&world).await;
    for client in [THIEF, HOME] {
        fails_at(&world, client, 15).await;
    }
    let wrong = ada.rival("a stolen password");
    for _ in 0..30 {
        assert_burnt(&tries(&wrong, THIEF, None).await, 2 * WINDOW);
    }
    assert_eq!(everywhere(&world).await, json!([0, 0]), "nobody is locked out");
    assert_burnt(&tries(&ada, THIEF, None).await, 2 * WINDOW);
    tries(&ada, STRANGER, None).await.assert_ok();
    // By her device, and from her network while it has tries left.
    tries(&ada, THIEF, Some(&device)).await.assert_ok();
    for _ in 0..10 {
        assert_burnt(&tries(&wrong, HOME, None).await, 2 * WINDOW);
    }
    assert_burnt(&tries(&ada, HOME, None).await, 2 * WINDOW);
    tries(&ada, HOME, Some(&device)).await.assert_ok();
    assert_eq!(everywhere(&world).await, json!([0, 0]));
    world.advance(900);
    tries(&ada, HOME, None).await.assert_ok();
}

#[tokio::test]
async fn the_rows_of_a_client_are_bounded() {
    let world = strict().await;
    let start = world.now().as_second().unsigned_abs();
    for _ in 0..60 {
        tries(&world.person(), THIEF, None).await;
    }
    let (now, next) = (row(&world, THIEF, start).await, row(&world, THIEF, start + WINDOW).await);
    let failed = now["failed"].as_array().unwrap();
    assert_eq!(failed.len(), 32);
    // What an address begins with: six bytes.
    assert!(failed.iter().all(|name| name.as_str().unwrap().len() == 8), "{failed:?}");
    assert_eq!(now["ttl"], json!(start + 2 * WINDOW));
    let burnt = json!({ "pk": next["pk"], "burnt": true, "ttl": start + 3 * WINDOW });
    assert_eq!(next, burnt);
}

#[tokio::test]
async fn a_failure_that_cannot_be_noted_is_not_told() {
    let world = strict().await;
    let ada = world.person();
    world.aws.reset_calls();
    // The client, the try, and then the note.
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("UpdateItem"));
    tries(&ada, THIEF, None).await.assert_unavailable();
    world.mend();
    fails_at(&world, THIEF, 15).await;
}

#[tokio::test]
async fn it_is_said_once_when_a_client_is_burnt_and_of_whom_is_not() {
    let world = strict().await;
    logs::capture();
    for _ in 0..20 {
        tries(&world.person(), THIEF, None).await;
    }
    let text = logs::text();
    assert!(!text.contains(THIEF) && !text.contains("person-"), "{text}");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let said: Vec<_> = lines.iter().filter(|line| line["event"] == "credential_stuffing").collect();
    assert_eq!(said.len(), 1, "{said:?}");
    let reasons = lines.iter().filter(|line| line["event"] == "login_refused").map(|line| line["reason"].as_str());
    assert_eq!(reasons.filter(|reason| *reason == Some("burnt")).count(), 5);
}

#[tokio::test]
async fn a_burnt_client_that_solves_a_challenge_is_like_everybody_and_no_more() {
    let world = strict().await;
    let (ada, _) = at_home(&world).await;
    fails_at(&world, THIEF, 15).await;
    let solving = async |person: &Person<'_>| {
        let asked = tries(person, THIEF, None).await;
        assert_eq!(work(&asked).1, 18);
        let mut request = login(person, None);
        request.headers.push(("x-challenge-answer".to_owned(), solved(&asked)));
        let reply = world.send_from(THIEF, request.clone()).await;
        let again = world.send_from(THIEF, request).await;
        assert!(again.status == 429 && again.header("x-challenge").is_some(), "an answer is good once: {again:?}");
        reply
    };
    let wrong = ada.rival("a stolen password");
    for failures in 1..=5 {
        solving(&wrong).await.assert_status(401);
        assert_eq!(everywhere(&world).await, json!([failures, failures]), "its tries are counted with everybody's");
    }
    // No challenge gets past the guard.
    let locked = solving(&ada).await;
    assert_eq!((locked.status, locked.header("retry-after"), locked.header("x-challenge")), (429, Some("1"), None));
    // From a known place a wrong password owes as much as from anywhere.
    fails_at(&world, HOME, 15).await;
    assert_eq!(work(&tries(&wrong, HOME, None).await).1, 18);
    tries(&ada, HOME, None).await.assert_ok();
}
