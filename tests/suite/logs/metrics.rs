//! Metrics: what happens is counted once, by words of ours, where CloudWatch finds it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use api_keys::exchanges;
use kyc::providers;
use local::{Mode, Service};
use paper::Canned;
use serde_json::{Value, json};
use shared::{
    config::LogConfig,
    metrics::{METRICS, Metric},
    time::Timestamp,
};
use tests::{Added, Authenticator, CLIENT, ORIGIN, PATIENCE, Person, Request, Session, World, json_request};

use super::emf::{Datapoint, datapoints};
use crate::{
    api_keys::{binance, binance_likes, keeps_a_key, tampers},
    auth::{
        challenge::{LOGIN, asks, solved, switched},
        changes::resets,
    },
    endings::has_factors,
    kyc::{approval, genuine, said},
    logs,
    oauth::{TOKENS, has_tokens, made, revokes, usual, with},
};

/// Every metric there is, with the crate that lists it.
pub fn all() -> impl Iterator<Item = (&'static str, &'static Metric)> {
    let of_functions =
        logs::OF_FUNCTIONS.into_iter().flat_map(|(name, own)| own.iter().map(move |metric| (name, metric)));
    METRICS.iter().map(|metric| ("shared", metric)).chain(of_functions)
}

/// What is counted while `work` is done, and all mails that come of it are sent.
pub async fn counted<T>(world: &World, work: impl Future<Output = T>) -> Vec<Datapoint> {
    logs::capture();
    let _ = Box::pin(work).await;
    world.aws.settled().await.unwrap();
    logs::lines().iter().flat_map(datapoints_of_its_crate).collect()
}

/// The datapoints of a line. The crate that has logged it is the one that lists it.
fn datapoints_of_its_crate(line: &Value) -> Vec<Datapoint> {
    let points = datapoints(line);
    let target = line["target"].as_str().unwrap().split("::").next().unwrap();
    for point in &points {
        let mut own = all().filter(|(name, _)| *name == target).map(|(_, metric)| metric);
        let is_listed = own.any(|metric| line["event"] == metric.event && point.name == metric.name);
        assert!(is_listed, "{target} does not list {}: {line}", point.name);
    }
    points
}

/// `Name dimension=value`, sorted. Counts are 1; ages are what the tests' reports have.
fn names(points: &[Datapoint]) -> Vec<String> {
    let mut names: Vec<_> = points.iter().map(name).collect();
    names.sort();
    names
}

fn name(point: &Datapoint) -> String {
    assert_eq!(point.namespace, logs::NAMESPACE);
    match point.unit.as_str() {
        "Count" => assert!((point.value - 1.0).abs() < f64::EPSILON, "{point:?}"),
        // Nobody waits, or for a minute at least.
        "Milliseconds" => assert!(!(1.0..60_000.0).contains(&point.value), "{point:?}"),
        "Percent" => assert!((0.0..100.0).contains(&point.value), "{point:?}"),
        // Nobody is to be deleted.
        "Seconds" if point.name == "OldestEnding" => assert!(point.value.abs() < f64::EPSILON, "{point:?}"),
        "Seconds" => assert!((AGE..AGE + 60.0).contains(&point.value), "{point:?}"),
        other => panic!("{other}"),
    }
    let dimensions = point.dimensions.iter().map(|(name, value)| format!(" {name}={value}"));
    point.name.clone() + &dimensions.collect::<String>()
}

const AGE: f64 = 90.0;
/// An answer of 5xx, as the process of these tests counts it.
const FAILED: &str = "FailedAnswers function_version=7 service=auth";

/// When the tests' reports say that something happened.
fn a_while_ago(world: &World) -> Timestamp {
    world.now() - std::time::Duration::from_secs(90)
}

/// Remembers which metrics there were.
struct Count<'w> {
    world: &'w World,
    seen: BTreeSet<String>,
}

