//! JSON as the clients of this API know it: read as Python's `json.loads` reads bytes, written as FastAPI writes it.
//!
//! `serde_json` cannot stand in: its messages and positions differ, `1.0` and large integers do not survive it, and it
//! refuses what Python takes (NaN, UTF-16, half a surrogate pair).

mod cursor;
mod decode;
mod number;
mod read;
mod string;
#[cfg(test)]
mod tests;
mod write;

use std::sync::Arc;

use indexmap::IndexMap;

/// The members of an object in the order of their first mention. The value is that of the last.
pub type Object = IndexMap<String, Json>;

/// A JSON value as Python sees it.
///
/// Cloning is cheap, so that every flaw of a body can echo it: arrays and objects are shared.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number without fraction and exponent: its decimal text, at most 4,300 digits.
    Int(String),
    /// Any other number. Not finite for `NaN`, `Infinity` and what exceeds an `f64`; written as `null` then.
    Float(f64),
    /// A string.
    String(String),
    /// A string with halves of surrogate pairs, which Python has and UTF-8 has not: replacement characters instead.
    Unpaired(String),
    /// An array.
    Array(Arc<Vec<Json>>),
    /// An object. Halves of surrogate pairs in a name are replaced too.
    Object(Arc<Object>),
}

impl Json {
    /// The text of a string. None for [`Json::Unpaired`]: two different ones may look the same.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
}

/// Why bytes are not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Characters, but not a JSON text.
    Syntax {
        /// Where: the number of code points before it, a byte order mark not counted.
        at: usize,
        /// What Python says about it.
        message: &'static str,
    },
    /// No characters at all, an integer over 4,300 digits, or arrays and objects nested over 958 deep.
    Undecodable,
}

/// Reads a JSON text in UTF-8, UTF-16 or UTF-32, with or without a byte order mark.
///
/// # Errors
/// The first thing that is wrong, as Python 3.11 finds it.
pub fn parse(bytes: &[u8]) -> Result<Json, Unreadable> {
    let text = decode::decode(bytes).ok_or(Unreadable::Undecodable)?;
    read::document(&text)
}
