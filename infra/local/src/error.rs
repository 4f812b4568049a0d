//! Why the local AWS did not start, or could not do what it was asked.

use std::io;
use std::path::{Path, PathBuf};

/// Failures of the local AWS itself. What it answers to clients is a [`Refusal`](crate::refusal::Refusal) instead.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of ours cannot be read or written.
    #[error("{path}")]
    File {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file of ours has content that we did not write.
    #[error("{path} is damaged")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// What exchanges answer cannot be read.
    #[error(transparent)]
    Play(#[from] paper::Unreadable),
    /// The address to listen on is taken or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// The template lacks something, or uses something that only AWS understands.
    #[error("template: {0}")]
    Template(String),
    /// The embedded database does not open.
    #[error("database: {0}")]
    Database(String),
    /// Nobody answers at that URL, or not in HTTP.
    #[error("{url} does not answer: {reason}")]
    Unreachable {
        /// The URL that was asked.
        url: String,
        /// What went wrong on the way.
        reason: String,
    },
    /// The backend refused a call of ours.
    #[error("{operation} was refused: {code}: {message}")]
    Refused {
        /// The operation, such as `CreateTable`.
        operation: String,
        /// The short name of the exception.
        code: String,
        /// Its message.
        message: String,
    },
    /// The backend answered something that its protocol does not allow.
    #[error("{operation}: unexpected answer: {reason}")]
    Answer {
        /// The operation.
        operation: String,
        /// What was unexpected.
        reason: String,
    },
    /// A table of an earlier template has another key than the template now says.
    #[error("table {0} has another key than the template; start with an empty state directory")]
    TableChanged(String),
    /// The operating system's generator of randomness failed.
    #[error("no randomness")]
    Randomness,
    /// No schedule of the template has such a task.
    #[error("there is no task {0}")]
    NoSuchTask(String),
    /// Not every function carried out what a schedule asks for.
    #[error("task {name}: {reason}")]
    Task {
        /// The task.
        name: String,
        /// Each function that did not, and what it said, or why it could not be asked.
        reason: String,
    },
    /// Records or reports were not delivered in time.
    #[error("streams are not drained, or reports not taken, after {0} seconds")]
    NotSettled(u64),
}

impl Error {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    /// Whether the backend refused with this exception.
    pub(crate) fn is_refusal(&self, name: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == name)
    }
}
