use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::{EmailAddress, InvalidEmail};

/// What the former application made of our own selection of addresses.
#[derive(serde::Deserialize)]
struct Cases {
    accepted: Vec<(String, String)>,
    refused: Vec<String>,
}

fn cases() -> Cases {
    serde_json::from_str(include_str!("cases.json")).unwrap()
}

fn normal(raw: &str) -> Result<String, InvalidEmail> {
    EmailAddress::parse(raw).map(|address| address.as_str().to_owned())
}

fn same_key(one: &str, other: &str) -> bool {
    EmailAddress::parse(one).unwrap().key() == EmailAddress::parse(other).unwrap().key()
}

#[test]
fn what_was_accepted_is_accepted_with_the_same_normal_form() {
    for (raw, expected) in cases().accepted {
        assert_eq!(normal(&raw), Ok(expected), "{raw:?}");
    }
}

#[test]
fn what_was_refused_is_refused() {
    for raw in cases().refused {
        assert!(normal(&raw).is_err(), "{raw:?}");
    }
}

#[test]
fn an_address_has_at_most_254_octets_in_each_of_its_forms() {
    let fits = |local: &str, count: usize, domain: &str| normal(&(local.repeat(count) + domain)).is_ok();
    assert!(fits("a", 249, "@b.co"));
    assert!(!fits("a", 250, "@b.co"));
    assert!(fits("é", 124, "@b.co"));
    assert!(!fits("é", 125, "@b.co"));
    // U+0958 is three octets as given and six in NFC.
    assert!(fits("\u{958}", 41, "@b.co"));
    assert!(!fits("\u{958}", 42, "@b.co"));
    // Sent as xn--9ca.co.
    assert!(fits("a", 243, "@é.co"));
    assert!(!fits("a", 244, "@é.co"));
}

#[test]
fn a_label_has_at_most_63_octets() {
    assert!(normal(&format!("a@{}.co", "b".repeat(63))).is_ok());
    assert!(normal(&format!("a@{}.co", "b".repeat(64))).is_err());
    assert!(normal(&format!("a@{}.co", "ü".repeat(57))).is_ok());
    assert!(normal(&format!("a@{}.co", "ü".repeat(58))).is_err());
}

#[test]
fn an_input_has_at_most_2048_characters() {
    assert!(normal(&(" ".repeat(2042) + "a@b.co")).is_ok());
    assert!(normal(&(" ".repeat(2043) + "a@b.co")).is_err());
    assert!(normal(&("é".repeat(2041) + "<a@b.co")).is_err());
    assert!(normal(&("é".repeat(2040) + "<a@b.co>")).is_ok());
}

#[test]
fn a_debug_print_does_not_show_the_address() {
    assert_eq!(format!("{:?}", EmailAddress::parse("ada@b.co")), "Ok(EmailAddress(…))");
}

