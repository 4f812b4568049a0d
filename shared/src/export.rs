//! Everything that a function knows about a person, in pages, for the person. The rows are found by who asks and never by the cursor, which
//! says no more than where in them to go on: whoever makes one up reads other parts of what is theirs.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use compat::validation::Flaw;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    error::Error,
    http::{Fields, Input, Text},
    ids::AccountId,
    limits::{Limit, RateLimit},
    store::Store,
    time::Timestamp,
};

/// So many rows are on a page at most. DynamoDB reads no more than 1 MB of rows at once, and as JSON they stay below 4 MB: Lambda answers
/// with no more than six.
pub const MOST_ROWS: u16 = 4_000;

/// How often a function begins to tell somebody everything. Each beginning at `auth` is a letter, too.
const FIRST_PAGES: u32 = 3;
/// How many pages it tells: many times what the greatest account fills.
const PAGES: u32 = 300;
const DAY: Duration = Duration::from_hours(24);

/// Whose knowledge is exported.
#[derive(Clone, Copy, Debug)]
pub enum Exporter {
    /// What `auth` knows.
    Account,
    /// What `api-keys` knows.
    Vault,
    /// What `kyc` knows.
    Kyc,
}

/// A page of an export. Every member is always there, null where there is nothing.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "{T}Page")]
pub struct Export<T> {
    /// The form of the export: `export/1`.
    format: &'static str,
    /// What the page is about; the other members of `data` are empty.
    part: &'static str,
    /// When the page was made.
    #[schemars(extend("format" = "date-time"))]
    generated_at: String,
    /// What is known.
    data: T,
    /// What to ask for the next page with; null on the last one.
    next_cursor: Option<String>,
}

/// Which page of an export to show.
pub struct Page {
    cursor: Option<String>,
}

impl Input for Page {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let cursor = fields.optional("cursor", "`next_cursor` of the page before");
        Some(Self { cursor: fields.end()?.of(cursor)?.map(|Text::<0>(cursor)| cursor) })
    }
}

impl Page {
    /// Where to go on, read by `place`; none where the export begins.
    ///
    /// # Errors
    /// `Invalid` when `place` makes nothing of it.
    pub fn place<T>(&self, place: impl FnOnce(&[u8]) -> Option<T>) -> Result<Option<T>, Error> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let place = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| place(&bytes));
        let flaw = || Error::invalid("query", "cursor", Flaw::value("cursor is none that this export gave out"));
        place.map(Some).ok_or_else(flaw)
    }
}

impl Exporter {
    const fn names(self) -> [&'static str; 2] {
        match self {
            Self::Account => ["EXPORT#ACCOUNT", "EXPORT#ACCOUNT#PAGE"],
            Self::Vault => ["EXPORT#VAULT", "EXPORT#VAULT#PAGE"],
            Self::Kyc => ["EXPORT#KYC", "EXPORT#KYC#PAGE"],
        }
    }

    /// Counts a page that an account asks for, the first one or another.
    ///
    /// # Errors
    /// `TooManyRequests`; `Unavailable`: what cannot be counted is not shown.
    pub async fn count(self, store: &Store, account: AccountId, is_first: bool, now: Timestamp) -> Result<(), Error> {
        let ([first, page], span) = (self.names(), DAY);
        let (name, times) = if is_first { (first, FIRST_PAGES) } else { (page, PAGES) };
        let limit = Limit { name, times, span };
        match limit.count(store, &account.to_string(), now).await? {
            RateLimit::Allowed(_) => Ok(()),
            RateLimit::Exceeded(seconds) => Err(Error::TooManyRequests(seconds)),
        }
    }
}

impl<T> Export<T> {
    /// The page of a part, and the bytes that say where the next one begins, if there is one.
    #[must_use]
    pub fn new(part: &'static str, data: T, next: Option<Vec<u8>>, now: Timestamp) -> Self {
        let next_cursor = next.map(|place| BASE64_URL_SAFE_NO_PAD.encode(place));
        Self { format: "export/1", part, generated_at: now.to_string(), data, next_cursor }
    }
}
