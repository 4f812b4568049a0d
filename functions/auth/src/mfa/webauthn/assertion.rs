//! Section 7.2: a passkey is used.

use aws_lc_rs::digest::{SHA256, digest};
use shared::ids::AccountId;

use super::{
    AuthenticationResponse, ExpectedCeremony, Flaw, RelyingParty, authenticator_data::AuthenticatorData,
    base64url::Binary, client_data::ClientData, cose::CredentialPublicKey, options::CredentialId,
};

/// A passkey as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCredential {
    /// Whose it is. The 16 bytes of this id are the user handle.
    pub account: AccountId,
    /// Names it.
    pub id: CredentialId,
    /// Its public key in COSE.
    pub public_key: Binary,
    /// How often it had signed when it was last used.
    pub sign_count: u32,
}

/// What a passkey has proven, and what is to be kept of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asserted {
    /// How often it has signed.
    pub sign_count: u32,
    /// Whether that is more often than before, or nobody counts. If not, there may be two of it: whoever writes this refuses it, and tells
    /// the owner.
    pub counter_rose: bool,
    /// Whether its owner's devices can share it. Some devices change that, though none should.
    pub backup_eligible: bool,
    /// Whether they do share it.
    pub backed_up: bool,
    /// Whom the passkey names; always there where it was not known before.
    pub user_handle: Option<AccountId>,
}

/// Holds what a browser brings against what it was asked for, and against the passkey of the account.
///
/// # Errors
/// The first thing that is wrong.
pub fn assert(
    response: &AuthenticationResponse,
    expected: &ExpectedCeremony<'_>,
    stored: &StoredCredential,
    relying_party: &RelyingParty,
) -> Result<Asserted, Flaw> {
    // 1 and 2 are the browser's. 3. A response of another kind could not be read.
    let id = response.name.id()?;
    // 4. No extension is asked for, so none of the client's is looked at.
    // 5, 6. The account's credentials are all that are allowed, so the stored one was.
    if id != stored.id.as_bytes() {
        return Err(Flaw::Credential);
    }
    match &response.user_handle {
        None if expected.knows_account => {}
        Some(handle) if handle.0 == stored.account.as_bytes() => {}
        None | Some(_) => return Err(Flaw::UserHandle),
    }
    // 7, 8, 9.
    let client_data = ClientData::read(&response.client_data.0)?;
    // 10.
    client_data.is_of("webauthn.get")?;
    // 11.
    client_data.answers(expected.challenge)?;
    // 12.
    client_data.is_from(relying_party)?;
    // 13.
    client_data.is_not_framed()?;
    // 14.
    client_data.names_no_other_page()?;
    // 15.
    let auth_data = AuthenticatorData::read(&response.authenticator_data.0)?;
    auth_data.is_for(relying_party)?;
    // 16.
    auth_data.is_present()?;
    // 17.
    auth_data.is_verified()?;
    // 18.
    auth_data.backs_up_what_it_can()?;
    // 19. Whether it can be backed up should never change, and does on real devices: that is kept, and never refused.
    // 20.
    let hash = digest(&SHA256, &response.client_data.0);
    // 21.
    let key = CredentialPublicKey::read(&stored.public_key.0)?;
    key.verify(&[&response.authenticator_data.0, hash.as_ref()].concat(), &response.signature.0)?;
    // 22. It is judged again by the write, beside whatever else is going on.
    let counts = (auth_data.sign_count, stored.sign_count);
    // 23. No extension is used. 24 and 25 are the caller's, with this:
    Ok(Asserted {
        sign_count: auth_data.sign_count,
        counter_rose: counts == (0, 0) || counts.0 > counts.1,
        backup_eligible: auth_data.is_backup_eligible(),
        backed_up: auth_data.is_backed_up(),
        user_handle: response.user_handle.is_some().then_some(stored.account),
    })
}
