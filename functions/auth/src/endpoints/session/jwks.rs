//! `GET /.well-known/jwks.json`: the public keys, so that other services can check tokens offline.

use axum::{
    extract::State,
    http::{HeaderValue, header},
};
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    caller::token::PublicKey,
    error::Error,
    http::{Operation, Reply},
    now::Now,
    rotation::PUBLIC_MAX_AGE,
};

use crate::state::Auth;

/// The public keys of access tokens (RFC 7517).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "JsonWebKeySet")]
pub struct KeySet {
    /// All keys that are published.
    keys: Vec<Key>,
}

/// An ECDSA key on P-256.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "JsonWebKey")]
struct Key {
    /// The type of the key: `EC`.
    kty: &'static str,
    /// The curve of the key: `P-256`.
    crv: &'static str,
    /// The algorithm that the key is for: `ES256`.
    alg: &'static str,
    /// What the key is used for: `sig`.
    #[serde(rename = "use")]
    usage: &'static str,
    #[serde(flatten)]
    public: PublicKey,
}

impl From<PublicKey> for Key {
    fn from(public: PublicKey) -> Self {
        Self { kty: "EC", crv: "P-256", alg: "ES256", usage: "sig", public }
    }
}

/// All published keys. Whoever checks tokens may keep them for ten minutes.
pub async fn jwks(State(auth): State<Auth>, Now(now): Now) -> Result<Reply<KeySet>, Error> {
    // On a first start the key is made here.
    auth.secrets(now).await?;
    let published = auth.app.tokens.published(now).await?;
    let cacheable = HeaderValue::try_from(format!("public, max-age={}", PUBLIC_MAX_AGE.as_secs()));
    let cacheable = cacheable.map_err(|_| Error::internal("max-age is no header"))?;
    Ok(Reply::ok(KeySet { keys: published.into_iter().map(Key::from).collect() })
        .header(header::CACHE_CONTROL, cacheable))
}

pub fn document() -> Operation {
    let key = PublicKey {
        kid: "1".to_owned(),
        x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU".to_owned(),
        y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0".to_owned(),
    };
    Operation::new(
        "jwks",
        "The public keys of access tokens, so that other services can check them offline (RFC 7517).",
    )
    .tag("Sessions")
    .ok(&KeySet { keys: vec![key.into()] })
    .depends()
}
