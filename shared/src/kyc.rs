//! Where a user's identity check stands: derived from all that providers have reported of them, in the order in which it
//! happened. Nothing is derived when a report comes in, so it does not matter in which order or how often reports arrive.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    error::Error,
    keys::{Row, Rows},
    store::Store,
    time::Timestamp,
};

/// The source of what operators decide by hand.
pub const MANUAL: &str = "manual";

/// Where a check stands. Only `approved` opens anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing has been handed in.
    NotStarted,
    /// The user is busy, or automatic checks run.
    Pending,
    /// A person must decide.
    InReview,
    /// The identity is proven.
    Approved,
    /// It is not, for good.
    Rejected,
    /// The user must act again.
    ResubmissionRequested,
    /// A session or an approval has run out.
    Expired,
    /// Withdrawn.
    Cancelled,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::NotStarted,
        Self::Pending,
        Self::InReview,
        Self::Approved,
        Self::Rejected,
        Self::ResubmissionRequested,
        Self::Expired,
        Self::Cancelled,
    ];

    /// Its name on the wire and in the tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotStarted => "not_started",
            Self::Pending => "pending",
            Self::InReview => "in_review",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::ResubmissionRequested => "resubmission_requested",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of exactly this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Which of two events of the same moment wins: the one that is further along.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::NotStarted => 0,
            Self::Pending => 1,
            Self::InReview | Self::ResubmissionRequested => 2,
            Self::Expired | Self::Cancelled => 3,
            Self::Approved | Self::Rejected => 4,
        }
    }

    /// Between two of the same moment and rank, what opens less comes last and so wins.
    const fn caution(self) -> u8 {
        match self {
            Self::Approved | Self::InReview | Self::Expired => 0,
            _ => 1,
        }
    }
}

/// What a provider has reported, without everything personal: a row of the table Kyc, written once. `None` stands for "it does
/// not say".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Who says so.
    pub provider: String,
    /// What tells it from other reports of the provider.
    pub event: String,
    /// The provider's word for the type of event.
    pub kind: String,
    /// The provider's id of the session, run, inquiry or applicant.
    pub session: Option<String>,
    /// What was checked. An approval holds for this and no more.
    pub level: Option<String>,
    /// What it says of the check; `None` when it changes nothing.
    pub status: Option<Status>,
    /// Why it changes nothing.
    pub obstacle: Option<String>,
    /// Whether it ends an approval, whichever session that came from.
    pub ends_approval: bool,
    /// Why the check did not succeed, coarsely.
    pub reason: Option<String>,
    /// When it happened. Milliseconds since 1970.
    pub occurred_ms: Option<i64>,
    /// When it came in.
    pub received_at: Timestamp,
    /// SHA-256 of the body as hex.
    pub body_sha256: String,
}

/// Where a check stands, and by which report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing<'a> {
    /// In words of ours.
    pub status: Status,
    /// The report that decided; `None` when there is none.
    pub by: Option<&'a Report>,
}

impl Report {
    /// The row that it is kept in: the same for the same event, however often it comes.
    #[must_use]
    pub fn row<'a>(&'a self, user: Option<&'a str>) -> Row<'a> {
        match user {
            Some(user) => Row::KycReport(user, &self.provider, &self.event),
            None => Row::StrayKycReport(&self.provider, &self.event),
        }
    }

    /// When it happened, by the provider's clock; else when it came in.
    #[must_use]
    pub fn moment(&self) -> Timestamp {
        self.occurred_ms.map_or(self.received_at, |ms| Timestamp::from_second(ms.div_euclid(1000)))
    }

    /// Whether both are of one session of one provider. Saying none counts as one.
    #[must_use]
    pub fn is_of_session_of(&self, other: &Self) -> bool {
        (&self.provider, &self.session) == (&other.provider, &other.session)
    }

    /// Whether it counts after `before`: a new or lost session of the same user does not undo an approval.
    fn may_follow(&self, before: &Self) -> bool {
        let is_harmless =
            matches!(self.status, Some(Status::NotStarted | Status::Pending | Status::Expired | Status::Cancelled));
        let is_elsewhere = !self.is_of_session_of(before) && !self.ends_approval && self.provider != MANUAL;
        !(before.status == Some(Status::Approved) && is_harmless && is_elsewhere)
    }
}

/// All reports in the order in which they count, whatever order they are given in, each with whether it moved the check when its
/// turn came.
#[must_use]
pub fn history(reports: &[Report]) -> Vec<(&Report, bool)> {
    let mut reports: Vec<_> = reports.iter().collect();
    reports.sort_by_key(|report| {
        let untimed = report.occurred_ms.is_none();
        let weight = report.status.map(|status| (status.rank(), status.caution()));
        (untimed, report.occurred_ms, weight, &report.provider, &report.event)
    });
    let mut now: Option<(Status, &Report)> = None;
    let in_turn = |report| {
        let said = said_after(now, report);
        now = said.or(now);
        (report, said.is_some())
    };
    reports.into_iter().map(in_turn).collect()
}

/// What a report makes of a check that stood at `now`; `None` when it changes nothing.
fn said_after<'a>(now: Option<(Status, &Report)>, report: &'a Report) -> Option<(Status, &'a Report)> {
    let status = report.status?;
    let counts = match now {
        None => true,
        Some((_, before)) if report.occurred_ms.is_some() => report.may_follow(before),
        // Without a time it can only say that its own session has moved on, and not past what was found at a known time.
        Some((reached, before)) => {
            let is_open = before.occurred_ms.is_none() || reached.rank() < Status::InReview.rank();
            report.is_of_session_of(before) && status.rank() > reached.rank() && is_open
        }
    };
    counts.then_some((status, report))
}