impl Count<'_> {
    async fn of<T>(&mut self, work: impl Future<Output = T>, expected: &[&str]) {
        let points = counted(self.world, work).await;
        assert_eq!(names(&points), expected);
        self.seen.extend(points.into_iter().map(|point| point.name));
    }
}

#[tokio::test]
async fn each_cause_is_counted_once_and_nothing_besides() {
    let world = World::start().await;
    let mut count = Count { world: &world, seen: BTreeSet::new() };
    Box::pin(accounts(&mut count)).await;
    guesses(&mut count).await;
    Box::pin(second_factors(&mut count)).await;
    challenges(&mut count).await;
    too_many(&mut count).await;
    keys(&mut count).await;
    reports(&mut count).await;
    tokens(&mut count).await;
    outages(&mut count).await;
    let asking = World::with_breaches(PATIENCE).await;
    let mut count = Count { world: &asking, seen: count.seen };
    stolen_passwords(&mut count).await;
    let _process = logs::capture_as(logs::config());
    world.get("/auth/profile").await;
    let points: Vec<_> = logs::lines().iter().flat_map(datapoints).collect();
    assert_eq!(names(&points), ["ColdStarts service=auth"]);
    count.seen.insert("ColdStarts".to_owned());
    let all = all().map(|(_, metric)| metric.name.to_owned()).collect();
    assert_eq!(count.seen, all);
}

async fn accounts(count: &mut Count<'_>) {
    let world = count.world;
    let (ada, eve) = (world.person(), world.person());
    count.of(ada.logs_in(), &["LoginFailures", "LoginFailures reason=unknown"]).await;
    count.of(ada.signs_up(), &["MailBudget", "MailsSent kind=verify", "SignUps"]).await;
    count.of(ada.logs_in(), &["LoginFailures", "LoginFailures reason=unverified"]).await;
    count.of(ada.verifies(), &["AccountsCreated"]).await;
    count.of(ada.verifies(), &[]).await;
    count.of(ada.signs_up(), &["MailBudget", "MailsSent kind=already-registered", "SignUps"]).await;
    count.of(ada.rival("not hers").logs_in(), &["LoginFailures", "LoginFailures reason=wrong_password"]).await;
    let first = Session::of(&ada.logs_in().await);
    count.of(ada.logs_in(), &["Logins"]).await;
    count.of(world.refresh(&first.refresh), &[]).await;
    world.advance(31);
    count.of(world.refresh(&first.refresh), &["RefreshReuse"]).await;
    count.of(world.refresh(&first.refresh), &[]).await;
    // As if the account had ended between this login's question and its answer.
    let account = ada.account().await;
    world.aws.reset_calls();
    world.hold("TransactWriteItems", 1_000);
    let ended = async {
        world.called("TransactWriteItems", 1).await;
        world.remove("Accounts", &account).await;
        world.mend();
    };
    let meanwhile = async { tokio::join!(ada.logs_in(), ended) };
    count.of(Box::pin(meanwhile), &["LoginFailures", "LoginFailures reason=changed_meanwhile"]).await;
    let (bob, session) = world.person().signed_in().await;
    let elsewhere = world.send_from("192.0.2.77", json_request("POST", "/auth/login", &bob.credentials()));
    count.of(elsewhere, &["AccountEvents action=new_device", "Logins", "MailsSent kind=new-device"]).await;
    let left = world.post("/auth/logout", json!({ "access_token": session.access }));
    count.of(left, &["AccountEvents action=signed_out"]).await;
    // Two strangers with one address: nobody's password counts until its owner has chosen one.
    count.of(eve.signs_up(), &["MailBudget", "MailsSent kind=verify", "SignUps"]).await;
    count.of(eve.rival("another password").signs_up(), &["MailBudget", "MailsSent kind=verify", "SignUps"]).await;
    count.of(eve.verifies(), &["AccountsCreated", "MailsSent kind=set-password"]).await;
    count.of(eve.logs_in(), &["LoginFailures", "LoginFailures reason=no_password"]).await;
}

