//! How the attributes of a row become a value, and what is said of a row that they make none of: which attribute is to blame, and nothing
//! of what is in it. Serde's own words quote that, so nothing of them is kept.

use std::{any::type_name, collections::hash_map, fmt};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{
    Deserializer,
    de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, Unexpected, Visitor},
    forward_to_deserialize_any,
};

use super::Item;
use crate::error::Error;

/// The content of a row.
///
/// # Errors
/// `Internal` when it is not a `T`.
#[track_caller]
pub fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, Error> {
    // Not in a closure, which would not tell the caller's place.
    match T::deserialize(ItemReader(item)) {
        Ok(content) => Ok(content),
        Err(flaw) => Err(Error::internal(format!("a stored {} is malformed: {flaw}", type_name::<T>()))),
    }
}

/// What is wrong with a row.
#[derive(Debug)]
enum ItemFlaw {
    /// This attribute is missing, or no value that it may have.
    Attribute(String),
    /// An attribute of a part that is stored flat (`flatten`), whose attributes serde does not tell apart: it should have been this, in the
    /// words of the type.
    Part(String),
    /// A rule of the type is broken.
    Rule,
}

impl fmt::Display for ItemFlaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(name) => write!(f, "attribute `{name}`"),
            Self::Part(expected) => write!(f, "an attribute that should be {expected}"),
            Self::Rule => f.write_str("an attribute breaks a rule of its type"),
        }
    }
}

impl std::error::Error for ItemFlaw {}

impl de::Error for ItemFlaw {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Rule
    }

    fn missing_field(name: &'static str) -> Self {
        Self::Attribute(name.to_owned())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::Part(expected.to_string())
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::Part(expected.to_string())
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::Part(format!("one of {}", expected.join(", ")))
    }
}

struct ItemReader(Item);

impl<'de> Deserializer<'de> for ItemReader {
    type Error = ItemFlaw;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ItemFlaw> {
        visitor.visit_map(Attributes { left: self.0.into_iter(), value: None })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

struct Attributes {
    left: hash_map::IntoIter<String, AttributeValue>,
    /// The attribute whose name was told last, until its value is.
    value: Option<(String, AttributeValue)>,
}

impl<'de> MapAccess<'de> for Attributes {
    type Error = ItemFlaw;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ItemFlaw> {
        let Some((name, value)) = self.left.next() else { return Ok(None) };
        let key = seed.deserialize(name.as_str().into_deserializer())?;
        self.value = Some((name, value));
        Ok(Some(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ItemFlaw> {
        let (name, value) = self.value.take().ok_or(ItemFlaw::Rule)?;
        let value = serde_dynamo::Deserializer::from_attribute_value(value.into());
        seed.deserialize(value).map_err(|_| ItemFlaw::Attribute(name))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Kept {
        #[expect(dead_code, reason = "what is read is not at stake")]
        number: u32,
        #[serde(flatten)]
        #[expect(dead_code, reason = "what is read is not at stake")]
        part: Part,
    }

    #[derive(Debug, Deserialize)]
    struct Part {
        #[expect(dead_code, reason = "what is read is not at stake")]
        word: String,
    }

    fn flaw(attributes: &[(&str, AttributeValue)]) -> String {
        let item = attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        match from_item::<Kept>(item) {
            Ok(_) => String::new(),
            Err(Error::Internal(cause)) => cause.to_string(),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_malformed_row_is_described_by_its_attribute_and_without_any_value() {
        let (number, word) = (AttributeValue::N("7".to_owned()), AttributeValue::S("canary".to_owned()));
        let rows = [
            ("", vec![("number", number.clone()), ("word", word.clone())]),
            ("attribute `number`", vec![("word", word.clone())]),
            ("attribute `number`", vec![("number", word.clone()), ("word", word.clone())]),
            ("attribute `number`", vec![("number", AttributeValue::N("-7".to_owned())), ("word", word)]),
            ("attribute `word`", vec![("number", number.clone())]),
            ("an attribute that should be a string", vec![("number", number.clone()), ("word", number)]),
        ];
        for (expected, row) in rows {
            let said = flaw(&row);
            assert!(said.contains(expected) && said.is_empty() == expected.is_empty(), "{said}");
            assert!(!said.contains("canary") && !said.contains("-7"), "{said}");
        }
    }

    #[test]
    fn the_place_is_where_it_was_read() {
        let Err(Error::Internal(cause)) = from_item::<Kept>(Item::new()) else { panic!("a row without attributes") };
        let here = format!("shared/src/store/item.rs:{})", line!() - 1);
        assert!(cause.to_string().contains(&here), "{cause}");
    }
}
