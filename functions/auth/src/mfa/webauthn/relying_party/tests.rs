use super::*;

fn new(id: &str, origin: &str, stage: Stage) -> Result<RelyingParty, String> {
    RelyingParty::new(id.to_owned(), vec![origin.to_owned()], stage).map_err(|flaw| flaw.to_string())
}

fn read(settings: &[(&str, &str)]) -> Result<RelyingParty, String> {
    let lookup = |name: &str| settings.iter().rfind(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    RelyingParty::read(&Env::new(&lookup)).map_err(|flaws| flaws.to_string())
}

#[test]
fn a_domain_is_an_id_and_nothing_else_is() {
    for good in ["example.com", "auth.example.com", "xn--bcher-kva.example"] {
        assert!(new(good, &format!("https://{good}"), Stage::Prod).is_ok(), "{good}");
    }
    for bad in [
        "",
        ".",
        "com",
        "Example.com",
        "example.com.",
        "https://example.com",
        "example.com:443",
        "example.com/",
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "[::1]",
        "::1",
        "bücher.example",
        "exa mple.com",
        "example..com\0",
        "localhost",
    ] {
        assert_eq!(new(bad, "https://example.com", Stage::Prod).unwrap_err(), NO_ID, "{bad:?}");
    }
}

#[test]
fn an_origin_is_a_page_at_or_below_the_domain_or_an_app() {
    let hash = "A".repeat(43);
    for good in [
        "https://example.com",
        "https://app.example.com",
        "https://a.b.example.com:8443",
        &format!("android:apk-key-hash:{hash}"),
    ] {
        assert!(new("example.com", good, Stage::Prod).is_ok(), "{good}");
    }
    for bad in [
        "",
        "null",
        "http://example.com",
        "https://example.com/",
        "https://example.com:443",
        "https://example.com/path",
        "https://EXAMPLE.com",
        "https://evil-example.com",
        "https://example.com.evil.example",
        "https://example.org",
        "https://com",
        "https://user@example.com",
        "https://example.com?x",
        "ftp://example.com",
        "https://127.0.0.1",
        "http://localhost:9000",
        "https://*.example.com",
        "example.com",
        "android:apk-key-hash:",
        "android:apk-key-hash:AAAA",
        &format!("android:apk-key-hash:{hash}="),
        &format!("ios:bundle-id:{hash}"),
    ] {
        assert_eq!(new("example.com", bad, Stage::Prod).unwrap_err(), NO_ORIGIN, "{bad:?}");
    }
    assert_eq!(
        RelyingParty::new("example.com".to_owned(), Vec::new(), Stage::Prod).unwrap_err().to_string(),
        NO_ORIGINS
    );
}

#[test]
fn plain_pages_are_on_a_laptop_alone() {
    for (stage, allowed) in [(Stage::Local, true), (Stage::Dev, false), (Stage::Staging, false), (Stage::Prod, false)] {
        for origin in
            ["http://localhost:9000", "http://localhost", "https://localhost:9000", "http://app.localhost:9000"]
        {
            assert_eq!(new("localhost", origin, stage).is_ok(), allowed, "{stage:?} {origin}");
        }
        assert!(new("example.com", "http://example.com", stage).is_err(), "{stage:?}");
        assert!(new("localhost", "http://127.0.0.1:9000", stage).is_err(), "{stage:?}");
    }
}

#[test]
fn without_settings_it_is_where_the_api_is() {
    let default = read(&[("STAGE", "prod"), ("APP_URL", "https://api.example.com/base")]).unwrap();
    assert_eq!((default.id(), default.origins()), ("api.example.com", &["https://api.example.com".to_owned()][..]));
    let laptop = read(&[("STAGE", "local"), ("APP_URL", "http://127.0.0.1:9000")]).unwrap();
    assert_eq!((laptop.id(), laptop.origins()), ("localhost", &["http://localhost:9000".to_owned()][..]));
    assert_eq!(read(&[("STAGE", "dev"), ("APP_URL", "https://127.0.0.1:9000")]).unwrap_err(), NO_ID);
}

#[test]
fn a_front_end_elsewhere_is_set() {
    let api = [("STAGE", "prod"), ("APP_URL", "https://api.example.com")];
    let set = [("WEBAUTHN_RP_ID", "example.com"), ("WEBAUTHN_ORIGINS", "https://example.com, https://app.example.com")];
    let both = read(&[&api[..], &set].concat()).unwrap();
    assert_eq!((both.id(), both.origins().len()), ("example.com", 2));
    // Each alone: the API's host is below the domain; the pages are not below the API's host.
    assert!(read(&[&api[..], &set[..1]].concat()).is_ok());
    assert_eq!(read(&[&api[..], &set[1..]].concat()).unwrap_err(), NO_ORIGIN);
    assert_eq!(read(&[&api[..], &[("WEBAUTHN_ORIGINS", "https://api.example.com,")]].concat()).unwrap_err(), NO_ORIGIN);
}
