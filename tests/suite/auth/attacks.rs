//! What somebody gets who attacks, with the limits of production: as many addresses as he likes, and as much time.

use std::cell::Cell;

use futures::future::join_all;
use serde_json::{Value, json};
use tests::{Person, Reply, Session, World, json_request};

const LOGIN: &str = "/auth/login";
/// Where an owner has signed in from.
const HOME: &str = "198.51.100.1";
const QUARTER: u64 = 15 * 60;
const DAY: u64 = 24 * 60 * 60;

/// The limits of production, from midnight on.
async fn production() -> World {
    let world = World::with(|config| config.ip_limit_factor = 1).await;
    world.advance(DAY - world.now().as_second().unsigned_abs() % DAY);
    world
}

/// Ever new client addresses, of networks that have nothing to do with each other.
#[derive(Default)]
struct Botnet(Cell<u32>);

impl Botnet {
    async fn sends(&self, world: &World, path: &'static str, body: Value) -> Reply {
        let [_, a, b, c] = self.0.replace(self.0.get() + 1).to_be_bytes();
        world.send_from(&format!("10.{a}.{b}.{c}"), json_request("POST", path, &body)).await
    }

    /// Guesses at an account as soon as it may, until `end`; how many guesses were compared.
    async fn guesses(&self, at: &Person<'_>, end: u64) -> u32 {
        let (world, mut compared, begin) = (at.world, 0, at.world.now());
        loop {
            let reply = self.sends(world, LOGIN, at.rival("a guess").credentials()).await;
            if reply.status == 401 {
                compared += 1;
                continue;
            }
            let wait = reply.assert_status(429);
            assert_eq!(wait["error"], "Too many attempts; try again later");
            let seconds: u64 = reply.header("retry-after").unwrap().parse().unwrap();
            let passed = world.now().seconds_from(begin).unsigned_abs();
            if passed + seconds >= end {
                world.advance(end - passed);
                return compared;
            }
            world.advance(seconds);
        }
    }
}

async fn owner(world: &World) -> (Person<'_>, Session) {
    let ada = world.person();
    ada.signs_up().await.assert_ok();
    ada.verifies().await.assert_ok();
    let reply = signs_in(&ada, HOME).await;
    reply.assert_ok();
    let session = Session::of(&reply);
    (ada, session)
}

async fn signs_in(person: &Person<'_>, client: &str) -> Reply {
    person.world.send_from(client, json_request("POST", LOGIN, &person.credentials())).await
}

#[tokio::test]
async fn who_guesses_a_password_has_fourteen_tries_in_a_quarter_of_an_hour_and_a_hundred_a_day() {
    for is_known in [true, false] {
        let world = production().await;
        let ada = if is_known { owner(&world).await.0 } else { world.person() };
        let botnet = Botnet::default();
        assert_eq!(botnet.guesses(&ada, QUARTER).await, 14);
        assert_eq!(botnet.guesses(&ada, DAY - QUARTER).await, 100 - 14);
        assert_eq!(botnet.guesses(&ada, QUARTER).await, 14, "the next day");
    }
}

/// In one network with the owner there are ten more, of which the guesser does not see what came of them.
#[tokio::test]
async fn who_shares_the_network_of_an_owner_has_ten_more_and_sees_nothing_of_them() {
    let world = production().await;
    let (ada, _) = owner(&world).await;
    Botnet::default().guesses(&ada, 1).await;
    let mut answers = Vec::new();
    for _ in 0..12 {
        let reply = signs_in(&ada.rival("a guess"), HOME).await;
        answers.push((reply.status, reply.body));
    }
    answers.dedup();
    assert_eq!(answers.len(), 2, "401 for as long as nobody is locked out, then one and the same 429");
    let row = world.rows_of("Sessions", "ACCOUNT#").await.into_iter().find(|row| row["sk"] == "GUARD").unwrap();
    let compared: u64 = row["places"].as_object().unwrap().values().filter_map(|place| place["n"].as_u64()).sum();
    assert_eq!(compared, 10);
    signs_in(&ada, HOME).await.assert_status(429);
    world.advance(QUARTER);
    signs_in(&ada, HOME).await.assert_ok();
}

