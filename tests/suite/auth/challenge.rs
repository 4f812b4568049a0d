//! What clients are asked for while somebody attacks.

use std::time::Duration;

use admin::{
    challenge::Wanted,
    switching::{Arguments, switch},
};
use auth::challenge::Challenge;
use aws_lc_rs::digest::{SHA256, digest};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use futures::future::join_all;
use local::{Mode, Service};
use paper::turnstile::{Given, SECRET};
use serde_json::{Value, json};
use shared::config::{Env, Stage};
use tests::{APP_URL, Person, Reply, Request, World, invoke, json_request};

use crate::logs;

pub const LOGIN: &str = "/auth/login";
/// All that a challenge may stand before.
const CHALLENGED: [&str; 4] = [LOGIN, "/auth/signup", "/auth/resend-verification", "/auth/forgot-password"];
const CLIENT: &str = "2001:db8:1:2::3";
const NEIGHBOUR: &str = "2001:db8:1:2:ffff::4";
const STRANGER: &str = "2001:db8:1:3::3";

/// Operators switch it, and every instance knows.
pub async fn switched(world: &World, always: bool) {
    let wanted = Wanted { always, auto: !always };
    switch(&world.operator(), &Arguments { wanted, yes: true }, &world.clock).await.unwrap();
    world.advance(30);
}

async fn attacked() -> World {
    let world = World::start().await;
    switched(&world, true).await;
    world
}

/// A request that may need an answer to a challenge.
pub fn asks(path: &str, body: &Value, answer: Option<&str>) -> Request {
    let mut request = json_request("POST", path, body);
    request.headers.extend(answer.map(|answer| ("x-challenge-answer".to_owned(), answer.to_owned())));
    request
}

async fn tries(person: &Person<'_>, client: &str, answer: Option<&str>) -> Reply {
    person.world.send_from(client, asks(LOGIN, &person.credentials(), answer)).await
}

/// The token and the zeros that an answer asks for.
#[track_caller]
pub fn work(reply: &Reply) -> (String, u32) {
    reply.assert_status(429);
    let challenge: Vec<_> = reply.header("x-challenge").expect("a challenge").split(';').collect();
    let ["pow", token, bits] = challenge[..] else { panic!("{challenge:?}") };
    (token.to_owned(), bits.parse().unwrap())
}

fn zeros(token: &str, nonce: u64) -> u32 {
    let hash = digest(&SHA256, format!("{token}{nonce}").as_bytes());
    u32::from_be_bytes(hash.as_ref()[..4].try_into().unwrap()).leading_zeros()
}

fn nonce(token: &str, is_wanted: impl Fn(u32) -> bool) -> u64 {
    (0..u64::MAX).find(|nonce| is_wanted(zeros(token, *nonce))).unwrap()
}

/// What a client does with it: `TOKEN.NONCE`.
pub fn solved(reply: &Reply) -> String {
    let (token, bits) = work(reply);
    format!("{token}.{}", nonce(&token, |zeros| zeros >= bits))
}

#[tokio::test]
async fn in_peace_nobody_is_asked_and_no_answer_costs_anything() {
    let world = World::start().await;
    for path in CHALLENGED {
        let person = world.person();
        let (plain, calls) = world.calls(world.send(asks(path, &person.credentials(), None))).await;
        let person = world.person();
        let (answered, same) = world.calls(world.send(asks(path, &person.credentials(), Some("token.7")))).await;
        assert_eq!((plain.header("x-challenge"), answered.header("x-challenge")), (None, None), "{path}");
        assert_eq!((plain.status, calls), (answered.status, same), "{path}");
    }
}

