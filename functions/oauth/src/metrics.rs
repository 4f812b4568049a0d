//! The metrics of what `oauth` logs. Alarms, dashboard and guide name them.

use shared::metrics::Metric;

/// All of them. Tokens that were made and ended are counted as what has happened to accounts.
pub const METRICS: [Metric; 2] = [
    Metric::count("token_refused", "TokensRefused", &[&["reason"]]),
    Metric::count("token_revoked", "TokensRevoked", &[&[]]),
];
