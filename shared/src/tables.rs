//! All keys of all tables on one page. A row of a user is named by its owner's id, never by an id from a request alone.

#[cfg(test)]
mod tests;

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use compat::email::AddressKey;

use crate::{
    caller::ClientAddress,
    ids::{AccountId, EventId, KeyId, MailId, SessionId, TokenId},
    kyc::saying::Saying,
    seal::SecretPurpose,
    time::Timestamp,
};

/// The tables, as `template.yaml` calls them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Table {
    /// Accounts, address records, sealed secrets.
    Accounts,
    /// Sessions, and the public halves of the signing keys.
    Sessions,
    /// The outbox.
    Mail,
    /// Sealed exchange keys, their fingerprints, and who used them.
    ExchangeKeys,
    /// How often something was done of late.
    Limits,
    /// What identity providers have reported.
    Kyc,
    /// Accounts that are to be deleted.
    Endings,
    /// What accounts have allowed programs.
    Grants,
}

/// A hash, or another text without meaning, in a key: base64url of 256 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Of what has 256 bits.
    #[must_use]
    pub fn of(bits: &impl AsRef<[u8]>) -> Self {
        let bits = bits.as_ref();
        Self(std::array::from_fn(|at| bits.get(at).copied().unwrap_or_default()))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// One row of one table.
#[derive(Clone, Copy)]
pub enum Row<'a> {
    /// Accounts: what is known of one e-mail address.
    Address(&'a AddressKey),
    /// Accounts: one account, and what proves its owner.
    Account(AccountId),
    /// Accounts: what an account says of itself.
    Profile(AccountId),
    /// Accounts: the secret of an account's authenticator app, what was tried at its codes, and whether all factors are to be removed.
    Mfa(AccountId),
    /// Accounts: a passkey of an account, by the hash of its credential's id.
    Passkey(AccountId, Hash),
    /// Accounts: whose passkey a credential is, by the hash of its id.
    Credential(Hash),
    /// Accounts: a recovery code of an account, by its hash.
    RecoveryCode(AccountId, Hash),
    /// Accounts: that a token which works once has been used, by its nonce.
    Spent([u8; 16]),
    /// Accounts: something that has happened to an account.
    AccountEvent(AccountId, EventId),
    /// Accounts: a sealed secret of the service, the first, second, … for its purpose.
    Secret(SecretPurpose, u32),
    /// Sessions: one session.
    Session(AccountId, SessionId),
    /// Sessions: what opening and ending sessions of an account agree on, and the tries of its password.
    SessionGuard(AccountId),
    /// Sessions: the tries of a password at an address that has no account.
    AddressGuard(&'a AddressKey),
    /// Sessions: the public half of a signing key, by `kid`.
    VerifyingKey(&'a str),
    /// Sessions: what operators switch while the service runs.
    Switches,
    /// Mail: one letter.
    Mail(MailId),
    /// Mail: that a letter waits, and until when.
    WaitingMail(Timestamp, MailId),
    /// Mail: the sealed link keys, for the function that writes the links.
    MailLinkKeys,
    /// `ExchangeKeys`: one sealed key.
    ExchangeKey(AccountId, KeyId),
    /// `ExchangeKeys`: how many keys an account has.
    KeyCount(AccountId),
    /// `ExchangeKeys`: that a credential is kept, by its fingerprint.
    Fingerprint(&'a str),
    /// `ExchangeKeys`: one access to a key.
    AccessEvent(AccountId, KeyId, EventId),
    /// `ExchangeKeys`: the sealed secret of the vault itself.
    VaultKey,
    /// Limits: a counter.
    Counter(&'a str),
    /// Limits: what a client's address does, from this moment on.
    ClientCounter(&'a ClientAddress, Timestamp),
    /// Kyc: what a provider reported of a user, by the provider's id of the event.
    KycReport {
        /// The id that the user has outside.
        user: &'a str,
        /// Who says so.
        provider: &'a str,
        /// The provider's id of the event.
        event: &'a str,
    },
    /// Kyc: what a provider reported of nobody of ours.
    StrayKycReport {
        /// Who says so.
        provider: &'a str,
        /// The provider's id of the event.
        event: &'a str,
    },
    /// Kyc: what else a provider reported of a user under the id of the same event.
    OtherKycReport {
        /// The id that the user has outside.
        user: &'a str,
        /// Who says so.
        provider: &'a str,
        /// The provider's id of the event.
        event: &'a str,
        /// What it says.
        saying: &'a Saying,
    },
    /// Kyc: what else a provider reported of nobody of ours under the id of the same event.
    OtherStrayKycReport {
        /// Who says so.
        provider: &'a str,
        /// The provider's id of the event.
        event: &'a str,
        /// What it says.
        saying: &'a Saying,
    },
    /// Kyc: what a provider said first under the id of an event, whomever of.
    KycClaim {
        /// Who says so.
        provider: &'a str,
        /// The provider's id of the event.
        event: &'a str,
    },
    /// Kyc: what else it said under that id.
    OtherKycClaim {
        /// Who says so.
        provider: &'a str,
        /// The provider's id of the event.
        event: &'a str,
        /// What it says.
        saying: &'a Saying,
    },
    /// Endings: an account that is to be deleted, and when.
    Ending(Timestamp, AccountId),
    /// Grants: a personal token of an account.
    PersonalToken(AccountId, TokenId),
    /// Grants: how often an account has allowed a program something.
    GrantCount(AccountId),
    /// Grants: something that has happened to what an account has allowed programs.
    GrantEvent(AccountId, EventId),
}

/// Rows that are read together: one partition, and how its sort keys begin.
#[derive(Clone, Copy, Debug)]
pub enum Rows<'a> {
    /// Accounts: all sealed secrets.
    Secrets,
    /// Accounts: all that has happened to an account, by time.
    AccountEventsOf(AccountId),
    /// Accounts: all passkeys of an account.
    PasskeysOf(AccountId),
    /// Accounts: all recovery codes of an account that have not been used.
    RecoveryCodesOf(AccountId),
    /// Accounts: all that there is of an account.
    AccountRowsOf(AccountId),
    /// Sessions: all sessions of an account.
    SessionsOf(AccountId),
    /// Sessions: all public signing keys.
    VerifyingKeys,
    /// `ExchangeKeys`: all keys of an account, by age.
    ExchangeKeysOf(AccountId),
    /// `ExchangeKeys`: all accesses to a key, by time.
    AccessEventsOf(AccountId, KeyId),
    /// `ExchangeKeys`: all accesses to all keys of an account, those that are gone included; by key, and then by time.
    AllAccessEventsOf(AccountId),
    /// `ExchangeKeys`: all that there is of an account.
    VaultRowsOf(AccountId),
    /// Endings: all accounts that are to be deleted, by when.
    Endings,
    /// Grants: all personal tokens of an account, by age.
    PersonalTokensOf(AccountId),
    /// Grants: all that has happened to what an account has allowed programs, by time.
    GrantEventsOf(AccountId),
    /// Grants: all that there is of an account.
    GrantRowsOf(AccountId),
    /// Mail: all letters that wait, those that are due first before the others.
    WaitingMails,
    /// Kyc: all reports of a user, by the id that the user has outside.
    KycReportsOf(&'a str),
    /// Kyc: all that a provider has said under the id of an event, what it said first before the others.
    KycClaimsOf {
        /// Who says so.
        provider: &'a str,
        /// The provider's id of the event.
        event: &'a str,
    },
}

/// Rows of all partitions of a table. For operators' tools: no role of a function allows `Scan`.
#[derive(Clone, Copy, Debug)]
pub enum AllRows {
    /// `ExchangeKeys`: the keys of all accounts.
    ExchangeKeys,
    /// Sessions: those of all accounts.
    Sessions,
}

const SECRET: &str = "SECRET";
const SIGNING_KEYS: &str = "SIGNING_KEYS";
const ACCOUNT: &str = "ACCOUNT#";
const GUARD: &str = "GUARD";
const SESSION: &str = "SESSION#";
const PASSKEY: &str = "PASSKEY#";
const RECOVERY: &str = "RECOVERY#";
const KEY: &str = "KEY#";
const EVENT: &str = "EVENT#";
const WAITING: &str = "WAITING";
const ENDING: &str = "ENDING";
const CLAIM: &str = "CLAIM";
const PERSONAL_TOKEN: &str = "PAT#";

impl Row<'_> {
    pub(crate) const fn table(&self) -> Table {
        match self {
            Self::Address(_)
            | Self::Account(_)
            | Self::Profile(_)
            | Self::Mfa(_)
            | Self::Passkey(..)
            | Self::Credential(_)
            | Self::RecoveryCode(..)
            | Self::Spent(_)
            | Self::AccountEvent(..)
            | Self::Secret(..) => Table::Accounts,
            Self::Session(..)
            | Self::SessionGuard(_)
            | Self::AddressGuard(_)
            | Self::VerifyingKey(_)
            | Self::Switches => Table::Sessions,
            Self::Mail(_) | Self::WaitingMail(..) | Self::MailLinkKeys => Table::Mail,
            Self::ExchangeKey(..)
            | Self::KeyCount(_)
            | Self::Fingerprint(_)
            | Self::AccessEvent(..)
            | Self::VaultKey => Table::ExchangeKeys,
            Self::Counter(_) | Self::ClientCounter(..) => Table::Limits,
            Self::KycReport { .. }
            | Self::StrayKycReport { .. }
            | Self::OtherKycReport { .. }
            | Self::OtherStrayKycReport { .. }
            | Self::KycClaim { .. }
            | Self::OtherKycClaim { .. } => Table::Kyc,
            Self::Ending(..) => Table::Endings,
            Self::PersonalToken(..) | Self::GrantCount(_) | Self::GrantEvent(..) => Table::Grants,
        }
    }

    /// Partition key, and sort key where the table has one.
    pub(crate) fn key(&self) -> (String, Option<String>) {
        match self {
            Self::Address(key) => (address(key), Some("ADDRESS".to_owned())),
            Self::Account(id) => (account(*id), Some("CREDENTIALS".to_owned())),
            Self::Profile(id) => (account(*id), Some("PROFILE".to_owned())),
            Self::Mfa(id) => (account(*id), Some("MFA".to_owned())),
            Self::Passkey(owner, hash) => (account(*owner), Some(format!("{PASSKEY}{hash}"))),
            Self::Credential(hash) => (format!("CREDENTIAL#{hash}"), Some("CREDENTIAL".to_owned())),
            Self::RecoveryCode(owner, hash) => (account(*owner), Some(format!("{RECOVERY}{hash}"))),
            Self::Spent(nonce) => (format!("SPENT#{}", BASE64_URL_SAFE_NO_PAD.encode(nonce)), Some("SPENT".to_owned())),
            Self::AccountEvent(owner, id) | Self::GrantEvent(owner, id) => {
                (account(*owner), Some(format!("{EVENT}{id}")))
            }
            Self::Secret(purpose, number) => (SECRET.to_owned(), Some(format!("{}#{number}", purpose.as_str()))),
            Self::Session(owner, id) => (account(*owner), Some(format!("{SESSION}{id}"))),
            Self::SessionGuard(owner) => (account(*owner), Some(GUARD.to_owned())),
            Self::AddressGuard(key) => (address(key), Some(GUARD.to_owned())),
            Self::Switches => ("SWITCHES".to_owned(), Some("SWITCHES".to_owned())),
            Self::VerifyingKey(kid) => (SIGNING_KEYS.to_owned(), Some((*kid).to_owned())),
            Self::Mail(id) => (format!("MAIL#{id}"), Some("MAIL".to_owned())),
            Self::WaitingMail(due, id) => (WAITING.to_owned(), Some(format!("{:0>12}#{id}", due.as_second()))),
            Self::MailLinkKeys => ("LINK_KEYS".to_owned(), Some("LINK_KEYS".to_owned())),
            Self::ExchangeKey(owner, id) => (account(*owner), Some(format!("{KEY}{id}"))),
            Self::KeyCount(owner) | Self::GrantCount(owner) => (account(*owner), Some("COUNT".to_owned())),
            Self::Fingerprint(text) => (format!("FINGERPRINT#{text}"), Some("FINGERPRINT".to_owned())),
            Self::AccessEvent(owner, key, id) => (account(*owner), Some(format!("EVENT#{key}#{id}"))),
            Self::VaultKey => (SECRET.to_owned(), Some("VAULT_KEY".to_owned())),
            Self::Counter(name) => (format!("COUNTER#{name}"), None),
            Self::ClientCounter(client, from) => (format!("COUNTER#IP#{client}#{}", from.as_second()), None),
            Self::KycReport { user, provider, event } => (kyc_user(user), Some(format!("REPORT#{provider}#{event}"))),
            Self::StrayKycReport { provider, event } => {
                (format!("STRAY#{provider}#{event}"), Some("REPORT".to_owned()))
            }
            // No provider is called like a hash, so no event's id makes the key of another row.
            Self::OtherKycReport { user, provider, event, saying } => {
                (kyc_user(user), Some(format!("REPORT#{saying}#{provider}#{event}")))
            }
            Self::OtherStrayKycReport { provider, event, saying } => {
                (format!("STRAY#{saying}#{provider}#{event}"), Some("REPORT".to_owned()))
            }
            Self::KycClaim { provider, event } => (kyc_claims(provider, event), Some(CLAIM.to_owned())),
            Self::OtherKycClaim { provider, event, saying } => {
                (kyc_claims(provider, event), Some(format!("{CLAIM}#{saying}")))
            }
            Self::Ending(due, account) => (ENDING.to_owned(), Some(format!("{:0>12}#{account}", due.as_second()))),
            Self::PersonalToken(owner, id) => (account(*owner), Some(format!("{PERSONAL_TOKEN}{id}"))),
        }
    }

    /// Whose session, and which, a primary key names: what [`Row::Session`] was made of. `None` for every other text.
    #[must_use]
    pub fn session(pk: &str, sk: &str) -> Option<(AccountId, SessionId)> {
        let owner = AccountId::parse(pk.strip_prefix(ACCOUNT)?)?;
        Some((owner, SessionId::parse(sk.strip_prefix(SESSION)?)?))
    }

    /// Which personal token a sort key names: what [`Row::PersonalToken`] was made of. `None` for every other text.
    #[must_use]
    pub fn personal_token(sk: &str) -> Option<TokenId> {
        TokenId::parse(sk.strip_prefix(PERSONAL_TOKEN)?)
    }

    /// Whose exchange key, and which, a primary key names: what [`Row::ExchangeKey`] was made of. `None` for every other text.
    #[must_use]
    pub fn exchange_key(pk: &str, sk: &str) -> Option<(AccountId, KeyId)> {
        let owner = AccountId::parse(pk.strip_prefix(ACCOUNT)?)?;
        Some((owner, KeyId::parse(sk.strip_prefix(KEY)?)?))
    }

    /// The hash of a passkey or of a recovery code, as a sort key names it: what [`Row::Passkey`] or [`Row::RecoveryCode`] was made of.
    /// `None` for every other text.
    #[must_use]
    pub fn hash(sk: &str) -> Option<Hash> {
        let hash = sk.strip_prefix(PASSKEY).or_else(|| sk.strip_prefix(RECOVERY))?;
        BASE64_URL_SAFE_NO_PAD.decode(hash).ok()?.try_into().ok().map(Hash)
    }

    /// When an account is to be deleted, and which, as a sort key names it: what [`Row::Ending`] was made of. `None` for every other text.
    #[must_use]
    pub fn ending(sk: &str) -> Option<(Timestamp, AccountId)> {
        let (due, account) = sk.split_once('#')?;
        Some((Timestamp::from_second(due.parse().ok()?), AccountId::parse(account)?))
    }
}

impl Rows<'_> {
    pub(crate) const fn table(self) -> Table {
        match self {
            Self::Secrets
            | Self::PasskeysOf(_)
            | Self::RecoveryCodesOf(_)
            | Self::AccountEventsOf(_)
            | Self::AccountRowsOf(_) => Table::Accounts,
            Self::SessionsOf(_) | Self::VerifyingKeys => Table::Sessions,
            Self::ExchangeKeysOf(_) | Self::AccessEventsOf(..) | Self::AllAccessEventsOf(_) | Self::VaultRowsOf(_) => {
                Table::ExchangeKeys
            }
            Self::Endings => Table::Endings,
            Self::PersonalTokensOf(_) | Self::GrantEventsOf(_) | Self::GrantRowsOf(_) => Table::Grants,
            Self::WaitingMails => Table::Mail,
            Self::KycReportsOf(_) | Self::KycClaimsOf { .. } => Table::Kyc,
        }
    }

    /// Partition key, and the beginning of the sort keys.
    pub(crate) fn key(self) -> (String, String) {
        match self {
            Self::Secrets => (SECRET.to_owned(), String::new()),
            Self::AccountEventsOf(owner) | Self::AllAccessEventsOf(owner) | Self::GrantEventsOf(owner) => {
                (account(owner), EVENT.to_owned())
            }
            Self::PersonalTokensOf(owner) => (account(owner), PERSONAL_TOKEN.to_owned()),
            Self::SessionsOf(owner) => (account(owner), SESSION.to_owned()),
            Self::PasskeysOf(owner) => (account(owner), PASSKEY.to_owned()),
            Self::RecoveryCodesOf(owner) => (account(owner), RECOVERY.to_owned()),
            Self::VerifyingKeys => (SIGNING_KEYS.to_owned(), String::new()),
            Self::ExchangeKeysOf(owner) => (account(owner), KEY.to_owned()),
            Self::AccessEventsOf(owner, key) => (account(owner), format!("EVENT#{key}#")),
            Self::AccountRowsOf(owner) | Self::VaultRowsOf(owner) | Self::GrantRowsOf(owner) => {
                (account(owner), String::new())
            }
            Self::Endings => (ENDING.to_owned(), String::new()),
            Self::WaitingMails => (WAITING.to_owned(), String::new()),
            Self::KycReportsOf(user) => (kyc_user(user), "REPORT#".to_owned()),
            Self::KycClaimsOf { provider, event } => (kyc_claims(provider, event), CLAIM.to_owned()),
        }
    }
}

impl AllRows {
    pub(crate) const fn table(self) -> Table {
        match self {
            Self::ExchangeKeys => Table::ExchangeKeys,
            Self::Sessions => Table::Sessions,
        }
    }

    /// The beginning of the sort keys.
    pub(crate) const fn beginning(self) -> &'static str {
        match self {
            Self::ExchangeKeys => KEY,
            Self::Sessions => SESSION,
        }
    }
}

fn kyc_user(user: &str) -> String {
    format!("USER#{user}")
}

fn kyc_claims(provider: &str, event: &str) -> String {
    format!("EVENT#{provider}#{event}")
}

fn address(key: &AddressKey) -> String {
    format!("ADDRESS#{}", key.to_base64url())
}

fn account(id: AccountId) -> String {
    format!("{ACCOUNT}{id}")
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
