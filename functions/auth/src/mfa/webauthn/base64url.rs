//! Bytes in JSON: base64url without padding, each text the only one for its bytes.

use std::fmt;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Bytes of the longest part of a response that is looked at.
pub const MOST: usize = 16 * 1024;

/// Bytes that are base64url in JSON and in rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(with = "String")]
pub struct Binary(pub Vec<u8>);

impl Binary {
    /// From base64url; `None` for any other text, and for more than [`MOST`] bytes, of which none is decoded.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        if text.len() > (MOST * 4).div_ceil(3) {
            return None;
        }
        BASE64_URL_SAFE_NO_PAD.decode(text).ok().map(Self)
    }

    /// The one text for these bytes.
    #[must_use]
    pub fn encode(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(&self.0)
    }
}

impl Serialize for Binary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.encode())
    }
}

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text)
    }
}

/// Decodes the text where it lies, without a copy of it.
struct Text;

impl de::Visitor<'_> for Text {
    type Value = Binary;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("base64url")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Binary, E> {
        Binary::decode(text).ok_or_else(|| E::custom("not base64url, or too long"))
    }
}
