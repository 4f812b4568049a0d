//! Cloudflare Turnstile: a widget on the page gives the client a token, and Cloudflare tells whether it gave it to a person, on which page
//! and for what. It is not told the client's address. (<https://developers.cloudflare.com/turnstile/get-started/server-side-validation/>)

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Bytes,
    http::{HeaderValue, Request, header},
};
use serde::Deserialize;
use serde_json::json;
use shared::{
    config::{ConfigError, Env, both},
    error::Error,
    seal::{Seal, SecretSetting},
    wire::Wire,
};
use tokio::sync::OnceCell;
use url::Url;
use zeroize::Zeroizing;

/// Where the widget comes from, and where its tokens are judged.
const ORIGIN: &str = "https://challenges.cloudflare.com";
/// For an answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Bytes. Answers have some hundred.
const MAX_ANSWER: usize = 16 * 1024;
/// What pages answer that cannot show the widget: something on the way blocks it, or their browser is too old for it.
const UNAVAILABLE: &str = "unavailable";
/// What Cloudflare says of tokens that are no good. All else that it refuses is its fault or ours.
const FAULTS_OF_CLIENTS: [&str; 3] = ["missing-input-response", "invalid-input-response", "timeout-or-duplicate"];

/// The provider, as it is set up here.
#[derive(Clone)]
pub struct Turnstile {
    /// What clients are asked for, with the site key in it.
    asked: HeaderValue,
    secret: SecretSetting,
    opened: Arc<OnceCell<Zeroizing<String>>>,
    wire: Wire,
    /// Where the widget comes from.
    origin: String,
}

/// What the provider says of an answer.
pub enum Opinion {
    /// Somebody on a page has got it.
    Human(Seen),
    /// It is no good.
    Refused,
    /// The provider cannot say, or not be asked.
    Unknown,
}

/// Where a token was given out, and for what.
#[derive(Deserialize)]
pub struct Seen {
    #[serde(default)]
    hostname: String,
    #[serde(default)]
    action: String,
}

#[derive(Deserialize)]
struct Verdict {
    success: bool,
    #[serde(flatten)]
    seen: Seen,
    #[serde(default, rename = "error-codes")]
    faults: Vec<String>,
}

impl Turnstile {
    /// Reads the settings of the provider; `None` where it has not got both its keys.
    ///
    /// # Errors
    /// Names the settings that are malformed or not allowed on this stage.
    pub(super) fn read(env: &Env<'_>) -> Result<Option<Self>, ConfigError> {
        let secret = SecretSetting::read(env, "CHALLENGE_SECRET");
        let (secret, stand_in) = both(secret, env.stand_in("CHALLENGE_URL"))?;
        let Some((site_key, secret)) = env.optional("CHALLENGE_SITE_KEY").zip(secret) else { return Ok(None) };
        let asked = HeaderValue::try_from(format!("turnstile;{site_key}"));
        let asked = asked.map_err(|_| ConfigError::new("CHALLENGE_SITE_KEY is no site key"))?;
        let origin = stand_in.as_ref().map_or(ORIGIN.to_owned(), |address| format!("http://{address}"));
        let wire = Wire::new(stand_in.as_deref(), MAX_ANSWER);
        Ok(Some(Self { asked, secret, opened: Arc::default(), wire, origin }))
    }

    /// Where the widget comes from, for pages.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What a client is asked for.
    pub(super) fn asked(&self) -> HeaderValue {
        self.asked.clone()
    }

    /// What the provider says of an answer. One question, which uses the answer up; none where a page tells that it has no widget.
    ///
    /// # Errors
    /// `Unavailable` when KMS is; `Internal` when the secret does not open.
    pub(super) async fn judge(&self, answer: &str, seal: &Seal) -> Result<Opinion, Error> {
        if answer == UNAVAILABLE {
            return Ok(Opinion::Unknown);
        }
        let secret = self.opened.get_or_try_init(|| Box::pin(self.secret.open(seal))).await?;
        let question = json!({ "secret": **secret, "response": answer }).to_string();
        let request = Request::post(format!("{ORIGIN}/turnstile/v0/siteverify"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Bytes::from(question))
            .map_err(|_| Error::internal("a question to a provider of challenges is no request"))?;
        let answer = match self.wire.ask(request, Instant::now() + PATIENCE).await {
            Ok(answer) => answer,
            Err(silence) => {
                tracing::warn!(?silence, "the provider of challenges does not answer");
                return Ok(Opinion::Unknown);
            }
        };
        let status = answer.status().as_u16();
        Ok(match serde_json::from_slice(answer.body()) {
            Ok(Verdict { success: true, seen, .. }) => Opinion::Human(seen),
            Ok(Verdict { faults, .. }) if is_of_the_client(&faults) => Opinion::Refused,
            Ok(_) => {
                tracing::error!(status, "the provider of challenges refuses our questions");
                Opinion::Unknown
            }
            Err(_) => {
                tracing::warn!(status, "the provider of challenges answers something else");
                Opinion::Unknown
            }
        })
    }
}

fn is_of_the_client(faults: &[String]) -> bool {
    !faults.is_empty() && faults.iter().all(|fault| FAULTS_OF_CLIENTS.contains(&fault.as_str()))
}

impl Seen {
    /// Whether it was on one of our pages, for this action.
    pub(super) fn fits<'a>(&self, action: &str, mut pages: impl Iterator<Item = &'a String>) -> bool {
        let is_here = |page: &String| Url::parse(page).is_ok_and(|page| page.host_str() == Some(&self.hostname));
        self.action == action && pages.any(is_here)
    }
}

/// Nothing secret.
impl fmt::Debug for Turnstile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turnstile").field("asked", &self.asked).finish_non_exhaustive()
    }
}
