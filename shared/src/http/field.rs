//! Types of single fields: each parses once, at the door, and is valid from there on.

use schemars::{Schema, json_schema};
use serde_json::{Value, json as context};
use zeroize::Zeroizing;

use super::json::Json;
use crate::email::EmailAddress;

/// A value that one field of a request may have.
pub trait Field: Sized {
    /// Parses the JSON value of the field.
    ///
    /// # Errors
    /// Which rule it breaks.
    fn parse(value: &Json) -> Result<Self, FieldError>;

    /// The rule, as far as JSON Schema can say it.
    fn schema() -> Schema;
}

/// The rule that a field breaks: its name and its text as FastAPI clients know them, and the values in the text (`ctx`).
#[derive(Debug)]
pub struct FieldError {
    pub(super) kind: &'static str,
    pub(super) text: String,
    pub(super) context: Option<Value>,
}

impl FieldError {
    /// A rule of our own: `reason` completes "Value error, …".
    #[must_use]
    pub fn value(reason: &str) -> Self {
        Self {
            kind: "value_error",
            text: format!("Value error, {reason}"),
            context: Some(context!({ "reason": reason })),
        }
    }

    fn bare(kind: &'static str, text: &str) -> Self {
        Self { kind, text: text.to_owned(), context: None }
    }

    /// A field that must be there and is not.
    #[must_use]
    pub fn missing() -> Self {
        Self::bare("missing", "Field required")
    }

    fn not_a_string() -> Self {
        Self::bare("string_type", "Input should be a valid string")
    }

    fn not_unicode() -> Self {
        let text = "Input should be a valid string, unable to parse raw data as a unicode string";
        Self::bare("string_unicode", text)
    }

    fn too_short(minimum: usize) -> Self {
        let noun = if minimum == 1 { "character" } else { "characters" };
        Self {
            kind: "string_too_short",
            text: format!("String should have at least {minimum} {noun}"),
            context: Some(context!({ "min_length": minimum })),
        }
    }
}

/// A string of at least `MIN` code points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text<const MIN: usize = 0>(pub String);

/// A string of at least `MIN` code points that is a password or a token: it cannot be printed, and this copy of it is wiped after use.
pub struct SecretText<const MIN: usize = 0>(Zeroizing<String>);

impl<const MIN: usize> SecretText<MIN> {
    /// Gives the text up.
    #[must_use]
    pub fn reveal(self) -> Zeroizing<String> {
        self.0
    }
}

/// `true` or `false`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch(pub bool);

/// A whole number from `MIN` to `MAX`, as a query writes it or as a JSON number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole<const MIN: u16, const MAX: u16>(pub u16);

fn text(value: &Json, minimum: usize) -> Result<&str, FieldError> {
    let text = match value {
        Json::String(text) => text,
        Json::Unpaired(_) => return Err(FieldError::not_unicode()),
        _ => return Err(FieldError::not_a_string()),
    };
    if text.chars().nth(minimum.saturating_sub(1)).is_none() && minimum > 0 {
        return Err(FieldError::too_short(minimum));
    }
    Ok(text)
}

fn text_schema(minimum: usize) -> Schema {
    if minimum == 0 {
        return json_schema!({ "type": "string" });
    }
    json_schema!({ "type": "string", "minLength": minimum })
}

impl<const MIN: usize> Field for Text<MIN> {
    fn parse(value: &Json) -> Result<Self, FieldError> {
        Ok(Self(text(value, MIN)?.to_owned()))
    }

    fn schema() -> Schema {
        text_schema(MIN)
    }
}

impl<const MIN: usize> Field for SecretText<MIN> {
    fn parse(value: &Json) -> Result<Self, FieldError> {
        Ok(Self(Zeroizing::new(text(value, MIN)?.to_owned())))
    }

    fn schema() -> Schema {
        text_schema(MIN)
    }
}

impl Field for Switch {
    fn parse(value: &Json) -> Result<Self, FieldError> {
        match value {
            Json::Bool(value) => Ok(Self(*value)),
            _ => Err(FieldError::bare("bool_type", "Input should be a valid boolean")),
        }
    }

    fn schema() -> Schema {
        json_schema!({ "type": "boolean" })
    }
}

impl<const MIN: u16, const MAX: u16> Field for Whole<MIN, MAX> {
    fn parse(value: &Json) -> Result<Self, FieldError> {
        let (Json::String(digits) | Json::Int(digits)) = value else {
            return Err(FieldError::bare("int_type", "Input should be a valid integer"));
        };
        let unparsable = "Input should be a valid integer, unable to parse string as an integer";
        // What does not fit is out of bounds whichever bound that is.
        let number = match digits.parse::<i64>() {
            Ok(number) => number,
            Err(_) if is_whole(digits) => {
                if digits.starts_with('-') {
                    i64::MIN
                } else {
                    i64::MAX
                }
            }
            Err(_) => return Err(FieldError::bare("int_parsing", unparsable)),
        };
        let (least, most) = (i64::from(MIN), i64::from(MAX));
        if number < least {
            let text = format!("Input should be greater than or equal to {MIN}");
            return Err(FieldError { kind: "greater_than_equal", text, context: Some(context!({ "ge": MIN })) });
        }
        if number > most {
            let text = format!("Input should be less than or equal to {MAX}");
            return Err(FieldError { kind: "less_than_equal", text, context: Some(context!({ "le": MAX })) });
        }
        u16::try_from(number).map(Self).map_err(|_| FieldError::bare("int_parsing", unparsable))
    }

    fn schema() -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}

fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

impl Field for EmailAddress {
    fn parse(value: &Json) -> Result<Self, FieldError> {
        Self::parse(text(value, 0)?).map_err(|invalid| {
            let reason = invalid.to_string();
            FieldError {
                kind: "value_error",
                text: format!("value is not a valid email address: {reason}"),
                context: Some(context!({ "reason": reason })),
            }
        })
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "format": "email" })
    }
}
