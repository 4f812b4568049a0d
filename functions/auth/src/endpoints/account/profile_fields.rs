//! What a profile may say.

use compat::{json::Json, validation::Flaw};
use schemars::{Schema, json_schema};
use serde::Serialize;
use shared::{
    blank::is_blank,
    http::{Field, Text},
};
use url::Url;

/// The longest name. Code points.
const MAX_NAME: usize = 200;
/// The longest address of a picture. Bytes.
const MAX_URL: usize = 2_048;

/// A name: trimmed, with something to see in it, without control characters.
#[derive(Serialize)]
pub struct FullName(String);

/// Where a picture is: https only.
#[derive(Serialize)]
pub struct AvatarUrl(String);

/// A number in E.164 form: `+`, then 2 to 15 digits, the first not 0.
#[derive(Serialize)]
pub struct Phone(String);

impl From<FullName> for String {
    fn from(FullName(text): FullName) -> Self {
        text
    }
}

impl From<AvatarUrl> for String {
    fn from(AvatarUrl(text): AvatarUrl) -> Self {
        text
    }
}

impl From<Phone> for String {
    fn from(Phone(text): Phone) -> Self {
        text
    }
}

impl Field for FullName {
    fn parse(value: &Json) -> Result<Self, Flaw> {
        let Text::<1>(text) = Field::parse(value)?;
        let name = text.trim();
        if is_blank(name) || text.chars().count() > MAX_NAME || text.chars().any(char::is_control) {
            return Err(Flaw::value(
                "full_name must have 1 to 200 characters, one of them visible and none of them a control character",
            ));
        }
        Ok(Self(name.to_owned()))
    }

    fn schema() -> Schema {
        let pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$";
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX_NAME, "pattern": pattern })
    }
}

impl Field for AvatarUrl {
    fn parse(value: &Json) -> Result<Self, Flaw> {
        let Text::<1>(text) = Field::parse(value)?;
        let url = Url::parse(&text).ok().filter(|url| url.scheme() == "https" && url.as_str().len() <= MAX_URL);
        let url = url.filter(|url| url.username().is_empty() && url.password().is_none());
        url.map(|url| Self(url.into()))
            .ok_or_else(|| Flaw::value("avatar_url must be an https URL of up to 2048 bytes"))
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "format": "uri", "pattern": "^https://", "maxLength": MAX_URL })
    }
}

impl Field for Phone {
    fn parse(value: &Json) -> Result<Self, Flaw> {
        let Text::<1>(text) = Field::parse(value)?;
        let digits = text.strip_prefix('+').unwrap_or_default();
        let is_number = digits.bytes().all(|digit| digit.is_ascii_digit()) && !digits.starts_with('0');
        if !is_number || !(2..=15).contains(&digits.len()) {
            return Err(Flaw::value("phone must be in E.164 form, such as +14155550100"));
        }
        Ok(Self(text))
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": r"^\+[1-9][0-9]{1,14}$" })
    }
}
