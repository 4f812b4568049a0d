//! What is refused, on which stage, and how it is said.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::*;

fn read(settings: &[(&str, &str)]) -> Result<KycConfig, String> {
    let lookup = |name: &str| settings.iter().rfind(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    KycConfig::read(&Env::new(&lookup)).map_err(|flaws| flaws.to_string())
}

#[test]
fn webhook_secrets_in_the_clear_stay_on_a_laptop() {
    let sealed = BASE64_STANDARD.encode([7; 160]);
    for (stage, secret, allowed) in
        [("local", "plain", true), ("dev", "plain", false), ("prod", "plain", false), ("prod", &sealed, true)]
    {
        let secrets = format!("{{\"sumsub\":[\"{secret}\"]}}");
        for setting in [("KYC_WEBHOOK_SECRETS", secrets.as_str()), ("KYC_WEBHOOK_TOKEN", secret)] {
            let read = read(&[("STAGE", stage), ("KMS_KEY_ID", "alias/x"), setting]);
            assert_eq!(read.is_ok(), allowed, "{stage} {setting:?}");
        }
    }
}

#[test]
fn what_is_malformed_is_not_repeated() {
    let flaw =
        read(&[("STAGE", "prod"), ("KMS_KEY_ID", "alias/x"), ("KYC_WEBHOOK_SECRETS", "{\"sumsub\":\"canary\"}")]);
    assert_eq!(flaw.err().unwrap(), "KYC_WEBHOOK_SECRETS is no JSON object of lists of texts");
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    assert_eq!(read(&[]).err().unwrap(), "STAGE is not set; KMS_KEY_ID is not set");
    let named = [("KYC_PROVIDER", "canary"), ("KYC_WEBHOOK_SECRETS", "{\"canary\":[\"plain\"]}")];
    assert_eq!(
        read(&[&[("STAGE", "prod")], &named[..]].concat()).err().unwrap(),
        "KYC_WEBHOOK_SECRETS names no provider (6 characters); webhook secrets in the clear are allowed on the stage local only; \
         KYC_PROVIDER is none of the providers; KMS_KEY_ID is not set"
    );
}

#[test]
fn reports_without_a_name_are_of_the_generic_provider_or_of_the_one_that_is_named() {
    let complete = [("STAGE", "prod"), ("KMS_KEY_ID", "alias/x")];
    for (named, usual) in
        [("", Ok("generic")), ("sumsub", Ok("sumsub")), ("canary", Err("KYC_PROVIDER is none of the providers"))]
    {
        let read = read(&[&complete[..], &[("KYC_PROVIDER", named)]].concat());
        assert_eq!(read.as_ref().map(|config| config.provider.id).map_err(String::as_str), usual);
    }
}
