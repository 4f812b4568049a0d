//! Tokens as their owners see them.

use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    caller::{personal_token::TokenRecord, scope::Scope},
    http::Reply,
    time::Timestamp,
};
use zeroize::Zeroizing;

use crate::refusal::Refusal;

/// What a handler gives back: its answer, or why there is none.
pub type Replied<T> = Result<Reply<T>, Refusal>;

/// A personal token as its owner sees it, without what proves it. Every member is always there.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PersonalToken")]
pub struct TokenView {
    /// Names the token in paths.
    id: String,
    /// What its owner calls it.
    name: String,
    /// What a program may do by it.
    scopes: Vec<Scope>,
    /// The only exchange keys that it is good for; null where it is good for all.
    key_ids: Option<Vec<String>>,
    /// The only networks that it is good from; empty where it is good from everywhere.
    networks: Vec<String>,
    /// Whether the account had second factors when it was made.
    mfa: bool,
    /// When it was made.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// From when on it is good for nothing.
    #[schemars(extend("format" = "date-time"))]
    expires_at: String,
}

/// The caller's tokens.
#[derive(Serialize, JsonSchema)]
pub struct TokenList {
    /// Always true.
    success: bool,
    /// What this is, in English.
    message: &'static str,
    /// The list.
    data: Tokens,
}

/// Tokens, newest first.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PersonalTokens")]
struct Tokens {
    /// The tokens that are good for something.
    tokens: Vec<TokenView>,
}

/// A token that was made.
#[derive(Serialize, JsonSchema)]
pub struct TokenMade {
    /// Always true.
    success: bool,
    /// What has happened, in English.
    message: &'static str,
    /// The token, and what proves it.
    data: ShownToken,
}

/// A personal token and what proves it, which is never shown again.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ShownPersonalToken")]
struct ShownToken {
    #[serde(flatten)]
    view: TokenView,
    /// What a program shows as a bearer token.
    #[schemars(with = "String")]
    token: Zeroizing<String>,
}

/// A token that has ended.
#[derive(Serialize, JsonSchema)]
pub struct TokenEnded {
    /// Always true.
    success: bool,
    /// What has happened, in English.
    message: &'static str,
    /// Always null.
    data: (),
}

impl From<TokenRecord> for TokenView {
    fn from(record: TokenRecord) -> Self {
        Self {
            id: record.id.to_string(),
            name: record.name,
            scopes: record.scopes,
            key_ids: record.key_ids.map(|ids| ids.iter().map(ToString::to_string).collect()),
            networks: record.networks.iter().map(ToString::to_string).collect(),
            mfa: record.mfa,
            created_at: record.created_at.to_string(),
            expires_at: record.expires_at.to_string(),
        }
    }
}

impl TokenView {
    /// For the document.
    pub fn example() -> Self {
        let made = Timestamp::from_second(1_795_341_600);
        Self {
            id: "01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11".to_owned(),
            name: "portfolio tracker".to_owned(),
            scopes: vec![Scope::KeysRead],
            key_ids: None,
            networks: vec!["203.0.113.0/24".to_owned()],
            mfa: true,
            created_at: made.to_string(),
            expires_at: Timestamp::from_second(made.as_second() + 90 * 86_400).to_string(),
        }
    }
}

impl TokenList {
    /// Of tokens, newest first.
    pub const fn new(tokens: Vec<TokenView>) -> Self {
        Self { success: true, message: "Tokens", data: Tokens { tokens } }
    }
}

impl TokenMade {
    /// Of a token and what proves it.
    pub const fn new(view: TokenView, token: Zeroizing<String>) -> Self {
        Self { success: true, message: "Token made: it is shown this once", data: ShownToken { view, token } }
    }
}

impl TokenEnded {
    /// It is good for nothing any more.
    pub const fn new() -> Self {
        Self { success: true, message: "Token ended", data: () }
    }
}
