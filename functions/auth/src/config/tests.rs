//! What is refused, on which stage, and how it is said.

use super::*;

const COMPLETE: [(&str, &str); 4] =
    [("STAGE", "prod"), ("KMS_KEY_ID", "alias/x"), ("PRODUCT_NAME", "x"), ("APP_URL", "https://api.example.com")];

fn read(settings: &[(&str, &str)]) -> Result<AuthConfig, String> {
    let lookup = |name: &str| settings.iter().rfind(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    AuthConfig::read(&Env::new(&lookup)).map_err(|flaws| flaws.to_string())
}

#[test]
fn auto_confirm_is_refused_where_users_are_real() {
    for (stage, allowed) in [("local", true), ("dev", true), ("staging", false), ("prod", false)] {
        let read = read(&[&COMPLETE[..], &[("STAGE", stage), ("AUTO_CONFIRM", "true")]].concat());
        assert_eq!(read.is_ok(), allowed, "{stage}");
    }
}

#[test]
fn limits_are_those_of_production_but_on_a_laptop() {
    let usual = read(&COMPLETE).unwrap();
    assert_eq!((usual.logins_per_address, usual.ip_limit_factor, usual.mails_per_hour), (30, 1, 2_000));
    for (stage, allowed) in [("local", true), ("dev", false), ("staging", false), ("prod", false)] {
        let with = |factor| read(&[&COMPLETE[..], &[("STAGE", stage), ("IP_LIMIT_FACTOR", factor)]].concat());
        assert_eq!(with("100").map(|config| config.ip_limit_factor).ok(), allowed.then_some(100), "{stage}");
        assert!(with("1").is_ok() && with("0").is_err(), "{stage}");
    }
    for name in ["LOGINS_PER_ADDRESS", "MAILS_PER_HOUR", "IP_LIMIT_FACTOR"] {
        for odd in ["0", "-1", "many", "1.5", "4294967296"] {
            let flaw = read(&[&COMPLETE[..], &[(name, odd)]].concat()).unwrap_err();
            assert_eq!(flaw, format!("{name} is not a whole number from 1 on"));
        }
    }
}

#[test]
fn the_vault_stays_shut_for_a_week_at_most() {
    let freeze = |hours: &str| read(&[&COMPLETE[..], &[("FREEZE_HOURS", hours)]].concat()).map(|config| config.freeze);
    assert_eq!(read(&COMPLETE).unwrap().freeze, Duration::from_hours(24));
    for hours in [0, 1, 168] {
        assert_eq!(freeze(&hours.to_string()), Ok(Duration::from_hours(hours)));
    }
    for odd in ["-1", "169", "1.5", "a day", "18446744073709551616"] {
        assert_eq!(freeze(odd).unwrap_err(), "FREEZE_HOURS is not a whole number from 0 to 168");
    }
}

#[test]
fn what_nobody_can_see_is_no_name() {
    assert_eq!(read(&[COMPLETE[0], COMPLETE[1], COMPLETE[3]]).unwrap_err(), "PRODUCT_NAME is not set");
    let flaw = read(&[&COMPLETE[..], &[("PRODUCT_NAME", " \u{3164}")]].concat()).unwrap_err();
    assert_eq!(flaw, "PRODUCT_NAME has nothing to see in it");
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    assert_eq!(
        read(&[("AUTO_CONFIRM", "true"), ("SIGN_IN_URL", "canary")]).unwrap_err(),
        "PRODUCT_NAME is not set; SIGN_IN_URL is not an http or https URL; STAGE is not set; KMS_KEY_ID is not set"
    );
}

#[test]
fn stolen_passwords_are_looked_for_outside_unless_it_is_a_laptop() {
    const LAPTOP: (&str, &str) = ("STAGE", "local");
    const URL: (&str, &str) = ("HIBP_URL", "http://127.0.0.1:9100");
    let asked = |settings: &[(&str, &str)]| match read(&[&COMPLETE[..], settings].concat())?.breached_passwords {
        BreachedPasswords::Hibp { stand_in, within } => {
            assert_eq!(within, Duration::from_millis(800));
            Ok(stand_in.unwrap_or_else(|| "outside".to_owned()))
        }
        BreachedPasswords::Off => Ok("nobody".to_owned()),
    };
    for (settings, expected) in [
        (&[][..], Ok("outside")),
        (&[("BREACHED_PASSWORDS", "hibp")], Ok("outside")),
        (&[("BREACHED_PASSWORDS", "off")], Ok("nobody")),
        (&[("BREACHED_PASSWORDS", "canary")], Err("BREACHED_PASSWORDS is neither hibp nor off")),
        (&[LAPTOP], Ok("nobody")),
        (&[LAPTOP, ("BREACHED_PASSWORDS", "hibp")], Ok("nobody")),
        (&[LAPTOP, URL], Ok("127.0.0.1:9100")),
        (&[LAPTOP, URL, ("BREACHED_PASSWORDS", "off")], Ok("nobody")),
        (&[URL], Err("HIBP_URL is allowed on the stage local only")),
        (&[LAPTOP, ("HIBP_URL", "https://x")], Err("HIBP_URL is not http://HOST:PORT")),
    ] {
        assert_eq!(asked(settings), expected.map(str::to_owned).map_err(str::to_owned), "{settings:?}");
    }
}

#[test]
fn imported_hashes_are_named_with_what_they_cost_and_none_is_too_dear() {
    let named = |text| read(&[&COMPLETE[..], &[("IMPORTED_HASHES", text)]].concat());
    let written = |config: AuthConfig| config.imported_hashes.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(named("").unwrap().imported_hashes.is_empty() && read(&COMPLETE).unwrap().imported_hashes.is_empty());
    assert_eq!(written(named("bcrypt:10").unwrap()), ["bcrypt:10"]);
    let two = named("firebase-scrypt:14,bcrypt:10,bcrypt:10").unwrap();
    assert_eq!(written(two), ["bcrypt:10", "firebase-scrypt:14"], "each once");
    for odd in ["bcrypt:13", "firebase-scrypt:15", "canary", "bcrypt:10,", "bcrypt:10;firebase-scrypt:14"] {
        assert_eq!(named(odd).unwrap_err(), NO_FUNCTIONS, "{odd}");
    }
}

#[test]
fn passkeys_belong_to_the_host_of_the_api_unless_it_is_said_otherwise() {
    let usual = read(&COMPLETE).unwrap().relying_party;
    assert_eq!((usual.id(), usual.origins()), ("api.example.com", &["https://api.example.com".to_owned()][..]));
    let front_end = [("WEBAUTHN_RP_ID", "example.com"), ("WEBAUTHN_ORIGINS", "https://app.example.com")];
    let chosen = read(&[&COMPLETE[..], &front_end].concat()).unwrap().relying_party;
    assert_eq!((chosen.id(), chosen.origins()), ("example.com", &["https://app.example.com".to_owned()][..]));
    let elsewhere = [("WEBAUTHN_ORIGINS", "https://example.net")];
    assert!(read(&[&COMPLETE[..], &elsewhere].concat()).unwrap_err().starts_with("WEBAUTHN_ORIGINS"));
}
