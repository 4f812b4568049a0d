//! `challenge`: whether everybody is asked for a challenge, or only while counters say that somebody attacks.

use clap::Args;
use shared::switches::{ChallengeSwitch, Switches};

use crate::switching::Switch;

/// Which way it is to stand; as it does where neither is said.
#[derive(Args)]
#[group(multiple = false)]
pub struct Wanted {
    /// Everybody, whatever the counters say.
    #[arg(long)]
    pub always: bool,
    /// Who does too much, while counters say so.
    #[arg(long)]
    pub auto: bool,
}

impl Switch for Wanted {
    type Position = ChallengeSwitch;
    const COMMAND: &'static str = "challenge";
    const ATTRIBUTE: &'static str = "challenge";

    fn wanted(&self) -> Option<ChallengeSwitch> {
        match self {
            Self { always: true, .. } => Some(ChallengeSwitch::Always),
            Self { auto: true, .. } => Some(ChallengeSwitch::Auto),
            Self { .. } => None,
        }
    }

    fn read(switches: &Switches) -> ChallengeSwitch {
        switches.challenge
    }

    fn word(position: ChallengeSwitch) -> &'static str {
        match position {
            ChallengeSwitch::Always => "always",
            ChallengeSwitch::Auto => "auto",
        }
    }
}
