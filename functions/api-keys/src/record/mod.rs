//! A key as it is stored.

mod findings;
mod mask;
mod sealed;

use serde::{Deserialize, Serialize};
use shared::{
    ids::{AccountId, KeyId},
    seal::{Binding, RecordVersion},
    time::Timestamp,
};

use crate::{
    connection::TestReport,
    exchanges::Environment,
    limits::MOST_LEFT,
    policy::{self, SendsFunds},
    refusal::Refusal,
    vault_key::Tags,
};

pub use findings::Findings;
pub use mask::masked;
pub use sealed::{Former, SealedCredentials};

/// One row of the table `ExchangeKeys`. Nothing in it is secret but what the envelope holds.
#[derive(Clone, Serialize, Deserialize)]
pub struct KeyRecord {
    pub(crate) id: KeyId,
    pub(crate) exchange: String,
    pub(crate) environment: Environment,
    pub(crate) region: Option<String>,
    pub(crate) label: String,
    pub(crate) is_active: bool,
    #[serde(flatten)]
    pub(crate) findings: Findings,
    /// Whether it can send funds to others, as the last test said that could say.
    pub(crate) sends_funds: SendsFunds,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) secret_rotated_at: Option<Timestamp>,
    pub(crate) last_decrypted_at: Option<Timestamp>,
    /// Counts changes by the owner: what a change was decided on.
    pub(crate) version: u64,
    /// Former credentials of the key that a test has found to send funds. Until the key is deleted their rows stay, with the
    /// verdict: what comes back is blocked as it was, and no other key gets it.
    pub(crate) left: Vec<Former>,
    #[serde(flatten)]
    pub(crate) sealed: SealedCredentials,
}

/// That a credential is kept, by whom, in which version, and what was found out of it: an older record put back does not agree
/// with it.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    pub(crate) account: AccountId,
    pub(crate) key: KeyId,
    /// `None` where the key has left it behind.
    pub(crate) secret_version: Option<u64>,
    /// Whether it can send funds to others.
    pub(crate) sends_funds: SendsFunds,
}

/// Where credentials are good, which is bound into their envelope: they are never sent to another exchange or environment.
pub fn terms(exchange: &str, environment: Environment) -> Vec<&str> {
    vec![exchange, environment.as_str()]
}

impl KeyRecord {
    /// What the envelope must have been sealed for. The account and the id are the caller's and the row's.
    pub(crate) fn binding(&self, account: AccountId, key: KeyId) -> Binding<'_> {
        let record = RecordVersion { account, key, version: self.sealed.secret_version };
        Binding { record, terms: terms(&self.exchange, self.environment) }
    }

    /// What the row of its credential must say.
    pub(crate) fn as_kept(&self, account: AccountId) -> Fingerprint {
        let (secret_version, sends_funds) = (Some(self.sealed.secret_version), self.sends_funds);
        Fingerprint { account, key: self.id, secret_version, sends_funds }
    }

    /// What the row of each credential must say that it has left behind.
    pub(crate) fn as_left(&self, account: AccountId) -> Fingerprint {
        Fingerprint { account, key: self.id, secret_version: None, sends_funds: SendsFunds::Found }
    }

    /// Whether it has left this credential behind.
    pub(crate) fn has_left(&self, fingerprint: &str) -> bool {
        self.left.iter().any(|former| former.fingerprint == fingerprint)
    }

    /// Whether nothing has changed since `seen` that decides what may be done with the key.
    pub(crate) fn is_still(&self, seen: &Self) -> bool {
        (self.version, self.sends_funds) == (seen.version, seen.sends_funds)
    }

    /// Takes in how a test ended. What is unknown unblocks no key.
    pub(crate) fn take_in(&mut self, report: &TestReport) {
        self.findings.take_in(&self.exchange, report);
        let sends_funds = report.info.as_ref().and_then(policy::sends_funds);
        self.sends_funds = sends_funds.unwrap_or(self.sends_funds);
    }

    /// The key gets another credential. Of another name nothing is known. Neither is a way out for what was found to send funds, under
    /// this name or with this secret.
    ///
    /// # Errors
    /// `TooManyBlocked`.
    pub(crate) fn replaced_by(&mut self, next: SealedCredentials) -> Result<(), Refusal> {
        let before = Former::from(std::mem::replace(&mut self.sealed, next));
        let is_renamed = before.tags.name != self.sealed.tags.name;
        if before.fingerprint != self.sealed.fingerprint {
            self.leaves(before)?;
        }
        let known = std::mem::take(&mut self.findings);
        self.findings = if is_renamed { Findings::default() } else { known.of_same_name() };
        Ok(())
    }

    /// Leaves the credential behind that was there `before`: it is kept if it was found to send funds, and blocks the one that is
    /// there now if both share a name or a secret.
    fn leaves(&mut self, before: Former) -> Result<(), Refusal> {
        let is_back = self.has_left(&self.sealed.fingerprint);
        self.left.retain(|former| former.fingerprint != self.sealed.fingerprint);
        let sends_funds = if is_back {
            SendsFunds::Found
        } else if self.is_presumed(&before.tags) {
            SendsFunds::Presumed
        } else {
            SendsFunds::No
        };
        if std::mem::replace(&mut self.sends_funds, sends_funds) == SendsFunds::Found {
            self.left.push(before);
        }
        if self.left.len() > MOST_LEFT { Err(Refusal::TooManyBlocked) } else { Ok(()) }
    }

    /// Whether the credential has its name or its secret from one that is blocked. A name that is the same as `before` is what was
    /// known of it then.
    fn is_presumed(&self, before: &Tags) -> bool {
        let is_like_before = before.name == self.sealed.tags.name || before.secret == self.sealed.tags.secret;
        let is_renamed = before.name != self.sealed.tags.name;
        let is_like = |former: &Tags| {
            former.secret == self.sealed.tags.secret || (is_renamed && former.name == self.sealed.tags.name)
        };
        (self.sends_funds != SendsFunds::No && is_like_before) || self.left.iter().any(|former| is_like(&former.tags))
    }
}
