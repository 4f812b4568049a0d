//! Runs the deployed binaries without Lambda: a host for one function, and what it takes to measure it.

pub mod event;
pub mod runtime;