#[tokio::test]
async fn once_switched_on_everybody_is_asked_alike_before_anything_is_looked_up() {
    let world = World::start().await;
    let (known, session) = world.person().signed_in().await;
    switched(&world, true).await;
    known.logs_in().await.assert_status(429);
    for path in CHALLENGED {
        let mut told = Vec::new();
        for person in [&known, &world.person()] {
            let runs = world.auth.argon2_runs();
            let (mut reply, calls) = world.calls(world.send(asks(path, &person.credentials(), None))).await;
            assert_eq!((work(&reply).1, reply.header("retry-after")), (21, Some("60")));
            assert_eq!((calls, world.auth.argon2_runs()), (local::Calls::default(), runs), "{path}");
            reply.headers["x-challenge"] = json!("a challenge");
            told.push((reply.headers, reply.body));
        }
        assert_eq!(told[0], told[1], "{path}");
        // What breaks the rules of the wire is told so first.
        world.send(asks(path, &json!({}), None)).await.assert_status(422);
    }
    // Secrets of 256 bits are not guessed.
    world.refresh(&session.refresh).await.assert_ok();
    world.get_as(&session, "/auth/profile").await.assert_ok();
    world.post("/auth/verify-email", json!({ "token": "nothing" })).await.assert_status(400);
    switched(&world, false).await;
    known.logs_in().await.assert_ok();
}

#[tokio::test]
async fn a_solution_lets_its_client_in_once() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    switched(&world, true).await;
    let answer = solved(&tries(&ada, CLIENT, None).await);
    let calls = world.calls(tries(&ada, CLIENT, Some(&answer))).await;
    calls.0.assert_ok();
    assert_eq!(calls.1.dynamodb["PutItem"], 1, "what is noted of it");
    // The next thing needs another one, and is asked for that at once.
    let again = tries(&ada, CLIENT, Some(&answer)).await;
    assert_ne!(work(&again).0, answer.split_once('.').unwrap().0);
    let rows = world.rows_of("Limits", "COUNTER#CHALLENGE#").await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    let ends = (world.now() + Duration::from_mins(5)).as_second();
    assert_eq!((&rows[0]["ttl"], rows[0].as_object().unwrap().len()), (&json!(ends), 2));
    // A household shares its address.
    let answer = solved(&again);
    tries(&ada, NEIGHBOUR, Some(&answer)).await.assert_ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_come_with_one_solution_at_once_one_passes() {
    const MANY: u32 = 8;
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    switched(&world, true).await;
    let answer = solved(&tries(&ada, CLIENT, None).await);
    world.hold("PutItem", MANY);
    let replies = join_all((0..MANY).map(|_| tries(&ada, CLIENT, Some(&answer)))).await;
    let with = |status| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((with(200), with(429)), (1, MANY as usize - 1), "{replies:?}");
}

#[tokio::test]
async fn what_is_not_a_solution_of_this_client_for_this_is_none() {
    let world = attacked().await;
    let ada = world.person();
    let refused = async |why: &str, path: &str, client: &str, answer: &str| {
        let (reply, calls) = world.calls(world.send_from(client, asks(path, &ada.credentials(), Some(answer)))).await;
        assert_eq!((reply.status, reply.header("x-challenge").is_some()), (429, true), "{why}");
        assert_eq!(calls, local::Calls::default(), "{why}");
    };
    let asked = tries(&ada, CLIENT, None).await;
    let answer = solved(&asked);
    let (token, bits) = work(&asked);
    refused("another client", LOGIN, STRANGER, &answer).await;
    refused("another client of IPv4", LOGIN, "192.0.2.1", &answer).await;
    refused("another group", CHALLENGED[1], CLIENT, &answer).await;
    let few = nonce(&token, |zeros| (8..bits).contains(&zeros));
    refused("too few zeros", LOGIN, CLIENT, &format!("{token}.{few}")).await;
    // One that asks for less than we did is not ours.
    let mut forged = BASE64_URL_SAFE_NO_PAD.decode(&token).unwrap();
    assert_eq!(u32::from(std::mem::take(&mut forged[8])), bits);
    refused("forged", LOGIN, CLIENT, &format!("{}.7", BASE64_URL_SAFE_NO_PAD.encode(forged))).await;
    let (_, nonce) = answer.split_once('.').unwrap();
    let long = format!("{token}.{}", "7".repeat(5_000));
    for text in
        ["", ".", "7", &token, &format!("{token}."), &format!("{token}=.{nonce}"), &format!("{answer}.7"), &long]
    {
        refused("no answer at all", LOGIN, CLIENT, text).await;
    }
    // In its last second it is good, for somebody whom nobody knows.
    world.advance(299);
    tries(&ada, CLIENT, Some(&answer)).await.assert_status(401);
    let answer = solved(&tries(&ada, CLIENT, None).await);
    world.advance(300);
    tries(&ada, CLIENT, None).await.assert_status(429);
    refused("too late", LOGIN, CLIENT, &answer).await;
}

