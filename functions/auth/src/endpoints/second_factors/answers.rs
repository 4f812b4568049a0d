//! What these operations answer with: as the vault does, in three members.

use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    caller::{Aal, Authentication, Caller, FRESH},
    error::Error,
    time::Timestamp,
};

use crate::{
    factors::enrol::Added,
    mfa::webauthn::{CreationOptions, RequestOptions},
    secrets::signing::AccessToken,
    state::Auth,
};

/// What was asked for. Every member is always there.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Mfa{T}")]
pub struct MfaAnswer<T> {
    /// Always true.
    success: bool,
    /// What has happened, in English.
    message: &'static str,
    /// What was asked for.
    data: T,
}

/// Something was done, and there is nothing to show. Every member is always there.
#[derive(Serialize, JsonSchema)]
pub struct MfaDone {
    /// Always true.
    success: bool,
    /// What has happened, in English.
    message: &'static str,
    /// Always null.
    data: (),
}

/// What to ask the browser for.
#[derive(Serialize, JsonSchema)]
pub struct PasskeyRequest {
    /// For `navigator.credentials.get`, by `PublicKeyCredential.parseRequestOptionsFromJSON`.
    pub passkey: RequestOptions,
}

/// What to ask the browser for.
#[derive(Serialize, JsonSchema)]
pub struct PasskeyCreation {
    /// For `navigator.credentials.create`, by `PublicKeyCredential.parseCreationOptionsFromJSON`.
    pub passkey: CreationOptions,
}

/// A session that says something new of how it is signed in to.
#[derive(Serialize, JsonSchema)]
pub struct RaisedSession {
    /// A JWT that says it. The refresh token stays.
    access_token: String,
    /// When it expires. Seconds since 1970.
    expires_at: i64,
    /// How sure it is who is signed in: `aal1` by a password, `aal2` by a second factor.
    #[schemars(with = "String")]
    aal: Aal,
    /// Until when nothing else has to be shown. Seconds since 1970.
    fresh_until: i64,
}

/// A factor that was added.
#[derive(Serialize, JsonSchema)]
pub struct AddedFactor {
    /// Names it.
    id: String,
    /// Ten codes, each of which stands in for a factor that was lost, once. Shown now and never again; null where there are some already.
    recovery_codes: Option<Vec<String>>,
    /// A JWT for the session as it is now. The refresh token stays.
    access_token: String,
    /// When it expires. Seconds since 1970.
    expires_at: i64,
}

impl<T> MfaAnswer<T> {
    /// Done, with something to show.
    pub const fn with(message: &'static str, data: T) -> Self {
        Self { success: true, message, data }
    }
}

impl MfaDone {
    /// It was.
    pub const fn new(message: &'static str) -> Self {
        Self { success: true, message, data: () }
    }
}

impl RaisedSession {
    /// The caller's session as it is signed in to now.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn of(
        auth: &Auth,
        caller: &Caller,
        authentication: Authentication,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let (aal, fresh_until) = (authentication.aal, (authentication.auth_time + FRESH).as_second());
        let AccessToken { text, expires_at } = auth.token_of(caller, authentication, now).await?;
        Ok(Self { access_token: text.to_string(), expires_at: expires_at.as_second(), aal, fresh_until })
    }

    pub fn example() -> Self {
        Self { access_token: TOKEN.to_owned(), expires_at: 1_566_657_022, aal: Aal::Aal2, fresh_until: 1_566_656_422 }
    }
}

impl AddedFactor {
    /// A factor that was added in the caller's session.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn of(auth: &Auth, caller: &Caller, added: Added, now: Timestamp) -> Result<Self, Error> {
        let Added { id, recovery_codes, authentication } = added;
        let AccessToken { text, expires_at } = auth.token_of(caller, authentication, now).await?;
        Ok(Self {
            id: id.to_string(),
            recovery_codes,
            access_token: text.to_string(),
            expires_at: expires_at.as_second(),
        })
    }

    pub fn example() -> Self {
        Self {
            id: "0f9a4c1e-5b7d-4a3e-8c21-6d5e9f3b7a10".to_owned(),
            recovery_codes: Some(vec!["7C4Q-9JTX-2M0K-V8RD".to_owned()]),
            access_token: TOKEN.to_owned(),
            expires_at: 1_566_657_022,
        }
    }
}

const TOKEN: &str = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiJ9.eyJzdWIiOiI2\u{2026}";

impl Auth {
    async fn token_of(
        &self,
        caller: &Caller,
        authentication: Authentication,
        now: Timestamp,
    ) -> Result<AccessToken, Error> {
        self.secrets(now).await?.signer.sign(caller.account_id(), caller.session_id(), authentication, now)
    }
}
