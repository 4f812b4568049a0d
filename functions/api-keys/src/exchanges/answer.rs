//! What came back from an exchange, and what it says of a key.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::time::Timestamp;
use zeroize::Zeroizing;

use super::{Call, ConnectionStatus};

/// An answer as it arrived, whole and within the limits. It may hold tokens of the exchange: it is read once and dropped.
pub struct ExchangeAnswer {
    /// HTTP status.
    pub status: u16,
    text: Zeroizing<String>,
    json: Option<Value>,
}

/// What the answer means.
pub enum Interpretation {
    /// The key works.
    Accepted(KeyInfo),
    /// The key does not work, or nobody knows.
    Refused {
        /// In words of ours.
        status: ConnectionStatus,
        /// The exchange's own code, where our table knows it: other text of theirs goes nowhere.
        code: Option<String>,
    },
    /// One more question decides.
    Ask(Call),
}

/// What a key may do. `None`: the exchange does not say, which is never the same as no.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ApiKeyPermissions")]
pub struct Permissions {
    /// Look at balances and orders.
    pub read: Option<bool>,
    /// Place and cancel orders.
    pub trade: Option<bool>,
    /// Send funds out of the account.
    pub withdraw: Option<bool>,
    /// Move funds between accounts.
    pub transfer: Option<bool>,
}

/// Where permissions are known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "PermissionSource")]
pub enum PermissionSource {
    /// The exchange describes this very key.
    Key,
    /// Its kind of key can do this and no more, by protocol.
    Protocol,
    /// Nowhere: all we know is that the key works.
    None,
}

/// A key that works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// What it may do.
    pub permissions: Permissions,
    /// Who says so.
    pub source: PermissionSource,
    /// Whether it is limited to certain IP addresses; `None` where the exchange does not say.
    pub ip_restricted: Option<bool>,
    /// Those addresses and networks.
    pub ip_allow_list: Option<Vec<String>>,
    /// When the key ends.
    pub expires_at: Option<Timestamp>,
    /// Whether it can pay other users, though it cannot withdraw; `None` where the exchange could say and does not.
    pub can_pay_others: Option<bool>,
    /// The exchange's code for success, where it has one.
    pub code: Option<String>,
}

impl KeyInfo {
    /// Permissions that the exchange states for this very key.
    #[must_use]
    pub const fn of_key(permissions: Permissions) -> Self {
        Self {
            permissions,
            source: PermissionSource::Key,
            ip_restricted: None,
            ip_allow_list: None,
            expires_at: None,
            can_pay_others: Some(false),
            code: None,
        }
    }

    /// The key reads; the exchange says nothing else of it.
    #[must_use]
    pub fn unknown() -> Self {
        let permissions = Permissions { read: Some(true), trade: None, withdraw: None, transfer: None };
        Self { source: PermissionSource::None, ..Self::of_key(permissions) }
    }

    /// Limited to these addresses; none at all means not limited, and so does one entry that takes in every address. What is no
    /// address or network is left out.
    #[must_use]
    pub fn ips<'a>(mut self, list: impl IntoIterator<Item = &'a str>) -> Self {
        let mut entries: Vec<_> = list.into_iter().map(str::trim).filter(|entry| !entry.is_empty()).collect();
        if entries.iter().any(|entry| *entry == "*" || fixed_bits(entry) == Some(0)) {
            entries.clear();
        }
        self.ip_restricted = Some(!entries.is_empty());
        let networks = entries.into_iter().filter(|entry| fixed_bits(entry).is_some());
        self.ip_allow_list = Some(networks.map(str::to_owned).collect());
        self
    }

    /// Limited to these addresses, where the list is known.
    #[must_use]
    pub fn known_ips(self, list: Option<Vec<&str>>) -> Self {
        match list {
            Some(list) => self.ips(list),
            None => self,
        }
    }

    /// Until when the key lives.
    #[must_use]
    pub const fn until(mut self, expires_at: Option<Timestamp>) -> Self {
        self.expires_at = expires_at;
        self
    }

    /// The exchange's code for success.
    #[must_use]
    pub fn code(mut self, code: &str) -> Self {
        self.code = Some(code.to_owned());
        self
    }
}

/// How many bits an IP address, or one with a prefix length, fixes. `None` for what is neither.
fn fixed_bits(text: &str) -> Option<u8> {
    let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
    let all = match address.parse().ok()? {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    };
    prefix.map_or(Some(all), |prefix| prefix.parse().ok().filter(|bits| *bits <= all))
}

impl ExchangeAnswer {
    /// From HTTP status and body. A body that is no UTF-8 is as good as none.
    #[must_use]
    pub fn new(status: u16, body: Vec<u8>) -> Self {
        let text = Zeroizing::new(String::from_utf8(body).unwrap_or_default());
        let json = serde_json::from_str(&text).ok();
        Self { status, text, json }
    }

    /// The body as JSON; null when it is none.
    #[must_use]
    pub fn json(&self) -> &Value {
        self.json.as_ref().unwrap_or(&Value::Null)
    }

    /// The body where it is a short text in plain words, as what stands before an exchange sends: no JSON, no part of one, no
    /// page. Pages have words in them that say something else.
    #[must_use]
    pub fn plain(&self) -> Option<&str> {
        const MAX: usize = 200;
        let is_plain = self.json.is_none() && self.text.len() <= MAX;
        Some(self.text.as_str()).filter(|text| is_plain && !text.contains('<') && !text.starts_with(['{', '[']))
    }

    /// What the HTTP status alone says: the last resort, for a body that says nothing.
    #[must_use]
    pub fn by_http_status(&self) -> Interpretation {
        let status = match self.status {
            418 | 429 => ConnectionStatus::RateLimited,
            451 => ConnectionStatus::GeoBlocked,
            408 | 500.. => ConnectionStatus::ExchangeUnavailable,
            _ => ConnectionStatus::UnrecognisedResponse,
        };
        Interpretation::Refused { status, code: None }
    }
}

/// A flag that is one: a word or a number in its place says nothing.
pub(super) fn flag(value: &Value) -> Option<bool> {
    value.as_bool()
}

/// The words of a list; `None` when it is anything but a list of texts.
pub(super) fn texts(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

/// The words of a text with commas between them; `None` when it is no text.
pub(super) fn words(value: &Value) -> Option<Vec<&str>> {
    Some(value.as_str()?.split(',').map(str::trim).filter(|word| !word.is_empty()).collect())
}

/// Whether one of `words` is in the list. Unknown when the list is, or when it is empty: no exchange gives out keys without any
/// right, so an empty list was not filled in.
pub(super) fn has_any(list: Option<&Vec<&str>>, words: &[&str]) -> Option<bool> {
    list.filter(|list| !list.is_empty()).map(|list| list.iter().any(|word| words.contains(word)))
}

/// Whether a list has `wanted`. Unknown when it is no list or an empty one, or when it holds things of another kind and not this.
pub(super) fn listed<'a, T: PartialEq>(list: &'a Value, kind: fn(&'a Value) -> Option<T>, wanted: T) -> Option<bool> {
    let entries: Vec<_> = list.as_array()?.iter().map(kind).collect();
    if entries.contains(&Some(wanted)) {
        return Some(true);
    }
    (!entries.is_empty() && entries.iter().all(Option::is_some)).then_some(false)
}

/// A code, which some exchanges write as a number, some as a text, and some as either.
pub(super) fn code_in(value: &Value) -> Option<String> {
    match value {
        Value::String(code) => Some(code.clone()),
        Value::Number(code) => Some(code.to_string()),
        _ => None,
    }
}

/// A text; an empty one where there is none.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
