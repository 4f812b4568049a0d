//! A key as it is stored, and as its owner sees it in a list.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::{
    ids::{AccountId, KeyId},
    seal::{Binding, Envelope},
    time::Timestamp,
};

use crate::{
    exchanges::{Environment, KeyType, Permissions, Status},
    policy::Warning,
};

/// As many former credentials are remembered; whoever has more of them can as well delete the key, and all is forgotten.
const FORMER: usize = 20;

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
    pub(crate) sends_funds: bool,
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
    /// Former credentials of the key that were last found to send funds; the oldest first. What comes back is blocked as it was.
    pub(crate) blocked: Vec<Tags>,
    #[serde(flatten)]
    pub(crate) envelope: Envelope,
}

/// What credentials are recognised by among those that the same key had before: unreadable, and others for every key.
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
    pub(crate) secret_version: u64,
    /// Whether it can send funds to others.
    pub(crate) sends_funds: bool,
}

impl KeyRecord {
    /// What the envelope must have been sealed for. The account and the id are the caller's and the row's.
    pub(crate) fn binding(&self, account: AccountId, key: KeyId) -> Binding<'_> {
        let environment = self.environment.as_str();
        Binding { account, key, exchange: &self.exchange, environment, version: self.secret_version }
    }

    /// What the row of its credential must say.
    pub(crate) fn as_kept(&self, account: AccountId) -> Fingerprint {
        let (secret_version, sends_funds) = (self.secret_version, self.sends_funds);
        Fingerprint { account, key: self.id, secret_version, sends_funds }
    }

    /// Whether nothing has changed since `seen` that decides what may be done with the key.
    pub(crate) fn is_still(&self, seen: &Self) -> bool {
        (self.version, self.sends_funds) == (seen.version, seen.sends_funds)
    }

    /// The key gets other credentials. What the exchange lets a name do does not change because its secret was entered again; of
    /// another name nothing is known. Neither is a way out for what was found to send funds, under this name or with this secret.
    pub(crate) fn replaced_by(&mut self, tags: Tags) {
        let left = std::mem::replace(&mut self.tags, tags);
        let is_renamed = left.name != self.tags.name;
        self.blocked.retain(|former| *former != left && (self.sends_funds || former.name != left.name));
        if self.sends_funds {
            self.blocked.push(left);
        }
        let is_known = |former: &Tags| former.name == self.tags.name || former.secret == self.tags.secret;
        self.sends_funds = self.blocked.iter().any(is_known);
        let forgotten = self.blocked.len().saturating_sub(FORMER);
        self.blocked.drain(..forgotten);
        self.findings = if is_renamed {
            Findings::default()
        } else {
            Findings { last_status: None, last_tested_at: None, ..self.findings.clone() }
        };
    }
}

/// A key as its owner sees it. Every member is always there, null where nothing is known.
#[derive(Serialize, JsonSchema)]
pub struct KeyView {
    id: String,
    exchange: String,
    environment: Environment,
    region: Option<String>,
    label: String,
    /// The name of the key, masked.
    api_key: String,
    key_type: KeyType,
    wallet_address: Option<String>,
    is_active: bool,
    /// `untested`, `blocked`, or how the last test ended.
    status: &'static str,
    permissions: Permissions,
    ip_restricted: Option<bool>,
    warnings: Vec<Warning>,
    created_at: String,
    updated_at: String,
    secret_rotated_at: Option<String>,
    last_tested_at: Option<String>,
    last_decrypted_at: Option<String>,
    expires_at: Option<String>,
}

impl KeyView {
    /// Of a record; `is_blocked` by the policy.
    pub(crate) fn new(record: KeyRecord, is_blocked: bool) -> Self {
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        Self {
            id: record.id.to_string(),
            exchange: record.exchange,
            environment: record.environment,
            region: record.region,
            label: record.label,
            api_key: record.masked,
            key_type: record.key_type,
            wallet_address: record.wallet_address,
            is_active: record.is_active,
            status: if is_blocked { "blocked" } else { record.findings.last_status.map_or("untested", Status::as_str) },
            permissions: record.findings.permissions,
            ip_restricted: record.findings.ip_restricted,
            warnings: record.findings.warnings,
            created_at: record.created_at.to_string(),
            updated_at: record.updated_at.to_string(),
            secret_rotated_at: text(record.secret_rotated_at),
            last_tested_at: text(record.findings.last_tested_at),
            last_decrypted_at: text(record.last_decrypted_at),
            expires_at: text(record.findings.expires_at),
        }
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
