//! What a report changes, and what it does not: the status that its user is shown.

use kyc::providers::ALL;
use serde_json::{Value, json};
use shared::{config::Stage, kyc::KycStatus, time::Timestamp};
use tests::{World, invoke};

use super::{approval, assert_taken, genuine, kept, later, logs, outcomes, report, signed, status};

#[tokio::test]
async fn a_report_moves_the_status_that_its_user_is_shown() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let nothing = json!({ "status": "not_started", "level": null, "provider": null, "updated_at": null,
        "approved_at": null, "expires_at": null, "reason": null });
    let shown = world.get_as(&session, "/api/kyc/status").await;
    assert_eq!((shown.status, &shown.body), (200, &nothing));

    let (refused, approved) = (world.now(), later(world.now(), 60));
    let mut body = approval("sumsub", &session.user_id, refused);
    body["correlationId"] = json!("req-0");
    body["reviewResult"] =
        json!({ "reviewAnswer": "RED", "reviewRejectType": "RETRY", "rejectLabels": ["BAD_SELFIE"] });
    report(&world, "sumsub", &body).await;
    let mut expected = json!({ "status": "resubmission_requested", "level": "basic", "provider": "sumsub",
        "updated_at": refused.to_string(), "approved_at": null, "expires_at": null, "reason": "selfie" });
    assert_eq!(world.get_as(&session, "/api/kyc/status").await.body, expected);

    report(&world, "sumsub", &approval("sumsub", &session.user_id, approved)).await;
    expected["status"] = json!("approved");
    expected["updated_at"] = json!(approved.to_string());
    expected["approved_at"] = json!(approved.to_string());
    expected["reason"] = Value::Null;
    assert_eq!(world.get_as(&session, "/api/kyc/status").await.body, expected);
}

#[tokio::test]
async fn nobody_is_shown_the_status_of_somebody_else() {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    let (_, bob) = world.person().signed_in().await;
    report(&world, "sumsub", &approval("sumsub", &ada.user_id, world.now())).await;
    assert_eq!(world.get_as(&ada, "/api/kyc/status").await.body["status"], "approved");
    assert_eq!(world.get_as(&bob, "/api/kyc/status").await.body["status"], "not_started");
    let stranger = world.get("/api/kyc/status").await;
    assert_eq!((stranger.status, &stranger.body), (401, &json!({ "detail": "Not authenticated" })));
}

#[tokio::test]
async fn every_provider_can_approve() {
    let world = World::start().await;
    for provider in ALL {
        let (_, session) = world.person().signed_in().await;
        let now = world.now();
        report(&world, provider.id, &approval(provider.id, &session.user_id, now)).await;
        let shown = world.get_as(&session, "/api/kyc/status").await.body;
        let approved = (shown["status"].as_str(), shown["provider"].as_str(), shown["approved_at"].as_str());
        assert_eq!(approved, (Some("approved"), Some(provider.id), Some(now.to_string().as_str())));
    }
}

#[tokio::test]
async fn an_authentic_body_that_is_no_report_changes_nothing() {
    let world = World::start().await;
    logs::capture();
    for body in ["", "no json", "[]", "null", "\"approved\"", "{\"type\":\"applicantReviewed\"", "{}{}"] {
        for provider in ALL {
            let secret = super::newest_secret(provider.id);
            assert_taken(&world.send(signed(provider.id, &secret, body, world.now())).await);
        }
    }
    let outcomes = outcomes();
    assert_eq!(outcomes.len(), 7 * ALL.len());
    assert!(outcomes.iter().all(|outcome| outcome == "malformed_body"), "{outcomes:?}");
    assert!(world.rows("Kyc").await.is_empty());
}

/// Reports of a known user that do not move the status, and why not.
fn idle(at: Timestamp) -> Vec<(&'static str, Value, &'static str)> {
    let with = |provider: &'static str, path: &str, value: &str| {
        let mut body = approval(provider, "ada", at);
        *body.pointer_mut(path).unwrap() = json!(value);
        (provider, body)
    };
    let said = |(provider, body), outcome| (provider, body, outcome);
    vec![
        said(with("sumsub", "/type", "applicantRenamed"), "ignored_event_type"),
        said(with("sumsub", "/reviewStatus", "init"), "unknown_status"),
        said(with("sumsub", "/reviewResult/reviewAnswer", "green"), "unknown_status"),
        said(with("onfido", "/payload/action", "workflow_run.started"), "ignored_event_type"),
        said(with("onfido", "/payload/object/status", "Approved"), "unknown_status"),
        said(with("persona", "/data/attributes/name", "inquiry.praised"), "ignored_event_type"),
        said(with("veriff", "/verification/status", "success"), "unknown_status"),
        said(with("stripe_identity", "/type", "identity.verification_session.liked"), "ignored_event_type"),
        said(with("didit", "/webhook_type", "status.renamed"), "ignored_event_type"),
        said(with("didit", "/status", "approved"), "unknown_status"),
        said(with("generic", "/status", "Approved"), "unknown_status"),
    ]
}

