//! The bodies: for each provider one, and what of it differs by status (a JSON merge patch). Words that begin with `$` stand for
//! what differs by report.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use kyc::providers::KycStatus;
use serde::Deserialize;
use serde_json::{Value, json};

static SAMPLES: LazyLock<BTreeMap<String, Sample>> =
    LazyLock::new(|| serde_json::from_str(include_str!("samples.json")).unwrap_or_default());

#[derive(Deserialize)]
struct Sample {
    body: Value,
    /// By the name of the status.
    statuses: BTreeMap<String, Value>,
}

/// What the words stand for.
pub(super) struct Facts<'a> {
    pub(super) event: &'a str,
    pub(super) user: &'a str,
    pub(super) session: &'a str,
    pub(super) occurred_at: Timestamp,
}

/// The statuses that a provider can say.
pub(super) fn statuses(provider: &str) -> Vec<KycStatus> {
    let sayable =
        |status: &KycStatus| SAMPLES.get(provider).is_some_and(|sample| sample.statuses.contains_key(status.as_str()));
    KycStatus::ALL.into_iter().filter(sayable).collect()
}

/// The body with which a provider says this status; none if it cannot.
pub(super) fn body(provider: &str, status: KycStatus, facts: &Facts<'_>) -> Option<String> {
    let sample = SAMPLES.get(provider)?;
    let mut body = sample.body.clone();
    merge(&mut body, sample.statuses.get(status.as_str())?);
    fill(&mut body, facts);
    Some(body.to_string())
}

fn merge(target: &mut Value, patch: &Value) {
    let (Value::Object(members), Value::Object(changes)) = (&mut *target, patch) else {
        *target = patch.clone();
        return;
    };
    for (name, change) in changes {
        if change.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name.as_str()).or_insert(Value::Null), change);
        }
    }
}

fn fill(value: &mut Value, facts: &Facts<'_>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, facts)),
        Value::Object(members) => members.values_mut().for_each(|member| fill(member, facts)),
        Value::String(word) => {
            let at = facts.occurred_at;
            *value = match word.as_str() {
                "$event" => json!(facts.event),
                "$user" => json!(facts.user),
                "$session" => json!(facts.session),
                "$time" => json!(format!("{at:.3}")),
                "$utc" => json!(at.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string()),
                "$second" => json!(at.as_second()),
                _ => return,
            };
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use kyc::providers::ALL;

    use super::*;

    #[test]
    fn every_provider_has_a_body_and_no_word_in_it_is_left_over() {
        let facts = Facts { event: "e", user: "u", session: "s", occurred_at: Timestamp::UNIX_EPOCH };
        for provider in ALL {
            let statuses = statuses(provider.id);
            assert!(statuses.contains(&KycStatus::Approved), "{}", provider.id);
            assert_eq!(statuses.len(), SAMPLES[provider.id].statuses.len(), "{}: a name that is none", provider.id);
            for status in statuses {
                let body = body(provider.id, status, &facts).unwrap();
                assert!(!body.contains('$'), "{body}");
            }
        }
        assert_eq!(SAMPLES.len(), ALL.len());
    }

    #[test]
    fn a_patch_adds_replaces_and_removes() {
        let mut value = json!({"a": {"b": 1, "c": 2}, "d": [3]});
        merge(&mut value, &json!({"a": {"b": null, "e": {"f": 4}}, "d": "x"}));
        assert_eq!(value, json!({"a": {"c": 2, "e": {"f": 4}}, "d": "x"}));
    }
}
