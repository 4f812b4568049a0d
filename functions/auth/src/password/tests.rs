//! Passwords right and wrong, under one pepper and under two.

use std::sync::atomic::Ordering;

use argon2::{Algorithm, Argon2, PasswordHasher, Version};
use shared::{
    rotation::SecretVersion,
    seal::{SealedSecret, SecretPurpose},
};

use super::*;

const NOW: Timestamp = Timestamp::from_second(1_000);

/// The second pepper, if there is one, is in use from the second 2000 on.
fn under(peppers: &[u8]) -> Passwords {
    let peppers = peppers.iter().zip(1..).map(|(byte, number)| {
        let from = (number > 1).then_some(Timestamp::from_second(2_000));
        let secret = SealedSecret { purpose: SecretPurpose::Pepper, sealed: String::new(), kms_key_arn: String::new() };
        let stored = SecretVersion { secret, number, from, until: None };
        Opened { stored, secret: Arc::new(Zeroizing::new([*byte; 32])) }
    });
    Passwords::new(Peppers::new(peppers.collect()), Imported::default(), Arc::default())
}

fn passwords() -> Passwords {
    under(&[7])
}

fn runs(passwords: &Passwords) -> u64 {
    passwords.runs.argon2.load(Ordering::Relaxed)
}

#[tokio::test]
async fn only_the_right_password_under_the_same_pepper_is_right() {
    let stored = passwords().hash("correct horse", NOW).await.unwrap();
    let verify = |passwords: Passwords, text| {
        let stored = stored.clone();
        async move { passwords.verify(text, Some(&stored), NOW).await.unwrap() }
    };
    assert_eq!(verify(passwords(), "correct horse").await, Verdict::Right);
    assert_eq!(verify(passwords(), "correct horsf").await, Verdict::Wrong);
    assert_eq!(verify(under(&[8]), "correct horse").await, Verdict::Wrong);
}

#[tokio::test]
async fn every_question_costs_one_run() {
    let passwords = under(&[7, 8]);
    let stored = passwords.hash("a", NOW).await.unwrap();
    assert_eq!(runs(&passwords), 1);
    passwords.verify("a", Some(&stored), NOW).await.unwrap();
    assert_eq!(runs(&passwords), 2);
    assert_eq!(passwords.verify("a", None, NOW).await.unwrap(), Verdict::Wrong);
    assert_eq!(runs(&passwords), 3);
    passwords.verify("b", Some(&stored), Timestamp::from_second(2_000)).await.unwrap();
    assert_eq!(runs(&passwords), 4);
}

#[tokio::test]
async fn a_hash_with_other_parameters_still_opens_and_says_so() {
    let mut weak = ParamsBuilder::new();
    let weak = weak.m_cost(8).t_cost(1).p_cost(1).keyid(KeyId::new(&name(1)).unwrap()).build().unwrap();
    let argon2 = Argon2::new_with_secret(&[7; 32], Algorithm::Argon2id, Version::V0x13, weak).unwrap();
    let hash: password_hash::phc::PasswordHash = argon2.hash_password_with_salt(b"old", &[1; 16]).unwrap();
    let stored = PasswordHash(hash.to_string());
    assert_eq!(passwords().verify("old", Some(&stored), NOW).await.unwrap(), Verdict::RightButOutdated);
}

