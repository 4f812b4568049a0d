//! When the vault shows nothing: for a while after somebody may have got at the account. A session has it in its row, where it was copied
//! when it was opened; what freezes the vault ends all sessions of before.

use shared::{caller::Caller, time::Timestamp};

/// For how many seconds the vault shows this caller no secret, at least one; none where it does. All that shuts the vault is asked here.
pub fn seconds_frozen(caller: &Caller, now: Timestamp) -> Option<i64> {
    caller.frozen_until(now).map(|until| until.seconds_from(now).max(1))
}
