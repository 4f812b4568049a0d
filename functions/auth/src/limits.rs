//! How often a client may ask, by its address, and how many letters all of them together may ask for. Whom they ask about makes no
//! difference, so that no limit tells anything of an address.

pub mod stuffing;

use std::time::Duration;

use serde::de::{DeserializeOwned, IgnoredAny};
use shared::{
    caller::ClientAddress,
    error::Error,
    limits::{Limit, RateLimit},
    time::Timestamp,
};

use crate::{config::AuthConfig, state::Auth};

/// What a client does, as far as it is counted together.
#[derive(Clone, Copy)]
pub enum Group {
    /// Has a password checked.
    Login,
    /// Has a letter sent.
    Mail,
    /// Asks where the proof of an address stands.
    Ask,
}

/// Letters that strangers can ask for. They have budgets of their own: a flood of sign-ups leaves owners their way back.
#[derive(Clone, Copy)]
pub enum Letters {
    /// That prove an address.
    SignUp,
    /// That lead back to an account.
    Forgot,
}

impl Group {
    /// Its name in tokens, in the log, and as the action that a provider of challenges is told of.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Mail => "mail",
            Self::Ask => "ask",
        }
    }

    /// What its counters are named by in the row of a client, before the number of their slot. Short, for the row has 84 of them, and a
    /// write unit has one kilobyte.
    const fn column(self) -> &'static str {
        match self {
            Self::Login => "l",
            Self::Mail => "m",
            Self::Ask => "a",
        }
    }

    fn limit(self, config: &AuthConfig) -> Limit {
        let (times, minutes) = match self {
            Self::Login => (config.logins_per_address, 5),
            Self::Mail => (10, 15),
            // Front ends ask again and again, from offices.
            Self::Ask => (300, 5),
        };
        let times = times.saturating_mul(config.ip_limit_factor);
        Limit { name: self.column(), times, span: Duration::from_mins(minutes) }
    }
}

impl Letters {
    const fn name(self) -> &'static str {
        match self {
            Self::SignUp => "signup",
            Self::Forgot => "forgot",
        }
    }
}

impl Auth {
    /// Counts a request of a client, and says what is known of it. One that is refused must not be answered with anything that was looked
    /// up.
    ///
    /// # Errors
    /// `Unavailable`: what cannot be counted is not done.
    pub(crate) async fn limit<T: DeserializeOwned>(
        &self,
        group: Group,
        client: &ClientAddress,
        now: Timestamp,
    ) -> Result<RateLimit<T>, Error> {
        let limit = group.limit(&self.config).count_client(&self.app.store, client, now).await?;
        if let RateLimit::Exceeded(_) = limit {
            tracing::warn!(event = "limited", group = group.name(), "a client asks too often");
        }
        Ok(limit)
    }

    /// Counts a request for a letter, first of its client and then of everybody: who asks too often uses up no budget. It is counted
    /// whether a letter goes out or not.
    ///
    /// # Errors
    /// `UsedUp` where everybody together has asked for twice as many as there should be; `Unavailable`.
    pub(crate) async fn limit_letters(
        &self,
        letters: Letters,
        client: &ClientAddress,
        now: Timestamp,
    ) -> Result<RateLimit<()>, Error> {
        match self.limit::<IgnoredAny>(Group::Mail, client, now).await? {
            RateLimit::Allowed(_) => self.spend(letters, now).await.map(RateLimit::Allowed),
            RateLimit::Exceeded(seconds) => Ok(RateLimit::Exceeded(seconds)),
        }
    }

    async fn spend(&self, letters: Letters, now: Timestamp) -> Result<(), Error> {
        let budget = self.config.mails_per_hour;
        let most = Limit { name: "MAIL", times: budget.saturating_mul(2), span: Duration::from_hours(1) };
        let (spent, left) = match most.count(&self.app.store, letters.name(), now).await? {
            RateLimit::Allowed(spent) => (spent, Ok(())),
            RateLimit::Exceeded(seconds) => (most.times, Err(Error::UsedUp(seconds))),
        };
        let percent = u64::from(spent) * 100 / u64::from(budget.max(1));
        tracing::info!(event = "mail_budget", letters = letters.name(), percent, "a letter is asked for");
        left
    }
}
