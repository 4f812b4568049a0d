//! Types of single fields: each parses once, at the door, and is valid from there on.

use compat::{email::EmailAddress, json::Json, validation::Flaw};
use schemars::{Schema, json_schema};
use zeroize::Zeroizing;

use crate::blank::is_blank;

/// A value that one field of a request may have.
pub trait Field: Sized {
    /// Parses the JSON value of the field.
    ///
    /// # Errors
    /// Which rule it breaks.
    fn parse(value: &Json) -> Result<Self, Flaw>;

    /// The rule, as far as JSON Schema can say it.
    fn schema() -> Schema;
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

/// What somebody calls something of theirs: 1 to 60 characters, something to see among them, no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(pub String);

/// `true` or `false`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch(pub bool);

/// A whole number from `MIN` to `MAX`, as a query writes it or as a JSON number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole<const MIN: u16, const MAX: u16>(pub u16);

fn text(value: &Json, minimum: usize) -> Result<&str, Flaw> {
    let text = match value {
        Json::String(text) => text,
        Json::Unpaired(_) => return Err(Flaw::not_unicode()),
        _ => return Err(Flaw::not_a_string()),
    };
    if text.chars().nth(minimum.saturating_sub(1)).is_none() && minimum > 0 {
        return Err(Flaw::too_short(minimum));
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
    fn parse(value: &Json) -> Result<Self, Flaw> {
        Ok(Self(text(value, MIN)?.to_owned()))
    }

    fn schema() -> Schema {
        text_schema(MIN)
    }
}

impl<const MIN: usize> Field for SecretText<MIN> {
    fn parse(value: &Json) -> Result<Self, Flaw> {
        Ok(Self(Zeroizing::new(text(value, MIN)?.to_owned())))
    }

    fn schema() -> Schema {
        text_schema(MIN)
    }
}

impl Name {
    /// The longest one. Code points.
    const LONGEST: usize = 60;
}

impl Field for Name {
    fn parse(value: &Json) -> Result<Self, Flaw> {
        let name = text(value, 1)?.trim();
        if is_blank(name) || name.chars().count() > Self::LONGEST || name.chars().any(char::is_control) {
            return Err(Flaw::value(
                "name must have 1 to 60 characters, one of them visible and none of them a control character",
            ));
        }
        Ok(Self(name.to_owned()))
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": Self::LONGEST })
    }
}

impl Field for Switch {
    fn parse(value: &Json) -> Result<Self, Flaw> {
        match value {
            Json::Bool(value) => Ok(Self(*value)),
            _ => Err(Flaw::not_a_bool()),
        }
    }

    fn schema() -> Schema {
        json_schema!({ "type": "boolean" })
    }
}

impl<const MIN: u16, const MAX: u16> Field for Whole<MIN, MAX> {
    fn parse(value: &Json) -> Result<Self, Flaw> {
        let (Json::String(digits) | Json::Int(digits)) = value else {
            return Err(Flaw::not_an_integer());
        };
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
            Err(_) => return Err(Flaw::no_integer_inside()),
        };
        let (least, most) = (i64::from(MIN), i64::from(MAX));
        if number < least {
            return Err(Flaw::below(MIN));
        }
        if number > most {
            return Err(Flaw::above(MAX));
        }
        u16::try_from(number).map(Self).map_err(|_| Flaw::no_integer_inside())
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
    fn parse(value: &Json) -> Result<Self, Flaw> {
        Self::parse(text(value, 0)?).map_err(|invalid| Flaw::email(&invalid.to_string()))
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "format": "email" })
    }
}
