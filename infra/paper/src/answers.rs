//! What an exchange answers, out of the JSON files beside its code. The bodies have the shapes of recorded answers.

use std::collections::BTreeMap;

use api_keys::exchanges::ConnectionStatus;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What every exchange answers unless its own file says otherwise.
const EVERY: &str = include_str!("exchanges/every.json");

/// What the exchange finds. For each of the first ones it has a demo key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Case {
    /// A key that trades.
    Ok,
    /// A key that can send funds away.
    Withdraw,
    /// A key that is limited to other addresses.
    WrongIp,
    /// A key whose time is over.
    Expired,
    /// Too many requests.
    RateLimited,
    /// Nobody works there now.
    Down,
    /// A key of the testnet.
    Testnet,
    /// A key of paper trading.
    Demo,
    /// Signed with another secret.
    BadSecret,
    /// Another passphrase.
    BadPassphrase,
    /// No such key.
    UnknownKey,
    /// A key of another environment; where no answer stands for it, such a key is unknown.
    WrongEnvironment,
    /// The moment has passed, or has not come, or was seen before.
    Stale,
}

/// One answer of an exchange.
#[derive(Clone, Debug)]
pub(crate) struct RecordedAnswer {
    pub(crate) http: u16,
    /// What the function should make of it.
    pub(crate) means: ConnectionStatus,
    /// `$key` stands for the key that was asked about; see [`Demo::fill`](crate::credentials::Demo::fill).
    pub(crate) body: String,
    /// Seconds until it makes sense to ask again.
    pub(crate) retry_after: Option<u32>,
}

/// All answers of one exchange.
pub(crate) struct Answers {
    cases: BTreeMap<Case, RecordedAnswer>,
    /// Paths with an answer of their own for a key that is described, beside the one that has that of the case.
    paths: BTreeMap<String, RecordedAnswer>,
}

/// Why the answers of an exchange cannot be played.
#[derive(Debug, thiserror::Error)]
#[error("the answers of {exchange}: {reason}")]
pub struct Unreadable {
    /// The exchange's name on the wire.
    exchange: &'static str,
    /// What is wrong with its files.
    reason: String,
}

/// An answer as a file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    when: Vec<Case>,
    path: Option<String>,
    http: u16,
    means: ConnectionStatus,
    retry_after: Option<u32>,
    /// JSON, or a text that is something else.
    #[serde(default)]
    body: Value,
    /// Instead of a body: what in that of [`Case::Ok`] is different, by JSON pointers.
    as_ok_but: Option<BTreeMap<String, Value>>,
}

impl Case {
    /// Its name in files and on the page.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Withdraw => "withdraw",
            Self::WrongIp => "wrong_ip",
            Self::Expired => "expired",
            Self::RateLimited => "rate_limited",
            Self::Down => "down",
            Self::Testnet => "testnet",
            Self::Demo => "demo",
            Self::BadSecret => "bad_secret",
            Self::BadPassphrase => "bad_passphrase",
            Self::UnknownKey => "unknown_key",
            Self::WrongEnvironment => "wrong_environment",
            Self::Stale => "stale",
        }
    }

    /// Whether a key decides it, whatever it is used with.
    pub(crate) const fn is_of_a_key(self) -> bool {
        !matches!(self, Self::BadSecret | Self::BadPassphrase | Self::UnknownKey | Self::WrongEnvironment | Self::Stale)
    }

    /// Whether the exchange describes the key, if only as expired.
    pub(crate) const fn is_described(self) -> bool {
        matches!(self, Self::Ok | Self::Withdraw | Self::Expired | Self::Testnet | Self::Demo)
    }
}

impl Answers {
    /// Reads the files of an exchange. Of two answers to one case the first counts.
    pub(crate) fn read(exchange: &'static str, files: &[&str]) -> Result<Self, Unreadable> {
        let unreadable = |reason| Unreadable { exchange, reason };
        let mut written: Vec<Written> = Vec::new();
        for file in files.iter().chain([&EVERY]) {
            written.extend(serde_json::from_str::<Vec<_>>(file).map_err(|error| unreadable(error.to_string()))?);
        }
        let ok = written.iter().find(|answer| answer.when.contains(&Case::Ok)).map(|answer| answer.body.clone());
        let mut answers = Self { cases: BTreeMap::new(), paths: BTreeMap::new() };
        for Written { when, path, http, means, retry_after, mut body, as_ok_but } in written {
            if let Some(changes) = as_ok_but {
                body = ok.clone().unwrap_or_default();
                for (pointer, value) in changes {
                    set(&mut body, &pointer, value).ok_or_else(|| unreadable(format!("{pointer} leads nowhere")))?;
                }
            }
            let answer = RecordedAnswer { http, means, body: text(body), retry_after };
            for case in when {
                answers.cases.entry(case).or_insert_with(|| answer.clone());
            }
            answers.paths.extend(path.map(|path| (path, answer)));
        }
        let needed = [Case::Ok, Case::RateLimited, Case::Down, Case::BadSecret, Case::UnknownKey, Case::Stale];
        match needed.into_iter().find(|case| answers.to(*case).is_none()) {
            Some(missing) => Err(unreadable(format!("none to {}", missing.as_str()))),
            None => Ok(answers),
        }
    }

