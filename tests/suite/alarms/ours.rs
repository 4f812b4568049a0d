//! Alarms on metrics of ours: each is made to happen, once and for real.

use local::{Mode, Service};
use paper::Canned;
use serde_json::json;
use shared::{
    config::LogConfig,
    events::{AccountEvent, Circumstances},
    ids::AccountId,
    store::Written,
};
use tests::{Added, Authenticator, ORIGIN, PATIENCE, Person, Request, Session, World};

use super::alarm::{Alarm, Data, Metric, State, template};
use super::{is_ours, looked_at, only};
use crate::{
    api_keys::{binance_likes, keeps_a_key, tampers},
    auth::challenge::{LOGIN, asks, solved, switched},
    kyc::{approval, genuine},
    logs::{self, emf::Datapoint, metrics::counted},
    oauth::revokes,
};

/// Something to ask each function that needs DynamoDB for its answer.
const QUESTIONS: [(&str, &str); 4] = [
    ("auth", "/auth/profile"),
    ("api-keys", "/api/v1/api-keys/"),
    ("kyc", "/api/kyc/status"),
    ("oauth", "/oauth/tokens"),
];

/// Makes happen, once and for real, what a metric of ours counts. What is counted meanwhile.
async fn happens(world: &World, metric: &Metric) -> Vec<Datapoint> {
    let dimension = metric.dimensions.values().next().map_or("", String::as_str);
    let (ada, session) = world.person().signed_in().await;
    let key = keeps_a_key(world, &session, "name-of-a-key").await;
    let ask = |what: &str| {
        let path = format!("{key}/{what}");
        let session = &session;
        async move { world.post_as(session, &path, json!(null)).await }
    };
    if let Some(points) = happens_to_accounts(world, &metric.name, &ada, &session).await {
        return points;
    }
    match (metric.name.as_str(), dimension) {
        ("AccountEvents", action) => counted(world, happens_to(world, &session, action)).await,
        ("NotRead", "switches") => {
            world.advance(30);
            world.break_down(Service::DynamoDb, Mode::Unavailable, Some("GetItem"));
            counted(world, world.get_as(&session, "/auth/profile")).await
        }
        ("RecordsThatDoNotOpen", "") => {
            tampers(world, "KEY#", "exchange", json!("bybit")).await;
            counted(world, ask("decrypt")).await
        }
        ("KeysStopped", "") => {
            binance_likes(world, true);
            ask("test-connection").await;
            binance_likes(world, false);
            counted(world, ask("test-connection")).await
        }
        ("KycRefusals", "") => {
            let report = genuine(world, "sumsub", &approval("sumsub", "ada", world.now()));
            counted(world, world.send(Request { body: Some("{}".to_owned()), ..report })).await
        }
        ("KycUnknown", "") => counted(world, world.send(genuine(world, "generic", &json!("?")))).await,
        ("KycContradictions", "") => {
            let mut report = approval("sumsub", "ada", world.now());
            world.send(genuine(world, "sumsub", &report)).await;
            report["reviewResult"] = json!({ "reviewAnswer": "RED", "reviewRejectType": "FINAL" });
            counted(world, world.send(genuine(world, "sumsub", &report))).await
        }
        ("TokensRevoked", "") => {
            let token = world.token(&session, &["keys:read"]).await;
            counted(world, revokes(world, &token)).await
        }
        ("MailsRefused", "") => {
            world.break_times(Service::Ses, Mode::Refused, "SendEmail", 1);
            counted(world, world.person().signs_up()).await
        }
        ("OldestWaitingMail", "") => {
            world.break_times(Service::Ses, Mode::Lost, "SendEmail", 1);
            world.person().signs_up().await;
            world.advance(60);
            counted(world, world.send_waiting_mail()).await
        }
        ("MailsGivenUp", "") => {
            world.break_down(Service::Ses, Mode::Unavailable, None);
            world.person().signs_up().await;
            world.aws.settled().await.unwrap();
            world.advance(23 * 3_600);
            counted(world, world.send_waiting_mail()).await
        }
        ("FailedLetters", version) => {
            let process = LogConfig { service: "mail", function_version: Some(version.to_owned()), ..logs::config() };
            let _process = logs::capture_as(process);
            world.break_times(Service::Ses, Mode::Unavailable, "SendEmail", 1);
            counted(world, world.person().signs_up()).await
        }
        ("FailedAnswers", version) => {
            let (service, path) =
                QUESTIONS.into_iter().find(|(service, _)| metric.dimensions["service"] == *service).unwrap();
            let process = LogConfig { service, function_version: Some(version.to_owned()), ..logs::config() };
            let _process = logs::capture_as(process);
            world.break_down(Service::DynamoDb, Mode::Unavailable, None);
            counted(world, world.get_as(&session, path)).await
        }
        ("Throttled", "dynamodb") => {
            world.break_down(Service::DynamoDb, Mode::Throttled, None);
            counted(world, world.get_as(&session, "/auth/profile")).await
        }
        ("Throttled", "kms") => {
            world.break_down(Service::Kms, Mode::Throttled, None);
            counted(world, ask("decrypt")).await
        }
        ("Throttled", "ses") => {
            world.break_times(Service::Ses, Mode::Throttled, "SendEmail", 1);
            counted(world, world.person().signs_up()).await
        }
        _ => panic!("an alarm looks at {metric:?}, and nothing here makes that happen"),
    }
}

