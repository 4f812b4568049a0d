//! The tables of what types and statuses mean, row by row; and what is kept of a report.

use serde_json::{Value, json};

use super::{
    super::{ALL, Cause, KycStatus, Meaning, Millis},
    delivered, report,
};

use KycStatus::{Approved, Cancelled, Expired, InReview, NotStarted, Pending, Rejected, ResubmissionRequested};
use Meaning::{ApprovalExpired, Ignored, NeedsFetch, Says, UnknownStatus, UnknownType};

fn meaning(id: &str, body: &Value) -> Meaning {
    delivered(id, body.to_string().as_bytes()).unwrap().1
}

fn check(id: &str, rows: &[(&str, &str, Meaning)]) {
    for (kind, word, expected) in rows {
        assert_eq!(meaning(id, &report(id, kind, word)), *expected, "{id} {kind} {word}");
    }
}

#[test]
fn sumsub() {
    check(
        "sumsub",
        &[
            ("applicantCreated", "init", Says(NotStarted)),
            ("applicantReset", "init", Says(NotStarted)),
            ("applicantPending", "pending", Says(Pending)),
            ("applicantPrechecked", "queued", Says(Pending)),
            ("applicantAwaitingService", "awaitingService", Says(Pending)),
            ("applicantAwaitingUser", "awaitingUser", Says(Pending)),
            ("applicantOnHold", "onHold", Says(InReview)),
            ("applicantReviewed", "completed", UnknownStatus),
            ("applicantActionPending", "pending", Ignored),
            ("applicantActionReviewed", "completed", Ignored),
            ("applicantActionOnHold", "onHold", Ignored),
            ("applicantTagsChanged", "completed", Ignored),
            ("applicantPersonalInfoChanged", "completed", Ignored),
            ("applicantLevelChanged", "init", Ignored),
            ("applicantActivated", "completed", Ignored),
            ("applicantDeactivated", "completed", Ignored),
            ("applicantDeleted", "completed", Ignored),
            ("applicantWorkflowCompleted", "completed", Ignored),
            ("videoIdentStatusChanged", "completed", Ignored),
            ("applicantreviewed", "completed", UnknownType),
            ("applicantTeleported", "completed", UnknownType),
            ("", "", UnknownType),
        ],
    );
}

#[test]
fn the_answer_of_sumsub_counts_in_a_review_only() {
    for (kind, status, answer, reject, expected) in [
        ("applicantReviewed", "completed", "GREEN", None, Says(Approved)),
        ("applicantReviewed", "pending", "GREEN", None, UnknownStatus),
        ("applicantReviewed", "completed", "green", None, UnknownStatus),
        ("applicantReviewed", "completed", "GREEN", Some("FINAL"), UnknownStatus),
        ("applicantReviewed", "completed", "RED", Some("FINAL"), Says(Rejected)),
        ("applicantReviewed", "completed", "RED", Some("RETRY"), Says(ResubmissionRequested)),
        ("applicantReviewed", "completed", "RED", None, UnknownStatus),
        ("applicantReviewed", "completed", "RED", Some("EXTERNAL"), UnknownStatus),
        ("applicantAwaitingService", "awaitingService", "GREEN", None, Says(Pending)),
        ("applicantActionReviewed", "completed", "GREEN", None, Ignored),
        ("applicantWorkflowCompleted", "completed", "GREEN", None, Ignored),
    ] {
        let mut body = report("sumsub", kind, status);
        body["reviewResult"] = json!({"reviewAnswer": answer, "reviewRejectType": reject});
        assert_eq!(meaning("sumsub", &body), expected, "{kind} {status} {answer} {reject:?}");
    }
}

