//! How somebody has signed in: facts that a session's row and its access tokens carry.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How long a proof of who somebody is counts as fresh.
pub const FRESH: Duration = Duration::from_mins(5);

/// How sure it is who signed in (the levels of NIST SP 800-63B). In rows and tokens `aal1`, `aal2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Aal {
    /// By one factor.
    Aal1,
    /// By two.
    Aal2,
}

impl Aal {
    /// Its name in rows, tokens and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aal1 => "aal1",
            Self::Aal2 => "aal2",
        }
    }
}

/// By what somebody has proven who they are, in the words of RFC 8176.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// A password.
    Pwd,
    /// A code of an authenticator app.
    Otp,
    /// A passkey: proof of possession of its key.
    Pop,
    /// A recovery code. RFC 8176 has no word for it.
    Recovery,
    /// More than one of these, or a passkey, which is two factors by itself.
    Mfa,
}

impl Method {
    /// Its name in rows, tokens and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pwd => "pwd",
            Self::Otp => "otp",
            Self::Pop => "pop",
            Self::Recovery => "recovery",
            Self::Mfa => "mfa",
        }
    }
}

/// How a session was signed in to, and when that was proven last. A refresh copies it and renews nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authentication {
    /// How sure it is who signed in.
    pub aal: Aal,
    /// By what the owner has proven to be that.
    pub amr: Vec<Method>,
    /// When that was proven. Seconds since 1970.
    pub auth_time: Timestamp,
}
