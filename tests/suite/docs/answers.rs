//! Answers against the OpenAPI document: each that a test is given is held against it, and each that is documented has come: it stands in
//! `tests/snapshots`.

use std::panic::catch_unwind;

use serde_json::{Value, json};
use tests::{Page, Reply, document, kept_answers};

use super::document::{KEPT, operations, parsed};

/// What every function refuses in the same words, and what a function answers that has failed: once for all of them.
const OF_ALL: [&str; 4] = ["413", "414", "500", "503"];

#[test]
fn every_documented_answer_is_kept() {
    let kept = kept_answers();
    let is_of = |template: &str, path: &str| {
        let (wanted, found): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        let fits = |(wanted, found): (&&str, &&str)| wanted == found || wanted.starts_with('{') && !found.is_empty();
        wanted.len() == found.len() && wanted.iter().zip(&found).all(fits)
    };
    // As the original's framework did, the document says 422 of every path with a variable; only a query or a body of ours leads to it.
    let takes_input = |operation: &Value| {
        let mut parameters = operation["parameters"].as_array().into_iter().flatten();
        parameters.any(|parameter| parameter["in"] == "query")
            || operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].is_string()
    };
    let document = parsed(KEPT);
    let mut missing = Vec::new();
    for (method, path, operation) in operations(&document) {
        for status in operation["responses"].as_object().unwrap().keys() {
            let is_kept = kept.iter().any(|(by, at, with)| {
                let is_own = *by == method && is_of(path, at);
                with.to_string() == *status && (is_own || OF_ALL.contains(&status.as_str()))
            });
            if !is_kept && (status != "422" || takes_input(operation)) {
                missing.push(format!("{method} {path} {status}"));
            }
        }
    }
    assert!(missing.is_empty(), "no page of tests/snapshots has {missing:#?}");
}

/// An answer in JSON with every header that the document asks for anywhere.
fn reply(status: u64, body: Value) -> Reply {
    let headers = json!({ "content-type": "application/json", "retry-after": "5", "www-authenticate": "Bearer" });
    Reply { asked: String::new(), status, headers, text: body.to_string(), body }
}

#[test]
fn an_answer_that_is_not_as_documented_is_found() {
    let page = json!({ "success": true, "message": "API keys", "data": { "api_keys": [], "next_cursor": null } });
    let list = "/api/v1/api-keys/?limit=1";
    let found = |body: Value| document::difference("GET", list, &reply(200, body));
    assert_eq!(found(page.clone()), None);
    for (pointer, value) in [
        ("/data/next_cursor", json!(7)),
        ("/data/api_keys", json!([{}])),
        ("/data", json!({ "api_keys": [] })),
        ("/data", json!({ "api_keys": [], "next_cursor": null, "more": 1 })),
        ("/success", json!(null)),
    ] {
        let mut wrong = page.clone();
        *wrong.pointer_mut(pointer).unwrap() = value;
        assert!(found(wrong.clone()).is_some(), "{wrong}");
    }
    let refused = json!({ "success": false, "message": "API key not found", "data": { "code": "KEY_NOT_FOUND" } });
    let path = "/api/v1/api-keys/7/decrypt";
    assert_eq!(document::difference("POST", path, &reply(404, refused.clone())), None);
    assert!(document::difference("POST", path, &reply(200, refused)).is_some());
    for (method, path, status) in [
        ("GET", list, 409),
        ("GET", list, 429),
        ("GET", list, 404),
        ("PUT", list, 200),
        ("PUT", list, 404),
        ("GET", "/api/v1/api-key/", 200),
        ("GET", "/api/v1/api-key/", 500),
    ] {
        let found = document::difference(method, path, &reply(status, page.clone()));
        assert!(found.is_some(), "{method} {path} {status}");
    }
    assert_eq!(document::difference("PUT", list, &reply(405, json!({ "detail": "Method Not Allowed" }))), None);
    assert_eq!(document::difference("GET", "/api/v1/api-key/", &reply(404, json!({ "detail": "Not Found" }))), None);
    let (word, time) = (
        json!({ "$ref": "#/components/schemas/ConnectionStatus" }),
        json!({ "type": "string", "format": "date-time" }),
    );
    assert_eq!(document::flaws(&word, &json!("ok"), ""), [""; 0]);
    assert_eq!(document::flaws(&word, &json!("fine"), "").len(), 1);
    assert_eq!(document::flaws(&time, &json!("2026-11-22T10:00:00Z"), ""), [""; 0]);
    assert_eq!(document::flaws(&time, &json!("2026-11-22"), "").len(), 1);
}

#[test]
fn an_answer_of_another_media_type_or_without_its_headers_is_found() {
    let detail = |text: &str| json!({ "detail": text });
    let (page, script, home) = ("/docs", "/docs/start.js", "/");
    for (path, status, body, header, wrong) in [
        ("/auth/profile", 401, detail("Not authenticated"), "www-authenticate", Value::Null),
        ("/auth/profile", 503, detail("Service temporarily unavailable"), "retry-after", Value::Null),
        ("/auth/profile", 503, detail("Service temporarily unavailable"), "retry-after", json!("soon")),
        ("/auth/profile", 401, detail("Not authenticated"), "content-type", json!("text/plain")),
        ("/auth/profile", 401, detail("Not authenticated"), "content-type", Value::Null),
        (page, 200, json!("<p>"), "content-type", json!("text/html")),
        (script, 200, json!("let"), "content-type", json!("application/json")),
        (home, 307, json!(""), "location", Value::Null),
    ] {
        let mut reply = reply(status, body);
        for (path_of, media) in [(page, "text/html; charset=utf-8"), (script, "text/javascript")] {
            if path == path_of {
                reply.headers["content-type"] = json!(media);
            }
        }
        if path == home {
            reply.headers = json!({ "location": "/docs" });
            reply.text = String::new();
        }
        assert_eq!(document::difference("GET", path, &reply), None);
        reply.headers[header] = wrong.clone();
        assert!(document::difference("GET", path, &reply).is_some(), "{path} {status} {header}: {wrong}");
    }
    let mut full = reply(307, json!("Go away"));
    full.headers["location"] = json!("/docs");
    assert!(document::difference("GET", home, &full).is_some(), "a body where none is documented");
}

#[test]
fn a_value_that_chance_has_made_is_left_out_of_a_page_only_in_its_form() {
    let fits = |body: Value| {
        let answer =
            Reply { headers: json!({ "content-length": body.to_string().len().to_string() }), ..reply(200, body) };
        catch_unwind(|| Page::default().answer("An answer", &answer)).is_ok()
    };
    let id = "01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11";
    let secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA";
    let forms = [
        ("id", json!(id), json!("7")),
        ("created_at", json!("2026-11-29T10:00:00Z"), json!("29 November 2026")),
        ("expires_at", json!(1_795_341_600), json!(900)),
        ("access_token", json!(format!("{secret}.{secret}.{secret}")), json!(secret)),
        ("next_cursor", json!(secret), json!("no cursor")),
        ("kid", json!(secret), json!("1")),
        ("fresh_until", json!(1_795_341_600), json!("2026-11-29T10:00:00Z")),
        ("challenge", json!(secret), json!("no challenge")),
        ("uri", json!("otpauth://totp/bitcain"), json!("https://example.com")),
        ("recovery_codes", json!(["7C4Q-9JTX-2M0K-V8RD"]), json!(["7C4Q-9JTX-2M0K"])),
    ];
    for (name, good, bad) in forms {
        assert!(fits(json!({ "data": [{ name: good }] })), "{name}");
        assert!(!fits(json!({ "data": [{ name: bad }] })), "{name}");
    }
}
