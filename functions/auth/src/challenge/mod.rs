//! What clients are asked for while somebody attacks, and never in peace: work, or what a provider thinks of them. Whoever cannot do it
//! waits. It lets nobody past the guard of an account: passwords are counted as ever.

mod turnstile;
mod visitor;
mod work;

use axum::http::{HeaderName, HeaderValue};
use shared::{
    config::{ConfigError, Env},
    error::Error,
    http::Reply,
    rotation::in_use,
    store::{Condition, Put, Written},
    switches::ChallengeSwitch,
    tables::Row,
    time::Timestamp,
};

use self::{turnstile::Opinion, work::Solution};
pub use self::{turnstile::Turnstile, visitor::Visitor};
use crate::{limits::Group, state::Auth};

/// The header that says what is asked for: `pow;TOKEN;BITS` or `turnstile;SITE KEY`.
const CHALLENGE: HeaderName = HeaderName::from_static("x-challenge");
/// Zeros that a solution has where a client does too much: a moment of a telephone's time.
pub const BITS: u8 = 18;
/// Zeros that a solution has when operators have switched challenges on: some seconds of a slow telephone's time.
const BITS_BY_SWITCH: u8 = 21;
/// After which clients may try again that know no challenge. Seconds.
const WAIT: i64 = 60;
/// So many zeros more may be asked for than a solution has: the price may have risen while it was being solved.
const RISE: u8 = 2;
/// As good as any number of zeros: what a provider finds out.
const ENOUGH: u8 = u8::MAX;

/// What is asked for: the setting `CHALLENGE`.
#[derive(Clone, Debug)]
pub enum Challenge {
    /// Nothing. Who is over a limit waits.
    Off,
    /// Work, which is checked here.
    Work,
    /// What a provider finds out about the client, and work while the provider cannot say it.
    Turnstile(Turnstile),
}

/// Whether a visitor may go on.
#[must_use]
pub enum Toll<T = ()> {
    /// It may, with what is known then.
    Paid(T),
    /// Not before it has done something, or waited.
    Owed(Owed),
}

/// What a visitor has to do.
pub struct Owed {
    challenge: Option<HeaderValue>,
    seconds: i64,
    group: Group,
}

/// What a visitor has brought.
enum Shown {
    /// Nothing, or nothing that is good.
    Nothing,
    /// What it was asked for: so many zeros, where that was work.
    Solved(u8),
    /// An answer that the provider should judge, and cannot.
    Unjudged,
}

impl Challenge {
    /// Reads the settings of challenges.
    ///
    /// # Errors
    /// Names the settings that are missing, malformed or not allowed on this stage.
    pub fn read(env: &Env<'_>) -> Result<Self, ConfigError> {
        match (env.optional("CHALLENGE").as_deref(), Turnstile::read(env)?) {
            (None | Some("pow"), _) => Ok(Self::Work),
            (Some("off"), _) => Ok(Self::Off),
            (Some("turnstile"), Some(turnstile)) => Ok(Self::Turnstile(turnstile)),
            (Some("turnstile"), None) => Err(ConfigError::new("CHALLENGE_SITE_KEY or CHALLENGE_SECRET is not set")),
            (Some(_), _) => Err(ConfigError::new("CHALLENGE is not one of pow, turnstile, off")),
        }
    }
}

impl Challenge {
    /// The origin that a provider's widget comes from, where there is one.
    #[must_use]
    pub fn provider(&self) -> Option<&str> {
        match self {
            Self::Turnstile(turnstile) => Some(turnstile.origin()),
            Self::Off | Self::Work => None,
        }
    }
}

impl Owed {
    /// To wait for so many seconds.
    #[must_use]
    pub const fn waiting(group: Group, seconds: i64) -> Self {
        Self { challenge: None, seconds, group }
    }

    /// 429, with a model that may say for how many seconds.
    pub fn reply<T>(self, model: impl FnOnce(i64) -> T) -> Reply<T> {
        let reply = Reply::too_many_requests(model(self.seconds), self.seconds);
        let Some(challenge) = self.challenge else { return reply };
        tracing::info!(event = "challenge_asked", group = self.group.name(), "a client is asked for a challenge");
        reply.header(CHALLENGE, challenge)
    }
}

