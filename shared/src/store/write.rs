//! Writes: a whole row, changes of one, the end of one, or a look at one, and several of them as one transaction.

use std::borrow::Cow;

use aws_sdk_dynamodb::{
    error::BuildError,
    types::{self, AttributeValue, TransactWriteItem},
};
use serde::Serialize;

use super::{
    Item, Store,
    condition::{Condition, to_attribute, unstorable},
    expression::{Expression, Path},
    key_of,
};
use crate::{error::Error, tables::Row};

/// A whole row.
pub struct Put<'a> {
    row: Row<'a>,
    item: Item,
    conditions: Vec<Condition>,
}

/// Changes of single attributes. Makes the row when there is none; state [`Condition::Exists`] where that would be wrong.
pub struct Update<'a> {
    row: Row<'a>,
    set: Vec<(Path, Option<AttributeValue>)>,
    add: Vec<(Cow<'static, str>, AttributeValue)>,
    conditions: Vec<Condition>,
}

/// A row, and what must hold of it.
pub struct Expected<'a> {
    row: Row<'a>,
    conditions: Vec<Condition>,
}

/// One part of a transaction.
pub enum Write<'a> {
    /// A whole row.
    Put(Put<'a>),
    /// Changes of a row.
    Update(Update<'a>),
    /// The end of a row.
    Delete(Expected<'a>),
    /// A row that must be as expected and stays so.
    Check(Expected<'a>),
}

impl<'a> Expected<'a> {
    /// Whatever the row is like.
    #[must_use]
    pub const fn new(row: Row<'a>) -> Self {
        Self { row, conditions: Vec::new() }
    }

    /// Only if `condition` holds, too.
    #[must_use]
    pub fn when(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }

    fn deletion(self, store: &Store) -> Result<types::Delete, Error> {
        let mut expression = Expression::default();
        types::Delete::builder()
            .table_name(store.name(self.row.table()))
            .set_key(Some(key_of(&self.row)))
            .set_condition_expression(expression.conditions(self.conditions))
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .build()
            .map_err(unbuildable)
    }

    fn check(self, store: &Store) -> Result<types::ConditionCheck, Error> {
        let mut expression = Expression::default();
        types::ConditionCheck::builder()
            .table_name(store.name(self.row.table()))
            .set_key(Some(key_of(&self.row)))
            .set_condition_expression(expression.conditions(self.conditions))
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .build()
            .map_err(unbuildable)
    }
}

impl<'a> Put<'a> {
    /// Writes `content` as `row`, whatever was there.
    ///
    /// # Errors
    /// `Internal` when `content` cannot be stored.
    pub fn new(row: Row<'a>, content: &impl Serialize) -> Result<Self, Error> {
        let mut item: Item = serde_dynamo::to_item(content).map_err(unstorable)?;
        item.retain(|_, value| !matches!(value, AttributeValue::Null(_)));
        item.extend(key_of(&row));
        Ok(Self { row, item, conditions: Vec::new() })
    }

    /// Writes only if `condition` holds, too.
    #[must_use]
    pub fn when(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }

    pub(super) fn build(self, store: &Store) -> Result<types::Put, Error> {
        let mut expression = Expression::default();
        let condition = expression.conditions(self.conditions);
        types::Put::builder()
            .table_name(store.name(self.row.table()))
            .set_item(Some(self.item))
            .set_condition_expression(condition)
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .build()
            .map_err(unbuildable)
    }
}

impl<'a> Update<'a> {
    /// Changes nothing yet.
    #[must_use]
    pub const fn new(row: Row<'a>) -> Self {
        Self { row, set: Vec::new(), add: Vec::new(), conditions: Vec::new() }
    }

    /// Adds one to a number, which is 0 where it is not there.
    #[must_use]
    pub fn count(self, attribute: impl Into<Cow<'static, str>>) -> Self {
        self.add(attribute, 1)
    }

    /// Adds `number` to a number, which is 0 where it is not there.
    #[must_use]
    pub fn add(mut self, attribute: impl Into<Cow<'static, str>>, number: i32) -> Self {
        self.add.push((attribute.into(), AttributeValue::N(number.to_string())));
        self
    }

    /// Adds a member to a set of texts, which has none where it is not there.
    #[must_use]
    pub fn add_member(mut self, set: &'static str, member: &str) -> Self {
        self.add.push((set.into(), AttributeValue::Ss(vec![member.to_owned()])));
        self
    }

    /// Sets an attribute; `None` removes it.
    ///
    /// # Errors
    /// `Internal` when `value` cannot be stored.
    pub fn set(mut self, attribute: &'static str, value: &impl Serialize) -> Result<Self, Error> {
        self.set.push((Path::of(attribute), not_null(to_attribute(value)?)));
        Ok(self)
    }

    /// Sets the entry `key` of an attribute that is a map; `None` removes it. The map must be there: DynamoDB makes none on the way.
    ///
    /// # Errors
    /// `Internal` when `value` cannot be stored.
    pub fn set_entry(mut self, map: &'static str, key: &str, value: &impl Serialize) -> Result<Self, Error> {
        self.set.push((Path::entry(map, key), not_null(to_attribute(value)?)));
        Ok(self)
    }

    /// Sets every attribute that `content` has, and removes those that are null in it.
    ///
    /// # Errors
    /// `Internal` when `content` cannot be stored.
    pub fn set_all(mut self, content: &impl Serialize) -> Result<Self, Error> {
        let item: Item = serde_dynamo::to_item(content).map_err(unstorable)?;
        self.set.extend(item.into_iter().map(|(name, value)| (Path::of(name), not_null(value))));
        Ok(self)
    }

    /// Changes only if `condition` holds, too.
    #[must_use]
    pub fn when(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }

    pub(super) fn build(self, store: &Store) -> Result<types::Update, Error> {
        let mut expression = Expression::default();
        let update = expression.changes(self.set, self.add);
        let condition = expression.conditions(self.conditions);
        types::Update::builder()
            .table_name(store.name(self.row.table()))
            .set_key(Some(key_of(&self.row)))
            .update_expression(update)
            .set_condition_expression(condition)
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .build()
            .map_err(unbuildable)
    }
}

impl Write<'_> {
    pub(super) fn build(self, store: &Store) -> Result<TransactWriteItem, Error> {
        let item = TransactWriteItem::builder();
        Ok(match self {
            Self::Put(put) => item.put(put.build(store)?),
            Self::Update(update) => item.update(update.build(store)?),
            Self::Delete(expected) => item.delete(expected.deletion(store)?),
            Self::Check(expected) => item.condition_check(expected.check(store)?),
        }
        .build())
    }
}

fn not_null(value: AttributeValue) -> Option<AttributeValue> {
    Some(value).filter(|value| !matches!(value, AttributeValue::Null(_)))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
pub(super) fn unbuildable(error: BuildError) -> Error {
    Error::internal(format!("not a write: {error}"))
}
