//! What all endpoints do with keys: find the caller's, seal and open them, write down who did what.

use std::time::{Duration, Instant};

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use serde::{Deserialize, Serialize};
use shared::{
    caller::{Caller, Origin},
    contention::Contention,
    error::Error,
    ids::{AccountId, KeyId},
    keys::Row,
    limits::{Limit, Room},
    seal::{Binding, Envelope},
    store::{Condition, Put, Target, Update, Write},
};
use zeroize::Zeroizing;

use crate::{
    audit::{AccessEvent, Action, UNKNOWN},
    exchanges::{Credentials, Exchange, Identity, KeyType, Unsignable},
    model::Refusal,
    policy::SendsFunds,
    record::{Fingerprint, Former, KeyRecord},
    state::Vault,
    view::KeyView,
};

/// What those who change or use a key at once compete for.
pub const RECORD: &str = "a key";
/// Many times what DynamoDB takes from a transaction's being certain to its being seen whole.
pub const WHOLE: Duration = Duration::from_millis(150);

/// A key that somebody was quicker at, as it is now.
pub enum Look {
    /// Something has changed that decides what may be done with it.
    Changed(KeyRecord),
    /// It is as it was, and agrees with its fingerprints.
    Same(KeyRecord),
    /// It is as it was, and one of its fingerprints says something else: somebody has written to the table behind our back.
    Tampered(KeyRecord),
}

/// The id in the path. A malformed one names no key, like an unknown one.
pub struct KeyPath(Option<KeyId>);

impl KeyPath {
    /// The key that may be there.
    ///
    /// # Errors
    /// `NotFound` when no key can be.
    pub fn id(&self) -> Result<KeyId, Refusal> {
        self.0.ok_or(Refusal::NotFound)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for KeyPath {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let path: Option<Path<String>> = Path::from_request_parts(parts, state).await.ok();
        Ok(Self(path.and_then(|Path(id)| KeyId::parse(&id))))
    }
}

/// The content of an envelope. Only here may credentials be written out.
#[derive(Serialize)]
struct Sealed<'a> {
    api_key: &'a str,
    secret: &'a str,
    passphrase: Option<&'a str>,
    key_type: KeyType,
    wallet_address: Option<&'a str>,
}

#[derive(Deserialize)]
struct Opened {
    api_key: Zeroizing<String>,
    secret: Zeroizing<String>,
    passphrase: Option<Zeroizing<String>>,
    key_type: KeyType,
    wallet_address: Option<String>,
}

impl Vault {
    /// A key of the caller's.
    ///
    /// # Errors
    /// `NotFound`, also where it is somebody else's.
    pub(crate) async fn find(&self, caller: &Caller, key: KeyId) -> Result<KeyRecord, Refusal> {
        let found = self.app.store.get(Row::ExchangeKey(caller.account(), key)).await?;
        found.ok_or(Refusal::NotFound)
    }

    /// Counts something that the caller does, with `what` where it is not the caller alone that is counted: the name of the counter
    /// begins with its owner, so that nobody uses up what somebody else may do.
    ///
    /// # Errors
    /// `TooMany`; `Failed` where nothing can be counted.
    pub(crate) async fn count(&self, limit: Limit, caller: &Caller, what: &str) -> Result<(), Refusal> {
        let whom = format!("{}#{what}", caller.account());
        match limit.count(&self.app.store, &whom, self.app.clock.now()).await? {
            Room::Left => Ok(()),
            Room::NoneFor(seconds) => Err(Refusal::TooMany(seconds)),
        }
    }

