//! Whatever comes: an answer, never a panic.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Value};

use super::{super::ALL, NOW, header_map, report, secret, signed};

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

/// Values that are nearly right, and any bytes that a header can hold.
fn header_value() -> impl Strategy<Value = HeaderValue> {
    let nearly =
        "(t=-?[0-9]{0,20}|v1=[0-9a-f]{62,66}|v0=|[0-9a-fA-F]{62,66}|HMAC_SHA(1|256|512)_HEX|Bearer |[, =]){0,6}";
    let bytes = vec(any::<u8>(), 0..200);
    prop_oneof![nearly.prop_map(String::into_bytes), bytes]
        .prop_filter_map("no header value", |bytes| HeaderValue::from_bytes(&bytes).ok())
}

fn headers() -> impl Strategy<Value = HeaderMap> {
    let name = prop::sample::select(&NAMES[..]).prop_map(HeaderName::from_static);
    vec((name, header_value()), 0..8).prop_map(|headers| {
        headers.into_iter().fold(HeaderMap::new(), |mut map, (name, value)| {
            map.append(name, value);
            map
        })
    })
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{0,12})?(Z|[+-][0-9]{2}:?[0-9]{2})?"
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((".{0,10}", inner), 0..6).prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
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

/// Signs the body as each provider would, and reads it.
fn deliver(id: &str, body: &[u8]) {
    let (secrets, headers) = ([secret("ours")], header_map(signed(id, body, NOW)));
    let Ok(verified) = super::provider(id).verify(&secrets, &headers, body, NOW) else { return };
    if let Ok(event) = verified.read() {
        let _ = super::provider(id).meaning(&event);
        assert!(!event.id.is_empty() && event.id.len() <= 512);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn no_headers_and_no_body_prove_anything_by_chance(headers in headers(), body in vec(any::<u8>(), 0..300)) {
        for provider in ALL {
            prop_assert!(provider.verify(&[secret("ours")], &headers, &body, NOW).is_err());
        }
    }

    #[test]
    fn any_bytes_can_be_read(body in vec(any::<u8>(), 0..300)) {
        for provider in ALL {
            deliver(provider.id, &body);
        }
    }

    #[test]
    fn a_report_may_have_anything_anywhere(path in vec(any::<usize>(), 0..8), value in json(), kind in ".{0,20}") {
        for provider in ALL {
            let mut body = report(provider.id, &kind, "approved");
            put(&mut body, &path, value.clone());
            deliver(provider.id, body.to_string().as_bytes());
        }
    }
}
