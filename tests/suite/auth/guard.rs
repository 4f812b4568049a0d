//! How many passwords may be tried at an address, by whom, and when again.

use auth::Auth;
use futures::future::join_all;
use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{Person, Reply, Request, Session, World, json_request};

use crate::logs;

const LOGIN: &str = "/auth/login";
/// Clients nobody has signed in from, and one that somebody has.
const STRANGER: &str = "192.0.2.1";
const NEIGHBOUR: &str = "192.0.2.2";
/// See [`at_home`].
pub const HOME: &str = "198.51.100.1";
/// The header with the token of a device.
pub const TOKEN: &str = "x-device-token";

pub fn login(person: &Person<'_>, device: Option<&str>) -> Request {
    let mut request = json_request("POST", LOGIN, &person.credentials());
    request.headers.extend(device.map(|token| (TOKEN.to_owned(), token.to_owned())));
    request
}

/// Tries to sign in from a client's address, perhaps with a device's token.
pub async fn tries(person: &Person<'_>, client: &str, device: Option<&str>) -> Reply {
    person.world.send_from(client, login(person, device)).await
}

/// Somebody with an account, who has signed in from home: the token that the device was given.
pub async fn at_home(world: &World) -> (Person<'_>, String) {
    let ada = world.person();
    ada.signs_up().await.assert_ok();
    ada.verifies().await.assert_ok();
    let signed_in = tries(&ada, HOME, None).await;
    signed_in.assert_ok();
    let device = signed_in.header(TOKEN).expect("a token").to_owned();
    (ada, device)
}

/// Strangers try until the address is locked; the answer that says so.
async fn lock(person: &Person<'_>) -> Reply {
    let stranger = person.rival("a stranger's guess");
    for _ in 0..5 {
        tries(&stranger, STRANGER, None).await.assert_status(401);
    }
    tries(&stranger, STRANGER, None).await
}

#[track_caller]
fn assert_locked(reply: &Reply, seconds: u64) {
    let body =
        json!({ "success": false, "user": null, "session": null, "error": "Too many attempts; try again later" });
    assert_eq!(*reply.assert_status(429), body);
    assert_eq!(reply.header("retry-after"), Some(seconds.to_string().as_str()));
    assert_eq!(reply.header(TOKEN), None);
}

/// The tries at an account, or at an address without one.
async fn guard(world: &World, pk: &str) -> Value {
    let mut rows = world.rows_of("Sessions", pk).await;
    rows.retain(|row| row["sk"] == "GUARD");
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_guesses_at_once_five_are_compared_and_none_ends_in_an_error() {
    const MANY: usize = 50;
    for is_known in [true, false] {
        let world = World::start().await;
        let ada = if is_known { at_home(&world).await.0 } else { world.person() };
        let instances: Vec<_> = (0..4).map(|_| world.another_auth()).collect();
        join_all(instances.iter().map(Auth::warm_up)).await;
        let runs = || instances.iter().map(Auth::argon2_runs).sum::<u64>();
        world.pause_mail().await;
        world.aws.no_conflicts().await;
        world.aws.reset_calls();
        // All of them have read the same.
        world.hold("UpdateItem", MANY.try_into().unwrap());
        let guess = |number: usize| {
            let body = ada.rival(&format!("guess number {number}")).credentials();
            world.post_to_from(&instances[number % 4], STRANGER, LOGIN, body)
        };
        let replies = join_all((0..MANY).map(guess)).await;
        let with = |status| replies.iter().filter(|reply| reply.status == status).count();
        assert_eq!((with(401), with(429)), (5, MANY - 5), "{replies:?}");
        assert_eq!((runs(), world.times_called("GetItem")), (50, 150));
        let row = guard(&world, if is_known { "ACCOUNT#" } else { "ADDRESS#" }).await;
        assert_eq!((&row["failures"], &row["day_failures"], &row["ignored"]), (&json!(5), &json!(5), &json!(MANY - 5)));
        // Nobody looks at the right one either.
        assert_locked(&tries(&ada, STRANGER, None).await, 1);
    }
}

#[tokio::test]
async fn a_lock_ends_and_the_next_is_twice_as_long() {
    let world = World::start().await;
    let (ada, _) = at_home(&world).await;
    assert_locked(&lock(&ada).await, 1);
    let stranger = ada.rival("a stranger's guess");
    for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256] {
        assert_locked(&tries(&ada, STRANGER, None).await, seconds);
        world.advance(seconds - 1);
        assert_locked(&tries(&ada, NEIGHBOUR, None).await, 1);
        world.advance(1);
        tries(&stranger, STRANGER, None).await.assert_status(401);
    }
    // The right password is looked at as soon as the lock is over. To whoever guesses it makes no difference.
    world.advance(512);
    tries(&ada, STRANGER, None).await.assert_ok();
    tries(&stranger, NEIGHBOUR, None).await.assert_status(401);
    assert_locked(&tries(&ada, NEIGHBOUR, None).await, 900);
    world.advance(900 + 899);
    for _ in 0..5 {
        tries(&stranger, NEIGHBOUR, None).await.assert_status(401);
    }
    assert_locked(&tries(&ada, NEIGHBOUR, None).await, 1);
}

