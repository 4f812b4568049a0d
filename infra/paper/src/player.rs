//! One exchange of the play.

use api_keys::exchanges::{Call, Exchange};

use crate::answers::{Answers, RecordedAnswer, Unreadable};
use crate::credentials::Demo;
use crate::exchanges::StandIn;
use crate::request::ExchangeRequest;

/// One exchange.
pub(crate) struct Player {
    /// What the function knows of it.
    pub(crate) exchange: &'static Exchange,
    /// How it looks at requests.
    pub(crate) stand_in: &'static StandIn,
    /// What it says to which key.
    pub(crate) answers: Answers,
}

impl Player {
    /// One with its recorded answers.
    ///
    /// # Errors
    /// They cannot be read, or one is missing.
    pub(crate) fn new(exchange: &'static Exchange, stand_in: &'static StandIn) -> Result<Self, Unreadable> {
        Ok(Self { exchange, stand_in, answers: Answers::read(stand_in.id, stand_in.answers)? })
    }

    /// What a request that is signed correctly is answered. `question` is what is asked first.
    pub(crate) fn reply(&self, demo: &Demo, request: &ExchangeRequest, question: &Call) -> Option<&RecordedAnswer> {
        let path = request.path();
        let (case, answer) = self.answers.of_keys().find(|(case, _)| demo.outcome == case.as_str())?;
        match self.answers.at(path) {
            _ if request.method != question.method.as_str() => None,
            Some(other) if case.is_described() => Some(other),
            None if path != self.stand_in.last.unwrap_or(&question.path) => None,
            _ => Some(answer),
        }
    }
}
