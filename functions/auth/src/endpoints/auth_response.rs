//! The answer of sign-up, login and refresh.

use compat::email::EmailAddress;
use schemars::JsonSchema;
use serde::Serialize;
use shared::{error::Error, http::Reply, ids::AccountId, time::Timestamp};

use crate::{
    factors::Factors,
    mfa::{
        challenge::Ceremony,
        keys::Keyring,
        pending::{Pending, PendingToken},
        webauthn::RequestOptions,
    },
    secrets::signing::{AccessToken, Signer},
    sender::{DEVICE_TOKEN, DeviceToken},
    session::SignedIn,
    state::Auth,
};

/// Too much was tried, at this account or by this client: one text, whoever's it is.
pub const LOCKED: &str = "Too many attempts; try again later";
/// The password is right, and not enough.
const SECOND_FACTOR: &str = "A second factor is required";

/// The outcome of a sign-up, login or refresh. Every member is always there, null where there is nothing.
#[derive(Serialize, JsonSchema)]
pub struct AuthResponse {
    /// Whether the sign-up, login or refresh went well.
    success: bool,
    /// Who has signed up or in.
    user: Option<AuthUser>,
    /// The session; a sign-up brings one only where addresses need no proof.
    session: Option<AuthSession>,
    /// Why it did not go well, in one text for every reason.
    error: Option<&'static str>,
    /// What else has to be shown where the password is right and the account has second factors. In no other answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    mfa: Option<SecondFactor>,
}

/// A second factor is awaited.
#[derive(Serialize, JsonSchema)]
pub struct SecondFactor {
    /// What to show with it to `POST /auth/mfa/verify`. It is no access token.
    token: String,
    /// Until when that can be done. Seconds since 1970.
    expires_at: i64,
    /// Which may be shown: `totp`, unless so many codes were wrong that none is looked at any more; `passkey`; `recovery_code`.
    methods: Vec<&'static str>,
    /// For `navigator.credentials.get`; null where the account has no passkey.
    passkey: Option<RequestOptions>,
}

/// The account that has signed up or in.
#[derive(Serialize, JsonSchema)]
struct AuthUser {
    /// Names the account.
    id: String,
    /// The address of the account.
    email: String,
    /// When the address was proven.
    #[schemars(extend("format" = "date-time"))]
    email_confirmed_at: Option<String>,
}

/// A pair of tokens.
#[derive(Serialize, JsonSchema)]
struct AuthSession {
    /// A JWT, good for 15 minutes.
    access_token: String,
    /// What the next refresh asks for, within 30 days. A refresh may give the one that it was shown: then it stays as it is.
    refresh_token: String,
    /// When the access token expires. Seconds since 1970.
    #[schemars(with = "Option<i64>")]
    expires_at: i64,
}

impl AuthResponse {
    /// A sign-up waits for its proof, whoever owns the address.
    #[must_use]
    pub fn signed_up(id: AccountId, email: &EmailAddress) -> Self {
        let user = AuthUser { id: id.to_string(), email: email.as_str().to_owned(), email_confirmed_at: None };
        Self { success: true, user: Some(user), session: None, error: None, mfa: None }
    }

    /// A session, with a new access token for it.
    ///
    /// # Errors
    /// `Internal` when signing fails.
    pub fn signed_in(signed_in: SignedIn, signer: &Signer, now: Timestamp) -> Result<Self, Error> {
        let SignedIn { session, refresh } = signed_in;
        let AccessToken { text, expires_at } =
            signer.sign(session.account, session.id, session.authentication(), now)?;
        let user = AuthUser {
            id: session.account.to_string(),
            email: session.email.as_str().to_owned(),
            email_confirmed_at: Some(session.email_confirmed_at.to_string()),
        };
        let session = AuthSession {
            access_token: text.to_string(),
            refresh_token: refresh.reveal().to_string(),
            expires_at: expires_at.as_second(),
        };
        Ok(Self { success: true, user: Some(user), session: Some(session), error: None, mfa: None })
    }

    /// It did not go well; `error` is one text for every reason.
    #[must_use]
    pub const fn refused(error: &'static str) -> Self {
        Self { success: false, user: None, session: None, error: Some(error), mfa: None }
    }

    /// The password is right, and one of these has to be shown besides.
    ///
    /// # Errors
    /// `Unavailable`; `Internal`, also without randomness.
    pub async fn second_factor(
        auth: &Auth,
        pending: &Pending,
        factors: Factors,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let secrets = auth.secrets(now).await?;
        let token = PendingToken::issue(pending, &Keyring::new(&secrets.account_keys, now)?);
        let ceremony = Ceremony::SecondFactor { account: pending.account, pending: pending.nonce };
        let passkey = if factors.passkeys > 0 { Some(auth.ask_for_passkey(&ceremony, now).await?) } else { None };
        let mfa = SecondFactor {
            token: token.reveal().to_string(),
            expires_at: pending.expires_at.as_second(),
            methods: factors.methods().collect(),
            passkey,
        };
        Ok(Self { mfa: Some(mfa), ..Self::refused(SECOND_FACTOR) })
    }

    /// An answer that asks for a second factor, for the document.
    #[must_use]
    pub fn example_of_second_factor() -> Self {
        let mfa = SecondFactor {
            token: "cGVuZGluZw\u{2026}".to_owned(),
            expires_at: 1_566_656_422,
            methods: vec!["totp", "passkey", "recovery_code"],
            passkey: Some(RequestOptions::example()),
        };
        Self { mfa: Some(mfa), ..Self::refused(SECOND_FACTOR) }
    }

    /// An answer to a sign-up, for the document.
    #[must_use]
    pub fn example_of_sign_up() -> Self {
        Self { success: true, user: Some(AuthUser::example(None)), session: None, error: None, mfa: None }
    }

    /// An answer with a session, for the document.
    #[must_use]
    pub fn example_of_session() -> Self {
        let session = AuthSession {
            access_token: "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiJ9.eyJzdWIiOiI2\u{2026}".to_owned(),
            refresh_token: "Z29vZCBmb3Igb25lIHJlZnJlc2g\u{2026}".to_owned(),
            expires_at: 1_566_657_022,
        };
        let user = AuthUser::example(Some("2019-08-24T14:15:22Z".to_owned()));
        Self { success: true, user: Some(user), session: Some(session), error: None, mfa: None }
    }
}

impl AuthUser {
    fn example(email_confirmed_at: Option<String>) -> Self {
        let id = "6f1c0c3a-2b47-4c0e-9d5e-2f7f0a4b8a11".to_owned();
        Self { id, email: "ada@example.com".to_owned(), email_confirmed_at }
    }
}

impl Auth {
    /// What somebody is told who has just signed in: the session, and the token of the device.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(super) async fn enters(
        &self,
        signed_in: SignedIn,
        device: DeviceToken,
        now: Timestamp,
    ) -> Result<Reply<AuthResponse>, Error> {
        tracing::info!(event = "login", "somebody has signed in");
        let answer = AuthResponse::signed_in(signed_in, &self.secrets(now).await?.signer, now)?;
        Ok(Reply::ok(answer).header(DEVICE_TOKEN, device.reveal()?))
    }
}
