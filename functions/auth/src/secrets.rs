//! The secrets of the service. Made on first start, sealed by KMS; of two first starts at once, one wins and both use its secrets.
//! Successors are made by operators, and used from the moment that their rows name.

use std::sync::{Arc, atomic::AtomicU64};

use shared::{
    caller::token::{Verifier, VerifyingKey, new_signing_key},
    error::Error,
    keys::{Row, Rows},
    link::{LinkKey, LinkKeys},
    random,
    rotation::{self, Generation, Opened, open_all},
    seal::{Purpose, Seal, key_256},
    store::{Condition, Put, Store},
    time::Timestamp,
};
use zeroize::Zeroizing;

use crate::{
    account_key::AccountKey,
    links::Links,
    password::Passwords,
    signer::{Signer, SigningKey},
};

/// The opened secrets.
pub struct Secrets {
    pub(crate) passwords: Passwords,
    pub(crate) links: Links,
    pub(crate) signer: Signer,
    /// By age.
    pub(crate) account_keys: Vec<Opened<AccountKey>>,
}

/// Where the secrets are.
pub struct Source<'a> {
    pub(crate) store: &'a Store,
    pub(crate) seal: &'a Seal,
    /// Knows the published keys.
    pub(crate) tokens: &'a Verifier,
    /// By and for whom tokens are issued.
    pub(crate) url: &'a str,
    /// Counts the runs of Argon2.
    pub(crate) runs: &'a Arc<AtomicU64>,
}

const ALL: [Purpose; 4] = [Purpose::Pepper, Purpose::LinkKey, Purpose::SigningKey, Purpose::AccountKey];

impl Secrets {
    /// Opens the secrets, after making those that are missing. What is `known` and has not changed is not opened again.
    ///
    /// # Errors
    /// `Unavailable` when DynamoDB or KMS is; `Internal` when a secret does not open.
    pub async fn open(source: &Source<'_>, known: Option<&Self>, now: Timestamp) -> Result<Self, Error> {
        let Source { store, seal, tokens, url, runs } = source;
        // At once, for an instance starts with this.
        let (stored, published) = tokio::join!(stored(store, seal), tokens.load(now));
        let stored = stored?;
        let (peppers, mut link_keys, signing_keys, mut account_keys) = (
            rotation::of(Purpose::Pepper, &stored),
            rotation::of(Purpose::LinkKey, &stored),
            rotation::not_replaced(rotation::of(Purpose::SigningKey, &stored), now),
            rotation::of(Purpose::AccountKey, &stored),
        );
        link_keys.retain(|key| !key.has_ended(now));
        account_keys.retain(|key| !key.has_ended(now));
        let (peppers, links, keys, account_keys) = tokio::try_join!(
            open_all(seal, &peppers, known.map_or(&[], |known| known.passwords.peppers()), key_256),
            open_all(seal, &link_keys, known.map_or(&[], |known| known.links.keys()), LinkKey::read),
            open_all(seal, &signing_keys, known.map_or(&[], |known| known.signer.keys()), SigningKey::new),
            open_all(seal, &account_keys, known.map_or(&[], |known| &known.account_keys), AccountKey::read),
        )?;
        let published = match published {
            Ok(()) => publish(source, &keys, link_keys, known.is_none(), now).await,
            failed => failed,
        };
        if let Err(error) = published {
            if known.is_none() {
                return Err(error);
            }
            // It has been there since this instance started, and will be looked after again.
            tracing::warn!(?error, "what others need of the secrets is not looked after");
        }
        let passwords = Passwords::new(peppers, Arc::clone(runs));
        Ok(Self { passwords, links: Links::new(links), signer: Signer::new(keys, url), account_keys })
    }
}

/// The secrets as they are stored, after making those that are missing.
async fn stored(store: &Store, seal: &Seal) -> Result<Vec<Generation>, Error> {
    let stored: Vec<Generation> = store.query(Rows::Secrets).await?;
    let missing: Vec<_> = ALL.into_iter().filter(|purpose| rotation::of(*purpose, &stored).is_empty()).collect();
    if missing.is_empty() {
        return Ok(stored);
    }
    for purpose in missing {
        make(store, seal, purpose).await?;
    }
    store.query(Rows::Secrets).await
}

/// Makes a secret unless there is one. Losing the race for its row is fine: whoever won, the row is read again.
async fn make(store: &Store, seal: &Seal, purpose: Purpose) -> Result<(), Error> {
    let secret = match purpose {
        Purpose::Pepper | Purpose::LinkKey | Purpose::AccountKey | Purpose::VaultKey => {
            Zeroizing::new(random::bytes::<32>()?.to_vec())
        }
        Purpose::SigningKey => new_signing_key()?,
    };
    let first = Generation { secret: seal.seal(purpose, &secret).await?, number: 1, from: None, until: None };
    let row = Put::new(first.row(), &first)?.when(Condition::New);
    let _won_or_lost = store.put(row).await?;
    Ok(())
}

/// Lays what other functions need, which may not read Accounts, into tables of theirs: public halves of signing keys for all, sealed
/// link keys for `mail`. What is there already stays as it is; successors are laid there by whoever makes them.
async fn publish(
    Source { store, tokens, .. }: &Source<'_>,
    keys: &[Opened<SigningKey>],
    link_keys: Vec<&Generation>,
    is_start: bool,
    now: Timestamp,
) -> Result<(), Error> {
    let missing: Vec<_> = keys.iter().filter(|key| !tokens.knows(&key.secret.public.kid)).collect();
    // At a start every call is waited for. The very first one publishes last, so where that is done, all is.
    if is_start && missing.is_empty() {
        return Ok(());
    }
    let links = LinkKeys::of(link_keys, now);
    let _there_now = store.put(Put::new(Row::MailLinkKeys, &links)?.when(Condition::New)).await?;
    for key in &missing {
        let published = VerifyingKey { public: key.secret.public.clone(), until: key.stored.until };
        let row = Put::new(Row::VerifyingKey(&published.public.kid), &published)?;
        let _there_now = store.put(row.when(Condition::New)).await?;
    }
    if missing.is_empty() { Ok(()) } else { tokens.load(now).await }
}
