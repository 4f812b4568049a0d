//! What every HTTP function holds: settings, clock, tables, token checks. Built once per instance, cloned per request.

use std::{sync::Arc, time::Duration};

use aws_config::SdkConfig;

use crate::{config::Config, contention::Contention, http::DEADLINE, store::Store, time::Clock, token::Verifier};

/// Warming up may take this long. Init may take ten seconds; one that is cut off begins again in the first request.
pub const WARM_UP: Duration = Duration::from_secs(4);

/// The common state. Cloning shares it.
#[derive(Clone)]
pub struct App {
    /// Settings.
    pub config: Arc<Config>,
    /// The one source of `now`.
    pub clock: Clock,
    /// The tables.
    pub store: Store,
    /// Checks access tokens.
    pub tokens: Arc<Verifier>,
    /// A request that takes longer is answered 503.
    pub deadline: Duration,
}

impl App {
    /// Over the AWS that `aws` points to.
    #[must_use]
    pub fn new(config: Config, aws: &SdkConfig, clock: Clock) -> Self {
        let store = Store::new(aws, &config.table_prefix);
        let tokens = Arc::new(Verifier::new(store.clone(), &config.app_url));
        Self { config: Arc::new(config), clock, store, tokens, deadline: DEADLINE }
    }

    /// A competition for a record that is read, changed and written back. Rounds begin during half of a request's time: with what the
    /// request has done before, such as a run of Argon2, and what the last round takes, it then ends before the deadline, for an answer that
    /// is cut off would look like a fault of ours. A time and not a number, because it is the time that is scarce. Forty who change one row
    /// at once come to eight rounds each on the average, and are all done in one of the four seconds.
    #[must_use]
    pub fn contention(&self, record: &'static str) -> Contention {
        Contention::over(record, self.deadline / 2)
    }

    /// Opens the connection to the tables in init, where CPU is cheap. A failure is not fatal: the next request tries again.
    pub async fn warm_up(&self) {
        match tokio::time::timeout(WARM_UP, self.tokens.load(self.clock.now())).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(?error, "the published keys could not be read yet"),
            Err(_) => tracing::warn!("the published keys take too long"),
        }
    }
}
