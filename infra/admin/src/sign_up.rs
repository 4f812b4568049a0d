//! `sign-up`: whether anybody can sign up.

use clap::Args;
use shared::switches::Switches;

use crate::switching::Switch;

/// Which way it is to stand; as it does where neither is said.
#[derive(Args)]
#[group(multiple = false)]
pub struct Wanted {
    /// Everybody can.
    #[arg(long)]
    pub open: bool,
    /// Nobody can.
    #[arg(long)]
    pub closed: bool,
}

impl Switch for Wanted {
    type Position = bool;
    const COMMAND: &'static str = "sign-up";
    const ATTRIBUTE: &'static str = "sign_up_closed";

    fn wanted(&self) -> Option<bool> {
        (self.open || self.closed).then_some(self.closed)
    }

    fn read(switches: &Switches) -> bool {
        switches.sign_up_closed
    }

    fn word(is_closed: bool) -> &'static str {
        if is_closed { "closed" } else { "open" }
    }
}
