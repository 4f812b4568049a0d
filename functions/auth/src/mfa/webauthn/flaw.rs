//! Why a passkey is refused: for metrics and logs. Outside, all of them are one answer.

/// The first thing that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Not the JSON that a browser makes, or a part of it is no base64url, or larger than 16 KiB.
    Response,
    /// Client data that are no JSON, or say something twice.
    ClientData,
    /// Made for another ceremony, or no public-key credential.
    Type,
    /// An answer to another challenge.
    Challenge,
    /// From another origin.
    Origin,
    /// From within a frame of another origin.
    CrossOrigin,
    /// For another relying party.
    RpId,
    /// Nobody was there.
    UserPresence,
    /// Nobody proved to be who they are.
    UserVerification,
    /// Flags that exclude each other, or that say that what a new passkey needs is missing.
    Flags,
    /// An algorithm that was not offered.
    Algorithm,
    /// A public key that is none, of another kind than its algorithm has, or too short.
    Key,
    /// An attestation that does not hold.
    Attestation,
    /// An attestation object that is not what CBOR has for one.
    Cbor,
    /// Authenticator data of the wrong length.
    AuthenticatorData,
    /// An id of no or too many bytes, or two of them.
    CredentialId,
    /// Another credential than the stored one.
    Credential,
    /// No user handle where one is needed, or another account's.
    UserHandle,
    /// A signature that the key did not make.
    Signature,
}

impl Flaw {
    /// For metrics and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Response => "response",
            Self::ClientData => "client_data",
            Self::Type => "type",
            Self::Challenge => "challenge",
            Self::Origin => "origin",
            Self::CrossOrigin => "cross_origin",
            Self::RpId => "rp_id",
            Self::UserPresence => "user_presence",
            Self::UserVerification => "user_verification",
            Self::Flags => "flags",
            Self::Algorithm => "algorithm",
            Self::Key => "key",
            Self::Attestation => "attestation",
            Self::Cbor => "cbor",
            Self::AuthenticatorData => "authenticator_data",
            Self::CredentialId => "credential_id",
            Self::Credential => "credential",
            Self::UserHandle => "user_handle",
            Self::Signature => "signature",
        }
    }
}
