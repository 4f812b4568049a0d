//! Every way in which a function is invoked, and what becomes of an event that it does not take.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use aws_lambda_events::{
    dynamodb::Event,
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};
use axum::{Router, extract::State, routing::get};
use lambda_http::{Context, LambdaEvent};
use serde_json::{
    Value, json,
    value::{to_raw_value, to_value},
};
use shared::{
    config::{Env, LogConfig},
    error::Error,
    invocation::Function,
};

use crate::{
    http::{HTTP_API, REST_API, event},
    logs,
};

/// What was done, in this order.
type Done = Arc<Mutex<Vec<String>>>;

/// A function that is invoked in every way.
fn function(done: &Done) -> Function<Done> {
    let router = Router::new().fallback(get(|State(done): State<Done>| async move { note(&done, "a request") }));
    Function::over(Arc::clone(done))
        .http(router.with_state(Arc::clone(done)))
        .task("sweep", |done| async move {
            note(&done, "sweep");
            Ok(())
        })
        .task("dust", |done| async move {
            note(&done, "dust");
            Ok(())
        })
        .task("fail", |_| async { Err(Error::unavailable("nobody is there")) })
        .task("panic", |_| async {
            let secret = String::from("canary");
            panic!("with {secret}")
        })
        .stream(|done, batch: Event| async move {
            note(&done, &format!("{} records", batch.records.len()));
            let mut answer = DynamoDbEventResponse::default();
            answer.batch_item_failures.push(DynamoDbBatchItemFailure::default());
            answer
        })
        .events(|done, report: BTreeMap<String, String>| async move {
            note(&done, &report["detail"]);
            Ok(())
        })
}

fn note(done: &Done, what: &str) {
    done.lock().unwrap().push(what.to_owned());
}

async fn invoke<S: Clone + 'static>(function: &Function<S>, event: &Value) -> Result<Value, Error> {
    let event = LambdaEvent::new(to_raw_value(event).unwrap(), Context::default());
    function.handle(event).await.map(|answer| to_value(answer).unwrap())
}

fn report(detail: &str) -> Value {
    json!({ "source": "aws.ses", "detail-type": "Email Bounced", "detail": detail })
}

#[tokio::test]
async fn requests_tasks_records_and_reports_each_go_to_those_who_take_them() {
    let done = Done::default();
    let function = function(&done);
    for request in [HTTP_API, REST_API] {
        let mut request = event(request);
        request["requestContext"]["http"]["method"] = json!("GET");
        request["httpMethod"] = request.get("httpMethod").map_or(json!(null), |_| json!("GET"));
        request.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        assert_eq!(invoke(&function, &request).await.unwrap()["statusCode"], 200);
    }
    assert_eq!(invoke(&function, &json!({ "task": "dust", "what": "all" })).await.unwrap(), Value::Null);
    assert_eq!(invoke(&function, &json!({ "task": "sweep" })).await.unwrap(), Value::Null);
    let failed = json!({ "batchItemFailures": [{ "itemIdentifier": null }] });
    assert_eq!(invoke(&function, &json!({ "Records": [] })).await.unwrap(), failed);
    assert_eq!(invoke(&function, &report("a report")).await.unwrap(), Value::Null);
    assert_eq!(*done.lock().unwrap(), ["a request", "a request", "dust", "sweep", "0 records", "a report"]);
}

/// As API Gateway would hand it over, whatever a client writes: it does not name what the event is.
#[tokio::test]
async fn no_request_is_taken_for_anything_else() {
    let done = Done::default();
    let function = function(&done);
    let mut request = event(HTTP_API);
    request["body"] = json!(r#"{"task":"sweep"}"#);
    request["headers"]["task"] = json!("sweep");
    request["rawQueryString"] = json!("task=sweep&Records=1");
    invoke(&function, &request).await.unwrap();
    // One that nobody can read is answered like every request.
    request["requestContext"]["http"]["method"] = json!("\u{0}");
    assert_eq!(invoke(&function, &request).await.unwrap()["statusCode"], 200);
    assert!(!done.lock().unwrap().contains(&"sweep".to_owned()));
}

#[tokio::test]
async fn what_fails_panics_or_is_not_taken_is_one_line_that_quotes_nothing() {
    let function = function(&Done::default());
    let bare = Function::over(());
    let unreadable = json!({ "Records": "canary" });
    for (event, takes_all, says, lines) in [
        (json!({ "task": "canary" }), true, "takes no such event", 1),
        (json!({ "task": ["canary"] }), false, "takes no such event", 1),
        (json!({ "task": "sweep" }), false, "takes no such event", 1),
        (unreadable.clone(), false, "takes no such event", 1),
        (unreadable, true, "not of the form", 1),
        (report("canary"), false, "takes no such event", 1),
        (json!({ "detail-type": "canary", "detail": ["canary"] }), true, "not of the form", 1),
        (event(HTTP_API), false, "takes no such event", 1),
        (json!({ "task": "fail" }), true, "nobody is there", 1),
        // And where it was.
        (json!({ "task": "panic" }), true, "panicked", 2),
    ] {
        logs::capture();
        let answer = if takes_all { invoke(&function, &event).await } else { invoke(&bare, &event).await };
        let error = format!("{:?}", answer.unwrap_err());
        let logged = logs::lines();
        assert!(error.contains(says) && !error.contains("canary"), "{event}: {error}");
        assert_eq!(logged.len(), lines, "{event}: {logged:?}");
        let last = logged.last().unwrap();
        assert_eq!((&last["level"], &last["error"]), (&json!("ERROR"), &json!(error)), "{event}");
        assert!(last["function_request_id"].is_string(), "it says which invocation");
        assert!(logged.iter().all(|line| !line.to_string().contains("canary")), "{event}: {logged:?}");
    }
}

#[test]
fn a_functions_own_crate_writes_its_lines_whatever_it_is_called() {
    let env = Env::new(&|_| None);
    let _process = logs::capture_as(LogConfig::read("new-function", &[], &env));
    tracing::info!(target: "new_function::endpoints", "its own");
    tracing::info!(target: "shared::http", "ours");
    tracing::info!(target: "new_functions", "canary");
    tracing::info!(target: "auth", "of another function, which is not in this process");
    let said: Vec<_> = logs::lines().into_iter().map(|line| line["message"].clone()).collect();
    assert_eq!(said, ["its own", "ours"]);
}
