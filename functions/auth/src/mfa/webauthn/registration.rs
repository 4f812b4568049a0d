//! Section 7.1: a passkey is made.

use aws_lc_rs::digest::{SHA256, digest};

use super::{
    ExpectedCeremony, Flaw, RegistrationResponse, RelyingParty,
    attestation::AttestationObject,
    authenticator_data::{Aaguid, AuthenticatorData},
    base64url::Binary,
    client_data::ClientData,
    cose::{Algorithm, CredentialPublicKey},
    options::{CredentialId, Transport},
};

/// What is kept of a passkey. That its id is new to everybody is for the write to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCredential {
    /// Names it.
    pub id: CredentialId,
    /// Its public key in COSE, as it came.
    pub public_key: Binary,
    /// The key's algorithm.
    pub algorithm: Algorithm,
    /// How often it has signed; 0 where nobody counts.
    pub sign_count: u32,
    /// Whether its owner's devices can share it.
    pub backup_eligible: bool,
    /// Whether they do.
    pub backed_up: bool,
    /// How the authenticator can be reached, as far as the browser knows.
    pub transports: Vec<Transport>,
    /// The model of the authenticator.
    pub aaguid: Aaguid,
}

/// Holds what a browser brings against what it was asked for.
///
/// # Errors
/// The first thing that is wrong.
pub fn register(
    response: &RegistrationResponse,
    expected: &ExpectedCeremony<'_>,
    relying_party: &RelyingParty,
) -> Result<NewCredential, Flaw> {
    // 1 and 2 are the browser's. 3. A response of another kind could not be read.
    let id = response.name.id()?;
    // 4. No extension is asked for, so none of the client's is looked at.
    // 5, 6.
    let client_data = ClientData::read(&response.client_data.0)?;
    // 7.
    client_data.is_of("webauthn.create")?;
    // 8.
    client_data.answers(expected.challenge)?;
    // 9.
    client_data.is_from(relying_party)?;
    // 10.
    client_data.is_not_framed()?;
    // 11.
    client_data.names_no_other_page()?;
    // 12.
    let hash = digest(&SHA256, &response.client_data.0);
    // 13.
    let attestation = AttestationObject::read(&response.attestation_object.0).map_err(|_| Flaw::Cbor)?;
    let auth_data = AuthenticatorData::read(attestation.auth_data)?;
    // 14.
    auth_data.is_for(relying_party)?;
    // 15. Nothing is made in passing ("conditional").
    auth_data.is_present()?;
    // 16.
    auth_data.is_verified()?;
    // 17. 18 and 19, where the key is kept and whether it is backed up, decide nothing here.
    auth_data.backs_up_what_it_can()?;
    // 20. With it the key is held against its algorithm.
    let attested = auth_data.attested.ok_or(Flaw::Flags)?;
    let key = CredentialPublicKey::read(attested.public_key)?;
    // 21, 22. 23 and 24, whom to trust, need no answer: no attestation is good, and a foreign one is as good as none.
    attestation.verify(&key, &[attestation.auth_data, hash.as_ref()].concat())?;
    // 25. The data's reader has refused what is longer. What the browser calls the credential is what the authenticator does.
    if attested.id != id {
        return Err(Flaw::CredentialId);
    }
    // 26, that nobody has it, is a condition of the write. 27 to 29 are the caller's, with this:
    Ok(NewCredential {
        id: CredentialId::of(id),
        public_key: Binary(attested.public_key.to_vec()),
        algorithm: key.algorithm(),
        sign_count: auth_data.sign_count,
        backup_eligible: auth_data.is_backup_eligible(),
        backed_up: auth_data.is_backed_up(),
        transports: response.transports.clone(),
        aaguid: attested.aaguid,
    })
}