#[tokio::test]
async fn a_hash_names_its_pepper_and_outlives_it() {
    let (both, later) = (under(&[7, 8]), Timestamp::from_second(2_000));
    let (first, second) = (both.hash("a", NOW).await.unwrap(), both.hash("a", later).await.unwrap());
    assert!(first.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid=MQ$"), "{}", first.0);
    assert!(second.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid=Mg$"), "{}", second.0);
    assert_eq!(both.verify("a", Some(&first), NOW).await.unwrap(), Verdict::Right);
    assert_eq!(both.verify("a", Some(&first), later).await.unwrap(), Verdict::RightButOutdated);
    assert_eq!(both.verify("b", Some(&first), later).await.unwrap(), Verdict::Wrong);
    assert_eq!(both.verify("a", Some(&second), later).await.unwrap(), Verdict::Right);
    // A clock that is behind does not lead back.
    assert_eq!(both.verify("a", Some(&second), NOW).await.unwrap(), Verdict::Right);
    assert!(passwords().verify("a", Some(&second), later).await.is_err(), "the second pepper is not there");
    assert_eq!(under(&[7, 9]).verify("a", Some(&second), later).await.unwrap(), Verdict::Wrong);
}

#[tokio::test]
async fn two_sign_ups_of_one_address_compare_without_a_second_run() {
    let (passwords, ada, bob) = (passwords(), AddressKey::from_bytes([1; 32]), AddressKey::from_bytes([2; 32]));
    let first = passwords.hash_for_sign_up("same", &ada, NOW).await.unwrap();
    assert!(first == passwords.hash_for_sign_up("same", &ada, NOW).await.unwrap());
    assert!(first != passwords.hash_for_sign_up("other", &ada, NOW).await.unwrap());
    assert!(first != passwords.hash_for_sign_up("same", &bob, NOW).await.unwrap());
}

#[tokio::test]
async fn a_composed_and_a_decomposed_accent_are_one_password() {
    let stored = passwords().hash("caf\u{e9}", NOW).await.unwrap();
    assert_eq!(passwords().verify("cafe\u{301}", Some(&stored), NOW).await.unwrap(), Verdict::Right);
}

/// One whose logins run these functions besides.
fn beside(passwords: Passwords, functions: &[Function]) -> Passwords {
    Passwords { imported: Imported { functions: functions.into(), ..Imported::default() }, ..passwords }
}

fn foreign_runs(passwords: &Passwords) -> u64 {
    passwords.runs.foreign.load(Ordering::Relaxed)
}

/// Of "café", its accent composed, by the `bcrypt` of Python.
const COMPOSED: &str = "$2b$04$abcdefghijklmnopqrstuuusvfeYzFuQdqd.KjimlRKkZ2QcoHWhO";

#[tokio::test]
async fn a_hash_of_another_service_is_hashed_once_more_and_opens_by_both() {
    let passwords = passwords();
    let foreign = |text| ForeignHash::bcrypt(text).ok().unwrap();
    let stored = passwords.wrap(foreign(COMPOSED), NOW).await.unwrap();
    assert!(stored.0.starts_with("bcrypt:4,") && stored.0.contains(",$argon2id$v=19$m=19456,t=2,p=1,keyid=MQ$"));
    assert!(!stored.0.contains(&COMPOSED[29..]), "the hash itself is not there");
    assert!(stored != passwords.wrap(foreign(COMPOSED), NOW).await.unwrap(), "salts differ");
    for (typed, verdict) in [
        ("caf\u{e9}", Verdict::RightButOutdated),
        // The other service knew no normal form.
        ("cafe\u{301}", Verdict::Wrong),
        ("cafe", Verdict::Wrong),
        ("", Verdict::Wrong),
    ] {
        assert_eq!(passwords.verify(typed, Some(&stored), NOW).await.unwrap(), verdict, "{typed}");
    }
    assert_eq!(under(&[8]).verify("caf\u{e9}", Some(&stored), NOW).await.unwrap(), Verdict::Wrong);
    // Whoever has the foreign hash alone cannot pass it off as a password.
    assert_eq!(passwords.verify(COMPOSED, Some(&stored), NOW).await.unwrap(), Verdict::Wrong);
    for malformed in
        ["bcrypt:4,", "bcrypt:4", "md5:1,,$argon2id$", "bcrypt:31,AAAA,$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAA"]
    {
        let malformed = PasswordHash(malformed.to_owned());
        assert!(passwords.verify("x", Some(&malformed), NOW).await.is_err(), "{malformed:?}");
    }
}

#[tokio::test]
async fn every_login_runs_the_functions_of_all_accounts_once() {
    let plain = passwords().hash("a", NOW).await.unwrap();
    let wrapped = passwords().wrap(ForeignHash::bcrypt(COMPOSED).ok().unwrap(), NOW).await.unwrap();
    let [four, five, scrypt] = ["bcrypt:4", "bcrypt:5", "firebase-scrypt:1"].map(|text| text.parse().unwrap());
    for (functions, foreign) in
        [(&[][..], [0, 0, 1]), (&[four], [1, 1, 1]), (&[five], [1, 1, 2]), (&[four, five, scrypt], [3, 3, 3])]
    {
        let all = [None, Some(&plain), Some(&wrapped)];
        for (stored, expected) in all.into_iter().zip(foreign) {
            let passwords = beside(passwords(), functions);
            passwords.verify("a", stored, NOW).await.unwrap();
            assert_eq!((foreign_runs(&passwords), runs(&passwords)), (expected, 1), "{functions:?}");
        }
    }
}