/// An event of an account, as whatever causes it writes it down.
async fn happens_to(world: &World, session: &Session, action: &str) {
    let (action, account) =
        (serde_json::from_value(json!(action)).unwrap(), AccountId::parse(&session.user_id).unwrap());
    let circumstances = Circumstances::operator(world.now());
    let event = AccountEvent::new(account, action, circumstances, None, &world.clock).unwrap().announce().unwrap();
    assert!(matches!(world.store().put(event.put().unwrap()).await, Ok(Written::Done(()))));
    event.happened();
}

/// What happens to accounts: to those who sign up and in, and by those who attack.
async fn happens_to_accounts(
    world: &World,
    metric: &str,
    ada: &Person<'_>,
    session: &Session,
) -> Option<Vec<Datapoint>> {
    Some(match metric {
        "RefreshReuse" => {
            world.refresh(&session.refresh).await;
            world.advance(31);
            counted(world, world.refresh(&session.refresh)).await
        }
        "LoginFailures" => counted(world, ada.rival("a guess").logs_in()).await,
        "Locked" => {
            let guesses = async {
                for _ in 0..10 {
                    world.advance(60);
                    ada.rival("a guess").logs_in().await;
                }
            };
            counted(world, guesses).await
        }
        "ChallengesAsked" | "ChallengesPassed" => {
            switched(world, true).await;
            let solves =
                async { world.send(asks(LOGIN, &ada.credentials(), Some(&solved(&ada.logs_in().await)))).await };
            counted(world, solves).await
        }
        "FactorLocks" => {
            let (_, Added { session, .. }) = world.enrols_app(session).await;
            let guesses = async {
                for _ in 0..5 {
                    world.steps_up(&session, json!({ "totp": "000000" })).await.assert_status(403);
                }
            };
            counted(world, guesses).await
        }
        "PasskeyCounters" => {
            let mut phone = Authenticator::new(ORIGIN);
            phone.counter = 7;
            world.adds_passkey(session, &mut phone, "Phone").await;
            counted(world, world.signs_in_by_passkey(&mut phone)).await
        }
        "CredentialStuffing" => list_is_tried().await,
        "OldestEnding" => {
            let body = json!({ "current_password": ada.password });
            world.post_as(session, "/auth/delete-account", body).await.assert_ok();
            world.break_down(Service::DynamoDb, Mode::Unavailable, Some("TransactWriteItems"));
            world.advance(8 * 86_400 + 1);
            counted(world, world.end_accounts()).await
        }
        "MailBudget" => budget_is_used_up().await,
        "BreachChecks" | "BreachChecksFailed" => {
            world.aws.breaches().set_canned(Some(Canned::new(503, "")));
            counted(world, world.person().signs_up()).await
        }
        _ => return None,
    })
}

async fn list_is_tried() -> Vec<Datapoint> {
    let world = World::with(|config| config.ip_limit_factor = 1).await;
    let sign_ins = async {
        for _ in 0..15 {
            world.person().logs_in().await;
        }
    };
    counted(&world, sign_ins).await
}

async fn budget_is_used_up() -> Vec<Datapoint> {
    let world = World::with(|config| config.mails_per_hour = 3).await;
    let letters = async {
        for _ in 0..3 {
            world.person().signs_up().await;
        }
    };
    counted(&world, letters).await
}

#[tokio::test]
async fn alarms_on_our_own_metrics_turn_red_when_it_happens_often_enough() {
    let alarms = Alarm::all(&template());
    let ours: Vec<_> = looked_at(&alarms).filter(|(_, metric)| is_ours(metric)).collect();
    assert!(ours.len() >= 5, "{ours:?}");
    for (alarm, metric) in ours {
        let name = &alarm.id;
        let world = World::with_breaches(PATIENCE).await;
        let points = happens(&world, metric).await;
        let once: Vec<_> = points
            .into_iter()
            .filter(|point| Metric::from(point.clone()) == *metric)
            .map(|point| point.value)
            .collect();
        assert!(!once.is_empty(), "{name}: nobody publishes {metric:?}");
        if only(alarm).is_none() || alarm.is_for_too_few() {
            // Its own test judges it.
            continue;
        }
        if alarm.metrics[""].1 == "Maximum" {
            let judge = |values: &[f64]| alarm.judge(&Data::from([(metric.clone(), values.to_vec())]));
            assert_eq!(judge(&[0.0, alarm.threshold]), State::Ok, "{name}");
            assert_eq!(judge(&[0.0, alarm.threshold + 1.0, 0.0]), State::Alarm, "{name}");
            assert_eq!(judge(&once), State::Alarm, "{name} stays green after {once:?}");
            continue;
        }
        let often = |times: usize| Data::from([(metric.clone(), once.repeat(times))]);
        let enough = (1..=1000).find(|times| alarm.judge(&often(*times)) == State::Alarm);
        let enough = enough.unwrap_or_else(|| panic!("{name} stays green however often it happens"));
        assert_eq!(alarm.judge(&often(1000)), State::Alarm, "{name}");
        let bound = alarm.threshold..=alarm.threshold + 1.0;
        assert!(bound.contains(&f64::from(u32::try_from(enough).unwrap())), "{name} is red after {enough}");
    }
}
