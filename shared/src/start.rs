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

use crate::config::{ConfigError, Env};

/// The address that the function has its invocations from; whatever runs functions sets it.
const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// Where settings come from, said where some are missing.
const WAY_OUT: &str = "locally `make dev` has all of them, as has `cargo lambda watch` at the root of the repository, beside `make aws`; \
                       on AWS they are template.yaml's";

/// Makes the function and gives it to `serve`, which ends with the environment. Without settings there is none, and every invocation is
/// told. Where nobody can invoke it, it is not made, for that may create secrets: it says so and ends.
///
/// # Errors
/// The runtime's own.
pub async fn start<F, S>(
    make: impl Future<Output = Result<F, ConfigError>>,
    serve: impl FnOnce(F) -> S,
) -> Result<(), Error>
where
    S: Future<Output = Result<(), Error>>,
{
    if let Err(flaw) = Env::process().required(RUNTIME_API) {
        say(&flaw);
        // The runtime would panic.
        process::exit(1);
    }
    match make.await {
        // Boxed, because what serves is large, and a compiler that looks through all of it gives up.
        Ok(function) => Box::pin(serve(function)).await,
        Err(flaws) => refuse(&flaws).await,
    }
}

fn say(flaws: &ConfigError) {
    tracing::error!("cannot start: {flaws} ({WAY_OUT})");
}

/// Says once why there is no function, and answers every invocation with that instead of ending. cargo-lambda starts nothing in the place
/// of a function that has ended, and whoever asks waits for ever; what it is told of a failed init it may give to the caller of another
/// function. Lambda counts these answers as it counts a failed init, as errors.
async fn refuse(flaws: &ConfigError) -> Result<(), Error> {
    say(flaws);
    let reason =
        Diagnostic { error_type: "Runtime.InitError".to_owned(), error_message: format!("cannot start: {flaws}") };
    lambda_runtime::run(service_fn(|_: LambdaEvent<IgnoredAny>| ready(Err::<(), _>(reason.clone())))).await
}
