//! Accounts that are brought along from another service: what the operators' tool does with each of them. Reading the exports is its own
//! business.

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_lc_rs::hmac;
use compat::{email::EmailAddress, json::Json};
use serde::de::IgnoredAny;
use shared::{
    error::{Cause, Error},
    events::AccountEvent,
    http::Field,
    ids::AccountId,
    rotation::{self, SecretVersion, open_all},
    seal::{Seal, SecretPurpose, key_256},
    store::{Condition, Put, Store, Write, Written},
    tables::{Row, Rows},
    time::Timestamp,
};

pub use crate::password::foreign::{ForeignHash, Function, LONGEST_KEY, Project, Unusable};
use crate::{
    account::Account,
    address::AddressRecord,
    endpoints::account::profile_fields::{AvatarUrl, FullName, Phone},
    guard::Guard,
    password::{Imported, Passwords},
    profile::Profile,
    records::{account_row::new_account_of, changed},
    secrets::{
        import_keys::ImportKeys,
        pepper::{Pepper, Peppers},
    },
};

/// Tries of one account while somebody signs up with its address; what is lost then is left to another run.
const ROUNDS: u32 = 4;

/// Somebody with an account at another service, who has proven the address there.
pub struct NewUser {
    /// Names the account from now on.
    pub id: AccountId,
    /// The address.
    pub address: EmailAddress,
    /// What that service has made of the password; none where it cannot be used here.
    pub password: Option<ForeignHash>,
    /// A name. What does not fit into a profile, here and below, is left out.
    pub full_name: Option<String>,
    /// Where a picture is.
    pub avatar_url: Option<String>,
    /// A number in E.164 form.
    pub phone: Option<String>,
}

/// What has become of one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is there now, or would be.
    Made,
    /// The address has an account already.
    There,
    /// The id had an account once, or has one with another address.
    IdTaken,
    /// Others changed what is known of the address all the time.
    Overtaken,
}

/// What is known of somebody who has no account yet. Who is quicker changes it.
pub struct Seen {
    record: AddressRecord,
    /// What has been tried at the address.
    tried: Guard,
}

/// Brings accounts along.
pub struct Importer {
    store: Store,
    seal: Seal,
    passwords: Passwords,
    keys: ImportKeys,
    ids: hmac::Key,
}

impl Importer {
    /// Opens what it needs: peppers, and the keys of earlier imports.
    ///
    /// # Errors
    /// `NotSetUp` before the first start of `auth`; `Unavailable`; `Internal` when a secret does not open.
    pub async fn open(store: Store, aws: &SdkConfig) -> Result<Self, Error> {
        let stored: Vec<SecretVersion> = store.query(Rows::Secrets).await?;
        let peppers = rotation::of(SecretPurpose::Pepper, &stored);
        let Some(newest) = peppers.last() else {
            return Err(Error::NotSetUp(Cause::new("there is no pepper; the first start of auth makes it")));
        };
        let seal = Seal::new(aws, &newest.secret.kms_key_arn);
        let none = ImportKeys::default();
        let (peppers, keys) =
            tokio::try_join!(open_all(&seal, &peppers, &[], key_256), ImportKeys::open(&seal, &stored, &none),)?;
        let ids = id_key(&peppers[0].secret);
        let passwords = Passwords::new(Peppers::new(peppers), Imported::default(), Arc::default());
        Ok(Self { store, seal, passwords, keys, ids })
    }

    /// The id of an account that `source` calls `name`: that one, where it is a UUID, so that what else refers to it goes on doing so; else
    /// one that nobody can guess who does not have the pepper. It is the same in every run, so that an account which was brought along and
    /// deleted does not come back.
    #[must_use]
    pub fn id(&self, source: &str, name: &str) -> AccountId {
        AccountId::parse(name).unwrap_or_else(|| {
            let tag = hmac::sign(&self.ids, &[source.as_bytes(), b"\0", name.as_bytes()].concat());
            let mut id: [u8; 16] = std::array::from_fn(|at| tag.as_ref()[at]);
            // A UUID of the version that is left to everybody's own rules.
            (id[6], id[8]) = (id[6] & 0x0f | 0x80, id[8] & 0x3f | 0x80);
            AccountId::from_bytes(id)
        })
    }

