//! Answers and letters as they are kept in `tests/snapshots`: a page for each endpoint and each letter. What differs from run to run is
//! left out of them, and must have the form that it should have.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use local::Mail;
use serde_json::{Value, json};
use shared::time::Timestamp;
use uuid::Uuid;

use crate::{document, event::Reply};

/// A page of `tests/snapshots`, in the making.
#[derive(Default)]
pub struct Page(String);

impl Page {
    /// Adds an answer, and in words of the test what it answers.
    ///
    /// # Panics
    /// When something in it has another form than its name says.
    pub fn answer(&mut self, what: &str, reply: &Reply) {
        self.head(what, reply);
        if !reply.text.is_empty() {
            self.part(&serde_json::to_string_pretty(&without_chance("", &reply.body)).expect("JSON"));
        }
    }

    /// Adds an answer but for its body, which lies in the repository as it is sent.
    ///
    /// # Panics
    /// When its body has another length than it says.
    pub fn head(&mut self, what: &str, reply: &Reply) {
        let (method, path) = asked(reply);
        self.section(what, &format!("{method} {path} -> {}", reply.status));
        let members = reply.headers.as_object().into_iter().flatten();
        let headers = members.map(|(name, value)| (name.as_str(), value.as_str().expect("a header")));
        let headers: BTreeMap<_, _> = headers.collect();
        // What is compressed is no text, and comes as base64.
        if !headers.contains_key("content-encoding") {
            let length = headers.get("content-length").and_then(|length| length.parse().ok());
            assert_eq!(length, Some(reply.text.len()), "the length that an answer to {} says", reply.asked);
        }
        let told = headers.into_iter().filter(|(name, _)| *name != "content-length");
        self.part(
            &told.map(|(name, value)| format!("{name}: {}", kept_header(name, value))).collect::<Vec<_>>().join("\n"),
        );
    }

    /// Adds a letter whose link, if it has one, works until then.
    ///
    /// # Panics
    /// When it has a token that is none, or does not say until when its link works.
    pub fn letter(&mut self, what: &str, mail: &Mail, until: Option<Timestamp>) {
        let moments = until.map(|until| (until, "[until]"));
        self.mail(what, mail, moments.as_slice());
    }

    /// Adds a letter about something that has happened at a moment, and that may be about one to come.
    ///
    /// # Panics
    /// When it has a token that is none, or does not name the moments.
    pub fn notice(&mut self, what: &str, mail: &Mail, at: Timestamp, due: Option<Timestamp>) {
        let moments = [(at, "[at]")].into_iter().chain(due.map(|due| (due, "[due]")));
        self.mail(what, mail, &moments.collect::<Vec<_>>());
    }

    fn mail(&mut self, what: &str, mail: &Mail, moments: &[(Timestamp, &str)]) {
        let tokens: BTreeSet<_> = mail.links.iter().filter_map(|link| Some(link.split_once("token=")?.1)).collect();
        let kept = |text: &str| {
            let text = tokens.iter().fold(text.to_owned(), |text, token| {
                assert!(is_base64url(token, 32..), "no token of a link: {token}");
                text.replace(token, "[token]")
            });
            moments.iter().fold(text, |text, (moment, name)| {
                let moment = moment.in_words();
                assert!(text.contains(&moment), "it does not say {moment}: {text}");
                text.replace(&moment, name)
            })
        };
        self.section(what, &format!("From: {}\nTo: {}\nSubject: {}", mail.from, mail.to, mail.subject));
        self.part(&kept(mail.text.as_deref().expect("a part in plain text")));
        self.part(&kept(mail.html.as_deref().expect("a part in HTML")));
    }

    fn section(&mut self, what: &str, line: &str) {
        self.part(&format!("## {what}\n{line}"));
    }

    fn part(&mut self, text: &str) {
        self.0 += text.trim_end();
        self.0 += "\n\n";
    }

    /// Holds the page against the kept one of this name in a folder of `tests/snapshots`.
    ///
    /// # Panics
    /// When they differ, or there is none.
    pub fn is_kept(self, folder: &str, name: &str) {
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path(folder_of_all().join(folder));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name, self.0));
    }
}

/// Method, path and status of every answer that is kept in any page.
///
/// # Panics
/// When there are no pages.
#[must_use]
pub fn kept_answers() -> Vec<(String, String, u64)> {
    let folders = fs::read_dir(folder_of_all()).expect("snapshots").map(|folder| folder.expect("a folder").path());
    let pages = folders.flat_map(|folder| fs::read_dir(folder).expect("a folder"));
    let texts = pages.map(|page| fs::read_to_string(page.expect("a page").path()).expect("text"));
    let answers = |text: String| {
        let lines = text.lines().filter_map(|line| {
            let (asked, status) = line.split_once(" -> ")?;
            let (method, path) = asked.split_once(' ')?;
            Some((method.to_owned(), path.to_owned(), status.parse().ok()?))
        });
        lines.collect::<Vec<_>>()
    };
    texts.flat_map(answers).collect()
}

fn folder_of_all() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("snapshots")
}

