//! Statements of policies, and what each of them allows, one by one.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Permission;
use super::access::Access;
use super::names::{Names, written};

/// The services whose requests come by here. Who may use the others, the template says as well, and nobody asks here.
const ANSWERED: [&str; 3] = ["dynamodb", "kms", "ses"];

/// The one statement that may end a resource in a wildcard, and what there is before it: in its sandbox SES asks for the identities
/// of those who are written to.
const WIDE: (&str, &str) = ("SendAsOurselves", ":identity/");

/// A permission, as an access is held against it.
pub(super) struct Grant {
    pub(super) permission: Permission,
    /// The resource, for services that are answered here. It may end in a wildcard.
    arn: Option<String>,
    /// Condition keys with many values, each of which must be among these.
    within: Vec<(String, Vec<String>)>,
}

impl Grant {
    /// Whether it allows the access.
    pub(super) fn covers(&self, Access { action, resource, context }: &Access) -> bool {
        let values = |key: &String| context.get(key).map_or(&[][..], Vec::as_slice);
        self.permission.action == *action
            && self.arn.as_ref().is_some_and(|arn| match arn.strip_suffix('*') {
                Some(beginning) => resource.starts_with(beginning),
                None => arn == resource,
            })
            && self.permission.when.iter().all(|(key, value)| values(key) == [value.clone()])
            && self.within.iter().all(|(key, allowed)| values(key).iter().all(|value| allowed.contains(value)))
    }
}

/// A statement, and whose it is.
pub(super) struct Statement<'a> {
    /// The function, by the name of its binary.
    pub(super) function: &'a str,
    /// Logical id of the policy, or of the key whose policy it is.
    pub(super) policy: &'a str,
    pub(super) content: &'a Value,
}

impl Statement<'_> {
    /// One grant for each action, resource and choice of values, or what is not understood.
    pub(super) fn grants(&self, resources: &Value, names: &Names) -> Result<Vec<Grant>, String> {
        let sid = self.content["Sid"].as_str().ok_or_else(|| format!("{}: a statement without Sid", self.policy))?;
        let explain = |why: String| format!("{}, {sid}: {why}", self.policy);
        check(self.content).map_err(explain)?;
        let (choices, within) = conditions(&self.content["Condition"], names).map_err(explain)?;
        let mut grants = Vec::new();
        for action in list(&self.content["Action"]) {
            let action = action.as_str().filter(|action| !has_wildcard(action));
            let action = action.ok_or_else(|| explain("an action that is no plain name".to_owned()))?;
            for resource in list(resources).iter().filter_map(|resource| names.chosen(resource)) {
                let arn = arn(sid, action, resource, names).map_err(explain)?;
                for when in &choices {
                    let permission = Permission {
                        function: self.function.to_owned(),
                        policy: self.policy.to_owned(),
                        sid: sid.to_owned(),
                        action: action.to_owned(),
                        resource: written(resource),
                        when: when.clone(),
                    };
                    grants.push(Grant { permission, arn: arn.clone(), within: within.clone() });
                }
            }
        }
        Ok(grants)
    }
}

/// A value that may stand alone or in a list.
pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice)
}

/// There are allowances only, and what they consist of is known.
fn check(statement: &Value) -> Result<(), String> {
    const KNOWN: [&str; 6] = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];
    let members = statement.as_object().into_iter().flatten().map(|(name, _)| name);
    let unknown: Vec<_> = members.filter(|name| !KNOWN.contains(&name.as_str())).collect();
    match statement["Effect"].as_str() {
        Some("Allow") if unknown.is_empty() => Ok(()),
        Some("Allow") => Err(format!("{unknown:?} is not understood")),
        _ => Err("only allowances are understood".to_owned()),
    }
}

fn arn(sid: &str, action: &str, resource: &Value, names: &Names) -> Result<Option<String>, String> {
    let service = action.split(':').next().unwrap_or_default();
    if !ANSWERED.contains(&service) {
        return Ok(None);
    }
    let arn = names.text(resource)?;
    let before = arn.strip_suffix('*').filter(|before| sid == WIDE.0 && before.ends_with(WIDE.1)).unwrap_or(&arn);
    if has_wildcard(before) { Err(format!("{arn} is not one resource")) } else { Ok(Some(arn)) }
}

fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?', '$'])
}

fn members(value: &Value) -> Result<&Map<String, Value>, String> {
    value.as_object().ok_or_else(|| format!("{value} is no condition"))
}

type Choices = Vec<BTreeMap<String, String>>;
type Within = Vec<(String, Vec<String>)>;

/// Every choice of one value for each key that has one, and what keys with many values must keep to.
fn conditions(conditions: &Value, names: &Names) -> Result<(Choices, Within), String> {
    let mut choices = vec![BTreeMap::new()];
    let mut within = Vec::new();
    if conditions.is_null() {
        return Ok((choices, within));
    }
    for (operator, tests) in members(conditions)? {
        for (key, values) in members(tests)? {
            let values = list(values).iter().map(|value| names.text(value)).collect::<Result<Vec<_>, _>>()?;
            match operator.as_str() {
                "StringEquals" => {
                    let with = |value: &String| {
                        let value = value.clone();
                        choices.iter().cloned().map(move |mut choice| {
                            choice.insert(key.clone(), value.clone());
                            choice
                        })
                    };
                    choices = values.iter().flat_map(with).collect();
                }
                "ForAllValues:StringEquals" => within.push((key.clone(), values)),
                _ => return Err(format!("the operator {operator} is not understood")),
            }
        }
    }
    Ok((choices, within))
}
