//! One run of Argon2id: its cost, and where it takes place.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use argon2::{Algorithm, Argon2, Params, Version, password_hash};
use shared::error::Error;

use crate::secrets::pepper::Pepper;

/// 19 MiB, two passes, one lane: OWASP's recommendation, and the cheapest of its equals on glibc.
pub const COST: Params = match Params::new(19_456, 2, 1, None) {
    Ok(params) => params,
    Err(_) => panic!("not Argon2 parameters"),
};

/// How often the dearest things have been done that there are.
#[derive(Default)]
pub struct Runs {
    /// Runs of Argon2.
    pub argon2: AtomicU64,
    /// Runs of functions of other services.
    pub foreign: AtomicU64,
}

/// Runs Argon2 once, beside the threads that wait for the network, and counts that in `runs`.
///
/// # Errors
/// `Internal` when `work` fails.
pub async fn run<T: Send + 'static>(
    pepper: Arc<Pepper>,
    runs: Arc<Runs>,
    params: Params,
    work: impl FnOnce(Argon2<'_>) -> password_hash::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let task = tokio::task::spawn_blocking(move || {
        runs.argon2.fetch_add(1, Ordering::Relaxed);
        let argon2 = Argon2::new_with_secret(&**pepper, Algorithm::Argon2id, Version::V0x13, params);
        let (argon2, begun) = (argon2.map_err(|_| password_hash::Error::Internal)?, Instant::now());
        work(argon2).map(|done| (done, begun.elapsed()))
    });
    let done = task.await.map_err(|_| Error::internal("password hashing panicked"))?;
    let (done, took) = done.map_err(failed)?;
    tracing::debug!(argon2_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX), "Argon2 has run");
    Ok(done)
}

/// What Argon2 has against something, as our error.
pub fn failed(error: impl fmt::Display) -> Error {
    Error::internal(format!("password hashing: {error}"))
}
