//! How a function starts, and what becomes of one that cannot.

use std::{
    future::{Future, ready},
    process,
};

use lambda_http::{
    Error, LambdaEvent,
    lambda_runtime::{self, Diagnostic, service_fn},
};
use serde::de::IgnoredAny;

use crate::config::{ConfigError, Env, both};

/// The address that the function has its invocations from; whatever runs functions sets it.
const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// Where settings come from, said where some are missing.
const WAY_OUT: &str = "locally `make dev` has all of them, as has `cargo lambda watch` at the root of the repository, beside `make aws`; \
                       on AWS they are template.yaml's";

/// Gives the function that was made of the settings to `serve`, which ends with the environment. Without one, every invocation is told.
///
/// # Errors
/// The runtime's own.
pub async fn start<F, S>(made: Result<F, ConfigError>, serve: impl FnOnce(F) -> S) -> Result<(), Error>
where
    S: Future<Output = Result<(), Error>>,
{
    match both(Env::process().required(RUNTIME_API), made) {
        // Boxed, because what serves is large, and a compiler that looks through all of it gives up.
        Ok((_, function)) => Box::pin(serve(function)).await,
        Err(flaws) => refuse(&flaws).await,
    }
}

/// Says once why there is no function, and answers every invocation with that instead of ending. cargo-lambda starts nothing in the place
/// of a function that has ended, and whoever asks waits for ever; what it is told of a failed init it may give to the caller of another
/// function. Lambda counts these answers as it counts a failed init, as errors.
async fn refuse(flaws: &ConfigError) -> Result<(), Error> {
    tracing::error!("cannot start: {flaws} ({WAY_OUT})");
    if Env::process().optional(RUNTIME_API).is_none() {
        // Nobody invokes it, and the runtime would panic.
        process::exit(1);
    }
    let reason =
        Diagnostic { error_type: "Runtime.InitError".to_owned(), error_message: format!("cannot start: {flaws}") };
    lambda_runtime::run(service_fn(|_: LambdaEvent<IgnoredAny>| ready(Err::<(), _>(reason.clone())))).await
}
