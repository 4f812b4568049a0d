//! Events as nobody well-meaning would send them: always an answer, with a status and a body in JSON, and never a panic.

use std::collections::BTreeSet;

use axum::{extract::Request, middleware::map_request};
use proptest::{collection::vec, prelude::*, sample::select, test_runner::TestRunner};
use serde_json::{Map, Value, json};
use shared::config::Stage;
use tests::{Function, Reply, World, invoke_event};

use super::{HTTP_API, REST_API, event};
use crate::logs;

/// The longest path and query that a route can have.
const MOST: usize = 65_534;

/// The status that an event leads to, what is wrong with it, and the change that makes it so.
type Case = (u64, &'static str, fn(&mut Value));

/// What a hostile client, or whoever may invoke the function, can write into an event of either gateway.
const OF_BOTH: [Case; 30] = [
    (414, "a path of braces", |event| put_path(event, &"/{".repeat(25_000))),
    (414, "a long path", |event| put_path(event, &format!("/{}", "a".repeat(MOST)))),
    (414, "a path of emoji", |event| put_path(event, &"\u{1f424}".repeat(6_000))),
    (414, "a query of braces", |event| put_query(event, "q", &"{".repeat(25_000))),
    (414, "a long name", |event| put_query(event, &"\u{e9}".repeat(25_000), "1")),
    (404, "a path that is nearly too long", |event| put_path(event, &format!("/{}", "a".repeat(MOST - 100)))),
    (404, "no path", |event| put_path(event, "")),
    (404, "a path that is none", |event| put_path(event, "@evil.example:99999/[")),
    (404, "a path of bytes that are no text", |event| put_path(event, "/%ff%fe/%00%0d%0a")),
    (404, "a path of bidi marks", |event| put_path(event, "/\u{202e}/\u{0}\u{7f}\\..\\")),
    (404, "empty segments", |event| put_path(event, "//auth///login//")),
    (422, "a host that is none", |event| put_header(event, "host", "[::1")),
    (422, "a host with a password", |event| put_header(event, "host", "a:b@c")),
    (422, "a long host", |event| put_header(event, "host", &"a.".repeat(40_000))),
    (422, "no host, and a domain that is none", |event| {
        put_header(event, "host", "");
        event["requestContext"]["domainName"] = json!("[not a domain");
    }),
    (422, "a long domain", |event| {
        put_header(event, "host", "");
        event["requestContext"]["domainName"] = json!("a".repeat(70_000));
    }),
    (422, "a scheme that is none", |event| put_header(event, "x-forwarded-proto", "1:\u{e9}")),
    (422, "another scheme", |event| put_header(event, "x-forwarded-proto", "javascript")),
    (422, "a long stage", |event| event["requestContext"]["stage"] = json!("s".repeat(70_000))),
    (422, "a stage that is none", |event| event["requestContext"]["stage"] = json!("]:[ \u{0}")),
    (422, "cookies", |event| event["cookies"] = json!(["a\r\nb", "\u{e9}", "c".repeat(100_000)])),
    (422, "a body that is no base64", |event| {
        event["body"] = json!("***");
        event["isBase64Encoded"] = json!(true);
    }),
    (422, "a context that says little", |event| {
        let http = event["requestContext"]["http"].clone();
        event["requestContext"] = json!({ "http": http, "path": event["path"], "httpMethod": "POST" });
    }),
    (400, "a method that is none", |event| {
        event["httpMethod"] = json!("P OST");
        event["requestContext"]["http"]["method"] = json!("P OST");
    }),
    (400, "a header that is none", |event| put_header(event, "a b", "1")),
    (400, "a header of two lines", |event| put_header(event, "x-a", "1\r\nx-b: 2")),
    (400, "more headers than fit", |event| event["headers"] = headers("a", 33_000)),
    (400, "more headers than anybody sends, and a cookie", |event| {
        event["headers"] = headers("a", 24_576);
        event["cookies"] = json!(["a=b"]);
    }),
    (400, "no context", |event| {
        event.as_object_mut().unwrap().remove("requestContext");
    }),
    (400, "headers that are none", |event| event["headers"] = json!(7)),
];

/// What only a REST API's events have.
const OF_REST: [Case; 5] = [
    (400, "a parameter without a value", |event| event["multiValueQueryStringParameters"] = json!({ "a": [] })),
    (414, "a long single parameter", |event| {
        event["multiValueQueryStringParameters"] = Value::Null;
        event["queryStringParameters"] = json!({ "a": "{".repeat(25_000) });
    }),
    // Each half fits into a map of headers, both together do not.
    (400, "more headers than fit together", |event| {
        event["headers"] = headers("a", 20_000);
        event["multiValueHeaders"] = headers("b", 20_000);
        event["requestContext"]["domainName"] = json!("[not a domain");
    }),
    (422, "many headers", |event| {
        event["headers"] = headers("a", 4_000);
        event["multiValueHeaders"].as_object_mut().unwrap().extend(headers("b", 4_000).as_object().unwrap().clone());
    }),
    (422, "a path of the context that is none", |event| event["requestContext"]["path"] = json!("\u{0}%ff")),
];

fn put_path(event: &mut Value, path: &str) {
    for name in ["rawPath", "path"] {
        if event.get(name).is_some() {
            event[name] = json!(path);
        }
    }
}

fn put_query(event: &mut Value, name: &str, value: &str) {
    if event.get("rawPath").is_some() {
        event["rawQueryString"] = json!(format!("{name}={value}"));
    } else {
        event["multiValueQueryStringParameters"] = json!({ name: [value] });
    }
}

/// In place of the header that there is, whichever its case.
fn put_header(event: &mut Value, name: &str, value: &str) {
    for (place, value) in [("headers", json!(value)), ("multiValueHeaders", json!([value]))] {
        if let Some(headers) = event[place].as_object_mut() {
            headers.retain(|there, _| !there.eq_ignore_ascii_case(name));
            headers.insert(name.to_owned(), value);
        }
    }
}

fn headers(beginning: &str, count: usize) -> Value {
    (0..count).map(|number| (format!("{beginning}-{number}"), json!("v"))).collect::<Map<_, _>>().into()
}

/// An answer of the documented shape.
fn assert_answered(reply: &Reply, status: u64, name: &str) {
    assert_eq!(reply.status, status, "{name}: {reply:?}");
    let expected = match status {
        400 => json!("Bad Request"),
        404 => json!("Not Found"),
        414 => json!("URI Too Long"),
        500 => json!("Internal Server Error"),
        _ => return assert!(reply.body["detail"].is_array(), "{name}: {reply:?}"),
    };
    assert_eq!(reply.body, json!({ "detail": expected }), "{name}");
    assert_eq!(reply.header("content-type"), Some("application/json"), "{name}");
    assert_eq!(reply.header("cache-control"), Some("no-store"), "{name}");
}

#[tokio::test]
async fn whatever_an_event_says_is_answered_and_no_versions_fault() {
    let world = World::start().await;
    let auth = &world.routers_on(Stage::Local)[&Function::Auth];
    logs::capture();
    let of_rest = OF_BOTH.into_iter().chain(OF_REST);
    let all = OF_BOTH.into_iter().map(|case| (HTTP_API, case)).chain(of_rest.map(|case| (REST_API, case)));
    let mut count = 0;
    for (gateway, (status, name, change)) in all {
        let mut event = event(gateway);
        event["body"] = json!("{}");
        event["isBase64Encoded"] = json!(false);
        change(&mut event);
        assert_answered(&invoke_event(auth, event).await, status, name);
        count += 1;
    }
    for event in [json!(null), json!("event"), json!(7), json!([]), json!({}), json!({ "records": [] }), nested()] {
        assert_answered(&invoke_event(auth, event).await, 400, "no event");
        count += 1;
    }
    let lines = logs::lines();
    let told: Vec<_> = lines.iter().filter(|line| line["message"] == "request").collect();
    assert_eq!(told.len(), count, "each is a line");
    assert!(told.iter().all(|line| line.get("event").is_none()), "one counts against the version: {told:?}");
    assert!(lines.iter().all(|line| line["level"] != "ERROR" || line["message"] == "a panic"), "{lines:?}");
}

/// Deeper than anybody reads.
fn nested() -> Value {
    (0..120).fold(json!({}), |inner, _| json!({ "requestContext": inner }))
}

#[tokio::test]
async fn what_panics_outside_the_routes_is_a_failure_that_is_answered_and_counted() {
    let world = World::start().await;
    let auth = world.routers_on(Stage::Local).remove(&Function::Auth).unwrap();
    // Not at the second go, which asks for nothing that there is.
    let panicking = auth.layer(map_request(async |request: Request| {
        assert_eq!(request.uri().path(), "/%00", "something outside the routes");
        request
    }));
    logs::capture();
    assert_answered(&invoke_event(&panicking, event(REST_API)).await, 500, "a panic");
    let lines = logs::lines();
    let failed: Vec<_> = lines.iter().filter(|line| line["event"] == "answer_failed").collect();
    assert_eq!(failed.len(), 1, "{lines:?}");
    assert_eq!((&failed[0]["status"], &failed[0]["level"]), (&json!(500), &json!("WARN")));
    assert!(failed[0]["function_request_id"].is_string(), "{failed:?}");
}

fn text() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "/",
        "//",
        "..",
        "%",
        "%2f",
        "%00",
        "%ff",
        "{",
        "}",
        "?",
        "#",
        "&",
        "=",
        "@",
        ":",
        "[",
        "]",
        "\\",
        " ",
        "\r\n",
        "\u{0}",
        "\u{e9}",
        "\u{1f424}",
        "\u{202e}",
        "a",
        "auth",
        "login",
        "http",
        "localhost",
        "$default",
        "prod",
        "application/json",
    ]);
    prop_oneof![
        8 => vec(piece, 0..12).prop_map(|pieces| pieces.concat()),
        2 => any::<String>(),
        2 => (select(vec!["{", "a", "/", "\u{e9}", "%", "a="]), 20_000_usize..70_000).prop_map(|(of, times)| of.repeat(times)),
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => text().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec(("[a-z-]{1,12}|[ -~\u{e9}]{0,8}", inner), 0..3)
                .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

/// All places of an event, and some that it does not have.
fn places() -> Vec<String> {
    fn walk(json: &Value, path: &str, found: &mut BTreeSet<String>) {
        for (name, member) in json.as_object().into_iter().flatten() {
            let path = format!("{path}/{name}");
            walk(member, &path, found);
            found.insert(path);
        }
    }
    let more = ["/headers/host", "/headers/x-forwarded-proto", "/headers/cookie", "/requestContext/domainName"];
    let mut found: BTreeSet<_> = more.map(str::to_owned).into();
    for gateway in [HTTP_API, REST_API] {
        walk(&event(gateway), "", &mut found);
    }
    found.into_iter().collect()
}

fn put(json: &mut Value, path: &str, value: Value) {
    let (parent, name) = path.rsplit_once('/').unwrap();
    if let Some(Value::Object(members)) = json.pointer_mut(parent) {
        members.insert(name.to_owned(), value);
    }
}

#[test]
fn any_event_is_answered() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::start());
    let routers = world.routers_on(Stage::Local);
    let addresses = select(vec!["/rawPath", "/rawQueryString", "/path"]).prop_map(str::to_owned);
    let change = prop_oneof![
        2 => (select(places()), any_json()),
        1 => (addresses, text().prop_map(Value::from)),
    ];
    let changes = vec(change, 0..4);
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(384) };
    let statuses = std::cell::RefCell::new(BTreeSet::new());
    let input = (select(vec![HTTP_API, REST_API]), changes, select(routers.keys().copied().collect::<Vec<_>>()));
    let answered = TestRunner::new(config).run(&input, |(gateway, changes, function)| {
        let mut event = event(gateway);
        for (path, value) in changes {
            put(&mut event, &path, value);
        }
        let reply = runtime.block_on(invoke_event(&routers[&function], event));
        statuses.borrow_mut().insert(reply.status);
        prop_assert!((200..500).contains(&reply.status), "{:?}", reply);
        let is_plain = reply.text.is_empty() && reply.status == 307;
        prop_assert!(is_plain || reply.status == 200 || reply.body.is_object(), "{:?}", reply);
        Ok(())
    });
    answered.unwrap();
    let seen = statuses.into_inner();
    assert!([400, 404, 414, 422].iter().all(|status| seen.contains(status)), "{seen:?}");
}
