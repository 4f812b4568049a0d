//! Transactions in the way of other writes, as an SDK client sees them.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Get, Put, PutRequest, TransactGetItem, TransactWriteItem, Update,
    WriteRequest,
};
use local::{Fault, LocalAws, Mode, Options, Service};

use crate::world::{clients, options, start};

/// Longer than any test takes.
const LONG: Duration = Duration::from_mins(1);
const ACCOUNTS: &str = "local-Accounts";
const MAIL: &str = "local-Mail";

async fn world(conflicts: Duration) -> (LocalAws, Client) {
    let local = start(Options { conflicts, ..options() }).await;
    let dynamodb = clients(&local).dynamodb;
    (local, dynamodb)
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

/// Of the table Accounts, whose rows have a sort key.
fn put(key: &str) -> TransactWriteItem {
    let put = Put::builder().table_name(ACCOUNTS).item("pk", text(key)).item("sk", text("s")).build().unwrap();
    TransactWriteItem::builder().put(put).build()
}

/// Of the table Mail, whose rows have none.
fn update(key: &str) -> TransactWriteItem {
    let update = Update::builder().table_name(MAIL).key("pk", text(key)).update_expression("SET a = :a");
    TransactWriteItem::builder().update(update.expression_attribute_values(":a", text("a")).build().unwrap()).build()
}

fn delete(key: &str) -> TransactWriteItem {
    let delete = Delete::builder().table_name(MAIL).key("pk", text(key)).build().unwrap();
    TransactWriteItem::builder().delete(delete).build()
}

/// That there is no such row.
fn check(key: &str) -> TransactWriteItem {
    let check = ConditionCheck::builder().table_name(MAIL).key("pk", text(key));
    let check = check.condition_expression("attribute_not_exists(pk)").build().unwrap();
    TransactWriteItem::builder().condition_check(check).build()
}

/// The reasons why a transaction is cancelled, and its message.
async fn transact(db: &Client, items: Vec<TransactWriteItem>) -> Result<(), (Vec<String>, String)> {
    cancelled(db.transact_write_items().set_transact_items(Some(items)).send().await)
}

fn cancelled<T>(answer: Result<T, SdkError<TransactWriteItemsError>>) -> Result<(), (Vec<String>, String)> {
    let Err(error) = answer else { return Ok(()) };
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error.into_service_error() else {
        panic!("not cancelled")
    };
    let codes = cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or_default().to_owned());
    Err((codes.collect(), cancelled.message.clone().unwrap_or_default()))
}

fn codes(reasons: &[&str]) -> Result<(), (Vec<String>, String)> {
    let message = format!(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
        reasons.join(", ")
    );
    Err((reasons.iter().map(|code| (*code).to_owned()).collect(), message))
}

fn code<T, E: ProvideErrorMetadata>(answer: Result<T, SdkError<E>>) -> Result<(), (String, String)> {
    let Err(error) = answer else { return Ok(()) };
    let text = |text: Option<&str>| text.unwrap_or("nothing").to_owned();
    Err((text(error.code()), text(error.message())))
}

/// The codes of a put, an update and a deletion of a row of the table Mail.
async fn writes(db: &Client, key: &str) -> [Result<(), (String, String)>; 3] {
    let put = db.put_item().table_name(MAIL).item("pk", text(key)).send().await;
    let update = db.update_item().table_name(MAIL).key("pk", text(key)).update_expression("REMOVE b").send().await;
    let delete = db.delete_item().table_name(MAIL).key("pk", text(key)).send().await;
    [code(put), code(update), code(delete)]
}

#[tokio::test]
async fn every_row_of_a_transaction_refuses_single_writes() {
    let (_local, db) = world(LONG).await;
    transact(&db, vec![put("put"), update("updated"), delete("deleted"), check("checked")]).await.unwrap();
    let ongoing = ("TransactionConflictException".to_owned(), "Transaction is ongoing for the item".to_owned());
    for key in ["updated", "deleted", "checked"] {
        assert_eq!(writes(&db, key).await, [(); 3].map(|()| Err(ongoing.clone())), "{key}");
    }
    let same_row = db.put_item().table_name(ACCOUNTS).item("pk", text("put")).item("sk", text("s"));
    assert_eq!(code(same_row.send().await), Err(ongoing));

    // Rows of the same partition, or of another table, are other rows.
    let neighbour = db.put_item().table_name(ACCOUNTS).item("pk", text("put")).item("sk", text("t"));
    assert_eq!(code(neighbour.send().await), Ok(()));
    assert_eq!(writes(&db, "put").await, [Ok(()), Ok(()), Ok(())]);
}

#[tokio::test]
async fn a_later_transaction_is_cancelled_and_told_of_which_items() {
    let (_local, db) = world(LONG).await;
    transact(&db, vec![put("a"), check("b")]).await.unwrap();
    let other = vec![check("free"), check("b"), put("c"), put("a")];
    let conflict = "TransactionConflict";
    assert_eq!(transact(&db, other).await, codes(&["None", conflict, "None", conflict]));
    // It held nothing, then.
    assert_eq!(transact(&db, vec![check("free"), put("c")]).await, Ok(()));
}

