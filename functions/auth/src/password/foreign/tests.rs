//! Published samples, bounds, and what other services look at of a password.

use super::*;

/// What `function` makes of a password, as `hash` has it.
fn opens(hash: &ForeignHash, typed: &[u8], key: &[u8]) -> bool {
    *hash.recipe.run(typed, key).unwrap() == *hash.output
}

/// The project in the README of github.com/firebase/scrypt.
fn published() -> (Project, Vec<u8>) {
    let decode = |text| BASE64_STANDARD.decode(text).unwrap();
    let key = decode("jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==");
    (Project { mem_cost: 14, rounds: 8, separator: decode("Bw=="), key: 1, key_length: key.len() }, key)
}

fn sample(project: &Project) -> Result<ForeignHash, Unusable> {
    let hash = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";
    ForeignHash::firebase(project, "42xEC+ixf3L2lw==", hash)
}

#[test]
fn the_published_sample_of_firebase_opens() {
    let (project, key) = published();
    let hash = sample(&project).ok().unwrap();
    assert!(opens(&hash, b"user1password", &key));
    assert!(!opens(&hash, b"user1passworD", &key) && !opens(&hash, b"user1password", &[7; 64]));
    assert_eq!(hash.function().to_string(), "firebase-scrypt:14");
}

/// Of jBCrypt, in the versions that say the same.
#[test]
fn published_samples_of_bcrypt_open() {
    for (password, text) in [
        ("", "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s."),
        ("a", "$2b$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"),
        ("abcdefghijklmnopqrstuvwxyz", "$2y$08$aTsUwsyowQuzRrDqFflhgekJ8d9/7Z3GV3UcgvzQW3J5zMyrTvlz."),
    ] {
        let hash = ForeignHash::bcrypt(text).ok().unwrap();
        assert!(opens(&hash, password.as_bytes(), &[]) && !opens(&hash, b"another", &[]), "{text}");
    }
}

#[test]
fn bcrypt_looks_at_72_bytes_and_at_zeros_among_them() {
    let read = |text| ForeignHash::bcrypt(text).ok().unwrap();
    // Of "x" 80 times, and of "one\\0two", by the bcrypt 6.0 of npm.
    let long = read("$2b$04$wLprXfpQzkD0usp36dKTWep/QSY9I3VYCzNztnFIKCQeeg4zQ4Nt6");
    for (length, is_it) in [(71, false), (72, true), (73, true), (80, true), (200, true)] {
        assert_eq!(opens(&long, &vec![b'x'; length], &[]), is_it, "{length}");
    }
    let with_zero = read("$2b$04$AIZS1zVWaZ.XeAt6FTv72OaHxwBxTGNguQ6rrwlCR91MVifTEQWB.");
    for (typed, is_it) in [(&b"one\0two"[..], true), (b"one", false), (b"one\0TWO", false)] {
        assert_eq!(opens(&with_zero, typed, &[]), is_it, "{typed:?}");
    }
}

#[test]
fn what_is_too_dear_or_unknown_is_never_run() {
    const REST: &str = "DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.";
    let read = |start: &str, rest: &str| ForeignHash::bcrypt(&format!("{start}{rest}")).map(|hash| hash.function());
    assert_eq!(read("$2a$12$", REST), Ok(Function::Bcrypt { cost: 12 }));
    for (start, flaw) in [
        ("$2a$13$", Unusable::TooDear),
        ("$2b$31$", Unusable::TooDear),
        ("$2b$99$", Unusable::TooDear),
        ("$2b$03$", Unusable::Unknown),
        ("$2x$10$", Unusable::Unknown),
        ("$2$10$", Unusable::Unknown),
        ("$2b$1$", Unusable::Unknown),
        ("$2b$+9$", Unusable::Unknown),
        ("$1$", Unusable::Unknown),
        ("", Unusable::Unknown),
    ] {
        assert_eq!(read(start, REST), Err(flaw), "{start}");
    }
    for rest in [&REST[1..], &format!("{REST}."), &REST.replace('.', "!"), "", &"\u{e9}".repeat(26)] {
        assert_eq!(read("$2b$10$", rest), Err(Unusable::Unknown), "{rest}");
    }

    let (project, _) = published();
    let costing =
        |mem_cost, rounds| sample(&Project { mem_cost, rounds, ..project.clone() }).map(|hash| hash.function());
    assert!(costing(14, 8).is_ok() && costing(17, 1).is_ok() && costing(1, 1).is_ok());
    for (mem_cost, rounds) in [(15, 8), (14, 9), (18, 1), (63, 1), (64, 1), (u32::MAX, u32::MAX)] {
        assert_eq!(costing(mem_cost, rounds), Err(Unusable::TooDear), "{mem_cost} {rounds}");
    }
    assert_eq!((costing(0, 8), costing(14, 0)), (Err(Unusable::Unknown), Err(Unusable::Unknown)));
    for key_length in [0, 63, 65] {
        assert_eq!(sample(&Project { key_length, ..project.clone() }).err(), Some(Unusable::Unknown), "{key_length}");
    }
    let separator = vec![0; LONGEST_SALT];
    assert_eq!(sample(&Project { separator, ..project }).err(), Some(Unusable::Unknown));
}

#[test]
fn functions_and_recipes_are_read_as_they_are_written() {
    for text in ["bcrypt:4", "bcrypt:12", "firebase-scrypt:14", "firebase-scrypt:12:4"] {
        let function: Function = text.parse().unwrap();
        assert_eq!(function.to_string(), text);
        for key in [None, Some(2)] {
            let recipe = Recipe { function, salt: vec![255; 12], key };
            assert!(recipe.to_string().parse() == Ok(recipe), "{text}");
        }
    }
    for text in ["", "bcrypt", "bcrypt:", "bcrypt:x", "bcrypt:10:8", "bcrypt:-1", " bcrypt:10", "scrypt:14", "md5:1"] {
        assert_eq!(text.parse::<Function>(), Err(Unusable::Unknown), "{text}");
    }
    for text in ["bcrypt:13", "firebase-scrypt:15", "firebase-scrypt:14:9"] {
        assert_eq!(text.parse::<Function>(), Err(Unusable::TooDear), "{text}");
    }
}
