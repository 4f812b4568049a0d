//! An operator removes all second factors of an owner who has lost them. That is asked for first and told to the owner, and may be done
//! three days later: whoever shows a factor meanwhile, or says by the link of that letter that it was somebody else, has stopped it.

use std::{fmt, time::Duration};

use shared::{
    error::Error,
    events::Action,
    ids::AccountId,
    outbox::News,
    store::{Condition, Expected, Store, Update, Write},
    tables::Row,
    time::{Clock, Timestamp},
};

use super::{
    Factors, Mfa,
    purge::{Doubted, purge},
};
use crate::{
    account::Account,
    guard::{Guard, row::freezing},
    operators::{Standing, standing},
    records::{account_row::as_seen, notice::Telling},
    session::{
        ending::{EndOfAccess, Extent, ending_access},
        rounds::take_turn,
    },
};

/// How long an owner may object.
pub const OBJECTION: Duration = Duration::from_hours(72);
/// How long the vault stays shut afterwards, whatever else shuts it for how long.
pub const FREEZE: Duration = Duration::from_hours(72);

/// What an operator wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reset {
    /// That all factors may be removed in three days, for a reason that is a code.
    Request(String),
    /// That they stay after all.
    Cancel,
    /// That they go now that the time is over.
    Finish,
}

/// A reset that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requested {
    /// When it may be made.
    pub at: Timestamp,
    /// Why it was asked for.
    pub reason: Option<String>,
}

/// How an account stands, as far as that decides about a reset of its factors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetStanding {
    /// The account itself.
    pub account: Standing,
    /// Its factors, if it has some.
    pub factors: Option<Factors>,
    /// The reset that is under way, if one is.
    pub requested: Option<Requested>,
}

impl fmt::Display for Requested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "may be removed from {} on", self.at)?;
        self.reason.iter().try_for_each(|reason| write!(f, ": {reason}"))
    }
}

impl ResetStanding {
    /// How an account stands.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn of(store: &Store, id: AccountId, now: Timestamp) -> Result<Self, Error> {
        let read = async {
            tokio::try_join!(
                standing(store, id, now),
                store.get::<Guard>(Row::SessionGuard(id)),
                store.get::<Mfa>(Row::Mfa(id))
            )
        };
        let (account, guard, mfa) = Box::pin(read).await?;
        let requested = mfa.and_then(|mfa| Some(Requested { at: mfa.reset_at?, reason: mfa.reset_reason }));
        Ok(Self { account, factors: guard.and_then(|guard| guard.factors), requested })
    }

    /// Whether what an operator wants would change anything now. Of an account that is to be deleted no factor is removed: nobody signs in
    /// there.
    #[must_use]
    pub fn admits(&self, wanted: &Reset, now: Timestamp) -> bool {
        let Self { account: Standing::There { ends_at, .. }, factors: Some(_), requested } = self else { return false };
        match (wanted, requested) {
            (Reset::Request(_), requested) => ends_at.is_none() && requested.is_none(),
            (Reset::Cancel, requested) => requested.is_some(),
            (Reset::Finish, requested) => {
                ends_at.is_none() && requested.as_ref().is_some_and(|requested| requested.at <= now)
            }
        }
    }
}

impl Reset {
    /// The event that it is.
    #[must_use]
    pub const fn action(&self) -> Action {
        match self {
            Self::Request(_) => Action::FactorsResetRequested,
            Self::Cancel => Action::FactorsResetCancelled,
            Self::Finish => Action::FactorsReset,
        }
    }

    /// The writes that carry it out, but for its event; none where it would change nothing. With them goes the letter to the owner. They
    /// conflict with whoever changes the account or the reset meanwhile, be it by showing a factor.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn writes(
        &self,
        store: &Store,
        id: AccountId,
        clock: &Clock,
    ) -> Result<Option<Vec<Write<'static>>>, Error> {
        let now = clock.now();
        let stands = ResetStanding::of(store, id, now).await?;
        if !stands.admits(self, now) {
            return Ok(None);
        }
        let Some(account) = store.get::<Account>(Row::Account(id)).await? else { return Ok(None) };
        let mfa = Update::new(Row::Mfa(id));
        let (news, mut writes) = match (self, &stands.requested) {
            (Self::Request(reason), _) => {
                let due_at = now + OBJECTION;
                let mfa = mfa.set("reset_at", &due_at)?.set("reset_reason", reason)?;
                let mfa = mfa.when(Condition::Exists).when(Condition::Absent("reset_at"));
                (News::FactorsResetRequested { due_at }, vec![Write::Update(mfa), unmoved(&account)?])
            }
            (Self::Cancel, Some(Requested { at, .. })) => {
                let mfa = mfa.set("reset_at", &None::<Timestamp>)?.when(Condition::equals("reset_at", at)?);
                (News::FactorsResetCancelled, vec![Write::Update(mfa), unmoved(&account)?])
            }
            (Self::Finish, Some(Requested { at, .. })) => {
                (News::FactorsReset, finishing(store, &account, *at, now).await?)
            }
            (Self::Cancel | Self::Finish, None) => return Ok(None),
        };
        writes.push(Telling::of_operator(now).notice(&account, &account.address, news, clock.unix_ms())?);
        Ok(Some(writes))
    }
}

/// The account stays as it was read, and with it the address that the letter goes to.
fn unmoved(account: &Account) -> Result<Write<'static>, Error> {
    let row = Expected::new(Row::Account(account.id));
    Ok(Write::Check(row.when(Condition::equals("version", &account.version)?)))
}

/// All factors go that an operator may remove since `due`, everybody is signed out, and no personal token is good any more.
async fn finishing(
    store: &Store,
    account: &Account,
    due: Timestamp,
    now: Timestamp,
) -> Result<Vec<Write<'static>>, Error> {
    // Of an account that has changed meanwhile nobody takes a turn: the writes conflict.
    let _taken = take_turn(store, account.id, account.version, now).await?;
    let EndOfAccess { guard, ended, seen } = ending_access(store, account.id, Extent::Everything).await?;
    let purge = purge(store, account.id, seen.factors, Doubted::All(due)).await?;
    let guard = freezing(purge.guard(guard)?, seen.freeze.again(now, FREEZE))?;
    let turn_is_over = as_seen(account, account.version)?;
    let changes = [Write::Update(turn_is_over), Write::Update(guard)];
    Ok(changes.into_iter().chain(ended).chain(purge.writes).collect())
}
