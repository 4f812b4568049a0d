//! The `FilterCriteria` of an event source mapping.

use serde_json::Value;

/// Decides which records a function is given: those that match any of the patterns, or all if there are none.
#[derive(Clone, Debug)]
pub(crate) struct Filter(Vec<Rule>);

/// A pattern, or a part of it.
#[derive(Clone, Debug)]
enum Rule {
    /// Every named member matches its rule.
    Members(Vec<(String, Rule)>),
    /// The value matches one of the conditions.
    AnyOf(Vec<Condition>),
}

#[derive(Clone, Debug)]
enum Condition {
    Is(Value),
    Exists(bool),
}

impl Filter {
    /// Understands the criteria of a template, or names what it does not know. To skip a rule would be to feed too much.
    pub(crate) fn parse(criteria: &Value) -> Result<Self, String> {
        let filters = match &criteria["Filters"] {
            Value::Null => &Vec::new(),
            Value::Array(filters) => filters,
            other => return Err(format!("Filters is not a list: {other}")),
        };
        filters.iter().map(parse_pattern).collect::<Result<_, _>>().map(Self)
    }

    /// Whether the function wants this record.
    pub(crate) fn matches(&self, record: &Value) -> bool {
        self.0.is_empty() || self.0.iter().any(|rule| rule.matches(Some(record)))
    }
}

fn parse_pattern(filter: &Value) -> Result<Rule, String> {
    let text = filter["Pattern"].as_str().ok_or_else(|| format!("a filter without a Pattern: {filter}"))?;
    let pattern = serde_json::from_str(text).map_err(|error| format!("pattern {text} is not JSON: {error}"))?;
    Rule::parse(&pattern).map_err(|unknown| format!("pattern {text} uses what is not known here: {unknown}"))
}

impl Rule {
    fn parse(pattern: &Value) -> Result<Self, String> {
        match pattern {
            Value::Object(members) => {
                let parse = |(name, rule): (&String, &Value)| match name.as_str() {
                    "$or" => Err("$or".to_owned()),
                    _ => Ok((name.clone(), Self::parse(rule)?)),
                };
                members.iter().map(parse).collect::<Result<_, _>>().map(Self::Members)
            }
            Value::Array(conditions) => {
                conditions.iter().map(Condition::parse).collect::<Result<_, _>>().map(Self::AnyOf)
            }
            other => Err(other.to_string()),
        }
    }

    fn matches(&self, value: Option<&Value>) -> bool {
        match self {
            Self::Members(members) => {
                members.iter().all(|(name, rule)| rule.matches(value.and_then(|value| value.get(name))))
            }
            Self::AnyOf(conditions) => conditions.iter().any(|condition| condition.matches(value)),
        }
    }
}

impl Condition {
    fn parse(condition: &Value) -> Result<Self, String> {
        match condition {
            Value::Array(_) => Err(condition.to_string()),
            Value::Object(members) => match (members.len(), members.get("exists")) {
                (1, Some(Value::Bool(exists))) => Ok(Self::Exists(*exists)),
                _ => Err(condition.to_string()),
            },
            literal => Ok(Self::Is(literal.clone())),
        }
    }

    fn matches(&self, value: Option<&Value>) -> bool {
        match self {
            Self::Is(literal) => value == Some(literal),
            Self::Exists(exists) => value.is_some() == *exists,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filter(pattern: &str) -> Result<Filter, String> {
        Filter::parse(&json!({"Filters": [{"Pattern": pattern}]}))
    }

    #[test]
    fn literals_and_existence_decide() {
        let filter =
            filter(r#"{"eventName":["INSERT","MODIFY"],"dynamodb":{"NewImage":{"kind":{"S":[{"exists":true}]}}}}"#);
        let filter = filter.unwrap();
        let record = |name: &str, image: Value| json!({"eventName": name, "dynamodb": {"NewImage": image}});
        assert!(filter.matches(&record("INSERT", json!({"kind": {"S": "verify"}}))));
        assert!(filter.matches(&record("MODIFY", json!({"kind": {"S": "verify"}}))));
        assert!(!filter.matches(&record("REMOVE", json!({"kind": {"S": "verify"}}))));
        assert!(!filter.matches(&record("INSERT", json!({"kind": {"N": "1"}}))));
        assert!(!filter.matches(&record("INSERT", Value::Null)));
    }

    #[test]
    fn absence_can_be_asked_for() {
        let filter = filter(r#"{"dynamodb":{"NewImage":{"held":{"BOOL":[{"exists":false}]}}}}"#).unwrap();
        assert!(filter.matches(&json!({"dynamodb": {"NewImage": {}}})));
        assert!(!filter.matches(&json!({"dynamodb": {"NewImage": {"held": {"BOOL": true}}}})));
    }

    #[test]
    fn no_filter_wants_everything_and_several_want_any() {
        assert!(Filter::parse(&Value::Null).unwrap().matches(&json!({})));
        let two = json!({"Filters": [{"Pattern": r#"{"a":[1]}"#}, {"Pattern": r#"{"a":[2]}"#}]});
        let two = Filter::parse(&two).unwrap();
        assert!(two.matches(&json!({"a": 2})));
        assert!(!two.matches(&json!({"a": 3})));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for pattern in [
            r#"{"a":[{"prefix":"x"}]}"#,
            r#"{"a":[{"exists":"yes"}]}"#,
            r#"{"a":[{"exists":true,"prefix":"x"}]}"#,
            r#"{"a":"x"}"#,
            r#"{"$or":[{"a":[1]}]}"#,
            "{",
        ] {
            assert!(filter(pattern).is_err(), "{pattern}");
        }
    }
}
