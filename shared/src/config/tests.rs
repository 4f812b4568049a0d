//! What every function refuses, on which stage, and how it is said.

use super::*;

const PLACE: [(&str, &str); 2] = [("TABLE_PREFIX", "t"), ("AWS_REGION", "eu-west-1")];

fn read(settings: &[(&str, &str)]) -> Result<Config, String> {
    let lookup = |name: &str| settings.iter().rfind(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    Config::read(&Env(&lookup)).map_err(|flaws| flaws.to_string())
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let all = "STAGE is not set; APP_URL is not set; TABLE_PREFIX is not set; AWS_REGION is not set";
    assert_eq!(read(&[]).unwrap_err(), all);
}

#[test]
fn what_is_wrong_with_both_is_said_once() {
    let flaw = |reason| Err::<(), _>(ConfigError::new(reason));
    let first = || both(flaw("STAGE is not set"), flaw("APP_URL is not set"));
    let second = both(flaw("KMS_KEY_ID is not set"), flaw("STAGE is not set"));
    let all = "STAGE is not set; APP_URL is not set; KMS_KEY_ID is not set";
    assert_eq!(both(first(), second).unwrap_err().to_string(), all);
    assert_eq!(both(first(), Ok(())).unwrap_err(), first().unwrap_err());
    assert_eq!(both(Ok(()), first()).unwrap_err(), first().unwrap_err());
}

#[test]
fn links_are_not_mailed_in_the_clear_where_users_are_real() {
    for (stage, allowed) in [("local", true), ("dev", true), ("staging", false), ("prod", false)] {
        let read = read(&[&PLACE[..], &[("STAGE", stage), ("APP_URL", "http://api.example.com")]].concat());
        assert_eq!(read.is_ok(), allowed, "{stage}");
    }
}

#[test]
fn the_app_url_loses_its_trailing_slash_and_must_be_a_url() {
    let read = |url| {
        let settings = [&PLACE[..], &[("STAGE", "local"), ("APP_URL", url)]].concat();
        read(&settings).map(|config| config.app_url)
    };
    assert_eq!(read("https://api.example.com/"), Ok("https://api.example.com".to_owned()));
    assert!(read("javascript:alert(1)").is_err());
    assert!(read("").is_err());
}
