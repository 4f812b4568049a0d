//! How writes and conditions become expressions of DynamoDB.

use std::{borrow::Cow, collections::HashMap};

use aws_sdk_dynamodb::types::AttributeValue;

use super::condition::Condition;

/// What a change is made to: an attribute, or an entry of one that is a map.
pub(super) struct Path {
    attribute: Cow<'static, str>,
    key: Option<String>,
}

impl Path {
    pub(super) fn of(attribute: impl Into<Cow<'static, str>>) -> Self {
        Self { attribute: attribute.into(), key: None }
    }

    pub(super) fn entry(map: &'static str, key: &str) -> Self {
        Self { attribute: map.into(), key: Some(key.to_owned()) }
    }
}

/// Names and values go in by placeholder, so no attribute can be a reserved word and no value can become syntax.
#[derive(Default)]
pub(super) struct Expression {
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Expression {
    fn name(&mut self, attribute: &str) -> String {
        let placeholder = format!("#{attribute}");
        self.names.insert(placeholder.clone(), attribute.to_owned());
        placeholder
    }

    /// Keys of entries are anybody's text, so their placeholders are numbered.
    fn path(&mut self, path: &Path) -> String {
        let attribute = self.name(&path.attribute);
        let Some(key) = &path.key else { return attribute };
        let placeholder = format!("{attribute}_{}", self.names.len());
        self.names.insert(placeholder.clone(), key.clone());
        format!("{attribute}.{placeholder}")
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    pub(super) fn changes(
        &mut self,
        changes: Vec<(Path, Option<AttributeValue>)>,
        add: Vec<(Cow<'static, str>, AttributeValue)>,
    ) -> String {
        let (mut set, mut remove) = (Vec::new(), Vec::new());
        for (path, value) in changes {
            let name = self.path(&path);
            match value {
                Some(value) => set.push(format!("{name} = {}", self.value(value))),
                None => remove.push(name),
            }
        }
        let clause = |word: &str, parts: &[String]| match parts {
            [] => String::new(),
            parts => format!("{word} {} ", parts.join(", ")),
        };
        let mut added = |(attribute, value): (Cow<'static, str>, AttributeValue)| {
            format!("{} {}", self.name(&attribute), self.value(value))
        };
        let add: Vec<_> = add.into_iter().map(&mut added).collect();
        clause("SET", &set) + &clause("REMOVE", &remove) + &clause("ADD", &add)
    }

    pub(super) fn conditions(&mut self, conditions: Vec<Condition>) -> Option<String> {
        let parts: Vec<_> = conditions.into_iter().map(|condition| self.condition(condition)).collect();
        (!parts.is_empty()).then(|| parts.join(" AND "))
    }

    fn condition(&mut self, condition: Condition) -> String {
        let (attribute, operator, value) = match condition {
            Condition::New => return format!("attribute_not_exists({})", self.name("pk")),
            Condition::Exists => return format!("attribute_exists({})", self.name("pk")),
            Condition::Equals(attribute, value) => (attribute, "=", value),
            Condition::OneOf(attribute, values) => {
                let values: Vec<_> = values.into_iter().map(|value| self.value(value)).collect();
                return format!("{} IN ({})", self.name(attribute), values.join(", "));
            }
            Condition::Above(attribute, value) => (attribute, ">", value),
            Condition::Below(attribute, value) => {
                let (name, value) = (self.name(&attribute), self.value(value));
                return format!("(attribute_not_exists({name}) OR {name} < {value})");
            }
            Condition::Smaller(attribute, members) => {
                let (name, value) = (self.name(attribute), self.value(AttributeValue::N(members.to_string())));
                return format!("(attribute_not_exists({name}) OR size({name}) < {value})");
            }
            Condition::Present(attribute) => return format!("attribute_exists({})", self.name(attribute)),
            Condition::Absent(attribute) => return format!("attribute_not_exists({})", self.name(attribute)),
        };
        format!("{} {operator} {}", self.name(attribute), self.value(value))
    }

    pub(super) fn names(&self) -> Option<HashMap<String, String>> {
        Some(self.names.clone()).filter(|names| !names.is_empty())
    }

    pub(super) fn values(self) -> Option<HashMap<String, AttributeValue>> {
        Some(self.values).filter(|values| !values.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_placeholders() {
        let mut expression = Expression::default();
        let changes = vec![(Path::of("ttl"), Some(AttributeValue::N("5".into()))), (Path::of("status"), None)];
        assert_eq!(
            expression.changes(changes, vec![("n".into(), AttributeValue::N("-1".into()))]),
            "SET #ttl = :v0 REMOVE #status ADD #n :v1 "
        );
        let smaller = Condition::Smaller("set", 3);
        let either = Condition::one_of("status", &["a", "b"]).unwrap();
        let above = Condition::above("ttl", &3).unwrap();
        let conditions = vec![Condition::Exists, above, Condition::Absent("end"), either, smaller];
        let expected = "attribute_exists(#pk) AND #ttl > :v2 AND attribute_not_exists(#end) AND #status IN (:v3, :v4) AND \
                        (attribute_not_exists(#set) OR size(#set) < :v5)";
        assert_eq!(expression.conditions(conditions).unwrap(), expected);
        assert_eq!(expression.names().unwrap()["#status"], "status");
        assert_eq!(expression.values().unwrap().len(), 6);
    }

    #[test]
    fn entries_of_a_map_are_paths_whatever_their_keys_are() {
        let mut expression = Expression::default();
        let value = || Some(AttributeValue::N("5".into()));
        let changes = vec![(Path::entry("m", "a-b.c"), value()), (Path::entry("m", "SET"), None)];
        let expected = "SET #m.#m_1 = :v0 REMOVE #m.#m_2 ADD #n :v1, #o :v2 ";
        assert_eq!(
            expression.changes(
                changes,
                vec![("n".into(), AttributeValue::N("1".into())), ("o".into(), AttributeValue::Ss(vec!["x".into()]))]
            ),
            expected
        );
        let names = expression.names().unwrap();
        assert_eq!((names["#m"].as_str(), names["#m_1"].as_str(), names["#m_2"].as_str()), ("m", "a-b.c", "SET"));
    }
}
