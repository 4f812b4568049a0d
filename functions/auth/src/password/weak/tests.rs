use compat::email::EmailAddress;

use super::{Personal, Weakness};

fn of(password: &str) -> Option<Weakness> {
    let address = EmailAddress::parse("ada.lovelace@engine.example").unwrap();
    let person = Personal::new(&address, "Bitcain Pro", ["Augusta Ada", "Bo"]);
    Weakness::of(password, &person)
}

#[test]
fn a_password_needs_four_different_characters() {
    for password in [
        "aaaaaaaa",
        "abcabcabc",
        "AaAaAaBb",
        "ａａａａbbbb",
        "11111111111111111111",
        "\u{e9}e\u{301}\u{e9}e\u{301}abab",
    ] {
        assert_eq!(of(password), Some(Weakness::Monotonous), "{password}");
    }
    assert_eq!(of("abcdabcdabcd-"), None);
}

#[test]
fn common_passwords_are_known_through_the_usual_tricks() {
    let plain = ["password", "sunshine", "iloveyou", "qwertyuiop", "12345678", "1234567890"];
    let written_otherwise = ["P@ssw0rd", "PASSWORD", "pa$$w0rd", "ｐａｓｓｗｏｒｄ", "5un5h1ne", "1L0v3y0u"];
    let longer = [
        "password1!",
        "Passw0rd2024!!",
        "sunshine_2026",
        "iloveyou<3",
        "qwerty 123456789",
        "12345678!",
        "1234567890!!",
        "abc123!!",
        "trustno1!",
    ];
    for password in plain.iter().chain(&written_otherwise).chain(&longer) {
        assert_eq!(of(password), Some(Weakness::Common), "{password}");
    }
}

#[test]
fn what_is_known_of_a_person_is_no_password() {
    for password in [
        "ada.lovelace",
        "Lovelace99",
        "engine.example",
        "ada.lovelace@engine.example",
        "l0vel4ce!",
        "bitcain2026",
        "engine.example!",
        "bitcain pro",
        "augusta-ada",
        "BoBoBoAda1",
    ] {
        assert_eq!(of(password), Some(Weakness::Personal), "{password}");
    }
}

#[test]
fn others_may_hold() {
    let good = [
        "correct horse battery",
        "lovelace likes engines",
        "Bitcain costs me sleep",
        "x7Kq-28mW",
        "пароль из слов",
        "password of mine",
    ];
    for password in good {
        assert_eq!(of(password), None, "{password}");
    }
}

#[test]
fn short_words_before_digits_are_no_list() {
    assert_eq!(of("abc93847561029"), None);
}

#[test]
fn a_domain_with_dashes_is_no_password_of_its_people() {
    let address = EmailAddress::parse("x@my-long-company.com").unwrap();
    let person = Personal::new(&address, "Bitcain", []);
    assert_eq!(Weakness::of("my-long-company", &person), Some(Weakness::Personal));
}

#[test]
fn however_long_a_password_is_it_is_looked_at_for_a_moment_only() {
    let long = format!("{}correct horse", "\u{fdfa}".repeat(20_000));
    assert_eq!(of(&long), None);
}
