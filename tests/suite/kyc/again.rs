//! A check that starts over: what was found stays found until somebody approves anew, and what an operator has decided stays decided.

use admin::kyc_set::{self, Arguments};
use serde_json::{Value, json};
use shared::{ids::AccountId, kyc::KycStatus, time::Timestamp};
use tests::{Session, World};

use super::{approval, later, report, said, status, sumsub_time};

/// All orders of three.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

/// The first second of 2036.
fn far() -> Timestamp {
    Timestamp::from_second(2_082_758_400)
}

/// An approval whose time is not to be had, a rejection at `start`, and that the session starts over a second later.
fn of_our_own(user: &str, start: Timestamp, dated: Option<Timestamp>, over: &str) -> [Value; 3] {
    [
        said(user, &format!("{user}-1"), "a", "approved", dated),
        said(user, &format!("{user}-2"), "a", "rejected", Some(start)),
        said(user, &format!("{user}-3"), "a", over, Some(later(start, 1))),
    ]
}

/// Sumsub's reports: an approval of 2036, a rejection at `start`, and that the applicant starts over a second later.
fn of_sumsub(user: &str, start: Timestamp) -> [Value; 3] {
    let mut rejected = approval("sumsub", user, start);
    rejected["correlationId"] = json!(format!("{user}-2"));
    rejected["reviewResult"] = json!({ "reviewAnswer": "RED", "reviewRejectType": "FINAL" });
    let reset = json!({ "type": "applicantReset", "correlationId": format!("{user}-3"), "applicantId": "s-1",
        "externalUserId": user, "levelName": "basic", "createdAtMs": sumsub_time(later(start, 1)), "reviewStatus": "init" });
    [approval("sumsub", user, far()), rejected, reset]
}

#[tokio::test]
async fn whoever_was_rejected_is_not_approved_again_by_starting_over() {
    let world = World::start().await;
    for apart in [0, 1, 60] {
        for order in ORDERS {
            for over in ["pending", "not_started"] {
                for dated in [None, Some(far())] {
                    let user = format!("{over}-{}-{apart}-{order:?}", dated.is_some());
                    let reports = of_our_own(&user, world.now(), dated, over);
                    for at in order {
                        report(&world, "generic", &reports[at]).await;
                        world.advance(apart);
                    }
                    assert_eq!(status(&world, &user).await.as_str(), over, "{user}");
                }
            }
            let user = format!("sumsub-{apart}-{order:?}");
            let reports = of_sumsub(&user, world.now());
            for at in order {
                report(&world, "sumsub", &reports[at]).await;
                world.advance(apart);
            }
            assert_eq!(status(&world, &user).await, KycStatus::NotStarted, "{user}");
        }
    }
}

#[tokio::test]
async fn whoever_starts_over_is_approved_by_what_is_newer() {
    let world = World::start().await;
    for dated in [None, Some(far())] {
        for is_timed in [true, false] {
            let user = format!("user-{}-{is_timed}", dated.is_some());
            let start = world.now();
            for body in of_our_own(&user, start, dated, "pending") {
                report(&world, "generic", &body).await;
            }
            world.advance(302);
            let anew = is_timed.then(|| later(start, 2));
            report(&world, "generic", &said(&user, &format!("{user}-4"), "a", "approved", anew)).await;
            assert_eq!(status(&world, &user).await, KycStatus::Approved, "{user}");
        }
    }
}

#[tokio::test]
async fn a_report_without_a_time_has_not_happened_after_it_came_in() {
    let world = World::start().await;
    for (waits, expected) in [(0, KycStatus::Rejected), (300, KycStatus::Rejected), (301, KycStatus::Approved)] {
        let user = format!("user-{waits}");
        report(&world, "generic", &said(&user, &format!("{user}-1"), "a", "rejected", None)).await;
        world.advance(waits);
        report(&world, "generic", &said(&user, &format!("{user}-2"), "b", "approved", Some(world.now()))).await;
        assert_eq!(status(&world, &user).await, expected, "{user}");
        // One that comes in now may be the later one.
        report(&world, "generic", &said(&user, &format!("{user}-3"), "a", "rejected", None)).await;
        assert_eq!(status(&world, &user).await, KycStatus::Rejected, "{user}");
    }
}

async fn decides(world: &World, user: &Session, status: KycStatus) -> bool {
    let user = AccountId::parse(&user.user_id).unwrap();
    let arguments = Arguments { user, status, reason: "by_hand".parse().unwrap(), level: None };
    kyc_set::set(&world.operator(), &arguments, &world.clock).await.unwrap().is_in_force
}

#[tokio::test]
async fn what_an_operator_has_overruled_does_not_come_back_whatever_follows() {
    let world = World::start().await;
    for (decided, next, expected) in [
        (KycStatus::Approved, "approved", KycStatus::Approved),
        (KycStatus::Approved, "in_review", KycStatus::InReview),
        (KycStatus::Pending, "approved", KycStatus::Approved),
        (KycStatus::Rejected, "pending", KycStatus::Pending),
    ] {
        let (_, ada) = world.person().signed_in().await;
        let user = &ada.user_id;
        let untimed = |word: &str| said(user, &format!("{user}-{word}"), "a", word, None);
        report(&world, "generic", &untimed("rejected")).await;
        report(&world, "generic", &untimed("approved")).await;
        world.advance(5);
        assert!(decides(&world, &ada, decided).await);
        world.advance(10);
        let next = said(user, &format!("{user}-2"), "a", next, Some(world.now()));
        report(&world, "generic", &next).await;
        assert_eq!(status(&world, user).await, expected, "{decided:?} {next}");
    }
}

#[tokio::test]
async fn a_rejection_of_the_second_of_a_decision_may_have_come_after_it() {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    assert!(decides(&world, &ada, KycStatus::Approved).await);
    report(&world, "generic", &said(&ada.user_id, "e-1", "a", "rejected", None)).await;
    assert_eq!(status(&world, &ada.user_id).await, KycStatus::Rejected);
    // Nor is it overruled by a decision of that second: whoever decides is told, and decides again.
    assert!(!decides(&world, &ada, KycStatus::Approved).await);
    world.advance(1);
    assert!(decides(&world, &ada, KycStatus::Approved).await);
}