/// At an address that nobody has.
async fn guesses(count: &mut Count<'_>) {
    let world = count.world;
    let nobody = world.person();
    for _ in 0..5 {
        nobody.logs_in().await.assert_status(401);
    }
    count.of(nobody.logs_in(), &["LoginFailures", "LoginFailures reason=locked"]).await;
    for _ in 6..10 {
        world.advance(100);
        nobody.logs_in().await.assert_status(401);
    }
    world.advance(100);
    count.of(nobody.logs_in(), &["Locked", "LoginFailures", "LoginFailures reason=unknown"]).await;
}

async fn second_factors(count: &mut Count<'_>) {
    let world = count.world;
    let (ada, session) = world.person().signed_in().await;
    world.enrols_app(&session).await;
    world.advance(30);
    world.aws.settled().await.unwrap();
    count.of(ada.logs_in(), &["FactorsAsked"]).await;
    let asked = ada.is_asked_for_a_factor().await;
    let guess = async || {
        let reply = world.verifies(&asked, json!({ "totp": "000000" })).await;
        assert_ne!(reply.status, 200);
    };
    let refused = |reason: &str| {
        let of_login = ["LoginFailures".to_owned(), "LoginFailures reason=second_factor".to_owned()];
        [vec![format!("FactorsRefused method=totp reason={reason}")], of_login.to_vec()].concat()
    };
    count.of(guess(), &refused("code").iter().map(String::as_str).collect::<Vec<_>>()).await;
    for _ in 2..5 {
        guess().await;
    }
    let wrong = ["AccountEvents action=wrong_codes".to_owned(), "FactorLocks".to_owned()];
    let fifth = [wrong.to_vec(), refused("code"), vec!["MailsSent kind=wrong-codes".to_owned()]].concat();
    count.of(guess(), &fifth.iter().map(String::as_str).collect::<Vec<_>>()).await;
    count.of(guess(), &["FactorsRefused method=totp reason=locked"]).await;

    let (_, session) = world.person().signed_in().await;
    let mut phone = Authenticator::new(ORIGIN);
    (phone.counter, phone.step) = (1, 1);
    let Added { session, .. } = world.adds_passkey(&session, &mut phone, "Phone").await;
    phone.counter = 2;
    world.aws.settled().await.unwrap();
    count.of(world.signs_in_by_passkey(&mut phone), &["FactorsPassed method=passkey", "Logins"]).await;
    let asked = world.post_as(&session, "/auth/mfa/step-up/options", json!({})).await.body["data"]["passkey"].clone();
    let raised = world.steps_up(&session, json!({ "passkey": phone.sign(&asked) }));
    count.of(raised, &["FactorsPassed method=passkey", "StepUps"]).await;
    phone.counter = 1;
    let copied = [
        "AccountEvents action=passkey_copied",
        "FactorsRefused method=passkey reason=counter",
        "LoginFailures",
        "LoginFailures reason=passkey",
        "MailsSent kind=passkey-copied",
        "PasskeyCounters",
    ];
    count.of(world.signs_in_by_passkey(&mut phone), &copied).await;
}

async fn challenges(count: &mut Count<'_>) {
    let world = count.world;
    let ada = world.person();
    switched(world, true).await;
    count.of(ada.logs_in(), &["ChallengesAsked"]).await;
    let answer = solved(&ada.logs_in().await);
    let passed = ["ChallengesPassed", "LoginFailures", "LoginFailures reason=unknown"];
    count.of(world.send(asks(LOGIN, &ada.credentials(), Some(&answer))), &passed).await;
    count.of(world.send(asks(LOGIN, &ada.credentials(), Some(&answer))), &["ChallengesAsked"]).await;
    switched(world, false).await;
}

