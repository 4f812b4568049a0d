//! The JSON that browsers give (`toJSON`): section 5.1.8.

use std::collections::BTreeSet;

use compat::json::Json;
use shared::ids::AccountId;

use super::{
    Flaw,
    base64url::Binary,
    client_data::ClientData,
    options::{CredentialId, PUBLIC_KEY, Transport},
};
use crate::mfa::challenge::Challenge;

/// `RegistrationResponseJSON`: a passkey that was made. Other members are not looked at.
#[derive(Debug)]
pub struct RegistrationResponse {
    pub(super) name: Name,
    pub(super) client_data: Binary,
    pub(super) attestation_object: Binary,
    pub(super) transports: Vec<Transport>,
}

/// `AuthenticationResponseJSON`: a passkey that was used. Other members are not looked at.
#[derive(Debug)]
pub struct AuthenticationResponse {
    pub(super) name: Name,
    pub(super) client_data: Binary,
    pub(super) authenticator_data: Binary,
    pub(super) signature: Binary,
    pub(super) user_handle: Option<Binary>,
}

/// What a browser calls a credential.
#[derive(Debug)]
pub(super) struct Name {
    kind: String,
    id: Binary,
    raw_id: Binary,
}

impl RegistrationResponse {
    /// From the JSON of a request.
    ///
    /// # Errors
    /// `Response`.
    pub fn read(passkey: &Json) -> Result<Self, Flaw> {
        let response = member(passkey, "response")?;
        let transports = match member(response, "transports") {
            Ok(Json::Array(names)) => names.iter().filter_map(Transport::read).collect::<BTreeSet<_>>(),
            _ => BTreeSet::new(),
        };
        Ok(Self {
            name: Name::read(passkey)?,
            client_data: binary(response, "clientDataJSON")?,
            attestation_object: binary(response, "attestationObject")?,
            transports: transports.into_iter().collect(),
        })
    }

    /// The challenge that it answers, to be opened. Nothing is proven by that.
    ///
    /// # Errors
    /// `ClientData`, `Challenge`.
    pub fn challenge(&self) -> Result<Challenge, Flaw> {
        challenge_in(&self.client_data)
    }
}

impl AuthenticationResponse {
    /// From the JSON of a request.
    ///
    /// # Errors
    /// `Response`.
    pub fn read(passkey: &Json) -> Result<Self, Flaw> {
        let response = member(passkey, "response")?;
        let user_handle = match member(response, "userHandle") {
            Err(_) | Ok(Json::Null) => None,
            Ok(_) => Some(binary(response, "userHandle")?),
        };
        Ok(Self {
            name: Name::read(passkey)?,
            client_data: binary(response, "clientDataJSON")?,
            authenticator_data: binary(response, "authenticatorData")?,
            signature: binary(response, "signature")?,
            user_handle,
        })
    }

    /// The challenge that it answers, to be opened. Nothing is proven by that.
    ///
    /// # Errors
    /// `ClientData`, `Challenge`.
    pub fn challenge(&self) -> Result<Challenge, Flaw> {
        challenge_in(&self.client_data)
    }

    /// Which credential it claims to be: where its row is looked for.
    #[must_use]
    pub fn credential_id(&self) -> CredentialId {
        CredentialId::of(&self.name.raw_id.0)
    }

    /// Whose it claims to be: where its row is looked for. `None` where it says nothing, or what is no account's id.
    #[must_use]
    pub fn user_handle(&self) -> Option<AccountId> {
        let handle = self.user_handle.as_ref()?;
        handle.0.as_slice().try_into().ok().map(AccountId::from_bytes)
    }
}

impl Name {
    fn read(passkey: &Json) -> Result<Self, Flaw> {
        let kind = member(passkey, "type")?.as_str().ok_or(Flaw::Response)?;
        Ok(Self { kind: kind.to_owned(), id: binary(passkey, "id")?, raw_id: binary(passkey, "rawId")? })
    }

    /// The id, if that is one, and it is a public-key credential's (section 5.1).
    pub(super) fn id(&self) -> Result<&[u8], Flaw> {
        if self.kind != PUBLIC_KEY {
            return Err(Flaw::Type);
        }
        if self.id != self.raw_id {
            return Err(Flaw::CredentialId);
        }
        Ok(&self.raw_id.0)
    }
}

fn challenge_in(client_data: &Binary) -> Result<Challenge, Flaw> {
    let challenge = ClientData::read(&client_data.0)?.challenge()?;
    Challenge::read(&challenge.0).ok_or(Flaw::Challenge)
}

fn member<'j>(json: &'j Json, name: &str) -> Result<&'j Json, Flaw> {
    match json {
        Json::Object(members) => members.get(name).ok_or(Flaw::Response),
        _ => Err(Flaw::Response),
    }
}

fn binary(json: &Json, name: &str) -> Result<Binary, Flaw> {
    member(json, name)?.as_str().and_then(Binary::decode).ok_or(Flaw::Response)
}