#[tokio::test]
async fn after_a_hundred_failures_the_day_is_over() {
    let world = World::start().await;
    let (ada, _) = at_home(&world).await;
    // From midnight on.
    let day = 24 * 60 * 60;
    let now = world.now().as_second().unsigned_abs();
    world.advance(day - now % day);
    let stranger = ada.rival("a stranger's guess");
    for _ in 0..25 {
        for _ in 0..4 {
            tries(&stranger, STRANGER, None).await.assert_status(401);
        }
        world.advance(900);
    }
    let left = day - 25 * 900;
    assert_locked(&tries(&ada, STRANGER, None).await, left);
    tries(&ada, HOME, None).await.assert_ok();
    assert_locked(&tries(&ada, STRANGER, None).await, left);
    world.advance(left);
    tries(&ada, STRANGER, None).await.assert_ok();
}

#[tokio::test]
async fn right_passwords_use_up_no_day() {
    let world = World::start().await;
    let (ada, _) = at_home(&world).await;
    for _ in 0..12 {
        tries(&ada, STRANGER, None).await.assert_ok();
    }
    let row = guard(&world, "ACCOUNT#").await;
    assert_eq!((&row["failures"], &row["day_failures"], &row["opened"]), (&json!(0), &json!(0), &json!(13)));
}

#[tokio::test]
async fn an_owner_gets_in_by_a_device_or_a_network_while_strangers_keep_the_address_locked() {
    let world = World::start().await;
    let (ada, device) = at_home(&world).await;
    assert_locked(&lock(&ada).await, 1);
    let abroad = tries(&ada, NEIGHBOUR, Some(&device)).await;
    abroad.assert_ok();
    assert_eq!(abroad.header(TOKEN), Some(device.as_str()), "it keeps its token");
    let session = Session::of(&abroad);
    world.get_as(&session, "/auth/profile").await.assert_ok();
    // From there she is known from now on.
    tries(&ada, NEIGHBOUR, None).await.assert_ok();
    tries(&ada, HOME, None).await.assert_ok();
    assert_locked(&tries(&ada, STRANGER, None).await, 1);
    for nobodys in ["", "?", "AAAAAAAAAAAAAAAAAAAAAA", &format!("{device}A"), &device[1..]] {
        assert_locked(&tries(&ada, STRANGER, Some(nobodys)).await, 1);
    }
}

#[tokio::test]
async fn a_wrong_password_from_a_known_place_looks_like_everybodys_and_the_eleventh_is_not_compared() {
    let world = World::start().await;
    let (ada, device) = at_home(&world).await;
    let stranger = lock(&ada).await;
    let wrong = ada.rival("a slip of the hand");
    for _ in 0..10 {
        let reply = tries(&wrong, HOME, None).await;
        assert_eq!((&reply.body, &reply.headers), (&stranger.body, &stranger.headers));
        assert_locked(&reply, 1);
    }
    // The network has used its tries up; the device has not.
    assert_locked(&tries(&ada, HOME, None).await, 1);
    tries(&ada, HOME, Some(&device)).await.assert_ok();
    // The lock of a place is not told: the answer follows the common counter.
    let row = guard(&world, "ACCOUNT#").await;
    assert_eq!((&row["failures"], &row["day_failures"]), (&json!(5), &json!(5)), "{row:?}");
}