impl Auth {
    /// What everybody owes who asks for something of `group` while operators have switched challenges on.
    ///
    /// # Errors
    /// `Unavailable` when nobody knows whether they have, or where a used answer cannot be noted.
    pub(crate) async fn toll(&self, group: Group, visitor: &Visitor, now: Timestamp) -> Result<Toll, Error> {
        if matches!(self.config.challenge, Challenge::Off) {
            return Ok(Toll::Paid(()));
        }
        match self.app.switches(now).await?.challenge {
            ChallengeSwitch::Auto => Ok(Toll::Paid(())),
            ChallengeSwitch::Always => self.charge(group, visitor, BITS_BY_SWITCH, WAIT, now).await,
        }
    }

    /// What somebody owes who asks for more of `group` than others get: `bits` zeros where that is work, or to wait for so many `seconds`.
    /// An answer is good for one request, whatever that is asked for.
    ///
    /// # Errors
    /// `Unavailable` where a used answer cannot be noted.
    pub(crate) async fn charge(
        &self,
        group: Group,
        visitor: &Visitor,
        bits: u8,
        seconds: i64,
        now: Timestamp,
    ) -> Result<Toll, Error> {
        if visitor.has_paid(bits.saturating_sub(RISE)) {
            return Ok(Toll::Paid(()));
        }
        let shown = match visitor.answer() {
            Some(answer) => self.judge(group, visitor, answer, now).await?,
            None => Shown::Nothing,
        };
        let challenge = match (shown, &self.config.challenge) {
            (_, Challenge::Off) => return Ok(Toll::Owed(Owed::waiting(group, seconds))),
            (Shown::Solved(zeros), _) if zeros.saturating_add(RISE) >= bits => {
                tracing::info!(event = "challenge_passed", group = group.name(), "a client has solved a challenge");
                visitor.pays(zeros);
                return Ok(Toll::Paid(()));
            }
            (Shown::Nothing | Shown::Solved(_), Challenge::Turnstile(turnstile)) => turnstile.asked(),
            (Shown::Unjudged, _) | (Shown::Nothing | Shown::Solved(_), Challenge::Work) => {
                let secrets = self.secrets(now).await?;
                let key = &in_use(secrets.links.keys(), now)?.secret;
                work::asked(key, group, visitor.client(), bits, now)?
            }
        };
        Ok(Toll::Owed(Owed { challenge: Some(challenge), seconds, group }))
    }

    async fn judge(&self, group: Group, visitor: &Visitor, answer: &str, now: Timestamp) -> Result<Shown, Error> {
        let Self { config, app, .. } = self;
        let turnstile = match &config.challenge {
            Challenge::Off => return Ok(Shown::Nothing),
            Challenge::Work => None,
            Challenge::Turnstile(turnstile) => Some(turnstile),
        };
        let secrets = self.secrets(now).await?;
        // Work counts whatever the setting says: it was asked for while the provider could not be.
        if let Some(solution) = Solution::read(answer, secrets.links.good(now), group, visitor.client(), now) {
            return self.use_up(&solution).await;
        }
        let Some(turnstile) = turnstile else { return Ok(Shown::Nothing) };
        if !self.may_be_judged(visitor.client(), now).await? {
            return Ok(Shown::Nothing);
        }
        let opinion = turnstile.judge(answer, self.seal()).await?;
        let ours = [Some(&app.config.app_url), config.sign_in_url.as_ref()];
        Ok(match opinion {
            Opinion::Unknown => Shown::Unjudged,
            Opinion::Human(of) if of.fits(group.name(), ours.into_iter().flatten()) => Shown::Solved(ENOUGH),
            Opinion::Human(_) | Opinion::Refused => Shown::Nothing,
        })
    }

    /// Each solution is good once, whoever comes with it at the same moment.
    async fn use_up(&self, solution: &Solution) -> Result<Shown, Error> {
        let name = format!("CHALLENGE#{}", solution.name());
        let used = Put::new(Row::Counter(&name), &solution.used())?.when(Condition::New);
        Ok(match self.app.store.put(used).await? {
            Written::Done(()) => Shown::Solved(solution.bits()),
            Written::Conflict(_) => Shown::Nothing,
        })
    }
}