#[tokio::test]
async fn a_transaction_whose_conditions_fail_is_over() {
    let (_local, db) = world(LONG).await;
    db.put_item().table_name(MAIL).item("pk", text("there")).send().await.unwrap();
    assert_eq!(transact(&db, vec![check("there"), put("a")]).await, codes(&["ConditionalCheckFailed", "None"]));
    assert_eq!(writes(&db, "there").await, [Ok(()), Ok(()), Ok(())]);
    assert_eq!(transact(&db, vec![put("a")]).await, Ok(()));
}

#[tokio::test]
async fn of_two_transactions_at_once_one_is_cancelled() {
    let (local, db) = world(LONG).await;
    for round in 0..20 {
        let key = format!("key {round}");
        let held = Fault { times: Some(2), ..Fault::all(Mode::Held) };
        local.set_fault(Service::DynamoDb, held);
        let both = [0, 1].map(|_| transact(&db, vec![put(&key)]));
        let both = futures::future::join_all(both).await;
        let cancelled = both.iter().filter(|answer| **answer == codes(&["TransactionConflict"])).count();
        assert_eq!((cancelled, both.iter().filter(|answer| answer.is_ok()).count()), (1, 1), "{round}: {both:?}");
    }
}

#[tokio::test]
async fn the_same_request_sent_again_is_not_in_its_own_way() {
    let (_local, db) = world(LONG).await;
    let send = async |token: &str| {
        cancelled(db.transact_write_items().client_request_token(token).transact_items(put("a")).send().await)
    };
    assert_eq!(send("one").await, Ok(()));
    assert_eq!(send("one").await, Ok(()));
    assert_eq!(send("another").await, codes(&["TransactionConflict"]));
}

#[tokio::test]
async fn only_reads_in_a_transaction_conflict() {
    let (_local, db) = world(LONG).await;
    transact(&db, vec![put("a"), update("b")]).await.unwrap();
    let get = db.get_item().table_name(MAIL).key("pk", text("b")).consistent_read(true).send().await.unwrap();
    assert_eq!(get.item.unwrap()["a"], text("a"));
    let query = db.query().table_name(MAIL).key_condition_expression("pk = :pk");
    let query = query.expression_attribute_values(":pk", text("b")).send().await.unwrap();
    assert_eq!(query.count, 1);
    let get = |key: &str| {
        let get = Get::builder().table_name(MAIL).key("pk", text(key)).build().unwrap();
        TransactGetItem::builder().get(get).build()
    };
    let reads = db.transact_get_items().transact_items(get("free")).transact_items(get("b")).send().await;
    let (code, message) = code(reads).unwrap_err();
    assert_eq!(code, "TransactionCanceledException");
    assert!(message.ends_with("[None, TransactionConflict]"), "{message}");
    assert!(db.transact_get_items().transact_items(get("free")).send().await.is_ok());
}

#[tokio::test]
async fn a_transaction_is_in_the_way_for_so_long_and_batches_wait() {
    let time = Duration::from_millis(200);
    let (local, db) = world(time).await;
    for is_batch in [true, false] {
        let started = Instant::now();
        transact(&db, vec![update("a")]).await.unwrap();
        if is_batch {
            let put = PutRequest::builder().item("pk", text("a")).build().unwrap();
            let batch = vec![WriteRequest::builder().put_request(put).build()];
            let left = db.batch_write_item().request_items(MAIL, batch).send().await.unwrap().unprocessed_items;
            assert!(left.unwrap_or_default().is_empty());
        } else {
            local.no_conflicts().await;
        }
        assert!(started.elapsed() >= time, "{:?}", started.elapsed());
        assert_eq!(writes(&db, "a").await, [Ok(()), Ok(()), Ok(())]);
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_leaves_the_rows_held() {
    let (local, db) = world(LONG).await;
    local.set_fault(Service::DynamoDb, Fault { times: Some(1), ..Fault::all(Mode::Lost) });
    let lost = db.transact_write_items().transact_items(update("a")).send().await;
    assert_eq!(code(lost).unwrap_err().0, "InternalServerError");
    assert_eq!(transact(&db, vec![delete("a")]).await, codes(&["TransactionConflict"]));
}

#[tokio::test]
async fn the_time_is_set_over_http_and_zero_is_never() {
    let (local, db) = world(Duration::ZERO).await;
    let writes_at_once = async || {
        transact(&db, vec![update("a")]).await.unwrap();
        writes(&db, "a").await.into_iter().filter(Result::is_err).count()
    };
    assert_eq!(writes_at_once().await, 0);
    let set = async |body: &str| crate::door::ask(&local, "PUT /conflicts", body).await[..12].to_owned();
    assert_eq!(set(r#"{"hold_ms":60000}"#).await, "HTTP/1.1 204");
    assert_eq!(writes_at_once().await, 3);
    // That ends what is under way, too.
    assert_eq!(set(r#"{"hold_ms":0}"#).await, "HTTP/1.1 204");
    assert_eq!(writes_at_once().await, 0);
    for body in ["", "10", r#"{"hold_ms":-1}"#, r#"{"hold_ms":65536}"#, r#"{"hold":1}"#] {
        assert_eq!(set(body).await, "HTTP/1.1 400", "{body}");
    }
}