#[tokio::test]
async fn a_device_that_sends_no_token_of_the_account_is_given_one_of_its_own() {
    let world = World::start().await;
    let ((ada, hers), (bob, his)) = (at_home(&world).await, at_home(&world).await);
    for shown in [None, Some(his.as_str()), Some("AAAAAAAAAAAAAAAAAAAAAA")] {
        let reply = tries(&ada, HOME, shown).await;
        reply.assert_ok();
        let given = reply.header(TOKEN).expect("a token");
        assert!(given.len() == 22 && ![&hers, &his].contains(&&given.to_owned()), "{given}");
    }
    lock(&bob).await;
    assert_locked(&tries(&bob, STRANGER, Some(&hers)).await, 1);
}

#[tokio::test]
async fn whoever_writes_an_address_into_a_header_comes_from_where_he_comes_from() {
    let world = World::start().await;
    let (ada, _) = at_home(&world).await;
    lock(&ada).await;
    let mut forged = login(&ada, None);
    for name in ["x-forwarded-for", "forwarded", "x-real-ip", "true-client-ip", "cloudfront-viewer-address"] {
        forged.headers.push((name.to_owned(), HOME.to_owned()));
    }
    assert_locked(&world.send_from(STRANGER, forged).await, 1);
}

#[tokio::test]
async fn a_client_without_an_address_is_no_place() {
    let world = World::start().await;
    let (ada, _) = at_home(&world).await;
    for odd in ["", "nowhere", "203.0.113.9:443"] {
        tries(&ada, odd, None).await.assert_ok();
    }
    lock(&ada).await;
    for odd in ["", "nowhere", "203.0.113.9:443"] {
        assert_locked(&tries(&ada, odd, None).await, 1);
    }
}

#[tokio::test]
async fn a_reset_keeps_counters_and_places_and_makes_its_senders_known() {
    let world = World::start().await;
    let (ada, device) = at_home(&world).await;
    let token = ada.is_offered_a_password().await;
    lock(&ada).await;
    let before = guard(&world, "ACCOUNT#").await;
    let body = json!({ "token": token, "password": "chosen by the owner" });
    let request = json_request("POST", "/auth/reset-password", &body);
    let reset = world.send_from(NEIGHBOUR, request.clone()).await;
    reset.assert_ok();
    let new = reset.header(TOKEN).expect("a token").to_owned();
    let again = world.send_from(NEIGHBOUR, request).await;
    again.assert_ok();
    assert_eq!(again.header(TOKEN), None, "what is repeated makes nothing known");

    let after = guard(&world, "ACCOUNT#").await;
    for kept in ["failures", "failed_at", "day", "day_failures", "ignored"] {
        assert_eq!(before[kept], after[kept], "{kept}");
    }
    let (before, mut after) = (before["places"].clone(), after["places"].clone());
    after.as_object_mut().unwrap().retain(|id, _| before.get(id).is_some());
    assert_eq!((&before, before.as_object().unwrap().len()), (&after, 3));

    let owner = ada.rival("chosen by the owner");
    assert_locked(&tries(&owner, STRANGER, None).await, 1);
    for (client, device) in [(STRANGER, Some(&device)), (STRANGER, Some(&new)), (NEIGHBOUR, None), (HOME, None)] {
        tries(&owner, client, device.map(String::as_str)).await.assert_ok();
    }
}

