//! How a function starts, and what becomes of one that cannot.

use std::{
    future::{Future, ready},
    process,
    sync::Arc,
    time::Duration,
};

use lambda_http::{
    LambdaEvent,
    lambda_runtime::{self, Diagnostic, service_fn},
};
use serde::de::IgnoredAny;

use crate::{
    config::{ConfigError, Env},
    error::Error,
    invocation::Function,
};

/// The address that the function has its invocations from; whatever runs functions sets it.
const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// Where settings come from, said where some are missing.
const WAY_OUT: &str = "locally `make dev` has all of them, as has `cargo lambda watch` at the root of the repository, beside `make aws`; \
                       on AWS they are template.yaml's";

/// Warming up may take this long. Init may take ten seconds; one that is cut off begins again in the first request.
const WARM_UP: Duration = Duration::from_secs(4);

/// Makes the function and serves its invocations, until the environment ends. Without settings there is none, and every invocation is
/// told. Where nobody can invoke it, it is not made, for that may create secrets: it says so and ends.
///
/// # Errors
/// The runtime's own.
pub async fn run<S: Clone + Send + Sync + 'static>(
    make: impl Future<Output = Result<Function<S>, ConfigError>>,
) -> Result<(), lambda_http::Error> {
    if let Err(flaw) = Env::process().required(RUNTIME_API) {
        say(&flaw);
        // The runtime would panic.
        process::exit(1);
    }
    match make.await {
        Ok(function) => serve(function).await,
        Err(flaws) => refuse(&flaws).await,
    }
}

/// Opens in init, where CPU is cheap, what requests need. A failure is not fatal, for whoever needs it tries again; `what` names it in
/// the log.
pub async fn warm_up<T>(what: &'static str, opening: impl Future<Output = Result<T, Error>>) {
    match tokio::time::timeout(WARM_UP, opening).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(what, ?error, "not ready yet"),
        Err(_) => tracing::warn!(what, "takes too long"),
    }
}

async fn serve<S: Clone + Send + Sync + 'static>(function: Function<S>) -> Result<(), lambda_http::Error> {
    let function = Arc::new(function);
    let handle = service_fn(move |event| {
        let function = Arc::clone(&function);
        async move { function.handle(event).await.map_err(|error| failed(&error)) }
    });
    // Boxed, because what serves is large, and a compiler that looks through all of it gives up.
    Box::pin(lambda_runtime::run(handle)).await
}

/// What whoever has invoked a function is told of a failure. The cause is in the log alone.
fn failed(error: &Error) -> Diagnostic {
    let (_, text) = error.answer();
    Diagnostic { error_type: "Function.Failed".to_owned(), error_message: text.to_owned() }
}

fn say(flaws: &ConfigError) {
    tracing::error!("cannot start: {flaws} ({WAY_OUT})");
}

/// Says once why there is no function, and answers every invocation with that instead of ending. cargo-lambda starts nothing in the place
/// of a function that has ended, and whoever asks waits for ever; what it is told of a failed init it may give to the caller of another
/// function. Lambda counts these answers as it counts a failed init, as errors.
async fn refuse(flaws: &ConfigError) -> Result<(), lambda_http::Error> {
    say(flaws);
    let reason =
        Diagnostic { error_type: "Runtime.InitError".to_owned(), error_message: format!("cannot start: {flaws}") };
    lambda_runtime::run(service_fn(|_: LambdaEvent<IgnoredAny>| ready(Err::<(), _>(reason.clone())))).await
}
