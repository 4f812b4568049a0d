//! Whether a report counts after one that has counted before it.

use super::{KycReport, KycStatus, MANUAL, report::AHEAD};

impl KycReport {
    /// Whether it counts after `before`: a new or lost session of the same user does not undo an approval.
    pub(super) fn may_follow(&self, before: &Self) -> bool {
        let is_harmless = matches!(
            self.status,
            Some(KycStatus::NotStarted | KycStatus::Pending | KycStatus::Expired | KycStatus::Cancelled)
        );
        let is_elsewhere = !self.is_of_session_of(before) && !self.ends_approval && self.provider != MANUAL;
        !(before.status == Some(KycStatus::Approved) && is_harmless && is_elsewhere)
    }

    /// Whether it counts after `before` although it has no time: its own session has moved on. An approval says nothing about what was
    /// found at a known time, and a rejection is not lost to an approval, whichever session that is of: it may be the later one.
    pub(super) fn may_follow_untimed(&self, before: &Self) -> bool {
        let (Some(status), Some(reached)) = (self.status, before.status) else { return false };
        let is_ahead = self.is_of_session_of(before) && status.weight() > reached.weight();
        let is_held_up = status == KycStatus::Approved && before.is_found();
        let is_finding = (status, reached) == (KycStatus::Rejected, KycStatus::Approved);
        (is_ahead && !is_held_up) || is_finding
    }

    /// Whether it finds something at a known time, or ends a session then.
    fn is_found(&self) -> bool {
        self.counted_ms().is_some() && self.status.is_some_and(|status| status.rank() >= KycStatus::InReview.rank())
    }

    /// Whether an operator knew of it when deciding. Within the second nobody can tell: then not.
    pub(super) fn is_known_to(&self, decision: &Self) -> bool {
        decision.provider == MANUAL && self.provider != MANUAL && self.received_at < decision.received_at
    }

    /// Whether, being without a time, it happened before `other` for certain: nothing happens after it has come in.
    pub(super) fn is_older_than(&self, other: &Self) -> bool {
        // Operators date what they decide after all that they know, which is no time of day.
        other.provider != MANUAL && other.counted_ms() > Some(self.bound_ms())
    }

    /// Whether, being an approval without a time, it may be older than what was found at a known time and speaks against it. A
    /// session that starts over after that does not renew it.
    pub(super) fn is_refuted_by(&self, found: &Self) -> bool {
        let received_ms = self.received_at.as_second().saturating_mul(1000);
        let is_in_doubt = found.counted_ms().is_some_and(|ms| received_ms <= ms.saturating_add(AHEAD * 1000));
        let speaks_against = found.status != Some(KycStatus::Approved) && found.is_found() && found.may_follow(self);
        self.status == Some(KycStatus::Approved) && is_in_doubt && speaks_against
    }
}
