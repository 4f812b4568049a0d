//! The settings of `auth`.

#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use shared::{
    config::{ConfigError, Env, Stage, both},
    language::Languages,
};

use crate::{challenge::Challenge, mfa::webauthn::RelyingParty, password::foreign::Function};

/// How long somebody who chooses a password waits for whether it was stolen.
const BREACH_CHECK: Duration = Duration::from_millis(800);
/// In hours.
const LONGEST_FREEZE: u64 = 7 * 24;

const NO_FUNCTIONS: &str =
    "IMPORTED_HASHES is not a list such as bcrypt:10,firebase-scrypt:14 with costs of at most 12 and 14";

/// What `auth` needs besides the settings of every function.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// `KMS_KEY_ID`: the key that seals pepper, link key, signing key and account key.
    pub kms_key_id: String,
    /// `PRODUCT_NAME`: how the service calls itself to people.
    pub product: String,
    /// `SIGN_IN_URL`: where a verified user goes next; optional.
    pub sign_in_url: Option<String>,
    /// `LANGUAGES`: the languages that letters and pages come in, by their codes; optional.
    pub languages: Languages,
    /// `AUTO_CONFIRM`: sign-up creates the account at once, without proof of the address. Only on `local` and `dev`.
    pub auto_confirm: bool,
    /// `SESSION_MAX_DAYS`: after so many days a session ends, however often it is refreshed.
    pub longest_session: Duration,
    /// `CHALLENGE`: what clients are asked for while somebody attacks, `pow` (default), `turnstile` or `off`. For `turnstile`
    /// `CHALLENGE_SITE_KEY`, `CHALLENGE_SECRET` (sealed by `admin seal-setting`; in the clear on the stage local) and, on `local` alone,
    /// `CHALLENGE_URL`: where it is played, http://HOST:PORT.
    pub challenge: Challenge,
    /// `LOGINS_PER_ADDRESS`: how many passwords one client address may have checked in five minutes.
    pub logins_per_address: u32,
    /// `IP_LIMIT_FACTOR`: by how much the limits of client addresses are raised. Only on `local`, where everybody comes from one.
    pub ip_limit_factor: u32,
    /// `MAILS_PER_HOUR`: how many letters of each kind strangers should ask for within an hour, all together.
    pub mails_per_hour: u32,
    /// `BREACHED_PASSWORDS`: who is asked whether a password was stolen.
    pub breached_passwords: BreachedPasswords,
    /// `FREEZE_HOURS`: for how long the vault shows nothing after what a thief would do who has got at an account.
    pub freeze: Duration,
    /// `IMPORTED_HASHES`: the functions by which users' passwords are hashed that were brought along from other services, as `bcrypt:10` or
    /// `firebase-scrypt:14`, with commas between them. Every login runs all of them, so that it does not show who was brought along.
    pub imported_hashes: Arc<[Function]>,
    /// `WEBAUTHN_RP_ID` and `WEBAUTHN_ORIGINS`: the domain that passkeys belong to, and the pages that may ask for them.
    pub relying_party: RelyingParty,
}

/// Who is asked whether a password was stolen from another service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BreachedPasswords {
    /// `hibp`, and without a value: Have I Been Pwned.
    Hibp {
        /// `HIBP_URL`: where requests to it go instead, `host:port` of an http URL. Only on `local`.
        stand_in: Option<String>,
        /// How long it may take.
        within: Duration,
    },
    /// `off`: nobody. So it is on `local` without `HIBP_URL`, for a laptop asks nobody outside.
    Off,
}

