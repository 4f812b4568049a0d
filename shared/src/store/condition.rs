//! What must hold for a write.

use std::borrow::Cow;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;

use crate::error::Error;

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
    Below(Cow<'static, str>, AttributeValue),
    /// The attribute is a set with fewer members than that, or is not there.
    Smaller(&'static str, u32),
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
    pub fn below(attribute: impl Into<Cow<'static, str>>, value: &impl Serialize) -> Result<Self, Error> {
        Ok(Self::Below(attribute.into(), to_attribute(value)?))
    }
}

pub(super) fn to_attribute(value: &impl Serialize) -> Result<AttributeValue, Error> {
    serde_dynamo::to_attribute_value(value).map_err(unstorable)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
pub(super) fn unstorable(error: serde_dynamo::Error) -> Error {
    Error::internal(format!("not storable: {error}"))
}
