//! `POST /auth/mfa/verify`: a second factor behind the right password, for a session.

use std::time::Instant;

use axum::extract::State;
use serde::de::IgnoredAny;
use serde_json::json;
use shared::{
    caller::ClientAddress,
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText, Switch},
    limits::RateLimit,
    now::Now,
    tables::Row,
    time::Timestamp,
};

use super::shown::{ShownFactor, ShownFields};
use crate::{
    account::Account,
    endpoints::auth_response::{AuthResponse, LOCKED},
    factors::{Checked, Shown},
    guard::Guard,
    limits::Group,
    mfa::{
        challenge::Ceremony,
        keys::Keyring,
        pending::{Pending, PendingToken},
    },
    records::notice::Telling,
    sender::Sender,
    session::sign_in::Proof,
    state::Auth,
};

/// One text for every reason, so that it tells none.
const REFUSED: &str = "Invalid or expired second factor";

/// The token that the right password was answered with, and a second factor.
pub struct MfaVerifyRequest {
    mfa_token: SecretText,
    factor: ShownFactor,
    remember_device: bool,
}

impl Input for MfaVerifyRequest {
    const ECHOES: bool = false;

    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let mfa_token = fields.required("mfa_token", "`mfa.token` of the refused login");
        let factor = ShownFields::declare(&mut fields);
        let remember_device = fields.optional(
            "remember_device",
            "Whether this device, by its `X-Device-Token`, is asked for no second factor for 30 days. Not with a recovery code",
        );
        let values = fields.end()?;
        let Switch(remember_device) = values.of(remember_device)?.unwrap_or(Switch(false));
        Some(Self { mfa_token: values.of(mfa_token)?, factor: factor.of(&values)?, remember_device })
    }
}

/// What is wrong is not told: token, factor, or that either was used.
pub async fn verify(
    State(auth): State<Auth>,
    Now(now): Now,
    client: ClientAddress,
    sender: Sender,
    Body(MfaVerifyRequest { mfa_token, factor, remember_device }): Body<MfaVerifyRequest>,
) -> Result<Reply<AuthResponse>, Error> {
    let since = Instant::now();
    let shown = factor.one()?;
    if let RateLimit::Exceeded(seconds) = auth.limit::<IgnoredAny>(Group::Login, &client, now).await? {
        return Ok(Reply::too_many_requests(AuthResponse::refused(LOCKED), seconds));
    }
    let Some(Awaited { pending, account, guard }) = Box::pin(auth.awaited(&mfa_token.reveal(), now)).await? else {
        return Ok(refused("token"));
    };
    let ceremony = Ceremony::SecondFactor { account: account.id, pending: pending.nonce };
    let told = Telling::of_somebody(sender.origin(), now);
    let proven = match auth.check_factor(account.id, &shown, &ceremony, &told, now).await? {
        Checked::Right(proven) => proven,
        Checked::Wrong(wrong) => return Ok(refused(wrong.reason)),
        Checked::Locked(seconds) => return Ok(Reply::too_many_requests(AuthResponse::refused(LOCKED), seconds)),
    };
    // Whoever has come down to paper should not be remembered for a month.
    let remembers = remember_device && !matches!(shown, Shown::RecoveryCode(_));
    auth.let_in(Proof::by_factor(&account, &pending, proven, now), guard, remembers, &sender, since, now)
        .await
        .map(|reply| reply.unwrap_or_else(|| refused("meanwhile")))
}

/// Whoever a second factor is awaited of, as the rows are now.
struct Awaited {
    pending: Pending,
    account: Account,
    guard: Guard,
}

impl Auth {
    /// What a token of the first step is good for; `None` where it is good for nothing any more.
    async fn awaited(&self, token: &str, now: Timestamp) -> Result<Option<Awaited>, Error> {
        let secrets = self.secrets(now).await?;
        let Some(pending) = PendingToken::open(token, &Keyring::new(&secrets.account_keys, now)?, now) else {
            return Ok(None);
        };
        let (account, guard, is_spent) = tokio::try_join!(
            self.account_there(pending.account),
            self.app.store.get::<Guard>(Row::SessionGuard(pending.account)),
            self.is_spent(pending.nonce)
        )?;
        // What begins a generation ends what was awaited before it.
        let guard = guard.filter(|guard| guard.generation == pending.generation && !is_spent);
        let account = account.filter(|account| account.closed().is_none());
        Ok(account.zip(guard).map(|(account, guard)| Awaited { pending, account, guard }))
    }

    /// A session for whoever has shown a second factor; `None` where that was used up, or something else has changed, meanwhile.
    pub(super) async fn let_in(
        &self,
        proof: Proof<'_>,
        guard: Guard,
        remembers: bool,
        sender: &Sender,
        since: Instant,
        now: Timestamp,
    ) -> Result<Option<Reply<AuthResponse>>, Error> {
        let (device, arrival) = sender.arrives_by_factor(guard, remembers, now)?;
        let Some(signed_in) = self.sign_in(proof, arrival, since).await? else { return Ok(None) };
        self.enters(signed_in, device, now).await.map(Some)
    }
}

fn refused(reason: &'static str) -> Reply<AuthResponse> {
    tracing::info!(event = "login_refused", reason = "second_factor", why = reason, "somebody may not sign in");
    Reply::unauthorized(AuthResponse::refused(REFUSED))
}

pub fn document() -> Operation {
    Operation::new(
        "mfa_verify",
        "Opens a session for whoever has shown the right password and now a second factor: exactly one of `totp`, `recovery_code` and `passkey`.",
    )
    .tag(super::TAG)
    .header("X-Device-Token", "What an earlier answer gave this device")
    .body::<MfaVerifyRequest>(json!({ "mfa_token": "token-of-the-refused-login", "totp": "492039", "remember_device": true }))
    .ok(&AuthResponse::example_of_session())
    .with_headers(&["X-Device-Token"])
    .answer(401, "The token or the factor is wrong, was used, or has expired", &AuthResponse::refused(REFUSED))
    .answer(429, "Too many were tried at this account, or by this client", &AuthResponse::refused(LOCKED))
    .depends()
}
