//! `GET /api/kyc/status`: where the caller's check stands.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    app::App,
    caller::{Allowed, scope},
    error::Error,
    http::{Operation, Reply},
    kyc::{KycReport, KycStatus, Standing, reports_of, standing},
};

/// Where the identity check of a user stands. Every member is always there, null where nothing is known.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KycStatus")]
pub struct StatusView {
    /// Where the identity check stands.
    status: KycStatus,
    /// What was checked, as the provider calls it.
    level: Option<String>,
    /// Who checks.
    provider: Option<String>,
    /// When the check came to stand where it stands.
    #[schemars(extend("format" = "date-time"))]
    updated_at: Option<String>,
    /// When the identity was proven.
    #[schemars(extend("format" = "date-time"))]
    approved_at: Option<String>,
    /// When the approval ends: null, because providers say that one has ended and not that it will. `status` is `expired` from then on.
    #[schemars(extend("format" = "date-time"))]
    expires_at: Option<String>,
    /// Why the check did not succeed, coarsely.
    reason: Option<String>,
}

impl From<Standing<'_>> for StatusView {
    fn from(Standing { status, by }: Standing<'_>) -> Self {
        let moment = by.map(|report| report.moment().to_string());
        Self {
            status,
            level: by.and_then(|report| report.level.clone()),
            provider: by.map(|report| report.provider.clone()),
            approved_at: moment.clone().filter(|_| status == KycStatus::Approved),
            updated_at: moment,
            expires_at: None,
            reason: by.and_then(|report| report.reason.as_deref()).map(told),
        }
    }
}

/// A reason as the user is told. Nobody is told that they are suspected; operators see the word itself.
pub(super) fn told(reason: &str) -> String {
    match reason {
        "sanctions_review" | "fraud" => "other".to_owned(),
        reason => reason.to_owned(),
    }
}

impl StatusView {
    /// For the document.
    pub(super) fn example() -> Self {
        Self {
            status: KycStatus::Approved,
            level: Some("basic".to_owned()),
            provider: Some("sumsub".to_owned()),
            updated_at: Some("2026-11-22T10:00:00Z".to_owned()),
            approved_at: Some("2026-11-22T10:00:00Z".to_owned()),
            expires_at: None,
            reason: None,
        }
    }
}

/// Where the check of the account stands.
pub async fn status(State(app): State<App>, actor: Allowed<scope::KycRead>) -> Result<Reply<StatusView>, Error> {
    let reports: Vec<KycReport> = reports_of(&app.store, &actor.account_id().to_string()).await?;
    Ok(Reply::ok(standing(&reports).into()))
}

pub fn document() -> Operation {
    Operation::new("kyc_status", "Where the caller's identity check stands; `not_started` when nothing is known.")
        .tag("Identity")
        .needs::<scope::KycRead>()
        .ok(&StatusView::example())
        .depends()
}
