//! From outside nobody can tell an address that has an account from one that has not.

use local::Calls;
use serde_json::{Value, json};
use tests::{PATIENCE, Person, Reply, World, json_request};

use super::changes::{asks_for, moves};

/// All that an outsider can see or measure.
#[derive(Debug, PartialEq)]
struct Seen {
    status: u64,
    headers: Vec<String>,
    keys: Vec<String>,
    body: Value,
    calls: Calls,
    argon2_runs: u64,
    /// How often it was asked whether a password was stolen.
    breach_checks: usize,
}

async fn look(world: &World, email: &str, request: impl Future<Output = Reply>) -> Seen {
    let (runs, breaches) = (world.auth.argon2_runs(), world.aws.breaches());
    let asked = breaches.asked().len();
    let (reply, calls) = world.calls(request).await;
    let mut headers: Vec<_> = reply.headers.as_object().unwrap().keys().cloned().collect();
    headers.sort();
    let mut body = reply.body.clone();
    // What differs by right: the address that was asked for, a fresh id, a running clock.
    for field in ["id", "email"] {
        if let Some(value) = body["user"].get_mut(field) {
            assert!(value.is_string());
            *value = json!(null);
        }
    }
    if let Some(left) = body.get_mut("time_remaining_seconds").filter(|left| left.is_number()) {
        *left = json!("a number");
    }
    let body = serde_json::from_str(&body.to_string().replace(email, "ADDRESS")).unwrap();
    let keys = reply.keys().into_iter().map(str::to_owned).collect();
    let (argon2_runs, breach_checks) = (world.auth.argon2_runs() - runs, breaches.asked().len() - asked);
    Seen { status: reply.status, headers, keys, body, calls, argon2_runs, breach_checks }
}

/// Unknown, pending, contested, two registered long ago, of whom one has a password and the other has not chosen one yet, and one who has
/// moved to another address, and may have this one back.
async fn everybody(world: &World) -> Vec<Person<'_>> {
    let (moved, session) = world.person().signed_in().await;
    moves(&moved, &session, "elsewhere@example.org").await;
    let (registered, _) = world.person().signed_in().await;
    let without_password = world.person();
    without_password.signs_up().await;
    without_password.rival("another password").signs_up().await;
    assert_eq!(without_password.verifies().await.status, 200);
    assert_eq!(without_password.account().await.get("password"), None);
    world.advance(25 * 3_600);
    let (unknown, pending, contested) = (world.person(), world.person(), world.person());
    pending.signs_up().await;
    contested.signs_up().await;
    contested.rival("another password").signs_up().await;
    vec![unknown, pending, contested, registered, without_password, moved]
}

#[tokio::test]
async fn sign_up_looks_the_same_for_every_address() {
    let world = World::with_breaches(PATIENCE).await;
    let mut seen = Vec::new();
    for person in everybody(&world).await {
        let stranger = person.rival("a stranger's password");
        seen.push(look(&world, &person.email, stranger.signs_up()).await);
        seen.push(look(&world, &person.email, stranger.signs_up()).await);
    }
    assert_eq!((seen[0].argon2_runs, seen[0].breach_checks), (1, 1));
    for other in &seen {
        assert_eq!(other, &seen[0]);
    }
}

#[tokio::test]
async fn a_failed_login_looks_the_same_for_every_address() {
    let world = World::with_breaches(PATIENCE).await;
    let mut seen = Vec::new();
    for person in everybody(&world).await {
        seen.push(look(&world, &person.email, person.rival("a wrong password").logs_in()).await);
    }
    assert_eq!((seen[0].status, seen[0].argon2_runs, seen[0].breach_checks), (401, 1, 0));
    for other in &seen {
        assert_eq!(other, &seen[0]);
    }
}