/// Where a check stands after these reports, in whatever order they are given.
#[must_use]
pub fn standing(reports: &[Report]) -> Standing<'_> {
    let by = history(reports).into_iter().rev().find_map(|(report, counts)| counts.then_some(report));
    Standing { status: by.and_then(|report| report.status).unwrap_or(Status::NotStarted), by }
}

/// All reports of a user.
///
/// # Errors
/// `Unavailable`; `Internal` when a report is malformed.
pub async fn reports_of(store: &Store, user: &str) -> Result<Vec<Report>, Error> {
    store.query(Rows::KycReportsOf(user)).await
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn report(event: &str, session: &str, status: Status, occurred_ms: Option<i64>) -> Report {
        Report {
            provider: "sumsub".to_owned(),
            event: event.to_owned(),
            kind: "k".to_owned(),
            session: Some(session.to_owned()),
            level: None,
            status: Some(status),
            obstacle: None,
            ends_approval: false,
            reason: None,
            occurred_ms,
            received_at: Timestamp::from_second(0),
            body_sha256: String::new(),
        }
    }

    fn after(steps: &[(&str, Status, Option<i64>)]) -> Status {
        let numbered = steps.iter().enumerate();
        let reports: Vec<_> =
            numbered.map(|(at, (session, status, ms))| report(&at.to_string(), session, *status, *ms)).collect();
        standing(&reports).status
    }

    #[test]
    fn the_rules_of_order_and_session() {
        use Status::{Approved, Cancelled, Expired, InReview, NotStarted, Pending, Rejected, ResubmissionRequested};
        assert_eq!(after(&[]), NotStarted);
        for (steps, expected) in [
            // The later one counts, however they come.
            (vec![("a", Approved, Some(20)), ("a", Pending, Some(10))], Approved),
            (vec![("a", Pending, Some(10)), ("a", Approved, Some(20)), ("a", Rejected, Some(30))], Rejected),
            // At the same moment the one further along, and of two ends the one that opens nothing.
            (vec![("a", Approved, Some(10)), ("a", Pending, Some(10))], Approved),
            (vec![("a", Rejected, Some(10)), ("a", Approved, Some(10))], Rejected),
            // Another session does not undo an approval, unless it finds something.
            (vec![("a", Approved, Some(10)), ("b", Pending, Some(20))], Approved),
            (vec![("b", Pending, Some(20)), ("a", Approved, Some(10))], Approved),
            (vec![("a", Approved, Some(10)), ("b", Expired, Some(20))], Approved),
            (vec![("a", Approved, Some(10)), ("a", Expired, Some(20))], Expired),
            (vec![("a", Approved, Some(10)), ("b", Cancelled, Some(20))], Approved),
            (vec![("a", Approved, Some(10)), ("b", InReview, Some(20))], InReview),
            (vec![("a", Approved, Some(10)), ("b", ResubmissionRequested, Some(20))], ResubmissionRequested),
            (vec![("a", Rejected, Some(10)), ("b", Pending, Some(20))], Pending),
            // Without a time: forward, in the same session.
            (vec![("a", Pending, None)], Pending),
            (vec![("a", NotStarted, Some(10)), ("a", Pending, None)], Pending),
            (vec![("a", Approved, Some(10)), ("a", Pending, None)], Approved),
            (vec![("a", Pending, Some(10)), ("a", Approved, None)], Approved),
            (vec![("a", Approved, None), ("a", InReview, Some(10))], InReview),
            (vec![("a", Pending, Some(10)), ("b", InReview, None)], Pending),
        ] {
            assert_eq!(after(&steps), expected, "{steps:?}");
        }
    }

    #[test]
    fn an_approval_that_has_run_out_and_an_operator_are_not_held_up_by_sessions() {
        let approved = report("1", "a", Status::Approved, Some(10));
        let mut ended = report("2", "b", Status::Expired, Some(20));
        assert_eq!(standing(&[approved.clone(), ended.clone()]).status, Status::Approved);
        ended.ends_approval = true;
        assert_eq!(standing(&[approved.clone(), ended]).status, Status::Expired);
        let mut manual = report("3", "b", Status::Pending, Some(20));
        manual.provider = MANUAL.to_owned();
        assert_eq!(standing(&[approved, manual]).status, Status::Pending);
    }

    fn any_report() -> impl Strategy<Value = Report> {
        let status = (0..Status::ALL.len()).prop_map(|at| Status::ALL[at]);
        let time = prop_oneof![3 => (0_i64..6).prop_map(Some), 1 => Just(None)];
        (0_u8..20, "[ab]", status, time, any::<bool>()).prop_map(|(event, session, status, time, ends)| Report {
            ends_approval: ends && status == Status::Expired,
            ..report(&event.to_string(), &session, status, time)
        })
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter(
            (reports, shuffled) in prop::collection::vec(any_report(), 0..12).prop_flat_map(|mut reports| {
                // The same event never says two things.
                reports.sort_by(|a, b| a.event.cmp(&b.event));
                reports.dedup_by(|a, b| a.event == b.event);
                let twice = [reports.clone(), reports.clone()].concat();
                (Just(reports), Just(twice).prop_shuffle())
            })
        ) {
            let (once, again) = (standing(&reports), standing(&shuffled));
            prop_assert_eq!(once.status, again.status);
            prop_assert_eq!(once.by, again.by);
        }
    }
}
