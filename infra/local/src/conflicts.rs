//! Transactions that are in the way of other writes, as they are on AWS.
//!
//! Neither the embedded database nor moto knows conflicts: both take one request after the other. `DynamoDB` refuses, as the page
//! "Amazon DynamoDB Transactions: How it works" says under "Transaction conflict handling"
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling>):
//! a `PutItem`, `UpdateItem` or `DeleteItem` fails with `TransactionConflictException` while a `TransactWriteItems` that names its item is
//! under way, and another `TransactWriteItems`, or a `TransactGetItems`, with `TransactionCanceledException`. The later one is
//! refused, and checks count like writes. Reads other than `TransactGetItems` never conflict.
//!
//! Of `BatchWriteItem` that page says that each of its writes is serializable, and nothing of refusals: here it waits. Transactions in
//! `PartiQL` hold nothing; no role lets a function make any.
//!
//! A transaction is under way here from its arrival until some time after its answer, so that whoever is not prepared finds out.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::Service;
use crate::call::Call;
use crate::lock::lock;
use crate::refusal::{Refusal, exception};

/// What may be wrong with an item of a transaction.
const NONE: &str = "None";
const CONFLICT: &str = "TransactionConflict";
const CONDITION: &str = "ConditionalCheckFailed";
const ONGOING: &str = "Transaction is ongoing for the item";
/// How often those who wait look again.
const LOOK: Duration = Duration::from_millis(1);

/// A row by its table and its primary key, as the request has them.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Row {
    table: String,
    pk: String,
    sk: String,
}

/// The transaction that a row is held by.
struct Holder {
    /// The client's token: the same request, sent again, is not in its own way.
    token: Option<String>,
    /// None while the transaction runs.
    answered: Option<Instant>,
}

/// The rows of the transactions that are under way.
pub(crate) struct Conflicts {
    /// How long rows stay held after the answer; when it is zero, nothing is.
    time: Mutex<Duration>,
    held: Mutex<HashMap<Row, Holder>>,
    /// Whether those who are refused have met one half of a change.
    halves: AtomicBool,
}

/// The rows of one transaction. They are free when it is dropped, unless the transaction took place.
pub(crate) struct Hold<'a> {
    conflicts: &'a Conflicts,
    rows: Vec<Row>,
    took_place: bool,
}

/// Why a call is refused.
pub(crate) enum Conflict {
    /// Its one row is held.
    Write,
    /// What is wrong with the items of a transaction, some of which are held.
    Transaction(Vec<&'static str>),
}

impl Conflicts {
    /// Transactions are under way until `time` after their answers.
    pub(crate) fn new(time: Duration) -> Self {
        Self { time: Mutex::new(time), held: Mutex::default(), halves: AtomicBool::new(false) }
    }

    /// Changes how long transactions are under way after their answers, those under way now among them.
    pub(crate) fn set(&self, time: Duration) {
        // What is over by the time before stays over.
        drop(self.held());
        *lock(&self.time) = time;
    }

    /// Whether a transaction that is refused from now on finds the conditions of its other items unmet, as where the one in its way
    /// has written some of its rows already.
    pub(crate) fn show_halves(&self, on: bool) {
        self.halves.store(on, Ordering::Relaxed);
    }

    /// Waits until no transaction is under way.
    pub(crate) async fn over(&self) {
        while self.is_held(|_| true) {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Lets a call in, unless a transaction is in its way. To be called when it would be executed.
    pub(crate) async fn enter(&self, call: &Call, body: &[u8]) -> Result<Option<Hold<'_>>, Conflict> {
        if call.service != Service::DynamoDb {
            return Ok(None);
        }
        let input = || serde_json::from_slice::<Value>(body).unwrap_or_default();
        match call.operation.as_str() {
            "PutItem" => self.write(&single(&input(), "Item")),
            "UpdateItem" | "DeleteItem" => self.write(&single(&input(), "Key")),
            "BatchWriteItem" => {
                let rows = batched(&input());
                while self.is_held(|row| rows.contains(row)) {
                    tokio::time::sleep(LOOK).await;
                }
                Ok(None)
            }
            "TransactGetItems" => self.look(&input()).map(|()| None),
            "TransactWriteItems" => self.transact(&input()),
            _ => Ok(None),
        }
    }

    fn write(&self, row: &Row) -> Result<Option<Hold<'_>>, Conflict> {
        if self.is_held(|held| held == row) { Err(Conflict::Write) } else { Ok(None) }
    }

    fn look(&self, input: &Value) -> Result<(), Conflict> {
        self.unobstructed(&self.held(), input)
    }

