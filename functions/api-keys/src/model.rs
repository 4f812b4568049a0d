//! Answers as clients know them. Nothing gives them yet.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A result and, perhaps, the key that it is about.
#[derive(Serialize, JsonSchema)]
pub struct ApiKeyResponse {
    success: bool,
    message: String,
    data: Option<Map<String, Value>>,
}

/// A key in the clear.
#[derive(Serialize, JsonSchema)]
pub struct DecryptedApiKeyResponse {
    success: bool,
    message: String,
    #[schemars(example = in_the_clear())]
    data: Map<String, Value>,
}

fn in_the_clear() -> Map<String, Value> {
    ["api_key", "secret"].map(|name| (name.to_owned(), json!("..."))).into_iter().collect()
}

impl ApiKeyResponse {
    /// For the document.
    #[must_use]
    pub fn example(message: &str) -> Self {
        Self { success: true, message: message.to_owned(), data: None }
    }
}

impl DecryptedApiKeyResponse {
    /// For the document.
    #[must_use]
    pub fn example() -> Self {
        Self { success: true, message: "API key decrypted".to_owned(), data: in_the_clear() }
    }
}
