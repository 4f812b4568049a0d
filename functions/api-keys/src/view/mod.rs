//! Answers as clients know them: those of more than one endpoint here, the parts that are large in files of their own.

mod clear;
mod event;
mod key;
mod test;

use schemars::{JsonSchema, Schema};
use serde::Serialize;
use shared::http::Reply;

use crate::{exchanges::ConnectionStatus, refusal::Refusal};

pub use clear::DecryptedApiKeyResponse;
pub use event::EventView;
pub use key::KeyView;
pub use test::TestView;

/// What a handler gives back: its answer, or why there is none.
pub type Replied<T = ApiKeyResponse> = Result<Reply<T>, Refusal>;

/// The answer to a request that concerns one key.
#[derive(Serialize, JsonSchema)]
pub struct ApiKeyResponse {
    /// Whether it was done; of a connection test, whether the exchange accepts the key.
    success: bool,
    /// What has happened, in English.
    message: &'static str,
    /// The key as it is now, or how its test ended; null when the key is gone.
    data: Option<Subject>,
}

/// What an answer is about; to clients of the original, an object.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline, description = "What this is about", transform = either, extend("type" = "object", "additionalProperties" = true))]
enum Subject {
    Key(Box<KeyView>),
    Test(Box<TestView>),
}

/// No object is both.
fn either(schema: &mut Schema) {
    if let Some(options) = schema.remove("anyOf") {
        schema.insert("oneOf".to_owned(), options);
    }
}

impl ApiKeyResponse {
    /// A change that was made, and the key as it is now.
    #[must_use]
    pub fn of_key(message: &'static str, key: KeyView) -> Self {
        Self { success: true, message, data: Some(Subject::Key(Box::new(key))) }
    }

    /// A test that has ended.
    #[must_use]
    pub fn of_test(test: TestView) -> Self {
        let status = test.status();
        Self {
            success: status == ConnectionStatus::Ok,
            message: status.message(),
            data: Some(Subject::Test(Box::new(test))),
        }
    }

    /// A change that leaves nothing behind.
    #[must_use]
    pub const fn bare(message: &'static str) -> Self {
        Self { success: true, message, data: None }
    }
}