#[test]
fn serde_goes_through_parse() {
    let address: EmailAddress = serde_json::from_str(r#""INFO@B.co""#).unwrap();
    assert_eq!(serde_json::to_string(&address).unwrap(), r#""info@b.co""#);
    let refused = serde_json::from_str::<EmailAddress>(r#""info""#).err().unwrap();
    assert!(refused.to_string().starts_with("An email address must have an @-sign."));
}

#[test]
fn spellings_of_one_address_share_a_key() {
    assert!(same_key("Ada@B.co", "ada@b.co"));
    assert!(same_key("ａda@b.co", "ada@b.co"));
    assert!(same_key("ΟΔΟΣ@b.co", "οδος@b.co"));
    assert!(same_key("a@BÜCHER.de", "a@xn--bcher-kva.de"));
    assert!(!same_key("ada@b.co", "ada+1@b.co"));
    assert!(!same_key("ada@fass.de", "ada@faß.de"));
}

#[test]
fn a_key_is_the_sha_256_of_the_folded_address() {
    let key = EmailAddress::parse("Ada@B.co").unwrap().key();
    assert_eq!(key.to_base64url(), "etgGVrjK_lgEcelFuz0877Q19SC-KjVACLAFpnYpkSU");
    assert!(super::AddressKey::from_bytes(*key.as_bytes()) == key);
}

#[test]
fn an_address_is_deliverable_if_ses_takes_it() {
    let is_deliverable = |raw: &str| EmailAddress::parse(raw).unwrap().is_deliverable();
    for raw in ["ada@b.co", "ada@b\u{fc}cher.de", "!#$%&'*+-/=?^_`{|}~@b.co", "a=?b@b.co"] {
        assert!(is_deliverable(raw), "{raw}");
    }
    assert!(is_deliverable(&format!("{}@b.co", "a".repeat(249))));
    for raw in ["\u{e9}@b.co", "e\u{301}@b.co", "ａda@b.co", "ада@b.co", "=?utf-8?q?=C3=A9?=@b.co"] {
        assert!(!is_deliverable(raw), "{raw}");
    }
}

/// Text with the characters that the rules are about more often than chance would have them.
fn text() -> impl Strategy<Value = String> {
    r#"([a-zA-Z0-9.@<> "-]|\PC|\pL|\pM|[\u{600}-\u{6FF}]|xn--){0,20}"#
}

fn address() -> impl Strategy<Value = String> {
    let local = r"[a-zA-Z!+\pL\pM\pN\pS]{1,12}";
    let domain = r"([a-z]|\p{Ll}|\p{Lo}|\p{Mn}|[\u{5D0}-\u{6FF}]|-|xn--){1,5}\.(co|рф|xn--p1ai)";
    (local, domain).prop_map(|(local, domain)| format!("{local}@{domain}"))
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(raw in text(), local in text(), domain in text()) {
        let _ = normal(&raw);
        let _ = normal(&format!("{local}@{domain}"));
    }

    #[test]
    fn a_normal_form_is_its_own_normal_form(raw in prop_oneof![address(), text()]) {
        if let Ok(once) = EmailAddress::parse(&raw) {
            let twice = EmailAddress::parse(once.as_str());
            prop_assert!(twice.as_ref() == Ok(&once));
            prop_assert!(twice.is_ok_and(|twice| twice.key() == once.key()));
        }
    }

    #[test]
    fn case_and_compatibility_forms_do_not_change_the_key(local in r"[a-z\pL\pM\pN]{1,12}") {
        let Ok(address) = EmailAddress::parse(&format!("{local}@b.co")) else { return Ok(()) };
        let spellings = [local.nfc().collect(), local.nfd().collect(), local.nfkc().collect(), local.to_lowercase()];
        for spelling in spellings {
            if let Ok(other) = EmailAddress::parse(&format!("{spelling}@b.co")) {
                prop_assert!(other.key() == address.key(), "{spelling:?}");
            }
        }
    }

    // What mail servers without SMTPUTF8 take: atoms and dots of RFC 5321, and a host name.
    #[test]
    fn what_is_deliverable_is_ascii_of_a_plain_form(raw in prop_oneof![address(), text()]) {
        let Ok(address) = EmailAddress::parse(&raw) else { return Ok(()) };
        let sent = address.for_delivery();
        let (local, domain) = sent.split_once('@').unwrap();
        prop_assert!(domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte)), "{sent}");
        prop_assert!(sent.len() <= 254 && domain.split('.').all(|label| (1..=63).contains(&label.len())), "{sent}");
        let is_atext = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte);
        prop_assert!(!address.is_deliverable() || local.bytes().all(is_atext), "{sent}");
    }

    #[test]
    fn capitals_do_not_change_the_key(local in "[a-z0-9à-öø-þα-ωά-ώа-я]{1,20}") {
        let capitals = local.to_uppercase() + "@B.CO";
        prop_assert!(same_key(&(local + "@b.co"), &capitals));
    }
}