    fn unobstructed(&self, held: &HashMap<Row, Holder>, input: &Value) -> Result<(), Conflict> {
        let are_held: Vec<_> = transacted(input).iter().map(|row| held.contains_key(row)).collect();
        if !are_held.contains(&true) {
            return Ok(());
        }
        let shows_halves = self.halves.load(Ordering::Relaxed);
        let codes = are_held.iter().zip(actions(input)).map(|(is_held, (_, action))| match is_held {
            true => CONFLICT,
            false if shows_halves && action.get("ConditionExpression").is_some() => CONDITION,
            false => NONE,
        });
        Err(Conflict::Transaction(codes.collect()))
    }

    /// Holds all rows, or none.
    fn transact(&self, input: &Value) -> Result<Option<Hold<'_>>, Conflict> {
        let (rows, token) = (transacted(input), input["ClientRequestToken"].as_str().map(str::to_owned));
        let mut held = self.held();
        if token.is_some() && rows.iter().any(|row| held.get(row).is_some_and(|holder| holder.token == token)) {
            return Ok(None);
        }
        self.unobstructed(&held, input)?;
        held.extend(rows.iter().map(|row| (row.clone(), Holder { token: token.clone(), answered: None })));
        Ok(Some(Hold { conflicts: self, rows, took_place: false }))
    }

    fn is_held(&self, which: impl Fn(&Row) -> bool) -> bool {
        self.held().keys().any(which)
    }

    /// What is held now.
    fn held(&self) -> MutexGuard<'_, HashMap<Row, Holder>> {
        let (time, mut held) = (*lock(&self.time), lock(&self.held));
        held.retain(|_, holder| !time.is_zero() && holder.answered.is_none_or(|answered| answered.elapsed() < time));
        held
    }
}

impl Hold<'_> {
    /// The transaction has been answered. One that did not take place is over.
    pub(crate) fn end(mut self, took_place: bool) {
        self.took_place = took_place;
    }
}

impl Drop for Hold<'_> {
    /// Also when the client has gone away before the answer.
    fn drop(&mut self) {
        let mut held = lock(&self.conflicts.held);
        for row in &self.rows {
            match held.get_mut(row) {
                Some(holder) if self.took_place => holder.answered = Some(Instant::now()),
                _ => drop(held.remove(row)),
            }
        }
    }
}

impl Conflict {
    /// The answer as `DynamoDB` would write it.
    pub(crate) fn answer(&self) -> Response {
        let Self::Transaction(codes) = self else {
            return Refusal::new("TransactionConflictException", ONGOING).answer(Service::DynamoDb);
        };
        let reasons = codes.iter().map(|code| match *code {
            NONE => json!({ "Code": code }),
            CONDITION => json!({ "Code": code, "Message": "The conditional request failed" }),
            _ => json!({ "Code": code, "Message": ONGOING }),
        });
        let text = "Transaction cancelled, please refer cancellation reasons for specific reasons";
        let members = json!({
            "Message": format!("{text} [{}]", codes.join(", ")),
            "CancellationReasons": reasons.collect::<Vec<_>>(),
        });
        exception(Service::DynamoDb, StatusCode::BAD_REQUEST, "TransactionCanceledException", members)
    }
}

/// The row of a single write, whose key is in the member `key`.
fn single(action: &Value, key: &str) -> Row {
    row(&action["TableName"], &action[key])
}

/// The rows of a transaction, item by item.
fn transacted(input: &Value) -> Vec<Row> {
    actions(input).map(|(kind, action)| single(action, if kind == "Put" { "Item" } else { "Key" })).collect()
}

/// The items of a transaction, each with its kind.
fn actions(input: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let items = input["TransactItems"].as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item.as_object()?.iter().next())
}

/// The rows of a batch.
fn batched(input: &Value) -> Vec<Row> {
    let tables = input["RequestItems"].as_object().into_iter().flatten();
    let rows = tables.flat_map(|(table, requests)| {
        let requests = requests.as_array().map(Vec::as_slice).unwrap_or_default();
        requests.iter().map(move |request| match request.get("PutRequest") {
            Some(put) => row(&json!(table), &put["Item"]),
            None => row(&json!(table), &request["DeleteRequest"]["Key"]),
        })
    });
    rows.collect()
}

/// All our tables call their keys `pk` and `sk`; one without a sort key has null there.
fn row(table: &Value, key: &Value) -> Row {
    Row { table: table.to_string(), pk: key["pk"].to_string(), sk: key["sk"].to_string() }
}
