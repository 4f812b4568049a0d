//! Passwords that were stolen from other services: who knows them is asked, is told no more than five digits of a hash, and is in nobody's
//! way.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, TcpListener},
    time::Duration,
};

use local::Calls;
use paper::Canned;
use serde_json::{Value, json};
use tests::{PATIENCE, Person, Reply, World};

use crate::logs;

/// Stolen, and on no list of ours.
const STOLEN: &str = "trustno1-from-sweden";
/// Its SHA-1.
const PREFIX: &str = "73299";
const SUFFIX: &str = "6C6165E8034E48E926A12B0C27010F3227E";

async fn resets(person: &Person<'_>, password: &str) -> Reply {
    let token = person.is_offered_a_password().await;
    person.world.post("/auth/reset-password", json!({ "token": token, "password": password })).await
}

/// How many checks were logged, and why those failed that did.
fn logged() -> (usize, Vec<Value>) {
    let lines = logs::lines();
    let of = |event: &'static str| lines.iter().filter(move |line| line["event"] == event);
    (of("breach_check").count(), of("breach_check_failed").map(|line| line["reason"].clone()).collect())
}

#[tokio::test]
async fn a_stolen_password_signs_up_and_never_signs_in() {
    let world = World::with_breaches(PATIENCE).await;
    world.aws.breaches().steal(STOLEN);
    let ada = world.person().rival(STOLEN);
    ada.signs_up().await.assert_ok();
    ada.verifies().await.assert_ok();
    ada.logs_in().await.assert_status(401);
    let letter = world.mails(&ada.email).await.remove(0).text.unwrap();
    assert!(letter.contains("stolen from another service"), "{letter}");

    let chosen = ada.rival("chosen with more care");
    let body = json!({ "token": ada.mailed("reset-password").await, "password": chosen.password });
    world.post("/auth/reset-password", body).await.assert_ok();
    chosen.logs_in().await.assert_ok();
    ada.logs_in().await.assert_status(401);
}

#[tokio::test]
async fn a_reset_refuses_a_stolen_password_says_why_and_keeps_the_link() {
    let world = World::with_breaches(PATIENCE).await;
    let (ada, session) = world.person().signed_in().await;
    let token = ada.is_offered_a_password().await;
    world.aws.breaches().steal(STOLEN);
    let set =
        |password: &'static str| world.post("/auth/reset-password", json!({ "token": token, "password": password }));
    let refused = set(STOLEN).await;
    let flaw = &refused.assert_status(422)["detail"][0];
    assert_eq!((&flaw["loc"], &flaw["type"]), (&json!(["body", "password"]), &json!("value_error")));
    assert_eq!(flaw["ctx"]["reason"], "Password should not be one that was stolen from another service");
    world.get_as(&session, "/auth/profile").await.assert_ok();
    set("chosen with more care").await.assert_ok();
    ada.rival("chosen with more care").logs_in().await.assert_ok();
}

/// The NFC form is what is hashed, and what keyboards write.
#[tokio::test]
async fn a_stolen_password_is_known_in_every_spelling_that_opens_the_account() {
    let world = World::with_breaches(PATIENCE).await;
    world.aws.breaches().steal("gr\u{fc}ne M\u{fc}hle im Tal");
    let (ada, _) = world.person().signed_in().await;
    resets(&ada, "gru\u{308}ne Mu\u{308}hle im Tal").await.assert_status(422);
}

#[tokio::test]
async fn a_filler_is_no_stolen_password() {
    let world = World::with_breaches(PATIENCE).await;
    let answer = |count: u8| Some(Canned::new(200, format!("{SUFFIX}:{count}\r\n")));
    let (ada, _) = world.person().signed_in().await;
    world.aws.breaches().set_canned(answer(1));
    resets(&ada, STOLEN).await.assert_status(422);
    world.advance(60);
    world.aws.breaches().set_canned(answer(0));
    logs::capture();
    resets(&ada, STOLEN).await.assert_ok();
    assert_eq!(logged(), (1, vec![]));
}

/// Whoever chooses a password, and whatever is wrong with who should know it.
async fn passes_and_is_counted(world: &World, answer: Canned, reason: &str) {
    let shown = format!("{} {:.40}", answer.status, String::from_utf8_lossy(&answer.body));
    let ada = world.person().rival(STOLEN);
    world.aws.breaches().set_canned(Some(answer));
    logs::capture();
    ada.signs_up().await.assert_ok();
    assert_eq!(logged(), (1, vec![json!(reason)]), "{shown}");
    ada.verifies().await.assert_ok();
    ada.logs_in().await.assert_ok();
    logs::capture();
    resets(&ada, STOLEN).await.assert_ok();
    assert_eq!(logged(), (1, vec![json!(reason)]), "{shown}");
}