    /// Seals credentials for their place.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn seal(&self, binding: Binding<'_>, credentials: &Credentials) -> Result<Envelope, Error> {
        let content = Sealed {
            api_key: &credentials.api_key,
            secret: &credentials.secret,
            passphrase: credentials.passphrase.as_ref().map(|passphrase| passphrase.as_str()),
            key_type: credentials.key_type,
            wallet_address: credentials.wallet_address.as_deref(),
        };
        // Growing would leave copies behind; JSON at most doubles what credentials are made of.
        let room = 2 * (content.api_key.len() + content.secret.len() + credentials.passphrase().len()) + 512;
        let mut plaintext = Zeroizing::new(Vec::with_capacity(room));
        serde_json::to_writer(&mut *plaintext, &content).map_err(|_| Error::internal("credentials without a form"))?;
        self.envelopes.seal(binding, &plaintext).await
    }

    /// Opens a key of the caller's: one call to KMS.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when the record is not what was sealed.
    pub(crate) async fn open(&self, caller: &Caller, key: KeyId, record: &KeyRecord) -> Result<Credentials, Error> {
        let plaintext = self.envelopes.open(record.binding(caller.account(), key), &record.envelope).await?;
        let opened: Opened =
            serde_json::from_slice(&plaintext).map_err(|_| Error::internal("sealed credentials are malformed"))?;
        let Opened { api_key, secret, passphrase, key_type, wallet_address } = opened;
        Ok(Credentials { key_type, api_key, secret, passphrase, wallet_address })
    }

    /// Something that the caller does to a key, for the list of accesses.
    ///
    /// # Errors
    /// `Internal`.
    pub(crate) fn event(
        &self,
        (caller, origin, key): (&Caller, &Origin, KeyId),
        action: Action,
        outcome: &str,
    ) -> Result<AccessEvent, Error> {
        AccessEvent::new(caller, origin, key, (action, outcome), &self.app.clock)
    }

    /// Refuses, after writing down that somebody tried.
    pub(crate) async fn refuse(&self, who: (&Caller, &Origin, KeyId), action: Action, refusal: Refusal) -> Refusal {
        let event = self.event(who, action, refusal.code().as_str()).and_then(|event| event.put());
        self.recorded(event, refusal).await
    }

    /// Writes down that the caller begins something whose outcome is not known yet: what cannot be recorded is not done.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn begin(&self, who: (&Caller, &Origin, KeyId), action: Action) -> Result<AccessEvent, Error> {
        let event = self.event(who, action, UNKNOWN)?;
        let _new = self.app.store.put(event.put()?).await?;
        Ok(event)
    }

    /// Refuses, after writing down how what was begun has ended.
    pub(crate) async fn end(&self, begun: AccessEvent, outcome: &str, refusal: Refusal) -> Refusal {
        self.recorded(begun.ended(outcome).replace(), refusal).await
    }

    /// Refuses, after this write of an access.
    pub(crate) async fn recorded(&self, event: Result<Put<'static>, Error>, refusal: Refusal) -> Refusal {
        let written = match event {
            Ok(event) => self.app.store.put(event).await,
            Err(error) => Err(error),
        };
        match written {
            Ok(_) => refusal,
            Err(error) => Refusal::Failed(error),
        }
    }

    /// What a lost write means: the key is gone, may have changed (`Ok`, and the caller of this goes on with it as it is now), or has
    /// been tampered with.
    ///
    /// # Errors
    /// `NotFound`, `Failed`.
    pub(crate) async fn again(
        &self,
        who: (&Caller, KeyId),
        seen: &KeyRecord,
        contention: &mut Contention,
    ) -> Result<KeyRecord, Refusal> {
        match self.look_again(who, seen, contention).await? {
            Look::Changed(record) | Look::Same(record) => Ok(record),
            Look::Tampered(_) => Err(rolled_back()),
        }
    }

    /// Waits and looks at a key that somebody was quicker at. Reads are one by one and can see a half of somebody else's transaction
    /// that is not carried out whole yet, so a key that does not agree with its fingerprints is looked at until it does, or for so long
    /// that it never will.
    ///
    /// # Errors
    /// `NotFound`, `Failed`.
    pub(crate) async fn look_again(
        &self,
        (caller, key): (&Caller, KeyId),
        seen: &KeyRecord,
        contention: &mut Contention,
    ) -> Result<Look, Refusal> {
        let mut first = None;
        loop {
            contention.lost().await?;
            let since = *first.get_or_insert_with(Instant::now);
            // In this order: where the key is still the same, nobody has moved its fingerprint in between.
            let is_sound = self.agrees(caller.account(), seen).await?;
            let record = self.find(caller, key).await?;
            if !record.is_still(seen) {
                return Ok(Look::Changed(record));
            }
            if is_sound && self.left_by(caller.account(), &record).await?.len() == record.left.len() {
                return Ok(Look::Same(record));
            }
            if since.elapsed() >= WHOLE {
                return Ok(Look::Tampered(record));
            }
        }
    }

    /// Whether a key agrees with its fingerprint.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn agrees(&self, account: AccountId, record: &KeyRecord) -> Result<bool, Error> {
        let kept: Option<Fingerprint> = self.app.store.get(Row::Fingerprint(&record.fingerprint)).await?;
        Ok(kept.is_some_and(|kept| kept == record.as_kept(account)))
    }

    /// The credentials that a key has left behind and whose rows say so.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn left_by(&self, account: AccountId, record: &KeyRecord) -> Result<Vec<Former>, Error> {
        let mut left = Vec::new();
        for former in &record.left {
            let kept: Option<Fingerprint> = self.app.store.get(Row::Fingerprint(&former.fingerprint)).await?;
            left.extend(kept.filter(|kept| *kept == record.as_left(account)).map(|_| former.clone()));
        }
        Ok(left)
    }

    /// Whether the policy keeps a key from being used.
    pub(crate) fn is_blocked(&self, record: &KeyRecord) -> bool {
        record.sends_funds != SendsFunds::No && !self.config.allow_withdrawal_keys
    }

    /// A key as its owner sees it.
    pub(crate) fn view(&self, record: KeyRecord) -> KeyView {
        let is_blocked = self.is_blocked(&record);
        KeyView::new(record, is_blocked)
    }
}

