//! Runs the deployed binaries without Lambda: a host for one function, and what it takes to measure it.

pub mod c_library;
pub mod event;
pub mod goal;
pub mod measure;
pub mod operation;
pub mod prices;
pub mod process;
pub mod report;
pub mod runtime;
pub mod world;

/// What goes wrong ends the measurement: its words are for whoever runs it.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;
