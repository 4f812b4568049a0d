//! What a program may do that somebody has made a personal token for: what has a scope, and nothing else.

mod answers;
mod costs;
mod matrix;
mod networks;

use serde_json::{Value, json};
use shared::caller::personal_token::PersonalToken;
use tests::{Reply, Session, World};

/// Where the tests' requests come from.
const HERE: &str = "203.0.113.0/24";
/// An address that is in no network of a token.
const ELSEWHERE: &str = "198.51.100.7";

/// Each operation that programs are let in to, and by which scope: the table of the design.
const TABLE: [(&str, &str, &str); 9] = [
    ("GET", "/auth/profile", "profile"),
    ("GET", "/api/v1/api-keys/", "keys:read"),
    ("GET", "/api/v1/api-keys/{key_id}/events", "keys:read"),
    ("POST", "/api/v1/api-keys/", "keys:write"),
    ("PATCH", "/api/v1/api-keys/{key_id}", "keys:write"),
    ("DELETE", "/api/v1/api-keys/{key_id}", "keys:write"),
    ("POST", "/api/v1/api-keys/{key_id}/test-connection", "keys:write"),
    ("POST", "/api/v1/api-keys/{key_id}/decrypt", "keys:decrypt"),
    ("GET", "/api/kyc/status", "kyc:read"),
];

/// A token that somebody has made for a program.
#[derive(Clone)]
pub struct Token {
    /// What the program shows.
    pub secret: String,
    /// Names it.
    pub id: String,
}

/// What a token may be for: these scopes, from where the tests' requests come from, for a month.
pub fn good_for(scopes: &[&str]) -> Value {
    json!({ "name": "a program", "scopes": scopes, "networks": [HERE], "expires_in_days": 30 })
}

/// A token that somebody who is signed in makes for a program.
pub async fn makes_token(world: &World, session: &Session, wanted: Value) -> Token {
    let secret = world.token_with(session, wanted).await;
    let (_, id) = PersonalToken::parse(&secret).expect("a token").names();
    Token { secret, id: id.to_string() }
}

/// A token is ended by its owner.
pub async fn ends_token(world: &World, session: &Session, token: &Token) -> Reply {
    world.delete_as(session, &format!("/oauth/tokens/{}", token.id)).await
}

/// The row of a token.
pub async fn row_of(world: &World, token: &Token) -> Value {
    let rows = world.rows("Grants").await;
    rows.into_iter().find(|row| row["id"] == token.id.as_str()).expect("the row of a token")
}

impl Token {
    /// A request by the program.
    pub async fn asks(&self, world: &World, method: &'static str, path: &str, body: Option<Value>) -> Reply {
        Box::pin(world.ask_by(&self.secret, method, path, body)).await
    }
}
