use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use local::{Function, Functions, LocalAws, Options};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;

use crate::world::{Directory, clients, only_mail, options, start};

/// A function that notes the keys of each batch, and answers with what was prepared, then with success.
#[derive(Clone, Default)]
pub struct Scripted {
    answers: Arc<Mutex<Vec<Answer>>>,
    pub events: Arc<Mutex<Vec<Value>>>,
}

enum Answer {
    /// The function fails as a whole.
    Error,
    /// The record at this place of the batch fails.
    FailedAt(usize),
    /// An identifier that is not in the batch.
    Nonsense,
}

impl Scripted {
    fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        let answers: Vec<Answer> = answers.into_iter().collect();
        Self { answers: Arc::new(Mutex::new(answers)), ..Self::default() }
    }

    pub fn function(&self) -> Arc<Function> {
        let this = self.clone();
        Arc::new(move |event| {
            let answer = this.answer(event);
            Box::pin(async move { answer })
        })
    }

    fn answer(&self, event: Value) -> Result<Value, String> {
        let failure = |identifier: &Value| json!({"batchItemFailures": [{"itemIdentifier": identifier}]});
        let mut answers = self.answers.lock().unwrap();
        let next = (!answers.is_empty()).then(|| answers.remove(0));
        let answer = match next {
            None => Ok(json!({"batchItemFailures": []})),
            Some(Answer::Error) => Err("crashed".to_owned()),
            Some(Answer::FailedAt(place)) => Ok(failure(&event["Records"][place]["dynamodb"]["SequenceNumber"])),
            Some(Answer::Nonsense) => Ok(failure(&json!(""))),
        };
        self.events.lock().unwrap().push(event);
        answer
    }

    pub fn batches(&self) -> Vec<Vec<String>> {
        let key = |record: &Value| record["dynamodb"]["NewImage"]["pk"]["S"].as_str().unwrap().to_owned();
        let events = self.events.lock().unwrap();
        events.iter().map(|event| event["Records"].as_array().unwrap().iter().map(key).collect()).collect()
    }
}

/// Puts an item into the table that `audit` alone reads.
async fn enter(local: &LocalAws, key: &str) {
    let put = clients(local).dynamodb.put_item().table_name("local-Journal");
    put.item("pk", AttributeValue::S(key.to_owned())).send().await.unwrap();
}

pub async fn put(local: &LocalAws, key: &str) {
    put_with(local, key, Some("verify")).await;
}

async fn put_with(local: &LocalAws, key: &str, kind: Option<&str>) {
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let put = clients(local).dynamodb.put_item().table_name("local-Mail").item("pk", text(key));
    let put = if let Some(kind) = kind { put.item("kind", text(kind)) } else { put };
    put.send().await.unwrap();
}

#[tokio::test]
async fn each_record_is_delivered_once_and_at_once() {
    let function = Scripted::default();
    // There is no next poll to wait for.
    let poll = Duration::from_hours(24);
    let local = start(Options { functions: only_mail(function.function()), poll, ..options() }).await;
    local.settled().await.unwrap();
    for key in ["a", "b"] {
        put(&local, key).await;
        local.settled().await.unwrap();
    }
    assert_eq!(function.batches(), [["a"], ["b"]]);
    assert_eq!(local.calls().dynamodb.len(), 1, "reading the stream does not count");

    let record = &function.events.lock().unwrap()[0]["Records"][0];
    assert_eq!(record["eventName"], "INSERT");
    assert_eq!((&record["eventSource"], &record["eventVersion"]), (&json!("aws:dynamodb"), &json!("1.1")));
    assert!(record["eventSourceARN"].as_str().unwrap().contains("table/local-Mail/stream/"));
    assert!(record["eventID"].is_string() && record["awsRegion"].is_string());
    let change = &record["dynamodb"];
    assert_eq!(change["Keys"], json!({"pk": {"S": "a"}}));
    assert_eq!(change["NewImage"]["kind"], json!({"S": "verify"}));
    assert_eq!(change["StreamViewType"], "NEW_IMAGE");
    assert!(change["ApproximateCreationDateTime"].is_number() && change["SizeBytes"].is_number());
}

