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

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    error::Error,
    store::Store,
    tables::{Row, Rows},
    time::Timestamp,
};

/// The source of what operators decide by hand.
pub const MANUAL: &str = "manual";
/// How far the clock of a provider may be ahead of ours. Seconds.
const AHEAD: i64 = 300;

/// Where a check stands. Only `approved` opens anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "IdentityStatus")]
pub enum KycStatus {
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

impl KycStatus {
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

    /// What decides where the time does not: the rank, and between two of the same rank what opens less.
    const fn weight(self) -> (u8, u8) {
        let caution = match self {
            Self::Approved | Self::InReview | Self::Expired => 0,
            _ => 1,
        };
        (self.rank(), caution)
    }
}

/// What a provider has reported, without everything personal: a row of the table Kyc, written once. `None` stands for "it does
/// not say".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KycReport {
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
    pub status: Option<KycStatus>,
    /// Why it changes nothing.
    pub obstacle: Option<String>,
    /// Whether it ends an approval, whichever session that came from.
    pub ends_approval: bool,
    /// Why the check did not succeed, coarsely.
    pub reason: Option<String>,
    /// When it happened, as the provider says, be it true or not. Milliseconds since 1970.
    pub occurred_ms: Option<i64>,
    /// When it came in.
    pub received_at: Timestamp,
    /// SHA-256 of the body as hex.
    pub body_sha256: String,
}

/// A hash of what a report says and of whom, whichever bytes said so and whenever they came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saying(String);

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

/// Where a check stands, and by which report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing<'a> {
    /// In words of ours.
    pub status: KycStatus,
    /// The report that decided; `None` when there is none.
    pub by: Option<&'a KycReport>,
}

impl Saying {
    /// SHA-256 as hex.
    pub(crate) fn of(what: &impl Serialize) -> Result<Self, Error> {
        let json = serde_json::to_vec(what).map_err(|_| Error::internal("what a report says is no JSON"))?;
        let hash = digest(&SHA256, &json);
        Ok(Self(hash.as_ref().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))))
    }
}

impl fmt::Display for Saying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl KycClaim {
    /// Whether both cannot be true. The same bytes say something else when a newer version understands them better.
    #[must_use]
    pub fn contradicts(&self, other: &Self) -> bool {
        self.saying != other.saying && self.body_sha256 != other.body_sha256
    }
}

impl KycReport {
    /// The row that it is kept in: the same for the same event, however often it comes.
    #[must_use]
    pub fn row<'a>(&'a self, user: Option<&'a str>) -> Row<'a> {
        let (provider, event) = (self.provider.as_str(), self.event.as_str());
        match user {
            Some(user) => Row::KycReport { user, provider, event },
            None => Row::StrayKycReport { provider, event },
        }
    }

