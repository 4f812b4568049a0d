//! Which passwords are too easy to guess. They are compared in a form in which common tricks change nothing, see [`Folded`].

mod common;
mod folded;
mod personal;
#[cfg(test)]
mod tests;

pub use self::{common::key, folded::Folded, personal::Personal};

/// The fewest different characters.
const DIFFERENT: usize = 4;

/// Why a password would not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// It has fewer than four different characters.
    Monotonous,
    /// It is one of those that are tried first, or one with digits and signs behind it.
    Common,
    /// Little is left of it without what is known of the person.
    Personal,
    /// It was stolen from another service: others say so, see [`super::breached`].
    Breached,
}

impl Weakness {
    /// The first reason why somebody's password is easy to guess, by what is known here; `None` for one that may hold.
    #[must_use]
    pub fn of(password: &str, person: &Personal) -> Option<Self> {
        let folded = Folded::new(password);
        if folded.different_characters() < DIFFERENT {
            Some(Self::Monotonous)
        } else if common::has(&folded) {
            Some(Self::Common)
        } else if person.nearly_is(&folded) {
            Some(Self::Personal)
        } else {
            None
        }
    }

    /// What its owner is told.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Monotonous => "Password should have at least 4 different characters",
            Self::Common => {
                "Password should not be one of the most common ones, nor one with digits and signs behind it"
            }
            Self::Personal => "Password should not be made of your address, your name or the name of this service",
            Self::Breached => "Password should not be one that was stolen from another service",
        }
    }
}