/// A forger's token is hashed under the right text, and a thief's is somebody else's.
#[tokio::test]
async fn another_service_has_other_tokens() {
    let (world, elsewhere) = (attacked().await, attacked().await);
    let foreign = solved(&tries(&elsewhere.person(), CLIENT, None).await);
    tries(&world.person(), CLIENT, Some(&foreign)).await.assert_status(429);
    tries(&elsewhere.person(), CLIENT, Some(&foreign)).await.assert_status(401);
}

#[tokio::test]
async fn no_solution_gets_past_the_guard() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let stranger = ada.rival("a guess");
    for locked in [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64] {
        tries(&stranger, STRANGER, None).await.assert_status(401);
        world.advance(locked);
    }
    tries(&stranger, STRANGER, None).await.assert_status(401);
    let locked = tries(&ada, STRANGER, None).await;
    assert_eq!((locked.status, locked.header("x-challenge")), (429, None));
    switched(&world, true).await;
    let answer = solved(&tries(&ada, STRANGER, None).await);
    let still = tries(&ada, STRANGER, Some(&answer)).await;
    assert_eq!((still.status, still.header("x-challenge"), &still.body), (429, None, &locked.body));
}

#[tokio::test]
async fn what_cannot_be_noted_or_known_lets_nobody_in() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    switched(&world, true).await;
    let answer = solved(&tries(&ada, CLIENT, None).await);
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("PutItem"));
    tries(&ada, CLIENT, Some(&answer)).await.assert_unavailable();
    world.mend();
    // It was not used up, either.
    tries(&ada, CLIENT, Some(&answer)).await.assert_ok();
    // How it stood some minutes ago is good enough for ten.
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("GetItem"));
    for _ in 0..19 {
        world.advance(30);
        work(&tries(&ada, CLIENT, None).await);
    }
    world.advance(30);
    tries(&ada, CLIENT, None).await.assert_unavailable();
    world.mend();
    work(&tries(&ada, CLIENT, None).await);
}

#[tokio::test]
async fn a_switch_of_a_word_that_nobody_knows_lets_nobody_in() {
    let world = attacked().await;
    let mut rows = world.rows_of("Sessions", "SWITCHES").await;
    world.tamper("Sessions", &rows.remove(0), "challenge", json!("sometimes")).await;
    world.advance(601);
    world.person().logs_in().await.assert_internal_error();
}

#[tokio::test]
async fn where_challenges_are_off_the_switch_asks_nobody() {
    let world = World::with(|config| config.challenge = Challenge::Off).await;
    switched(&world, true).await;
    world.person().logs_in().await.assert_status(401);
    world.person().signs_up().await.assert_ok();
}

