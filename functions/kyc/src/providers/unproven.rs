//! The reasons to refuse a delivery.

/// Why a delivery proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// We hold no secret of this provider. Our fault, not the sender's.
    NoSecret,
    /// No header with a signature of the kind that counts, or no bearer token.
    MissingSignature,
    /// No header with the time, where there must be one.
    MissingTimestamp,
    /// A header that cannot be read.
    MalformedHeader,
    /// An algorithm that is not taken.
    UnsupportedAlgorithm,
    /// No secret of ours has made that signature.
    BadSignature,
    /// Genuine, but sent too long ago, or in the future.
    StaleTimestamp,
}

impl Unproven {
    /// A label for metrics: says nothing of the delivery itself.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoSecret => "no_secret",
            Self::MissingSignature => "missing_signature",
            Self::MissingTimestamp => "missing_timestamp",
            Self::MalformedHeader => "malformed_header",
            Self::UnsupportedAlgorithm => "unsupported_algorithm",
            Self::BadSignature => "bad_signature",
            Self::StaleTimestamp => "stale_timestamp",
        }
    }
}
