//! What operators do is written down where nobody can write who writes tables: in a log group of its own. What they do to an account is
//! an event of that account besides, for its owner to read, and counted where the events are that functions write.

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_sdk_cloudwatchlogs::{Client, error::ProvideErrorMetadata, types::InputLogEvent};
use serde::Serialize;
use serde_json::{Map, Value, json};
use shared::{
    error::Error,
    events::{AccountEvent, Action, Circumstances, Line, LineKind},
    ids::{AccountId, EventId},
    metrics,
    store::{Write, Written},
    time::Clock,
};
use tokio::sync::OnceCell;

use crate::{
    operator::{Failure, Operator},
    together::Together,
};

/// So often an operator competes with those who sign in.
const ROUNDS: u32 = 8;

/// The log group of a deployment, and the stream of this run in it.
#[derive(Clone, Debug)]
pub struct Trail {
    logs: Client,
    group: String,
    /// Where the metrics of the functions are: the template calls tables and metrics alike.
    namespace: String,
    stream: Arc<OnceCell<String>>,
    together: Arc<Together<InputLogEvent>>,
}

impl Trail {
    /// That of the deployment whose tables have this prefix.
    #[must_use]
    pub fn new(aws: &SdkConfig, table_prefix: &str) -> Self {
        let (group, namespace) = (group(table_prefix), table_prefix.to_owned());
        Self { logs: Client::new(aws), group, namespace, stream: Arc::default(), together: Arc::default() }
    }

    /// Writes down that a command has changed something, in words of ours and ids.
    ///
    /// # Errors
    /// When it cannot be written: then it must not be done.
    pub async fn note(&self, command: &str, to: &str, clock: &Clock) -> Result<(), Failure> {
        let line = json!({ "event": "operator_command", "command": command, "to": to });
        self.write(&line, clock).await.map_err(|why| not_done(&why))
    }

    /// Writes the line of an event whose row comes next.
    ///
    /// # Errors
    /// When it cannot be written: then the row must not be, either.
    pub async fn announce(&self, event: &AccountEvent, clock: &Clock) -> Result<Line, Failure> {
        let line = event.line()?;
        self.write(&line, clock).await.map_err(|why| not_done(&why))?;
        Ok(line)
    }

    /// Says of an event that was announced what has come of it. It is counted where it has happened; its row is missed by nobody where it
    /// has not, or nobody knows.
    ///
    /// # Errors
    /// When that cannot be written.
    pub async fn conclude(&self, announced: Line, has_happened: bool, clock: &Clock) -> Result<(), Failure> {
        let line = Line { account: None, twin: None, ..announced };
        if has_happened {
            let line = Line { event: LineKind::AccountChanged, ..line };
            let written = self.write(&line, clock).await;
            return written.map_err(|why| format!("{why}; it is done, but not counted").into());
        }
        let line = Line { event: LineKind::AccountEventVoid, action: None, ..line };
        let written = self.write(&line, clock).await;
        written.map_err(|why| format!("{why}; events-check will take event {} for missing", line.id).into())
    }

    /// Writes a line, in one call with those of others who come while an earlier call is under way.
    async fn write(&self, line: &impl Serialize, clock: &Clock) -> Result<(), Failure> {
        let mut line = object(line)?;
        metrics::embed(&mut line, &[], &Map::new(), &self.namespace, clock.unix_ms());
        let timestamp = i64::try_from(clock.unix_ms()).unwrap_or(i64::MAX);
        let event = InputLogEvent::builder().timestamp(timestamp).message(Value::Object(line).to_string()).build();
        let event = event.map_err(|error| error.to_string())?;
        self.together.write(event, |events| self.put(events, clock)).await
    }

    /// One call. It may have 10,000 lines: nobody here has as much under way at a time.
    async fn put(&self, mut events: Vec<InputLogEvent>, clock: &Clock) -> Result<(), Failure> {
        // CloudWatch wants them by time, and those who write together have looked at the clock before.
        events.sort_by_key(InputLogEvent::timestamp);
        let stream = self.stream.get_or_try_init(|| self.stream(clock)).await?;
        let request = self.logs.put_log_events().log_group_name(&self.group).log_stream_name(stream);
        request.set_log_events(Some(events)).send().await.map_err(|error| refused("PutLogEvents", &error))?;
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

fn object(line: &impl Serialize) -> Result<Map<String, Value>, Failure> {
    match serde_json::to_value(line) {
        Ok(Value::Object(line)) => Ok(line),
        Ok(_) => Err("a line is an object".into()),
        Err(error) => Err(error.to_string().into()),
    }
}

fn refused(call: &str, error: &impl ProvideErrorMetadata) -> Failure {
    Failure::from(format!("{call}: {}", error.code().unwrap_or("no answer")))
}

fn not_done(why: &Failure) -> Failure {
    format!("{why}; nothing is done that cannot be written down").into()
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
        let event = AccountEvent::new(account, action, Circumstances::operator(clock.now()), None, clock)?;
        let announced = self.trail.announce(&event, clock).await?;
        writes.push(Write::Put(event.put()?));
        let written = self.store.transact(writes).await;
        self.trail.conclude(announced, matches!(written, Ok(Written::Done(()))), clock).await?;
        Ok(written?)
    }

    /// [`Operator::change`] by what `writes` makes of an account as it is, until nobody else is quicker; false where that is nothing.
    ///
    /// # Errors
    /// Those of both; when others are quicker all the time.
    pub async fn change_in_rounds<'w>(
        &self,
        account: AccountId,
        action: Action,
        writes: impl AsyncFn() -> Result<Option<Vec<Write<'w>>>, Error>,
        clock: &Clock,
    ) -> Result<bool, Failure> {
        for _ in 0..ROUNDS {
            let Some(writes) = writes().await? else { return Ok(false) };
            if let Written::Done(()) = self.change(account, action, writes, clock).await? {
                return Ok(true);
            }
        }
        Err("somebody changes the account all the time; run it again".into())
    }
}
