//! What a request may show as a second factor: one of three fields.

use compat::{json::Json, validation::Flaw};
use schemars::{Schema, json_schema};
use serde_json::{Value, json};
use shared::{
    error::Error,
    http::{Field, Fields, Parsed, SecretText, Values},
};

use crate::{
    factors::Shown,
    mfa::webauthn::{AuthenticationResponse, RegistrationResponse},
};

/// What a browser says of a passkey that was used; none where that is no such thing, which is for the handler to refuse.
pub struct UsedPasskey(pub Option<Box<AuthenticationResponse>>);

/// What a browser says of a passkey that was made; none where that is no such thing, which is for the handler to refuse.
pub struct NewPasskey(pub Option<Box<RegistrationResponse>>);

/// The fields of a second factor, while they are declared.
pub struct ShownFields {
    totp: Parsed<Option<SecretText>>,
    recovery_code: Parsed<Option<SecretText>>,
    passkey: Parsed<Option<UsedPasskey>>,
}

/// The fields of a second factor, as they came.
pub struct ShownFactor {
    totp: Option<SecretText>,
    recovery_code: Option<SecretText>,
    passkey: Option<UsedPasskey>,
}

impl Field for UsedPasskey {
    fn parse(value: &Json) -> Result<Self, Flaw> {
        object(value)?;
        Ok(Self(AuthenticationResponse::read(value).ok().map(Box::new)))
    }

    fn schema() -> Schema {
        credential(&json!({
            "clientDataJSON": binary("What the browser says of the request"),
            "authenticatorData": binary("What the authenticator says"),
            "signature": binary("Its signature of both"),
            "userHandle": binary("Whose passkey it is; a sign-in needs it"),
        }))
    }
}

impl Field for NewPasskey {
    fn parse(value: &Json) -> Result<Self, Flaw> {
        object(value)?;
        Ok(Self(RegistrationResponse::read(value).ok().map(Box::new)))
    }

    fn schema() -> Schema {
        credential(&json!({
            "clientDataJSON": binary("What the browser says of the request"),
            "attestationObject": binary("What the authenticator says, with the new key"),
            "transports": { "type": "array", "items": { "type": "string" }, "description": "How it can be reached" },
        }))
    }
}

/// A credential as browsers write it (`RegistrationResponseJSON`, `AuthenticationResponseJSON` of Web Authentication, Level 3): what is read
/// of it. All is checked by the handler, which refuses it in its own words, so nothing here is required.
fn credential(response: &Value) -> Schema {
    json_schema!({
        "type": "object",
        "properties": {
            "id": binary("Names the credential"),
            "rawId": binary("The same"),
            "type": { "type": "string", "description": "Always `public-key`" },
            "response": { "type": "object", "properties": response, "description": "What was signed" },
        },
    })
}

fn binary(description: &str) -> Value {
    json!({ "type": "string", "description": format!("{description}, in base64url") })
}

fn object(value: &Json) -> Result<(), Flaw> {
    if matches!(value, Json::Object(_)) { Ok(()) } else { Err(Flaw::not_an_object()) }
}

impl ShownFields {
    /// Declares them.
    pub fn declare(fields: &mut Fields<'_>) -> Self {
        Self {
            totp: fields.optional("totp", "The six digits that the authenticator app shows"),
            recovery_code: fields.optional("recovery_code", "A recovery code that has not been used"),
            passkey: fields.optional("passkey", "What the browser says of the passkey, by its `toJSON()`"),
        }
    }

    /// Their values.
    pub fn of(self, values: &Values<'_>) -> Option<ShownFactor> {
        Some(ShownFactor {
            totp: values.of(self.totp)?,
            recovery_code: values.of(self.recovery_code)?,
            passkey: values.of(self.passkey)?,
        })
    }
}

impl ShownFactor {
    /// The one factor that is shown.
    ///
    /// # Errors
    /// `Invalid` where it is none, or several.
    pub fn one(self) -> Result<Shown, Error> {
        self.one_or_none()?.ok_or_else(several)
    }

    /// The one factor that is shown, if there is one.
    ///
    /// # Errors
    /// `Invalid` where there are several.
    pub fn one_or_none(self) -> Result<Option<Shown>, Error> {
        match (self.totp, self.recovery_code, self.passkey) {
            (Some(code), None, None) => Ok(Some(Shown::Totp(code.reveal()))),
            (None, Some(code), None) => Ok(Some(Shown::RecoveryCode(code.reveal()))),
            (None, None, Some(UsedPasskey(passkey))) => Ok(Some(Shown::Passkey(passkey))),
            (None, None, None) => Ok(None),
            _ => Err(several()),
        }
    }
}

/// A request that shows no factor, or several.
pub fn several() -> Error {
    Error::invalid("body", "totp", Flaw::value("exactly one way to prove who is there has to be given"))
}
