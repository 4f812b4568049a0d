//! Recovery codes.

use aws_lc_rs::hmac;
use proptest::prelude::*;
use serde::Deserialize;

use super::{ADA, BOB, vectors, with_keys};
use crate::mfa::recovery::RecoveryCode;

#[derive(Deserialize)]
struct Vector {
    note: String,
    input: String,
    expect: Option<String>,
}

#[test]
fn recorded_codes_are_read_and_refused() {
    let vectors: Vec<Vector> = vectors("recovery_codes");
    for Vector { note, input, expect } in &vectors {
        let read = RecoveryCode::parse(input).map(|code| code.reveal().replace('-', ""));
        assert_eq!(read, *expect, "{note}");
    }
    assert_eq!((vectors.len(), vectors.iter().filter(|vector| vector.expect.is_some()).count()), (12, 7));
}

#[test]
fn what_is_kept_is_of_this_code_account_and_key() {
    let code = RecoveryCode::parse("D0FV-ATNH-CQG3-2R01").unwrap();
    let other = RecoveryCode::parse("D0FV-ATNH-CQG3-2R02").unwrap();
    let key = |byte| hmac::Key::new(hmac::HMAC_SHA256, &[byte; 32]);
    let hash = code.hash(&key(1), ADA);
    assert_eq!(hash, RecoveryCode::parse("dofvatnhcqg32roi").unwrap().hash(&key(1), ADA));
    for other in [other.hash(&key(1), ADA), code.hash(&key(1), BOB), code.hash(&key(2), ADA)] {
        assert_ne!(hash, other);
    }
    // As Python's hmac has it.
    assert_eq!(hash.to_string(), "VroiAJKLfglguTZss65N_IDnRRUX7nBbiY8gQyedu4c");
    with_keys(|keys| {
        assert_eq!(keys.recovery_hashes(&code, ADA), [keys.recovery_hash(&code, ADA)]);
        assert_ne!(keys.recovery_hash(&code, ADA), keys.recovery_hash(&code, BOB));
    });
}

#[test]
fn codes_differ() {
    assert_ne!(*RecoveryCode::random().unwrap().reveal(), *RecoveryCode::random().unwrap().reveal());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn what_is_shown_is_read(text in "[0-9A-HJKMNP-TV-Z]{16}", any in ".{0,40}") {
        let code = RecoveryCode::parse(&text).unwrap();
        let shown = code.reveal();
        prop_assert_eq!(shown.replace('-', ""), text);
        prop_assert_eq!(shown.split('-').map(str::len).collect::<Vec<_>>(), [4; 4]);
        prop_assert!(RecoveryCode::parse(&shown.to_lowercase()).is_some());
        let _ = RecoveryCode::parse(&any);
    }
}