#[tokio::test]
async fn who_locks_an_owner_out_locks_neither_places_nor_sessions_nor_links() {
    let world = production().await;
    let (ada, session) = owner(&world).await;
    let botnet = Botnet::default();
    assert_eq!(botnet.guesses(&ada, DAY / 2).await, 100, "the day is used up");
    signs_in(&ada, "192.0.2.1").await.assert_status(429);
    signs_in(&ada, HOME).await.assert_ok();
    world.refresh(&session.refresh).await.assert_ok();
    let token = ada.is_offered_a_password().await;
    let body = json!({ "token": token, "password": "chosen by the owner" });
    world.send_from("192.0.2.1", json_request("POST", "/auth/reset-password", &body)).await.assert_ok();
    signs_in(&ada.rival("chosen by the owner"), "192.0.2.1").await.assert_ok();
}

#[tokio::test]
async fn who_floods_a_mailbox_sends_five_letters_an_hour_of_a_kind_and_five_more_to_other_spellings() {
    let world = production().await;
    let (ada, _) = owner(&world).await;
    let newcomer = world.person();
    let botnet = Botnet::default();
    let before = world.mails(&ada.email).await.len();
    for minute in 0..59 {
        for person in [&ada, &newcomer] {
            let spellings =
                [person.email.clone(), person.email.to_uppercase(), person.email.replace("person", "Person")];
            let email = &spellings[minute % 3];
            for path in ["/auth/forgot-password", "/auth/resend-verification", "/auth/signup"] {
                let body = json!({ "email": email, "password": "a stranger's password" });
                botnet.sends(&world, path, body).await;
            }
        }
        world.advance(60);
    }
    let ada_got = world.mails(&ada.email).await.len() - before;
    let spellings = [newcomer.email.clone(), newcomer.email.to_uppercase(), newcomer.email.replace("person", "Person")];
    let mut newcomer_got = 0;
    for spelling in &spellings {
        newcomer_got += world.mails(spelling).await.len();
    }
    // Five for the address itself, five for all other spellings together; and one word that there is an account already.
    assert_eq!((ada_got, newcomer_got), (11, 10));
}

/// Each pair once, so that no account notices: the client's row does, after fifteen addresses, or after thirty where they come at once.
#[tokio::test]
async fn who_tries_a_leaked_list_has_fifteen_addresses_in_six_hours_or_thirty_at_once() {
    let world = production().await;
    let (ada, _) = owner(&world).await;
    let client = "10.0.0.1";
    let mut statuses = Vec::new();
    for _ in 0..31 {
        statuses.push(signs_in(&world.person(), client).await.status);
    }
    assert_eq!(statuses, [[401; 15].as_slice(), &[429; 16]].concat());
    let (_, calls) = world.calls(signs_in(&world.person(), client)).await;
    assert_eq!(calls.dynamodb["GetItem"], 1, "the last ones were not even looked up");
    // A right pair out of the list, an hour later, and so on.
    for _ in 1..6 {
        world.advance(3_600);
        signs_in(&ada, client).await.assert_status(429);
    }
    let tried = world.rows_of("Sessions", "ADDRESS#").await;
    assert_eq!(
        tried.iter().filter(|row| row["failures"].as_u64() >= Some(1)).count(),
        15,
        "all others lock nobody out"
    );
    signs_in(&ada, "10.0.0.2").await.assert_ok();
    world.advance(3_600);
    signs_in(&ada, client).await.assert_ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_tries_a_leaked_list_at_once_has_thirty_tries() {
    let world = production().await;
    let people: Vec<_> = (0..40).map(|_| world.person()).collect();
    let replies = join_all(people.iter().map(|person| signs_in(person, "10.0.0.1"))).await;
    assert!(replies.iter().filter(|reply| reply.status == 401).count() <= 30);
    signs_in(&world.person(), "10.0.0.1").await.assert_status(429);
    world.advance(300);
    signs_in(&world.person(), "10.0.0.1").await.assert_status(429);
}

/// A refused sign-in costs three reads and three updates; a client is refused before that after thirty.
#[tokio::test]
async fn who_burns_money_burns_three_reads_and_three_updates_thirty_times_in_five_minutes() {
    let world = production().await;
    let mut calls = Vec::new();
    for _ in 0..31 {
        calls.push(world.calls(signs_in(&world.person(), HOME)).await.1.dynamodb);
    }
    let spent = |index: usize| calls[index].iter().map(|(call, times)| (call.as_str(), *times)).collect::<Vec<_>>();
    assert_eq!(spent(1), [("GetItem", 3), ("UpdateItem", 3)]);
    assert_eq!(spent(30), [("GetItem", 1), ("UpdateItem", 1)]);
}
