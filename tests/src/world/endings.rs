//! The schedules of accounts that are to be deleted.

use std::sync::Arc;

use futures::future::BoxFuture;
use lambda_http::Context;
use serde_json::{Value, value::to_raw_value};
use shared::invocation::Function;

use super::World;

impl World {
    /// Has every function do once what is due, as its schedule does every quarter of an hour.
    pub async fn end_accounts(&self) {
        self.aws.run_task("end-accounts").await.expect("a round");
    }

    /// Has everything done that is due: the first round begins, the second one leaves it to `auth` to finish.
    pub async fn end_accounts_to_the_last(&self) {
        for _ in 0..3 {
            self.end_accounts().await;
        }
    }

    /// From now on the schedules find the functions.
    pub(super) async fn wake_schedules(&self) {
        self.wake("auth", auth::function(self.auth.clone())).await;
        self.wake("api-keys", api_keys::function(self.vault.clone())).await;
        self.wake("kyc", kyc::function(self.kyc.clone())).await;
        self.wake("oauth", oauth::function(self.oauth.clone())).await;
    }

    async fn wake<S: Clone + Send + Sync + 'static>(&self, name: &str, function: Function<S>) {
        let function = Arc::new(function);
        let invoked = move |event: Value| {
            let function = Arc::clone(&function);
            let answer = async move {
                let event = to_raw_value(&event).expect("JSON");
                function.work(&event, &Context::default()).await.map_err(|error| format!("{error:?}"))
            };
            Box::pin(answer) as BoxFuture<'static, _>
        };
        self.aws.feed(name, Arc::new(invoked)).await.expect("a function");
    }
}
