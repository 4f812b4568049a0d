//! That an event has been reported, and what was said of it: no id of an event is used twice unseen.

use serde::{Deserialize, Serialize};

use super::{KycReport, Saying};
use crate::error::Error;

/// That a provider has used the id of an event, and for what: a row of the table Kyc, written together with the report. Ids are the
/// provider's, whomever it speaks of, so the row is named after no user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KycClaim {
    /// Whom it spoke of; `None` for nobody of ours.
    pub user: Option<String>,
    /// What it said.
    pub saying: Saying,
    /// SHA-256 of the body as hex.
    pub body_sha256: String,
}

impl KycClaim {
    /// Whether both cannot be true. One body says two things where a newer version understands them better.
    #[must_use]
    pub fn contradicts(&self, other: &Self) -> bool {
        self.saying != other.saying && self.body_sha256 != other.body_sha256
    }
}

impl KycReport {
    /// What its provider has said with it under the id of its event.
    ///
    /// # Errors
    /// `Internal` when it cannot be hashed.
    pub fn claim(&self, user: Option<&str>) -> Result<KycClaim, Error> {
        let (user, body_sha256) = (user.map(str::to_owned), self.body_sha256.clone());
        Ok(KycClaim { saying: self.saying(user.as_deref())?, user, body_sha256 })
    }

    /// Some providers write members that we do not keep anew with each try, and they come when they come.
    pub(super) fn saying(&self, user: Option<&str>) -> Result<Saying, Error> {
        let Self { provider, event, kind, session, level, status, obstacle, reason, .. } = self;
        let Self { ends_approval, occurred_ms, received_at: _, body_sha256: _, .. } = self;
        let what = (kind, session, level, status, obstacle, ends_approval, reason, occurred_ms);
        Saying::of(&(user, provider, event, what))
    }
}