#[test]
fn onfido() {
    let run = "workflow_run.completed";
    check(
        "onfido",
        &[
            (run, "processing", Says(Pending)),
            (run, "awaiting_input", Says(Pending)),
            (run, "review", Says(InReview)),
            (run, "awaiting_client_input", Says(InReview)),
            (run, "error", Says(InReview)),
            (run, "approved", Says(Approved)),
            (run, "declined", Says(Rejected)),
            (run, "abandoned", Says(Expired)),
            (run, "cancelled", Says(Cancelled)),
            (run, "Approved", UnknownStatus),
            (run, "", UnknownStatus),
            ("check.withdrawn", "withdrawn", Says(Cancelled)),
            ("check.completed", "complete", NeedsFetch),
            ("check.started", "in_progress", Ignored),
            ("check.reopened", "reopened", Ignored),
            ("check.form_completed", "x", Ignored),
            ("workflow_task.completed", "approved", Ignored),
            ("workflow_task.started", "approved", Ignored),
            ("report.completed", "complete", Ignored),
            ("audit_log.created", "approved", Ignored),
            ("watchlist_monitor.matches_updated", "approved", Ignored),
            ("workflow_run.approved", "approved", UnknownType),
        ],
    );
}

#[test]
fn persona() {
    check(
        "persona",
        &[
            ("inquiry.created", "created", Says(NotStarted)),
            ("inquiry.started", "pending", Says(Pending)),
            ("inquiry.completed", "completed", Says(Pending)),
            ("inquiry.marked-for-review", "needs_review", Says(InReview)),
            ("inquiry.approved", "approved", Says(Approved)),
            ("inquiry.approved", "declined", UnknownStatus),
            ("inquiry.declined", "declined", Says(Rejected)),
            ("inquiry.failed", "failed", Says(Rejected)),
            ("inquiry.expired", "expired", Says(Expired)),
            ("inquiry.transitioned", "approved", Ignored),
            ("inquiry.redacted", "approved", Ignored),
            ("inquiry.updated-tags", "approved", Ignored),
            ("verification.passed", "approved", Ignored),
            ("report.ready", "approved", Ignored),
            ("case.resolved", "approved", Ignored),
            ("workflow-run.completed", "approved", Ignored),
            ("inquiry.teleported", "approved", UnknownType),
        ],
    );
}

#[test]
fn the_names_of_persona_may_be_written_in_three_ways() {
    for rename in [
        |text: &str| text.to_owned(),
        |text: &str| text.replace("-id", "_id").replace("-at", "_at"),
        |text: &str| text.replace("-id", "Id").replace("-at", "At"),
    ] {
        let body = rename(&report("persona", "inquiry.approved", "approved").to_string());
        let (event, meaning) = delivered("persona", body.as_bytes()).unwrap();
        assert_eq!(meaning, Says(Approved));
        assert_eq!(event.user.as_deref(), Some("u-1"), "{body}");
        assert!(event.occurred_at.is_some(), "{body}");
    }
}

#[test]
fn veriff() {
    check(
        "veriff",
        &[
            ("event", "created", Says(NotStarted)),
            ("event", "started", Says(Pending)),
            ("event", "submitted", Says(Pending)),
            ("event", "approved", UnknownStatus),
            ("decision", "review", Says(InReview)),
            ("decision", "approved", Says(Approved)),
            ("decision", "declined", Says(Rejected)),
            ("decision", "resubmission_requested", Says(ResubmissionRequested)),
            ("decision", "expired", Says(Expired)),
            ("decision", "abandoned", Says(Expired)),
            ("decision", "success", UnknownStatus),
        ],
    );
    assert_eq!(meaning("veriff", &json!({"checkType": "updated_result", "status": "approved"})), Ignored);
    assert_eq!(meaning("veriff", &json!({"customStatus": "approved", "status": "approved"})), Ignored);
    assert_eq!(meaning("veriff", &json!({"status": "approved", "vendorData": "u-1"})), UnknownType);
}

#[test]
fn stripe_identity() {
    let rows = [
        ("created", "requires_input", Says(NotStarted)),
        ("requires_input", "requires_input", Says(NotStarted)),
        ("processing", "processing", Says(Pending)),
        ("verified", "verified", Says(Approved)),
        ("verified", "requires_input", UnknownStatus),
        ("canceled", "canceled", Says(Cancelled)),
        ("redacted", "verified", Ignored),
        ("teleported", "verified", UnknownType),
    ];
    for (kind, word, expected) in rows {
        check("stripe_identity", &[(&format!("identity.verification_session.{kind}"), word, expected)]);
    }
    check("stripe_identity", &[("charge.succeeded", "verified", UnknownType)]);
}

