//! What is refused, on which stage, and how it is said.

use super::*;

fn with(settings: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> + use<> {
    let settings: Vec<(String, String)> = settings.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    move |name| settings.iter().rfind(|(key, _)| key == name).map(|(_, value)| value.clone())
}

const PLACE: [(&str, &str); 2] = [("TABLE_PREFIX", "t"), ("AWS_REGION", "eu-west-1")];
const AUTH: [(&str, &str); 3] = [("STAGE", "prod"), ("KMS_KEY_ID", "alias/x"), ("PRODUCT_NAME", "x")];

#[test]
fn auto_confirm_is_refused_where_users_are_real() {
    for (stage, allowed) in [("local", true), ("dev", true), ("staging", false), ("prod", false)] {
        let settings = with(&[&AUTH[..], &[("STAGE", stage), ("AUTO_CONFIRM", "true")]].concat());
        assert_eq!(AuthConfig::read(&Env(&settings)).is_ok(), allowed, "{stage}");
    }
}

#[test]
fn webhook_secrets_in_the_clear_stay_on_a_laptop() {
    let sealed = BASE64_STANDARD.encode([7; 160]);
    for (stage, secret, allowed) in
        [("local", "plain", true), ("dev", "plain", false), ("prod", "plain", false), ("prod", &sealed, true)]
    {
        let secrets = format!("{{\"sumsub\":[\"{secret}\"]}}");
        let settings = with(&[&AUTH[..], &[("STAGE", stage), ("KYC_WEBHOOK_SECRETS", &secrets)]].concat());
        assert_eq!(KycConfig::read(&Env(&settings), |_| true).is_ok(), allowed, "{stage} {secret}");
        let settings = with(&[&AUTH[..], &[("STAGE", stage), ("KYC_WEBHOOK_TOKEN", secret)]].concat());
        assert_eq!(KycConfig::read(&Env(&settings), |_| true).is_ok(), allowed, "{stage} {secret}");
    }
    let settings = with(&[&AUTH[..], &[("KYC_WEBHOOK_SECRETS", "{\"sumsub\":\"canary\"}")]].concat());
    assert!(!KycConfig::read(&Env(&settings), |_| true).err().unwrap().to_string().contains("canary"));
}

#[test]
fn exchanges_are_played_on_a_laptop_only() {
    for (stage, proxy, allowed) in [
        ("local", "http://127.0.0.1:9100", true),
        ("local", "http://127.0.0.1:9100/", true),
        ("local", "https://127.0.0.1:9100", false),
        ("local", "http://127.0.0.1:9100/path", false),
        ("local", "127.0.0.1:9100", false),
        ("dev", "http://127.0.0.1:9100", false),
        ("staging", "http://127.0.0.1:9100", false),
        ("prod", "http://127.0.0.1:9100", false),
        ("prod", "", true),
    ] {
        let settings = with(&[&AUTH[..], &[("STAGE", stage), ("EXCHANGE_PROXY", proxy)]].concat());
        assert_eq!(VaultConfig::read(&Env(&settings)).is_ok(), allowed, "{stage} {proxy}");
    }
}

#[test]
fn a_missing_setting_is_named() {
    let settings = with(&AUTH[..2]);
    assert_eq!(AuthConfig::read(&Env(&settings)).unwrap_err().to_string(), "PRODUCT_NAME is not set");
    let settings = with(&[&AUTH[..], &[("PRODUCT_NAME", " \u{3164}")]].concat());
    let flaw = AuthConfig::read(&Env(&settings)).unwrap_err().to_string();
    assert_eq!(flaw, "PRODUCT_NAME has nothing to see in it");
}

#[test]
fn all_that_is_wrong_is_said_at_once_and_each_of_it_once() {
    let settings = with(&[("AUTO_CONFIRM", "true"), ("SIGN_IN_URL", "canary"), ("EXCHANGE_PROXY", "http://x:1")]);
    let env = Env(&settings);
    let said = |flaws: Option<ConfigError>| flaws.unwrap().to_string();
    assert_eq!(
        said(both(Config::read(&env), AuthConfig::read(&env)).err()),
        "STAGE is not set; APP_URL is not set; TABLE_PREFIX is not set; AWS_REGION is not set; PRODUCT_NAME is not set; \
         SIGN_IN_URL is not an http or https URL; KMS_KEY_ID is not set"
    );
    assert_eq!(said(VaultConfig::read(&env).err()), "KMS_KEY_ID is not set; STAGE is not set");
    assert_eq!(said(KycConfig::read(&env, |_| true).err()), "STAGE is not set; KMS_KEY_ID is not set");
    assert_eq!(
        said(MailConfig::read(&env).err()),
        "KMS_KEY_ID is not set; PRODUCT_NAME is not set; SIGN_IN_URL is not an http or https URL; \
         MAIL_FROM is not set; SES_CONFIGURATION_SET is not set"
    );
}

#[test]
fn links_are_not_mailed_in_the_clear_where_users_are_real() {
    for (stage, allowed) in [("local", true), ("dev", true), ("staging", false), ("prod", false)] {
        let settings = with(&[&PLACE[..], &[("STAGE", stage), ("APP_URL", "http://api.example.com")]].concat());
        assert_eq!(Config::read(&Env(&settings)).is_ok(), allowed, "{stage}");
    }
}

#[test]
fn the_app_url_loses_its_trailing_slash_and_must_be_a_url() {
    let read = |url| {
        let settings = with(&[&PLACE[..], &[("STAGE", "local"), ("APP_URL", url)]].concat());
        Config::read(&Env(&settings)).map(|config| config.app_url)
    };
    assert_eq!(read("https://api.example.com/"), Ok("https://api.example.com".to_owned()));
    assert!(read("javascript:alert(1)").is_err());
    assert!(read("").is_err());
}

#[test]
fn what_names_no_provider_is_said_beside_everything_else() {
    let named = [("KYC_PROVIDER", "canary"), ("KYC_WEBHOOK_SECRETS", "{\"canary\":[\"plain\"]}")];
    let read = |settings: &[(&str, &str)]| {
        let settings = with(settings);
        KycConfig::read(&Env(&settings), |id| id == "generic").err().unwrap().to_string()
    };
    assert_eq!(
        read(&[&[("STAGE", "prod")], &named[..]].concat()),
        "KYC_WEBHOOK_SECRETS names no provider (6 characters); webhook secrets in the clear are allowed on the stage local only; \
         KYC_PROVIDER is none of the providers; KMS_KEY_ID is not set"
    );
    assert_eq!(
        read(&[&AUTH[..], &[("STAGE", "local"), ("KYC_PROVIDER", "canary")]].concat()),
        "KYC_PROVIDER is none of the providers"
    );
}
