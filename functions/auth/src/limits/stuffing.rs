//! Credential stuffing: somebody tries leaked pairs of addresses and passwords, each once, so that no guard of an account notices. What
//! gives it away is at how many different addresses sign-ins fail that come from one client. They are noted in its row, by what their keys
//! begin with; of the passwords nothing is kept.

use std::collections::BTreeSet;

use compat::email::AddressKey;
use serde::Deserialize;
use shared::{
    caller::ClientAddress,
    error::Error,
    limits::client::Window,
    store::{Condition, Written},
    time::Timestamp,
};

use crate::{
    challenge::{BITS, Owed, Toll, Visitor},
    config::AuthConfig,
    guard::Standing,
    limits::Group,
    state::Auth,
};

/// Failures at so many different addresses burn a client.
const BURNT_AT: u32 = 15;
/// So many are noted in one window.
const NOTED: u32 = 32;
/// Six bytes, in base64url: two addresses out of a few that are tried do not have them in common.
const BEGINNING: usize = 8;

/// What the row of a client says of its sign-ins.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SignIns {
    /// The addresses at which some have failed.
    failed: BTreeSet<String>,
    /// Whether it was burnt in the window before.
    burnt: bool,
}

impl SignIns {
    /// How the client stands: one that is burnt stays so until the end of the window after this one.
    fn standing(&self, config: &AuthConfig, now: Timestamp) -> Standing {
        let window = Window::of(now);
        let until = if self.has_a_list(config) {
            window.next().end()
        } else if self.burnt {
            window.end()
        } else {
            return Standing::Usual;
        };
        Standing::Burnt(until.seconds_from(now).max(1))
    }

    fn has_a_list(&self, config: &AuthConfig) -> bool {
        self.failed.len() >= BURNT_AT.saturating_mul(config.ip_limit_factor) as usize
    }
}

impl Auth {
    /// How a visitor stands that has passwords checked, and what it owes where it is burnt: it is like everybody once it has solved a
    /// challenge, and gets in from known places without.
    ///
    /// # Errors
    /// Those of [`Auth::charge`].
    pub(crate) async fn standing(
        &self,
        before: &SignIns,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<(Standing, Option<Owed>), Error> {
        let burnt = before.standing(&self.config, now);
        let Standing::Burnt(seconds) = burnt else { return Ok((burnt, None)) };
        Ok(match self.charge(Group::Login, visitor, BITS, seconds, now).await? {
            Toll::Paid(()) => (Standing::Usual, None),
            Toll::Owed(owed) => (burnt, Some(owed)),
        })
    }

    /// Notes that a sign-in has failed, whatever the reason and whoever's the address is: one update, and where that burns the client a
    /// second one, which tells the row of the next window. So the update that counts a request there finds it, and no request ever reads
    /// a window before its own; what that costs is one update for each new address from the fifteenth on, eighteen at most.
    ///
    /// # Errors
    /// `Unavailable`: nobody is told of a failure that is not noted.
    pub(crate) async fn sign_in_failed(
        &self,
        client: &ClientAddress,
        before: &SignIns,
        address: &AddressKey,
        now: Timestamp,
    ) -> Result<(), Error> {
        let (window, name) = (Window::of(now), address.to_base64url());
        let name = name.get(..BEGINNING).unwrap_or(&name);
        let note = window.row(client)?.add_member("failed", name).when(Condition::Smaller("failed", NOTED));
        let Written::Done(after) = self.app.store.update::<SignIns>(note).await? else { return Ok(()) };
        if !after.has_a_list(&self.config) || after.failed.len() <= before.failed.len() {
            return Ok(());
        }
        if !before.has_a_list(&self.config) {
            tracing::warn!(event = "credential_stuffing", "sign-ins of one client fail at many addresses");
        }
        let burnt = window.next().row(client)?.set("burnt", &true)?;
        let _: Written<SignIns> = self.app.store.update(burnt).await?;
        Ok(())
    }
}