/// By clients for which the limits are production's.
async fn too_many(count: &mut Count<'_>) {
    let world = World::with(|config| (config.ip_limit_factor, config.logins_per_address) = (1, 1)).await;
    world.person().logs_in().await.assert_status(401);
    let points = counted(&world, world.person().logs_in()).await;
    assert_eq!(names(&points), ["ChallengesAsked", "Limited group=login"]);
    count.seen.insert("Limited".to_owned());
    let world = World::with(|config| config.ip_limit_factor = 1).await;
    for _ in 0..14 {
        world.person().logs_in().await.assert_status(401);
    }
    let points = counted(&world, world.person().logs_in()).await;
    assert_eq!(names(&points), ["CredentialStuffing", "LoginFailures", "LoginFailures reason=unknown"]);
    count.seen.insert("CredentialStuffing".to_owned());
    let points = counted(&world, world.person().logs_in()).await;
    assert_eq!(names(&points), ["ChallengesAsked", "LoginFailures", "LoginFailures reason=burnt"]);
}

async fn stolen_passwords(count: &mut Count<'_>) {
    let world = count.world;
    let signs_up = ["BreachChecks", "MailBudget", "MailsSent kind=verify", "SignUps"];
    count.of(world.person().signs_up(), &signs_up).await;
    world.aws.breaches().set_canned(Some(Canned::new(503, "")));
    let failed = [&signs_up[..1], &["BreachChecksFailed"], &signs_up[1..]].concat();
    count.of(world.person().signs_up(), &failed).await;
}

async fn keys(count: &mut Count<'_>) {
    let world = count.world;
    let (_, ada) = world.person().signed_in().await;
    let key = keeps_a_key(world, &ada, "name-of-a-key").await;
    let (decrypt, test) = (format!("{key}/decrypt"), format!("{key}/test-connection"));
    let ask = |path| world.post_as(&ada, path, json!(null));
    count.of(ask(&decrypt), &["Decrypts"]).await;
    binance_likes(world, true);
    count.of(ask(&test), &["ConnectionTests exchange=binance status=ok"]).await;
    binance_likes(world, false);
    count.of(ask(&test), &["ConnectionTests exchange=binance status=invalid_key", "KeysStopped"]).await;
    count.of(ask(&test), &["ConnectionTests exchange=binance status=invalid_key"]).await;
    let (_, eve) = world.person().signed_in().await;
    has_factors(world, &eve).await;
    let new = world.post_as(&eve, "/api/v1/api-keys/", binance("a-name-of-eves"));
    count.of(new, &["StepUpRequired service=auth"]).await;
    tampers(world, "FINGERPRINT", "secret_version", json!(7)).await;
    count.of(ask(&decrypt), &[FAILED, "RecordsThatDoNotOpen"]).await;
    tampers(world, "FINGERPRINT", "secret_version", json!(1)).await;
    tampers(world, "KEY#", "exchange", json!("bybit")).await;
    count.of(ask(&decrypt), &[FAILED, "RecordsThatDoNotOpen"]).await;
    tampers(world, "KEY#", "exchange", json!("binance")).await;
    tampers(world, "KEY#", "edk", json!("bm8gZGF0YSBrZXk=")).await;
    count.of(ask(&decrypt), &[FAILED, "RecordsThatDoNotOpen"]).await;
}