#[tokio::test]
async fn places_are_forgotten_after_their_time_and_five_of_a_kind_are_known() {
    const DAY: u64 = 24 * 60 * 60;
    let world = World::start().await;
    let (ada, device) = at_home(&world).await;
    world.advance(30 * DAY);
    lock(&ada).await;
    assert_locked(&tries(&ada, HOME, None).await, 1);
    tries(&ada, STRANGER, Some(&device)).await.assert_ok();
    world.advance(180 * DAY);
    lock(&ada).await;
    assert_locked(&tries(&ada, STRANGER, Some(&device)).await, 1);
    world.advance(60);
    for number in 10..30 {
        tries(&ada, &format!("198.51.100.{number}"), None).await.assert_ok();
        world.advance(60);
    }
    let row = guard(&world, "ACCOUNT#").await;
    assert_eq!(row["places"].as_object().unwrap().len(), 10, "{row}");
}

/// DynamoDB sells writes by the kilobyte, and every sign-in writes this row twice.
#[tokio::test]
async fn a_guard_whose_counters_are_all_in_use_is_one_write_unit() {
    let world = World::start().await;
    let (ada, _) = at_home(&world).await;
    let mut devices = Vec::new();
    for number in 10..14 {
        let reply = tries(&ada, &format!("198.51.100.{number}"), None).await;
        devices.push(reply.header(TOKEN).unwrap().to_owned());
    }
    lock(&ada).await;
    let wrong = ada.rival("a slip of the hand");
    for (number, device) in (10..14).zip(&devices) {
        tries(&ada, STRANGER, Some(device)).await.assert_ok();
        for _ in 0..12 {
            tries(&wrong, STRANGER, Some(device)).await.assert_status(429);
            tries(&wrong, &format!("198.51.100.{number}"), None).await.assert_status(429);
        }
    }
    let row = guard(&world, "ACCOUNT#").await;
    let places = row["places"].as_object().unwrap();
    assert_eq!(places.len(), 10, "{row}");
    assert!(places.values().filter(|place| place["f"].as_u64() >= Some(9)).count() >= 8, "{row}");
    let size = tests::size_of(&row);
    assert!(size < 1_000, "{size} bytes: {row}");
}

/// Who signs in everywhere at once is known in as many places as who does so one after the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_sign_ins_at_once_leave_no_more_than_ten_places() {
    let world = World::start().await;
    let (ada, device) = at_home(&world).await;
    let clients: Vec<_> = (10..14).map(|number| format!("198.51.100.{number}")).collect();
    world.hold("TransactWriteItems", 4);
    for reply in join_all(clients.iter().map(|client| tries(&ada, client, None))).await {
        reply.assert_ok();
    }
    world.hold("TransactWriteItems", 4);
    let more: Vec<_> = (20..24).map(|number| format!("198.51.100.{number}")).collect();
    for reply in join_all(more.iter().map(|client| tries(&ada, client, Some(&device)))).await {
        reply.assert_ok();
    }
    let row = guard(&world, "ACCOUNT#").await;
    assert_eq!(row["places"].as_object().unwrap().len(), 10, "{row}");
    assert_eq!((&row["failures"], &row["day_failures"]), (&json!(0), &json!(0)));
}

/// What was right is no failure of the owner's, who tries again.
#[tokio::test]
async fn a_right_password_whose_session_cannot_be_written_is_not_counted() {
    let world = World::start().await;
    let (ada, _) = at_home(&world).await;
    let before = guard(&world, "ACCOUNT#").await;
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("TransactWriteItems"));
    for _ in 0..7 {
        tries(&ada, STRANGER, None).await.assert_unavailable();
    }
    world.mend();
    let after = guard(&world, "ACCOUNT#").await;
    for counter in ["failures", "day_failures", "opened"] {
        assert_eq!(before[counter], after[counter], "{counter}");
    }
    tries(&ada, STRANGER, None).await.assert_ok();
}

/// Whose network somebody else keeps locked, too, has the link that goes to the mailbox.
#[tokio::test]
async fn a_reset_leads_in_where_the_network_of_the_owner_is_locked_as_well() {
    let world = World::start().await;
    let (ada, _) = at_home(&world).await;
    let token = ada.is_offered_a_password().await;
    lock(&ada).await;
    for _ in 0..10 {
        tries(&ada.rival("a neighbour's guess"), HOME, None).await.assert_status(429);
    }
    tries(&ada, HOME, None).await.assert_status(429);
    let body = json!({ "token": token, "password": "chosen by the owner" });
    world.send_from(HOME, json_request("POST", "/auth/reset-password", &body)).await.assert_ok();
    tries(&ada.rival("chosen by the owner"), HOME, None).await.assert_ok();
}

