//! Where time does not tell which of two reports is the later or the true one: which of them counts, and that none is dropped.

use admin::kyc_show::show;
use serde_json::{Value, json};
use shared::{ids::AccountId, kyc::KycStatus, time::Timestamp};
use tests::World;

use super::{SIGNING, approval, kept, later, logs, newest_secret, outcomes, report, said, signed, status};

/// Bold and cautious, of the same rank.
const PAIRS: [[&str; 2]; 3] =
    [["approved", "rejected"], ["in_review", "resubmission_requested"], ["expired", "cancelled"]];

/// `report` with a final rejection in the place of the approval. Its event keeps its id where the provider gives events ids, or
/// makes them of other members.
fn rejecting(provider: &str, mut report: Value) -> Value {
    let (path, value) = match provider {
        "sumsub" => ("/reviewResult", json!({ "reviewAnswer": "RED", "reviewRejectType": "FINAL" })),
        "onfido" => ("/payload/object/status", json!("declined")),
        "persona" => ("/data/attributes/name", json!("inquiry.declined")),
        "veriff" => ("/verification/status", json!("declined")),
        "didit" => ("/status", json!("Declined")),
        "generic" => ("/status", json!("rejected")),
        _ => panic!("{provider} rejects nobody for good"),
    };
    *report.pointer_mut(path).unwrap() = value;
    report
}

/// `report` without the time at which it happened.
fn untimed(provider: &str, mut report: Value) -> Value {
    let (parent, name) = match provider {
        "sumsub" => ("", "createdAtMs"),
        "onfido" => ("/payload/object", "completed_at_iso8601"),
        "persona" => ("/data/attributes", "created-at"),
        "veriff" => ("/verification", "decisionTime"),
        "generic" => ("", "occurred_at"),
        _ => panic!("{provider} always says a time"),
    };
    report.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
    report
}

/// Another event of the same session.
fn under_another_id(provider: &str, mut report: Value) -> Value {
    let (parent, name) = match provider {
        "sumsub" => ("", "correlationId"),
        "persona" => ("/data", "id"),
        "generic" => ("", "event_id"),
        // They make ids of what happened when, and of the whole body where that is not said.
        _ => ("", "other"),
    };
    report.pointer_mut(parent).unwrap()[name] = json!("another");
    report
}

