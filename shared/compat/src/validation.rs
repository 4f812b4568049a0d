//! A 422 as pydantic words it: each broken rule by its `type`, its `msg` and what the text was made of.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

use crate::json::Json;

/// A broken rule: its name, its text, and the values in the text. Never what was sent.
#[derive(Debug)]
pub struct Flaw {
    kind: &'static str,
    text: String,
    context: Option<Value>,
}

impl Flaw {
    /// A rule that pydantic does not know: `reason` completes "Value error, …".
    #[must_use]
    pub fn value(reason: &str) -> Self {
        Self::new("value_error", format!("Value error, {reason}"), json!({ "reason": reason }))
    }

    /// A string that is no e-mail address, for the reason that [`InvalidEmail`](crate::email::InvalidEmail) gives.
    #[must_use]
    pub fn email(reason: &str) -> Self {
        let text = format!("value is not a valid email address: {reason}");
        Self::new("value_error", text, json!({ "reason": reason }))
    }

    /// A field, or a body, that must be there and is not.
    #[must_use]
    pub fn missing() -> Self {
        Self::bare("missing", "Field required")
    }

    /// A body that is not JSON, in the words of [`Unreadable::Syntax`](crate::json::Unreadable::Syntax).
    #[must_use]
    pub fn not_json(message: &str) -> Self {
        Self::new("json_invalid", "JSON decode error".to_owned(), json!({ "error": message }))
    }

    /// A body that is no object.
    #[must_use]
    pub fn not_an_object() -> Self {
        Self::bare("model_attributes_type", "Input should be a valid dictionary or object to extract fields from")
    }

    /// A value that is no string.
    #[must_use]
    pub fn not_a_string() -> Self {
        Self::bare("string_type", "Input should be a valid string")
    }

    /// A string with half a surrogate pair: [`Json::Unpaired`].
    #[must_use]
    pub fn not_unicode() -> Self {
        let text = "Input should be a valid string, unable to parse raw data as a unicode string";
        Self::bare("string_unicode", text)
    }

    /// A string of fewer than `minimum` code points.
    #[must_use]
    pub fn too_short(minimum: usize) -> Self {
        let noun = if minimum == 1 { "character" } else { "characters" };
        let text = format!("String should have at least {minimum} {noun}");
        Self::new("string_too_short", text, json!({ "min_length": minimum }))
    }

    /// A value that is none of the words that are allowed.
    #[must_use]
    pub fn none_of(allowed: &[&str]) -> Self {
        let quoted: Vec<_> = allowed.iter().map(|word| format!("'{word}'")).collect();
        let expected = match quoted.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => String::new(),
        };
        Self::new("enum", format!("Input should be {expected}"), json!({ "expected": expected }))
    }

    /// A value that is neither `true` nor `false`.
    #[must_use]
    pub fn not_a_bool() -> Self {
        Self::bare("bool_type", "Input should be a valid boolean")
    }

    /// A value that can be no whole number: neither a string nor a number without fraction.
    #[must_use]
    pub fn not_an_integer() -> Self {
        Self::bare("int_type", "Input should be a valid integer")
    }

    /// A string that holds no whole number.
    #[must_use]
    pub fn no_integer_inside() -> Self {
        let text = "Input should be a valid integer, unable to parse string as an integer";
        Self::bare("int_parsing", text)
    }

    /// A value that is none of some words, which `expected` lists: `'one', 'two' or 'three'`.
    #[must_use]
    pub fn no_such_word(expected: &str) -> Self {
        Self::new("enum", format!("Input should be {expected}"), json!({ "expected": expected }))
    }

    /// A number below `minimum`.
    #[must_use]
    pub fn below(minimum: u16) -> Self {
        let text = format!("Input should be greater than or equal to {minimum}");
        Self::new("greater_than_equal", text, json!({ "ge": minimum }))
    }

    /// A number above `maximum`.
    #[must_use]
    pub fn above(maximum: u16) -> Self {
        let text = format!("Input should be less than or equal to {maximum}");
        Self::new("less_than_equal", text, json!({ "le": maximum }))
    }

    fn new(kind: &'static str, text: String, context: Value) -> Self {
        Self { kind, text, context: Some(context) }
    }

    fn bare(kind: &'static str, text: &str) -> Self {
        Self { kind, text: text.to_owned(), context: None }
    }
}

/// One entry of a 422's `detail`: a broken rule, where it was broken and by what.
#[derive(Serialize)]
pub struct FieldError {
    #[serde(rename = "type")]
    kind: &'static str,
    loc: Vec<Value>,
    msg: String,
    input: Json,
    #[serde(skip_serializing_if = "Option::is_none")]
    ctx: Option<Value>,
}

impl FieldError {
    /// `loc` begins with `body` or `query`; then comes the field, or in a text that is not JSON the number of a code point.
    /// `input` is echoed: `Json::Null` where it may be a secret.
    #[must_use]
    pub fn new(loc: Vec<Value>, input: Json, flaw: Flaw) -> Self {
        Self { kind: flaw.kind, loc, msg: flaw.text, input, ctx: flaw.context }
    }

    /// An entry for a field of the `body` or the `query` that echoes nothing.
    #[must_use]
    pub fn unechoed(part: &'static str, field: &'static str, flaw: Flaw) -> Self {
        Self::new(vec![json!(part), json!(field)], Json::Null, flaw)
    }
}

/// Without the input, which may be a password.
impl fmt::Debug for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldError").field("kind", &self.kind).field("loc", &self.loc).finish_non_exhaustive()
    }
}
