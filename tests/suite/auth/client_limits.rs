//! How often a client may ask, by its address, and how many letters all of them together may ask for.

use auth::challenge::Challenge;
use futures::future::join_all;
use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{Person, Reply, Request, Session, World, authorized, json_request};

use super::challenge::{solved, work};

const LOGIN: &str = "/auth/login";
const RESEND: &str = "/auth/resend-verification";
const FORGOT: &str = "/auth/forgot-password";
const SIGN_UP: &str = "/auth/signup";
const STATUS: &str = "/auth/verification-status";
const CLIENT: &str = "192.0.2.1";
const ANOTHER: &str = "192.0.2.2";
const WINDOW: u64 = 3 * 60 * 60;

/// A world with the limits of production, at the start of a row's window.
async fn strict() -> World {
    let world = World::with(|config| config.ip_limit_factor = 1).await;
    let now = world.now().as_second().unsigned_abs();
    world.advance(WINDOW - now % WINDOW);
    world
}

/// What somebody nobody knows asks for at a path. Sign-ins are tried at ten addresses in turn: no other limit is near.
fn asks(world: &World, path: &'static str, number: usize) -> Request {
    let person = world.person();
    match path {
        LOGIN => {
            let one_of_ten = Person::new(world, format!("one-of-ten-{}@example.com", number % 10));
            json_request("POST", path, &one_of_ten.credentials())
        }
        SIGN_UP => json_request("POST", path, &person.credentials()),
        RESEND | FORGOT => json_request("POST", path, &json!({ "email": person.email })),
        _ => Request { method: "GET", path: format!("{path}?email={}", person.email), ..Request::default() },
    }
}

/// Asks as often as there is room; every answer says so.
async fn uses_up(world: &World, client: &str, path: &'static str, times: usize) {
    for number in 0..times {
        let status = world.send_from(client, asks(world, path, number)).await.status;
        assert_eq!(status, if path == LOGIN { 401 } else { 200 }, "{path}");
    }
}

#[track_caller]
fn assert_limited(reply: &Reply, seconds: u64) {
    reply.assert_status(429);
    assert_eq!(reply.header("retry-after"), Some(seconds.to_string().as_str()), "{reply:?}");
}

/// The rows of clients.
async fn rows(world: &World) -> Vec<Value> {
    world.rows_of("Limits", "COUNTER#IP#").await
}

#[tokio::test]
async fn each_group_has_its_limit_and_the_next_slot_another_one() {
    for (paths, times, span) in [
        (&[LOGIN][..], 30, 300),
        // One of each kind more would be too many for what they have in common.
        (&[SIGN_UP, RESEND, FORGOT], 10, 900),
        (&[STATUS], 300, 300),
    ] {
        let world = strict().await;
        let others = paths.len() - 1;
        for path in &paths[1..] {
            uses_up(&world, CLIENT, path, 1).await;
        }
        uses_up(&world, CLIENT, paths[0], times - others).await;
        world.advance(10);
        for path in paths {
            let reply = world.send_from(CLIENT, asks(&world, path, 0)).await;
            assert_limited(&reply, span - 10);
            world.send_from(ANOTHER, asks(&world, path, 0)).await;
        }
        world.advance(span - 11);
        assert_limited(&world.send_from(CLIENT, asks(&world, paths[0], 0)).await, 1);
        world.advance(1);
        uses_up(&world, CLIENT, paths[0], 1).await;
    }
}

#[tokio::test]
async fn a_client_that_asks_too_often_is_told_in_each_operations_own_words() {
    let world = strict().await;
    for (path, times) in [(LOGIN, 30), (SIGN_UP, 10), (STATUS, 300)] {
        uses_up(&world, CLIENT, path, times).await;
    }
    let refused = |error: &str| json!({ "success": false, "user": null, "session": null, "error": error });
    let too_soon =
        json!({ "success": false, "message": "Please wait before asking for another link", "retry_after": 900 });
    for (path, body) in [
        (LOGIN, refused("Too many attempts; try again later")),
        (SIGN_UP, refused("Too many requests; try again later")),
        (RESEND, too_soon.clone()),
        (FORGOT, too_soon),
        (STATUS, json!({ "detail": "Too many requests" })),
    ] {
        assert_eq!(world.send_from(CLIENT, asks(&world, path, 0)).await.body, body, "{path}");
    }
}

