//! An instance of `mail`, and the function over it.

use std::sync::Arc;

use lambda_http::Context;
use mail::Postman;
use serde_json::{Value, value::to_raw_value};
use shared::{error::Error, invocation::Function};

/// An instance of `mail`, invoked as the Lambda runtime would.
pub struct MailInstance {
    postman: Arc<Postman>,
    function: Function<Arc<Postman>>,
}

impl MailInstance {
    /// Over what sends letters.
    #[must_use]
    pub fn new(postman: Postman) -> Self {
        let postman = Arc::new(postman);
        Self { function: mail::function(Arc::clone(&postman)), postman }
    }

    /// Opens what it needs, as in init.
    pub async fn warm_up(&self) {
        self.postman.warm_up().await;
    }

    /// Its answer to an event.
    ///
    /// # Errors
    /// Why the invocation failed.
    pub async fn handle(&self, event: Value) -> Result<Value, Error> {
        self.function.work(&to_raw_value(&event).expect("JSON"), &Context::default()).await
    }
}