    /// The answer to a case.
    pub(crate) fn to(&self, case: Case) -> Option<&RecordedAnswer> {
        self.cases.get(&case)
    }

    /// What this path answers of a key that is described.
    pub(crate) fn at(&self, path: &str) -> Option<&RecordedAnswer> {
        self.paths.get(path)
    }

    /// The cases that keys decide, in the order of the page, with their answers.
    pub(crate) fn of_keys(&self) -> impl Iterator<Item = (Case, &RecordedAnswer)> {
        self.cases.iter().filter(|(case, _)| case.is_of_a_key()).map(|(case, answer)| (*case, answer))
    }
}

impl RecordedAnswer {
    /// A text of our own.
    pub(crate) fn plain(http: u16, body: &str) -> Self {
        Self { http, means: ConnectionStatus::UnrecognisedResponse, body: body.to_owned(), retry_after: None }
    }

    /// JSON, or what it is instead.
    pub(crate) fn content_type(&self) -> &'static str {
        match self.body.as_bytes().first() {
            Some(b'{' | b'[' | b'n') => "application/json",
            Some(b'<') => "text/html",
            _ => "text/plain",
        }
    }
}

fn text(body: Value) -> String {
    match body {
        Value::String(text) => text,
        json => json.to_string(),
    }
}

/// Puts a value where a JSON pointer leads; a member of an object may be new.
fn set(json: &mut Value, pointer: &str, value: Value) -> Option<()> {
    let (parent, name) = pointer.rsplit_once('/')?;
    match json.pointer_mut(parent)? {
        Value::Object(members) => {
            members.insert(name.to_owned(), value);
        }
        Value::Array(items) => *items.get_mut(name.parse::<usize>().ok()?)? = value,
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchanges::ALL;

    const REFUSED: &str =
        r#"{"when": ["rate_limited", "bad_secret", "unknown_key", "stale"], "http": 400, "means": "invalid_key"}"#;

    fn read(answers: &str) -> Result<Answers, String> {
        Answers::read("x", &[&format!("[{answers}]")]).map_err(|error| error.to_string())
    }

    fn ok(more: &str) -> String {
        format!(r#"{{"when": ["ok"], "http": 200, "means": "ok", "body": {{"a": [1, 2]}}}}, {REFUSED}{more}"#)
    }

    #[test]
    fn every_exchange_can_be_played() {
        for exchange in ALL {
            let answers = Answers::read(exchange.id, exchange.answers);
            assert!(answers.is_ok(), "{}", answers.err().unwrap());
        }
    }

    #[test]
    fn what_differs_from_the_answer_to_a_key_that_trades_is_enough() {
        let more = r#", {"when": ["withdraw"], "http": 200, "means": "ok", "as_ok_but": {"/a/1": 3, "/b": "c"}}"#;
        let answers = read(&ok(more)).unwrap();
        assert_eq!(answers.to(Case::Withdraw).unwrap().body, r#"{"a":[1,3],"b":"c"}"#);
        assert_eq!(answers.to(Case::Ok).unwrap().body, r#"{"a":[1,2]}"#);
        for pointer in ["/a/2", "/a/b", "/c/d", "a"] {
            let more =
                format!(r#", {{"when": ["withdraw"], "http": 200, "means": "ok", "as_ok_but": {{"{pointer}": 3}}}}"#);
            assert_eq!(read(&ok(&more)).err(), Some(format!("the answers of x: {pointer} leads nowhere")));
        }
    }

    #[test]
    fn the_first_answer_to_a_case_counts_and_none_may_be_missing() {
        let mut answers = read(&ok(r#", {"when": ["down"], "http": 500, "means": "ok", "body": "gone"}"#)).unwrap();
        assert_eq!(
            (answers.to(Case::Down).unwrap().http, answers.to(Case::Down).unwrap().body.as_str()),
            (500, "gone")
        );
        answers = read(&ok("")).unwrap();
        assert_eq!(answers.to(Case::Down).unwrap().http, 503);
        assert_eq!(read(REFUSED).err(), Some("the answers of x: none to ok".to_owned()));
        assert!(read(&ok(r#", {"when": ["gone"], "http": 500, "means": "ok"}"#)).is_err());
        assert!(read(&ok(r#", {"when": ["demo"], "htpp": 500, "http": 500, "means": "ok"}"#)).is_err());
    }
}
