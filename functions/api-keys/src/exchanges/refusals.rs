//! What refusals mean. Every exchange has a table of its own; how tables are read stands here: the code first, then words, the
//! HTTP status last.

use super::{ConnectionStatus, ExchangeAnswer, Interpretation};

/// What means what: statuses, each with the codes or the phrases that mean it.
type Table = &'static [(ConnectionStatus, &'static [&'static str])];

/// The refusals of one exchange that a connection test can get, and those that mean one thing whatever was asked: too many
/// requests, an outage, a suspended account. Refusals of orders, loans and withdrawals are left out.
pub(super) struct RefusalTable {
    /// Codes that mean one thing, numbers among them in digits.
    pub(super) codes: Table,
    /// Codes that mean several: the text that comes along decides, by phrases in lower case. An empty phrase is in every text.
    pub(super) mixed: &'static [(&'static str, Table)],
    /// Phrases in lower case, for refusals whose code is not known or that have none.
    pub(super) words: Table,
    /// HTTP statuses that mean something else here than elsewhere.
    pub(super) http: &'static [(u16, ConnectionStatus)],
}

/// Phrases that have one meaning at all exchanges. Maintenance alone has several: margins are maintained, too.
const WORDS: Table = &[
    // Before outages: "Service unavailable from a restricted location" is none.
    (
        ConnectionStatus::GeoBlocked,
        &[
            "restricted location",
            "your country",
            "your region",
            "country or region",
            "country/region",
            "unavailable in the u.s",
        ],
    ),
    (
        ConnectionStatus::RateLimited,
        &[
            "too many requests",
            "too many visits",
            "too frequent",
            "rate limit",
            "request limit",
            "request frequency",
            "access frequency",
            "frequency of requests",
        ],
    ),
    (
        ConnectionStatus::ExchangeUnavailable,
        &[
            "under maintenance",
            "in maintenance",
            "for maintenance",
            "undergoing maintenance",
            "scheduled maintenance",
            "system maintenance",
            "system busy",
            "system is busy",
            "server is busy",
            "service unavailable",
            "service temporarily unavailable",
            "service is temporarily unavailable",
            "internal server error",
        ],
    ),
];

impl RefusalTable {
    /// No tables: what all exchanges share.
    pub(super) const NONE: Self = Self { codes: &[], mixed: &[], words: &[], http: &[] };

    /// What a refusal means. `text` is whatever the exchange says beside the code, and the body itself where it is a plain text;
    /// it is looked at and goes nowhere.
    pub(super) fn read(&self, answer: &ExchangeAnswer, code: Option<&str>, text: &str) -> Interpretation {
        let known = self.known(code, answer.plain().unwrap_or(text));
        known.unwrap_or_else(|| self.by_http_status(answer))
    }

    /// What its code or its words mean; `None` when the tables know neither.
    pub(super) fn known(&self, code: Option<&str>, text: &str) -> Option<Interpretation> {
        // Some exchanges have words in the code's place.
        let text = format!("{} {text}", code.unwrap_or_default()).to_lowercase();
        let by_code = code.and_then(|code| self.by_code(code, &text));
        let by_words = || meant_by(&text, self.words).or_else(|| meant_by(&text, WORDS));
        by_code.or_else(|| by_words().map(|status| Interpretation::Refused { status, code: None }))
    }

    fn by_code(&self, given: &str, text: &str) -> Option<Interpretation> {
        let mut plain = self.codes.iter();
        let mut mixed = self.mixed.iter();
        let plain = plain.find_map(|(status, codes)| Some((*status, codes.iter().find(|code| **code == given)?)));
        let mixed =
            || mixed.find(|(code, _)| *code == given).and_then(|(code, table)| Some((meant_by(text, table)?, code)));
        let (status, code) = plain.or_else(mixed)?;
        // The table's own code, never the text that was received.
        Some(Interpretation::Refused { status, code: Some((*code).to_owned()) })
    }

    fn by_http_status(&self, answer: &ExchangeAnswer) -> Interpretation {
        match self.http.iter().find(|(http, _)| *http == answer.status) {
            Some((_, status)) => Interpretation::Refused { status: *status, code: None },
            None => answer.by_http_status(),
        }
    }
}

/// The status of the first phrase that is in the text, which is in lower case.
fn meant_by(text: &str, table: Table) -> Option<ConnectionStatus> {
    table.iter().find(|(_, phrases)| phrases.iter().any(|phrase| text.contains(phrase))).map(|(status, _)| *status)
}
