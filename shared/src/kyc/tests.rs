use proptest::prelude::*;

use super::{report::AHEAD, *};
use crate::time::Timestamp;

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
        for (session, found) in [("a", Rejected), ("b", Rejected), ("a", InReview), ("b", InReview), ("a", Expired)] {
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