async fn reports(count: &mut Count<'_>) {
    let world = count.world;
    let send = |provider: &str, body: &Value| world.send(genuine(world, provider, body));
    let approved = approval("persona", "ada", a_while_ago(world));
    let outcomes = |outcome: &str| vec![format!("KycReports outcome={outcome} provider=persona")];
    let aged = |outcome: &str| [vec!["KycReportAge provider=persona".to_owned()], outcomes(outcome)].concat();
    for outcome in ["ok", "duplicate"] {
        let points = counted(world, send("persona", &approved)).await;
        assert_eq!(names(&points), aged(outcome));
        count.seen.extend(points.into_iter().map(|point| point.name));
    }
    let mut contradicting = approved.clone();
    contradicting["data"]["attributes"]["name"] = json!("inquiry.declined");
    let points = counted(world, send("persona", &contradicting)).await;
    assert_eq!(names(&points), [vec!["KycContradictions".to_owned()], aged("ok")].concat());
    count.seen.insert("KycContradictions".to_owned());
    let mystery = said("ada", "e-9", "s-1", "canary", Some(a_while_ago(world)));
    let expected =
        ["KycReportAge provider=generic", "KycReports outcome=unknown_status provider=generic", "KycUnknown"];
    count.of(send("generic", &mystery), &expected).await;
    let malformed = json!("canary");
    count.of(send("generic", &malformed), &["KycReports outcome=malformed_body provider=generic", "KycUnknown"]).await;
    let unsigned = Request { headers: Vec::new(), ..genuine(world, "veriff", &approved) };
    let expected = ["KycRefusals", "KycRefusals provider=veriff reason=missing_signature"];
    count.of(world.send(unsigned), &expected).await;
}

/// Tokens that are made, are not, end, and are ended by whoever has them.
async fn tokens(count: &mut Count<'_>) {
    let world = count.world;
    let (ada, session) = world.person().signed_in().await;
    let make = || world.post_as(&session, TOKENS, usual());
    count.of(make(), &["AccountEvents action=token_made", "MailsSent kind=token-made"]).await;
    let (token, id) = made(world, &session, &usual()).await;
    world.aws.settled().await.unwrap();
    let ended = "AccountEvents action=token_ended";
    count.of(revokes(world, &token), &[ended, "MailsSent kind=token-revoked", "TokensRevoked"]).await;
    count.of(revokes(world, &token), &[]).await;
    count.of(world.delete_as(&session, &format!("{TOKENS}/{id}")), &[]).await;
    let (_, id) = made(world, &session, &usual()).await;
    world.aws.settled().await.unwrap();
    count.of(world.delete_as(&session, &format!("{TOKENS}/{id}")), &[ended]).await;
    has_tokens(world, &session, 49).await;
    world.aws.settled().await.unwrap();
    count.of(make(), &["TokensRefused reason=too_many_tokens"]).await;
    resets(world, &ada.is_offered_a_password().await, &ada.password).await.assert_ok();
    let session = Session::of(&ada.logs_in().await);
    world.aws.settled().await.unwrap();
    let wanted = with(&json!({ "scopes": ["keys:write"], "networks": [CLIENT] }));
    count.of(world.post_as(&session, TOKENS, wanted), &["TokensRefused reason=vault_frozen"]).await;
}