#[test]
fn errors_of_stripe_ask_for_another_try_and_say_why() {
    for (code, cause) in [
        ("document_expired", Cause::Document),
        ("selfie_face_mismatch", Cause::Selfie),
        ("abandoned", Cause::Other),
        ("under_supported_age", Cause::UnderSupportedAge),
        ("country_not_supported", Cause::CountryNotSupported),
        ("consent_declined", Cause::ConsentDeclined),
    ] {
        let mut body = report("stripe_identity", "identity.verification_session.requires_input", "requires_input");
        body["data"]["object"]["last_error"] = json!({"code": code, "reason": "Free text of theirs."});
        let (event, meaning) = delivered("stripe_identity", body.to_string().as_bytes()).unwrap();
        assert_eq!((meaning, event.cause), (Says(ResubmissionRequested), Some(cause)), "{code}");
        body["data"]["object"]["last_error"] = json!({});
        assert_eq!(self::meaning("stripe_identity", &body), Says(ResubmissionRequested));
    }
}

#[test]
fn labels_of_sumsub_say_why() {
    for (labels, cause) in [
        (json!(["UNSATISFACTORY_PHOTOS"]), Some(Cause::Document)),
        (json!(["NEW_LABEL", "FORGERY"]), Some(Cause::Fraud)),
        (json!(["NEW_LABEL", 7]), Some(Cause::Other)),
        (json!([]), None),
        (json!("FORGERY"), None),
    ] {
        let mut body = report("sumsub", "applicantReviewed", "completed");
        body["reviewResult"] = json!({"reviewAnswer": "RED", "reviewRejectType": "FINAL", "rejectLabels": labels});
        let (event, _) = delivered("sumsub", body.to_string().as_bytes()).unwrap();
        assert_eq!(event.cause, cause, "{labels}");
    }
}

#[test]
fn didit() {
    let status = "status.updated";
    check(
        "didit",
        &[
            (status, "Not Started", Says(NotStarted)),
            (status, "In Progress", Says(Pending)),
            (status, "In Review", Says(InReview)),
            (status, "Approved", Says(Approved)),
            (status, "Declined", Says(Rejected)),
            (status, "Resubmitted", Says(ResubmissionRequested)),
            (status, "Expired", Says(Expired)),
            (status, "Abandoned", Says(Expired)),
            (status, "Kyc Expired", ApprovalExpired),
            (status, "approved", UnknownStatus),
            ("data.updated", "Approved", Ignored),
            ("user.status.updated", "Approved", Ignored),
            ("user.data.updated", "Approved", Ignored),
            ("business.status.updated", "Approved", Ignored),
            ("activity.created", "Approved", Ignored),
            ("transaction.created", "Approved", Ignored),
            ("session.teleported", "Approved", UnknownType),
        ],
    );
}

#[test]
fn generic_speaks_our_words() {
    for status in KycStatus::ALL {
        assert_eq!(meaning("generic", &report("generic", "", status.as_str())), Says(status));
    }
    check("generic", &[("", "Approved", UnknownStatus), ("", "", UnknownStatus)]);
    let (event, _) = delivered("generic", report("generic", "", "approved").to_string().as_bytes()).unwrap();
    let ids = [Some(event.id), event.user, event.session, event.level].map(Option::unwrap);
    assert_eq!(ids, ["e-1", "u-1", "s-1", "basic"]);
    assert_eq!(event.occurred_at.unwrap().to_string(), "2026-03-10T12:00:00.000Z");
}

#[test]
fn only_an_approval_is_not_overruled_at_the_same_moment() {
    let ranks = KycStatus::ALL.map(|status| (status, status.rank()));
    let expected = [
        (NotStarted, 0),
        (Pending, 1),
        (InReview, 2),
        (Approved, 4),
        (Rejected, 4),
        (ResubmissionRequested, 2),
        (Expired, 3),
        (Cancelled, 3),
    ];
    assert_eq!(ranks, expected);
}