#[tokio::test]
async fn an_operator_sees_how_it_stands_and_changes_it_on_purpose() {
    let world = World::start().await;
    let operator = world.operator();
    let said = async |always, auto, yes| {
        switch(&operator, &Arguments { wanted: Wanted { always, auto }, yes }, &world.clock).await.unwrap().to_string()
    };
    assert_eq!(said(false, false, false).await, "auto");
    assert_eq!(said(true, false, false).await, "auto; --yes makes it always");
    assert!(world.rows_of("Sessions", "SWITCHES").await.is_empty());
    assert_eq!(said(true, false, true).await, "auto: now always");
    assert_eq!(said(false, false, true).await, "always");
    assert_eq!(said(true, false, true).await, "always");
    let rows = world.rows_of("Sessions", "SWITCHES").await;
    assert_eq!(rows, [json!({ "pk": "SWITCHES", "sk": "SWITCHES", "challenge": "always" })]);
    assert_eq!(said(false, true, true).await, "always: now auto");
}

/// `turnstile`, played by the local AWS of a world.
pub fn turnstile(world: &World, secret: &str) -> Challenge {
    read(Stage::Local, &world.aws.url(), secret)
}

fn read(stage: Stage, url: &str, secret: &str) -> Challenge {
    let lookup = |name: &str| {
        Some(match name {
            "STAGE" => stage.as_str().to_owned(),
            "CHALLENGE" => "turnstile".to_owned(),
            "CHALLENGE_SITE_KEY" => "a-site-key".to_owned(),
            "CHALLENGE_SECRET" => secret.to_owned(),
            "CHALLENGE_URL" if stage == Stage::Local => url.to_owned(),
            _ => return None,
        })
    };
    Challenge::read(&Env::new(&lookup)).unwrap()
}

fn given(hostname: &str, action: &str) -> Given {
    Given { hostname: hostname.to_owned(), action: action.to_owned() }
}

#[tokio::test]
async fn a_person_whom_the_provider_has_seen_on_our_pages_goes_on() {
    let world = attacked().await;
    let auth = world.auth_with(|config| config.challenge = turnstile(&world, SECRET));
    let router = auth::router(auth);
    let ada = world.person();
    let ask = async |path: &str, answer: Option<&str>| invoke(&router, asks(path, &ada.credentials(), answer)).await;
    let asked = ask(LOGIN, None).await;
    asked.assert_status(429);
    assert_eq!(asked.header("x-challenge"), Some("turnstile;a-site-key"));

    let provider = world.aws.turnstile();
    let own = APP_URL.strip_prefix("https://").unwrap();
    for (host, action, path, status) in [
        (own, "login", LOGIN, 401),
        ("app.example.com", "login", LOGIN, 401),
        (own, "mail", CHALLENGED[2], 200),
        ("elsewhere.example", "login", LOGIN, 429),
        ("", "login", LOGIN, 429),
        (own, "mail", LOGIN, 429),
        (own, "", LOGIN, 429),
        (own, "login", CHALLENGED[1], 429),
    ] {
        let token = provider.give(given(host, action));
        let reply = ask(path, Some(&token)).await;
        assert_eq!(reply.status, status, "{host} {action} {path}");
        let question = provider.last().unwrap();
        assert_eq!(question, json!({ "secret": SECRET, "response": token }), "and no client's address");
        let again = ask(path, Some(&token)).await;
        assert_eq!(again.header("x-challenge"), Some("turnstile;a-site-key"), "{again:?}");
    }
    // Words of nobody's.
    let reply = ask(LOGIN, Some("words")).await;
    assert_eq!(reply.header("x-challenge"), Some("turnstile;a-site-key"));
}

