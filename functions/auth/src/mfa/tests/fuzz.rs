//! Whatever comes: a reason, never a panic, and never a passkey that nobody made.

use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Value, json};

use super::passkeys::{Vector, authentication, authentications, registration, registrations};
use crate::mfa::webauthn::{
    AuthenticationResponse,
    attestation::AttestationObject,
    authenticator_data::AuthenticatorData,
    base64url::{Binary, MOST},
    cose::CredentialPublicKey,
};

/// A part of a response.
const PARTS: [&str; 5] = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

/// Changes one byte of a part, adds one behind it, or takes one away.
fn change(credential: &mut Value, part: &str, at: Index, by: u8) -> bool {
    let Some(text) = credential["response"].get(part).and_then(Value::as_str) else { return false };
    let mut bytes = Binary::decode(text).unwrap().0;
    if bytes.is_empty() || by == 0 {
        return false;
    }
    match at.index(bytes.len() + 2).checked_sub(2) {
        Some(at) => bytes[at] ^= by,
        None if by < 128 => bytes.push(by),
        None => {
            bytes.pop();
        }
    }
    credential["response"][part] = json!(Binary(bytes));
    true
}

/// What signs somebody in.
fn looked_at(credential: &Value) -> [&Value; 7] {
    let response = &credential["response"];
    let parts = ["clientDataJSON", "authenticatorData", "signature", "userHandle"].map(|part| &response[part]);
    let [client_data, authenticator_data, signature, user_handle] = parts;
    [
        &credential["id"],
        &credential["rawId"],
        &credential["type"],
        client_data,
        authenticator_data,
        signature,
        user_handle,
    ]
}

/// Any JSON, and parts that are nearly right.
fn odd() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[A-Za-z0-9_=+/-]{0,40}".prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        vec(any::<u8>(), 0..600).prop_map(|bytes| json!(Binary(bytes))),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec(("(id|rawId|type|response|clientDataJSON|transports)", inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Those that are accepted as they are.
fn good(vectors: &'static [Vector]) -> Vec<&'static Vector> {
    vectors.iter().filter(|vector| vector.is_good()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    /// The signature covers all but a user handle, which names whom it is for.
    #[test]
    fn no_changed_byte_signs_anybody_in(which: Index, part in 0..PARTS.len(), at: Index, by: u8) {
        let vectors = good(authentications());
        let vector = which.get(&vectors);
        let mut credential = vector.credential.clone();
        if change(&mut credential, PARTS[part], at, by) {
            prop_assert!(vector.assert(&credential).is_err(), "{}", vector.note);
        }
    }

    /// Without an attestation nothing is signed; what is registered is what the bytes say.
    #[test]
    fn a_changed_registration_is_what_it_says(which: Index, part in 0..2_usize, at: Index, by: u8) {
        let vectors = good(registrations());
        let vector = which.get(&vectors);
        let mut credential = vector.credential.clone();
        if change(&mut credential, PARTS[part], at, by) && let Ok(new) = vector.register(&credential) {
            prop_assert_eq!(&json!(new.id), &credential["rawId"]);
            prop_assert!(CredentialPublicKey::read(&new.public_key.0).is_ok());
        }
    }

    #[test]
    fn a_response_may_have_anything_anywhere(name in 0..8_usize, value in odd(), whole: bool) {
        let (made, used) = (&registrations()[0], &authentications()[0]);
        let put = |credential: &Value| {
            let mut credential = credential.clone();
            match (whole, ["id", "rawId", "type"].get(name), name.checked_sub(3)) {
                (false, Some(name), _) => credential[name] = value.clone(),
                (false, None, Some(part)) => credential["response"][PARTS[part]] = value.clone(),
                _ => credential = value.clone(),
            }
            credential
        };
        let _ = made.register(&put(&made.credential));
        let credential = put(&used.credential);
        prop_assert_eq!(used.assert(&credential).is_ok(), looked_at(&credential) == looked_at(&used.credential));
    }

    #[test]
    fn parts_may_be_any_bytes(bytes in vec(any::<u8>(), 0..800)) {
        let _ = AttestationObject::read(&bytes);
        let _ = CredentialPublicKey::read(&bytes);
        if let Ok(data) = AuthenticatorData::read(&bytes) {
            prop_assert!(bytes.len() == 37 || bytes[32] & 0xc0 != 0);
            prop_assert_eq!(&data.sign_count.to_be_bytes(), &bytes[33..37]);
        }
    }

    /// One text for all bytes, and one of bytes for all texts.
    #[test]
    fn base64url_has_one_text_for_all_bytes(bytes in vec(any::<u8>(), 0..100), text in "[A-Za-z0-9_-]{0,20}", any in ".{0,20}") {
        let binary = Binary(bytes);
        let encoded = binary.encode();
        prop_assert!(!encoded.contains(['=', '+', '/']));
        prop_assert_eq!(Binary::decode(&encoded), Some(binary));
        for text in [&text, &any] {
            if let Some(decoded) = Binary::decode(text) {
                prop_assert_eq!(&decoded.encode(), text);
            }
        }
        for behind in ["=", " ", "\n"] {
            prop_assert_eq!(Binary::decode(&(encoded.clone() + behind)), None);
        }
    }

    /// Of what is too long nothing is decoded, and the largest body is read at once.
    #[test]
    fn parts_are_at_most_16_kib(length in MOST - 2..MOST + 3) {
        let text = Binary(vec![7; length]).encode();
        prop_assert_eq!(Binary::decode(&text).map(|binary| binary.0.len()), (length <= MOST).then_some(length));
    }
}

/// Sixty thousand levels, members or characters are refused, or read without being kept.
#[test]
fn large_responses_are_refused_or_read() {
    let (made, used) = (&registrations()[0], &authentications()[0]);
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let wide: Vec<_> = (0..10_000).collect();
    for extra in [json!("x".repeat(60_000)), json!(wide), serde_json::from_str(&deep(100)).unwrap()] {
        for (vector, is_made) in [(made, true), (used, false)] {
            let mut credential = vector.credential.clone();
            credential["clientExtensionResults"] = extra.clone();
            credential["response"]["publicKey"] = extra.clone();
            assert!(if is_made { vector.register(&credential).is_ok() } else { vector.assert(&credential).is_ok() });
            credential["type"] = extra.clone();
            assert!(registration(&credential).is_err() || vector.register(&credential).is_err());
            assert!(authentication(&credential).is_err() || vector.assert(&credential).is_err());
        }
    }
    // As deep as a body may be.
    let text = used
        .credential
        .to_string()
        .replace("\"clientExtensionResults\":{}", &format!("\"clientExtensionResults\":{}", deep(900)));
    let json = compat::json::parse(text.as_bytes()).unwrap();
    assert_eq!(AuthenticationResponse::read(&json).err(), None);
}