/// While the owner's password is compared, somebody else in the same network tries others.
#[tokio::test]
async fn a_success_takes_back_its_own_try_and_none_of_those_made_meanwhile() {
    for is_locked in [false, true] {
        let world = World::start().await;
        let (ada, _) = at_home(&world).await;
        let wrong = ada.rival("a guess");
        if is_locked {
            lock(&ada).await;
        }
        world.hold("TransactWriteItems", 2);
        let guesses = async {
            for _ in 0..3 {
                tries(&wrong, HOME, None).await.assert_status(if is_locked { 429 } else { 401 });
            }
            // The second transaction that the first one waits for.
            world.person().signs_up().await.assert_ok();
        };
        let (signed_in, ()) = tokio::join!(tries(&ada, HOME, None), guesses);
        signed_in.assert_ok();
        let row = guard(&world, "ACCOUNT#").await;
        let places = row["places"].as_object().unwrap();
        let of_place: u64 = places.values().map(|place| place["n"].as_u64().unwrap_or(0)).sum();
        let counted = (row["failures"].as_u64().unwrap(), row["day_failures"].as_u64().unwrap(), of_place);
        assert_eq!(counted, if is_locked { (5, 5, 3) } else { (3, 3, 0) }, "{row}");
    }
}

/// Whoever was kept out before the account was there is kept out after that, and learns nothing of it.
#[tokio::test]
async fn an_account_comes_into_being_behind_the_lock_of_its_address() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await.assert_ok();
    assert_locked(&lock(&ada).await, 1);
    ada.verifies().await.assert_ok();
    assert_locked(&tries(&ada, STRANGER, None).await, 1);
    // Who has proven the address is let in from where that was.
    ada.logs_in().await.assert_ok();
    world.advance(1);
    tries(&ada.rival("a guess"), STRANGER, None).await.assert_status(401);
    assert_locked(&tries(&ada, STRANGER, None).await, 2);
}

/// For half an hour a link that has been used compares passwords: with the one that it has set.
#[tokio::test]
async fn what_a_used_link_compares_is_counted_with_everything_else() {
    let world = World::start().await;
    let (ada, _) = at_home(&world).await;
    let token = ada.is_offered_a_password().await;
    let reset =
        |password: &str| json_request("POST", "/auth/reset-password", &json!({ "token": token, "password": password }));
    let send = |client, password: &str| world.send_from(client, reset(password));
    send(HOME, "chosen by the owner").await.assert_ok();
    for _ in 0..3 {
        send(STRANGER, "chosen by the owner").await.assert_ok();
    }
    for _ in 0..4 {
        send(STRANGER, "chosen by somebody").await.assert_status(400);
    }
    tries(&ada.rival("chosen by somebody"), STRANGER, None).await.assert_status(401);
    let locked = send(STRANGER, "chosen by the owner").await;
    let body = json!({ "success": false, "message": "Too many attempts; try again later.", "redirect_url": null });
    assert_eq!(*locked.assert_status(429), body);
    assert_eq!(locked.header("retry-after"), Some("1"));
    // The place that the link was redeemed at is known, and a wrong one from there looks like everybody's.
    assert_eq!(send(HOME, "chosen by somebody").await.body, locked.body);
    send(HOME, "chosen by the owner").await.assert_ok();
}

#[tokio::test]
async fn tries_at_an_address_without_an_account_are_kept_for_a_day_and_never_a_place() {
    let world = World::start().await;
    let nobody = world.person();
    nobody.signs_up().await;
    assert!(world.rows_of("Sessions", "ADDRESS#").await.is_empty(), "nobody has tried yet");
    lock(&nobody).await;
    world.advance(1);
    tries(&nobody, HOME, Some("AAAAAAAAAAAAAAAAAAAAAA")).await.assert_status(401);
    let row = guard(&world, "ADDRESS#").await;
    assert_eq!((&row["failures"], row.get("places")), (&json!(6), None));
    assert_eq!(row["ttl"], json!(world.now().as_second() + 24 * 60 * 60));
}