#[tokio::test]
async fn whoever_is_refused_causes_nothing_but_the_count() {
    let world = strict().await;
    for (path, times, cost) in
        [(LOGIN, 30, vec![("GetItem", 1), ("UpdateItem", 1)]), (SIGN_UP, 10, vec![("UpdateItem", 1)])]
    {
        uses_up(&world, CLIENT, path, times).await;
        let (runs, letters) = (world.auth.argon2_runs(), world.rows("Mail").await.len());
        let (reply, calls) = world.calls(world.send_from(CLIENT, asks(&world, path, 0))).await;
        reply.assert_status(429);
        let made: Vec<_> = calls.dynamodb.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        assert_eq!(made, cost);
        assert_eq!((world.auth.argon2_runs(), world.rows("Mail").await.len()), (runs, letters), "{path}");
    }
    let budget = world.rows_of("Limits", "COUNTER#MAIL#").await;
    assert_eq!((budget.len(), &budget[0]["times"]), (1, &json!(10)), "one client uses up no budget");
}

#[tokio::test]
async fn households_share_a_limit_and_neighbours_do_not() {
    let world = strict().await;
    for (client, same, others) in [
        ("2001:db8:1:2::3", "2001:db8:1:2:ffff::4", "2001:db8:1:3::3"),
        ("198.51.100.7", "::ffff:198.51.100.7", "198.51.100.8"),
        // Without an address, or with something that is none.
        ("", "nowhere", "203.0.113.77"),
    ] {
        uses_up(&world, client, SIGN_UP, 10).await;
        assert_limited(&world.send_from(same, asks(&world, SIGN_UP, 0)).await, 900);
        uses_up(&world, others, SIGN_UP, 1).await;
    }
}

