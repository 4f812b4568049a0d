//! Whatever is sent to whichever provider: an answer, never a panic, never a failure of ours.

use base64::{Engine, prelude::BASE64_STANDARD};
use kyc::providers::{ALL, find};
use proptest::{collection::vec, prelude::*, test_runner::TestRunner};
use serde_json::{Map, Value};
use shared::kyc::KycStatus;
use tests::{Request, World};

use super::{approval, kept, newest_secret, report};

const NAMES: [&str; 10] = [
    "x-payload-digest",
    "x-payload-digest-alg",
    "x-sha2-signature",
    "persona-signature",
    "x-hmac-signature",
    "stripe-signature",
    "x-signature",
    "x-timestamp",
    "authorization",
    "content-type",
];

type Headers = Vec<(String, String)>;

/// Values that are nearly right, and any text that a gateway passes on.
fn headers() -> impl Strategy<Value = Headers> {
    let nearly =
        "(t=-?[0-9]{0,20}|v1=[0-9a-f]{62,66}|v0=|[0-9a-fA-F]{62,66}|HMAC_SHA(1|256|512)_HEX|Bearer |[, =]){0,6}";
    let value = prop_oneof![nearly, "[ -~é]{0,80}"];
    vec((prop::sample::select(&NAMES[..]).prop_map(str::to_owned), value), 0..8)
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,300}".prop_map(Value::from),
        "[#\u{1f424}]{240,260}".prop_map(Value::from),
        "-?[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{0,12})?(Z|[+-][0-9]{2}:?[0-9]{2})?"
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((".{0,10}", inner), 0..4).prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Puts `value` in the place of a node that the numbers choose.
fn put(json: &mut Value, path: &[usize], value: Value) {
    match (json, path) {
        (Value::Object(members), [first, rest @ ..]) if !members.is_empty() => {
            let at = first % members.len();
            if let Some(member) = members.values_mut().nth(at) {
                put(member, rest, value);
            }
        }
        (json, _) => *json = value,
    }
}

/// What a body is: any bytes, or an approval in which one node is something else.
#[derive(Clone, Debug)]
enum Body {
    Bytes(Vec<u8>),
    Changed(Vec<usize>, Value),
    Long(usize),
}

fn body() -> impl Strategy<Value = Body> {
    prop_oneof![
        3 => vec(any::<u8>(), 0..300).prop_map(Body::Bytes),
        6 => (vec(any::<usize>(), 0..6), json()).prop_map(|(path, value)| Body::Changed(path, value)),
        1 => (262_140_usize..262_148).prop_map(Body::Long),
    ]
}

fn bytes(body: &Body, provider: &str, world: &World) -> Vec<u8> {
    match body {
        Body::Bytes(bytes) => bytes.clone(),
        Body::Changed(path, value) => {
            let mut report = approval(provider, "ada", world.now());
            put(&mut report, path, value.clone());
            report.to_string().into_bytes()
        }
        Body::Long(length) => vec![b' '; *length],
    }
}

fn event(provider: &str, headers: Headers, body: &[u8]) -> Request {
    let path = format!("/api/kyc/webhook/{provider}");
    Request { method: "POST", path, headers, body: Some(BASE64_STANDARD.encode(body)), is_base64: true }
}

/// The answers to a body of each provider: with these headers, then with the proof besides, which must be enough but for a body
/// that says it is too old.
async fn assert_answered(world: &World, headers: &Headers, body: &Body) {
    for provider in ALL {
        let body = bytes(body, provider.id, world);
        let too_long = body.len() > 256 * 1024;
        let unproven = world.send(event(provider.id, headers.clone(), &body)).await;
        assert_eq!(unproven.status, if too_long { 413 } else { 401 }, "{}: {unproven:?}", provider.id);

        let proof = paper::sign(provider.id, &newest_secret(provider.id), &body, world.now()).unwrap();
        let proof = proof.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
        let proven = world.send(event(provider.id, proof, &body)).await;
        match proven.status {
            200 => assert!(!too_long && proven.text == "null"),
            401 => assert_eq!(provider.id, "didit", "{proven:?}"),
            status => assert!(status == 413 && too_long, "{}: {proven:?}", provider.id),
        }
    }
}

#[test]
fn whatever_is_sent_is_answered_and_whatever_is_kept_can_be_read() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::start());
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) };
    let input = (headers(), body(), "[ -~é]{0,40}");
    let answered = TestRunner::new(config).run(&input, |(headers, body, name)| {
        runtime.block_on(async {
            assert_answered(&world, &headers, &body).await;
            if find(&name).is_none() {
                let elsewhere = world.send(event(&name, headers, &bytes(&body, "", &world))).await;
                let expected = [307, 401, 404, 413];
                assert!(expected.contains(&elsewhere.status), "{name}: {elsewhere:?}");
            }
        });
        Ok(())
    });
    answered.unwrap();
    runtime.block_on(async {
        let rows = world.rows_of("Kyc", "USER#").await;
        assert!(rows.len() > ALL.len(), "nothing of it was taken");
        for row in rows {
            assert!(!kept(&world, &row["pk"].as_str().unwrap()["USER#".len()..]).await.is_empty());
        }
    });
}

/// Every text of a report, as long as an id may be and in letters as wide as there are, or a bit longer.
fn stretch(json: &mut Value, keep: &[&str], length: usize) {
    match json {
        Value::Object(members) => {
            let members = members.iter_mut().filter(|(name, _)| !keep.contains(&name.as_str()));
            members.for_each(|(_, member)| stretch(member, keep, length));
        }
        Value::String(text) => *text = "\u{1f424}".repeat(length),
        _ => {}
    }
}

#[tokio::test]
async fn the_longest_ids_fit_and_longer_ones_are_none() {
    let world = World::start().await;
    // Without these it would be no approval, or its time unknown.
    let words = ["type", "reviewStatus", "reviewAnswer", "createdAtMs", "action", "status", "completed_at_iso8601"];
    let more = ["name", "created-at", "decisionTime", "webhook_type", "occurred_at"];
    for provider in ALL {
        for length in [256, 257] {
            let user = "\u{1f424}".repeat(length);
            let mut body = approval(provider.id, "ada", world.now());
            stretch(&mut body, &[&words[..], &more[..]].concat(), length);
            world.empty("Kyc").await;
            report(&world, provider.id, &body).await;
            let reports = kept(&world, &user).await;
            assert_eq!(reports.len(), usize::from(length == 256), "{}", provider.id);
            let is_approved = reports.iter().all(|report| report.status == Some(KycStatus::Approved));
            assert!(is_approved && world.rows("Kyc").await.len() == 2, "{}", provider.id);
        }
    }
}
