//! The second factors of an account, as its rows have them, and what becomes of them. How each is checked stands in `mfa/`.
//!
//! Which there are stands in the guard, where opening a session looks at it: so no password alone opens one beside a change of the
//! factors. What each is made of has rows of its own.

mod app;
mod assertion;
pub mod change;
mod devices;
pub mod enrol;
pub mod purge;
pub mod recovery;
pub mod register;
pub mod remove;
pub mod reset;
mod shown;
mod step_up;
mod tries;
pub mod view;

use serde::{Deserialize, Serialize};
use shared::{
    ids::{AccountId, FactorId},
    time::Timestamp,
};

pub use self::{
    shown::{Checked, Proven, Shown, spent},
    step_up::StepUp,
};
use crate::mfa::{
    keys::SealedTotpSecret,
    totp::Step,
    webauthn::{
        base64url::Binary,
        options::{CredentialId, Transport},
    },
};

/// The passkeys that an account may have.
pub const MOST_PASSKEYS: u8 = 10;

/// Which second factors an account has: part of its guard, and not there where it has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factors {
    /// Codes of an authenticator app.
    pub totp: bool,
    /// How many passkeys.
    pub passkeys: u8,
}

/// What an account has of its authenticator app, and whether all factors are to be removed: a row of the table `Accounts`, there as long
/// as the account has factors. Attributes are written by name.
#[derive(Default, Serialize, Deserialize)]
pub struct Mfa {
    /// The app.
    pub totp: Option<Totp>,
    /// The last step whose code was used: codes of it and of those before are void.
    pub last_step: Option<Step>,
    /// When that was.
    pub used_at: Option<Timestamp>,
    /// Codes that were tried since the last right one.
    #[serde(default)]
    pub failures: u32,
    /// Not before then is another one compared, once too many have failed.
    pub next_at: Option<Timestamp>,
    /// When an operator may remove all factors; none where nobody has asked for that.
    pub reset_at: Option<Timestamp>,
    /// Why an operator was last asked for that: a code of the operators, no words about a person.
    pub reset_reason: Option<String>,
}

/// An authenticator app.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totp {
    /// Names it.
    pub id: FactorId,
    /// What its codes are made of.
    pub secret: SealedTotpSecret,
    /// Since when it is a factor.
    pub created_at: Timestamp,
}

/// A passkey: a row of the table `Accounts`, named after the hash of its credential's id.
#[derive(Clone, Serialize, Deserialize)]
pub struct Passkey {
    /// Names it.
    pub id: FactorId,
    /// What its owner calls it.
    pub name: String,
    /// The credential's id.
    pub credential: CredentialId,
    /// Its public key in COSE.
    pub public_key: Binary,
    /// How often it says that it was used; always 0 where it does not count.
    pub sign_count: u32,
    /// Whether it may be synchronised between devices.
    pub backup_eligible: bool,
    /// Whether it is.
    pub backed_up: bool,
    /// How browsers reach it.
    pub transports: Vec<Transport>,
    /// The model of the authenticator, as lists of models have it; zeros where none is told.
    pub aaguid: String,
    /// Since when it is a factor.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

/// A recovery code, by its hash. When it was made: seconds since 1970.
#[derive(Serialize, Deserialize)]
pub struct KeptCode {
    /// When it was made.
    pub made_at: Timestamp,
}

/// Whose a credential is.
#[derive(Serialize, Deserialize)]
pub struct CredentialOwner {
    /// The account.
    pub account: AccountId,
}

impl Factors {
    /// These, or nothing where there are none left.
    #[must_use]
    pub fn if_any(self) -> Option<Self> {
        (self != Self::default()).then_some(self)
    }

    /// With an app.
    #[must_use]
    pub const fn with_app(self, totp: bool) -> Self {
        Self { totp, ..self }
    }

    /// With one passkey more.
    #[must_use]
    pub const fn with_passkey(self) -> Self {
        Self { passkeys: self.passkeys + 1, ..self }
    }

    /// With one less.
    #[must_use]
    pub const fn without_passkey(self) -> Self {
        Self { passkeys: self.passkeys.saturating_sub(1), ..self }
    }

    /// By what their owner may prove to be that, in the words of the API.
    pub fn methods(self) -> impl Iterator<Item = &'static str> {
        let known = [(self.totp, "totp"), (self.passkeys > 0, "passkey"), (true, "recovery_code")];
        known.into_iter().filter_map(|(is_there, name)| is_there.then_some(name))
    }
}
