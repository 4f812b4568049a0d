//! How a connection test ended, as the owner of the key sees it.

use schemars::JsonSchema;
use serde::Serialize;

use super::key::KeyStatus;
use crate::{
    connection::TestReport,
    document,
    exchanges::{ConnectionStatus, Environment, PermissionSource, Permissions},
    policy::{self, Warning},
    record::KeyRecord,
};

/// How a connection test ended. Every member is always there, null where nothing is known.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ConnectionTest")]
pub struct TestView {
    /// Which key was tried.
    key_id: String,
    /// The exchange that it is from, by the name that it was stored with.
    exchange: String,
    /// Whether it is for real money.
    environment: Environment,
    /// How the test ended.
    status: ConnectionStatus,
    /// What the list shows from now on: `blocked` where the policy keeps the key from being used.
    key_status: KeyStatus,
    /// When the test ended.
    #[schemars(extend("format" = "date-time"))]
    checked_at: String,
    /// From the first question to the last answer. Milliseconds.
    latency_ms: u64,
    /// Whether the same test may end differently without the user doing anything.
    retryable: bool,
    /// Seconds after which the exchange answers again, at most an hour.
    retry_after: Option<u32>,
    /// What the key may do.
    permissions: Permissions,
    /// Where that is known from.
    permission_source: PermissionSource,
    /// Whether it works from certain IP addresses alone.
    ip_restricted: Option<bool>,
    /// Those addresses and networks.
    ip_allow_list: Option<Vec<String>>,
    /// When the key ends at the exchange.
    #[schemars(extend("format" = "date-time"))]
    expires_at: Option<String>,
    /// What its owner should change at the exchange.
    warnings: Vec<Warning>,
    /// The exchange's own code.
    exchange_code: Option<String>,
    /// What the status means and what to do about it, in English.
    message: &'static str,
}

impl TestView {
    /// How it ended.
    #[must_use]
    pub const fn status(&self) -> ConnectionStatus {
        self.status
    }

    /// For the document.
    pub(crate) fn example() -> Self {
        Self {
            key_id: document::KEY_ID.to_owned(),
            exchange: "okx".to_owned(),
            environment: Environment::Live,
            status: ConnectionStatus::Ok,
            key_status: KeyStatus::Tested(ConnectionStatus::Ok),
            checked_at: document::MOMENT.to_owned(),
            latency_ms: 212,
            retryable: false,
            retry_after: None,
            permissions: Permissions { read: Some(true), trade: Some(true), withdraw: Some(false), transfer: None },
            permission_source: PermissionSource::Key,
            ip_restricted: Some(true),
            ip_allow_list: Some(vec!["203.0.113.7".to_owned()]),
            expires_at: None,
            warnings: Vec::new(),
            exchange_code: Some("0".to_owned()),
            message: ConnectionStatus::Ok.message(),
        }
    }

    /// As the owner sees it.
    pub(crate) fn new(record: &KeyRecord, report: TestReport, is_blocked: bool) -> Self {
        let TestReport { status, code, info, retry_after, ended_at, latency_ms } = report;
        let warnings = info.as_ref().map(policy::warnings).unwrap_or_default();
        Self {
            key_id: record.id.to_string(),
            exchange: record.exchange.clone(),
            environment: record.environment,
            status,
            key_status: KeyStatus::new(Some(status), is_blocked),
            checked_at: ended_at.to_string(),
            latency_ms,
            retryable: status.is_retryable(),
            retry_after,
            permissions: info.as_ref().map(|info| info.permissions).unwrap_or_default(),
            permission_source: info.as_ref().map_or(PermissionSource::None, |info| info.source),
            ip_restricted: info.as_ref().and_then(|info| info.ip_restricted),
            expires_at: info.as_ref().and_then(|info| info.expires_at).map(|at| at.to_string()),
            ip_allow_list: info.and_then(|info| info.ip_allow_list),
            warnings,
            exchange_code: code,
            message: status.message(),
        }
    }
}
