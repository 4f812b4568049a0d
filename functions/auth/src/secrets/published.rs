//! What other functions, which may not read Accounts, need of the secrets.

use shared::{
    caller::token::{Verifier, VerifyingKey},
    error::Error,
    link::LinkKeys,
    rotation::{Opened, SecretVersion},
    store::{Condition, Put, Store},
    tables::Row,
    time::Timestamp,
};

use super::signing::SigningKey;

/// Lays into tables that others may read: public halves of signing keys for all, sealed link keys for `mail`. What is there already stays
/// as it is; successors are laid there by whoever makes them.
///
/// # Errors
/// `Unavailable` when DynamoDB is; `Internal`.
pub async fn publish(
    store: &Store,
    tokens: &Verifier,
    keys: &[Opened<SigningKey>],
    link_keys: Vec<&SecretVersion>,
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