    /// The number of a signer key among those that are sealed; one that is new is sealed first, unless this is only a look.
    ///
    /// # Errors
    /// `Unavailable`; `Contended` when another import does the same; `Internal`.
    pub async fn project_key(&self, signer_key: &[u8], is_dry: bool) -> Result<u32, Error> {
        if let Some(known) = self.keys.by_number().iter().find(|key| **key.secret == signer_key) {
            return Ok(known.stored.number);
        }
        let number = self.keys.by_number().last().map_or(0, |last| last.stored.number) + 1;
        if is_dry {
            return Ok(number);
        }
        let secret = self.seal.seal(SecretPurpose::ImportKey, signer_key).await?;
        let new = SecretVersion { secret, number, from: None, until: None };
        let is_ours = match self.store.put(Put::new(new.row(), &new)?.when(Condition::New)).await? {
            Written::Done(()) => true,
            // A write whose answer was lost is refused by its own row when it is tried again.
            Written::Conflict(Some(there)) => there.read::<SecretVersion>()?.secret.sealed == new.secret.sealed,
            Written::Conflict(None) => false,
        };
        if is_ours { Ok(number) } else { Err(Error::Contended(Cause::new("another import has just sealed a key"))) }
    }

    /// What is known of somebody who is to be brought along; or why nobody is, nothing being wrong with that.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn look(&self, user: &NewUser, now: Timestamp) -> Result<Result<Seen, Outcome>, Error> {
        let key = user.address.key();
        // By itself: most of those whom a run finds have been there since the one before.
        let record: Option<AddressRecord> = self.store.get(Row::Address(&key)).await?;
        let record = record.unwrap_or_default();
        if !record.is_free(now) {
            return Ok(Err(Outcome::There));
        }
        let (tried, taken) = tokio::try_join!(
            self.store.get::<Guard>(Row::AddressGuard(&key)),
            self.store.get::<IgnoredAny>(Row::Account(user.id)),
        )?;
        Ok(if taken.is_some() { Err(Outcome::IdTaken) } else { Ok(Seen { record, tried: tried.unwrap_or_default() }) })
    }

    /// Makes the account of somebody who was `seen` to have none, all of it in one transaction, its event included.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`, `Internal`.
    pub async fn make(
        &self,
        mut user: NewUser,
        mut seen: Seen,
        event: &AccountEvent,
        now: Timestamp,
    ) -> Result<Outcome, Error> {
        let hash = match user.password.take() {
            Some(foreign) => Some(self.passwords.wrap(foreign, now).await?),
            None => None,
        };
        let (key, account) = (user.address.key(), Account::imported(user.id, user.address.clone(), hash, now));
        let profile = Profile {
            full_name: fitting::<FullName>(user.full_name.take()),
            avatar_url: fitting::<AvatarUrl>(user.avatar_url.take()),
            phone: fitting::<Phone>(user.phone.take()),
            ..Profile::blank(now)
        };
        for _ in 0..ROUNDS {
            let Seen { mut record, tried } = seen;
            record.belong_to(&account, None);
            let mut writes = new_account_of(&account, &profile, tried.inherited(&[], now))?;
            writes.extend([changed(&key, record)?, Write::Put(event.put()?)]);
            if let Written::Done(()) = self.store.transact(writes).await? {
                return Ok(Outcome::Made);
            }
            match self.look(&user, now).await? {
                Ok(again) => seen = again,
                Err(outcome) => return Ok(outcome),
            }
        }
        Ok(Outcome::Overtaken)
    }
}

/// Under which ids are derived: the first pepper, which stays whatever comes after it.
fn id_key(pepper: &Pepper) -> hmac::Key {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &**pepper);
    hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&key, b"ids of accounts that are brought along").as_ref())
}

/// What somebody says of himself, if a profile has room for it.
fn fitting<T: Field + Into<String>>(text: Option<String>) -> Option<String> {
    T::parse(&Json::String(text?)).ok().map(Into::into)
}
