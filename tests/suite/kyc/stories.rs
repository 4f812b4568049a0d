//! Order, time and session: which of a user's reports decides, however they come.

use serde_json::json;
use shared::kyc::KycStatus;
use tests::World;

use super::{approval, later, logs, outcomes, report, said, status};

/// Session, status, second; and what becomes of it.
type Step = (&'static str, &'static str, Option<u64>, &'static str);

/// What our own source tells of a user, in the order in which it tells it, and where that leads.
#[rustfmt::skip]
const STORIES: [(&[Step], KycStatus); 14] = [
    // Out of order: what happened last counts, not what came last.
    (&[("a", "approved", Some(20), "ok"), ("a", "pending", Some(10), "out_of_order")], KycStatus::Approved),
    (&[("a", "rejected", Some(20), "ok"), ("b", "approved", Some(10), "out_of_order")], KycStatus::Rejected),
    (&[("a", "pending", Some(10), "ok"), ("a", "approved", Some(20), "ok"), ("a", "rejected", Some(30), "ok")], KycStatus::Rejected),
    // At the same moment the one further along wins, whichever comes first.
    (&[("a", "approved", Some(10), "ok"), ("a", "pending", Some(10), "out_of_order")], KycStatus::Approved),
    (&[("a", "pending", Some(10), "ok"), ("a", "approved", Some(10), "ok")], KycStatus::Approved),
    (&[("a", "rejected", Some(10), "ok"), ("a", "approved", Some(10), "out_of_order")], KycStatus::Rejected),
    // Another session does not undo an approval unless it finds something; its own session does.
    (&[("a", "approved", Some(10), "ok"), ("b", "not_started", Some(20), "other_session")], KycStatus::Approved),
    (&[("a", "approved", Some(10), "ok"), ("b", "expired", Some(20), "other_session")], KycStatus::Approved),
    (&[("a", "approved", Some(10), "ok"), ("b", "cancelled", Some(20), "other_session")], KycStatus::Approved),
    (&[("a", "approved", Some(10), "ok"), ("b", "in_review", Some(20), "ok")], KycStatus::InReview),
    (&[("a", "approved", Some(10), "ok"), ("b", "rejected", Some(20), "ok")], KycStatus::Rejected),
    (&[("a", "approved", Some(10), "ok"), ("a", "expired", Some(20), "ok")], KycStatus::Expired),
    // Without a time: forward, and in the same session.
    (&[("a", "not_started", Some(10), "ok"), ("a", "pending", None, "ok"), ("a", "not_started", None, "out_of_order")], KycStatus::Pending),
    (&[("a", "pending", Some(10), "ok"), ("b", "in_review", None, "out_of_order")], KycStatus::Pending),
];

#[tokio::test]
async fn order_time_and_session_decide() {
    let world = World::start().await;
    let start = world.now();
    for (number, (steps, expected)) in STORIES.into_iter().enumerate() {
        let user = format!("user-{number}");
        logs::capture();
        let told = |user: &str| -> Vec<_> {
            let bodies = steps.iter().enumerate().map(|(event, (session, word, second, _))| {
                said(user, &format!("e-{event}"), session, word, second.map(|second| later(start, second)))
            });
            bodies.collect()
        };
        for body in told(&user) {
            report(&world, "generic", &body).await;
        }
        let expected_outcomes: Vec<_> = steps.iter().map(|(.., outcome)| *outcome).collect();
        assert_eq!(outcomes(), expected_outcomes, "{steps:?}");
        assert_eq!(status(&world, &user).await, expected, "{steps:?}");

        // Backwards it is the same story.
        let user = format!("{user}-backwards");
        for body in told(&user).iter().rev() {
            report(&world, "generic", body).await;
        }
        assert_eq!(status(&world, &user).await, expected, "{steps:?} backwards");
    }
}

#[tokio::test]
async fn steps_without_a_time_lead_up_to_a_decision_and_not_back_from_it() {
    let world = World::start().await;
    let step = |action: &str| json!({ "id": "s-1", "attemptId": "a-1", "action": action, "vendorData": "ada" });
    logs::capture();
    report(&world, "veriff", &step("started")).await;
    report(&world, "veriff", &approval("veriff", "ada", world.now())).await;
    report(&world, "veriff", &step("submitted")).await;
    assert_eq!(outcomes(), ["ok", "ok", "out_of_order"]);
    assert_eq!(status(&world, "ada").await, KycStatus::Approved);
}

#[tokio::test]
async fn an_approval_that_runs_out_by_itself_ends_whichever_session_says_so() {
    let world = World::start().await;
    let start = world.now();
    report(&world, "sumsub", &approval("sumsub", "ada", start)).await;
    let mut ended = approval("didit", "ada", later(start, 1));
    ended["status"] = json!("Expired");
    report(&world, "didit", &ended).await;
    assert_eq!(status(&world, "ada").await, KycStatus::Approved);
    ended["event_id"] = json!("e-2");
    ended["status"] = json!("Kyc Expired");
    report(&world, "didit", &ended).await;
    assert_eq!(status(&world, "ada").await, KycStatus::Expired);
}
