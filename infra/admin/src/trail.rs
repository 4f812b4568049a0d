//! What operators do is written down where nobody can write who writes tables: in a log group of its own. What they do to an account is
//! an event of that account besides, for its owner to read.

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_sdk_cloudwatchlogs::{Client, error::ProvideErrorMetadata, types::InputLogEvent};
use serde::Serialize;
use serde_json::json;
use shared::{
    events::{AccountEvent, Action, Circumstances, Line, LineKind},
    ids::{AccountId, EventId},
    store::{Write, Written},
    time::Clock,
};
use tokio::sync::OnceCell;

use crate::operator::{Failure, Operator};

/// The log group of a deployment, and the stream of this run in it.
#[derive(Clone, Debug)]
pub struct Trail {
    logs: Client,
    group: String,
    stream: Arc<OnceCell<String>>,
}

impl Trail {
    /// That of the deployment whose tables have this prefix.
    #[must_use]
    pub fn new(aws: &SdkConfig, table_prefix: &str) -> Self {
        Self { logs: Client::new(aws), group: group(table_prefix), stream: Arc::default() }
    }

    /// Writes down that a command has changed something, in words of ours and ids.
    ///
    /// # Errors
    /// When it cannot be written: then it must not be done.
    pub async fn note(&self, command: &str, to: &str, clock: &Clock) -> Result<(), Failure> {
        self.write(&json!({ "event": "operator_command", "command": command, "to": to }), clock).await
    }

    async fn write(&self, line: &impl Serialize, clock: &Clock) -> Result<(), Failure> {
        let message = serde_json::to_string(line).map_err(|error| error.to_string())?;
        let stream = self.stream.get_or_try_init(|| self.stream(clock)).await?;
        let timestamp = i64::try_from(clock.unix_ms()).unwrap_or(i64::MAX);
        let event = InputLogEvent::builder().timestamp(timestamp).message(message).build();
        let event = event.map_err(|error| error.to_string())?;
        let request = self.logs.put_log_events().log_group_name(&self.group).log_stream_name(stream).log_events(event);
        request.send().await.map_err(|error| refused("PutLogEvents", &error))?;
        Ok(())
    }

    async fn stream(&self, clock: &Clock) -> Result<String, Failure> {
        let name = EventId::at(clock.unix_ms())?.to_string();
        let request = self.logs.create_log_stream().log_group_name(&self.group).log_stream_name(&name);
        request.send().await.map_err(|error| refused("CreateLogStream", &error))?;
        Ok(name)
    }
}

/// The log group of a deployment, by the prefix of its tables.
#[must_use]
pub fn group(table_prefix: &str) -> String {
    format!("/aws/vendedlogs/{table_prefix}/operators")
}

fn refused(call: &str, error: &impl ProvideErrorMetadata) -> Failure {
    let code = error.code().unwrap_or("no answer");
    Failure::from(format!("{call}: {code}; nothing is done that cannot be written down"))
}

impl Operator {
    /// Writes to the rows of an account, all or nothing, and writes down that it was done: before, in the log; with it, as an event.
    ///
    /// # Errors
    /// When either cannot be written.
    pub async fn change(
        &self,
        account: AccountId,
        action: Action,
        mut writes: Vec<Write<'_>>,
        clock: &Clock,
    ) -> Result<Written<()>, Failure> {
        let circumstances = Circumstances::operator(clock.now());
        let event = AccountEvent::new(account, action, circumstances, None, clock)?;
        let line = event.line()?;
        self.trail.write(&line, clock).await?;
        let announced = event.announce()?;
        writes.push(Write::Put(announced.put()?));
        let written = self.store.transact(writes).await;
        if matches!(written, Ok(Written::Done(()))) {
            announced.happened();
        } else {
            let void = Line { event: LineKind::AccountEventVoid, account: None, action: None, twin: None, ..line };
            self.trail.write(&void, clock).await?;
        }
        Ok(written?)
    }
}