impl AuthConfig {
    /// Reads the settings of `auth`.
    ///
    /// # Errors
    /// Names the settings that are missing, malformed or not allowed on this stage.
    pub fn read(env: &Env<'_>) -> Result<Self, ConfigError> {
        let shown = both(env.shown("PRODUCT_NAME"), env.url("SIGN_IN_URL"));
        let rest = both(env.required("KMS_KEY_ID"), both(auto_confirm(env), longest_session(env)));
        let counts = both(env.count("LOGINS_PER_ADDRESS", 30), env.count("MAILS_PER_HOUR", 2_000));
        let limits = both(counts, ip_limit_factor(env));
        let asked = both(Challenge::read(env), both(both(breached_passwords(env), imported_hashes(env)), freeze(env)));
        let shown = both(both(shown, Languages::read(env)), RelyingParty::read(env));
        let ((((product, sign_in_url), languages), relying_party), (rest, (limits, asked))) =
            both(shown, both(rest, both(limits, asked)))?;
        let (
            (kms_key_id, (auto_confirm, longest_session)),
            (challenge, ((breached_passwords, imported_hashes), freeze)),
        ) = (rest, asked);
        let ((logins_per_address, mails_per_hour), ip_limit_factor) = limits;
        Ok(Self {
            kms_key_id,
            product,
            sign_in_url,
            languages,
            auto_confirm,
            longest_session,
            challenge,
            logins_per_address,
            ip_limit_factor,
            mails_per_hour,
            breached_passwords,
            freeze,
            imported_hashes,
            relying_party,
        })
    }
}

fn ip_limit_factor(env: &Env<'_>) -> Result<u32, ConfigError> {
    let factor = env.count("IP_LIMIT_FACTOR", 1)?;
    if factor != 1 && Stage::read(env)? != Stage::Local {
        return Err(ConfigError::new("IP_LIMIT_FACTOR is allowed on the stage local only"));
    }
    Ok(factor)
}

/// A week at most: whoever is locked out of the own vault for longer has another problem.
fn freeze(env: &Env<'_>) -> Result<Duration, ConfigError> {
    let hours = env.optional("FREEZE_HOURS").map_or(Some(24), |hours| hours.parse().ok());
    let hours = hours.filter(|hours| *hours <= LONGEST_FREEZE);
    let flaw = || ConfigError::new(format!("FREEZE_HOURS is not a whole number from 0 to {LONGEST_FREEZE}"));
    hours.map(Duration::from_hours).ok_or_else(flaw)
}

fn auto_confirm(env: &Env<'_>) -> Result<bool, ConfigError> {
    let auto_confirm = env.switch("AUTO_CONFIRM")?;
    if auto_confirm && !matches!(Stage::read(env)?, Stage::Local | Stage::Dev) {
        return Err(ConfigError::new("AUTO_CONFIRM is allowed on the stages local and dev only"));
    }
    Ok(auto_confirm)
}

fn longest_session(env: &Env<'_>) -> Result<Duration, ConfigError> {
    Ok(Duration::from_hours(u64::from(env.count("SESSION_MAX_DAYS", 365)?) * 24))
}

fn breached_passwords(env: &Env<'_>) -> Result<BreachedPasswords, ConfigError> {
    let is_off = match env.optional("BREACHED_PASSWORDS").as_deref() {
        None | Some("hibp") => Ok(false),
        Some("off") => Ok(true),
        Some(_) => Err(ConfigError::new("BREACHED_PASSWORDS is neither hibp nor off")),
    };
    let (is_off, stand_in) = both(is_off, env.stand_in("HIBP_URL"))?;
    if is_off || (stand_in.is_none() && Stage::read(env)? == Stage::Local) {
        return Ok(BreachedPasswords::Off);
    }
    Ok(BreachedPasswords::Hibp { stand_in, within: BREACH_CHECK })
}

fn imported_hashes(env: &Env<'_>) -> Result<Arc<[Function]>, ConfigError> {
    let Some(text) = env.optional("IMPORTED_HASHES") else { return Ok(Arc::default()) };
    let functions = text.split(',').map(str::parse).collect::<Result<BTreeSet<_>, _>>();
    let functions = functions.map_err(|_| ConfigError::new(NO_FUNCTIONS))?;
    Ok(functions.into_iter().collect())
}