#[tokio::test]
async fn only_what_passes_the_filter_is_delivered() {
    let function = Scripted::default();
    let local = start(Options { functions: only_mail(function.function()), ..options() }).await;
    put_with(&local, "no kind", None).await;
    put(&local, "a").await;
    put(&local, "a").await; // a MODIFY
    put(&local, "b").await;
    local.settled().await.unwrap();
    assert_eq!(function.batches().concat(), ["a", "b"]);
}

#[tokio::test]
async fn batches_are_in_order_and_no_larger_than_declared() {
    let function = Scripted::default();
    let local = start(options()).await;
    let keys = ["a", "b", "c", "d", "e", "f", "g"];
    for key in keys {
        put(&local, key).await;
    }
    local.feed("mail", function.function()).await.unwrap();
    local.settled().await.unwrap();
    assert_eq!(function.batches(), keys.chunks(3).map(<[_]>::to_vec).collect::<Vec<_>>());
}

#[tokio::test]
async fn after_a_partial_failure_only_the_rest_is_tried_again() {
    let function = Scripted::answering([Answer::FailedAt(1), Answer::FailedAt(1)]);
    let local = start(options()).await;
    for key in ["a", "b", "c", "d"] {
        put(&local, key).await;
    }
    local.feed("mail", function.function()).await.unwrap();
    local.settled().await.unwrap();
    assert_eq!(function.batches(), [vec!["a", "b", "c"], vec!["b", "c"], vec!["c"], vec!["d"]]);
}

#[tokio::test]
async fn after_a_failure_of_the_function_the_batch_is_tried_again() {
    let function = Scripted::answering([Answer::Error, Answer::Nonsense]);
    let local = start(options()).await;
    put(&local, "a").await;
    put(&local, "b").await;
    let begin = Instant::now();
    local.feed("mail", function.function()).await.unwrap();
    local.settled().await.unwrap();
    assert_eq!(function.batches(), [["a", "b"], ["a", "b"], ["a", "b"]]);
    assert!(begin.elapsed() >= Duration::from_millis(600), "it waits 200 ms, then 400 ms");
}

#[tokio::test]
async fn a_restart_neither_loses_nor_repeats() {
    let directory = Directory::new();
    let function = Scripted::default();
    let options = Options { state: Some(directory.path().to_owned()), ..options() };
    let fed = Options { functions: only_mail(function.function()), ..options.clone() };

    let local = start(fed.clone()).await;
    put(&local, "a").await;
    local.settled().await.unwrap();
    local.shutdown().await;
    // While nobody is fed, records wait.
    let local = start(options).await;
    put(&local, "b").await;
    local.shutdown().await;
    let local = start(fed.clone()).await;
    put(&local, "c").await;
    local.settled().await.unwrap();
    local.shutdown().await;
    let local = start(fed).await;
    local.settled().await.unwrap();

    assert_eq!(function.batches().concat(), ["a", "b", "c"]);
}

#[tokio::test]
async fn a_restart_goes_on_at_the_record_that_failed() {
    let directory = Directory::new();
    let function = Scripted::answering([Answer::FailedAt(1), Answer::Error, Answer::Error, Answer::Error]);
    let options = Options { state: Some(directory.path().to_owned()), ..options() };
    let local = start(options.clone()).await;
    put(&local, "a").await;
    put(&local, "b").await;
    local.feed("mail", function.function()).await.unwrap();
    while function.batches().len() < 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    local.shutdown().await;

    let healthy = Scripted::default();
    let local = start(Options { functions: only_mail(healthy.function()), ..options }).await;
    local.settled().await.unwrap();
    assert_eq!(healthy.batches(), [["b"]]);
}

