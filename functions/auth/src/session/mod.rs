//! Sessions and their refresh tokens. A token is replaced when it is used, by the one successor that it has: who asks twice within the
//! grace, because an answer was lost or because two tabs hold one token, is told the same successor twice. A token that is used later is
//! in two hands.

mod bound;
pub mod change;
pub mod ending;
pub mod refresh;
pub mod rounds;
pub mod sign_in;
pub mod sign_out;
#[cfg(test)]
mod tests;
mod token;
mod tokens;

use std::time::Duration;

use compat::email::EmailAddress;
use serde::{Deserialize, Serialize};
use shared::{
    caller::{Aal, Authentication, Method, Origin, token::REFRESH_GRACE},
    error::Error,
    ids::{AccountId, SessionId},
    language::Language,
    switches::Switches,
    time::Timestamp,
};

use self::token::RefreshHash;
pub use self::{bound::MOST, token::RefreshToken};
use crate::{account::Account, guard::Freeze};

/// A session that is not refreshed for this long ends.
pub const LIFE: Duration = Duration::from_hours(30 * 24);

/// The longest description of a client that is kept with a session: its row fits into one write unit. Characters.
const MAX_AGENT: usize = 128;

/// One row of the Sessions table. Everything an answer needs is here, so that a refresh is a single update.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Whose session it is.
    pub(crate) account: AccountId,
    /// Names the session.
    pub(crate) id: SessionId,
    /// The address of the account, as it was proven.
    pub(crate) email: EmailAddress,
    /// When the address was proven.
    pub(crate) email_confirmed_at: Timestamp,
    /// The language that the account's letters are in.
    pub(crate) language: Language,
    /// Whether and how long the vault stays shut for it.
    #[serde(flatten)]
    freeze: Freeze,
    /// The client's address, when it signed in or was last refreshed.
    pub(crate) ip: Option<String>,
    /// Its country, by ISO 3166-1 alpha-2, where the edge says so.
    pub(crate) country: Option<String>,
    /// What the client called itself: printable ASCII, cut to 128 characters.
    pub(crate) agent: Option<String>,
    /// What kind of client it is, in words of ours.
    pub(crate) device: Option<String>,
    /// How sure it is who signed in.
    aal: Aal,
    /// By what the owner has proven to be that.
    amr: Vec<Method>,
    /// When the owner last did.
    auth_time: Timestamp,
    /// Whether the account has second factors.
    mfa: bool,
    /// The refresh token that is good.
    pub(crate) current: RefreshHash,
    /// The token that `current` is the successor of; none before the first refresh.
    pub(crate) previous: Option<RefreshHash>,
    /// When the session began.
    pub(crate) created_at: Timestamp,
    /// When it was last refreshed; never, as long as the first token lives.
    pub(crate) rotated_at: Option<Timestamp>,
    /// When the session ends unless it is refreshed.
    pub(crate) expires_at: Timestamp,
    /// When DynamoDB may drop the row: at the end of the session.
    ttl: Timestamp,
}

/// A session that has just begun, or goes on, and the refresh token that its client goes on with.
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// What its client shows next.
    pub refresh: RefreshToken,
}

/// What a session begins with, besides its account.
struct Opening {
    /// How somebody has signed in.
    authentication: Authentication,
    /// How the vault stands for it.
    freeze: Freeze,
    /// Whether the account has second factors.
    has_factors: bool,
}

/// What a refresh token means to a session.
#[derive(Debug, PartialEq, Eq)]
pub enum Presented {
    /// The session has ended.
    Expired,
    /// The token is the current one, and its successor takes its place.
    Rotates,
    /// The token is the current one, and too young to have a successor: it stays.
    Stays,
    /// The token is the one before, and its successor may have been lost, or have gone to another tab: the successor is told again.
    ReplayedInGrace,
    /// The token was used long ago: two parties hold this session.
    ReplayedLate,
}

impl Session {
    /// A new session of an account, and its first refresh token.
    ///
    /// # Errors
    /// `Internal` without randomness.
    fn open(
        account: &Account,
        Opening { authentication, freeze, has_factors }: Opening,
        origin: &Origin,
        longest: Duration,
    ) -> Result<SignedIn, Error> {
        let Authentication { aal, amr, auth_time: now } = authentication;
        let id = SessionId::random()?;
        let refresh = RefreshToken::random(account.id, id)?;
        let expires_at = now + LIFE.min(longest);
        let session = Self {
            account: account.id,
            id,
            email: account.address.clone(),
            email_confirmed_at: account.verified_at,
            language: account.language,
            freeze,
            ip: origin.ip.clone(),
            country: origin.country.clone(),
            agent: agent(origin),
            device: origin.device(),
            aal,
            amr,
            auth_time: now,
            mfa: has_factors,
            current: refresh.hash(),
            previous: None,
            created_at: now,
            rotated_at: None,
            expires_at,
            ttl: expires_at,
        };
        Ok(SignedIn { session, refresh })
    }

    /// How somebody signed in, and when.
    #[must_use]
    pub fn authentication(&self) -> Authentication {
        Authentication { aal: self.aal, amr: self.amr.clone(), auth_time: self.auth_time }
    }

    /// When somebody last proved to hold it, be it by the sign-in.
    #[must_use]
    pub fn last_used_at(&self) -> Timestamp {
        self.rotated_at.unwrap_or(self.created_at)
    }

    /// Whether it has not ended by itself, or by the operators' word.
    #[must_use]
    pub fn lives(&self, switches: &Switches, now: Timestamp) -> bool {
        self.expires_at > now && switches.let_live(self.created_at)
    }

    /// What presenting a token means. A refresh states [`Presented::Rotates`] as the condition of its write, and asks for the rest only
    /// when that does not hold.
    #[must_use]
    pub fn presented(&self, token: &RefreshHash, now: Timestamp) -> Presented {
        let is_in_grace = self.rotated_at.is_some_and(|at| now <= at + REFRESH_GRACE);
        match (self.current == *token, self.previous.as_ref() == Some(token)) {
            _ if self.expires_at <= now => Presented::Expired,
            (true, _) if is_in_grace => Presented::Stays,
            (true, _) => Presented::Rotates,
            (_, true) if is_in_grace => Presented::ReplayedInGrace,
            _ => Presented::ReplayedLate,
        }
    }
}

/// What a client calls itself, as far as it is kept with a session.
fn agent(origin: &Origin) -> Option<String> {
    origin.user_agent.as_ref().map(|agent| agent.chars().take(MAX_AGENT).collect())
}
