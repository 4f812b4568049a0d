//! The pages behind mailed links, and the one that has such a link mailed.

use shared::language::Language;
use tests::{Reply, Request, World, invoke};

use super::challenge::turnstile;

const PAGES: [&str; 8] = [
    "verify-email",
    "confirm-email",
    "not-me",
    "keep-account",
    "reset-password",
    "forgot-password",
    "account",
    "security",
];

fn assert_locked_down(reply: &Reply) {
    reply.assert_ok();
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
    assert!(policy.contains("; worker-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains("frame-src"), "{policy}");
}

#[tokio::test]
async fn a_page_is_locked_down_and_loads_nothing() {
    let world = World::start().await;
    for page in PAGES {
        let reply = world.get(&format!("/auth/ui/{page}?token=t0ken-canary\"><script>")).await;
        assert_locked_down(&reply);
        let html = reply.body.as_str().unwrap();
        assert!(!html.contains("t0ken-canary"), "the page is static");
        assert!(html.contains("Tested &amp; Tried") && !html.contains("{{") && !html.contains("<!--s"), "{html}");
        for loader in ["src=", "<link", "@import", "url(", "http://", "onclick", " style="] {
            assert!(!html.contains(loader), "{page} has {loader}");
        }
    }
}

#[tokio::test]
async fn the_policy_names_the_hashes_of_what_the_page_holds() {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let world = World::start().await;
    let reply = world.get("/auth/ui/verify-email").await;
    let (html, policy) = (reply.body.as_str().unwrap(), reply.header("content-security-policy").unwrap());
    // Data, which nothing runs.
    assert_eq!(html.matches("<script").count(), 2);
    assert_eq!(html.matches("<script id=\"words\" type=\"application/json\">").count(), 1);
    for tag in ["style", "script"] {
        let (_, rest) = html.split_once(&format!("<{tag}>")).unwrap();
        let (inside, rest) = rest.split_once(&format!("</{tag}>")).unwrap();
        assert!(!rest.contains(&format!("<{tag}")));
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, inside.as_bytes());
        assert!(policy.contains(&format!("{tag}-src 'sha256-{}'", BASE64_STANDARD.encode(hash))));
    }
}

#[tokio::test]
async fn a_provider_is_let_in_where_it_is_set_and_nowhere_else() {
    let world = World::start().await;
    let auth = world.auth_with(|config| config.challenge = turnstile(&world, "a secret"));
    let origin = world.aws.url();
    for page in PAGES {
        let request = Request { method: "GET", path: format!("/auth/ui/{page}"), ..Request::default() };
        let reply = invoke(&auth::router(auth.clone()), request).await;
        let policy = reply.header("content-security-policy").unwrap();
        assert_eq!(policy.matches(&origin).count(), 2, "{policy}");
        assert!(
            policy.contains(&format!("' {origin}; style-src")) && policy.contains(&format!("; frame-src {origin};"))
        );
        assert_eq!(reply.text.matches(&format!("<main data-widget=\"{origin}\">")).count(), 1);
    }
}

#[tokio::test]
async fn opening_a_page_uses_nothing_up() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    let token = ada.mailed("verify-email").await;
    for page in PAGES {
        for (method, status) in [("GET", 200), ("HEAD", 405)] {
            let request = Request { method, path: format!("/auth/ui/{page}?token={token}"), ..Request::default() };
            let (reply, calls) = world.calls(world.send(request)).await;
            reply.assert_status(status);
            assert!(calls.dynamodb.is_empty() && calls.kms.is_empty(), "{method} {page}");
        }
    }
    ada.verifies().await.assert_ok();
}

/// The language of a page, as its header and its HTML say.
async fn language_of(world: &World, query: &str, accepted: &str) -> String {
    let headers = vec![("accept-language".to_owned(), accepted.to_owned())];
    let path = format!("/auth/ui/not-me{query}");
    let reply = world.send(Request { method: "GET", path, headers, ..Request::default() }).await;
    assert_locked_down(&reply);
    let language = reply.header("content-language").unwrap().to_owned();
    assert!(reply.text.contains(&format!("<html lang=\"{language}\">")));
    language
}

#[tokio::test]
async fn a_page_has_the_language_of_its_link_and_else_of_the_browser() {
    let world = World::start().await;
    for (query, accepted, language) in [
        ("?lang=ja&token=t", "de", "ja"),
        ("?token=t&lang=zh", "de", "zh"),
        ("?lang=canary", "de, fr;q=0.5", "de"),
        ("?lang=", "pt-PT", "pt"),
        ("", "ko, es;q=0.1", "es"),
        ("", "ko", "en"),
        ("", "", "en"),
    ] {
        assert_eq!(language_of(&world, query, accepted).await, language, "{query} {accepted}");
    }
    let some = World::speaking(&[Language::Fr]).await;
    assert_eq!(language_of(&some, "?lang=ja", "fr").await, "en");
    assert_eq!(language_of(&some, "?lang=fr", "").await, "fr");
    assert_eq!(language_of(&some, "", "ja, fr;q=0.5").await, "fr");
}
