//! The passwords of a sign-up that waits for its proof.

use serde::{Deserialize, Serialize};

use crate::password::PasswordHash;

/// What is known of the passwords of a sign-up. It lasts as long as a link of the sign-up can be revived.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PendingSignUp {
    /// All who signed up chose this one.
    Agreed(PasswordHash),
    /// There were sign-ups with different ones, and none of them counts.
    Contested,
}

impl PendingSignUp {
    /// What is known after a sign-up with this password. A link proves who reads the mail, not who chose the password: of two passwords
    /// neither is trusted.
    pub fn after(earlier: Option<Self>, password: &PasswordHash) -> Self {
        match earlier {
            None => Self::Agreed(password.clone()),
            Some(earlier) if earlier.knows(password) => earlier,
            Some(_) => Self::Contested,
        }
    }

    /// Whether a sign-up with this password changes nothing.
    pub fn knows(&self, password: &PasswordHash) -> bool {
        match self {
            Self::Agreed(known) => known == password,
            Self::Contested => true,
        }
    }

    /// The password that counts, if there is one.
    pub fn password(self) -> Option<PasswordHash> {
        match self {
            Self::Agreed(password) => Some(password),
            Self::Contested => None,
        }
    }
}
