//! What is given out instead of being stored, and what is stored sealed: it is good for whom, for what and for how long it was made.

use std::time::Duration;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use shared::{config::Stage, ids::SessionId};

use super::{ADA, BOB, NOW, account_key, forgeries, with_keys};
use crate::mfa::{
    challenge::{self, Ceremony, Challenge, Nonce},
    enrolment::{self, Enrolment},
    keys::{Keyring, SealedTotpSecret},
    pending::{self, Pending, PendingToken},
    recovery::RecoveryCode,
    totp::TotpSecret,
    webauthn::RelyingParty,
};

const SECOND: Duration = Duration::from_secs(1);
const SESSION: SessionId = SessionId::from_bytes([3; 16]);
const ANOTHER: SessionId = SessionId::from_bytes([4; 16]);

fn relying_party(id: &str) -> RelyingParty {
    RelyingParty::new(id.to_owned(), vec![format!("https://{id}")], Stage::Prod).unwrap()
}

/// Every ceremony of two accounts in two sessions; no two are the same.
fn ceremonies() -> Vec<Ceremony> {
    let nonces = [Nonce::from_bytes([3; 16]), Nonce::from_bytes([4; 16])];
    let within = |account| {
        let sessions = [SESSION, ANOTHER]
            .into_iter()
            .flat_map(move |session| [Ceremony::Register { account, session }, Ceremony::StepUp { account, session }]);
        sessions.chain(nonces.map(|pending| Ceremony::SecondFactor { account, pending }))
    };
    within(ADA).chain(within(BOB)).chain([Ceremony::SignIn]).collect()
}

#[test]
fn a_challenge_is_good_for_its_ceremony_alone() {
    let (ours, theirs) = (relying_party("example.com"), relying_party("example.org"));
    with_keys(|keys| {
        for ceremony in ceremonies() {
            let challenge = Challenge::issue(keys, &ceremony, &ours, NOW).unwrap();
            let open = |ceremony: &Ceremony, relying_party: &RelyingParty, now| {
                challenge.open(keys, ceremony, relying_party, now)
            };
            let nonce = open(&ceremony, &ours, NOW).unwrap();
            assert_eq!(nonce.as_bytes()[..], challenge.as_bytes()[..16]);
            assert_eq!(open(&ceremony, &ours, NOW + challenge::LIFE - SECOND), Some(nonce));
            assert_eq!(open(&ceremony, &ours, NOW + challenge::LIFE), None);
            assert_eq!(open(&ceremony, &theirs, NOW), None);
            let others = ceremonies().into_iter().filter(|other| *other != ceremony);
            assert!(others.into_iter().all(|other| open(&other, &ours, NOW).is_none()), "{ceremony:?}");
        }
        let two = [0; 2].map(|_| Challenge::issue(keys, &Ceremony::SignIn, &ours, NOW).unwrap());
        assert_ne!(two[0], two[1]);
    });
}

#[test]
fn no_changed_bit_of_a_challenge_survives() {
    let ours = relying_party("example.com");
    with_keys(|keys| {
        let challenge = Challenge::issue(keys, &Ceremony::SignIn, &ours, NOW).unwrap();
        let open = |bytes: &[u8]| Challenge::read(bytes)?.open(keys, &Ceremony::SignIn, &ours, NOW);
        for bit in 0..8 * challenge.as_bytes().len() {
            let mut forged = challenge.as_bytes().to_vec();
            forged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&forged), None, "bit {bit}");
        }
        assert_eq!(open(&[]), None);
        assert_eq!(open(&challenge.as_bytes()[1..]), None);
        assert_eq!(open(&[challenge.as_bytes(), &[0]].concat()), None);
    });
}

fn pending() -> Pending {
    Pending::new(ADA, u64::MAX - 1, NOW).unwrap()
}

#[test]
fn a_pending_token_says_what_it_was_made_of() {
    with_keys(|keys| {
        let pending = pending();
        let token = PendingToken::issue(&pending, keys).reveal();
        assert_eq!(PendingToken::open(&token, keys, NOW), Some(pending));
        assert_eq!(PendingToken::open(&token, keys, NOW + pending::LIFE - SECOND), Some(pending));
        assert_eq!(PendingToken::open(&token, keys, NOW + pending::LIFE), None);
        assert_eq!(pending.expires_at, NOW + Duration::from_mins(5));
    });
}

#[test]
fn no_changed_character_of_a_pending_token_survives() {
    with_keys(|keys| {
        let token = PendingToken::issue(&pending(), keys).reveal();
        assert!(forgeries(&token).all(|forged| PendingToken::open(&forged, keys, NOW).is_none()));
        for other in ["", &token[1..], &format!("{}A", *token), &format!("{}=", *token), &format!(" {}", *token)] {
            assert!(PendingToken::open(other, keys, NOW).is_none(), "{other}");
        }
    });
}

