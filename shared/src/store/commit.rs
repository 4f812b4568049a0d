//! How writes are carried out, and what a refusal tells.

use std::time::Duration;

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::{put_item::PutItemError, transact_write_items::TransactWriteItemsError, update_item::UpdateItemError},
    types::{
        CancellationReason, ReturnValue, ReturnValuesOnConditionCheckFailure, error::ConditionalCheckFailedException,
    },
};
use serde::de::DeserializeOwned;

use super::{Conflict, Put, Store, Update, Write, Written, from_item, key_of};
use crate::{
    aws::{failure, is_throttling},
    error::Error,
    keys::Row,
    random,
};

/// Tries of a transaction that is in the way of others.
const TRIES: u64 = 6;
const SHOW_WHAT_IS_THERE: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

impl Store {
    /// Writes a whole row, if its conditions hold.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn put(&self, put: Put<'_>) -> Result<Written<()>, Error> {
        let put = put.build(self)?;
        let request = self
            .db
            .put_item()
            .table_name(put.table_name)
            .set_item(Some(put.item))
            .set_condition_expression(put.condition_expression)
            .set_expression_attribute_names(put.expression_attribute_names)
            .set_expression_attribute_values(put.expression_attribute_values)
            .return_values_on_condition_check_failure(SHOW_WHAT_IS_THERE);
        match request.send().await {
            Ok(_) => Ok(Written::Done(())),
            Err(error) => refused("PutItem", &error, |error| match error {
                PutItemError::ConditionalCheckFailedException(refused) => Some(refused),
                _ => None,
            }),
        }
    }

    /// Changes a row, if its conditions hold, and answers with the row as it is then.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when the row is not a `T`.
    pub async fn update<T: DeserializeOwned>(&self, update: Update<'_>) -> Result<Written<T>, Error> {
        let update = update.build(self)?;
        let request = self
            .db
            .update_item()
            .table_name(update.table_name)
            .set_key(Some(update.key))
            .update_expression(update.update_expression)
            .set_condition_expression(update.condition_expression)
            .set_expression_attribute_names(update.expression_attribute_names)
            .set_expression_attribute_values(update.expression_attribute_values)
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(SHOW_WHAT_IS_THERE);
        match request.send().await {
            Ok(answer) => from_item(answer.attributes.unwrap_or_default()).map(Written::Done),
            Err(error) => refused("UpdateItem", &error, |error| match error {
                UpdateItemError::ConditionalCheckFailedException(refused) => Some(refused),
                _ => None,
            }),
        }
    }

    /// Deletes a row. One that is not there counts as deleted.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn delete(&self, row: Row<'_>) -> Result<(), Error> {
        let request = self.db.delete_item().table_name(self.name(row.table())).set_key(Some(key_of(&row)));
        request.send().await.map_err(|error| failure("DeleteItem", &error))?;
        Ok(())
    }

    /// Writes all of it or nothing. That another transaction is under way at one of the rows says nothing about conditions, so
    /// that is waited out here.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn transact(&self, writes: Vec<Write<'_>>) -> Result<Written<()>, Error> {
        let items = writes.into_iter().map(|write| write.build(self)).collect::<Result<Vec<_>, _>>()?;
        for try_number in 1..=TRIES {
            let request = self.db.transact_write_items().set_transact_items(Some(items.clone()));
            let Err(error) = request.send().await else { return Ok(Written::Done(())) };
            let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
            else {
                return Err(failure("TransactWriteItems", &error));
            };
            if let Some(verdict) = verdict(cancelled.cancellation_reasons()) {
                return verdict;
            }
            let [jitter] = random::bytes()?;
            tokio::time::sleep(Duration::from_millis(try_number * 10 + u64::from(jitter % 16))).await;
        }
        Err(Error::Unavailable("TransactWriteItems: the rows are contended".to_owned()))
    }
}

fn refused<T, E>(
    call: &'static str,
    error: &SdkError<E>,
    by_condition: impl Fn(&E) -> Option<&ConditionalCheckFailedException>,
) -> Result<Written<T>, Error>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match error.as_service_error().and_then(by_condition) {
        Some(refused) => Ok(Written::Conflict(refused.item.clone().map(Conflict))),
        None => Err(failure(call, error)),
    }
}

/// What a cancelled transaction means; `None` when it was in the way of another one and of nothing else.
fn verdict(reasons: &[CancellationReason]) -> Option<Result<Written<()>, Error>> {
    let codes: Vec<&str> = reasons.iter().filter_map(CancellationReason::code).filter(|code| *code != "None").collect();
    if codes.contains(&"ConditionalCheckFailed") {
        return Some(Ok(Written::Conflict(None)));
    }
    if !codes.is_empty() && codes.iter().all(|code| *code == "TransactionConflict") {
        return None;
    }
    let cause = format!("TransactWriteItems: cancelled: {}", codes.join(", "));
    let is_load =
        codes.iter().any(|code| is_throttling("TransactWriteItems", code)) || codes.contains(&"TransactionConflict");
    Some(Err(if is_load { Error::Unavailable(cause) } else { Error::Internal(cause) }))
}
