//! Answers against the recorded ones.

use std::{collections::BTreeSet, sync::Arc};

use compat::json::{self, Json};
use tests::Reply;

const REFUSED_ADDRESS: &str = "value is not a valid email address: ";

/// What of an answer is not as it should be, if anything.
pub fn difference(case: &Json, base: &str, reply: &Reply, wanted: &Json) -> Option<String> {
    let status = Json::Int(reply.status.to_string());
    if member(wanted, "status").is_some_and(|wanted| *wanted != status) {
        return Some(format!("status {status:?}, body {}", reply.text));
    }
    if items(member(wanted, "status_not").unwrap_or(&Json::Null)).contains(&status) {
        return Some(format!("status {status:?}"));
    }
    for (name, wanted) in members(member(wanted, "headers")) {
        let found = reply.header(name).map(|value| value.replace(base, "{BASE}"));
        let is_free = name == "content-type" && *wanted == Json::Null;
        if !is_free && found.as_deref() != wanted.as_str() {
            return Some(format!("header {name}: {found:?} instead of {wanted:?}"));
        }
    }
    if let Some(shape) = member(wanted, "shape_if_200").filter(|_| reply.status == 200) {
        return misshapen(shape, &body(reply));
    }
    // The gateway drops the body of an answer to HEAD.
    let Json::Object(wanted) = wanted else { return None };
    let wanted = wanted.get("body").filter(|_| text(case, "method") != Some("HEAD"))?;
    let (wanted, found) = (loosened(wanted), loosened(&body(reply)));
    (wanted != found).then(|| format!("body {found:?}\n     instead of {wanted:?}"))
}

fn body(reply: &Reply) -> Json {
    if reply.text.is_empty() { Json::Null } else { json::parse(reply.text.as_bytes()).unwrap() }
}

fn misshapen(shape: &Json, found: &Json) -> Option<String> {
    match shape {
        Json::Null => None,
        Json::String(kind) => {
            let fits = match kind.trim_end_matches('?') {
                "any" => true,
                "str" => matches!(found, Json::String(_)),
                "bool" => matches!(found, Json::Bool(_)),
                "int" => matches!(found, Json::Int(_)),
                other => panic!("unknown kind {other}"),
            };
            let fits = fits || (kind.ends_with('?') && *found == Json::Null);
            (!fits).then(|| format!("{found:?} is no {kind}"))
        }
        shape if member(shape, "*").is_some() => {
            members(Some(found)).find_map(|(_, value)| misshapen(member(shape, "*").unwrap(), value))
        }
        _ if *found == Json::Null => None,
        shape => {
            let names = |value| members(Some(value)).map(|(name, _)| name.clone()).collect::<BTreeSet<_>>();
            if names(shape) != names(found) {
                return Some(format!("keys {:?}", names(found)));
            }
            members(Some(shape)).find_map(|(name, shape)| misshapen(shape, member(found, name).unwrap_or(&Json::Null)))
        }
    }
}

/// A body without the words of a refused address.
fn loosened(body: &Json) -> Json {
    let (Json::Object(members), Some(Json::Array(entries))) = (body, member(body, "detail")) else {
        return body.clone();
    };
    let entries = entries.iter().map(|entry| match entry {
        Json::Object(members) if text(entry, "msg").is_some_and(|words| words.starts_with(REFUSED_ADDRESS)) => {
            let mut loose = members.as_ref().clone();
            loose.insert("msg".to_owned(), Json::String(REFUSED_ADDRESS.to_owned()));
            let is_reason = member(entry, "ctx").and_then(|context| text(context, "reason")).is_some();
            loose.insert("ctx".to_owned(), Json::Bool(is_reason));
            Json::Object(Arc::new(loose))
        }
        entry => entry.clone(),
    });
    let mut loose = members.as_ref().clone();
    loose.insert("detail".to_owned(), Json::Array(Arc::new(entries.collect())));
    Json::Object(Arc::new(loose))
}

pub fn items_of<'a>(value: &'a Json, name: &str) -> &'a [Json] {
    member(value, name).map_or(&[], items)
}

pub fn member<'a>(value: &'a Json, name: &str) -> Option<&'a Json> {
    match value {
        Json::Object(members) => members.get(name).filter(|value| **value != Json::Null),
        _ => None,
    }
}

pub fn text<'a>(value: &'a Json, name: &str) -> Option<&'a str> {
    member(value, name).and_then(Json::as_str)
}

pub fn items(value: &Json) -> &[Json] {
    match value {
        Json::Array(items) => items,
        _ => &[],
    }
}

pub fn members(value: Option<&Json>) -> impl Iterator<Item = (&String, &Json)> {
    let members = match value {
        Some(Json::Object(members)) => Some(members),
        _ => None,
    };
    members.into_iter().flat_map(|members| members.iter())
}
