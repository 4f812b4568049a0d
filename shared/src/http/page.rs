//! Pages of a list: where one begins, and where the next one does.

use compat::validation::Flaw;

use super::{
    field::{Text, Whole},
    fields::{Fields, Input},
};
use crate::error::Error;

/// Which part of a list to show.
pub struct Page {
    limit: u16,
    cursor: Option<String>,
}

impl Input for Page {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let limit = fields.optional("limit", "How many at most; 50 by default");
        let cursor = fields.optional("cursor", "`next_cursor` of the page before");
        let values = fields.end()?;
        Some(Self {
            limit: values.of(limit)?.map_or(50, |Whole::<1, 100>(limit)| limit),
            cursor: values.of(cursor)?.map(|Text::<0>(cursor)| cursor),
        })
    }
}

impl Page {
    /// Where the page begins: what `open` finds in the cursor that the page before has given out.
    ///
    /// # Errors
    /// `Invalid` when it finds nothing.
    pub fn after<T>(&self, open: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Error> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        match open(cursor) {
            Some(place) => Ok(Some(place)),
            None => Err(Error::invalid("query", "cursor", Flaw::value("cursor is none that this list gave out"))),
        }
    }

    /// How many rows to look for: one more than the page has, so that a last page that is full is known to be the last.
    #[must_use]
    pub const fn rows(&self) -> u16 {
        self.limit + 1
    }

    /// The page out of the rows that were found, and the cursor of the next one where there are more rows.
    pub fn cut<T>(&self, mut found: Vec<T>, has_more: bool, cursor: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
        let limit = usize::from(self.limit);
        let has_more = has_more || found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| has_more).map(cursor);
        (found, next)
    }
}
