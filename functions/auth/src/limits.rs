//! How often a client may ask, by its address, and how many letters all of them together may ask for. Whom they ask about makes no
//! difference, so that no limit tells anything of an address.

pub mod stuffing;

use std::time::Duration;

use serde::de::{DeserializeOwned, IgnoredAny};
use shared::{
    caller::ClientAddress,
    error::Error,
    limits::{Count, Limit, RateLimit},
    time::Timestamp,
};

use crate::{
    challenge::{BITS, Challenge, Owed, Toll, Visitor},
    config::AuthConfig,
    state::Auth,
};

/// So many times as often may ask who has solved a challenge.
const LIFTED: u32 = 10;

/// In zeros: a minute of a slow telephone's time. A challenge is good for five.
const DEAREST: u8 = 25;
/// Answers of one client that a provider of challenges is asked about in three hours.
const JUDGED: u32 = 500;

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

    /// Counts a request of a client as [`Auth::limit`] does. Who asks too often is asked for a challenge, and who solves one may ask ten
    /// times as often.
    ///
    /// # Errors
    /// `Unavailable`: what cannot be counted is not done.
    pub(crate) async fn limit_or_charge<T: DeserializeOwned>(
        &self,
        group: Group,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<Toll<T>, Error> {
        let seconds = match self.limit(group, visitor.client(), now).await? {
            RateLimit::Allowed(known) => return Ok(Toll::Paid(known)),
            RateLimit::Exceeded(seconds) => seconds,
        };
        if let Toll::Owed(owed) = self.charge(group, visitor, BITS, seconds, now).await? {
            return Ok(Toll::Owed(owed));
        }
        let usual = group.limit(&self.config);
        let lifted = Limit { times: usual.times.saturating_mul(LIFTED), ..usual };
        Ok(match lifted.count_client(&self.app.store, visitor.client(), now).await? {
            RateLimit::Allowed(known) => Toll::Paid(known),
            RateLimit::Exceeded(seconds) => Toll::Owed(Owed::waiting(group, seconds)),
        })
    }

    /// Counts a request for a letter, first of its client and then of everybody: who asks too often uses up no budget, and while operators
    /// have challenges for all neither does who solves none. It is counted whether a letter goes out or not. Where everybody together has
    /// asked for as many as there should be, each further one has its price.
    ///
    /// # Errors
    /// `UsedUp` where there have been twice as many; `Unavailable`.
    pub(crate) async fn limit_letters(
        &self,
        letters: Letters,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<Toll, Error> {
        if let Toll::Owed(owed) = self.toll(Group::Mail, visitor, now).await? {
            return Ok(Toll::Owed(owed));
        }
        match self.limit_or_charge::<IgnoredAny>(Group::Mail, visitor, now).await? {
            Toll::Paid(_) => self.spend(letters, visitor, now).await,
            Toll::Owed(owed) => Ok(Toll::Owed(owed)),
        }
    }

    /// Whether a provider of challenges may be asked about one more answer of a client, good or bad: each is a question on our account.
    ///
    /// # Errors
    /// `Unavailable`: what cannot be counted is not asked.
    pub(crate) async fn may_be_judged(&self, client: &ClientAddress, now: Timestamp) -> Result<bool, Error> {
        let times = JUDGED.saturating_mul(self.config.ip_limit_factor);
        let limit = Limit { name: "j", times, span: Duration::from_hours(3) };
        let count: RateLimit<IgnoredAny> = limit.count_client(&self.app.store, client, now).await?;
        Ok(matches!(count, RateLimit::Allowed(_)))
    }

    async fn spend(&self, letters: Letters, visitor: &Visitor, now: Timestamp) -> Result<Toll, Error> {
        let budget = self.config.mails_per_hour;
        let up_to = |times| Limit { name: "MAIL", times, span: Duration::from_hours(1) };
        let (store, name) = (&self.app.store, letters.name());
        let told = |spent: u32| {
            let percent = u64::from(spent) * 100 / u64::from(budget.max(1));
            tracing::info!(event = "mail_budget", letters = name, percent, "a letter is asked for");
        };
        let Count { times, has_room, seconds_left } = up_to(budget).count_and_tell(store, name, now).await?;
        if has_room {
            told(times);
            return Ok(Toll::Paid(()));
        }
        let most = budget.saturating_mul(2);
        // What does not pay uses up nothing: or those who do would find nothing left.
        if times < most
            && !matches!(self.config.challenge, Challenge::Off)
            && let Toll::Owed(owed) = self.charge(Group::Mail, visitor, price(times, budget), seconds_left, now).await?
        {
            told(times);
            return Ok(Toll::Owed(owed));
        }
        let Count { times, has_room, .. } = up_to(most).count_and_tell(store, name, now).await?;
        told(times);
        if has_room { Ok(Toll::Paid(())) } else { Err(Error::UsedUp(seconds_left)) }
    }
}

/// In zeros: twice as much work for each tenth of the budget that has been spent beyond it, as long as a slow telephone can do it while
/// the challenge is good.
fn price(spent: u32, budget: u32) -> u8 {
    let tenths = u64::from(spent.saturating_sub(budget)) * 10 / u64::from(budget.max(1));
    BITS.saturating_add(u8::try_from(tenths).unwrap_or(u8::MAX)).min(DEAREST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_doubles_with_each_tenth_as_long_as_somebody_can_pay_it() {
        for (spent, bits) in [(2_000, 18), (2_199, 18), (2_200, 19), (3_399, 24), (3_400, 25), (3_999, 25)] {
            assert_eq!(price(spent, 2_000), bits, "{spent}");
        }
        assert_eq!((price(1, 1), price(u32::MAX, 1)), (18, 25));
    }
}