#[test]
fn the_same_event_has_one_id_and_another_has_another() {
    for provider in ALL {
        let id = |body: &Value| delivered(provider.id, body.to_string().as_bytes()).unwrap().0.id;
        let (kind, word) = ("inquiry.approved", "approved");
        let body = report(provider.id, kind, word);
        assert_eq!(id(&body), id(&body), "{}", provider.id);
        assert!(!id(&body).starts_with("sha256:"), "{}", provider.id);
        // Without anything to go by, the bytes decide.
        let (empty, other) =
            (json!({"timestamp": super::NOW.as_second()}), json!({"timestamp": super::NOW.as_second() + 1}));
        assert_eq!(id(&empty), id(&empty), "{}", provider.id);
        assert_ne!(id(&empty), id(&other), "{}", provider.id);
        assert!(id(&empty).starts_with("sha256:"), "{}", provider.id);
    }
}

#[test]
fn an_id_of_an_event_fits_a_key() {
    let id = |attempt: &str| {
        let mut body = report("veriff", "decision", "approved");
        body["verification"]["attemptId"] = attempt.into();
        delivered("veriff", body.to_string().as_bytes()).unwrap().0.id
    };
    assert_eq!(id(&"x".repeat(256)), format!("{}:approved:2026-03-10T12:00:00Z", "x".repeat(256)));
    assert!(id(&"🙂".repeat(256)).starts_with("sha256:"));
}

#[test]
fn nothing_personal_is_kept() {
    let personal = "Zofia Łęcka";
    for provider in ALL {
        let mut body = report(provider.id, personal, personal);
        for name in ["person", "document", "decision", "technicalData", "moderationComment", "note"] {
            body[name] = json!({"name": personal, "url": "https://example.test/face.jpg"});
        }
        let (event, meaning) = delivered(provider.id, body.to_string().as_bytes()).unwrap();
        assert!(!format!("{event:?}").contains(personal), "{}: {event:?}", provider.id);
        assert!(!format!("{event:?}").contains("face.jpg"), "{}", provider.id);
        assert!(meaning.is_unknown(), "{}", provider.id);
    }
}

#[test]
fn an_id_is_a_short_text_without_control_characters() {
    for (user, expected) in [
        (json!("użytkownik-🙂"), Some("użytkownik-🙂")),
        (json!("x".repeat(256)), Some("x".repeat(256).as_str())),
        (json!("x".repeat(257)), None),
        (json!("a\u{0}b"), None),
        (json!(""), None),
        (json!(42), None),
        (json!(null), None),
        (json!({"id": "u-1"}), None),
    ] {
        let mut body = report("didit", "status.updated", "Approved");
        body["vendor_data"] = user;
        let (event, meaning) = delivered("didit", body.to_string().as_bytes()).unwrap();
        assert_eq!((event.user.as_deref(), meaning), (expected, Says(Approved)));
    }
}

#[test]
fn times_are_of_the_millisecond() {
    let text = |moment: Option<Millis>| moment.map(|moment| moment.to_string());
    assert_eq!(text(Millis::from_utc("2026-03-02 09:15:30.412")).as_deref(), Some("2026-03-02T09:15:30.412Z"));
    assert_eq!(text(Millis::from_utc("2026-03-02 09:15:30")).as_deref(), Some("2026-03-02T09:15:30.000Z"));
    assert_eq!(
        text(Millis::from_rfc3339("2026-03-02T09:15:30.4129+01:00")).as_deref(),
        Some("2026-03-02T08:15:30.412Z")
    );
    assert_eq!(Millis::from_utc("2026-03-02 09:15:30+05:00"), None);
    assert_eq!(Millis::from_rfc3339("2026-03-02"), None);
    assert_eq!(Millis::from_second(i64::MAX), None);
    assert_eq!(Millis::from_second(i64::MAX / 1000), None);
}

#[test]
fn reports_of_a_test_say_so() {
    for (id, kind, name, value) in [
        ("sumsub", "applicantCreated", "sandboxMode", json!(true)),
        ("stripe_identity", "identity.verification_session.created", "livemode", json!(false)),
        ("didit", "status.updated", "environment", json!("sandbox")),
    ] {
        let mut body = report(id, kind, "Approved");
        assert!(!delivered(id, body.to_string().as_bytes()).unwrap().0.is_test, "{id}");
        body[name] = value;
        assert!(delivered(id, body.to_string().as_bytes()).unwrap().0.is_test, "{id}");
    }
}
