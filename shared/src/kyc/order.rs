//! All reports of a user in the order in which they count, and where the check stands after them.

use super::{KycReport, KycStatus};

/// Where a check stands, and by which report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing<'a> {
    /// In words of ours.
    pub status: KycStatus,
    /// The report that decided; `None` when there is none.
    pub by: Option<&'a KycReport>,
}

/// What has counted so far, in the order in which it counts.
#[derive(Default)]
struct Course<'a>(Vec<&'a KycReport>);

impl<'a> Course<'a> {
    /// The next report in order, with whether it counts.
    fn take(&mut self, report: &'a KycReport) -> (&'a KycReport, bool) {
        let counts = self.allows(report);
        if counts {
            self.0.push(report);
        }
        (report, counts)
    }

    fn allows(&self, report: &KycReport) -> bool {
        let is_settled = || self.0.iter().any(|decision| report.is_known_to(decision));
        match self.0.last() {
            _ if report.status.is_none() => false,
            None => true,
            Some(_) if is_settled() => false,
            Some(before) if report.counted_ms().is_some() => report.may_follow(before),
            Some(before) => report.may_follow_untimed(before) && !self.is_past(report),
        }
    }

    /// Whether a report without a time is, or may be, older than what outdates it.
    fn is_past(&self, report: &KycReport) -> bool {
        self.0.iter().any(|other| report.is_older_than(other) || report.is_refuted_by(other))
    }
}

/// All reports in the order in which they count, whatever order they are given in, each with whether it moved the check when its
/// turn came.
#[must_use]
pub fn history(reports: &[KycReport]) -> Vec<(&KycReport, bool)> {
    let mut reports: Vec<_> = reports.iter().collect();
    reports.sort_by_key(|report| {
        let (counted_ms, weight) = (report.counted_ms(), report.status.map(KycStatus::weight));
        // Two reports of one event differ in something that they say.
        let claims = (report.occurred_ms, report.ends_approval);
        let said = (&report.kind, &report.session, &report.level, &report.reason, claims);
        (counted_ms.is_none(), counted_ms, weight, (&report.provider, &report.event), said)
    });
    let mut course = Course::default();
    reports.into_iter().map(|report| course.take(report)).collect()
}

/// Where a check stands after these reports, in whatever order they are given.
#[must_use]
pub fn standing(reports: &[KycReport]) -> Standing<'_> {
    let by = history(reports).into_iter().rev().find_map(|(report, counts)| counts.then_some(report));
    Standing { status: by.and_then(|report| report.status).unwrap_or(KycStatus::NotStarted), by }
}