async fn outages(count: &mut Count<'_>) {
    let world = count.world;
    let (ada, session) = world.person().signed_in().await;
    let key = keeps_a_key(world, &session, "name-of-another-key").await;
    world.break_down(Service::DynamoDb, Mode::Throttled, None);
    count.of(world.get_as(&session, "/auth/profile"), &["Throttled dependency=dynamodb"]).await;
    world.mend();
    world.advance(30);
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("GetItem"));
    count.of(world.get_as(&session, "/auth/profile"), &[FAILED, "NotRead what=switches"]).await;
    world.mend();
    world.break_down(Service::Kms, Mode::Throttled, None);
    let decrypt = format!("{key}/decrypt");
    count.of(world.post_as(&session, &decrypt, json!(null)), &["Throttled dependency=kms"]).await;
    world.mend();
    count.of(world.end_accounts(), &["OldestEnding"; 4]).await;
    world.break_times(Service::Ses, Mode::Throttled, "SendEmail", 1);
    let failed = "FailedLetters function_version=7 service=auth";
    count.of(world.person().signs_up(), &["MailBudget", "SignUps", "Throttled dependency=ses"]).await;
    world.advance(60);
    count.of(world.send_waiting_mail(), &["MailsSent kind=verify", "OldestWaitingMail"]).await;
    count.of(world.send_waiting_mail(), &["OldestWaitingMail"]).await;
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("Query"));
    count.of(world.send_waiting_mail(), &["FailedMailRounds"]).await;
    world.mend();
    world.break_down(Service::Ses, Mode::Unavailable, None);
    count.of(world.person().signs_up(), &[failed, "MailBudget", "SignUps"]).await;
    world.advance(23 * 3_600);
    count.of(world.send_waiting_mail(), &[failed, "MailsGivenUp", "OldestWaitingMail"]).await;
    world.mend();
    let nobody = Person::new(world, "j\u{f6}rg@example.com".to_owned());
    count.of(nobody.signs_up(), &["MailBudget", "MailsUndeliverable", "SignUps"]).await;
    world.break_times(Service::Ses, Mode::Refused, "SendEmail", 1);
    count.of(world.person().signs_up(), &["MailBudget", "MailsRefused", "SignUps"]).await;
    let nobody = Person::new(world, "bounce@simulator.amazonses.com".to_owned());
    let expected = ["MailBudget", "MailsBounced kind=permanent", "MailsSent kind=verify", "SignUps"];
    count.of(nobody.signs_up(), &expected).await;
    world.aws.set_conflicts(Duration::from_mins(1));
    count.of(ada.logs_in(), &["Logins"]).await;
    count.of(ada.logs_in(), &["Contended service=auth"]).await;
    world.aws.set_conflicts(Duration::ZERO);
    for mode in [Mode::Unavailable, Mode::Refused] {
        world.break_down(Service::DynamoDb, mode, None);
        count.of(ada.logs_in(), &[FAILED]).await;
        world.mend();
    }
}

/// Of exchanges and providers.
fn ids() -> impl Iterator<Item = &'static str> {
    exchanges::ALL.iter().map(|exchange| exchange.id).chain(providers::ALL.iter().map(|provider| provider.id))
}

/// Every word that may be a dimension's value.
fn words() -> BTreeSet<&'static str> {
    let words = "auth 7 dynamodb kms ses permanent verify set-password already-registered key-added \
                 login mail ask burnt new_device new-device switches secrets unknown unverified wrong_password no_password changed_meanwhile locked ok invalid_key unrecognised_response \
                 duplicate test_event ignored_event_type out_of_order no_user_ref unknown_status malformed_body \
                 no_secret missing_signature missing_timestamp malformed_header unsupported_algorithm bad_signature \
                 stale_timestamp";
    words.split_whitespace().chain(ids()).collect()
}

