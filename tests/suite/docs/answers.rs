//! Answers against the OpenAPI document: each that a test is given is held against it, and here every operation gives one.

use std::{cell::RefCell, collections::BTreeSet};

use serde_json::{Value, json};
use tests::{Reply, Request, Session, World, authorized, document};

use super::document::{KEPT, operations, parsed};
use crate::{
    api_keys::demo,
    kyc::{approval, assert_taken, genuine},
};

/// What has been answered with 200 and JSON.
struct Met<'w> {
    world: &'w World,
    operations: RefCell<BTreeSet<(&'static str, &'static str)>>,
}

impl Met<'_> {
    /// Makes a request to an operation, which goes well.
    async fn ok(
        &self,
        (method, template): (&'static str, &'static str),
        path: &str,
        access: &str,
        body: Option<Value>,
    ) -> Reply {
        let reply = self.world.send(authorized(method, path, access, body)).await;
        assert_eq!(reply.status, 200, "{method} {path}: {reply:?}");
        self.operations.borrow_mut().insert((method, template));
        reply
    }
}

#[tokio::test]
async fn every_operation_answers_in_the_documented_shape() {
    let world = World::start().await;
    let (ada, me) = world.person().signed_in().await;
    let met = Met { world: &world, operations: RefCell::default() };
    let (access, text) = (me.access.as_str(), |value: &Value| value.as_str().unwrap().to_owned());
    let eve = world.person();
    met.ok(("POST", "/auth/signup"), "/auth/signup", "", Some(eve.credentials())).await;
    let again = json!({ "email": eve.email });
    met.ok(("POST", "/auth/resend-verification"), "/auth/resend-verification", "", Some(again)).await;
    let token = json!({ "token": eve.mailed("verify-email").await });
    met.ok(("POST", "/auth/verify-email"), "/auth/verify-email", "", Some(token)).await;
    let other = met.ok(("POST", "/auth/login"), "/auth/login", "", Some(ada.credentials())).await;
    let other = Session::of(&other);
    let token = json!({ "refresh_token": other.refresh });
    met.ok(("POST", "/auth/refresh"), "/auth/refresh", "", Some(token)).await;
    let token = json!({ "access_token": other.access });
    met.ok(("POST", "/auth/logout"), "/auth/logout", "", Some(token)).await;
    met.ok(("GET", "/auth/profile"), "/auth/profile", access, None).await;
    let change = json!({ "full_name": "Ada", "phone": "+14155550100" });
    met.ok(("PATCH", "/auth/profile"), "/auth/profile", access, Some(change)).await;
    let path = format!("/auth/verification-status?email={}", ada.email);
    met.ok(("GET", "/auth/verification-status"), &path, access, None).await;
    met.ok(("GET", "/.well-known/jwks.json"), "/.well-known/jwks.json", "", None).await;
    let reset = json!({ "token": eve.is_offered_a_password().await, "password": "another secret" });
    met.ok(("POST", "/auth/reset-password"), "/auth/reset-password", "", Some(reset)).await;

    let keys = "/api/v1/api-keys/";
    let id = met.ok(("POST", keys), keys, access, Some(demo(&world, "okx", "ok"))).await;
    let id = text(&id.body["data"]["id"]);
    let (one, below) = (format!("{keys}{id}"), |rest: &str| format!("{keys}{id}/{rest}"));
    met.ok(("POST", "/api/v1/api-keys/{key_id}/test-connection"), &below("test-connection"), access, None).await;
    met.ok(("POST", "/api/v1/api-keys/{key_id}/decrypt"), &below("decrypt"), access, None).await;
    met.ok(("PATCH", "/api/v1/api-keys/{key_id}"), &one, access, Some(json!({ "label": "mine" }))).await;
    met.ok(("GET", keys), keys, access, None).await;
    met.ok(("DELETE", "/api/v1/api-keys/{key_id}"), &one, access, None).await;
    met.ok(("GET", "/api/v1/api-keys/{key_id}/events"), &below("events"), access, None).await;

    for (provider, template, path) in [
        ("sumsub", "/api/kyc/webhook", "/api/kyc/webhook"),
        ("generic", "/api/kyc/webhook/{provider}", "/api/kyc/webhook/generic"),
    ] {
        let report = genuine(&world, provider, &approval(provider, &me.user_id, world.now()));
        assert_taken(&world.send(Request { path: path.to_owned(), ..report }).await);
        met.operations.borrow_mut().insert(("POST", template));
    }
    let status = met.ok(("GET", "/api/kyc/status"), "/api/kyc/status", access, None).await;
    assert_eq!(status.body["status"], "approved");
    met.ok(("GET", "/api/kyc/health"), "/api/kyc/health", "", None).await;
    met.ok(("GET", "/api/kyc/"), "/api/kyc/", "", None).await;
    met.ok(("GET", "/openapi.json"), "/openapi.json", "", None).await;

    // Each of these answers was held against the document when it came. All there are have come.
    let document = parsed(KEPT);
    let in_json = operations(&document)
        .into_iter()
        .filter(|(_, _, operation)| operation["responses"]["200"]["content"]["application/json"].is_object());
    let documented: BTreeSet<_> = in_json.map(|(method, path, _)| (method, path)).collect();
    let met: BTreeSet<_> =
        met.operations.into_inner().into_iter().map(|(method, path)| (method.to_owned(), path)).collect();
    assert_eq!(met, documented);
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
