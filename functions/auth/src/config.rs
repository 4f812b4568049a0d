//! The settings of `auth`.

#[cfg(test)]
mod tests;

use std::time::Duration;

use shared::config::{ConfigError, Env, Stage, both};

use crate::challenge::Challenge;

/// How long somebody who chooses a password waits for whether it was stolen.
const BREACH_CHECK: Duration = Duration::from_millis(800);

/// What `auth` needs besides the settings of every function.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// `KMS_KEY_ID`: the key that seals pepper, link key, signing key and account key.
    pub kms_key_id: String,
    /// `PRODUCT_NAME`: how the service calls itself to people.
    pub product: String,
    /// `SIGN_IN_URL`: where a verified user goes next; optional.
    pub sign_in_url: Option<String>,
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
        let asked = both(Challenge::read(env), breached_passwords(env));
        let ((product, sign_in_url), (rest, (limits, asked))) = both(shown, both(rest, both(limits, asked)))?;
        let ((kms_key_id, (auto_confirm, longest_session)), (challenge, breached_passwords)) = (rest, asked);
        let ((logins_per_address, mails_per_hour), ip_limit_factor) = limits;
        Ok(Self {
            kms_key_id,
            product,
            sign_in_url,
            auto_confirm,
            longest_session,
            challenge,
            logins_per_address,
            ip_limit_factor,
            mails_per_hour,
            breached_passwords,
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
