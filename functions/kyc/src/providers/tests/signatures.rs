//! What proves a delivery, and what does not.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};

use super::{
    super::{
        ALL, Malformed, Secret, Unproven,
        crypto::{HMAC_SHA512, hex},
        find,
    },
    NOW, delivered, header_map, provider, report, secret, signed, verify,
};

use Unproven::{
    BadSignature, MalformedHeader, MissingSignature, MissingTimestamp, StaleTimestamp, UnsupportedAlgorithm,
};

const MINUTES_5: Duration = Duration::from_mins(5);
const SECOND: Duration = Duration::from_secs(1);

/// The header that each provider cannot do without.
const HEADERS: [(&str, &str); 7] = [
    ("sumsub", "x-payload-digest"),
    ("onfido", "x-sha2-signature"),
    ("persona", "persona-signature"),
    ("veriff", "x-hmac-signature"),
    ("stripe_identity", "stripe-signature"),
    ("didit", "x-signature"),
    ("generic", "authorization"),
];

fn body(id: &str) -> Vec<u8> {
    report(id, "status.updated", "Approved").to_string().into_bytes()
}

/// Genuine headers of a genuine body.
fn genuine(id: &str) -> HeaderMap {
    header_map(signed(id, &body(id), NOW))
}

fn value(id: &str, name: &str) -> String {
    genuine(id)[name].to_str().unwrap().to_owned()
}

#[test]
fn an_empty_secret_is_none() {
    assert!(Secret::new(String::new()).is_none());
    assert!(Secret::new(" \n".to_owned()).is_none());
}

#[test]
fn nothing_is_taken_without_a_secret() {
    for provider in ALL {
        let refused = provider.verify(&[], &genuine(provider.id), &body(provider.id), NOW).err();
        assert_eq!(refused, Some(Unproven::NoSecret), "{}", provider.id);
    }
}

#[test]
fn any_secret_will_do_but_another() {
    for provider in ALL {
        let (headers, body) = (genuine(provider.id), body(provider.id));
        let verify = |secrets: &[Secret]| provider.verify(secrets, &headers, &body, NOW).map(drop);
        assert_eq!(verify(&[secret("ours")]), Ok(()), "{}", provider.id);
        assert_eq!(verify(&[secret("new"), secret("ours")]), Ok(()), "{}", provider.id);
        assert_eq!(verify(&[secret("ours"), secret("new")]), Ok(()), "{}", provider.id);
        assert_eq!(verify(&[secret("new"), secret("newer")]), Err(BadSignature), "{}", provider.id);
        assert_eq!(verify(&[secret("ours ")]), Err(BadSignature), "{}", provider.id);
    }
}

#[test]
fn without_its_header_a_delivery_proves_nothing() {
    for (id, name) in HEADERS {
        let mut headers = genuine(id);
        headers.remove(name).unwrap();
        assert_eq!(verify(id, &headers, &body(id)), Err(MissingSignature), "{id}");
        headers.insert(name, HeaderValue::from_static(""));
        assert_eq!(verify(id, &headers, &body(id)), Err(MissingSignature), "{id}");
    }
    assert_eq!(HEADERS.map(|(id, _)| id), ALL.map(|provider| provider.id));
}

#[test]
fn the_case_of_header_names_does_not_matter() {
    for (id, _) in HEADERS {
        for form in [str::to_ascii_lowercase, str::to_ascii_uppercase] {
            let headers = header_map(signed(id, &body(id), NOW).into_iter().map(|(name, value)| (form(name), value)));
            assert_eq!(verify(id, &headers, &body(id)), Ok(()), "{id}");
        }
    }
}

#[test]
fn hex_that_is_none_or_too_short_is_malformed() {
    let hex = value("onfido", "x-sha2-signature");
    for (id, name) in [("sumsub", "x-payload-digest"), ("onfido", "x-sha2-signature"), ("veriff", "x-hmac-signature")] {
        for wrong in ["0", "zz", "not hex", &hex[1..], &hex[2..], &format!("{hex}00"), &hex.replace(&hex[..1], "é")] {
            let mut headers = genuine(id);
            headers.insert(name, HeaderValue::from_bytes(wrong.as_bytes()).unwrap());
            assert_eq!(verify(id, &headers, &body(id)), Err(MalformedHeader), "{id} {wrong}");
        }
        let mut headers = genuine(id);
        headers.insert(name, value(id, name).to_ascii_uppercase().parse().unwrap());
        assert_eq!(verify(id, &headers, &body(id)), Ok(()), "{id}");
    }
}

#[test]
fn a_gateway_may_join_headers() {
    let wrong = "00".repeat(32);
    for (id, name) in HEADERS.into_iter().filter(|(id, _)| *id != "generic") {
        let ours = value(id, name);
        let other = ours.replace(&ours[ours.len() - 64..], &wrong);
        for joined in [format!("{other},{ours}"), format!("{ours}, {other}")] {
            let mut headers = genuine(id);
            headers.insert(name, joined.parse().unwrap());
            assert_eq!(verify(id, &headers, &body(id)), Ok(()), "{id}");
        }
        let mut headers = genuine(id);
        headers.insert(name, other.parse().unwrap());
        assert_eq!(verify(id, &headers, &body(id)), Err(BadSignature), "{id}");
        headers.append(name, ours.parse().unwrap());
        assert_eq!(verify(id, &headers, &body(id)), Ok(()), "{id}");
    }
}

