//! Writes and their conditions, and how they become expressions.

use std::{borrow::Cow, collections::HashMap};

use aws_sdk_dynamodb::{
    error::BuildError,
    types::{self, AttributeValue, TransactWriteItem},
};
use serde::Serialize;

use super::{Item, Store, key_of};
use crate::{error::Error, tables::Row};

/// What must hold for a write to take place. Attributes are top-level ones.
pub enum Condition {
    /// There is no such row.
    New,
    /// There is such a row.
    Exists,
    /// The attribute equals the value.
    Equals(&'static str, AttributeValue),
    /// The attribute equals one of the values.
    OneOf(&'static str, Vec<AttributeValue>),
    /// The attribute is a number greater than the value.
    Above(&'static str, AttributeValue),
    /// The attribute is a number below the value, or is not there.
    Below(&'static str, AttributeValue),
    /// The attribute is there.
    Present(&'static str),
    /// The attribute is not there.
    Absent(&'static str),
}

impl Condition {
    /// The attribute equals `value`.
    ///
    /// # Errors
    /// `Internal` when `value` cannot be stored.
    pub fn equals(attribute: &'static str, value: &impl Serialize) -> Result<Self, Error> {
        Ok(Self::Equals(attribute, to_attribute(value)?))
    }

    /// The attribute equals one of `values`, of which there are some.
    ///
    /// # Errors
    /// `Internal` when a value cannot be stored.
    pub fn one_of(attribute: &'static str, values: &[impl Serialize]) -> Result<Self, Error> {
        Ok(Self::OneOf(attribute, values.iter().map(to_attribute).collect::<Result<_, _>>()?))
    }

    /// The attribute is greater than the number `value`.
    ///
    /// # Errors
    /// `Internal` when `value` cannot be stored.
    pub fn above(attribute: &'static str, value: &impl Serialize) -> Result<Self, Error> {
        Ok(Self::Above(attribute, to_attribute(value)?))
    }

    /// The attribute is below the number `value`, or is not there.
    ///
    /// # Errors
    /// `Internal` when `value` cannot be stored.
    pub fn below(attribute: &'static str, value: &impl Serialize) -> Result<Self, Error> {
        Ok(Self::Below(attribute, to_attribute(value)?))
    }
}

/// A whole row.
pub struct Put<'a> {
    row: Row<'a>,
    item: Item,
    conditions: Vec<Condition>,
}

/// Changes of single attributes. Makes the row when there is none; state [`Condition::Exists`] where that would be wrong.
pub struct Update<'a> {
    row: Row<'a>,
    set: Vec<(Cow<'static, str>, Option<AttributeValue>)>,
    add: Option<(&'static str, i32)>,
    conditions: Vec<Condition>,
}

/// The end of a row, or only a look at it: what must hold of a row that is not written.
pub struct Target<'a> {
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
    Delete(Target<'a>),
    /// A row that must be as expected and stays so.
    Check(Target<'a>),
}

impl<'a> Target<'a> {
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
        Self { row, set: Vec::new(), add: None, conditions: Vec::new() }
    }

    /// Adds one to a number, which is 0 where it is not there.
    #[must_use]
    pub const fn count(self, attribute: &'static str) -> Self {
        self.add(attribute, 1)
    }

    /// Adds `number` to a number, which is 0 where it is not there.
    #[must_use]
    pub const fn add(mut self, attribute: &'static str, number: i32) -> Self {
        self.add = Some((attribute, number));
        self
    }

    /// Sets an attribute; `None` removes it.
    ///
    /// # Errors
    /// `Internal` when `value` cannot be stored.
    pub fn set(mut self, attribute: &'static str, value: &impl Serialize) -> Result<Self, Error> {
        let value = to_attribute(value)?;
        self.set.push((attribute.into(), Some(value).filter(|value| !matches!(value, AttributeValue::Null(_)))));
        Ok(self)
    }

    /// Sets every attribute that `content` has, and removes those that are null in it.
    ///
    /// # Errors
    /// `Internal` when `content` cannot be stored.
    pub fn set_all(mut self, content: &impl Serialize) -> Result<Self, Error> {
        let item: Item = serde_dynamo::to_item(content).map_err(unstorable)?;
        let not_null = |value: &AttributeValue| !matches!(value, AttributeValue::Null(_));
        self.set.extend(item.into_iter().map(|(name, value)| (name.into(), Some(value).filter(not_null))));
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
            Self::Delete(Target { row, conditions }) => {
                let mut expression = Expression::default();
                let delete = types::Delete::builder().table_name(store.name(row.table())).set_key(Some(key_of(&row)));
                let delete = delete
                    .set_condition_expression(expression.conditions(conditions))
                    .set_expression_attribute_names(expression.names())
                    .set_expression_attribute_values(expression.values());
                item.delete(delete.build().map_err(unbuildable)?)
            }
            Self::Check(Target { row, conditions }) => {
                let mut expression = Expression::default();
                let check =
                    types::ConditionCheck::builder().table_name(store.name(row.table())).set_key(Some(key_of(&row)));
                let check = check
                    .set_condition_expression(expression.conditions(conditions))
                    .set_expression_attribute_names(expression.names())
                    .set_expression_attribute_values(expression.values());
                item.condition_check(check.build().map_err(unbuildable)?)
            }
        }
        .build())
    }
}

/// Names and values go in by placeholder, so no attribute can be a reserved word and no value can become syntax.
#[derive(Default)]
struct Expression {
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Expression {
    fn name(&mut self, attribute: &str) -> String {
        let placeholder = format!("#{attribute}");
        self.names.insert(placeholder.clone(), attribute.to_owned());
        placeholder
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    fn changes(
        &mut self,
        changes: Vec<(Cow<'static, str>, Option<AttributeValue>)>,
        add: Option<(&'static str, i32)>,
    ) -> String {
        let (mut set, mut remove) = (Vec::new(), Vec::new());
        for (attribute, value) in changes {
            let name = self.name(&attribute);
            match value {
                Some(value) => set.push(format!("{name} = {}", self.value(value))),
                None => remove.push(name),
            }
        }
        let clause = |word: &str, parts: &[String]| match parts {
            [] => String::new(),
            parts => format!("{word} {} ", parts.join(", ")),
        };
        let mut added = |(attribute, number): (&str, i32)| {
            format!("{} {}", self.name(attribute), self.value(AttributeValue::N(number.to_string())))
        };
        let add: Vec<_> = add.into_iter().map(&mut added).collect();
        clause("SET", &set) + &clause("REMOVE", &remove) + &clause("ADD", &add)
    }

    fn conditions(&mut self, conditions: Vec<Condition>) -> Option<String> {
        let parts: Vec<_> = conditions.into_iter().map(|condition| self.condition(condition)).collect();
        (!parts.is_empty()).then(|| parts.join(" AND "))
    }

    fn condition(&mut self, condition: Condition) -> String {
        let (attribute, operator, value) = match condition {
            Condition::New => return format!("attribute_not_exists({})", self.name("pk")),
            Condition::Exists => return format!("attribute_exists({})", self.name("pk")),
            Condition::Equals(attribute, value) => (attribute, "=", value),
            Condition::OneOf(attribute, values) => {
                let values: Vec<_> = values.into_iter().map(|value| self.value(value)).collect();
                return format!("{} IN ({})", self.name(attribute), values.join(", "));
            }
            Condition::Above(attribute, value) => (attribute, ">", value),
            Condition::Below(attribute, value) => {
                let (name, value) = (self.name(attribute), self.value(value));
                return format!("(attribute_not_exists({name}) OR {name} < {value})");
            }
            Condition::Present(attribute) => return format!("attribute_exists({})", self.name(attribute)),
            Condition::Absent(attribute) => return format!("attribute_not_exists({})", self.name(attribute)),
        };
        format!("{} {operator} {}", self.name(attribute), self.value(value))
    }

    fn names(&self) -> Option<HashMap<String, String>> {
        Some(self.names.clone()).filter(|names| !names.is_empty())
    }

    fn values(self) -> Option<HashMap<String, AttributeValue>> {
        Some(self.values).filter(|values| !values.is_empty())
    }
}

fn to_attribute(value: &impl Serialize) -> Result<AttributeValue, Error> {
    serde_dynamo::to_attribute_value(value).map_err(unstorable)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unstorable(error: serde_dynamo::Error) -> Error {
    Error::internal(format!("not storable: {error}"))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unbuildable(error: BuildError) -> Error {
    Error::internal(format!("not a write: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_placeholders() {
        let mut expression = Expression::default();
        let changes = vec![("ttl".into(), Some(AttributeValue::N("5".into()))), ("status".into(), None)];
        assert_eq!(expression.changes(changes, Some(("n", -1))), "SET #ttl = :v0 REMOVE #status ADD #n :v1 ");
        let either = Condition::one_of("status", &["a", "b"]).unwrap();
        let above = Condition::above("ttl", &3).unwrap();
        let conditions = vec![Condition::Exists, above, Condition::Absent("end"), either];
        let expected = "attribute_exists(#pk) AND #ttl > :v2 AND attribute_not_exists(#end) AND #status IN (:v3, :v4)";
        assert_eq!(expression.conditions(conditions).unwrap(), expected);
        assert_eq!(expression.names().unwrap()["#status"], "status");
        assert_eq!(expression.values().unwrap().len(), 5);
    }
}