/// Method and path, which names no id.
fn asked(reply: &Reply) -> (&str, String) {
    let mut words = reply.asked.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let parts = path.split('/').map(|part| if is_id(part) { "[id]" } else { part });
    (method, parts.collect::<Vec<_>>().join("/"))
}

/// Of anything; a device's is no UUID, and longer than any word of a path.
fn is_id(part: &str) -> bool {
    Uuid::try_parse(part).is_ok() || is_base64url(part, 22..)
}

/// What is kept of a header's value.
fn kept_header(name: &str, value: &str) -> String {
    if name == "x-challenge" {
        let parts: Vec<_> = value.split(';').collect();
        assert!(matches!(parts[..], ["pow", token, "18" | "21"] if is_base64url(token, 66..)), "no challenge: {value}");
        return format!("pow;[token];{}", parts[2]);
    }
    if name != "x-device-token" {
        return without_hashes(value);
    }
    assert!(value.len() == 22 && is_base64url(value, 22..), "no token of a device: {value}");
    "[device token]".to_owned()
}

/// A policy without the hashes of what a page holds. That they are right is tested beside the page.
fn without_hashes(policy: &str) -> String {
    let words = policy.split(' ').map(|word| match word.strip_prefix("'sha256-") {
        Some(hash) => word.replace(hash.trim_end_matches([';', '\'']), "[hash]"),
        None => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A value whose members that chance or the clock has made are replaced by what they are.
fn without_chance(name: &str, value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), without_chance(name, value))).collect()
        }
        Value::Array(values) => values.iter().map(|value| without_chance(name, value)).collect(),
        Value::Number(_) | Value::String(_) => match of_chance(name, value) {
            Some((placeholder, true)) => json!(placeholder),
            Some((placeholder, false)) => panic!("{name} is no {placeholder}: {value}"),
            None => value.clone(),
        },
        Value::Null | Value::Bool(_) => value.clone(),
    }
}

/// What a member of this name is, where it is made by chance or the clock, and whether the value has its form.
fn of_chance(name: &str, value: &Value) -> Option<(&'static str, bool)> {
    let text = value.as_str().unwrap_or_default();
    match name {
        // Of a device, or as passkeys name themselves and whose they are.
        "id" if Uuid::try_parse(text).is_err() && is_base64url(text, 22..) => Some(("[base64url]", true)),
        // The relying party: a domain.
        "id" if text.contains('.') => None,
        "id" | "user_id" | "key_id" | "session_id" => Some(("[UUID]", Uuid::try_parse(text).is_ok())),
        "at" | "until" => Some(("[time]", is_time(text))),
        _ if name.ends_with("_at") && value.is_number() => Some(("[Unix time]", is_unix_time(value))),
        _ if name.ends_with("_at") => Some(("[time]", is_time(text))),
        // Zero where nothing is fresh.
        "fresh_until" if value == 0 => None,
        "fresh_until" => Some(("[Unix time]", is_unix_time(value))),
        _ if name.ends_with("_until") => Some(("[time]", is_time(text))),
        "access_token" => Some(("[JWT]", is_jwt(text))),
        "refresh_token" => Some((
            "[refresh token]",
            text.split('.').all(|part| is_base64url(part, 32..) || Uuid::try_parse(part).is_ok()),
        )),
        "next_cursor" => Some(("[cursor]", is_base64url(text, 1..))),
        "token" | "challenge" | "enrolment" => Some(("[token]", is_base64url(text, 32..))),
        // Those of exchanges are of nobody's chance.
        "secret" if is_base32(text) => Some(("[base32]", true)),
        "uri" => Some(("[otpauth URI]", text.starts_with("otpauth://totp/"))),
        "qr_svg" => Some(("[SVG]", text.starts_with("<svg") && text.ends_with("</svg>"))),
        "recovery_codes" => Some(("[recovery code]", is_recovery_code(text))),
        "kid" | "x" | "y" => Some(("[base64url]", is_base64url(text, 32..))),
        "latency_ms" => Some(("[milliseconds]", value.as_u64().is_some_and(|taken| taken < 60_000))),
        _ => None,
    }
}

/// As RFC 3339 has it, in UTC.
fn is_time(text: &str) -> bool {
    document::is_formatted("date-time", text)
}

/// A second of these decades.
fn is_unix_time(value: &Value) -> bool {
    value.as_u64().is_some_and(|second| (1_700_000_000..4_000_000_000).contains(&second))
}

/// Header, claims and signature.
fn is_jwt(text: &str) -> bool {
    text.split('.').count() == 3 && text.split('.').all(|part| is_base64url(part, 16..))
}

/// 160 bits.
fn is_base32(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'))
}

/// Four groups of four.
fn is_recovery_code(text: &str) -> bool {
    let is_group =
        |group: &str| group.len() == 4 && group.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    text.split('-').count() == 4 && text.split('-').all(is_group)
}

fn is_base64url(text: &str, lengths: std::ops::RangeFrom<usize>) -> bool {
    let of_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    lengths.contains(&text.len()) && text.bytes().all(of_alphabet)
}