#[tokio::test]
async fn while_the_provider_cannot_say_it_is_work_that_is_asked_for() {
    let world = attacked().await;
    let wrong = world.auth_with(|config| config.challenge = turnstile(&world, "another secret"));
    let nobody = world.auth_with(|config| config.challenge = read(Stage::Local, "http://127.0.0.1:9", SECRET));
    let down = world.auth_with(|config| config.challenge = turnstile(&world, SECRET));
    let ada = world.person();
    world.aws.turnstile().set_down(true);
    let mut answers = Vec::new();
    for auth in [down.clone(), nobody, wrong] {
        let router = auth::router(auth);
        let ask = async |answer: Option<&str>| invoke(&router, asks(LOGIN, &ada.credentials(), answer)).await;
        assert_eq!(ask(None).await.header("x-challenge"), Some("turnstile;a-site-key"));
        let asked = ask(Some("a token")).await;
        answers.push(solved(&asked));
        world.aws.turnstile().set_down(false);
    }
    let router = auth::router(down);
    let ask = async |answer: &str| invoke(&router, asks(LOGIN, &ada.credentials(), Some(answer))).await;
    ask(&answers[0]).await.assert_status(401);
    assert_eq!(ask(&answers[0]).await.header("x-challenge"), Some("turnstile;a-site-key"), "it was used");
}

/// Or everybody would say so who has good reasons to be no person.
#[tokio::test]
async fn who_says_that_the_provider_is_out_of_reach_is_asked_for_no_work() {
    let world = attacked().await;
    let router = auth::router(world.auth_with(|config| config.challenge = turnstile(&world, SECRET)));
    let ada = world.person();
    let asked = invoke(&router, asks(LOGIN, &ada.credentials(), Some("unavailable"))).await;
    assert_eq!(asked.header("x-challenge"), Some("turnstile;a-site-key"));
    assert_eq!(world.aws.turnstile().last().unwrap()["response"], "unavailable");
}

#[tokio::test]
async fn the_providers_secret_is_sealed_for_nothing_else() {
    let world = attacked().await;
    let ada = world.person();
    // As long as they are; what KMS makes of less is not taken for sealed.
    let secret = "a secret of theirs".repeat(8);
    let sealed = admin::seal_setting::seal(&world.operator(), "CHALLENGE_SECRET", &secret).await.unwrap();
    let other = admin::kyc_secret::seal(&world.operator(), "sumsub", &secret).await.unwrap();
    assert!(!sealed.contains(&secret));
    let tries = async |sealed: &str| {
        let auth = world.auth_with(|config| config.challenge = turnstile(&world, sealed));
        invoke(&auth::router(auth), asks(LOGIN, &ada.credentials(), Some("a token"))).await
    };
    // A set-up that is wrong is nobody's fault who signs in.
    work(&tries(&other).await);
    assert_eq!(world.aws.turnstile().last(), None);
    tries(&sealed).await.assert_status(429);
    assert_eq!(world.aws.turnstile().last(), Some(json!({ "secret": secret, "response": "a token" })));
}

/// Each answer is a question on our account, and nobody else is asked for as many.
#[tokio::test]
async fn a_client_has_the_provider_asked_five_hundred_times_at_most() {
    let world = attacked().await;
    let auth = world.auth_with(|config| {
        config.challenge = turnstile(&world, SECRET);
        config.ip_limit_factor = 1;
    });
    let router = auth::router(auth);
    let body = world.person().credentials();
    for number in 0..501 {
        let answer = format!("answer {number}");
        invoke(&router, asks(LOGIN, &body, Some(&answer))).await.assert_status(429);
    }
    assert_eq!(world.aws.turnstile().last().unwrap()["response"], "answer 499");
}

#[tokio::test]
async fn neither_answers_nor_secrets_are_logged() {
    let world = attacked().await;
    let auth = world.auth_with(|config| config.challenge = turnstile(&world, "canary of a secret"));
    logs::capture();
    let ada = world.person();
    let asked = tries(&ada, CLIENT, None).await;
    let answer = solved(&asked);
    tries(&ada, CLIENT, Some(&answer)).await;
    invoke(&auth::router(auth), asks(LOGIN, &ada.credentials(), Some("canary of a token"))).await;
    let log = logs::lines().iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    assert!(log.contains("challenge_asked") && log.contains("challenge_passed"), "{log}");
    for canary in [&work(&asked).0, "canary", CLIENT, &ada.email, &ada.password] {
        assert!(!log.contains(canary), "{canary}");
    }
}
