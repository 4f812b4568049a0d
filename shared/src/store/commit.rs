//! How writes are carried out, and what a refusal tells.
//!
//! While a transaction is under way at a row, DynamoDB refuses every other write of it. That says nothing of conditions, even where one of
//! another row failed besides, for it may have met one half of somebody else's change. So it is waited out, here and for every kind of
//! write alike; where a change of what was read is at stake, by whoever reads it again ([`Store::race`]). The client of AWS leaves such
//! refusals alone: it repeats what was throttled, timed out or failed, under time limits of its own.

use std::panic::Location;

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::{
        delete_item::DeleteItemError,
        put_item::PutItemError,
        transact_write_items::{TransactWriteItemsError, builders::TransactWriteItemsFluentBuilder},
        update_item::UpdateItemError,
    },
    types::{
        CancellationReason, ReturnValue, ReturnValuesOnConditionCheckFailure, error::ConditionalCheckFailedException,
    },
};
use serde::de::DeserializeOwned;

use super::{Conflict, Put, Raced, Store, Update, Write, Written, asked_at, from_item, key_of};
use crate::{
    aws::{failure, is_throttling},
    contention::Contention,
    error::{Cause, Error},
    tables::Row,
};

/// The code of an item of a transaction that another one is under way at.
const CONFLICT: &str = "TransactionConflict";
/// The code of an item of a transaction whose condition does not hold.
const CONDITION: &str = "ConditionalCheckFailed";
const SHOW_WHAT_IS_THERE: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

impl Store {
    /// Writes a whole row, if its conditions hold.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`, `Internal`.
    #[track_caller]
    pub fn put(&self, put: Put<'_>) -> impl Future<Output = Result<Written<()>, Error>> {
        asked_at(Location::caller(), async move {
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
            match unobstructed("PutItem", || request.clone().send(), PutItemError::is_transaction_conflict_exception)
                .await?
            {
                Ok(_) => Ok(Written::Done(())),
                Err(error) => refused("PutItem", &error, |error| match error {
                    PutItemError::ConditionalCheckFailedException(refused) => Some(refused),
                    _ => None,
                }),
            }
        })
    }

    /// Changes a row, if its conditions hold, and answers with the row as it is then.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`; `Internal` when the row is not a `T`.
    #[track_caller]
    pub fn update<T: DeserializeOwned>(&self, update: Update<'_>) -> impl Future<Output = Result<Written<T>, Error>> {
        asked_at(Location::caller(), async move {
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
            let is_obstructed = UpdateItemError::is_transaction_conflict_exception;
            match unobstructed("UpdateItem", || request.clone().send(), is_obstructed).await? {
                Ok(answer) => from_item(answer.attributes.unwrap_or_default()).map(Written::Done),
                Err(error) => refused("UpdateItem", &error, |error| match error {
                    UpdateItemError::ConditionalCheckFailedException(refused) => Some(refused),
                    _ => None,
                }),
            }
        })
    }

    /// Deletes a row. One that is not there counts as deleted.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`, `Internal`.
    #[track_caller]
    pub fn delete(&self, row: Row<'_>) -> impl Future<Output = Result<(), Error>> {
        asked_at(Location::caller(), async move {
            let request = self.db.delete_item().table_name(self.name(row.table())).set_key(Some(key_of(&row)));
            let is_obstructed = DeleteItemError::is_transaction_conflict_exception;
            let deleted = unobstructed("DeleteItem", || request.clone().send(), is_obstructed).await?;
            deleted.map(|_| ()).map_err(|error| failure("DeleteItem", &error))
        })
    }

    /// Writes all of it or nothing, as one round of a competition for what was read before. While a transaction is under way at one of
    /// the rows, that is about to change: this is not waited out here, for what is written then would be out of date.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    #[track_caller]
    pub fn race(&self, writes: Vec<Write<'_>>) -> impl Future<Output = Result<Raced, Error>> {
        asked_at(Location::caller(), async move {
            let Err(error) = self.transaction(writes)?.send().await else { return Ok(Raced::Won) };
            if error.as_service_error().is_some_and(is_obstructed) {
                return Ok(Raced::Obstructed);
            }
            Ok(match cancelled(&error)? {
                Written::Done(()) => Raced::Won,
                Written::Conflict(_) => Raced::Overtaken,
            })
        })
    }

    /// Writes all of it or nothing.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`, `Internal`.
    #[track_caller]
    pub fn transact(&self, writes: Vec<Write<'_>>) -> impl Future<Output = Result<Written<()>, Error>> {
        asked_at(Location::caller(), async move {
            let request = self.transaction(writes)?;
            match unobstructed("TransactWriteItems", || request.clone().send(), is_obstructed).await? {
                Ok(_) => Ok(Written::Done(())),
                Err(error) => cancelled(&error),
            }
        })
    }

