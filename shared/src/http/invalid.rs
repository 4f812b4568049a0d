//! A broken rule, where it was broken and by what.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

use super::{field::FieldError, json::Json};

/// One entry of a 422's `detail`.
#[derive(Serialize)]
pub struct Invalid {
    #[serde(rename = "type")]
    kind: &'static str,
    loc: Vec<Value>,
    msg: String,
    input: Json,
    #[serde(skip_serializing_if = "Option::is_none")]
    ctx: Option<Value>,
}

/// Without the input, which may be a password.
impl fmt::Debug for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invalid").field("kind", &self.kind).field("loc", &self.loc).finish_non_exhaustive()
    }
}

impl Invalid {
    pub(crate) fn unechoed(part: &'static str, field: &'static str, flaw: FieldError) -> Self {
        Self::new(vec![json!(part), json!(field)], Json::Null, flaw)
    }

    pub(super) fn new(loc: Vec<Value>, input: Json, flaw: FieldError) -> Self {
        Self { kind: flaw.kind, loc, msg: flaw.text, input, ctx: flaw.context }
    }
}
