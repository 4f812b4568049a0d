//! What a function does for the events that it is invoked with: requests through API Gateway, tasks of schedules, records of a table's
//! stream, events of `EventBridge`. Each is a line where the function is put together, and whatever it does not take fails.

use std::{collections::BTreeMap, panic::AssertUnwindSafe};

use aws_lambda_events::{dynamodb::Event, streams::DynamoDbEventResponse};
use axum::Router;
use futures::{
    FutureExt,
    future::{BoxFuture, ready},
};
use lambda_http::{Context, LambdaEvent};
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::{
    Value,
    value::{RawValue, to_value},
};
use tracing::Instrument;

use crate::{error::Error, http, log};

/// A function: its state, of which every invocation has a clone, and what it does.
pub struct Function<S> {
    state: S,
    router: Option<Router>,
    tasks: BTreeMap<&'static str, Work<S>>,
    records: Option<Work<S>>,
    reports: Option<Work<S>>,
}

/// What is done for an event that is no request.
type Work<S> = Box<dyn Fn(S, &RawValue) -> BoxFuture<'static, Result<Value, Error>> + Send + Sync>;

/// What Lambda is handed for an event.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Returned<R> {
    /// An answer of HTTP, as API Gateway wants it.
    Http(R),
    /// Which records were not taken, or null.
    Work(Value),
}

/// By what an event that is no request is known. Clients write parts of requests, but none of these names.
#[derive(Deserialize)]
struct Marks {
    task: Option<Value>,
    #[serde(rename = "Records")]
    records: Option<IgnoredAny>,
    #[serde(rename = "detail-type")]
    report: Option<IgnoredAny>,
}

impl<S: Clone + 'static> Function<S> {
    /// One that does nothing yet.
    #[must_use]
    pub const fn over(state: S) -> Self {
        Self { state, router: None, tasks: BTreeMap::new(), records: None, reports: None }
    }

    /// Requests are for `router`, which also answers what nobody can read.
    #[must_use]
    pub fn http(mut self, router: Router) -> Self {
        self.router = Some(router);
        self
    }

    /// A schedule whose input is `{"task": name}` asks for `work`.
    #[must_use]
    pub fn task<F>(mut self, name: &'static str, work: impl Fn(S) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), Error>> + Send + 'static,
    {
        self.tasks.insert(name, Box::new(move |state, _| work(state).map(|done| done.map(|()| Value::Null)).boxed()));
        self
    }

    /// Records of a table's stream are for `work`, which tells what has to be delivered again.
    #[must_use]
    pub fn stream<F>(mut self, work: impl Fn(S, Event) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = DynamoDbEventResponse> + Send + 'static,
    {
        let answer = |failures| to_value(failures).map_err(|error| Error::internal(error.to_string()));
        self.records = Some(typed(move |state, batch| work(state, batch).map(answer)));
        self
    }

    /// What a rule of `EventBridge` matches is for `work`.
    #[must_use]
    pub fn events<E: DeserializeOwned, F>(mut self, work: impl Fn(S, E) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), Error>> + Send + 'static,
    {
        self.reports = Some(typed(move |state, report| work(state, report).map(|done| done.map(|()| Value::Null))));
        self
    }

    /// Does what an event asks for.
    ///
    /// # Errors
    /// Those of [`Function::work`]; whatever becomes of a request is an answer.
    pub async fn handle(&self, event: LambdaEvent<Box<RawValue>>) -> Result<Returned<impl Serialize + use<S>>, Error> {
        let LambdaEvent { payload, context } = event;
        if let Some(router) = &self.router {
            let request = http::read(&payload);
            if request.is_some() || Marks::of(&payload).is_none() {
                return Ok(Returned::Http(http::answer(router.clone(), request, context).await));
            }
        }
        self.work(&payload, &context).await.map(Returned::Work)
    }

    /// Does what an event asks for that is no request.
    ///
    /// # Errors
    /// Whatever fails, panics or is not taken is an error, which is in the log.
    pub async fn work(&self, event: &RawValue, context: &Context) -> Result<Value, Error> {
        let done = async {
            // Also what panics before it can be waited for.
            let work = AssertUnwindSafe(async { self.taker(event)?(self.state.clone(), event).await });
            let done = work.catch_unwind().await.unwrap_or_else(|_| Err(Error::internal("it panicked")));
            done.inspect_err(|error| tracing::error!(?error, "an invocation failed"))
        };
        done.instrument(log::invocation(context, None)).await
    }

    /// Who takes an event.
    fn taker(&self, event: &RawValue) -> Result<&Work<S>, Error> {
        let taker = match Marks::of(event) {
            Some(Marks { task: Some(name), .. }) => name.as_str().and_then(|name| self.tasks.get(name)),
            Some(Marks { records: Some(_), .. }) => self.records.as_ref(),
            Some(_) => self.reports.as_ref(),
            None => None,
        };
        taker.ok_or_else(|| Error::internal("this function takes no such event"))
    }
}

impl Marks {
    /// None for what bears no such name, as requests do, or cannot be read.
    fn of(event: &RawValue) -> Option<Self> {
        let marks: Self = serde_json::from_str(event.get()).ok()?;
        (marks.task.is_some() || marks.records.is_some() || marks.report.is_some()).then_some(marks)
    }
}

/// Work on an event that is read as an `E` first.
fn typed<S, E, F>(work: impl Fn(S, E) -> F + Send + Sync + 'static) -> Work<S>
where
    E: DeserializeOwned,
    F: Future<Output = Result<Value, Error>> + Send + 'static,
{
    Box::new(move |state, event| match serde_json::from_str(event.get()) {
        Ok(event) => work(state, event).boxed(),
        // Not the parser's own words: they may quote the event.
        Err(_) => ready(Err(Error::internal("the event is not of the form that this function takes"))).boxed(),
    })
}