#[test]
fn a_signed_time_holds_for_five_minutes_both_ways() {
    for id in ["persona", "stripe_identity", "didit"] {
        let at = |at| verify(id, &header_map(signed(id, &body(id), at)), &body(id));
        assert_eq!(at(NOW - MINUTES_5), Ok(()), "{id}");
        assert_eq!(at(NOW + MINUTES_5), Ok(()), "{id}");
        assert_eq!(at(NOW - MINUTES_5 - SECOND), Err(StaleTimestamp), "{id}");
        assert_eq!(at(NOW + MINUTES_5 + SECOND), Err(StaleTimestamp), "{id}");
    }
}

#[test]
fn elsewhere_no_delivery_is_too_old() {
    for id in ["sumsub", "onfido", "veriff", "generic"] {
        let headers = header_map(signed(id, &body(id), NOW - Duration::from_hours(24 * 7)));
        assert_eq!(verify(id, &headers, &body(id)), Ok(()), "{id}");
    }
}

#[test]
fn what_is_late_and_not_genuine_is_not_called_late() {
    for (id, name) in [("persona", "persona-signature"), ("stripe_identity", "stripe-signature")] {
        let late = header_map(signed(id, &body(id), NOW - MINUTES_5 - SECOND));
        assert_eq!(verify(id, &late, b"{}"), Err(BadSignature), "{id}");
        // Neither does another time make it fresh.
        let renewed = late[name].to_str().unwrap().replacen(|c: char| c.is_ascii_digit(), "9", 1);
        let mut headers = HeaderMap::new();
        headers.insert(name, renewed.parse().unwrap());
        assert_eq!(verify(id, &headers, &body(id)), Err(BadSignature), "{id}");
    }
}

#[test]
fn a_stamped_header_has_a_time_and_one_or_more_signatures() {
    let body = body("stripe_identity");
    let ours = value("stripe_identity", "stripe-signature");
    let (time, mac) = ours.split_once(",v1=").unwrap();
    let wrong = "00".repeat(32);
    for (header, expected) in [
        (ours.clone(), Ok(())),
        (format!("{time},v1={wrong},v1={mac}"), Ok(())),
        (format!("{time},v1={mac},v0={wrong}"), Ok(())),
        (format!("v1={mac},{time}"), Ok(())),
        (format!("t=1,v1={wrong} {time},v1={mac}"), Ok(())),
        (format!("{time},v1=xyz,v1={mac}"), Ok(())),
        (format!("{time},v0={mac}"), Err(MissingSignature)),
        (format!("{time},v2={mac}"), Err(MissingSignature)),
        (time.to_owned(), Err(MissingSignature)),
        ("nonsense".to_owned(), Err(MissingSignature)),
        (format!("v1={mac}"), Err(MalformedHeader)),
        (format!("t=,v1={mac}"), Err(MalformedHeader)),
        (format!("t=soon,v1={mac}"), Err(MalformedHeader)),
        (format!("t=99999999999999999999,v1={mac}"), Err(MalformedHeader)),
        (format!("{time},v1=xyz"), Err(MalformedHeader)),
        (format!("{time},v1={wrong}"), Err(BadSignature)),
        (format!("{time},v1={}", &mac[2..]), Err(MalformedHeader)),
        (format!("t=-9223372036854775808,v1={mac}"), Err(BadSignature)),
        (format!("{time},t=1,v1={mac}"), Err(BadSignature)),
        (format!("{time}{},v1={mac}", format!(",v1={wrong}").repeat(16)), Err(BadSignature)),
    ] {
        for (id, name) in [("stripe_identity", "stripe-signature"), ("persona", "persona-signature")] {
            assert_eq!(verify(id, &header_map([(name, &header)]), &body), expected, "{id} {header}");
        }
    }
}

#[test]
fn sumsub_signs_with_sha_256_or_512_and_nothing_else() {
    let body = body("sumsub");
    let key = aws_lc_rs::hmac::Key::new(HMAC_SHA512, b"ours");
    let long = hex(aws_lc_rs::hmac::sign(&key, &body).as_ref());
    let short = value("sumsub", "x-payload-digest");
    for (algorithm, mac, expected) in [
        (None, &short, Ok(())),
        (Some("HMAC_SHA256_HEX"), &short, Ok(())),
        (Some("HMAC_SHA512_HEX"), &long, Ok(())),
        (Some("HMAC_SHA512_HEX"), &short, Err(MalformedHeader)),
        (None, &long, Err(MalformedHeader)),
        (Some("HMAC_SHA1_HEX"), &short, Err(UnsupportedAlgorithm)),
        (Some("none"), &short, Err(UnsupportedAlgorithm)),
        (Some(""), &short, Err(UnsupportedAlgorithm)),
    ] {
        let algorithm = algorithm.map(|algorithm| ("x-payload-digest-alg", algorithm));
        let headers = header_map(algorithm.into_iter().chain([("x-payload-digest", mac.as_str())]));
        assert_eq!(verify("sumsub", &headers, &body), expected, "{algorithm:?}");
    }
}

