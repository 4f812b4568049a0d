//! Sumsub. Signature: HMAC of the body in hex, `X-Payload-Digest`; SHA-256 unless `X-Payload-Digest-Alg` says SHA-512. No time
//! is signed, and the last of its tries comes 18 hours after the one before: the age of a delivery says nothing.

use axum::http::{HeaderMap, HeaderValue};
use shared::time::Timestamp;

use super::{
    Cause, KycStatus, Meaning, Millis, Provider, ProviderEvent, Secret, Unproven,
    crypto::{HMAC_SHA256, HMAC_SHA512, verify_plain},
    payload::Payload,
};

pub(super) static PROVIDER: Provider = Provider { id: "sumsub", name: "Sumsub", sends_bearer: true, verify, read, map };

const SIGNATURE: &str = "x-payload-digest";
const ALGORITHM: &str = "x-payload-digest-alg";

/// SHA-1, which old accounts have, is not taken.
fn verify(secrets: &[Secret], headers: &HeaderMap, body: &[u8], _: Timestamp) -> Result<(), Unproven> {
    let algorithm = match headers.get(ALGORITHM).map(HeaderValue::as_bytes) {
        None | Some(b"HMAC_SHA256_HEX") => HMAC_SHA256,
        Some(b"HMAC_SHA512_HEX") => HMAC_SHA512,
        Some(_) => return Err(Unproven::UnsupportedAlgorithm),
    };
    verify_plain(algorithm, secrets, headers, SIGNATURE, body)
}

/// The correlation id alone looks like that of a request, which may cause several events.
fn read(payload: &Payload) -> ProviderEvent {
    let kind = payload.word("type");
    let reject = payload.word("reviewResult/reviewRejectType");
    let answer = payload.word("reviewResult/reviewAnswer").map(|answer| match reject {
        Some(reject) => format!("{answer} {reject}"),
        None => answer,
    });
    ProviderEvent {
        id: payload.event_id([payload.id("correlationId"), kind.clone()]),
        kind: kind.unwrap_or_default(),
        user: payload.id("externalUserId"),
        session: payload.id("applicantId"),
        level: payload.id("levelName"),
        occurred_at: payload.id("createdAtMs").and_then(|text| Millis::from_utc(&text)),
        word: payload.word("reviewStatus"),
        detail: answer,
        cause: cause(payload),
        is_test: payload.flag("sandboxMode") == Some(true),
    }
}

/// Other events carry the answer GREEN as well: only a completed review approves.
fn map(event: &ProviderEvent) -> Meaning {
    let status = match event.kind.as_str() {
        "applicantCreated" | "applicantReset" => KycStatus::NotStarted,
        "applicantPending" | "applicantPrechecked" | "applicantAwaitingService" | "applicantAwaitingUser" => {
            KycStatus::Pending
        }
        "applicantOnHold" => KycStatus::InReview,
        "applicantReviewed" => match (event.word.as_deref(), event.detail.as_deref()) {
            (Some("completed"), Some("GREEN")) => KycStatus::Approved,
            (_, Some("RED FINAL")) => KycStatus::Rejected,
            (_, Some("RED RETRY")) => KycStatus::ResubmissionRequested,
            _ => return Meaning::UnknownStatus,
        },
        "applicantLevelChanged"
        | "applicantPersonalInfoChanged"
        | "applicantTagsChanged"
        | "applicantActivated"
        | "applicantDeactivated"
        | "applicantDeleted" => return Meaning::Ignored,
        kind if ["applicantAction", "applicantWorkflow", "videoIdent"].iter().any(|of| kind.starts_with(of)) => {
            return Meaning::Ignored;
        }
        _ => return Meaning::UnknownType,
    };
    Meaning::Says(status)
}

/// The first reason that we have a word for.
fn cause(payload: &Payload) -> Option<Cause> {
    let mut labels = payload.words("reviewResult/rejectLabels").peekable();
    labels.peek()?;
    let known = labels.find_map(|label| match label {
        "FORGERY" | "FRAUDULENT_PATTERNS" | "FRAUDULENT_LIVENESS" | "SPAM" | "BLOCKLIST" => Some(Cause::Fraud),
        "SANCTIONS" | "PEP" | "ADVERSE_MEDIA" | "CRIMINAL" | "COMPROMISED_PERSONS" => Some(Cause::SanctionsReview),
        "AGE_REQUIREMENT_MISMATCH" => Some(Cause::Age),
        "BAD_SELFIE" | "SELFIE_MISMATCH" | "BAD_FACE_MATCHING" => Some(Cause::Selfie),
        "UNSATISFACTORY_PHOTOS"
        | "DOCUMENT_PAGE_MISSING"
        | "DOCUMENT_DAMAGED"
        | "EXPIRATION_DATE"
        | "ID_INVALID"
        | "NOT_DOCUMENT"
        | "SCREENSHOTS"
        | "BAD_PROOF_OF_IDENTITY"
        | "BAD_PROOF_OF_ADDRESS" => Some(Cause::Document),
        _ => None,
    });
    Some(known.unwrap_or(Cause::Other))
}
