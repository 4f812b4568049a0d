//! What the subcommands for switches have in common: how one stands, and what it is to become.

use std::fmt;

use serde::{Serialize, de::IgnoredAny};
use shared::{
    error::Error,
    store::{Update, Written},
    switches::Switches,
    tables::Row,
    time::Clock,
};

use crate::operator::{Failure, Operator};

/// A switch: one attribute of the row.
pub struct Switch<T> {
    /// The command that changes it, for the log.
    pub command: &'static str,
    /// The attribute.
    pub attribute: &'static str,
    /// How it stands in a row.
    pub read: fn(&Switches) -> T,
    /// What people call its positions.
    pub word: fn(T) -> &'static str,
}

/// How a switch stood, and how it stands now or would.
#[derive(Debug, PartialEq, Eq)]
pub struct Switched {
    /// Before; none where it said something that nobody knows.
    pub from: Option<&'static str>,
    /// After; none where nothing was asked for.
    pub to: Option<&'static str>,
    /// Whether it was done.
    pub is_done: bool,
}

impl fmt::Display for Switched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, is_done } = self;
        f.write_str(from.unwrap_or("unreadable"))?;
        match to.filter(|to| Some(*to) != *from) {
            Some(to) if *is_done => write!(f, ": now {to}"),
            Some(to) => write!(f, "; --yes makes it {to}"),
            None => Ok(()),
        }
    }
}

impl<T: Copy + Serialize> Switch<T> {
    /// How it stands, and with `yes` what is wanted instead. Other switches stay as they are.
    ///
    /// # Errors
    /// When the table cannot be read or written.
    pub async fn set(
        &self,
        operator: &Operator,
        wanted: Option<T>,
        yes: bool,
        clock: &Clock,
    ) -> Result<Switched, Failure> {
        // One that says something else, which stops whoever goes by it, is set right by this very command.
        let from = match operator.store.get::<Switches>(Row::Switches).await {
            Ok(switches) => Some((self.read)(&switches.unwrap_or_default())),
            Err(Error::Internal(_)) => None,
            Err(error) => return Err(error.into()),
        };
        if let Some(to) = wanted.filter(|_| yes) {
            operator.trail.note(self.command, (self.word)(to), clock).await?;
            let update = Update::new(Row::Switches).set(self.attribute, &to)?;
            match operator.store.update::<IgnoredAny>(update).await? {
                Written::Done(_) => {}
                Written::Conflict(_) => return Err("the row is not as it was expected".into()),
            }
        }
        let (from, to) = (from.map(self.word), wanted.map(self.word));
        Ok(Switched { from, to, is_done: yes && to.is_some() })
    }
}
