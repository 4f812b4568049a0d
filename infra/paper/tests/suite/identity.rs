//! The identity providers that a person plays, as the functions see them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use kyc::providers::{ALL, KycStatus, Meaning, Provider, ProviderEvent, Secret, bearer, find};
use local::{LocalAws, Options};
use paper::Identity;
use serde_json::{Value, json};
use shared::time::{Clock, Timestamp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::world::{database, options, start};

const TOKEN: &str = "the token";

/// What came to the functions.
#[derive(Clone)]
struct Delivery {
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

type Deliveries = Arc<Mutex<Vec<Delivery>>>;

/// Stands where the functions are, and keeps what comes.
async fn functions(answer: StatusCode) -> (String, Deliveries) {
    let deliveries = Deliveries::default();
    let take = move |State(deliveries): State<Deliveries>, uri: Uri, headers: HeaderMap, body: Bytes| async move {
        deliveries.lock().unwrap().push(Delivery { path: uri.path().to_owned(), headers, body });
        answer
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(take).with_state(Arc::clone(&deliveries));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, deliveries)
}

fn secret_of(provider: &Provider) -> String {
    format!("{}-secret", provider.id)
}

fn identity(api: &str) -> Identity {
    let secrets = ALL.iter().map(|provider| (provider.id.to_owned(), vec![secret_of(provider), "old".to_owned()]));
    Identity { api: api.to_owned(), secrets: secrets.collect(), token: Some(TOKEN.to_owned()) }
}

/// When all of this takes place.
const NOW: Timestamp = Timestamp::from_second(1_795_341_600);

async fn local(identity: Identity) -> LocalAws {
    start(Options { identity: Some(identity), clock: Clock::at(NOW), ..options() }).await
}

/// Status, head and body of the answer to a request of a person.
async fn ask(local: &LocalAws, request: &str, kind: &str, body: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(local.url().trim_start_matches("http://")).await.unwrap();
    let length = body.len();
    let head = format!("host: x\r\nconnection: close\r\ncontent-type: {kind}\r\ncontent-length: {length}");
    stream.write_all(format!("{request} HTTP/1.1\r\n{head}\r\n\r\n{body}").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), head.to_lowercase(), body.to_owned())
}

async fn send(local: &LocalAws, wanted: &Value) -> (u16, String) {
    let (status, _, body) = ask(local, "POST /kyc", "application/json", &wanted.to_string()).await;
    (status, body)
}

/// The providers and the statuses that they can say, as `GET /kyc.json` lists them.
async fn listed(local: &LocalAws) -> BTreeMap<String, Vec<KycStatus>> {
    let (_, _, body) = ask(local, "GET /kyc.json", "-", "").await;
    let list: Vec<Value> = serde_json::from_str(&body).unwrap();
    let entry = |entry: &Value| {
        let statuses = serde_json::from_value(entry["statuses"].clone()).unwrap();
        (entry["provider"].as_str().unwrap().to_owned(), statuses)
    };
    list.iter().map(entry).collect()
}

/// What the function makes of a delivery.
fn read(provider: &'static Provider, delivery: &Delivery) -> (ProviderEvent, Meaning) {
    let secrets = [Secret::new(secret_of(provider)).unwrap()];
    let verified = provider.verify(&secrets, &delivery.headers, &delivery.body, NOW);
    let verified = verified.unwrap_or_else(|refusal| panic!("{}: {refusal:?}", provider.id));
    let event = verified.read().unwrap();
    let meaning = provider.meaning(&event);
    (event, meaning)
}

#[tokio::test]
async fn every_report_proves_itself_and_means_what_was_chosen() {
    let (api, deliveries) = functions(StatusCode::OK).await;
    let local = local(identity(&api)).await;
    let listed = listed(&local).await;
    assert_eq!(listed.len(), ALL.len());
    let mut ids = Vec::new();
    for (id, statuses) in listed {
        let provider = find(&id).unwrap();
        assert!(statuses.len() >= 5, "{id}");
        for status in statuses {
            let wanted = json!({ "provider": id, "status": status, "user": "ada", "session": "s-1" });
            let (answered, body) = send(&local, &wanted).await;
            assert_eq!((answered, body.as_str()), (200, r#"{"answer":200,"status":"not_started"}"#), "{id}");
            let delivery = deliveries.lock().unwrap().pop().unwrap();
            assert_eq!(delivery.path, format!("/api/kyc/webhook/{id}"));
            assert_eq!(delivery.headers[header::CONTENT_TYPE], "application/json");
            let (event, meaning) = read(provider, &delivery);
            assert_eq!(meaning, Meaning::Says(status), "{id}");
            assert_eq!((event.user.as_deref(), event.session.as_deref()), (Some("ada"), Some("s-1")), "{id}");
            let age = event.occurred_at.map(|at| NOW.as_second() - at.as_ms() / 1000);
            assert!(age.is_none_or(|age| age == 0), "{id} {status:?}");
            // Only what the user's device does comes without a time, and only from one provider.
            assert!(age.is_some() || (id == "veriff" && event.kind == "event"), "{id} {status:?}");
            ids.push((id.clone(), event.id));
            let token = bearer(&delivery.headers, &[Secret::new(TOKEN.to_owned()).unwrap()]);
            assert_eq!(token.is_ok(), provider.sends_bearer && !provider.is_proven_by_token(), "{id}");
        }
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "events of their own");
}

#[tokio::test]
async fn the_same_report_of_the_same_moment_is_the_same_event() {
    let (api, deliveries) = functions(StatusCode::OK).await;
    let local = local(identity(&api)).await;
    let at = |second| Timestamp::from_second(NOW.as_second() - second).to_string();
    for provider in ALL {
        let mut wanted = json!({ "provider": provider.id, "status": "approved", "user": "ada", "occurred_at": at(60) });
        send(&local, &wanted).await;
        send(&local, &wanted).await;
        wanted["occurred_at"] = json!(at(59));
        send(&local, &wanted).await;
        let events: Vec<_> = deliveries.lock().unwrap().drain(..).map(|delivery| read(provider, &delivery).0).collect();
        assert_eq!(events[0], events[1], "{}", provider.id);
        assert_ne!(events[1].id, events[2].id, "{}", provider.id);
        let moments = events.iter().map(|event| event.occurred_at.unwrap().as_ms());
        let moments: Vec<_> = moments.collect();
        assert_eq!(moments[2] - moments[1], 1000, "{}", provider.id);
        assert_eq!(events[0].session.as_deref(), Some(format!("{}-session", provider.id).as_str()));
    }
}

#[tokio::test]
async fn the_status_is_that_of_the_table() {
    let (api, _) = functions(StatusCode::UNAUTHORIZED).await;
    let local = local(identity(&api)).await;
    let report = shared::kyc::KycReport {
        provider: "sumsub".to_owned(),
        event: "e".to_owned(),
        kind: "k".to_owned(),
        session: None,
        level: None,
        status: Some(KycStatus::InReview),
        obstacle: None,
        ends_approval: false,
        reason: None,
        occurred_ms: Some(1),
        received_at: NOW,
        body_sha256: String::new(),
    };
    let put = database(&local).put_item().table_name("local-Kyc");
    let mut item: std::collections::HashMap<_, _> = serde_dynamo::to_item(report).unwrap();
    item.retain(|_, value| !matches!(value, aws_sdk_dynamodb::types::AttributeValue::Null(_)));
    for (name, key) in [("pk", "USER#ada"), ("sk", "REPORT#sumsub#e")] {
        item.insert(name.to_owned(), aws_sdk_dynamodb::types::AttributeValue::S(key.to_owned()));
    }
    put.set_item(Some(item)).send().await.unwrap();
    local.reset_calls();

    let wanted = json!({ "provider": "generic", "status": "approved", "user": "ada" });
    assert_eq!(send(&local, &wanted).await, (200, r#"{"answer":401,"status":"in_review"}"#.to_owned()));
    assert_eq!(local.calls(), local::Calls::default(), "looking does not count");
}

#[tokio::test]
async fn a_click_is_answered_with_the_page() {
    let (api, deliveries) = functions(StatusCode::OK).await;
    let local = local(identity(&api)).await;
    let (status, head, page) = ask(&local, "GET /kyc", "-", "").await;
    assert_eq!(status, 200);
    assert!(head.contains("content-security-policy: default-src 'none'"), "{head}");
    assert_eq!(page.matches("<button").count(), listed(&local).await.values().map(Vec::len).sum::<usize>());
    assert!(page.contains("value=\"stripe_identity resubmission_requested\""), "{page}");

    let form = "user=%22%3E%3Cb%3Eada&session=&report=onfido+in_review";
    let (status, _, page) = ask(&local, "POST /kyc", "application/x-www-form-urlencoded", form).await;
    assert_eq!(status, 200);
    assert!(page.contains("onfido in_review: answered 200; the check stands at not_started."), "{page}");
    assert!(page.contains("value=\"&quot;&gt;&lt;b&gt;ada\"") && !page.contains("<b>"), "{page}");
    let delivery = deliveries.lock().unwrap().pop().unwrap();
    let (event, _) = read(find("onfido").unwrap(), &delivery);
    assert_eq!((event.user.as_deref(), event.session.as_deref()), (Some("\"><b>ada"), Some("onfido-session")));
    assert!(ask(&local, "GET /", "-", "").await.2.contains("href=/kyc"));
}

#[tokio::test]
async fn what_cannot_be_said_is_refused() {
    let (api, deliveries) = functions(StatusCode::OK).await;
    let mut identity = identity(&api);
    identity.secrets.remove("veriff");
    identity.secrets.remove("generic");
    identity.secrets.insert("didit".to_owned(), Vec::new());
    let local = local(identity).await;
    for (provider, status, user, answer) in [
        ("nobody", "approved", "ada", 400),
        ("persona", "cancelled", "ada", 400),
        ("persona", "completed", "ada", 400),
        ("persona", "approved", "", 400),
        ("veriff", "approved", "ada", 400),
        ("didit", "approved", "ada", 400),
        // The token is its secret.
        ("generic", "approved", "ada", 200),
    ] {
        let (answered, body) = send(&local, &json!({ "provider": provider, "status": status, "user": user })).await;
        assert_eq!(answered, answer, "{provider} {status}: {body}");
    }
    let surplus = json!({ "provider": "persona", "status": "approved", "user": "ada", "secret": "x" });
    assert_eq!(send(&local, &surplus).await.0, 400);
    assert_eq!(deliveries.lock().unwrap().len(), 1);
    let names: Vec<_> = listed(&local).await.into_keys().collect();
    assert_eq!(names, ["generic", "onfido", "persona", "stripe_identity", "sumsub"]);
}

#[tokio::test]
async fn without_secrets_nothing_is_signed() {
    let local = start(options()).await;
    let wanted = json!({ "provider": "sumsub", "status": "approved", "user": "ada" });
    let (status, body) = send(&local, &wanted).await;
    assert_eq!(status, 403, "{body}");
    assert!(listed(&local).await.is_empty());
    assert!(ask(&local, "GET /kyc", "-", "").await.2.contains("No webhook secrets"));
}

#[tokio::test]
async fn functions_that_do_not_answer_are_named() {
    let local = local(identity("http://127.0.0.1:1")).await;
    let wanted = json!({ "provider": "sumsub", "status": "approved", "user": "ada" });
    let (status, body) = send(&local, &wanted).await;
    assert!(status == 502 && body.contains("http://127.0.0.1:1/api/kyc/webhook/sumsub"), "{status} {body}");
}
