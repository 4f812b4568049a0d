//! Remembers how far the stream has been delivered.

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::state::StateFile;

#[derive(Serialize, Deserialize)]
struct Position {
    /// ARN of the stream. A table that is made anew has a new one, which starts at its first record.
    stream: String,
    /// Everything up to this record is delivered; none if nothing is.
    sequence: Option<String>,
}

/// The position in one stream, kept across restarts.
pub(crate) struct Checkpoint {
    position: Position,
    file: StateFile,
}

impl Checkpoint {
    /// The position that an earlier run has reached in this stream.
    pub(crate) fn open(file: StateFile, stream: &str) -> Result<Self, Error> {
        let kept: Option<Position> = file.read_json()?;
        let position = kept
            .filter(|position| position.stream == stream)
            .unwrap_or_else(|| Position { stream: stream.to_owned(), sequence: None });
        Ok(Self { position, file })
    }

    /// The last record delivered.
    pub(super) fn sequence(&self) -> Option<&str> {
        self.position.sequence.as_deref()
    }

    /// Everything up to `sequence` is delivered.
    pub(super) fn advance(&mut self, sequence: &str) -> Result<(), Error> {
        self.position.sequence = Some(sequence.to_owned());
        let Position { stream, sequence } = &self.position;
        self.file.replace(&serde_json::json!({"stream": stream, "sequence": sequence}).to_string())
    }
}
