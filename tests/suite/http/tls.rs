//! Every answer of every function says that it is reached over TLS alone, but on a machine of one's own.

use axum::Router;
use local::{Mode, Service};
use serde_json::{Value, json};
use shared::{
    config::Stage,
    edge::Edge,
    http::{DEADLINE, Operation, Routes},
};
use tests::{Function, Reply, Request, World, invoke, invoke_event};

use super::{HTTP_API, REST_API, event};

const HEADER: &str = "strict-transport-security";
const ON: Option<&str> = Some("max-age=31536000; includeSubDomains");
const STAGES: [(Stage, Option<&str>); 4] =
    [(Stage::Local, None), (Stage::Dev, ON), (Stage::Staging, ON), (Stage::Prod, ON)];

/// Each kind of answer that a function has: the function, method, path, body, and the status that it leads to.
pub const KINDS: [(Function, &str, &str, Option<&str>, u64); 26] = [
    (Function::Auth, "GET", "/auth/verification-status?email=ada@example.com", None, 200),
    (Function::Auth, "GET", "/.well-known/jwks.json", None, 200),
    (Function::Auth, "GET", "/auth/ui/verify-email", None, 200),
    (Function::Auth, "GET", "/auth/profile", None, 401),
    (Function::Auth, "POST", "/auth/login", Some("{}"), 422),
    (Function::Auth, "POST", "/auth/verify-email", Some(r#"{"token":"t"}"#), 400),
    (Function::Auth, "POST", "/auth/login/", None, 307),
    (Function::Auth, "GET", "/auth/login", None, 405),
    (Function::Auth, "GET", "/auth/nothing", None, 404),
    (Function::ApiKeys, "GET", "/api/v1/api-keys/", None, 401),
    (Function::ApiKeys, "GET", "/api/v1/api-keys", None, 307),
    (Function::ApiKeys, "PUT", "/api/v1/api-keys/", None, 405),
    (Function::ApiKeys, "GET", "/api/v1/api-keys/1/2/3", None, 404),
    (Function::Kyc, "GET", "/api/kyc/health", None, 200),
    (Function::Kyc, "POST", "/api/kyc/webhook/sumsub", Some("{}"), 401),
    (Function::Kyc, "GET", "/api/kyc/webhook", None, 405),
    (Function::Kyc, "GET", "/api/kyc", None, 307),
    (Function::Kyc, "POST", "/api/kyc/webhook/nobody", Some("{}"), 404),
    (Function::OAuth, "GET", "/oauth/tokens", None, 401),
    (Function::OAuth, "POST", "/oauth/revoke", Some("{}"), 400),
    (Function::OAuth, "PUT", "/oauth/revoke", None, 405),
    (Function::OAuth, "GET", "/oauth/tokens/", None, 404),
    (Function::Docs, "GET", "/docs", None, 200),
    (Function::Docs, "GET", "/docs/swagger-ui.css", None, 200),
    (Function::Docs, "GET", "/", None, 307),
    (Function::Docs, "GET", "/docs/none", None, 404),
];

fn says(reply: &Reply, expected: Option<&str>, what: &str) {
    assert_eq!(reply.header(HEADER), expected, "{what}: {reply:?}");
}

#[tokio::test]
async fn every_kind_of_answer_of_every_function_says_so_everywhere_but_on_local() {
    let world = World::start().await;
    for (stage, expected) in STAGES {
        let routers = world.routers_on(stage);
        for (function, method, path, body, status) in KINDS {
            let request =
                Request { method, path: path.to_owned(), body: body.map(str::to_owned), ..Request::default() };
            let reply = invoke(&routers[&function], request).await;
            assert_eq!(reply.status, status, "{method} {path}: {reply:?}");
            says(&reply, expected, path);
        }
        for router in routers.values() {
            says(&invoke_event(router, json!("no event")).await, expected, "no event");
            let mut long = event(HTTP_API);
            long["rawQueryString"] = json!("q".repeat(70_000));
            says(&invoke_event(router, long).await, expected, "too long");
            says(&invoke_event(router, event(REST_API)).await, expected, "a REST API");
        }
    }
}

#[tokio::test]
async fn a_function_that_fails_says_so_too() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    for (stage, expected) in STAGES {
        let routers = world.routers_on(stage);
        world.break_down(Service::DynamoDb, Mode::Unavailable, None);
        for (function, path) in [
            (Function::Auth, "/auth/profile"),
            (Function::ApiKeys, "/api/v1/api-keys/"),
            (Function::Kyc, "/api/kyc/status"),
            (Function::OAuth, "/oauth/tokens"),
        ] {
            let request = tests::authorized("GET", path, &session.access, None);
            let reply = invoke(&routers[&function], request).await;
            reply.assert_status(503);
            says(&reply, expected, path);
        }
        world.mend();
        let router = broken(stage);
        let reply = invoke(&router, Request { method: "GET", path: "/".to_owned(), ..Request::default() }).await;
        assert_eq!((reply.status, &reply.body), (500, &json!({ "detail": "Internal Server Error" })));
        says(&reply, expected, "a panic");
    }
}

/// A function whose only route panics.
fn broken(stage: Stage) -> Router {
    async fn panics() -> String {
        panic!("on purpose")
    }
    let routes = Routes::<(), false>::new().get("/", panics, || Operation::new("panics", "It does."));
    routes.serve((), DEADLINE, stage, Edge::default())
}

#[tokio::test]
async fn the_header_comes_once_through_a_rest_api_too() {
    let world = World::start().await;
    let routers = world.routers_on(Stage::Prod);
    let mut rest: Value = event(REST_API);
    rest["path"] = json!("/auth/nothing");
    let answer = tests::answer_to(&routers[&Function::Auth], rest).await;
    assert_eq!(answer["multiValueHeaders"][HEADER], json!([ON]), "{answer}");
}
