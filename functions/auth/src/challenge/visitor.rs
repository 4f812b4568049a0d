//! Who asks for something, and what it shows for that.

use std::{convert::Infallible, sync::OnceLock};

use axum::{extract::FromRequestParts, http::request::Parts};
use shared::caller::ClientAddress;

/// The header that an answer to a challenge comes in.
const ANSWER: &str = "x-challenge-answer";
/// Characters. No provider's answers are longer.
const LONGEST: usize = 2_048;

/// A client by its address, with its answer to a challenge, if it has one.
pub struct Visitor {
    client: ClientAddress,
    answer: Option<String>,
    /// What its answer was worth, once it has been used up.
    paid: OnceLock<u8>,
}

impl Visitor {
    /// Where it comes from.
    #[must_use]
    pub const fn client(&self) -> &ClientAddress {
        &self.client
    }

    /// Its answer, which may be anything.
    #[must_use]
    pub fn answer(&self) -> Option<&str> {
        self.answer.as_deref().filter(|_| self.paid.get().is_none())
    }

    /// Whether its answer was worth so many zeros.
    #[must_use]
    pub fn has_paid(&self, zeros: u8) -> bool {
        self.paid.get().is_some_and(|paid| *paid >= zeros)
    }

    /// Its answer is used up, and was worth so many zeros: for all that this request is asked for.
    pub fn pays(&self, zeros: u8) {
        self.paid.get_or_init(|| zeros);
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let client = ClientAddress::from_request_parts(parts, state).await?;
        let answer = parts.headers.get(ANSWER).and_then(|answer| answer.to_str().ok());
        Ok(Self {
            client,
            answer: answer.filter(|answer| answer.len() <= LONGEST).map(str::to_owned),
            paid: OnceLock::new(),
        })
    }
}
