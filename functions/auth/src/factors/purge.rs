//! Factors are removed with their rows: by their owner, by whoever says that a factor is not the owner's, and by operators for an owner who
//! has lost them all.

use shared::{
    error::Error,
    events::Action,
    ids::{AccountId, FactorId},
    store::{Condition, Expected, Store, Update, Write},
    tables::{Hash, Row, Rows},
    time::Timestamp,
};

use super::{Factors, Mfa, Passkey, Totp};

/// Factors that are to be removed without their owner's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubted {
    /// None of them.
    None,
    /// This one: its owner has not added it.
    One(FactorId),
    /// Those that were added since somebody has moved the account, and the one that its owner has not added.
    Since(Timestamp, Option<FactorId>),
    /// All of them, in a reset that an operator may make since that time: it must still be wanted.
    All(Timestamp),
}

/// A factor, as far as its owner has to know it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFactor {
    /// What it is, in the words of the API: `totp` or `passkey`.
    pub kind: &'static str,
    /// What a passkey is called; an app has no name.
    pub name: Option<String>,
    /// Since when it is a factor.
    pub created_at: Timestamp,
}

/// What removing the doubted factors of an account comes to.
pub struct Purge {
    /// What is told of it: one event for each factor, and one for the end of a reset that is under way.
    pub told: Vec<Action>,
    /// The factors that stay, by age.
    pub staying: Vec<KnownFactor>,
    /// The rows of the factors.
    pub writes: Vec<Write<'static>>,
    /// The factors as they were seen.
    before: Option<Factors>,
    /// Those that are left.
    after: Option<Factors>,
}

/// What goes of the rows of an account's factors.
#[derive(Default)]
pub struct Removal<'a> {
    /// The app.
    pub app: bool,
    /// These passkeys.
    pub passkeys: Vec<&'a Passkey>,
    /// The reset of all of them that is under way, by when it may be made: it is over, and conflicts with whoever has stopped it.
    pub reset: Option<Timestamp>,
}

impl Doubted {
    fn includes(self, id: FactorId, created_at: Timestamp) -> bool {
        match self {
            Self::None => false,
            Self::One(doubted) => doubted == id,
            Self::Since(time, named) => created_at >= time || named == Some(id),
            Self::All(_) => true,
        }
    }
}

impl From<&Totp> for KnownFactor {
    fn from(app: &Totp) -> Self {
        Self { kind: "totp", name: None, created_at: app.created_at }
    }
}

impl From<&Passkey> for KnownFactor {
    fn from(passkey: &Passkey) -> Self {
        Self { kind: "passkey", name: Some(passkey.name.clone()), created_at: passkey.created_at }
    }
}

impl Purge {
    /// Whether no factor is removed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.before == self.after
    }

    /// What the guard says of the factors then, as long as they are as they were seen: so none is overlooked that is added meanwhile.
    ///
    /// # Errors
    /// `Internal`.
    pub fn guard(&self, guard: Update<'static>) -> Result<Update<'static>, Error> {
        Ok(guard.set("factors", &self.after)?.when(unchanged(self.before)?))
    }
}

/// That the factors are as they were seen.
///
/// # Errors
/// `Internal`.
pub fn unchanged(before: Option<Factors>) -> Result<Condition, Error> {
    before.map_or(Ok(Condition::Absent("factors")), |before| Condition::equals("factors", &before))
}

