//! What changes of a session that goes on: how its owner has proven to be that, whether the account has second factors, and for how long
//! the vault stays shut for it. A refresh copies all of it.

use shared::{
    caller::{Aal, Authentication, Caller, Method},
    error::Error,
    store::{Condition, Update},
    tables::Row,
    time::Timestamp,
};

use crate::guard::{Freeze, row::freezing};

/// What changes of a session that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionChange {
    /// Its owner has shown a factor. If that is older than the freeze, the vault is not shut for this session.
    Raised {
        /// How the owner has proven to be that.
        authentication: Authentication,
        /// Whether the vault opens.
        is_exempt: bool,
    },
    /// The account has got its first factor, with this session's owner there.
    FirstFactor(Authentication),
    /// A factor was removed, and the vault is shut.
    Reduced {
        /// How the vault stands.
        freeze: Freeze,
        /// Whether it was the last one. Whoever is signed in is as sure then as a password makes it.
        is_last: bool,
    },
}

impl SessionChange {
    /// The change of the caller's session, as long as it lives.
    ///
    /// # Errors
    /// `Internal`.
    pub fn update(&self, caller: &Caller) -> Result<Update<'static>, Error> {
        let row = Update::new(Row::Session(caller.account_id(), caller.session_id())).when(Condition::Exists);
        match self {
            Self::Raised { authentication, is_exempt } => {
                let row = proven(row, authentication)?;
                if *is_exempt { freezing(row, Freeze::default()) } else { Ok(row) }
            }
            Self::FirstFactor(authentication) => proven(row, authentication)?.set("mfa", &true),
            Self::Reduced { freeze, is_last: false } => freezing(row, *freeze),
            Self::Reduced { freeze, is_last: true } => {
                let row = freezing(row, *freeze)?.set("mfa", &false)?;
                row.set("aal", &Aal::Aal1)?.set("amr", &without_factors(caller.authentication()))
            }
        }
    }

    /// How the caller's session is signed in to then.
    #[must_use]
    pub fn authentication(&self, caller: &Caller) -> Authentication {
        match self {
            Self::Raised { authentication, .. } | Self::FirstFactor(authentication) => authentication.clone(),
            Self::Reduced { is_last: false, .. } => caller.authentication().clone(),
            Self::Reduced { is_last: true, .. } => {
                let amr = without_factors(caller.authentication());
                Authentication { aal: Aal::Aal1, amr, ..caller.authentication().clone() }
            }
        }
    }
}

fn proven(
    row: Update<'static>,
    Authentication { aal, amr, auth_time }: &Authentication,
) -> Result<Update<'static>, Error> {
    row.set("aal", aal)?.set("amr", amr)?.set("auth_time", auth_time)
}

/// What is left of how somebody has signed in, when the account has no second factors any more.
fn without_factors(Authentication { amr, .. }: &Authentication) -> Vec<Method> {
    amr.iter().copied().filter(|method| *method != Method::Mfa).collect()
}

/// How somebody has proven to be the owner by a second factor, who had shown something else `before`.
#[must_use]
pub fn with_factor(before: &[Method], factor: Method, now: Timestamp) -> Authentication {
    let first = before.iter().copied().filter(|method| *method == Method::Pwd);
    Authentication { aal: Aal::Aal2, amr: first.chain([factor, Method::Mfa]).collect(), auth_time: now }
}
