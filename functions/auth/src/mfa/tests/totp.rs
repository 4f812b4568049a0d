//! Codes of an app.

use std::time::Duration;

use aws_lc_rs::hmac;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use shared::time::Timestamp;

use super::{NOW, hex, vectors};
use crate::mfa::{
    qr::qr_svg,
    totp::{Step, TotpCode, TotpSecret, truncated},
};

#[derive(Deserialize)]
struct Vector {
    note: String,
    secret_hex: String,
    secret_base32: String,
    now: i64,
    last_step: Option<Step>,
    code: String,
    expect: String,
    step: Option<Step>,
}

fn secret(text: &str) -> TotpSecret {
    TotpSecret::from_bytes(hex(text).try_into().unwrap())
}

/// The code as a relying service accepts it: in a step above the last one.
fn accepted(secret: &TotpSecret, code: &str, last: Option<Step>, now: i64) -> Option<Step> {
    let step = secret.matching_step(&TotpCode::parse(code)?, Timestamp::from_second(now))?;
    (Some(step) > last).then_some(step)
}

#[test]
fn recorded_codes_are_accepted_and_refused() {
    let vectors: Vec<Vector> = vectors("totp");
    for Vector { note, secret_hex, secret_base32, now, last_step, code, expect, step } in &vectors {
        let secret = secret(secret_hex);
        assert_eq!(*secret.base32(), *secret_base32, "{note}");
        let accepted = accepted(&secret, code, *last_step, *now);
        assert_eq!(accepted.is_some(), expect == "ok", "{note}");
        assert_eq!(accepted, *step, "{note}");
    }
    assert_eq!((vectors.len(), vectors.iter().filter(|vector| vector.expect == "ok").count()), (30, 12));
}

#[test]
fn the_examples_of_rfc_4226_come_out() {
    let all: Value = vectors("rfc4226_appendix_d");
    let secret = secret(all["secret_hex"].as_str().unwrap());
    let codes = all["codes"].as_array().unwrap();
    for example in codes {
        let now = Timestamp::from_second(example["counter"].as_i64().unwrap() * 30);
        assert_eq!(*secret.shown(now), example["code"].as_str().unwrap());
    }
    assert_eq!(codes.len(), 10);
}

/// They have eight digits, of which the last six are what an app shows.
#[test]
fn the_examples_of_rfc_6238_come_out() {
    let all: Vec<Value> = vectors("rfc6238_appendix_b");
    let of_sha_1 = all.iter().find(|examples| examples["algorithm"] == "SHA1").unwrap();
    let bytes = hex(of_sha_1["secret_hex"].as_str().unwrap());
    let (key, secret) =
        (hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes), secret(of_sha_1["secret_hex"].as_str().unwrap()));
    let codes = of_sha_1["codes"].as_array().unwrap();
    for example in codes {
        let (code, step) = (example["code"].as_str().unwrap(), example["step"].as_u64().unwrap());
        let number = truncated(hmac::sign(&key, &step.to_be_bytes()).as_ref()) % 100_000_000;
        assert_eq!(format!("{number:08}"), code);
        let now = example["time"].as_i64().unwrap();
        assert_eq!(*secret.shown(Timestamp::from_second(now)), code[2..]);
        assert_eq!(accepted(&secret, &code[2..], None, now), serde_json::from_value(step.into()).ok());
    }
    assert_eq!(codes.len(), 6);
}

/// Two steps with one code, a minute apart: 1 pair in a million has that. The later one counts, or the code would be good again in it.
#[test]
fn a_code_of_two_steps_is_used_up_for_both() {
    let secret = secret("3132333435363738393031323334353637383930");
    let shown = |step: i64| secret.shown(Timestamp::from_second(step * 30));
    let twice = 1_096_428;
    assert_eq!(*shown(twice), *shown(twice + 2));
    let (code, last) = (shown(twice), serde_json::from_value((twice + 2).into()).unwrap());
    let mut used = None;
    for now in [twice + 1, twice + 2, twice + 3] {
        let step = accepted(&secret, &code, used, now * 30);
        assert_eq!(step, (now == twice + 1).then_some(last), "{now}");
        used = used.max(step);
    }
}

#[test]
fn what_is_no_code_is_not_compared() {
    for text in ["123456", " 12 34 56 ", "000000"] {
        assert!(TotpCode::parse(text).is_some(), "{text}");
    }
    for text in [
        "",
        " ",
        "12345",
        "1234567",
        "12345a",
        "-12345",
        "+12345",
        "1\u{a0}23456",
        "12\t3456",
        "١٢٣٤٥٦",
        "12345６",
        "123456\n",
    ] {
        assert!(TotpCode::parse(text).is_none(), "{text:?}");
    }
}

#[test]
fn apps_read_the_uri() {
    let secret = secret("3132333435363738393031323334353637383930");
    let uri = secret.uri("Trade & Vault: Ünïcode", "ada+otp@example.com");
    let expected = "otpauth://totp/Trade%20%26%20Vault%20%C3%9Cn%C3%AFcode:ada%2Botp%40example.com\
        ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Trade%20%26%20Vault%20%C3%9Cn%C3%AFcode\
        &algorithm=SHA1&digits=6&period=30";
    assert_eq!(*uri, expected);
    let url = url::Url::parse(&uri).unwrap();
    let issuer = url.query_pairs().find(|(name, _)| name == "issuer").unwrap().1;
    assert_eq!((url.host_str(), &*issuer), (Some("totp"), "Trade & Vault Ünïcode"));
}

#[test]
fn secrets_differ() {
    assert_ne!(*TotpSecret::random().unwrap().base32(), *TotpSecret::random().unwrap().base32());
}

/// A picture of lines and squares alone, with as many dark modules as the code has.
#[test]
fn a_qr_code_is_an_svg() {
    let text = TotpSecret::from_bytes([7; 20]).uri("Product", "ada@example.com");
    let svg = qr_svg(&text).unwrap();
    let code = qrcodegen::QrCode::encode_text(&text, qrcodegen::QrCodeEcc::Medium).unwrap();
    let (size, modules) = (code.size(), (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y))));
    let dark: Vec<_> = modules.filter(|(x, y)| code.get_module(*x, *y)).collect();
    assert!(svg.starts_with(&format!(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}""#, size + 8)));
    assert_eq!(svg.matches("h1v1h-1z").count(), dark.len());
    assert!(dark.iter().all(|(x, y)| svg.contains(&format!("M{} {}h1v1h-1z", x + 4, y + 4))));
    assert!(svg.ends_with(r#""/></svg>"#) && svg.capacity() >= svg.len() && svg.matches('<').count() == 4);
    assert!(qr_svg(&"x".repeat(3_000)).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn a_code_is_good_for_ninety_seconds_at_most(bytes: [u8; 20], late in 0..300_u64) {
        let secret = TotpSecret::from_bytes(bytes);
        let code = secret.shown(NOW);
        // It begins a step.
        prop_assert_eq!(NOW.as_second() % 30, 0);
        let shown_again = (2..=11).any(|step| secret.shown(NOW + Duration::from_secs(30 * step)) == code);
        let matches = secret.matching_step(&TotpCode::parse(&code).unwrap(), NOW + Duration::from_secs(late)).is_some();
        prop_assert_eq!(matches, late < 60 || shown_again && matches);
    }

    #[test]
    fn any_text_may_be_typed(text in ".{0,20}", digits in "[0-9 ]{0,12}") {
        let _ = TotpCode::parse(&text);
        let count = digits.bytes().filter(u8::is_ascii_digit).count();
        prop_assert_eq!(TotpCode::parse(&digits).is_some(), count == 6);
    }
}
