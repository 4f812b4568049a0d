use std::collections::BTreeMap;

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use aws_sdk_kms::primitives::Blob;
use local::{Fault, LocalAws, Mode, Service};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::ses::{simple, to};
use crate::world::{Clients, clients, options, start};

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

async fn put(clients: &Clients, key: &str) -> Result<(), String> {
    let put = clients.dynamodb.put_item().table_name("local-Mail").item("pk", text(key)).send().await;
    put.map(|_| ()).map_err(|error| error.code().unwrap_or("no code").to_owned())
}

async fn exists(clients: &Clients, key: &str) -> bool {
    let get = clients.dynamodb.get_item().table_name("local-Mail").key("pk", text(key)).consistent_read(true);
    get.send().await.unwrap().item.is_some()
}

/// The whole answer to a plain request, as a person with curl would see it.
pub async fn ask(local: &LocalAws, request: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(local.url().trim_start_matches("http://")).await.unwrap();
    let length = body.len();
    let request =
        format!("{request} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn calls_are_counted_by_operation() {
    let local = start(options()).await;
    assert_eq!(local.calls(), local::Calls::default(), "making the tables does not count");
    let clients = clients(&local);
    put(&clients, "a").await.unwrap();
    put(&clients, "b").await.unwrap();
    assert!(exists(&clients, "a").await);
    clients.kms.encrypt().key_id("alias/local-Key").plaintext(Blob::new("x")).send().await.unwrap();
    let mail = clients.ses.send_email().from_email_address("a@b.example").destination(to("ada@example.com"));
    mail.content(simple("x", Some("x"), None)).send().await.unwrap();

    let calls = local.calls();
    assert_eq!(calls.dynamodb, BTreeMap::from([("PutItem".to_owned(), 2), ("GetItem".to_owned(), 1)]));
    assert_eq!(calls.kms, BTreeMap::from([("Encrypt".to_owned(), 1)]));
    assert_eq!(calls.ses, BTreeMap::from([("SendEmail".to_owned(), 1)]));
    let answer = ask(&local, "GET /calls.json", "").await;
    let json = r#"{"dynamodb":{"GetItem":1,"PutItem":2},"kms":{"Encrypt":1},"ses":{"SendEmail":1}}"#;
    assert!(answer.ends_with(json), "{answer}");

    assert!(ask(&local, "DELETE /calls", "").await.starts_with("HTTP/1.1 204"));
    assert!(ask(&local, "GET /calls.json", "").await.ends_with(r#"{"dynamodb":{},"kms":{},"ses":{}}"#));
}

#[tokio::test]
async fn calls_to_one_table_can_be_left_out() {
    let local = start(options()).await;
    let clients = clients(&local);
    put(&clients, "a").await.unwrap();
    let put = |table: &str| {
        let put = Put::builder().table_name(table).item("pk", text("b")).item("sk", text("c")).build().unwrap();
        TransactWriteItem::builder().put(put).build()
    };
    let transaction = clients.dynamodb.transact_write_items();
    transaction.transact_items(put("local-Accounts")).transact_items(put("local-Mail")).send().await.unwrap();
    let transactions_only = BTreeMap::from([("TransactWriteItems".to_owned(), 1)]);
    assert_eq!(local.calls_without("local-Mail").dynamodb, transactions_only);
    assert_eq!(local.calls_without("local-Accounts").dynamodb.len(), 2);
}

#[tokio::test]
async fn an_unavailable_service_does_nothing() {
    let local = start(options()).await;
    let clients = clients(&local);
    local
        .set_fault(Service::DynamoDb, Fault { operation: Some("PutItem".to_owned()), ..Fault::all(Mode::Unavailable) });
    assert_eq!(put(&clients, "a").await, Err("InternalServerError".to_owned()));
    assert!(!exists(&clients, "a").await);
    assert_eq!(local.calls().dynamodb["PutItem"], 1, "a failed call is a call");
    local.clear_faults();
    assert_eq!(put(&clients, "a").await, Ok(()));
}

#[tokio::test]
async fn a_lost_answer_hides_what_was_done() {
    let local = start(options()).await;
    let clients = clients(&local);
    local.set_fault(Service::DynamoDb, Fault { times: Some(1), ..Fault::all(Mode::Lost) });
    assert_eq!(put(&clients, "a").await, Err("InternalServerError".to_owned()));
    assert!(exists(&clients, "a").await);
}

#[tokio::test]
async fn throttling_ends_after_so_many_calls() {
    let local = start(options()).await;
    let clients = clients(&local);
    for service in [Service::DynamoDb, Service::Kms, Service::Ses] {
        local.set_fault(service, Fault { times: Some(2), ..Fault::all(Mode::Throttled) });
    }
    let encrypt = async || {
        let encrypt = clients.kms.encrypt().key_id("alias/local-Key").plaintext(Blob::new("x")).send().await;
        encrypt.map(|_| ()).map_err(|error| error.code().unwrap_or("no code").to_owned())
    };
    let send = async || {
        let mail = clients.ses.send_email().from_email_address("a@b.example").destination(to("ada@example.com"));
        let sent = mail.content(simple("x", Some("x"), None)).send().await;
        sent.map(|_| ()).map_err(|error| error.code().unwrap_or("no code").to_owned())
    };
    for _ in 0..2 {
        assert_eq!(put(&clients, "a").await, Err("ProvisionedThroughputExceededException".to_owned()));
        assert_eq!(encrypt().await, Err("ThrottlingException".to_owned()));
        assert_eq!(send().await, Err("TooManyRequestsException".to_owned()));
    }
    assert_eq!((put(&clients, "a").await, encrypt().await, send().await), (Ok(()), Ok(()), Ok(())));
}

#[tokio::test]
async fn faults_are_planned_over_http() {
    let local = start(options()).await;
    let clients = clients(&local);
    let fault = r#"{"mode":"unavailable","operation":null,"times":null}"#;
    assert!(ask(&local, "PUT /faults/dynamodb", fault).await.starts_with("HTTP/1.1 204"));
    assert!(put(&clients, "a").await.is_err());
    assert!(ask(&local, "DELETE /faults", "").await.starts_with("HTTP/1.1 204"));
    assert_eq!(put(&clients, "a").await, Ok(()));
    for (path, fault) in [("sqs", fault), ("ses", r#"{"mode":"tired"}"#), ("ses", r#"{"mode":"lost","time":1}"#)] {
        assert!(ask(&local, &format!("PUT /faults/{path}"), fault).await.starts_with("HTTP/1.1 400"), "{path} {fault}");
    }
}

#[tokio::test]
async fn the_pages_show_the_mails() {
    let local = start(options()).await;
    let mail = clients(&local).ses.send_email().from_email_address("a@b.example").destination(to("ada+1@example.com"));
    mail.content(simple("<Hi>", Some("https://bitcain.example/x"), None)).send().await.unwrap();
    assert!(ask(&local, "GET /", "").await.contains("href=/inbox"));
    let page = ask(&local, "GET /inbox", "").await;
    assert!(page.contains("&lt;Hi&gt;") && page.contains("<a href=\"https://bitcain.example/x\">"), "{page}");
    let json = ask(&local, "GET /inbox.json?to=ada%2B1@example.com", "").await;
    assert!(json.contains(r#""to":"ada+1@example.com""#) && json.contains(r#""html":null"#), "{json}");
    assert!(ask(&local, "GET /inbox.json?to=bob@example.com", "").await.ends_with("[]"));
    assert!(ask(&local, "GET /nothing", "").await.starts_with("HTTP/1.1 404"));
}