#[tokio::test]
async fn nobody_becomes_a_dimension() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let hostile = async {
        let mallory = Person::new(&world, "mallory@example.com".to_owned());
        mallory.rival("mallory-mallory").signs_up().await;
        mallory.rival("mallory-mallory").logs_in().await;
        let agent = |request: Request| {
            let mallory =
                ["user-agent", "x-amzn-trace-id", "x-request-id"].map(|name| (name.to_owned(), "mallory".to_owned()));
            Request { headers: [request.headers, mallory.to_vec()].concat(), ..request }
        };
        let key = json!({ "exchange": "mallory", "label": "mallory", "api_key": "mallory", "secret": "mallory" });
        world.post_as(&session, "/api/v1/api-keys/", key).await;
        let key = keeps_a_key(&world, &session, "mallory").await;
        binance_likes(&world, true);
        world.post_as(&session, &format!("{key}/test-connection"), json!(null)).await;
        world.aws.paper().set_canned(Some(Canned::new(401, r#"{"code": "mallory", "msg": "mallory"}"#)));
        world.post_as(&session, &format!("{key}/test-connection"), json!(null)).await;
        tampers(&world, "KEY#", "exchange", json!("mallory")).await;
        world.post_as(&session, &format!("{key}/test-connection"), json!(null)).await;
        for provider in providers::ALL {
            world.send(agent(genuine(&world, provider.id, &approval(provider.id, "mallory", world.now())))).await;
            let odd = said("mallory", "mallory", "mallory", "mallory", None);
            world.send(genuine(&world, provider.id, &odd)).await;
            let mut unproven = agent(genuine(&world, provider.id, &odd));
            unproven.headers.iter_mut().for_each(|(_, value)| "mallory".clone_into(value));
            world.send(unproven).await;
        }
        world
            .send(Request { path: "/api/kyc/webhook/mallory".to_owned(), ..genuine(&world, "sumsub", &json!({})) })
            .await;
    };
    let points = counted(&world, hostile).await;
    assert!(points.len() > 30, "{points:?}");
    let words = words();
    for (name, value) in points.iter().flat_map(|point| &point.dimensions) {
        assert!(words.contains(value.as_str()), "{name}={value}");
    }
}

#[tokio::test]
async fn what_no_version_is_to_blame_for_does_not_count_against_it() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    logs::capture();
    // An exchange that is down, and reports of a provider that this installation does not use.
    world.aws.paper().set_canned(Some(Canned::new(503, "")));
    let key =
        json!({ "exchange": "binance", "label": "x", "api_key": "x", "secret": "a-secret-of-binance", "verify": true });
    world.post_as(&session, "/api/v1/api-keys/", key).await.assert_status(503);
    let kyc = world.deployed_kyc(BTreeMap::new(), None);
    let report = genuine(&world, "sumsub", &approval("sumsub", &session.user_id, world.now()));
    world.send_to_kyc(&kyc, report.clone()).await.assert_status(503);
    let points: Vec<_> = logs::lines().iter().flat_map(datapoints).collect();
    assert!(points.iter().all(|point| point.name != "FailedAnswers"), "{points:?}");
    // A dependency of ours is another matter.
    world.break_down(Service::Kms, Mode::Unavailable, None);
    let kyc = world.deployed_kyc([("sumsub".to_owned(), vec!["c2VhbGVk".to_owned()])].into(), None);
    let points = counted(&world, world.send_to_kyc(&kyc, report)).await;
    assert_eq!(names(&points), [FAILED]);
}

#[test]
fn what_is_no_word_of_ours_is_no_dimension() {
    logs::capture();
    let too_long = "a".repeat(25);
    let ids =
        ["01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11", "ada@example.com", "Ada", "+4915112345678", "", " ", "a\nb", "ä"];
    for provider in ids.into_iter().chain([too_long.as_str()]) {
        tracing::warn!(target: "kyc", event = "kyc_refused", provider, reason = "bad_signature", "refused");
        tracing::info!(target: "kyc", event = "kyc_report_age", provider, age_s = 90, "refused");
    }
    tracing::info!(target: "kyc", event = "kyc_report_age", provider = "sumsub", age_s = "ninety", "no number");
    tracing::info!(target: "kyc", event = "mail_sent", "no kind");
    tracing::info!(target: "kyc", event = "something_else", kind = "x", "no metric");
    let points: Vec<_> = logs::lines().iter().flat_map(datapoints).collect();
    assert_eq!(names(&points), vec!["KycRefusals"; ids.len() + 1]);
}

#[test]
fn every_exchange_and_provider_can_be_told_apart() {
    logs::capture();
    for exchange in ids() {
        let status = "unrecognised_response";
        tracing::info!(target: "api_keys", event = "connection_tested", exchange, status, "connection tested");
    }
    let seen: Vec<_> = logs::lines().iter().flat_map(datapoints).map(|point| name(&point)).collect();
    let expected = ids().map(|id| format!("ConnectionTests exchange={id} status=unrecognised_response"));
    assert_eq!(seen, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn without_a_namespace_there_are_lines_and_no_metrics() {
    let _process = logs::capture_as(LogConfig { metrics_namespace: None, ..logs::config() });
    let world = World::start().await;
    world.person().logs_in().await;
    let lines = logs::lines();
    assert_eq!(lines.iter().filter(|line| line["event"] == "login_refused").count(), 1);
    assert!(lines.iter().all(|line| line.get("_aws").is_none() && line.get("LoginFailures").is_none()));
}