#[tokio::test]
async fn a_function_behind_a_url_is_waited_for() {
    // An address that is ours, where nobody listens yet.
    let reserved = TcpSocket::new_v4().unwrap();
    reserved.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = reserved.local_addr().unwrap();
    let functions = Functions::At(format!("http://{address}/"));
    let local = start(Options { functions, ..options() }).await;
    put(&local, "a").await;
    let server = reserved.listen(16).unwrap();
    let serve = async {
        // One who hangs up is as good as nobody.
        drop(server.accept().await.unwrap());
        let mut requests = Vec::new();
        for answer in ["500 Internal Server Error", "200 OK\r\nx-amz-function-error: Unhandled", "200 OK"] {
            let (mut stream, _) = server.accept().await.unwrap();
            let mut request = String::new();
            while !request.ends_with("}]}") {
                let mut buffer = [0; 4096];
                let read = stream.read(&mut buffer).await.unwrap();
                request.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
            }
            let answer = format!("HTTP/1.1 {answer}\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{{}}");
            stream.write_all(answer.as_bytes()).await.unwrap();
            requests.push(request);
        }
        requests
    };
    let serve = tokio::time::timeout(Duration::from_mins(1), serve);
    let (requests, settled) = tokio::join!(serve, local.settled());
    settled.unwrap();
    let requests = requests.expect("each failure is followed by another attempt");
    assert!(requests[0].starts_with("POST /2015-03-31/functions/mail/invocations HTTP/1.1"), "{}", requests[0]);
    assert!(requests.iter().all(|request| request.ends_with("}]}") && request.contains(r#""S":"a""#)));
}

#[tokio::test]
async fn a_template_without_a_function_feeds_nobody() {
    let directory = Directory::new();
    std::fs::create_dir_all(directory.path()).unwrap();
    let template = directory.path().join("template.yaml");
    std::fs::write(&template, "Resources: {Topic: {Type: 'AWS::SNS::Topic'}}").unwrap();
    let fed = Options { functions: only_mail(Scripted::default().function()), ..Options::new(&template) };
    assert!(matches!(LocalAws::start(fed).await, Err(local::Error::Template(_))));
    assert!(start(Options::new(&template)).await.settled().await.is_ok());
}

#[tokio::test]
async fn each_function_is_fed_its_own_streams_from_where_it_was() {
    let directory = Directory::new();
    let (mail, audit) = (Scripted::default(), Scripted::default());
    let both =
        Functions::InProcess([("mail".to_owned(), mail.function()), ("audit".to_owned(), audit.function())].into());
    let options = Options { state: Some(directory.path().to_owned()), ..options() };
    let local = start(Options { functions: both.clone(), ..options.clone() }).await;
    put(&local, "a letter").await;
    enter(&local, "an entry").await;
    local.settled().await.unwrap();
    assert_eq!(mail.batches().concat(), ["a letter"]);
    assert_eq!(audit.batches().concat(), ["an entry"]);

    // One that fails is in the way of its own records alone.
    local.feed("mail", Scripted::answering((0..9).map(|_| Answer::Error)).function()).await.unwrap();
    put(&local, "b").await;
    enter(&local, "c").await;
    while audit.batches().concat().len() < 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    local.shutdown().await;
    let local = start(Options { functions: both, ..options }).await;
    local.settled().await.unwrap();
    assert_eq!(mail.batches().concat(), ["a letter", "b"]);
    assert_eq!(audit.batches().concat(), ["an entry", "c"], "each stream has a position of its own");
}

#[tokio::test]
async fn a_function_behind_a_url_has_an_address_of_its_own() {
    let address = |name: &str| format!("POST /2015-03-31/functions/{name}/invocations HTTP/1.1");
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let functions = Functions::At(format!("http://{}", server.local_addr().unwrap()));
    let local = start(Options { functions, ..options() }).await;
    let mut asked = Vec::new();
    let serve = async {
        while asked.len() < 2 {
            let (mut stream, _) = server.accept().await.unwrap();
            let mut buffer = [0; 4096];
            let read = stream.read(&mut buffer).await.unwrap();
            asked.push(String::from_utf8_lossy(&buffer[..read]).lines().next().unwrap().to_owned());
            stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
        }
    };
    let (done, ()) = tokio::join!(local.run_task("end-accounts"), serve);
    done.unwrap();
    asked.sort();
    assert_eq!(asked, [address("audit"), address("mail")]);
}
