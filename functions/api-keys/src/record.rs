//! A key as it is stored.

use serde::{Deserialize, Serialize};
use shared::{
    ids::{AccountId, KeyId},
    seal::{Binding, Envelope},
    time::Timestamp,
};

use crate::{
    exchanges::{Environment, KeyType, Permissions, Status},
    model::Refusal,
    policy::{SendsFunds, Warning},
};

/// So many credentials a key leaves behind at most: it goes with all of them in one transaction.
const MOST_LEFT: usize = 20;

/// One row of the table `ExchangeKeys`. Nothing in it is secret but what the envelope holds.
#[derive(Clone, Serialize, Deserialize)]
pub struct KeyRecord {
    pub(crate) id: KeyId,
    pub(crate) exchange: String,
    pub(crate) environment: Environment,
    pub(crate) region: Option<String>,
    pub(crate) label: String,
    /// The name of the key, masked.
    pub(crate) masked: String,
    /// And whole, under the vault's own key.
    pub(crate) sealed_name: String,
    pub(crate) key_type: KeyType,
    pub(crate) wallet_address: Option<String>,
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
    /// Counts secrets: what an envelope was sealed for.
    pub(crate) secret_version: u64,
    /// Names the row that keeps the credential unique.
    pub(crate) fingerprint: String,
    /// What the credentials are recognised by.
    pub(crate) tags: Tags,
    /// Former credentials of the key that a test has found to send funds. Until the key is deleted their rows stay, with the
    /// verdict: what comes back is blocked as it was, and no other key gets it.
    pub(crate) left: Vec<Former>,
    #[serde(flatten)]
    pub(crate) envelope: Envelope,
}

/// A credential of a key, without the credential.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    /// Names its row.
    pub(crate) fingerprint: String,
    #[serde(flatten)]
    pub(crate) tags: Tags,
}

/// What name and secret are recognised by, each by itself, among those that the same key had before: unreadable, and others for
/// every key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    /// Of the name.
    pub(crate) name: String,
    /// Of the secret.
    pub(crate) secret: String,
}

/// What tests have found out. Nothing, since the secret is new.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Findings {
    pub(crate) last_tested_at: Option<Timestamp>,
    /// How the last test ended.
    pub(crate) last_status: Option<Status>,
    /// Whether the last test that found out anything found that it works.
    pub(crate) has_worked: bool,
    // The rest is what the last successful test said.
    pub(crate) permissions: Permissions,
    pub(crate) ip_restricted: Option<bool>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) expires_at: Option<Timestamp>,
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

impl KeyRecord {
    /// What the envelope must have been sealed for. The account and the id are the caller's and the row's.
    pub(crate) fn binding(&self, account: AccountId, key: KeyId) -> Binding<'_> {
        let environment = self.environment.as_str();
        Binding { account, key, exchange: &self.exchange, environment, version: self.secret_version }
    }

    /// What the row of its credential must say.
    pub(crate) fn as_kept(&self, account: AccountId) -> Fingerprint {
        let (secret_version, sends_funds) = (Some(self.secret_version), self.sends_funds);
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

    /// The key gets another credential. What the exchange lets a name do does not change because its secret was entered again; of
    /// another name nothing is known. Neither is a way out for what was found to send funds, under this name or with this secret.
    ///
    /// # Errors
    /// `TooManyBlocked`.
    pub(crate) fn replaced_by(&mut self, next: Former) -> Result<(), Refusal> {
        let fingerprint = std::mem::replace(&mut self.fingerprint, next.fingerprint);
        let before = Former { fingerprint, tags: std::mem::replace(&mut self.tags, next.tags) };
        let is_renamed = before.tags.name != self.tags.name;
        if before.fingerprint != self.fingerprint {
            self.leaves(before)?;
        }
        self.findings = if is_renamed {
            Findings::default()
        } else {
            Findings { last_status: None, last_tested_at: None, ..self.findings.clone() }
        };
        Ok(())
    }

    /// What becomes of the credential that was there `before`, and what is known of the one that is there now.
    fn leaves(&mut self, before: Former) -> Result<(), Refusal> {
        let is_back = self.has_left(&self.fingerprint);
        self.left.retain(|former| former.fingerprint != self.fingerprint);
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
        let is_like_before = before.name == self.tags.name || before.secret == self.tags.secret;
        let is_renamed = before.name != self.tags.name;
        let is_like =
            |former: &Tags| former.secret == self.tags.secret || (is_renamed && former.name == self.tags.name);
        (self.sends_funds != SendsFunds::No && is_like_before) || self.left.iter().any(|former| is_like(&former.tags))
    }
}

/// Enough to recognise a key by: its ends, or the very end of a short one.
#[must_use]
pub fn masked(name: &str) -> String {
    let end = |count: usize| name.chars().skip(name.chars().count().saturating_sub(count)).collect::<String>();
    match name.chars().count() {
        0..=4 => "****".to_owned(),
        5..=15 => format!("****{}", end(2)),
        _ => format!("{}****{}", name.chars().take(4).collect::<String>(), end(4)),
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_mask_leaves_the_ends_of_long_names_only() {
        for (name, mask) in [
            ("", "****"),
            ("abcd", "****"),
            ("abcde", "****de"),
            ("abcdefghijklmno", "****no"),
            ("abcdefghijklmnop", "abcd****mnop"),
            ("ключключключключ", "ключ****ключ"),
        ] {
            assert_eq!(masked(name), mask);
        }
    }
}
