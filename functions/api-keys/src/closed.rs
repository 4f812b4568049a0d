//! The vault before it opens: every route knows its caller and answers 503. What it will answer is documented already, as
//! clients of the original know it.

use serde_json::{Map, Value};
use shared::{caller::Caller, error::Error, http::Operation};

use crate::model::{ApiKeyResponse, DecryptedApiKeyResponse};

const KEY: &str = "Which key";

/// The answer to every caller.
pub async fn closed(_: Caller) -> Error {
    Error::Unavailable("the vault is not open yet".to_owned())
}

/// What the OpenAPI document says of `GET /api/v1/api-keys/`.
pub fn list() -> Operation {
    operation("list_api_keys", "The caller's keys, without their secrets. Not open yet.")
        .ok(&Map::<String, Value>::new())
}

/// What the OpenAPI document says of `POST /api/v1/api-keys/`.
pub fn create() -> Operation {
    operation("create_api_key", "Keeps a key, sealed. Not open yet.").ok(&ApiKeyResponse::example("API key created"))
}

/// What the OpenAPI document says of `POST /api/v1/api-keys/{key_id}/decrypt`.
pub fn decrypt() -> Operation {
    operation("decrypt_api_key", "Shows a key and its secret to its owner. Not open yet.")
        .path("key_id", KEY)
        .ok(&DecryptedApiKeyResponse::example())
}

/// What the OpenAPI document says of `PATCH /api/v1/api-keys/{key_id}`.
pub fn update() -> Operation {
    operation("update_api_key", "Changes what is kept with a key. Not open yet.")
        .path("key_id", KEY)
        .ok(&ApiKeyResponse::example("API key updated"))
}

/// What the OpenAPI document says of `DELETE /api/v1/api-keys/{key_id}`.
pub fn delete() -> Operation {
    operation("delete_api_key", "Forgets a key. Not open yet.")
        .path("key_id", KEY)
        .ok(&ApiKeyResponse::example("API key deleted"))
}

/// What the OpenAPI document says of `POST /api/v1/api-keys/{key_id}/test-connection`.
pub fn test_connection() -> Operation {
    operation("test_api_key_connection", "Tries a key at its exchange. Not open yet.")
        .path("key_id", KEY)
        .ok(&ApiKeyResponse::example("The exchange accepts this key"))
}

fn operation(name: &'static str, description: &'static str) -> Operation {
    Operation::new(name, description).protected().depends()
}
