//! The recorded samples, as their providers sent them: the same bytes and headers, at the time at which they came in.

use base64::{Engine, prelude::BASE64_STANDARD};
use kyc::{Kyc, providers::Millis};
use serde_json::Value;
use shared::{
    config::Stage,
    kyc::{KycReport, KycStatus, standing},
    time::{Clock, Timestamp},
};
use tests::{Reply, Request, World, invoke, invoke_event, provider};

use super::{kept, logs, privacy};

const SAMPLES: &str = include_str!("../../vectors/kyc_webhooks.json");

fn samples() -> Vec<Value> {
    let samples: Vec<Value> = serde_json::from_str(SAMPLES).unwrap();
    assert!(!samples.is_empty());
    samples
}

fn text<'a>(json: &'a Value, name: &str) -> &'a str {
    json[name].as_str().unwrap_or_else(|| panic!("{name} is missing in {json}"))
}

/// An instance that holds the secrets of a sample, at its time.
fn instance(world: &World, sample: &Value) -> Kyc {
    let more = sample["extra_secrets"].as_array().into_iter().flatten().map(|more| more.as_str().unwrap());
    let secrets = std::iter::once(text(sample, "secret")).chain(more).map(str::to_owned).collect();
    let received = Millis::from_rfc3339(text(sample, "received_at")).unwrap();
    let clock = Clock::at(Timestamp::from_second(received.as_ms() / 1_000));
    let usual = provider(text(sample, "provider"));
    world.another_kyc(Stage::Local, clock, |config| {
        config.secrets = [(usual.id.to_owned(), secrets)].into();
        config.provider = usual;
    })
}

fn request(sample: &Value, is_base64: bool) -> Request {
    let headers = sample["headers"].as_object().unwrap().iter();
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap().to_owned())).collect();
    let body = text(sample, "body");
    let body = if is_base64 { BASE64_STANDARD.encode(body) } else { body.to_owned() };
    let path = format!("/api/kyc/webhook/{}", text(sample, "provider"));
    Request { method: "POST", path, headers, body: Some(body), is_base64 }
}

fn assert_answered_as_expected(sample: &Value, reply: &Reply) {
    let id = text(sample, "id");
    if sample["expected"]["valid"] == true {
        assert_eq!((reply.status, reply.text.as_str()), (200, "null"), "{id}");
    } else {
        assert_eq!(reply.status, 401, "{id}: {reply:?}");
    }
}

/// What is kept of the report, and what it does to its user, is what the sample says.
async fn assert_kept_as_expected(world: &World, sample: &Value) {
    let (id, expected) = (text(sample, "id"), &sample["expected"]);
    let Some(user) = expected["user_ref"].as_str() else { return };
    let reports = kept(world, user).await;
    let report = reports.iter().find(|report| Some(report.event.as_str()) == expected["event_id"].as_str());
    let report: &KycReport = report.unwrap_or_else(|| panic!("{id} is not kept"));
    assert_eq!(report.provider, text(sample, "provider"), "{id}");
    assert_eq!(report.session.as_deref(), expected["session_ref"].as_str(), "{id}");
    let occurred = expected["occurred_at"].as_str().map(|at| Millis::from_rfc3339(at).unwrap().as_ms());
    assert_eq!(report.occurred_ms, occurred, "{id}");
    let says = expected["normalised_status"].as_str().map(|status| KycStatus::parse(status).unwrap());
    let changes = ["ok", "out_of_order", "other_session", "duplicate"].contains(&text(expected, "reason"));
    assert_eq!(report.status, says.filter(|_| changes), "{id}");
    if sample["sequence"].is_null() {
        let after = if changes { says } else { None };
        assert_eq!(standing(&reports).status, after.unwrap_or(KycStatus::NotStarted), "{id}");
        assert_eq!(reports.len(), 1, "{id}");
    }
    if let Some(after) = expected["state_after"].as_str() {
        assert_eq!(standing(&reports).status.as_str(), after, "{id}");
    }
}

#[tokio::test]
async fn every_sample_does_what_it_says_from_plain_and_from_base64_events() {
    for is_base64 in [false, true] {
        let world = World::start().await;
        for sample in samples() {
            let before = world.rows("Kyc").await.len();
            let reply = invoke(&kyc::router(instance(&world, &sample)), request(&sample, is_base64)).await;
            assert_answered_as_expected(&sample, &reply);
            assert_kept_as_expected(&world, &sample).await;
            if sample["expected"]["valid"] == false {
                assert_eq!(world.rows("Kyc").await.len(), before, "{}", sample["id"]);
            }
        }
    }
}

#[tokio::test]
async fn a_sample_that_is_recorded_as_an_event_is_taken_from_that() {
    let world = World::start().await;
    let recorded: Vec<_> = samples().into_iter().filter(|sample| sample["apigw_event"].is_object()).collect();
    assert!(!recorded.is_empty());
    for sample in recorded {
        let event = sample["apigw_event"].clone();
        let reply = invoke_event(&kyc::router(instance(&world, &sample)), event).await;
        assert_answered_as_expected(&sample, &reply);
        assert_kept_as_expected(&world, &sample).await;
    }
}

#[tokio::test]
async fn a_sample_with_any_other_body_is_refused() {
    let world = World::start().await;
    for sample in samples().into_iter().filter(|sample| sample["expected"]["valid"] == true) {
        let router = kyc::router(instance(&world, &sample));
        let body = text(&sample, "body");
        for other in
            [format!("{body} "), body.replacen(':', ": ", 1), body.replacen("user-", "User-", 1), String::new()]
        {
            assert_ne!(other, body);
            let request = Request { body: Some(other), ..request(&sample, false) };
            assert_eq!(invoke(&router, request).await.status, 401, "{}", sample["id"]);
        }
    }
    assert!(world.rows("Kyc").await.is_empty());
}

#[tokio::test]
async fn nothing_personal_of_a_sample_is_kept_or_logged() {
    /// Of the public samples; others name theirs themselves.
    const PERSONAL: [&str; 5] =
        ["Image quality", "203.0.113.10", "dashboard.onfido", "document is expired", "PASSPORT"];
    let all = samples();
    let listed = all.iter().flat_map(|sample| sample["must_not_store"].as_array().into_iter().flatten());
    let personal: Vec<_> = listed.map(|text| text.as_str().unwrap()).chain(PERSONAL).collect();
    for text in &personal {
        assert!(all.iter().any(|sample| sample["body"].as_str().unwrap().contains(text)), "{text} is in no sample");
    }
    logs::capture();
    let world = World::start().await;
    for sample in &all {
        invoke(&kyc::router(instance(&world, sample)), request(sample, false)).await;
    }
    privacy::assert_nowhere(&world, &logs::text(), &personal).await;
}
