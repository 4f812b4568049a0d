//! The ledger of accounts that are to be deleted: a row for each, from the request until the last trace is gone.
//!
//! Every function that keeps something of accounts does its part by itself, woken by its schedule, in steps that may be repeated: first
//! `auth` begins, from when on nobody can keep the account; then the others forget what they have, and each marks the row; `auth` takes
//! the row away when all have. Whatever fails is tried again at the next round, and a row that fails holds up no other. An account that
//! is overdue sets off an alarm.
//!
//! A further function joins by a [`Part`]: its variant, its place in [`Part::ALL`] and the attribute that it marks, with its field in [`Marks`]. Nothing is finished
//! from then on before it has done its part: it calls [`round`] for its task, does its part where [`Ending::awaits`] says so, and says so
//! by [`Ending::done`].

use std::time::{Duration, Instant};

use futures::{StreamExt, stream};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{
    app::App,
    error::Error,
    ids::AccountId,
    store::{Condition, Found, Store, Update, Written},
    tables::{Row, Rows},
    time::Timestamp,
};

/// Between the request and the end, for whoever wants to keep the account after all.
pub const GRACE: Duration = Duration::from_hours(7 * 24);

/// For how long a round does something of what is due; then it leaves the rest to the next one. The function has a minute, and what is
/// under way then ends within seconds.
const WORK: Duration = Duration::from_secs(40);

/// So many accounts are taken at once, so that one with many rows holds up few.
const AT_ONCE: usize = 4;

/// What a function does for the end of an account, other than `auth`, which begins and finishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `api-keys` destroys the exchange keys and forgets who used them.
    Vault,
    /// `kyc` sets an end to what it must keep for the law.
    Kyc,
    /// `oauth` forgets what the account has allowed programs.
    Grants,
}

/// An account that is to be deleted: a row of the table `Endings`, as long as it is not gone. Which account and when it is due, says the
/// row's key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "they are the row's attributes, each a moment")]
pub struct Marks {
    /// When nobody could keep the account any more.
    begun_at: Option<Timestamp>,
    vault_at: Option<Timestamp>,
    kyc_at: Option<Timestamp>,
    grants_at: Option<Timestamp>,
}

/// An account whose time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The account.
    pub account: AccountId,
    /// Since when it is due.
    pub due_at: Timestamp,
    /// What is done of it.
    pub marks: Marks,
}

impl Part {
    /// All of them. Only then is an account gone.
    pub const ALL: [Self; 3] = [Self::Vault, Self::Kyc, Self::Grants];

    /// The attribute that says when it was done.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Vault => "vault_at",
            Self::Kyc => "kyc_at",
            Self::Grants => "grants_at",
        }
    }
}

impl Marks {
    /// When nobody could keep the account any more.
    #[must_use]
    pub const fn begun_at(&self) -> Option<Timestamp> {
        self.begun_at
    }

    /// When a part was done.
    #[must_use]
    pub const fn done_at(&self, part: Part) -> Option<Timestamp> {
        match part {
            Part::Vault => self.vault_at,
            Part::Kyc => self.kyc_at,
            Part::Grants => self.grants_at,
        }
    }
}

impl Ending {
    /// From a row, whoever wrote it.
    ///
    /// # Errors
    /// `Internal` when it is none.
    pub fn read(row: Found) -> Result<Self, Error> {
        let named = Row::ending(row.key().1);
        let (due_at, account) = named.ok_or_else(|| Error::internal("a row of the ledger names no account"))?;
        Ok(Self { account, due_at, marks: row.read()? })
    }

