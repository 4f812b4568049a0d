//! What is refused, on which stage, and how it is said.

use super::*;

fn read(settings: &[(&str, &str)]) -> Result<VaultConfig, String> {
    let lookup = |name: &str| settings.iter().rfind(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    VaultConfig::read(&Env::new(&lookup)).map_err(|flaws| flaws.to_string())
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
        let read = read(&[("STAGE", stage), ("KMS_KEY_ID", "alias/x"), ("EXCHANGE_PROXY", proxy)]);
        assert_eq!(read.is_ok(), allowed, "{stage} {proxy}");
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    assert_eq!(
        read(&[("EXCHANGE_PROXY", "http://x:1"), ("REQUIRE_KYC", "canary"), ("REQUIRE_MFA", "1")]).err().unwrap(),
        "REQUIRE_KYC is neither true nor false; REQUIRE_MFA is neither true nor false; KMS_KEY_ID is not set; STAGE is not set"
    );
}