/// From a stranger's address, and from that of an owner who has signed in from there: wrong, and locked. And right but locked, from the
/// stranger's: the owner's lets her in.
#[tokio::test]
async fn tries_at_a_locked_address_look_the_same_for_every_address() {
    for client in ["192.0.2.7", "203.0.113.9"] {
        let world = World::start().await;
        let mut seen = Vec::new();
        for person in everybody(&world).await {
            let login = |person: &Person<'_>| json_request("POST", "/auth/login", &person.credentials());
            let wrong = login(&person.rival("a wrong password"));
            let mut of_person = Vec::new();
            for _ in 0..8 {
                of_person.push(look(&world, &person.email, world.send_from(client, wrong.clone())).await);
            }
            if client == "192.0.2.7" {
                of_person.push(look(&world, &person.email, world.send_from(client, login(&person))).await);
            }
            seen.push(of_person);
        }
        let statuses: Vec<_> = seen[0].iter().map(|seen| (seen.status, seen.argon2_runs)).take(8).collect();
        assert_eq!(statuses, [[(401, 1); 5].as_slice(), &[(429, 1); 3]].concat());
        assert_eq!(seen[0][7], seen[0][5], "locked looks the same all the time");
        for other in &seen {
            assert_eq!(other, &seen[0], "from {client}");
        }
    }
}

/// From a stranger's address and from that of an owner who has signed in from there, both of them burnt: the password is wrong, wrong while
/// the address is locked, and right.
#[tokio::test]
async fn tries_of_a_burnt_client_look_the_same_for_every_address() {
    for client in ["192.0.2.7", "203.0.113.9"] {
        let world = World::with(|config| (config.ip_limit_factor, config.logins_per_address) = (1, 1_000)).await;
        let mut seen = Vec::new();
        for person in everybody(&world).await {
            let login = |person: &Person<'_>| json_request("POST", "/auth/login", &person.credentials());
            while world.send_from(client, login(&world.person())).await.status != 429 {}
            let wrong = login(&person.rival("a wrong password"));
            let mut of_person = vec![look(&world, &person.email, world.send_from(client, wrong.clone())).await];
            for _ in 0..6 {
                world.send_from("192.0.2.8", wrong.clone()).await;
            }
            of_person.push(look(&world, &person.email, world.send_from(client, wrong)).await);
            if client == "192.0.2.7" {
                of_person.push(look(&world, &person.email, world.send_from(client, login(&person))).await);
            }
            seen.push(of_person);
        }
        for other in &seen {
            assert!(other.iter().all(|seen| (seen.status, seen.argon2_runs) == (429, 1)), "{other:#?}");
            assert_eq!(other, &seen[0], "from {client}");
        }
    }
}

#[tokio::test]
async fn a_resend_looks_the_same_for_every_address_and_so_does_the_wait() {
    let world = World::start().await;
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for person in everybody(&world).await {
        let body = json!({ "email": person.email });
        first.push(look(&world, &person.email, world.post("/auth/resend-verification", body.clone())).await);
        let again = look(&world, &person.email, world.post("/auth/resend-verification", body)).await;
        assert_eq!(again.body["retry_after"], 60);
        second.push(again);
    }
    assert_eq!((first[0].status, second[0].status), (200, 429));
    assert!(second[0].headers.contains(&"retry-after".to_owned()));
    assert!(first.iter().all(|other| other == &first[0]), "{first:#?}");
    assert!(second.iter().all(|other| other == &second[0]), "{second:#?}");
}

/// What a request has changed: which tables, and how many rows of each.
async fn changes(world: &World, request: impl Future<Output = Reply>) -> Vec<(&'static str, usize)> {
    let tables = ["Accounts", "Sessions", "Mail"];
    // What became of an earlier letter is no change of this request.
    world.aws.settled().await.unwrap();
    let mut before = Vec::new();
    for table in tables {
        before.push(world.rows(table).await);
    }
    request.await;
    let mut changed = Vec::new();
    for (table, before) in tables.into_iter().zip(before) {
        let rows = world.rows(table).await;
        changed.push((table, rows.iter().filter(|row| !before.contains(row)).count()));
    }
    changed
}