#[tokio::test]
async fn whoever_writes_an_address_into_a_header_is_counted_where_he_comes_from() {
    let world = strict().await;
    for number in 0..10 {
        let mut forged = asks(&world, SIGN_UP, 0);
        for name in ["x-forwarded-for", "forwarded", "x-real-ip", "true-client-ip", "cloudfront-viewer-address"] {
            forged.headers.push((name.to_owned(), format!("198.51.100.{number}")));
        }
        world.send_from(CLIENT, forged).await.assert_ok();
    }
    assert_limited(&world.send_from(CLIENT, asks(&world, SIGN_UP, 0)).await, 900);
    let rows = rows(&world).await;
    assert!(rows.len() == 1 && rows[0]["pk"].as_str().unwrap().starts_with("COUNTER#IP#192.0.2.1#"), "{rows:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_forty_sign_ins_at_once_thirty_pass() {
    let world = strict().await;
    world.hold("UpdateItem", 40);
    let replies = join_all((0..40).map(|number| world.send_from(CLIENT, asks(&world, LOGIN, number)))).await;
    let with = |status| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((with(401), with(429)), (30, 10), "{replies:?}");
}

#[tokio::test]
async fn what_is_no_request_and_what_needs_no_limit_counts_nothing() {
    let world = strict().await;
    let (ada, session) = world.person().signed_in().await;
    let before = world.rows("Limits").await;
    for path in [LOGIN, SIGN_UP, RESEND, FORGOT] {
        for body in [json!({}), json!({ "email": "nowhere", "password": "short" })] {
            world.post(path, body).await.assert_status(422);
        }
        world
            .send(Request { body: Some("{".to_owned()), ..json_request("POST", path, &json!({})) })
            .await
            .assert_status(422);
    }
    world.get(STATUS).await.assert_status(422);
    world.get_as(&session, "/auth/profile").await.assert_ok();
    world.get_as(&Session { access: "none".to_owned(), ..session.clone() }, "/auth/profile").await.assert_status(401);
    let own = format!("{STATUS}?email={}", ada.email);
    world.get_as(&session, &own).await.assert_ok();
    world.post("/auth/verify-email", json!({ "token": "none" })).await.assert_status(400);
    world.refresh(&session.refresh).await.assert_ok();
    world.post("/auth/logout", json!({ "access_token": session.access })).await.assert_ok();
    assert_eq!(world.rows("Limits").await, before);
    // A session says nothing of other people's addresses.
    world.send(authorized("GET", &format!("{STATUS}?email=eve@example.com"), &session.access, None)).await.assert_ok();
    assert_ne!(world.rows("Limits").await, before);
}

#[tokio::test]
async fn known_and_unknown_addresses_are_counted_alike() {
    let world = strict().await;
    let ((ada, _), pending) = (world.person().signed_in().await, world.person());
    pending.signs_up().await;
    world.advance(8 * WINDOW);
    let mut seen = Vec::new();
    for (number, person) in [ada, pending, world.person()].into_iter().enumerate() {
        let client = format!("198.51.100.{number}");
        let body = person.rival("a stranger's guess").credentials();
        let mut answers = Vec::new();
        for (path, times) in [(LOGIN, 31), (SIGN_UP, 4), (RESEND, 4), (FORGOT, 4)] {
            for _ in 0..times {
                let reply = world.send_from(&client, json_request("POST", path, &body)).await;
                answers.push((path, reply.status, reply.header("retry-after").map(str::to_owned)));
            }
        }
        assert_eq!((answers[30].1, answers[30].2.as_deref()), (429, Some("300")));
        assert_eq!((answers[42].1, answers[42].2.as_deref()), (429, Some("900")));
        let mut row = row_of(&world, &client).await;
        assert_eq!(row["failed"].take().as_array().unwrap().len(), 1);
        seen.push((answers, row));
    }
    assert!(seen.iter().all(|other| other == &seen[0]), "{seen:#?}");
}

/// What is counted of a client, without its key.
async fn row_of(world: &World, client: &str) -> Value {
    let mut rows = world.rows_of("Limits", &format!("COUNTER#IP#{client}#")).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows[0].as_object_mut().unwrap().remove("pk");
    rows.remove(0)
}

#[tokio::test]
async fn a_client_has_one_row_for_three_hours_whatever_it_does() {
    let world = strict().await;
    let start = world.now().as_second();
    for number in 0..36 {
        for path in [LOGIN, STATUS, SIGN_UP, RESEND] {
            world.send_from(CLIENT, asks(&world, path, number)).await;
        }
        world.advance(300);
    }
    let found = rows(&world).await;
    assert_eq!((found.len(), &found[0]["pk"]), (1, &json!(format!("COUNTER#IP#{CLIENT}#{start}"))));
    let row = row_of(&world, CLIENT).await;
    assert_eq!(row["ttl"], json!(start + 2 * WINDOW.cast_signed()));
    let of = |name: &str| row.as_object().unwrap().keys().filter(|key| key.starts_with(name)).count();
    assert_eq!(["l_", "a_", "m_"].map(of), [36, 36, 12], "{row}");
    assert_eq!((&row["l_0"], &row["l_35"], &row["m_11"]), (&json!(1), &json!(1), &json!(6)));
    // As many addresses as it takes, and the longest key.
    let others = (32 - row["failed"].as_array().unwrap().len()) * 9;
    let bytes = tests::size_of(&row) + others + "pkCOUNTER#IP#2001:db8:85a3:8d3::/64#1795996800".len();
    assert!(bytes < 1_000, "{bytes} bytes: {row}");
    world.send_from(CLIENT, asks(&world, LOGIN, 0)).await;
    assert_eq!(rows(&world).await.len(), 2);
}

#[tokio::test]
async fn what_cannot_be_counted_is_not_done() {
    let world = strict().await;
    let (ada, _) = world.person().signed_in().await;
    let runs = world.auth.argon2_runs();
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("UpdateItem"));
    for path in [LOGIN, SIGN_UP, RESEND, FORGOT, STATUS] {
        world.send_from(CLIENT, asks(&world, path, 0)).await.assert_unavailable();
    }
    ada.logs_in().await.assert_unavailable();
    assert_eq!(world.auth.argon2_runs(), runs);
    world.mend();
    ada.logs_in().await.assert_ok();
}

