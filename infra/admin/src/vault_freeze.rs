//! `vault-freeze`: whether the vault shows no secret to anybody, and signs nothing.

use clap::Args;
use shared::switches::Switches;

use crate::switching::Switch;

/// Which way it is to stand; as it does where neither is said.
#[derive(Args)]
#[group(multiple = false)]
pub struct Wanted {
    /// Nobody gets at a secret.
    #[arg(long)]
    pub on: bool,
    /// Everybody does who may.
    #[arg(long)]
    pub off: bool,
}

impl Switch for Wanted {
    type Position = bool;
    const COMMAND: &'static str = "vault-freeze";
    const ATTRIBUTE: &'static str = "vault_frozen";

    fn wanted(&self) -> Option<bool> {
        (self.on || self.off).then_some(self.on)
    }

    fn read(switches: &Switches) -> bool {
        switches.vault_frozen
    }

    fn word(is_on: bool) -> &'static str {
        if is_on { "on" } else { "off" }
    }
}
