//! `GET /api/kyc/export`: everything that is known of the caller's identity checks, in pages.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    caller::Caller,
    error::Error,
    export::{Export, ExportCursor, Exporter},
    http::{Operation, Query, Reply},
    kyc::{KycReport, KycStatus, standing},
    now::Now,
    store::readable,
    tables::Rows,
    time::Timestamp,
};

use super::status::{StatusView, told};
use crate::state::Kyc;

/// So many reports are on a page.
const MOST: usize = 1_000;

/// What is known of the identity checks of a user.
#[derive(Serialize, JsonSchema)]
pub struct KycExport {
    /// Where they stand; null where a report cannot be read.
    status: Option<StatusView>,
    /// What providers have reported, by when it came in.
    reports: Vec<ExportedReport>,
    /// For how long the law wants reports kept after the account has ended. Days.
    kept_days: u32,
}

/// What a provider has reported. Every member is always there, null where it does not say.
#[derive(Serialize, JsonSchema)]
struct ExportedReport {
    /// Who says so.
    provider: String,
    /// The provider's id of the check.
    session: Option<String>,
    /// What was checked, as the provider calls it.
    level: Option<String>,
    /// What it says of the check; null where it changes nothing.
    status: Option<KycStatus>,
    /// Why the check did not succeed, coarsely.
    reason: Option<String>,
    /// When it happened.
    #[schemars(extend("format" = "date-time"))]
    at: String,
    /// When it came in.
    #[schemars(extend("format" = "date-time"))]
    received_at: String,
}

/// The position of the first report of a page among all, by when they came in.
fn position(bytes: &[u8]) -> Option<usize> {
    Some(u32::from_be_bytes(bytes.try_into().ok()?).try_into().unwrap_or(usize::MAX))
}

/// Everything is read for each page: few have more than a dozen reports. One that cannot be read is left out, and then nothing is concluded
/// from the others.
pub async fn export(
    State(kyc): State<Kyc>,
    caller: Caller,
    Now(now): Now,
    Query(cursor): Query<ExportCursor>,
) -> Result<Reply<Export<KycExport>>, Error> {
    caller.confirmed(now)?;
    let (store, account) = (&kyc.app.store, caller.account_id());
    let asked = Exporter::Kyc.page(store, account, &cursor, position, now).await?;
    let found = store.each::<KycReport>(Rows::KycReportsOf(&account.to_string())).await?;
    let is_whole = found.iter().all(Result::is_ok);
    let mut reports = readable(found);
    let status = is_whole.then(|| StatusView::from(standing(&reports)));
    reports.sort_by(|one, other| {
        let order = |report: &KycReport| (report.received_at, report.provider.clone(), report.event.clone());
        order(one).cmp(&order(other))
    });
    let (from, all) = (asked.place.unwrap_or_default(), reports.len());
    let until = from.saturating_add(MOST);
    let next = u32::try_from(until).ok().filter(|_| until < all).map(|until| until.to_be_bytes().to_vec());
    let reports = reports.into_iter().skip(from).take(MOST).map(ExportedReport::from).collect();
    let data = KycExport { status, reports, kept_days: kyc.config.retention_days };
    Ok(Reply::ok(asked.tells("reports", data, next).await?))
}

impl From<KycReport> for ExportedReport {
    fn from(report: KycReport) -> Self {
        let (at, received_at) = (report.moment().to_string(), report.received_at.to_string());
        let reason = report.reason.as_deref().map(told);
        Self {
            provider: report.provider,
            session: report.session,
            level: report.level,
            status: report.status,
            reason,
            at,
            received_at,
        }
    }
}

pub fn document() -> Operation {
    let moment = Timestamp::from_second(1_795_341_600);
    let report = ExportedReport {
        provider: "sumsub".to_owned(),
        session: None,
        level: Some("basic".to_owned()),
        status: Some(KycStatus::Approved),
        reason: None,
        at: moment.to_string(),
        received_at: moment.to_string(),
    };
    let data = KycExport { status: Some(StatusView::example()), reports: vec![report], kept_days: 1_826 };
    Operation::new(
        "export_kyc",
        "Everything that is known of the caller's identity checks, in pages: ids, status and times, for nothing else is kept. Three first \
         pages a day.",
    )
    .tag("Identity")
    .protected()
    .query::<ExportCursor>()
    .ok(&Export::example("reports", data, None, moment))
    .steps_up()
    .fails(&Error::TooManyRequests(0))
    .depends()
}
