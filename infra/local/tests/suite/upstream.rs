use std::time::Duration;

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use aws_sdk_kms::primitives::Blob;
use local::Options;

use crate::feeder::Scripted;
use crate::ses::{simple, to};
use crate::world::{clients, only_mail, options, start};

#[tokio::test]
#[ignore = "needs another AWS emulator: AWS_UPSTREAM=http://… cargo test -p local -- --ignored"]
#[expect(clippy::disallowed_methods, reason = "the one setting of this test")]
async fn another_emulator_can_answer_instead() {
    let upstream = std::env::var("AWS_UPSTREAM").expect("AWS_UPSTREAM names the emulator");
    let function = Scripted::default();
    let table_prefix = format!("t{}", std::process::id());
    let options =
        Options { upstream: Some(upstream), table_prefix, functions: only_mail(function.function()), ..options() };
    let local = start(options.clone()).await;
    let clients = clients(&local);

    let text = |value: &str| AttributeValue::S(value.to_owned());
    let table = format!("{}-Mail", options.table_prefix);
    for key in ["a", "b", "c"] {
        let put = clients.dynamodb.put_item().table_name(&table).item("pk", text(key)).item("kind", text("verify"));
        put.send().await.unwrap();
        local.settled().await.unwrap();
    }
    assert_eq!(function.batches(), [["a"], ["b"], ["c"]]);
    let event = function.events.lock().unwrap()[0]["Records"][0].clone();
    assert!(event["dynamodb"]["ApproximateCreationDateTime"].is_number(), "{event}");

    let sealed = clients.kms.encrypt().key_id("alias/local-Key").plaintext(Blob::new("secret"));
    let sealed = sealed.encryption_context("owner", "ada").send().await.unwrap().ciphertext_blob.unwrap();
    let opened = clients.kms.decrypt().ciphertext_blob(sealed).encryption_context("owner", "ada").send().await.unwrap();
    assert_eq!(opened.plaintext, Some(Blob::new("secret")));

    let send = async |sender: &str| {
        let mail = clients.ses.send_email().from_email_address(sender).destination(to("ada@example.com"));
        mail.configuration_set_name("local").content(simple("Hi", Some("x"), None)).send().await
    };
    let accepted = send("Bitcain <no-reply@bitcain.example>").await.unwrap();
    assert_eq!(accepted.message_id(), Some(local.inbox(None)[0].id.as_str()));
    let refused = send("stranger@elsewhere.example").await.unwrap_err();
    assert_eq!(refused.code(), Some("MessageRejected"));
    let odd = clients.ses.send_email().from_email_address("no-reply@bitcain.example").destination(to("j\u{f6}rg@b.co"));
    let refused = odd.content(simple("Hi", Some("x"), None)).send().await.unwrap_err();
    assert_eq!(refused.code(), Some("BadRequestException"), "whatever the upstream would say");
    assert_eq!(local.inbox(Some("ada@example.com")).len(), 1, "only what the upstream accepted");
    assert_eq!(local.calls().ses["SendEmail"], 3);

    // It knows no conflicts either.
    local.set_conflicts(Duration::from_mins(1));
    let put = Put::builder().table_name(&table).item("pk", text("d")).build().unwrap();
    let transaction = TransactWriteItem::builder().put(put).build();
    clients.dynamodb.transact_write_items().transact_items(transaction).send().await.unwrap();
    let put = clients.dynamodb.put_item().table_name(&table).item("pk", text("d")).send().await;
    assert_eq!(put.unwrap_err().code(), Some("TransactionConflictException"));

    // What an earlier start has made is taken as it is.
    start(options).await;
}
