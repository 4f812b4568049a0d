//! Who asks for passkeys: the domain that they belong to, and the pages that may ask for them.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use shared::config::{ConfigError, Env, Stage, both};
use url::{Host, Url};

/// Where the pages of a laptop are.
const LOCALHOST: &str = "localhost";
/// What the origin of an Android app begins with; behind it is base64url of the SHA-256 of its certificate.
const ANDROID: &str = "android:apk-key-hash:";

const NO_ID: &str = "WEBAUTHN_RP_ID, by default the host of APP_URL, is not a domain in lower case";
const NO_ORIGIN: &str = "WEBAUTHN_ORIGINS, by default that of APP_URL, has one that is not https://DOMAIN at or below WEBAUTHN_RP_ID or android:apk-key-hash:HASH";
const NO_ORIGINS: &str = "WEBAUTHN_ORIGINS is empty";

/// A relying party. With another id, all passkeys are worthless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    id: String,
    origins: Vec<String>,
}

impl RelyingParty {
    /// The settings `WEBAUTHN_RP_ID` (default: the host of `APP_URL`) and `WEBAUTHN_ORIGINS` (with commas between them; default: the origin
    /// of `APP_URL`). No address of a machine can be an id, so on the stage `local` one in `APP_URL` stands for `localhost`.
    ///
    /// # Errors
    /// Names the settings that are not allowed.
    pub fn read(env: &Env<'_>) -> Result<Self, ConfigError> {
        let (stage, app_url) = both(Stage::read(env), env.url("APP_URL"))?;
        let mut app_url = app_url.and_then(|url| Url::parse(&url).ok());
        if let Some(url) = &mut app_url
            && stage == Stage::Local
            && !matches!(url.host(), Some(Host::Domain(_)))
        {
            url.set_host(Some(LOCALHOST)).map_err(|_| ConfigError::new("APP_URL has no host"))?;
        }
        let id = env.optional("WEBAUTHN_RP_ID");
        let id = id.or_else(|| Some(app_url.as_ref()?.host_str()?.to_owned())).unwrap_or_default();
        let origins = match env.optional("WEBAUTHN_ORIGINS") {
            Some(origins) => origins.split(',').map(|origin| origin.trim().to_owned()).collect(),
            None => app_url.iter().map(|url| url.origin().ascii_serialization()).collect(),
        };
        Self::new(id, origins, stage)
    }

    /// A domain and the origins that may use its passkeys: `https`, at the domain or below it, written as browsers write them; Android apps;
    /// and `http://localhost`, with any port, on the stage `local` alone.
    ///
    /// # Errors
    /// When it is no domain, or an origin is none of these.
    pub fn new(id: String, origins: Vec<String>, stage: Stage) -> Result<Self, ConfigError> {
        let is_domain = matches!(Host::parse(&id), Ok(Host::Domain(domain)) if domain == id) && is_plain(&id);
        let is_local = stage == Stage::Local && is_at_or_below(&id, LOCALHOST);
        if !is_domain || id.ends_with('.') || !(id.contains('.') || is_local) {
            return Err(ConfigError::new(NO_ID));
        }
        if origins.is_empty() {
            return Err(ConfigError::new(NO_ORIGINS));
        }
        if !origins.iter().all(|origin| is_android(origin) || is_page(origin, &id, is_local)) {
            return Err(ConfigError::new(NO_ORIGIN));
        }
        Ok(Self { id, origins })
    }

    /// The domain.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The origins, to be compared as they are.
    #[must_use]
    pub fn origins(&self) -> &[String] {
        &self.origins
    }
}

fn is_page(origin: &str, id: &str, may_be_plain: bool) -> bool {
    Url::parse(origin).is_ok_and(|url| {
        let is_below = url.domain().is_some_and(|domain| is_at_or_below(domain, id) && is_plain(domain));
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && may_be_plain);
        is_below && is_safe && url.origin().ascii_serialization() == origin
    })
}

/// No stars: nothing stands for several names here.
fn is_plain(domain: &str) -> bool {
    domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

fn is_at_or_below(domain: &str, id: &str) -> bool {
    domain.strip_suffix(id).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

fn is_android(origin: &str) -> bool {
    let hash = origin.strip_prefix(ANDROID).and_then(|hash| BASE64_URL_SAFE_NO_PAD.decode(hash).ok());
    hash.is_some_and(|hash| hash.len() == 32)
}

#[cfg(test)]
mod tests;
