//! Second factors through the front door: adding, signing in with them, proving again who is there, removing them.

mod answers;
mod budgets;
mod stories;

/// Seconds that a code is shown for.
const STEP: u64 = 30;
/// Seconds after which a proof is not fresh any more.
const STALE: u64 = 301;
