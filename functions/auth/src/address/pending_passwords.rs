//! The passwords of a sign-up that waits for its proof.

use serde::{Deserialize, Serialize};
use shared::outbox::NoPassword;

use crate::password::PasswordHash;

/// What is known of the passwords of a sign-up. It lasts as long as a link of the sign-up can be revived.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PendingSignUp {
    /// All who signed up chose this one.
    Agreed(PasswordHash),
    /// All who signed up chose one that is easy to guess, and none of them counts.
    Weak,
    /// There were sign-ups with different ones, and none of them counts.
    Contested,
}

impl PendingSignUp {
    /// What is known after a sign-up with this password, `None` for one that is easy to guess. A link proves who reads the mail, not who
    /// chose the password: of two passwords neither is trusted.
    pub fn after(earlier: Option<Self>, password: Option<&PasswordHash>) -> Self {
        match earlier {
            None => password.cloned().map_or(Self::Weak, Self::Agreed),
            Some(earlier) if earlier.knows(password) => earlier,
            Some(_) => Self::Contested,
        }
    }

    /// Whether a sign-up with this password changes nothing.
    pub fn knows(&self, password: Option<&PasswordHash>) -> bool {
        match self {
            Self::Agreed(known) => Some(known) == password,
            Self::Weak => password.is_none(),
            Self::Contested => true,
        }
    }

    /// The password that counts.
    ///
    /// # Errors
    /// Why none does.
    pub fn password(self) -> Result<PasswordHash, NoPassword> {
        match self {
            Self::Agreed(password) => Ok(password),
            Self::Weak => Err(NoPassword::Weak),
            Self::Contested => Err(NoPassword::Contested),
        }
    }
}