/// Somebody asks from a client's address that nobody has asked from.
async fn asks_from_elsewhere(world: &World, number: &mut u8, person: &Person<'_>, path: &'static str) -> Reply {
    *number += 1;
    let body = if path == SIGN_UP { person.credentials() } else { json!({ "email": person.email }) };
    world.send_from(&format!("198.51.100.{number}"), json_request("POST", path, &body)).await
}

#[tokio::test]
async fn over_twice_the_budget_of_the_hour_nobody_gets_a_letter_and_the_other_budget_is_whole() {
    let world = World::with(|config| {
        (config.ip_limit_factor, config.mails_per_hour, config.challenge) = (1, 5, Challenge::Off);
    })
    .await;
    let (ada, mut number) = (world.person().signed_in().await.0, 0);
    for path in [RESEND, SIGN_UP].into_iter().cycle().take(9) {
        asks_from_elsewhere(&world, &mut number, &world.person(), path).await.assert_ok();
    }
    world.advance(600);
    for person in [&ada, &world.person()] {
        for path in [SIGN_UP, RESEND] {
            let reply = asks_from_elsewhere(&world, &mut number, person, path).await;
            assert_eq!(*reply.assert_status(503), json!({ "detail": "Service temporarily unavailable" }));
            assert_eq!(reply.header("retry-after"), Some("3000"));
        }
    }
    let letters = ada.all_mailed("reset-password").await.len();
    asks_from_elsewhere(&world, &mut number, &ada, FORGOT).await.assert_ok();
    assert_eq!(ada.all_mailed("reset-password").await.len(), letters + 1);
    ada.logs_in().await.assert_ok();
    // Letters to nobody, and requests that are too soon, count as well.
    for _ in 0..9 {
        asks_from_elsewhere(&world, &mut number, &ada, FORGOT).await.assert_status(429);
    }
    asks_from_elsewhere(&world, &mut number, &world.person(), FORGOT).await.assert_status(503);
    world.advance(3_000);
    for path in [SIGN_UP, RESEND, FORGOT] {
        asks_from_elsewhere(&world, &mut number, &world.person(), path).await.assert_ok();
    }
    let rows = world.rows_of("Limits", "COUNTER#MAIL#").await;
    assert_eq!(rows.len(), 4, "{rows:?}");
    assert!(rows.iter().all(|row| row["ttl"].is_number()));
}

/// Anybody has a link of his own, and can have passwords hashed with it, refused, and asked about.
#[tokio::test]
async fn a_link_is_no_way_around_the_limit_of_logins() {
    let world = strict().await;
    let (ada, _) = world.person().signed_in().await;
    let token = ada.is_offered_a_password().await;
    let resets =
        |password: &str| json_request("POST", "/auth/reset-password", &json!({ "token": token, "password": password }));
    for _ in 0..30 {
        world.send_from(CLIENT, resets("password1!")).await.assert_status(422);
    }
    let runs = world.auth.argon2_runs();
    let limited = world.send_from(CLIENT, resets("chosen by the owner")).await;
    assert_limited(&limited, 300);
    assert_eq!(limited.body["success"], json!(false));
    assert_eq!(world.auth.argon2_runs(), runs);
    // A token that is none is not counted: 256 random bits are not guessed.
    let forged = json!({ "token": "AAAA", "password": "chosen by the owner" });
    world.send_from(CLIENT, json_request("POST", "/auth/reset-password", &forged)).await.assert_status(400);
    world.send_from(ANOTHER, resets("chosen by the owner")).await.assert_ok();
}

