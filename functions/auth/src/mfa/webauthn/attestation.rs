//! What an authenticator says of itself (section 8). Nothing is asked for, so nothing of it is believed: only what would be a lie is
//! refused.

use super::{
    Flaw,
    cbor::{self, Label, Malformed, Map},
    cose::CredentialPublicKey,
};

/// An attestation object (section 6.5.4): every part where it belongs, other members unread.
pub struct AttestationObject<'a> {
    format: &'a str,
    statement: &'a [u8],
    /// The authenticator data.
    pub auth_data: &'a [u8],
}

impl<'a> AttestationObject<'a> {
    /// From CBOR.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let map = Map::read(bytes)?;
        let part = |name| map.get(Label::Text(name)).ok_or(Malformed);
        Ok(Self {
            format: cbor::text(part("fmt")?)?,
            statement: part("attStmt")?,
            auth_data: cbor::bytes(part("authData")?)?,
        })
    }

    /// That the statement is none, or holds by the credential's own key over what was `signed`; a statement of anybody else's is not read.
    pub fn verify(&self, key: &CredentialPublicKey, signed: &[u8]) -> Result<(), Flaw> {
        match self.format {
            // Section 8.7.
            "none" => match Map::read(self.statement) {
                Ok(statement) if statement.is_empty() => Ok(()),
                _ => Err(Flaw::Attestation),
            },
            // Section 8.2.
            "packed" => {
                let statement = Map::read(self.statement).map_err(|_| Flaw::Attestation)?;
                if statement.get(Label::Text("x5c")).is_some() {
                    return Ok(());
                }
                let part = |name| statement.get(Label::Text(name)).ok_or(Malformed);
                let alg = part("alg").and_then(cbor::int).map_err(|_| Flaw::Attestation)?;
                let signature = part("sig").and_then(cbor::bytes).map_err(|_| Flaw::Attestation)?;
                if alg != key.algorithm().number() {
                    return Err(Flaw::Attestation);
                }
                key.verify(signed, signature).map_err(|_| Flaw::Attestation)
            }
            _ => Ok(()),
        }
    }
}
