//! What every HTTP function holds: settings, clock, tables, token checks. Built once per instance, cloned per request.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use aws_config::SdkConfig;

use crate::{
    caller::token::Verifier,
    config::Config,
    contention::Contention,
    http::DEADLINE,
    rotation::Cached,
    start::warm_up,
    store::Store,
    switches::{Switches, known},
    time::Clock,
};

/// What a request keeps of its time for the last round of a competition, and for the answer. The round reads, seals where it has to and
/// writes, after a wait of at most 160 ms; AWS answers each of these calls in milliseconds, or it is AWS that is late and not we.
const LAST_ROUND: Duration = Duration::from_millis(1_500);

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
    /// What operators have switched, as it was read last: ask [`App::switches`].
    pub known_switches: Arc<Cached<Switches>>,
    /// A request that takes longer is answered 503.
    pub deadline: Duration,
}

impl App {
    /// Over the AWS that `aws` points to.
    #[must_use]
    pub fn new(config: Config, aws: &SdkConfig, clock: Clock) -> Self {
        let store = Store::new(aws, &config.table_prefix);
        let tokens = Arc::new(Verifier::new(store.clone(), &config.app_url));
        let known_switches = Arc::new(known());
        Self { config: Arc::new(config), clock, store, tokens, known_switches, deadline: DEADLINE }
    }

    /// A competition for a record that is read, changed and written back, in a request that came in at `since`. Rounds begin for as long
    /// as one of them can still end before the deadline, whatever the request has done before, such as a run of Argon2 or a question to
    /// an exchange: an answer that is cut off would look like a fault of ours. A time and not a number, because it is the time that is
    /// scarce. Forty who change one row at once come to eight rounds each on the average, and are all done after a second and a half,
    /// where a transaction holds its rows for some ten milliseconds.
    #[must_use]
    pub fn contention(&self, record: &'static str, since: Instant) -> Contention {
        Contention::over(record, since + self.deadline.saturating_sub(LAST_ROUND))
    }

    /// Opens the connection to the tables, and reads what every request needs to know.
    pub async fn warm_up(&self) {
        let now = self.clock.now();
        let (keys, switches) = (self.tokens.load(now), self.switches(now));
        tokio::join!(warm_up("the published keys", keys), warm_up("the switches", switches));
    }
}