/// Removes the doubted factors of an account, and stops a reset of them that is under way. Nothing is read where there are no factors.
///
/// # Errors
/// `Unavailable`, `Internal`.
pub async fn purge(
    store: &Store,
    account: AccountId,
    before: Option<Factors>,
    doubted: Doubted,
) -> Result<Purge, Error> {
    let Some(factors) = before else {
        return Ok(Purge { told: Vec::new(), staying: Vec::new(), writes: Vec::new(), before, after: None });
    };
    let (mfa, passkeys) =
        tokio::try_join!(store.get::<Mfa>(Row::Mfa(account)), store.query::<Passkey>(Rows::PasskeysOf(account)))?;
    let mfa = mfa.unwrap_or_default();
    let app = mfa.totp.as_ref().is_some_and(|app| doubted.includes(app.id, app.created_at));
    let (passkeys, others): (Vec<_>, Vec<_>) =
        passkeys.iter().partition(|passkey| doubted.includes(passkey.id, passkey.created_at));
    let staying_app = mfa.totp.as_ref().filter(|_| !app).map(KnownFactor::from);
    let mut staying: Vec<_> = staying_app.into_iter().chain(others.into_iter().map(KnownFactor::from)).collect();
    staying.sort_by_key(|factor| factor.created_at);
    let after = passkeys.iter().fold(factors.with_app(factors.totp && !app), |after, _| after.without_passkey());
    let mut told = vec![Action::PasskeyRemoved; passkeys.len()];
    told.extend(app.then_some(Action::TotpRemoved));
    let reset = match doubted {
        Doubted::All(due) => Some(due),
        Doubted::None | Doubted::One(_) | Doubted::Since(..) => {
            told.extend(mfa.reset_at.map(|_| Action::FactorsResetCancelled));
            mfa.reset_at
        }
    };
    let writes = removing(store, account, &Removal { app, passkeys, reset }, after).await?;
    Ok(Purge { told, staying, writes, before, after: after.if_any() })
}

/// The writes that remove factors which are there, so that these are left; with the last one all that stands beside factors.
///
/// # Errors
/// `Unavailable`, `Internal`.
pub async fn removing(
    store: &Store,
    account: AccountId,
    Removal { app, passkeys, reset }: &Removal<'_>,
    after: Factors,
) -> Result<Vec<Write<'static>>, Error> {
    let mut writes: Vec<_> = passkeys.iter().flat_map(|passkey| without(account, passkey)).collect();
    if after.if_any().is_none() {
        writes.extend(voiding_codes(store, account).await?);
        let row = Expected::new(Row::Mfa(account)).when(Condition::Exists);
        let row = if let Some(at) = reset { row.when(Condition::equals("reset_at", at)?) } else { row };
        writes.push(Write::Delete(row));
        return Ok(writes);
    }
    let mut row = Update::new(Row::Mfa(account)).when(Condition::Exists);
    if *app {
        row = row.set("totp", &None::<Totp>)?.set("last_step", &None::<i64>)?.set("used_at", &None::<i64>)?;
        row = row.set("failures", &0)?.set("next_at", &None::<i64>)?.when(Condition::Present("totp"));
    }
    if let Some(at) = reset {
        row = row.set("reset_at", &None::<Timestamp>)?.when(Condition::equals("reset_at", at)?);
    }
    writes.extend((*app || reset.is_some()).then_some(Write::Update(row)));
    Ok(writes)
}

/// The writes that remove a passkey, and let its credential be registered again.
fn without(account: AccountId, passkey: &Passkey) -> [Write<'static>; 2] {
    let hash = passkey.credential.hash();
    [
        Write::Delete(Expected::new(Row::Passkey(account, hash)).when(Condition::Exists)),
        Write::Delete(Expected::new(Row::Credential(hash))),
    ]
}

/// The writes that void all recovery codes of an account.
///
/// # Errors
/// `Unavailable`, `Internal`.
pub async fn voiding_codes(store: &Store, account: AccountId) -> Result<Vec<Write<'static>>, Error> {
    let codes = codes(store, account).await?.into_iter();
    Ok(codes.map(|hash| Write::Delete(Expected::new(Row::RecoveryCode(account, hash)))).collect())
}

/// The hashes of the recovery codes of an account that have not been used.
///
/// # Errors
/// `Unavailable`, `Internal`.
pub async fn codes(store: &Store, account: AccountId) -> Result<Vec<Hash>, Error> {
    let found = store.found(Rows::RecoveryCodesOf(account)).await?;
    Ok(found.iter().filter_map(|row| Row::hash(row.key().1)).collect())
}