    /// The row that it is kept in where another report has come under the id of its event.
    #[must_use]
    pub fn other_row<'a>(&'a self, user: Option<&'a str>, saying: &'a Saying) -> Row<'a> {
        let (provider, event) = (self.provider.as_str(), self.event.as_str());
        match user {
            Some(user) => Row::OtherKycReport { user, provider, event, saying },
            None => Row::OtherStrayKycReport { provider, event, saying },
        }
    }

    /// What its provider has said with it under the id of its event.
    ///
    /// # Errors
    /// `Internal` when it cannot be hashed.
    pub fn claim(&self, user: Option<&str>) -> Result<KycClaim, Error> {
        let (user, body_sha256) = (user.map(str::to_owned), self.body_sha256.clone());
        Ok(KycClaim { saying: self.saying(user.as_deref())?, user, body_sha256 })
    }

    /// Some providers write members that we do not keep anew with each try, and they come when they come.
    fn saying(&self, user: Option<&str>) -> Result<Saying, Error> {
        let Self { provider, event, kind, session, level, status, obstacle, reason, .. } = self;
        let Self { ends_approval, occurred_ms, received_at: _, body_sha256: _, .. } = self;
        let what = (kind, session, level, status, obstacle, ends_approval, reason, occurred_ms);
        Saying::of(&(user, provider, event, what))
    }

    /// When it counts as having happened. Milliseconds since 1970; `None` when nothing tells.
    ///
    /// No clock is further ahead than [`AHEAD`]. What claims more is not lost, it counts at that bound; but an approval must not
    /// outlive findings by its claim, so it counts as one without a time.
    #[must_use]
    pub fn counted_ms(&self) -> Option<i64> {
        let bound = self.bound_ms();
        match self.occurred_ms {
            Some(claimed) if claimed > bound && self.provider != MANUAL => {
                Some(bound).filter(|_| self.status != Some(KycStatus::Approved))
            }
            claimed => claimed,
        }
    }

    /// Until when it has happened, on whichever clock. Milliseconds since 1970.
    const fn bound_ms(&self) -> i64 {
        self.received_at.as_second().saturating_add(AHEAD).saturating_mul(1000)
    }

    /// When it counts as having happened; else when it came in.
    #[must_use]
    pub fn moment(&self) -> Timestamp {
        self.counted_ms().map_or(self.received_at, |ms| Timestamp::from_second(ms.div_euclid(1000)))
    }

    /// Whether both are of one session of one provider. Saying none counts as one.
    #[must_use]
    pub fn is_of_session_of(&self, other: &Self) -> bool {
        (&self.provider, &self.session) == (&other.provider, &other.session)
    }

    /// Whether it counts after `before`: a new or lost session of the same user does not undo an approval.
    fn may_follow(&self, before: &Self) -> bool {
        let is_harmless = matches!(
            self.status,
            Some(KycStatus::NotStarted | KycStatus::Pending | KycStatus::Expired | KycStatus::Cancelled)
        );
        let is_elsewhere = !self.is_of_session_of(before) && !self.ends_approval && self.provider != MANUAL;
        !(before.status == Some(KycStatus::Approved) && is_harmless && is_elsewhere)
    }

    /// Whether it counts after `before` although it has no time: its own session has moved on. An approval says nothing about what was
    /// found at a known time, and a rejection is not lost to an approval, whichever session that is of: it may be the later one.
    fn may_follow_untimed(&self, before: &Self) -> bool {
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
    fn is_known_to(&self, decision: &Self) -> bool {
        decision.provider == MANUAL && self.provider != MANUAL && self.received_at < decision.received_at
    }

    /// Whether, being without a time, it happened before `other` for certain: nothing happens after it has come in.
    fn is_older_than(&self, other: &Self) -> bool {
        // Operators date what they decide after all that they know, which is no time of day.
        other.provider != MANUAL && other.counted_ms() > Some(self.bound_ms())
    }

    /// Whether, being an approval without a time, it may be older than what was found at a known time and speaks against it. A
    /// session that starts over after that does not renew it.
    fn is_refuted_by(&self, found: &Self) -> bool {
        let received_ms = self.received_at.as_second().saturating_mul(1000);
        let is_in_doubt = found.counted_ms().is_some_and(|ms| received_ms <= ms.saturating_add(AHEAD * 1000));
        let speaks_against = found.status != Some(KycStatus::Approved) && found.is_found() && found.may_follow(self);
        self.status == Some(KycStatus::Approved) && is_in_doubt && speaks_against
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn report(event: &str, session: &str, status: KycStatus, occurred_ms: Option<i64>) -> KycReport {
        KycReport {
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

    fn after(steps: &[(&str, KycStatus, Option<i64>)]) -> KycStatus {
        let numbered = steps.iter().enumerate();
        let reports: Vec<_> =
            numbered.map(|(at, (session, status, ms))| report(&at.to_string(), session, *status, *ms)).collect();
        standing(&reports).status
    }

    #[test]
    fn the_rules_of_order_and_session() {
        use KycStatus::{Approved, Cancelled, Expired, InReview, NotStarted, Pending, Rejected, ResubmissionRequested};
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
            (vec![("a", InReview, Some(10)), ("a", Expired, None)], Expired),
            (vec![("a", InReview, Some(10)), ("a", Rejected, None)], Rejected),
            // A rejection without a time may be the later one, in whichever session.
            (vec![("a", Approved, Some(10)), ("a", Rejected, None)], Rejected),
            (vec![("a", Approved, Some(10)), ("b", Rejected, None)], Rejected),
            (vec![("a", Approved, None), ("b", Rejected, None)], Rejected),
            (vec![("a", Rejected, Some(10)), ("a", Approved, None)], Rejected),
            (vec![("a", Rejected, Some(10)), ("b", Approved, None)], Rejected),
            // What is known to come after it, counts.
            (vec![("a", Rejected, Some(10)), ("b", Approved, Some(20))], Approved),
        ] {
            assert_eq!(after(&steps), expected, "{steps:?}");
        }
    }

    #[test]
    fn an_approval_that_has_run_out_and_an_operator_are_not_held_up_by_sessions() {
        let approved = report("1", "a", KycStatus::Approved, Some(10));
        let mut ended = report("2", "b", KycStatus::Expired, Some(20));
        assert_eq!(standing(&[approved.clone(), ended.clone()]).status, KycStatus::Approved);
        ended.ends_approval = true;
        assert_eq!(standing(&[approved.clone(), ended]).status, KycStatus::Expired);
        let mut manual = report("3", "b", KycStatus::Pending, Some(20));
        manual.provider = MANUAL.to_owned();
        assert_eq!(standing(&[approved, manual]).status, KycStatus::Pending);
    }

    #[test]
    fn of_the_same_rank_the_more_cautious_one_counts() {
        use KycStatus::{Approved, Cancelled, Expired, InReview, Rejected, ResubmissionRequested};
        for (bold, cautious) in [(Approved, Rejected), (InReview, ResubmissionRequested), (Expired, Cancelled)] {
            assert_eq!(bold.rank(), cautious.rank());
            for time in [None, Some(10)] {
                for pair in [[bold, cautious], [cautious, bold]] {
                    assert_eq!(after(&pair.map(|status| ("a", status, time))), cautious, "{pair:?} at {time:?}");
                }
            }
            assert_eq!(after(&[("a", bold, Some(10)), ("a", cautious, None)]), cautious);
            assert_eq!(after(&[("a", bold, None), ("a", cautious, Some(10))]), cautious);
        }
        // No other two are of one rank.
        let ranks: std::collections::BTreeSet<_> = KycStatus::ALL.map(KycStatus::rank).into();
        assert_eq!(ranks.len(), KycStatus::ALL.len() - 3);
    }

    #[test]
    fn two_bodies_of_one_event_both_count() {
        let pair = [KycStatus::Approved, KycStatus::Rejected].map(|status| report("1", "a", status, Some(10)));
        assert_eq!(standing(&pair).status, KycStatus::Rejected);
        let [approved, rejected] = pair;
        let later = KycReport { occurred_ms: Some(20), ..approved.clone() };
        assert_eq!(standing(&[later, rejected, approved]).status, KycStatus::Approved);
    }

    #[test]
    fn an_approval_from_the_future_outlives_no_finding_and_a_finding_from_there_is_not_lost() {
        use KycStatus::{Approved, InReview, Pending, Rejected};
        let bound = AHEAD * 1000;
        let far = 2_000_000_000_000;
        assert_eq!(after(&[("a", Approved, Some(far))]), Approved);
        assert_eq!(after(&[("a", Pending, Some(10)), ("a", Approved, Some(far))]), Approved);
        for found in [InReview, Rejected] {
            for session in ["a", "b"] {
                for time in [0, 10, bound, far] {
                    let steps = [("a", Approved, Some(far)), (session, found, Some(time))];
                    assert_eq!(after(&steps), found, "{session} {time}");
                }
            }
        }
        // Up to five minutes a clock may be ahead.
        assert_eq!(after(&[("a", Approved, Some(bound)), ("a", Rejected, Some(10))]), Approved);
        assert_eq!(after(&[("a", Approved, Some(bound + 1)), ("a", Rejected, Some(10))]), Rejected);
        assert_eq!(after(&[("a", Rejected, Some(far)), ("a", Approved, Some(bound))]), Rejected);
        // Nor is the future any later than the bound.
        let mut again = report("2", "b", Approved, Some(bound + 1));
        again.received_at = Timestamp::from_second(1);
        assert_eq!(standing(&[report("1", "a", Rejected, Some(far)), again]).status, Approved);
    }

    #[test]
    fn no_time_is_too_absurd_to_sort() {
        let times = [i64::MIN, i64::MIN + 1, -62_135_596_800_000, -1, 0, i64::MAX];
        for received in [i64::MIN, 0, i64::MAX].map(Timestamp::from_second) {
            let reports = times.map(|time| KycReport {
                received_at: received,
                ..report(&time.to_string(), "a", KycStatus::Pending, Some(time))
            });
            assert_eq!(history(&reports).len(), times.len());
            assert!(reports.iter().all(|report| !report.moment().to_string().is_empty()));
        }
    }

    #[test]
    fn an_operator_is_overruled_by_what_comes_in_later_alone() {
        let mut manual = report("1", "-", KycStatus::Approved, Some(10_000));
        manual.provider = MANUAL.to_owned();
        manual.received_at = Timestamp::from_second(10);
        for (second, expected) in [(9, KycStatus::Approved), (10, KycStatus::Rejected), (11, KycStatus::Rejected)] {
            let mut found = report("2", "a", KycStatus::Rejected, None);
            found.received_at = Timestamp::from_second(second);
            assert_eq!(standing(&[found.clone(), manual.clone()]).status, expected, "{second}");
            // Nor does it come back with what follows.
            let anew = report("3", "b", KycStatus::Approved, Some(20_000));
            assert_eq!(standing(&[found, manual.clone(), anew]).status, expected, "{second}");
        }
        // What operators say of the time is true: it is later than all that they knew of.
        manual.occurred_ms = Some(2_000_000_000_000);
        let rejected = report("2", "a", KycStatus::Rejected, Some(AHEAD * 1000));
        assert_eq!(standing(&[manual, rejected]).status, KycStatus::Approved);
    }

    #[test]
    fn starting_over_renews_no_approval_that_may_be_older_than_a_finding() {
        use KycStatus::{Approved, Expired, InReview, NotStarted, Pending, Rejected};
        let far = Some(2_000_000_000_000);
        for dated in [None, far] {
            for (session, found) in [("a", Rejected), ("b", Rejected), ("a", InReview), ("b", InReview), ("a", Expired)]
            {
                for over in [Pending, NotStarted] {
                    let steps = [("a", Approved, dated), (session, found, Some(10)), ("a", over, Some(20))];
                    assert_eq!(after(&steps), over, "{steps:?}");
                }
                // By way of a step that has no time either.
                let steps = [("a", Approved, dated), (session, found, Some(10)), ("a", Pending, Some(20))];
                assert_eq!(after(&[&steps[..], &[("a", InReview, None)]].concat()), InReview, "{steps:?}");
            }
        }
        // What comes in later than any clock is off may be newer.
        let found = [report("1", "a", Rejected, Some(10)), report("2", "a", Pending, Some(20))];
        for (second, expected) in [(0, Pending), (AHEAD, Pending), (AHEAD + 1, Approved)] {
            let anew = KycReport { received_at: Timestamp::from_second(second), ..report("3", "a", Approved, None) };
            assert_eq!(standing(&[&found[..], &[anew]].concat()).status, expected, "{second}");
        }
    }

    #[test]
    fn without_a_time_nothing_has_happened_after_it_came_in() {
        use KycStatus::{Approved, InReview, Pending, Rejected};
        for (ms, expected) in [(AHEAD * 1000, Rejected), (AHEAD * 1000 + 1, Approved)] {
            let approved = report("2", "b", Approved, Some(ms));
            let approved = KycReport { received_at: Timestamp::from_second(AHEAD), ..approved };
            assert_eq!(standing(&[report("1", "a", Rejected, None), approved]).status, expected, "{ms}");
        }
        // What lies between them does not hide it.
        let old = report("1", "a", Rejected, None);
        let received_at = Timestamp::from_second(1000);
        let pending = KycReport { received_at, ..report("2", "a", Pending, Some(1_000_000)) };
        let review = KycReport { received_at, ..report("3", "a", InReview, None) };
        assert_eq!(standing(&[old, pending, review]).status, InReview);
    }

    fn any_report() -> impl Strategy<Value = KycReport> {
        let status = (0..KycStatus::ALL.len()).prop_map(|at| KycStatus::ALL[at]);
        let far = 4_000_000_000_000_i64;
        let time = prop_oneof![
            6 => (-1_i64..5).prop_map(Some),
            3 => (0_i64..6).prop_map(|step| Some(step * 100_000)),
            3 => Just(None),
            1 => (far..far + 2).prop_map(Some),
        ];
        let second = prop_oneof![2 => 0_i64..3, 1 => (0_i64..6).prop_map(|step| step * 100)];
        let extra = (any::<bool>(), any::<bool>(), second);
        (0_u8..20, "[ab]", status, time, extra).prop_map(|(event, session, status, time, (ends, by_hand, second))| {
            let by_hand = by_hand && time.is_some() && event == 0;
            let said = report(&event.to_string(), &session, status, time);
            KycReport {
                ends_approval: ends && status == KycStatus::Expired,
                provider: if by_hand { MANUAL.to_owned() } else { said.provider.clone() },
                received_at: Timestamp::from_second(second),
                ..said
            }
        })
    }

    /// What is kept of deliveries: of those that say the same one, of those that say different things under one id all.
    fn kept(deliveries: Vec<KycReport>) -> Vec<KycReport> {
        let mut kept: Vec<KycReport> = Vec::new();
        for report in deliveries {
            if !kept.iter().any(|before| before.saying(None).unwrap() == report.saying(None).unwrap()) {
                kept.push(report);
            }
        }
        kept
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter(
            (reports, shuffled) in prop::collection::vec(any_report(), 0..12).prop_flat_map(|reports| {
                let reports = kept(reports);
                let twice = [reports.clone(), reports.clone()].concat();
                (Just(reports), Just(twice).prop_shuffle())
            })
        ) {
            let (once, again) = (standing(&reports), standing(&shuffled));
            prop_assert_eq!(once.status, again.status);
            prop_assert_eq!(once.by, again.by);
        }

        #[test]
        fn beside_an_approval_that_stands_there_is_no_rejection_that_may_be_later(
            reports in prop::collection::vec(any_report(), 0..12).prop_map(kept)
        ) {
            let now = standing(&reports);
            let Some(by) = now.by.filter(|_| now.status == KycStatus::Approved) else { return Ok(()) };
            let counted: Vec<_> = history(&reports).into_iter().filter_map(|(report, counts)| counts.then_some(report)).collect();
            for rejected in reports.iter().filter(|report| report.status == Some(KycStatus::Rejected)) {
                let is_earlier = match (rejected.counted_ms(), by.counted_ms()) {
                    (Some(at), Some(approved)) => at < approved,
                    (Some(at), None) => at + AHEAD * 1000 < by.received_at.as_second() * 1000,
                    (None, _) => counted.iter().any(|other| rejected.is_older_than(other)),
                };
                prop_assert!(is_earlier || counted.iter().any(|other| rejected.is_known_to(other)), "{:?}", rejected);
            }
        }

        #[test]
        fn no_approval_without_a_time_outlives_a_rejection_after_it_came_in(
            (others, second, since, far) in
                (prop::collection::vec(any_report(), 0..12), 0_i64..500, 0_i64..500, any::<bool>())
        ) {
            let mut others = others;
            others.retain(|other| other.status != Some(KycStatus::Approved));
            let at = |second| Timestamp::from_second(second);
            let old = report("old", "a", KycStatus::Approved, Some(9_000_000_000_000).filter(|_| far));
            let found = report("found", "b", KycStatus::Rejected, Some((second + since) * 1000));
            others.push(KycReport { received_at: at(second), ..old });
            others.push(KycReport { received_at: at(second + since), ..found });
            prop_assert_ne!(standing(&others).status, KycStatus::Approved);
        }
    }
}