#[test]
fn other_headers_of_the_providers_count_for_nothing() {
    let mac = value("veriff", "x-hmac-signature");
    let headers = header_map([("x-signature", &mac), ("x-auth-client", &mac)]);
    assert_eq!(verify("veriff", &headers, &body("veriff")), Err(MissingSignature));

    let mut headers = genuine("didit");
    let mac = headers.remove("x-signature").unwrap();
    headers.insert("x-signature-simple", mac.clone());
    headers.insert("x-signature-v2", mac);
    assert_eq!(verify("didit", &headers, &body("didit")), Err(MissingSignature));
}

#[test]
fn didit_needs_both_of_its_times() {
    let mut headers = genuine("didit");
    headers.insert("x-timestamp", HeaderValue::from_static("noon"));
    assert_eq!(verify("didit", &headers, &body("didit")), Err(MalformedHeader));
    headers.remove("x-timestamp");
    assert_eq!(verify("didit", &headers, &body("didit")), Err(MissingTimestamp));

    for (age, expected) in [(900, Ok(())), (901, Err(StaleTimestamp)), (-900, Ok(())), (-901, Err(StaleTimestamp))] {
        let body = format!("{{\"timestamp\":{}}}", NOW.as_second() - age);
        let headers = header_map(signed("didit", body.as_bytes(), NOW));
        assert_eq!(verify("didit", &headers, body.as_bytes()), expected, "{age}");
    }
    for body in ["{}", r#"{"timestamp":null}"#, r#"{"timestamp":"1773144000"}"#, r#"{"timestamp":1e400}"#] {
        let headers = header_map(signed("didit", body.as_bytes(), NOW));
        assert_eq!(verify("didit", &headers, body.as_bytes()), Err(StaleTimestamp), "{body}");
    }
}

#[test]
fn a_bearer_token_is_the_whole_of_it() {
    for (value, expected) in [
        ("Bearer ours", Ok(())),
        ("bearer  ours ", Ok(())),
        ("Bearer our", Err(BadSignature)),
        ("Bearer oursx", Err(BadSignature)),
        ("Bearer ours, Bearer ours", Err(BadSignature)),
        ("Bearer ", Err(MissingSignature)),
        ("Bearer", Err(MissingSignature)),
        ("Basic ours", Err(MissingSignature)),
        ("ours", Err(MissingSignature)),
    ] {
        assert_eq!(verify("generic", &header_map([("authorization", value)]), b"{}"), expected, "{value}");
    }
    assert_eq!(super::super::bearer(&HeaderMap::new(), &[]), Err(Unproven::NoSecret));
}

#[test]
fn authentic_but_no_object_is_malformed() {
    // Didit's own time is missing from all of these, but what cannot be read cannot be late.
    for body in [&b""[..], b"null", b"[]", b"42", b"\"x\"", b"{", b"{}{}", b"\xff\xfe", b"<xml/>"] {
        for provider in ALL {
            assert_eq!(delivered(provider.id, body).err(), Some(Malformed), "{} {body:?}", provider.id);
        }
    }
}

#[test]
fn bodies_may_be_huge_deep_and_full_of_all_characters() {
    let second = NOW.as_second();
    let wide = format!("{{\"timestamp\":{second},\"x\":\"{}\"}}", "ą🙂".repeat(50_000));
    let halves = format!("{{\"timestamp\":{second},\"user_id\":\"u-1\",\"x\":\"cut \\ud83d\",\"y\":1e999}}");
    for provider in ALL {
        assert!(delivered(provider.id, wide.as_bytes()).is_ok(), "{}", provider.id);
        assert!(delivered(provider.id, halves.as_bytes()).is_ok(), "{}", provider.id);
        let deep = [&b"{\"x\":"[..], &b"[".repeat(200_000)].concat();
        assert_eq!(delivered(provider.id, &deep).err(), Some(Malformed), "{}", provider.id);
    }
}

#[test]
fn names_are_exact() {
    assert!(find("stripe_identity").is_some());
    assert!(find("Sumsub").is_none() && find("stripe").is_none() && find("").is_none());
}

#[test]
fn what_proves_one_provider_proves_no_other() {
    for (mine, _) in HEADERS.into_iter().filter(|(id, _)| !["persona", "stripe_identity"].contains(id)) {
        for (other, _) in HEADERS.into_iter().filter(|(other, _)| *other != mine) {
            assert!(verify(other, &genuine(mine), &body(mine)).is_err(), "{mine} {other}");
        }
    }
    assert_eq!(provider("persona").id, "persona");
}
