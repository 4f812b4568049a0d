//! A proven body as JSON, and the few things that may be taken from it. Whatever has the wrong shape is simply not there.

use compat::json::{Json, Object, parse};

use super::crypto::sha256_hex;

/// Authentic, but no JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl Malformed {
    /// The word of the receiver contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        "malformed_body"
    }
}

/// The longest id that counts as one. Characters; Onfido allows as many for a user.
const MAX_ID: usize = 256;
/// The longest word for a type or a status. Bytes.
const MAX_WORD: usize = 64;
/// The longest id of an event: it becomes the key of a row. Bytes.
const MAX_EVENT_ID: usize = 512;

/// A body. Paths into it name the members on the way, with slashes between them.
pub(super) struct Payload {
    root: Json,
    sha256: String,
}

impl Payload {
    /// Not with `serde_json`: it refuses half a surrogate pair, and a cut-off emoji in a remark must not cost an approval.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Malformed> {
        match parse(body) {
            Ok(root @ Json::Object(_)) => Ok(Self { root, sha256: sha256_hex(body) }),
            _ => Err(Malformed),
        }
    }

    fn find(&self, path: &str) -> Option<&Json> {
        path.split('/').try_fold(&self.root, |json, name| object(json)?.get(name))
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.find(path)?.as_str()
    }

    /// Whether there is anything but null.
    pub(super) fn has(&self, path: &str) -> bool {
        self.find(path).is_some_and(|json| *json != Json::Null)
    }

    /// An id: not empty, not too long, no control characters.
    pub(super) fn id(&self, path: &str) -> Option<String> {
        let text = self.text(path)?;
        let is_id = !text.is_empty() && text.chars().count() <= MAX_ID && !text.chars().any(char::is_control);
        is_id.then(|| text.to_owned())
    }

    /// A word of a provider's vocabulary. Free text does not look like one.
    pub(super) fn word(&self, path: &str) -> Option<String> {
        self.text(path).filter(|text| is_word(text)).map(str::to_owned)
    }

    /// The words of a list.
    pub(super) fn words(&self, path: &str) -> impl Iterator<Item = &str> {
        let items = match self.find(path) {
            Some(Json::Array(items)) => items.as_slice(),
            _ => &[],
        };
        items.iter().filter_map(Json::as_str)
    }

    /// A whole number.
    pub(super) fn int(&self, path: &str) -> Option<i64> {
        match self.find(path)? {
            Json::Int(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// A flag.
    pub(super) fn flag(&self, path: &str) -> Option<bool> {
        match self.find(path)? {
            Json::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The id of the event, made of these parts. When one is missing, it is the hash of the body: what is sent again unchanged
    /// is still known again.
    pub(super) fn event_id<const N: usize>(&self, parts: [Option<String>; N]) -> String {
        let parts: Option<Vec<_>> = parts.into_iter().collect();
        let id = parts.map(|parts| parts.join(":")).filter(|id| id.len() <= MAX_EVENT_ID);
        id.unwrap_or_else(|| format!("sha256:{}", self.sha256))
    }
}

fn object(json: &Json) -> Option<&Object> {
    match json {
        Json::Object(members) => Some(members),
        _ => None,
    }
}

fn is_word(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"._- ".contains(&byte);
    !text.is_empty() && text.len() <= MAX_WORD && text.bytes().all(is_letter)
}
