//! What tests have found out of a key.

use serde::{Deserialize, Serialize};
use shared::time::Timestamp;

use crate::{
    connection::TestReport,
    exchanges::{ConnectionStatus, Permissions},
    policy::{self, Warning},
};

/// What tests have found out. Nothing, since the secret is new.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Findings {
    pub(crate) last_tested_at: Option<Timestamp>,
    /// How the last test ended.
    pub(crate) last_status: Option<ConnectionStatus>,
    /// Whether the last test that found out anything found that it works.
    pub(crate) has_worked: bool,
    // The rest is what the last successful test said.
    pub(crate) permissions: Permissions,
    pub(crate) ip_restricted: Option<bool>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) expires_at: Option<Timestamp>,
}

impl Findings {
    /// Takes in how a test of a key of `exchange` ended. One that failed says nothing of permissions: what was known of them stays.
    pub(super) fn take_in(&mut self, exchange: &str, report: &TestReport) {
        let status = report.status;
        if self.has_worked && status.is_about_the_key() {
            let status = status.as_str();
            tracing::warn!(event = "key_stopped_working", exchange, status, "a key stopped working");
        }
        self.has_worked = status == ConnectionStatus::Ok || (self.has_worked && !status.is_about_the_key());
        self.last_tested_at = Some(report.ended_at);
        self.last_status = Some(status);
        if let Some(info) = &report.info {
            self.permissions = info.permissions;
            self.ip_restricted = info.ip_restricted;
            self.warnings = policy::warnings(info);
            self.expires_at = info.expires_at;
        }
    }

    /// What is left of them when the key gets another secret under its old name: what the exchange lets a name do does not change
    /// because its secret was entered again. No test of the new secret has ended.
    pub(super) fn of_same_name(self) -> Self {
        Self { last_status: None, last_tested_at: None, ..self }
    }
}