    fn transaction(&self, writes: Vec<Write<'_>>) -> Result<TransactWriteItemsFluentBuilder, Error> {
        let items = writes.into_iter().map(|write| write.build(self)).collect::<Result<Vec<_>, _>>()?;
        Ok(self.db.transact_write_items().set_transact_items(Some(items)))
    }
}

/// Sends a write, again and again while a transaction is under way at one of its rows. Each time it is a request of its own: one that was
/// refused has no effect that could be repeated.
async fn unobstructed<T, E, F>(
    call: &'static str,
    send: impl Fn() -> F,
    is_obstructed: impl Fn(&E) -> bool,
) -> Result<Result<T, SdkError<E>>, Error>
where
    F: Future<Output = Result<T, SdkError<E>>>,
{
    let mut contention = Contention::at_rows(call);
    loop {
        // Boxed: every request's future would carry its size, and that of the request besides.
        match Box::pin(send()).await {
            Err(error) if error.as_service_error().is_some_and(&is_obstructed) => contention.lost().await?,
            answer => return Ok(answer),
        }
    }
}

/// Whether another transaction was in the way of this one, and nothing else was wrong but conditions, perhaps.
fn is_obstructed(error: &TransactWriteItemsError) -> bool {
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else { return false };
    let codes = codes(cancelled.cancellation_reasons());
    codes.contains(&CONFLICT) && codes.iter().all(|code| [CONFLICT, CONDITION].contains(code))
}

/// What was wrong with the items of a cancelled transaction, those aside that nothing was wrong with.
fn codes(reasons: &[CancellationReason]) -> Vec<&str> {
    reasons.iter().filter_map(CancellationReason::code).filter(|code| *code != "None").collect()
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

/// What it means that a transaction did not take place.
fn cancelled(error: &SdkError<TransactWriteItemsError>) -> Result<Written<()>, Error> {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            verdict(cancelled.cancellation_reasons())
        }
        _ => Err(failure("TransactWriteItems", error)),
    }
}

/// What a cancelled transaction means.
fn verdict(reasons: &[CancellationReason]) -> Result<Written<()>, Error> {
    let codes = codes(reasons);
    if codes.contains(&CONDITION) && !codes.contains(&CONFLICT) {
        return Ok(Written::Conflict(None));
    }
    let cause = Cause::new(format!("TransactWriteItems: cancelled: {}", codes.join(", ")));
    Err(if codes.iter().any(|code| is_throttling("TransactWriteItems", code)) {
        Error::Throttled(cause)
    } else if codes.contains(&CONFLICT) {
        Error::Contended(cause)
    } else {
        Error::Internal(cause)
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::error::TransactionCanceledException;

    use super::*;

    fn reasons(codes: &[&str]) -> Vec<CancellationReason> {
        codes.iter().map(|code| CancellationReason::builder().code(*code).build()).collect()
    }

    fn is_waited_out(codes: &[&str]) -> bool {
        let exception = TransactionCanceledException::builder().set_cancellation_reasons(Some(reasons(codes)));
        is_obstructed(&TransactWriteItemsError::TransactionCanceledException(exception.build()))
    }

    #[test]
    fn conflicts_are_waited_out_with_conditions_that_failed_besides() {
        assert!(is_waited_out(&["None", CONFLICT, CONFLICT]));
        assert!(is_waited_out(&[CONDITION, CONFLICT, "None"]));
        for other in ["ProvisionedThroughputExceeded", "ThrottlingError", "ValidationError"] {
            assert!(!is_waited_out(&[CONFLICT, CONDITION, other]), "{other}");
        }
        for codes in [&["None", "None"][..], &[CONDITION], &[]] {
            assert!(!is_waited_out(codes), "{codes:?}");
        }
    }

    #[test]
    fn a_condition_that_failed_beside_a_conflict_says_nothing() {
        assert!(matches!(verdict(&reasons(&[CONDITION, "None"])), Ok(Written::Conflict(None))));
        for codes in [[CONDITION, CONFLICT], [CONFLICT, CONDITION]] {
            assert!(matches!(verdict(&reasons(&codes)), Err(Error::Contended(_))));
        }
        assert!(matches!(verdict(&reasons(&[CONFLICT, "ThrottlingError"])), Err(Error::Throttled(_))));
        assert!(matches!(verdict(&reasons(&[CONFLICT, "ValidationError"])), Err(Error::Contended(_))));
        assert!(matches!(verdict(&reasons(&["ValidationError"])), Err(Error::Internal(_))));
    }
}