#[tokio::test]
async fn who_answers_nonsense_is_in_nobodys_way() {
    let world = World::with_breaches(PATIENCE).await;
    let (line, elsewhere) = (format!("{SUFFIX}:7\r\n"), TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    elsewhere.set_nonblocking(true).unwrap();
    let headed = |status: u16, header: &str, value: String| {
        let headers = BTreeMap::from([(header.to_owned(), value)]);
        Canned { headers, ..Canned::new(status, line.clone()) }
    };
    let target = format!("http://{}/range/{PREFIX}", elsewhere.local_addr().unwrap());
    for (answer, reason) in [
        (Canned::new(503, line.clone()), "refused"),
        (Canned::new(429, ""), "refused"),
        (Canned::new(200, "<html>"), "malformed"),
        (Canned::new(200, ""), "malformed"),
        (Canned::new(200, line.repeat(128 * 1024 / line.len() + 1)), "unreadable"),
        (headed(302, "location", target), "unreadable"),
        (headed(200, "content-length", "500".to_owned()), "unreachable"),
    ] {
        passes_and_is_counted(&world, answer, reason).await;
    }
    assert!(elsewhere.accept().is_err(), "a redirect was followed");
    // The longest answer that is read.
    world.aws.breaches().set_canned(Some(Canned::new(200, line.repeat(128 * 1024 / line.len()))));
    let (ada, _) = world.person().signed_in().await;
    resets(&ada, STOLEN).await.assert_status(422);
}

#[tokio::test]
async fn who_is_slow_is_not_waited_for() {
    let world = World::with_breaches(Duration::from_millis(20)).await;
    let slow = Canned { delay_ms: u64::MAX, ..Canned::new(200, format!("{SUFFIX}:7")) };
    passes_and_is_counted(&world, slow, "unreachable").await;
}

#[tokio::test]
async fn no_more_than_five_digits_of_a_hash_leave() {
    let world = World::with_breaches(PATIENCE).await;
    let ada = world.person().rival(STOLEN);
    ada.signs_up().await;
    ada.verifies().await;
    resets(&ada, STOLEN).await.assert_ok();
    let asked = world.aws.breaches().asked();
    assert_eq!(asked.len(), 2, "{asked:?}");
    for request in asked {
        // One line each, and nothing in them but this.
        let mut lines: Vec<_> = request.lines().filter(|line| !line.is_empty()).collect();
        lines.sort_unstable();
        let expected = [
            format!("GET /range/{PREFIX}"),
            "add-padding: true".to_owned(),
            "host: api.pwnedpasswords.com".to_owned(),
            "user-agent: bitcain/1".to_owned(),
        ];
        assert_eq!(lines, expected);
    }
}

/// What a sign-up costs where stolen passwords are looked for, and how often they are.
async fn cost_of_signing_up(person: &Person<'_>) -> (Calls, u64, usize) {
    let (world, breaches) = (person.world, person.world.aws.breaches());
    let (runs, asked) = (world.auth.argon2_runs(), breaches.asked().len());
    let (reply, calls) = world.calls(person.signs_up()).await;
    reply.assert_ok();
    (calls, world.auth.argon2_runs() - runs, breaches.asked().len() - asked)
}

#[tokio::test]
async fn every_sign_up_asks_once_and_costs_what_it_cost() {
    let world = World::with_breaches(PATIENCE).await;
    world.aws.breaches().steal(STOLEN);
    let (registered, _) = world.person().signed_in().await;
    let costs = [
        cost_of_signing_up(&world.person()).await,
        cost_of_signing_up(&world.person().rival(STOLEN)).await,
        cost_of_signing_up(&world.person().rival("password")).await,
        cost_of_signing_up(&registered.rival(STOLEN)).await,
        cost_of_signing_up(&registered).await,
    ];
    let (calls, runs, asked) = &costs[0];
    let expected = [("GetItem", 2), ("TransactWriteItems", 1), ("UpdateItem", 2)];
    let expected = BTreeMap::from(expected.map(|(call, times)| (call.to_owned(), times)));
    assert_eq!((&calls.dynamodb, *runs, *asked), (&expected, 1, 1));
    for other in &costs {
        assert_eq!(other, &costs[0]);
    }
}

#[tokio::test]
async fn a_login_asks_nobody() {
    let world = World::with_breaches(PATIENCE).await;
    let (ada, _) = world.person().signed_in().await;
    world.aws.breaches().reset();
    ada.logs_in().await.assert_ok();
    ada.rival(STOLEN).logs_in().await.assert_status(401);
    assert_eq!(world.aws.breaches().asked(), [""; 0]);
}
