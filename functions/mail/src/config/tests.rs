//! What is refused, and how it is said.

use super::*;

fn read(settings: &[(&str, &str)]) -> Result<MailConfig, String> {
    let lookup = |name: &str| settings.iter().rfind(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    MailConfig::read(&Env::new(&lookup)).map_err(|flaws| flaws.to_string())
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    assert_eq!(
        read(&[("SIGN_IN_URL", "canary"), ("LANGUAGES", "de, canary")]).unwrap_err(),
        "KMS_KEY_ID is not set; PRODUCT_NAME is not set; SIGN_IN_URL is not an http or https URL; \
         what LANGUAGES has at place 2 is none of en, de, es, fr, pt, ja, zh; \
         MAIL_FROM is not set; SES_CONFIGURATION_SET is not set"
    );
}