/// Under one key a token could be made of what something else gives out.
#[test]
fn each_kind_is_proven_by_a_key_of_its_own() {
    with_keys(|keys| {
        let token = PendingToken::issue(&pending(), keys).reveal();
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&*token).unwrap();
        let proof = &bytes[bytes.len() - 32..];
        let said = &bytes[..bytes.len() - 32];
        for key in [&keys.in_use().challenge, &keys.in_use().recovery] {
            assert_ne!(aws_lc_rs::hmac::sign(key, said).as_ref(), proof);
        }
        assert_eq!(aws_lc_rs::hmac::sign(&keys.in_use().pending, said).as_ref(), proof);
        assert!(Challenge::read(&bytes).is_none());
        assert!(Enrolment::open(&token, ADA, keys, NOW).is_none());
    });
}

#[test]
fn an_enrolment_opens_for_its_account_within_ten_minutes() {
    with_keys(|keys| {
        let enrolment = Enrolment::new(NOW).unwrap();
        let text = enrolment.seal(ADA, keys).unwrap();
        let open = |account, now| Enrolment::open(&text, account, keys, now);
        let opened = open(ADA, NOW + enrolment::LIFE - SECOND).unwrap();
        assert_eq!((opened.secret.as_bytes(), opened.nonce), (enrolment.secret.as_bytes(), enrolment.nonce));
        assert_eq!(opened.expires_at, NOW + Duration::from_mins(10));
        assert!(open(ADA, NOW + enrolment::LIFE).is_none() && open(BOB, NOW).is_none());
        assert!(forgeries(&text).all(|forged| Enrolment::open(&forged, ADA, keys, NOW).is_none()));
        for other in ["", "!", &text[1..], &"A".repeat(100_000)] {
            assert!(Enrolment::open(other, ADA, keys, NOW).is_none());
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&text).unwrap();
        assert!(!bytes.windows(20).any(|window| window == enrolment.secret.as_bytes()));
        assert_ne!(text, enrolment.seal(ADA, keys).unwrap());
    });
}

#[test]
fn the_secret_of_an_app_opens_for_its_account() {
    with_keys(|keys| {
        let secret = TotpSecret::random().unwrap();
        let stored = keys.seal_totp(&secret, ADA).unwrap();
        assert_eq!(keys.open_totp(&stored, ADA).unwrap().as_bytes(), secret.as_bytes());
        assert!(keys.open_totp(&stored, BOB).is_err() && !keys.is_outdated(&stored));
        let row = serde_json::to_value(&stored).unwrap();
        assert_eq!(row["key"], 1);
        for forged in forgeries(row["sealed"].as_str().unwrap()) {
            let forged: SealedTotpSecret =
                serde_json::from_value(serde_json::json!({ "key": 1, "sealed": forged })).unwrap();
            assert!(keys.open_totp(&forged, ADA).is_err());
        }
        // It lies under a key of another number than it says.
        let moved = serde_json::from_value(serde_json::json!({ "key": 2, "sealed": row["sealed"] })).unwrap();
        assert!(keys.open_totp(&moved, ADA).is_err());
        assert_ne!(stored, keys.seal_totp(&secret, ADA).unwrap());
    });
}

/// A successor is known first, used later, and takes the place of the one before it, which ends at last.
#[test]
fn account_keys_are_replaced_while_they_are_in_use() {
    let day = Duration::from_hours(24);
    let keys = [account_key(1, None, Some(NOW + day * 2)), account_key(2, Some(NOW + day), None)];
    let at = |now| Keyring::new(&keys, now).unwrap();
    let (before, between, after) = (at(NOW), at(NOW + day), at(NOW + day * 2));
    let ours = relying_party("example.com");
    let secret = TotpSecret::random().unwrap();
    let code = RecoveryCode::random().unwrap();

    let stored = before.seal_totp(&secret, ADA).unwrap();
    assert_eq!(between.open_totp(&stored, ADA).unwrap().as_bytes(), secret.as_bytes());
    assert!(!before.is_outdated(&stored) && between.is_outdated(&stored) && after.open_totp(&stored, ADA).is_err());
    let anew = between.seal_totp(&secret, ADA).unwrap();
    assert!(!between.is_outdated(&anew) && after.open_totp(&anew, ADA).is_ok());
    // An instance whose clock is behind opens what one that is ahead has made.
    assert!(before.open_totp(&anew, ADA).is_ok());

    let (old, new) = (before.recovery_hash(&code, ADA), between.recovery_hash(&code, ADA));
    assert_ne!(old, new);
    assert_eq!(between.recovery_hashes(&code, ADA), [new, old]);
    assert_eq!(after.recovery_hashes(&code, ADA), [new]);

    // Made long before, but for a clock that stands: only the key's end is at stake here.
    for (made, good) in [(&before, [true, true, false]), (&between, [true, true, true])] {
        let challenge = Challenge::issue(made, &Ceremony::SignIn, &ours, NOW).unwrap();
        let token = PendingToken::issue(&pending(), made).reveal();
        let enrolment = Enrolment::new(NOW).unwrap().seal(ADA, made).unwrap();
        for (keys, good) in [&before, &between, &after].into_iter().zip(good) {
            assert_eq!(challenge.open(keys, &Ceremony::SignIn, &ours, NOW).is_some(), good);
            assert_eq!(PendingToken::open(&token, keys, NOW).is_some(), good);
            assert_eq!(Enrolment::open(&enrolment, ADA, keys, NOW).is_some(), good);
        }
    }
    assert!(Keyring::new(&keys[1..], NOW).is_err());
}