    /// Its row.
    #[must_use]
    pub const fn row(&self) -> Row<'static> {
        Row::Ending(self.due_at, self.account)
    }

    /// When what is begun is still waiting for a part: since when it has been begun. None where it is not, or the part is done.
    #[must_use]
    pub fn awaits(&self, part: Part) -> Option<Timestamp> {
        self.marks.begun_at.filter(|_| self.marks.done_at(part).is_none())
    }

    /// Whether everybody has done their part.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.marks.begun_at.is_some() && Part::ALL.into_iter().all(|part| self.marks.done_at(part).is_some())
    }

    /// What must hold of its row for the account to be gone.
    #[must_use]
    pub fn conditions() -> Vec<Condition> {
        let marks = Part::ALL.map(|part| Condition::Present(part.mark()));
        [Condition::Present("begun_at")].into_iter().chain(marks).collect()
    }

    /// The write that begins it, if nobody has, and the account is still to end.
    ///
    /// # Errors
    /// `Internal`.
    pub fn begin(&self, now: Timestamp) -> Result<Update<'static>, Error> {
        let row = Update::new(self.row()).set("begun_at", &now)?;
        Ok(row.when(Condition::Exists).when(Condition::Absent("begun_at")))
    }

    /// Says that a part is done. Twice is as good as once.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`, `Internal`.
    pub async fn done(&self, part: Part, store: &Store, now: Timestamp) -> Result<(), Error> {
        let row = Update::new(self.row()).set(part.mark(), &now)?;
        let row = row.when(Condition::Present("begun_at")).when(Condition::Absent(part.mark()));
        let _done_or_marked_before: Written<IgnoredAny> = store.update(row).await?;
        tracing::info!(event = "ending_marked", account = %self.account, part = part.mark(), "a part of an ending is done");
        Ok(())
    }
}

/// Does `work` for every account whose time has come, given until when there is time for it. What fails is logged and left to the next
/// round, which is in a quarter of an hour; so is everything where the table is down.
///
/// # Errors
/// `Internal` when nobody can see what is due, and that will not pass.
pub async fn round<F>(app: &App, work: impl Fn(Ending, Instant) -> F) -> Result<(), Error>
where
    F: Future<Output = Result<(), Error>>,
{
    let (now, end) = (app.clock.now(), Instant::now() + WORK);
    // Nobody's id is smaller, so this sorts behind all that is due by now.
    let until = Row::Ending(now + Duration::from_secs(1), AccountId::from_bytes([0; 16]));
    let due = match app.store.found_before(Rows::Endings, until).await {
        Ok(due) => due,
        Err(error @ (Error::Unavailable(_) | Error::Throttled(_) | Error::Contended(_))) => {
            tracing::warn!(event = "endings_unseen", ?error, "nobody can see which accounts are to be deleted");
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let oldest = due.iter().filter_map(|row| Row::ending(row.key().1)).map(|(due_at, _)| due_at).min();
    let (endings, overdue_s) = (due.len(), oldest.map_or(0, |due_at| now.seconds_from(due_at)));
    stream::iter(due)
        .for_each_concurrent(AT_ONCE, |row| async {
            if Instant::now() >= end {
                return;
            }
            let ended = match Ending::read(row) {
                Ok(ending) => work(ending, end).await,
                Err(error) => Err(error),
            };
            if let Err(error) = ended {
                tracing::warn!(event = "ending_failed", ?error, "an account stays to be deleted");
            }
        })
        .await;
    // Also where nothing is due: whoever looks for this line sees that somebody looks.
    tracing::info!(event = "endings_round", endings, overdue_s, "a round of the accounts that are to be deleted");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_done_before_every_part_is() {
        let at = Some(Timestamp::from_second(1));
        let ending = |begun_at, [vault_at, kyc_at, grants_at]: [_; Part::ALL.len()]| Ending {
            account: AccountId::from_bytes([1; 16]),
            due_at: Timestamp::from_second(1),
            marks: Marks { begun_at, vault_at, kyc_at, grants_at },
        };
        assert!(ending(at, [at; 3]).is_done());
        assert!(!ending(None, [at; 3]).is_done() && !ending(None, [None; 3]).is_done());
        for left in 0..Part::ALL.len() {
            let mut marks = [at; 3];
            marks[left] = None;
            assert!(!ending(at, marks).is_done());
            for (number, part) in Part::ALL.into_iter().enumerate() {
                assert_eq!(ending(at, marks).awaits(part), at.filter(|_| number == left), "{part:?}");
            }
        }
        assert_eq!(ending(None, [None; 3]).awaits(Part::Vault), None, "it may still be kept");
        assert_eq!(Ending::conditions().len(), 1 + Part::ALL.len());
    }
}
