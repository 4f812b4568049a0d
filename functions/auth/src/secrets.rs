//! The secrets of the service. Made on first start, sealed by KMS; of two first starts at once, one wins and both use its secrets.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use shared::{
    error::Error,
    keys::{Row, Rows},
    link::LinkKey,
    random,
    seal::{Purpose, Seal, SealedSecret},
    store::{Condition, Put, Store},
    token::PublicKey,
};
use zeroize::Zeroizing;

use crate::{password::Passwords, signer::Signer};

/// The opened secrets.
pub struct Secrets {
    pub(crate) passwords: Passwords,
    pub(crate) links: LinkKey,
    pub(crate) signer: Signer,
}

const ALL: [Purpose; 3] = [Purpose::Pepper, Purpose::LinkKey, Purpose::SigningKey];

impl Secrets {
    /// Opens the secrets, after making those that are missing. Tokens are issued by and for `url`.
    ///
    /// # Errors
    /// `Unavailable` when DynamoDB or KMS is; `Internal` when a secret does not open.
    pub async fn open(store: &Store, seal: &Seal, url: &str) -> Result<Self, Error> {
        let stored = stored(store, seal).await?;
        let link_key = find(&stored, Purpose::LinkKey)?;
        let (pepper, links, signing) = tokio::try_join!(
            seal.open_key(Purpose::Pepper, find(&stored, Purpose::Pepper)?),
            seal.open_key(Purpose::LinkKey, link_key),
            seal.open(Purpose::SigningKey, find(&stored, Purpose::SigningKey)?),
        )?;
        let signer = Signer::new(&signing, url)?;
        publish(store, link_key, &signer.public).await?;
        Ok(Self { passwords: Passwords::new(pepper), links: LinkKey::new(&links), signer })
    }
}

/// The secrets as they are stored, after making those that are missing.
async fn stored(store: &Store, seal: &Seal) -> Result<Vec<SealedSecret>, Error> {
    let stored: Vec<SealedSecret> = store.query(Rows::Secrets).await?;
    let missing: Vec<_> = ALL.into_iter().filter(|purpose| find(&stored, *purpose).is_err()).collect();
    if missing.is_empty() {
        return Ok(stored);
    }
    for purpose in missing {
        make(store, seal, purpose).await?;
    }
    store.query(Rows::Secrets).await
}

fn find(stored: &[SealedSecret], purpose: Purpose) -> Result<&SealedSecret, Error> {
    let secret = stored.iter().find(|secret| secret.purpose == purpose);
    secret.ok_or_else(|| Error::internal(format!("there is no {}", purpose.as_str())))
}

/// Makes a secret unless there is one. Losing the race for its row is fine: whoever won, the row is read again.
async fn make(store: &Store, seal: &Seal, purpose: Purpose) -> Result<(), Error> {
    let secret = match purpose {
        Purpose::Pepper | Purpose::LinkKey | Purpose::VaultKey => Zeroizing::new(random::bytes::<32>()?.to_vec()),
        Purpose::SigningKey => signing_key()?,
    };
    let sealed = seal.seal(purpose, &secret).await?;
    let row = Put::new(Row::Secret(purpose.as_str()), &sealed)?.when(Condition::New);
    let _won_or_lost = store.put(row).await?;
    Ok(())
}

/// Lays what other functions need into tables of theirs, for they may not read Accounts. Done on every start, so that a table that
/// was emptied or restored heals. A key is withdrawn by withdrawing its secret, too.
async fn publish(store: &Store, link_key: &SealedSecret, public: &PublicKey) -> Result<(), Error> {
    let for_mail = Put::new(Row::MailLinkKey, link_key)?.when(Condition::New);
    let for_all = Put::new(Row::VerifyingKey(&public.kid), public)?.when(Condition::New);
    let _there_now = tokio::try_join!(store.put(for_mail), store.put(for_all))?;
    Ok(())
}

/// A new P-256 key, PKCS #8.
fn signing_key() -> Result<Zeroizing<Vec<u8>>, Error> {
    let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let pair = pair.map_err(|_| Error::internal("no signing key could be made"))?;
    Ok(Zeroizing::new(pair.as_ref().to_vec()))
}
