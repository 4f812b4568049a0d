//! Whether a delivery is genuine: the provider's signature, and the second lock, where there is one.

use axum::http::HeaderMap;
use shared::{
    error::{Cause, Error},
    time::Timestamp,
};

use crate::{
    providers::{Provider, Secret, Unproven, Verified, bearer},
    state::Kyc,
};

impl Kyc {
    /// Bytes that a holder of the provider's secret has signed, through the second lock, where there is one.
    ///
    /// # Errors
    /// `NotAuthenticated`, `InvalidSignature`; `NotSetUp` without a secret; `Unavailable` where the secrets do not open.
    pub(crate) async fn prove<'b>(
        &self,
        provider: &'static Provider,
        headers: &HeaderMap,
        body: &'b [u8],
        now: Timestamp,
    ) -> Result<Verified<'b>, Error> {
        let secrets = self.secrets().await?;
        let is_locked = !secrets.token.is_empty() && provider.sends_bearer && !provider.is_proven_by_token();
        let lock = if is_locked { bearer(headers, &secrets.token) } else { Ok(()) };
        let verified = provider.verify(secrets.of(provider, self.usual), headers, body, now);
        let unproven = match (verified, lock) {
            (Ok(verified), Ok(())) => return Ok(verified),
            (Err(unproven), _) | (Ok(_), Err(unproven)) => unproven,
        };
        tracing::warn!(
            event = "kyc_refused",
            provider = provider.id,
            reason = unproven.as_str(),
            "a report is refused"
        );
        Err(match unproven {
            _ if has_no_credentials(provider, headers, body, now) => Error::NotAuthenticated,
            Unproven::NoSecret => Error::NotSetUp(Cause::new(format!("no secret of {} is configured", provider.id))),
            _ => Error::InvalidSignature,
        })
    }
}

/// Whether nothing at all came that could prove the report, with whatever secret.
fn has_no_credentials(provider: &'static Provider, headers: &HeaderMap, body: &[u8], now: Timestamp) -> bool {
    let any = Secret::new("any".to_owned()).map(|secret| vec![secret]).unwrap_or_default();
    let lacks_signature = matches!(provider.verify(&any, headers, body, now), Err(Unproven::MissingSignature));
    lacks_signature && matches!(bearer(headers, &any), Err(Unproven::MissingSignature))
}