/// What credentials are that have been checked.
///
/// # Errors
/// `Internal`: the checks let something pass that is no key.
pub fn identity(exchange: &Exchange, credentials: &Credentials) -> Result<Identity, Error> {
    exchange.identity(credentials).map_err(|Unsignable| Error::internal("credentials that are no key"))
}

/// The writes of a change of a key and of the access that it is part of. They take place only if the key agrees with its fingerprint.
///
/// # Errors
/// `Internal`.
pub fn accessed<'a>(
    account: AccountId,
    record: &'a KeyRecord,
    update: Update<'a>,
    event: &AccessEvent,
) -> Result<Vec<Write<'a>>, Error> {
    let fingerprint = Write::Check(fingerprint_as_seen(record, account)?);
    Ok(vec![Write::Update(update), fingerprint, event.write()?])
}

/// That a fingerprint still names this key in this version: an older record that somebody put back does not pass.
pub fn names(record: &KeyRecord, account: AccountId) -> Result<[Condition; 3], Error> {
    Ok([
        Condition::equals("account", &account)?,
        Condition::equals("key", &record.id)?,
        Condition::equals("secret_version", &record.secret_version)?,
    ])
}

/// That a fingerprint still names this key in this version, and that no test has found out anything else since.
pub fn as_seen(record: &KeyRecord, account: AccountId) -> Result<[Condition; 4], Error> {
    let [owner, key, version] = names(record, account)?;
    Ok([owner, key, version, Condition::equals("sends_funds", &record.sends_funds)?])
}

/// The fingerprint of a key under that condition: to check or to delete.
pub fn fingerprint_as_seen(record: &KeyRecord, account: AccountId) -> Result<Target<'_>, Error> {
    let row = Target::new(Row::Fingerprint(&record.fingerprint));
    Ok(as_seen(record, account)?.into_iter().fold(row, Target::when))
}

/// That the row of a credential says that this key has left it behind.
pub fn as_left(record: &KeyRecord, account: AccountId) -> Result<[Condition; 4], Error> {
    Ok([
        Condition::equals("account", &account)?,
        Condition::equals("key", &record.id)?,
        Condition::Absent("secret_version"),
        Condition::equals("sends_funds", &SendsFunds::Found)?,
    ])
}

/// A key that does not agree with its fingerprint: somebody has written to the table behind our back.
pub fn rolled_back() -> Refusal {
    tracing::error!(event = "record_rolled_back", "a key does not agree with its fingerprint");
    Error::internal("a key does not agree with its fingerprint").into()
}