#[tokio::test]
async fn of_two_reports_without_a_time_the_more_cautious_one_counts_whichever_comes_first() {
    let world = World::start().await;
    for (number, [bold, cautious]) in PAIRS.into_iter().enumerate() {
        for times in [[None, None], [Some(5), Some(5)], [Some(5), None], [None, Some(5)]] {
            for order in [[0, 1], [1, 0]] {
                let user = format!("user-{number}-{times:?}-{order:?}");
                for at in order {
                    let time = times[at].map(|second| later(world.now(), second));
                    let says = [bold, cautious][at];
                    report(&world, "generic", &said(&user, says, "a", says, time)).await;
                }
                assert_eq!(status(&world, &user).await.as_str(), cautious, "{bold} {times:?} {order:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_rejection_without_a_time_is_not_lost_to_an_approval_of_whichever_provider() {
    let world = World::start().await;
    for provider in ["sumsub", "onfido", "persona", "veriff", "generic"] {
        for (session_of, is_timed) in [("same", false), ("same", true), ("other", false), ("other", true)] {
            for order in [[0, 1], [1, 0]] {
                let user = format!("{provider}-{session_of}-{is_timed}-{order:?}");
                let approved = approval(provider, &user, world.now());
                let rejected = under_another_id(provider, untimed(provider, rejecting(provider, approved.clone())));
                let rejected = rejected.to_string();
                let rejected = if session_of == "other" { rejected.replace("s-1", "s-2") } else { rejected };
                let rejected: Value = serde_json::from_str(&rejected).unwrap();
                let approved = if is_timed { approved } else { untimed(provider, approved) };
                for at in order {
                    report(&world, provider, [&approved, &rejected][at]).await;
                }
                assert_eq!(kept(&world, &user).await.len(), 2, "{user}");
                assert_eq!(status(&world, &user).await, KycStatus::Rejected, "{user}");
            }
        }
    }
}

#[tokio::test]
async fn a_report_that_says_something_else_under_a_known_id_is_kept_and_counts_and_somebody_is_told() {
    let world = World::start().await;
    // Stripe rejects nobody, and what Veriff decides is in the ids of its events.
    for provider in ["sumsub", "onfido", "persona", "didit", "generic"] {
        for order in [[0, 1], [1, 0]] {
            world.empty("Kyc").await;
            let user = format!("{provider}-{order:?}");
            let approved = approval(provider, &user, world.now());
            let bodies = [approved.clone(), rejecting(provider, approved)];
            logs::capture();
            for at in order.into_iter().chain(order).chain(order) {
                report(&world, provider, &bodies[at]).await;
            }
            let lines = logs::lines();
            let words: Vec<_> = lines.iter().filter(|line| line["event"] == "kyc_report").collect();
            let words: Vec<_> = words.into_iter().map(|line| line["outcome"].as_str().unwrap()).collect();
            let second = if order == [0, 1] { "ok" } else { "out_of_order" };
            assert_eq!(words, ["ok", second, "duplicate", "duplicate", "duplicate", "duplicate"], "{user}");
            let told: Vec<_> = lines.iter().filter(|line| line["event"] == "kyc_contradicted").collect();
            // Each time that it comes: the first time its answer may be lost before anybody is told.
            assert_eq!(told.len(), 3, "{told:?}");
            assert!(told.iter().all(|line| line["provider"] == provider && line["level"] == "WARN"), "{told:?}");

            let reports = kept(&world, &user).await;
            assert_eq!(reports.len(), 2, "{reports:?}");
            assert_eq!(reports[0].event, reports[1].event);
            assert_eq!(status(&world, &user).await, KycStatus::Rejected, "{user}");
        }
    }
}

#[tokio::test]
async fn what_is_kept_beside_a_report_of_nobody_is_kept_apart_too() {
    let world = World::start().await;
    let mut bodies = ["approved", "rejected"].map(|word| said("ada", "e-1", "a", word, Some(world.now())));
    for body in &mut bodies {
        body.as_object_mut().unwrap().remove("user_id");
        report(&world, "generic", body).await;
        report(&world, "generic", body).await;
    }
    assert_eq!(world.rows_of("Kyc", "STRAY#").await.len(), 2);
    assert!(world.rows_of("Kyc", "USER#").await.is_empty());
}

#[tokio::test]
async fn the_same_report_in_other_bytes_is_a_repetition_and_nobody_is_told() {
    let world = World::start().await;
    for provider in SIGNING.into_iter().chain(["generic"]) {
        logs::capture();
        let mut body = approval(provider, provider, world.now());
        report(&world, provider, &body).await;
        // Counters, tags and whatever else a provider writes anew with each try, and other white space.
        for attempt in 1..4 {
            body["pending_webhooks"] = json!(attempt);
            body["attempt"] = json!(attempt);
            body["sent_at"] = json!(later(world.now(), attempt).to_string());
            let text = serde_json::to_string_pretty(&body).unwrap();
            let request = signed(provider, &newest_secret(provider), &text, world.now());
            super::assert_taken(&world.send(request).await);
        }
        let lines = logs::lines();
        assert!(lines.iter().all(|line| line["event"] != "kyc_contradicted"), "{provider}");
        let words = lines.iter().filter(|line| line["event"] == "kyc_report").map(|line| line["outcome"].clone());
        assert_eq!(words.collect::<Vec<_>>(), ["ok", "duplicate", "duplicate", "duplicate"], "{provider}");
        assert_eq!(kept(&world, provider).await.len(), 1, "{provider}");
    }
}

#[tokio::test]
async fn an_id_cannot_take_the_place_of_a_report_beside_another() {
    let world = World::start().await;
    let first = said("ada", "e-1", "a", "approved", Some(world.now()));
    report(&world, "generic", &first).await;
    report(&world, "generic", &rejecting("generic", first.clone())).await;
    let rows = world.rows_of("Kyc", "USER#ada").await;
    let beside = rows.iter().find(|row| row["status"] == "rejected").unwrap()["sk"].as_str().unwrap().to_owned();
    // Whoever holds the secret lays rows where that one would come, as far as ids go.
    world.empty("Kyc").await;
    report(&world, "generic", &first).await;
    let named = beside.replace("REPORT#", "").replace("generic#", "");
    for id in [beside.clone(), named.clone(), beside.replace("REPORT#", ""), format!("#{named}")] {
        report(&world, "generic", &said("ada", &id, "a", "pending", Some(world.now()))).await;
    }
    report(&world, "generic", &rejecting("generic", first)).await;
    assert_eq!(kept(&world, "ada").await.len(), 6);
    assert_eq!(status(&world, "ada").await, KycStatus::Rejected);
}

/// The first second of 2036.
fn far() -> Timestamp {
    Timestamp::from_second(2_082_758_400)
}

#[tokio::test]
async fn an_approval_from_the_future_does_not_outlive_a_rejection() {
    let world = World::start().await;
    for provider in ["sumsub", "onfido", "persona", "generic"] {
        for (name, time) in [("at-once", 0), ("soon", 60), ("in-time", 299)] {
            for order in [[0, 1], [1, 0]] {
                let user = format!("{provider}-{name}-{order:?}");
                let approved = approval(provider, &user, far());
                let rejected = rejecting(provider, approval(provider, &user, later(world.now(), time)));
                let rejected = under_another_id(provider, rejected);
                for at in order {
                    report(&world, provider, [&approved, &rejected][at]).await;
                }
                assert_eq!(status(&world, &user).await, KycStatus::Rejected, "{user}");
            }
        }
    }
    // Without anything that speaks against it, it counts, and from when it came in.
    let (_, session) = world.person().signed_in().await;
    report(&world, "sumsub", &approval("sumsub", &session.user_id, far())).await;
    let shown = world.get_as(&session, "/api/kyc/status").await.body;
    assert_eq!((&shown["status"], &shown["approved_at"]), (&json!("approved"), &json!(world.now().to_string())));
}

#[tokio::test]
async fn a_rejection_from_the_future_is_not_lost_and_does_not_last_until_then() {
    let world = World::start().await;
    for provider in ["sumsub", "onfido", "persona", "generic"] {
        let user = format!("user-{provider}");
        report(&world, provider, &rejecting(provider, approval(provider, &user, far()))).await;
        let approved = under_another_id(provider, approval(provider, &user, later(world.now(), 200)));
        report(&world, provider, &approved).await;
        assert_eq!(status(&world, &user).await, KycStatus::Rejected, "{provider}");
    }
    world.advance(600);
    let approved = said("user-generic", "e-9", "b", "approved", Some(world.now()));
    report(&world, "generic", &approved).await;
    assert_eq!(status(&world, "user-generic").await, KycStatus::Approved);
}

#[tokio::test]
async fn a_clock_may_be_five_minutes_ahead() {
    let world = World::start().await;
    for (ahead, expected) in [(300, KycStatus::Approved), (301, KycStatus::Rejected)] {
        let user = format!("user-{ahead}");
        report(&world, "generic", &said(&user, "e-1", "a", "approved", Some(later(world.now(), ahead)))).await;
        report(&world, "generic", &said(&user, "e-2", "a", "rejected", Some(world.now()))).await;
        assert_eq!(status(&world, &user).await, expected, "{ahead}");
    }
}

#[tokio::test]
async fn absurd_times_are_taken_and_shown_as_they_came() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let user = &session.user_id;
    let times = ["-009999-01-02T01:59:59Z", "-000001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z"];
    let far =
        ["2036-01-01T00:00:00Z", "9999-12-30T22:00:00Z", "+002036-01-01T00:00:00Z", "no time", "99999-01-01T00:00:00Z"];
    logs::capture();
    for (number, time) in times.into_iter().chain(far).enumerate() {
        let mut body = said(user, &format!("e-{number}"), "a", "pending", None);
        body["occurred_at"] = json!(time);
        report(&world, "generic", &body).await;
    }
    // Seconds and milliseconds where the other is meant, or neither.
    for (number, second) in [i64::MIN, -1, 0, 253_402_300_800, 1_767_225_600_000, i64::MAX].into_iter().enumerate() {
        let mut body = approval("stripe_identity", user, world.now());
        body["id"] = json!(format!("evt_{number}"));
        body["type"] = json!("identity.verification_session.processing");
        body["created"] = json!(second);
        report(&world, "stripe_identity", &body).await;
    }
    assert_eq!(outcomes().len(), 15);
    assert_eq!(kept(&world, user).await.len(), 15);
    let shown = world.get_as(&session, "/api/kyc/status").await.body;
    assert_eq!(shown["status"], "pending");
    let updated = shown["updated_at"].as_str().unwrap();
    assert!(updated <= later(world.now(), 300).to_string().as_str(), "{updated}");

    // Operators see what the provider claims, and where it contradicts itself.
    let mut other = said(user, "e-4", "a", "rejected", None);
    other["occurred_at"] = json!(far[0]);
    report(&world, "generic", &other).await;
    let lines = show(&world.operator(), AccountId::parse(user).unwrap()).await.unwrap();
    let claims: Vec<_> = lines.iter().filter(|line| line.contains("claims_2036-01-01T00:00:00Z")).collect();
    assert_eq!(claims.len(), 3, "{lines:#?}");
    assert_eq!(lines.iter().filter(|line| line.contains("contradicted")).count(), 2, "{lines:#?}");
    assert!(lines.last().unwrap().starts_with("rejected since"), "{lines:#?}");
}

#[tokio::test]
async fn an_event_that_is_told_of_several_users_is_kept_of_all_and_somebody_is_told() {
    let world = World::start().await;
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        world.empty("Kyc").await;
        let (_, ada) = world.person().signed_in().await;
        let (_, bob) = world.person().signed_in().await;
        let users = [Some(&ada.user_id), Some(&bob.user_id), None];
        for (round, outcome) in [(1, "ok"), (2, "duplicate")] {
            logs::capture();
            for at in order {
                let mut body = said("", "e-1", "a", "approved", Some(world.now()));
                body["user_id"] = json!(users[at]);
                report(&world, "generic", &body).await;
            }
            let lines = logs::lines();
            let count = |name: &str, word: &str| lines.iter().filter(|line| line[name] == word).count();
            assert_eq!(count("outcome", outcome), if round == 1 { 2 } else { 3 }, "{order:?} {round}");
            assert_eq!(count("event", "kyc_contradicted"), 2, "{order:?} {round}");
        }
        assert_eq!(world.rows_of("Kyc", "STRAY#").await.len(), 1);
        for user in [&ada.user_id, &bob.user_id] {
            assert_eq!((kept(&world, user).await.len(), status(&world, user).await), (1, KycStatus::Approved));
            let lines = show(&world.operator(), AccountId::parse(user).unwrap()).await.unwrap();
            assert!(lines[0].ends_with("  contradicted"), "{lines:#?}");
        }
        let (_, eve) = world.person().signed_in().await;
        report(&world, "generic", &said(&eve.user_id, "e-2", "a", "approved", Some(world.now()))).await;
        let lines = show(&world.operator(), AccountId::parse(&eve.user_id).unwrap()).await.unwrap();
        assert!(lines.iter().all(|line| !line.contains("contradicted")), "{lines:#?}");
    }
}