/// Sends a request twice: the second time with what solves the challenge that the first one was answered with.
async fn solves(world: &World, client: &str, mut request: Request) -> Reply {
    let asked = world.send_from(client, request.clone()).await;
    request.headers.push(("x-challenge-answer".to_owned(), solved(&asked)));
    world.send_from(client, request).await
}

#[tokio::test]
async fn a_client_over_its_limit_goes_on_with_a_solved_challenge_each_and_ten_times_as_often() {
    let world = World::with(|config| (config.ip_limit_factor, config.logins_per_address) = (1, 1)).await;
    uses_up(&world, CLIENT, LOGIN, 1).await;
    let asked = world.send_from(CLIENT, asks(&world, LOGIN, 1)).await;
    assert_eq!(work(&asked).1, 18);
    assert_limited(&asked, 300);
    for number in 1..10 {
        solves(&world, CLIENT, asks(&world, LOGIN, number)).await.assert_status(401);
    }
    let over = solves(&world, CLIENT, asks(&world, LOGIN, 0)).await;
    assert_limited(&over, 300);
    assert_eq!(over.header("x-challenge"), None, "now it has to wait");
    uses_up(&world, ANOTHER, LOGIN, 1).await;
}

#[tokio::test]
async fn letters_beyond_the_budget_have_a_price_that_rises_and_who_does_not_pay_uses_up_nothing() {
    let world = World::with(|config| (config.ip_limit_factor, config.mails_per_hour) = (1, 5)).await;
    let client = |number: usize| format!("198.51.100.{number}");
    for number in 0..5 {
        uses_up(&world, &client(number), SIGN_UP, 1).await;
    }
    world.advance(600);
    let early_answer = solved(&world.send_from(&client(0), asks(&world, RESEND, 0)).await);
    // However often somebody asks, the price stays.
    for number in 0..12 {
        let asked = world.send_from(&client(number), asks(&world, RESEND, 0)).await;
        assert_eq!(work(&asked).1, 18);
        assert_limited(&asked, 3_000);
    }
    for (number, bits) in [(20, 18), (21, 20)] {
        let asked = world.send_from(&client(number), asks(&world, SIGN_UP, 0)).await;
        assert_eq!(work(&asked).1, bits);
        solves(&world, &client(number), asks(&world, SIGN_UP, 0)).await.assert_ok();
    }
    // The other letters have their own.
    uses_up(&world, CLIENT, FORGOT, 1).await;
    let mut rows = world.rows_of("Limits", "COUNTER#MAIL#signup#").await;
    assert_eq!((rows.len(), &rows[0]["times"]), (1, &json!(7)));
    // What was solved for less is not enough when the price has risen by much.
    let mut early = asks(&world, SIGN_UP, 0);
    early.headers.push(("x-challenge-answer".to_owned(), early_answer));
    let asked = world.send_from(&client(0), early).await;
    assert_eq!(work(&asked).1, 22);
    world.tamper("Limits", &rows.remove(0), "times", json!(10)).await;
    let used_up = world.send_from(CLIENT, asks(&world, SIGN_UP, 0)).await;
    used_up.assert_status(503);
    assert_eq!(used_up.header("retry-after"), Some("3000"));
}

#[tokio::test]
async fn one_solution_is_enough_for_all_that_a_request_is_asked_for() {
    let world = World::with(|config| (config.ip_limit_factor, config.mails_per_hour) = (1, 10)).await;
    uses_up(&world, CLIENT, SIGN_UP, 10).await;
    // Over its own limit, and everybody over the budget.
    solves(&world, CLIENT, asks(&world, SIGN_UP, 0)).await.assert_ok();
    assert_eq!(world.rows_of("Limits", "COUNTER#CHALLENGE#").await.len(), 1);
}
