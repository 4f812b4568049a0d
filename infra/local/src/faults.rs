//! Outages on demand, so that people and tests can see what the service does in them.

use std::sync::Mutex;

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::Service;
use crate::call::Call;
use crate::lock::lock;
use crate::refusal::Refusal;

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Not executed; the service reports an error of its own.
    Unavailable,
    /// Not executed; the service asks to slow down.
    Throttled,
    /// Not executed; the service refuses what was asked for, and will again.
    Refused,
    /// Executed, but the answer is lost and replaced by a service error.
    Lost,
    /// Executed, but only when `times` such calls have come and wait for each other, or the faults are cleared: a race that
    /// takes place every time.
    Held,
}

/// A planned failure of one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// How calls fail.
    pub mode: Mode,
    /// The operation that fails; `None` for all.
    #[serde(default)]
    pub operation: Option<String>,
    /// How many calls fail before the service recovers; `None` for all until the faults are cleared.
    #[serde(default)]
    pub times: Option<u32>,
}

impl Fault {
    /// All calls of the service fail in this way until the faults are cleared.
    #[must_use]
    pub fn all(mode: Mode) -> Self {
        Self { mode, operation: None, times: None }
    }
}

/// The faults planned now.
#[derive(Default)]
pub(crate) struct Faults {
    planned: Mutex<Vec<(Service, Fault)>>,
    /// Counts how often calls that were held have been let go.
    gate: watch::Sender<u64>,
}

impl Faults {
    /// Plans a fault; it replaces an earlier one for the same operation of the service.
    pub(crate) fn set(&self, service: Service, fault: Fault) {
        let mut faults = lock(&self.planned);
        faults.retain(|(other, planned)| *other != service || planned.operation != fault.operation);
        faults.push((service, fault));
    }

    /// All services work again.
    pub(crate) fn clear(&self) {
        lock(&self.planned).clear();
        self.gate.send_modify(|opened| *opened += 1);
    }

    /// Tells when calls that are held may go on. To be asked for before [`Faults::take`].
    pub(crate) fn gate(&self) -> watch::Receiver<u64> {
        self.gate.subscribe()
    }

    /// How this call fails, if it does; one of the fault's `times` is used up.
    pub(crate) fn take(&self, call: &Call) -> Option<Mode> {
        let mut faults = lock(&self.planned);
        let hit = faults.iter_mut().find(|(service, fault)| {
            *service == call.service && fault.operation.as_ref().is_none_or(|operation| *operation == call.operation)
        });
        let (_, fault) = hit?;
        let mode = fault.mode;
        fault.times = fault.times.map(|times| times.saturating_sub(1));
        let used_up = fault.times == Some(0);
        if used_up {
            faults.retain(|(_, fault)| fault.times != Some(0));
        }
        if used_up && mode == Mode::Held {
            self.gate.send_modify(|opened| *opened += 1);
        }
        Some(mode)
    }
}

/// What `service` says when it is out of order.
pub(crate) fn unavailable(service: Service) -> Refusal {
    let (status, code) = match service {
        Service::DynamoDb => (StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"),
        Service::Kms => (StatusCode::INTERNAL_SERVER_ERROR, "KMSInternalException"),
        Service::Ses | Service::Logs => (StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailableException"),
    };
    Refusal { status, code, message: "The service is out of order, as planned.".to_owned() }
}

/// What a client hears of `service` when the answer is lost on its way.
pub(crate) fn lost() -> Refusal {
    let message = "The answer is lost, as planned.".to_owned();
    Refusal { status: StatusCode::INTERNAL_SERVER_ERROR, code: "InternalServerError", message }
}

/// What `service` says when it will not do what is asked.
pub(crate) fn refused(service: Service) -> Refusal {
    let code = match service {
        Service::DynamoDb | Service::Kms | Service::Logs => "AccessDeniedException",
        Service::Ses => "MessageRejected",
    };
    Refusal { status: StatusCode::BAD_REQUEST, code, message: "Refused, as planned.".to_owned() }
}

/// What `service` says when it is asked too often.
pub(crate) fn throttled(service: Service) -> Refusal {
    let (status, code) = match service {
        Service::DynamoDb => (StatusCode::BAD_REQUEST, "ProvisionedThroughputExceededException"),
        Service::Kms | Service::Logs => (StatusCode::BAD_REQUEST, "ThrottlingException"),
        Service::Ses => (StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsException"),
    };
    Refusal { status, code, message: "Rate exceeded, as planned.".to_owned() }
}
