//! Where every request of an SDK client enters.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use tokio::sync::watch;

use crate::ahead::Ahead;
use crate::backend::Backend;
use crate::call::Call;
use crate::calls::Recorder;
use crate::conflicts::Conflicts;
use crate::faults::{self, Faults, Mode};
use crate::feeder::{Reports, Targets, Tasks};
use crate::iam::Guard;
use crate::inbox::Inbox;
use crate::keys::KeyService;
use crate::kms::Kms;
use crate::logs::Logs;
use crate::refusal::Refusal;
use crate::ses::Message;
use crate::{Error, Service, clock, ses};

/// The largest request of these services is `DynamoDB`'s, with 16 MB.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// What stands behind the door.
pub(crate) struct Door {
    pub(crate) backend: Arc<Backend>,
    /// Our KMS; none if the backend answers for KMS and SES too.
    pub(crate) kms: Option<Kms>,
    pub(crate) inbox: Inbox,
    /// What operators' commands write down.
    pub(crate) logs: Logs,
    pub(crate) recorder: Recorder,
    pub(crate) guard: Guard,
    pub(crate) faults: Faults,
    pub(crate) conflicts: Conflicts,
    /// What SES has yet to report to functions.
    pub(crate) reports: Reports,
    /// Where the functions are.
    pub(crate) functions: Arc<Targets>,
    /// What schedules have functions do.
    pub(crate) tasks: Arc<Tasks>,
    /// The functions' clock.
    pub(crate) ahead: Ahead,
    /// How many writes the database has answered; wakes the feeders.
    pub(crate) writes: watch::Sender<u64>,
}

/// Answers one request of an SDK client.
pub(crate) async fn answer(State(door): State<Arc<Door>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let Some(call) = Call::identify(&parts, &body) else {
        return (
            StatusCode::NOT_FOUND,
            "neither a call to DynamoDB, KMS, SESv2 or CloudWatch Logs nor a page of the local AWS\n",
        )
            .into_response();
    };
    door.recorder.count(&call);
    if let Err(refusal) = door.guard.check(&parts, &call, &body, door.keys()).await {
        return refusal.answer(call.service);
    }
    let mut gate = door.faults.gate();
    let fault = door.faults.take(&call);
    match fault {
        Some(Mode::Unavailable) => return faults::unavailable(call.service).answer(call.service),
        Some(Mode::Refused) => return faults::refused(call.service).answer(call.service),
        Some(Mode::Throttled) => return faults::throttled(call.service).answer(call.service),
        // The gate is never dropped while the door stands.
        Some(Mode::Held) => drop(gate.changed().await),
        Some(Mode::Lost) | None => {}
    }
    let answer = door.take_turn(&call, &parts, body).await;
    if call.writes_items() && answer.status().is_success() {
        door.writes.send_modify(|count| *count += 1);
    }
    match fault {
        Some(Mode::Lost) => faults::lost().answer(call.service),
        _ => answer,
    }
}

impl Door {
    fn keys(&self) -> KeyService<'_> {
        KeyService { kms: self.kms.as_ref(), backend: &self.backend, known: self.guard.keys() }
    }

    /// Executes a call, unless a transaction is in its way.
    async fn take_turn(&self, call: &Call, parts: &Parts, body: Bytes) -> Response {
        let hold = match self.conflicts.enter(call, &body).await {
            Ok(hold) => hold,
            Err(conflict) => return conflict.answer(),
        };
        let answer = self.execute(call, parts, body).await;
        if let Some(hold) = hold {
            hold.end(answer.status().is_success());
        }
        answer
    }

    async fn execute(&self, call: &Call, parts: &Parts, body: Bytes) -> Response {
        match (call.service, &self.kms) {
            (Service::Kms, Some(kms)) => kms.answer(&call.operation, &body),
            (Service::Logs, _) => self.logs.answer(&call.operation, &body),
            (Service::Ses, _) if call.operation == "SendEmail" => self.send_mail(parts, body).await,
            (Service::Ses, Some(_)) => {
                Refusal::new("UnknownOperationException", "Only SendEmail is known here.").answer(Service::Ses)
            }
            _ => self.forward(call.service, parts, body).await,
        }
    }

    async fn forward(&self, service: Service, parts: &Parts, body: Bytes) -> Response {
        match self.backend.forward(parts, body).await {
            Ok(answer) => answer.map(Body::from),
            Err(error) => out_of_order(service, &error),
        }
    }

    async fn send_mail(&self, parts: &Parts, body: Bytes) -> Response {
        let message = match ses::read(&body).and_then(ses::deliverable) {
            Ok(message) => message,
            Err(refusal) => return refusal.answer(Service::Ses),
        };
        match self.deliver(message, parts, body).await {
            Ok(answer) => answer,
            Err(error) => out_of_order(Service::Ses, &error),
        }
    }

    /// Files the mail in the inbox, if the upstream, where there is one, takes it.
    async fn deliver(&self, message: Message, parts: &Parts, body: Bytes) -> Result<Response, Error> {
        if self.kms.is_some() {
            let id = ses::message_id()?;
            self.accept(&id, message)?;
            return Ok(ses::accepted(&id));
        }
        let answer = self.backend.forward(parts, body).await?;
        if answer.status().is_success() {
            self.accept(&ses::accepted_id(answer.body()), message)?;
        }
        Ok(answer.map(Body::from))
    }

    fn accept(&self, id: &str, message: Message) -> Result<(), Error> {
        let reports = ses::reports(id, &message, clock::now());
        self.inbox.file(id, message)?;
        self.reports.add(&reports);
        Ok(())
    }
}

fn out_of_order(service: Service, error: &Error) -> Response {
    tracing::error!(%error, ?service, "the local AWS itself failed");
    faults::unavailable(service).answer(service)
}
