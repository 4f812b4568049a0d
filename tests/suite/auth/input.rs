//! Input that breaks the rules: a clear answer, and nothing stored.

use serde_json::{Value, json};
use tests::{Request, World};

use crate::logs;

async fn post(world: &World, path: &str, content_type: Option<&str>, body: &str) -> (u64, Value) {
    let headers = content_type.map(|value| ("content-type".to_owned(), value.to_owned())).into_iter().collect();
    let request =
        Request { method: "POST", path: path.to_owned(), headers, body: Some(body.to_owned()), ..Request::default() };
    let reply = world.send(request).await;
    (reply.status, reply.body)
}

async fn is_untouched(world: &World) -> bool {
    world.rows_of("Accounts", "ADDRESS#").await.is_empty() && world.rows_of("Mail", "MAIL#").await.is_empty()
}

#[tokio::test]
async fn every_flaw_is_reported_where_it_is() {
    let world = World::start().await;
    let (status, body) =
        post(&world, "/auth/signup", Some("application/json"), r#"{"email":"nobody","password":"short"}"#).await;
    assert_eq!(status, 422);
    assert_eq!(body["detail"].as_array().unwrap().len(), 2);
    assert_eq!(body["detail"][0]["loc"], json!(["body", "email"]));
    let password = json!({
        "type": "string_too_short",
        "loc": ["body", "password"],
        "msg": "String should have at least 8 characters",
        "input": "short",
        "ctx": { "min_length": 8 },
    });
    assert_eq!(body["detail"][1], password);
    assert!(is_untouched(&world).await);
}

#[tokio::test]
async fn a_missing_field_echoes_what_came() {
    let world = World::start().await;
    let (status, body) = post(&world, "/auth/login", Some("application/json"), r#"{"email":"a@b.co"}"#).await;
    let missing = json!({ "type": "missing", "loc": ["body", "password"], "msg": "Field required", "input": { "email": "a@b.co" } });
    assert_eq!((status, &body["detail"]), (422, &json!([missing])));
    let reply = world.get("/auth/verification-status").await;
    let missing = json!({ "type": "missing", "loc": ["query", "email"], "msg": "Field required", "input": null });
    assert_eq!((reply.status, &reply.body["detail"]), (422, &json!([missing])));
}

#[tokio::test]
async fn what_is_no_json_object_is_refused() {
    let world = World::start().await;
    let paths = [
        "signup",
        "login",
        "refresh",
        "logout",
        "resend-verification",
        "verify-email",
        "reset-password",
        "forgot-password",
    ];
    for path in paths.map(|name| format!("/auth/{name}")) {
        for body in ["", "{", "[]", "null", "7", "\"text\"", "{}", "\u{0}"] {
            let (status, body) = post(&world, &path, Some("application/json"), body).await;
            assert_eq!(status, 422, "{path} {body}");
        }
        assert_eq!(post(&world, &path, Some("text/plain"), "{}").await.0, 422);
        assert_eq!(post(&world, &path, None, "{}").await.0, 422);
    }
    assert!(is_untouched(&world).await);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_whole() {
    let world = World::start().await;
    let of = |size: usize| {
        let rest = r#"{"email":"a@example.com","password":""}"#.len();
        format!(r#"{{"email":"a@example.com","password":"{}"}}"#, "p".repeat(size - rest))
    };
    let (status, body) = post(&world, "/auth/signup", Some("application/json"), &of(64 * 1_024 + 1)).await;
    assert_eq!((status, body), (413, json!({ "detail": "Request body too large" })));
    assert!(is_untouched(&world).await);
    assert_eq!(post(&world, "/auth/signup", Some("application/json"), &of(64 * 1_024)).await.0, 200);
}

#[tokio::test]
async fn a_path_that_is_not_there_is_404_or_one_slash_away() {
    let world = World::start().await;
    for path in ["/auth", "/auth/", "/auth/nothing", "/api/v1/api-keys/1/2/3", "/api/kyc/nothing"] {
        let reply = world.get(path).await;
        assert_eq!((reply.status, &reply.body), (404, &json!({ "detail": "Not Found" })), "{path}");
    }
    for path in ["/auth/%6Cogin", "/auth%2Flogin", "/auth/l%6Fgin"] {
        world.post(path, json!({})).await.assert_status(422);
    }
    for path in [
        "/api/v1/api-keys//decrypt",
        "/auth/x/../login",
        "/auth/%2e%2e/auth/login",
        "//auth/login",
        "/AUTH/login",
        "/auth/login%00",
    ] {
        world.post(path, json!({})).await.assert_status(404);
    }
    let headers =
        vec![("host".to_owned(), "api.example.com".to_owned()), ("x-forwarded-proto".to_owned(), "https".to_owned())];
    let request =
        Request { method: "GET", path: "/auth/profile/?a=b".to_owned(), headers, body: None, ..Request::default() };
    let reply = world.send(request).await;
    assert_eq!((reply.status, reply.header("location")), (307, Some("https://api.example.com/auth/profile?a=b")));
}

/// Browsers ask so before a page of another origin may call, and API Gateway hands it on where a route takes any method.
#[tokio::test]
async fn a_preflight_is_answered_everywhere_and_any_other_options_as_ever() {
    logs::capture();
    let world = World::start().await;
    let wishes = [("origin", "https://a.example"), ("access-control-request-method", "POST")];
    let wishes = wishes.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let expected = [
        ("/auth/login", 405),
        ("/auth/login/", 307),
        ("/auth/nothing", 404),
        ("/", 405),
        ("/docs", 405),
        ("/api/v1/api-keys/", 405),
        ("/api/v1/api-keys/1/decrypt", 405),
        ("/api/kyc/webhook", 405),
        ("/elsewhere//", 404),
    ];
    for (path, otherwise) in expected {
        let plain = Request { method: "OPTIONS", path: path.to_owned(), ..Request::default() };
        world.send(plain.clone()).await.assert_status(otherwise);
        let of_no_page = Request { headers: wishes[..1].to_vec(), ..plain.clone() };
        world.send(of_no_page).await.assert_status(otherwise);
        let post = Request { method: "POST", headers: wishes.to_vec(), ..plain.clone() };
        assert_ne!(world.send(post).await.status, 204, "{path}");
        let preflight = Request { headers: wishes.to_vec(), ..plain };
        let (reply, calls) = world.calls(world.send(preflight)).await;
        assert_eq!((reply.status, reply.text.as_str()), (204, ""), "{path}");
        assert!(calls.dynamodb.is_empty() && calls.kms.is_empty() && calls.ses.is_empty(), "{path}: {calls:?}");
    }
    let lines = logs::lines().into_iter().filter(|line| line["message"] == "request" && line["status"] == 204);
    assert_eq!(lines.count(), expected.len());
}

#[tokio::test]
async fn a_forged_link_is_refused_without_a_look_at_the_tables() {
    let world = World::start().await;
    for token in ["", "nonsense", &"A".repeat(107), &"é".repeat(50)] {
        let (reply, calls) = world.calls(world.post("/auth/verify-email", json!({ "token": token }))).await;
        assert_eq!((reply.status, &reply.body["success"]), (400, &json!(false)));
        assert!(calls.dynamodb.is_empty());
        let body = json!({ "token": token, "password": "long enough" });
        world.post("/auth/reset-password", body).await.assert_status(400);
    }
}

#[tokio::test]
async fn the_other_functions_know_who_may_ask() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    assert_eq!(world.get("/api/kyc/health").await.body, json!({ "status": "ok" }));
    world.get("/api/kyc/").await.assert_ok();
    world.post("/api/kyc/webhook", json!({})).await.assert_status(401);
    let routes = [
        ("GET", "", 200),
        ("POST", "", 422),
        ("POST", "k/decrypt", 404),
        ("PATCH", "k", 422),
        ("DELETE", "k", 404),
        ("POST", "k/test-connection", 404),
        ("GET", "k/events", 404),
    ];
    for (method, rest, known) in routes {
        let path = format!("/api/v1/api-keys/{rest}");
        let request = Request { method, path: path.clone(), ..Request::default() };
        assert_eq!(world.send(request).await.body, json!({ "detail": "Not authenticated" }), "{method} {path}");
        let reply = world.send(tests::authorized(method, &path, &session.access, None)).await;
        assert_eq!(reply.status, known, "{method} {path}: {reply:?}");
    }
}

#[tokio::test]
async fn nothing_that_a_client_writes_into_an_event_makes_us_panic() {
    let world = World::start().await;
    let hostile = ["\"<>\\^`{|} é\u{0}\n", "[::1", "a b", "http://x/y?z#w", "%", "%zz", "user:password@host", ""];
    for text in hostile {
        let headers = ["host", "x-forwarded-proto", "content-type", "authorization"];
        let headers: Vec<_> = headers.iter().map(|name| ((*name).to_owned(), text.replace(['\0', '\n'], ""))).collect();
        for path in [format!("/auth/{text}"), format!("/auth/verification-status?email={text}&{text}")] {
            for method in ["GET", "POST"] {
                let body = Some(text.to_owned());
                let request =
                    Request { method, path: path.clone(), headers: headers.clone(), body, ..Request::default() };
                let reply = world.send(request).await;
                assert!((200..500).contains(&reply.status), "{method} {path:?}: {reply:?}");
            }
        }
    }
}
