//! Where a user's identity check stands: derived from all that providers have reported of them, in the order in which it happened.
//! Nothing is derived when a report comes in, so it does not matter in which order or how often reports arrive.
//!
//! Times decide. Of two reports of the same moment the one counts that is further along ([`KycStatus::rank`]), and of two that are
//! equally far the more cautious one.
//!
//! What has no time counts after all that has one. It moves its own session on, never back, and does not follow what is known to be
//! later than it came in. An approval without a time does not follow what was found at a known time; once the session has started
//! over it does, unless it may be the older one. A rejection without a time ends the approval of any session.
//!
//! What came in before an operator decided does not count after the decision.

mod claim;
mod order;
mod precedence;
mod report;
pub mod saying;
mod status;
#[cfg(test)]
mod tests;

use crate::{error::Error, store::Store, tables::Rows};

pub use claim::KycClaim;
pub use order::{Standing, history, standing};
pub use report::KycReport;
pub use saying::Saying;
pub use status::KycStatus;

/// The source of what operators decide by hand.
pub const MANUAL: &str = "manual";

/// All reports of a user.
///
/// # Errors
/// `Unavailable`; `Internal` when a report is malformed.
pub async fn reports_of(store: &Store, user: &str) -> Result<Vec<KycReport>, Error> {
    store.query(Rows::KycReportsOf(user)).await
}

/// All that a provider has said under the id of an event, what it said first before the others.
///
/// # Errors
/// `Unavailable`; `Internal` when a row is malformed.
pub async fn claims_of(store: &Store, provider: &str, event: &str) -> Result<Vec<KycClaim>, Error> {
    store.query(Rows::KycClaimsOf { provider, event }).await
}