#[tokio::test]
async fn what_we_do_not_understand_changes_nothing_and_is_a_warning() {
    let world = World::start().await;
    for (provider, body, outcome) in idle(world.now()) {
        world.empty("Kyc").await;
        logs::capture();
        report(&world, provider, &body).await;
        let lines = logs::lines();
        let line = lines.iter().find(|line| line["event"] == "kyc_report").unwrap();
        assert_eq!((&line["level"], &line["outcome"]), (&json!("WARN"), &json!(outcome)), "{provider} {body}");
        assert_eq!(line["provider"], provider);
        assert_eq!((kept(&world, "ada").await.len(), status(&world, "ada").await), (1, KycStatus::NotStarted));
    }
}

#[tokio::test]
async fn approved_in_events_that_approve_nothing_changes_nothing_and_is_no_warning() {
    let world = World::start().await;
    let at = world.now();
    let mut task = approval("onfido", "ada", at);
    task["payload"]["action"] = json!("workflow_task.completed");
    let mut thin = approval("onfido", "ada", at);
    thin["payload"]["action"] = json!("check.completed");
    let mut redacted = approval("persona", "ada", at);
    redacted["data"]["attributes"]["name"] = json!("inquiry.redacted");
    let mut erased = approval("stripe_identity", "ada", at);
    erased["type"] = json!("identity.verification_session.redacted");
    let mut action = approval("sumsub", "ada", at);
    action["type"] = json!("applicantActionReviewed");
    for (provider, body, outcome) in [
        ("onfido", task, "ignored_event_type"),
        ("onfido", thin, "needs_fetch"),
        ("persona", redacted, "ignored_event_type"),
        ("stripe_identity", erased, "ignored_event_type"),
        ("sumsub", action, "ignored_event_type"),
    ] {
        logs::capture();
        report(&world, provider, &body).await;
        let lines = logs::lines();
        let line = lines.iter().find(|line| line["event"] == "kyc_report").unwrap();
        assert_eq!((&line["level"], &line["outcome"]), (&json!("INFO"), &json!(outcome)), "{provider} {body}");
    }
    assert_eq!(status(&world, "ada").await, KycStatus::NotStarted);
}

#[tokio::test]
async fn a_report_of_nobody_is_taken_once_and_kept_apart() {
    let world = World::start().await;
    logs::capture();
    let mut body = approval("sumsub", "ada", world.now());
    body.as_object_mut().unwrap().remove("externalUserId");
    report(&world, "sumsub", &body).await;
    report(&world, "sumsub", &body).await;
    assert_eq!(outcomes(), ["no_user_ref", "duplicate"]);
    assert!(world.rows_of("Kyc", "USER#").await.is_empty());
    assert_eq!(world.rows_of("Kyc", "STRAY#sumsub#").await.len(), 1);
}

#[tokio::test]
async fn the_same_event_counts_once_however_often_it_comes() {
    let world = World::start().await;
    for provider in ALL {
        logs::capture();
        let body = approval(provider.id, provider.id, world.now());
        for _ in 0..3 {
            report(&world, provider.id, &body).await;
        }
        assert_eq!(outcomes(), ["ok", "duplicate", "duplicate"], "{}", provider.id);
        assert_eq!(kept(&world, provider.id).await.len(), 1);
    }
}

#[tokio::test]
async fn tests_count_everywhere_but_in_production() {
    let world = World::start().await;
    let mut sumsub = approval("sumsub", "sumsub", world.now());
    sumsub["sandboxMode"] = json!(true);
    let mut stripe = approval("stripe_identity", "stripe_identity", world.now());
    stripe["livemode"] = json!(false);
    let mut didit = approval("didit", "didit", world.now());
    didit["environment"] = json!("sandbox");
    for (provider, body) in [("sumsub", sumsub), ("stripe_identity", stripe), ("didit", didit)] {
        let sealed = world.sealed_webhook_secret(provider, &super::newest_secret(provider)).await;
        for (stage, expected, outcome) in
            [(Stage::Prod, KycStatus::NotStarted, "test_event"), (Stage::Staging, KycStatus::Approved, "ok")]
        {
            world.empty("Kyc").await;
            let secrets = [(provider.to_owned(), vec![sealed.clone()])].into();
            let kyc = world.another_kyc(stage, world.clock.clone(), |config| config.secrets = secrets);
            logs::capture();
            assert_taken(&invoke(&kyc::router(kyc), genuine(&world, provider, &body)).await);
            assert_eq!(outcomes(), [outcome], "{provider}");
            assert_eq!(status(&world, provider).await, expected, "{provider} {stage:?}");
        }
    }
    // What is no test counts in production.
    let sealed = world.sealed_webhook_secret("sumsub", &super::newest_secret("sumsub")).await;
    let secrets = [("sumsub".to_owned(), vec![sealed])].into();
    let kyc = world.another_kyc(Stage::Prod, world.clock.clone(), |config| config.secrets = secrets);
    let mut body = approval("sumsub", "real", world.now());
    body["sandboxMode"] = json!(false);
    assert_taken(&invoke(&kyc::router(kyc), genuine(&world, "sumsub", &body)).await);
    assert_eq!(status(&world, "real").await, KycStatus::Approved);
}