#[tokio::test]
async fn a_forgotten_password_looks_the_same_for_every_address_and_so_does_the_wait() {
    let world = World::start().await;
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for person in everybody(&world).await {
        first.push(look(&world, &person.email, person.forgets()).await);
        second.push(look(&world, &person.email, person.forgets()).await);
    }
    assert_eq!((first[0].status, first[0].argon2_runs, second[0].status), (200, 0, 429));
    assert_eq!(second[0].body["retry_after"], 60);
    assert!(second[0].headers.contains(&"retry-after".to_owned()));
    assert!(first.iter().all(|other| other == &first[0]), "{first:#?}");
    assert!(second.iter().all(|other| other == &second[0]), "{second:#?}");
}

#[tokio::test]
async fn a_forgotten_password_changes_as_much_for_every_address_and_tells_strangers_nothing() {
    let world = World::start().await;
    for person in everybody(&world).await {
        let status = world.status_of(&person.email).await;
        // The record of the address, and a letter, be it to nobody.
        let expected = [("Accounts", 1), ("Sessions", 0), ("Mail", 1)];
        assert_eq!(changes(&world, person.forgets()).await, expected, "{status}");
        assert_eq!(changes(&world, person.forgets()).await, expected.map(|(table, _)| (table, 0)), "too soon");
        assert_eq!(world.status_of(&person.email).await, status);
    }
}

#[tokio::test]
async fn an_address_that_was_asked_for_looks_pending_whatever_it_is() {
    let world = World::start().await;
    let mut seen = Vec::new();
    for person in everybody(&world).await {
        world.post("/auth/resend-verification", json!({ "email": person.email })).await;
        let path = format!("/auth/verification-status?email={}", person.email);
        let mut status = look(&world, &person.email, world.get(&path)).await;
        assert!(status.body["token_expires_at"].take().is_string());
        seen.push(status);
    }
    assert_eq!(seen[0].body["status"], "pending");
    assert!(seen.iter().all(|other| other == &seen[0]), "{seen:#?}");
}

/// Whose the new address is shows to who reads the mail there alone.
#[tokio::test]
async fn a_change_of_address_looks_the_same_whoever_has_the_new_one() {
    let world = World::start().await;
    let (mut first, mut second, mut changed) = (Vec::new(), Vec::new(), Vec::new());
    for person in everybody(&world).await {
        let (asker, session) = world.person().signed_in().await;
        first.push(look(&world, &person.email, asks_for(&asker, &session, &person.email)).await);
        second.push(look(&world, &person.email, asks_for(&asker, &session, &person.email)).await);
        let status = world.status_of(&person.email).await;
        world.advance(60);
        changed.push(changes(&world, asks_for(&asker, &session, &person.email)).await);
        assert_eq!(world.status_of(&person.email).await, status);
    }
    assert_eq!((first[0].status, first[0].argon2_runs, second[0].status), (200, 1, 429));
    assert!(first.iter().all(|other| other == &first[0]), "{first:#?}");
    assert!(second.iter().all(|other| other == &second[0]), "{second:#?}");
    // The record of the address, and an event; the guard; a letter to the present address, and one to the new one, be it to nobody.
    let expected = [("Accounts", 2), ("Sessions", 1), ("Mail", 2)];
    assert!(changed.iter().all(|changed| *changed == expected), "{changed:?}");
}

#[tokio::test]
async fn a_letter_to_nobody_is_not_mailed() {
    let world = World::start().await;
    world.post("/auth/resend-verification", json!({ "email": "nobody@example.com" })).await;
    assert!(world.mails("nobody@example.com").await.is_empty());
    let letters = world.rows_of("Mail", "MAIL#").await;
    assert_eq!((letters.len(), &letters[0]["kind"]), (1, &json!("nothing")));
}
