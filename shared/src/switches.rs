//! What operators switch while the service runs, in one row that every function may read.

use serde::{Deserialize, Serialize};

/// The switches. Where there is no row, all are as they are by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switches {
    /// When clients are asked for a challenge.
    #[serde(default)]
    pub challenge: ChallengeSwitch,
}

/// When clients are asked for a challenge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChallengeSwitch {
    /// Where counters say that somebody attacks.
    #[default]
    Auto,
    /// Always, for who attacks stays below every counter.
    Always,
}