#[tokio::test]
async fn what_cannot_be_counted_is_not_compared() {
    let world = World::start().await;
    let (ada, _) = at_home(&world).await;
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("UpdateItem"));
    tries(&ada, HOME, None).await.assert_unavailable();
    tries(&ada.rival("a guess"), HOME, None).await.assert_unavailable();
    world.mend();
    assert_eq!(guard(&world, "ACCOUNT#").await["opened"], json!(1));
    tries(&ada, HOME, None).await.assert_ok();
}

#[tokio::test]
async fn neither_passwords_nor_tokens_of_devices_are_kept_or_told() {
    logs::capture();
    let world = World::start().await;
    let (ada, device) = at_home(&world).await;
    let wrong = ada.rival("CanaryPassword");
    let mut replies = Vec::new();
    for number in 0..20 {
        let client = [STRANGER, HOME][number % 2];
        replies.push(tries(&wrong, client, Some(&device)).await);
        replies.push(tries(&world.person().rival("CanaryPassword"), client, Some(&device)).await);
        world.advance(20);
    }
    assert!(replies.iter().any(|reply| reply.status == 401) && replies.iter().any(|reply| reply.status == 429));
    tries(&ada, HOME, Some(&device)).await.assert_ok();
    let log = logs::text();
    assert!(log.contains("login_refused") && log.contains(r#""event":"locked""#), "{log}");
    let mut rows = String::new();
    for table in ["Accounts", "Sessions", "Mail", "Limits"] {
        rows += &json!(world.rows(table).await).to_string();
    }
    // The only hash of a password is that of the account.
    assert_eq!(rows.matches("$argon2id$").count(), 1);
    for canary in ["CanaryPassword", &device] {
        assert!(!log.contains(canary), "{canary} in the log");
        assert!(!rows.contains(canary), "{canary} in a table");
        assert!(replies.iter().all(|reply| !reply.told().contains(canary)), "{canary}");
    }
}

#[tokio::test]
async fn sign_ins_at_one_moment_lose_no_place() {
    let world = World::start().await;
    let (ada, _) = at_home(&world).await;
    world.hold("TransactWriteItems", 4);
    let clients = ["198.51.100.10", "198.51.100.11", "198.51.100.12", "198.51.100.13"];
    for reply in join_all(clients.map(|client| tries(&ada, client, None))).await {
        reply.assert_ok();
    }
    lock(&ada).await;
    for client in clients {
        tries(&ada, client, None).await.assert_ok();
    }
}

/// The owner hears of it once a day. For an address without an account a letter is written that nobody gets.
#[tokio::test]
async fn the_tenth_failure_is_told_to_the_owner_once_a_day() {
    let world = World::start().await;
    let (ada, _) = at_home(&world).await;
    let midnight = 24 * 60 * 60 - world.now().as_second().unsigned_abs() % (24 * 60 * 60);
    world.advance(midnight);
    let mut calls = Vec::new();
    for person in [&ada, &world.person()] {
        for _ in 0..2 {
            let mut of_person = Vec::new();
            for failure in 0..10_u32 {
                world.advance(2_u64.pow(failure.saturating_sub(4)));
                let (reply, calls) = world.calls(tries(&person.rival("a guess"), STRANGER, None)).await;
                reply.assert_status(401);
                of_person.push(calls.dynamodb);
            }
            calls.push(of_person);
            world.advance(900);
        }
        let subjects = world.mails(&person.email).await.into_iter().map(|mail| mail.subject);
        let told = subjects.filter(|subject| subject.starts_with("Many wrong passwords")).count();
        assert_eq!(told, usize::from(person.email == ada.email));
    }
    assert_eq!(calls[0], calls[2], "known and unknown cost the same");
    // The first call also looks after keys, which a while has passed for.
    let posted: Vec<_> = (1..10).filter(|failure| calls[0][*failure].contains_key("TransactWriteItems")).collect();
    assert_eq!(posted, [9]);
}
