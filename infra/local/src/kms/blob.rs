//! Bytes in the JSON protocol are base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Bytes, forgotten when dropped, because many of them are plaintext or keys. No `Debug`, on purpose.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Blob(pub(super) Zeroizing<Vec<u8>>);

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl TryFrom<String> for Blob {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        STANDARD.decode(text).map(Self::from).map_err(|_| "not base64")
    }
}

impl From<Blob> for String {
    fn from(blob: Blob) -> Self {
        STANDARD.encode(&*blob.0)
    }
}
