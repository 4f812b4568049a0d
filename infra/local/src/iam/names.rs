//! What the template's references stand for here, and how things are called in ARNs.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::Options;
use crate::kms::ACCOUNT;

/// Parameters, pseudo parameters and resources by name, as `!Ref`, `!GetAtt` and `!Sub` use them.
pub(super) struct Names {
    known: BTreeMap<String, String>,
    region: String,
    is_prod: bool,
}

impl Names {
    /// Those of a stack that is called like the tables' prefix.
    pub(super) fn new(resources: &Map<String, Value>, options: &Options, keys: &BTreeMap<String, String>) -> Self {
        let Options { region, table_prefix, sender, configuration_set, stage, .. } = options;
        let is_prod = stage == "prod";
        let mut names = Self { known: BTreeMap::new(), region: region.clone(), is_prod };
        let settings = [
            ("AWS::Partition", "aws"),
            ("AWS::URLSuffix", "amazonaws.com"),
            ("AWS::AccountId", ACCOUNT),
            ("AWS::Region", region),
            ("AWS::StackName", table_prefix),
            ("Stage", stage),
            ("MailFrom", sender),
            ("MailIdentity", domain(sender)),
        ];
        names.known.extend(settings.map(|(name, value)| (name.to_owned(), value.to_owned())));
        names.known.extend(keys.iter().map(|(id, arn)| (format!("{id}.Arn"), arn.clone())));
        for (id, resource) in resources {
            match resource["Type"].as_str() {
                Some("AWS::DynamoDB::Table") => {
                    let table = names.table(&format!("{table_prefix}-{id}"));
                    names.known.insert(format!("{id}.StreamArn"), format!("{table}/stream"));
                    names.known.insert(format!("{id}.Arn"), table);
                }
                Some("AWS::SES::ConfigurationSet") => {
                    names.known.insert(id.clone(), configuration_set.clone());
                }
                _ => {}
            }
        }
        names
    }

    /// What the template means by a value: of two, the one whose condition holds, and nothing where it is left out. Where a condition is
    /// not about the stage, it asks for a parameter, and here all of them are given.
    pub(super) fn chosen<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        let branches = &value["Fn::If"];
        let chosen = match branches[0].as_str() {
            None => value,
            Some("IsProd") if !self.is_prod => &branches[2],
            Some(_) => &branches[1],
        };
        Some(chosen).filter(|value| value["Ref"] != "AWS::NoValue")
    }

    /// Whether the stage is prod, and AWS lets mail go to everybody.
    pub(super) const fn is_prod(&self) -> bool {
        self.is_prod
    }

    /// A text of the template with everything in it resolved, or why that cannot be done.
    pub(super) fn text(&self, value: &Value) -> Result<String, String> {
        if let Value::String(text) = value {
            return Ok(text.clone());
        }
        let pattern = value["Fn::Sub"].as_str().map_or_else(|| format!("${{{}}}", written(value)), str::to_owned);
        let mut parts = pattern.split("${");
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').ok_or_else(|| format!("{pattern} does not end"))?;
            text += self.known.get(name).ok_or_else(|| format!("what {name} is in {pattern}, is not known here"))?;
            text += rest;
        }
        Ok(text)
    }

    /// ARN of the account itself, as policies name all that is in it.
    pub(super) fn account() -> String {
        format!("arn:aws:iam::{ACCOUNT}:root")
    }

    /// ARN of a table, by its full name.
    pub(super) fn table(&self, name: &str) -> String {
        format!("arn:aws:dynamodb:{}:{ACCOUNT}:table/{name}", self.region)
    }

    /// ARN of something of SES: `identity/ada@example.com`.
    pub(super) fn ses(&self, name: &str) -> String {
        format!("arn:aws:ses:{}:{ACCOUNT}:{name}", self.region)
    }
}

/// What an address is at.
pub(super) fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(_, domain)| domain)
}

/// A value as the template writes it: `Accounts.Arn` for `!GetAtt Accounts.Arn`.
pub(super) fn written(value: &Value) -> String {
    let attribute = value["Fn::GetAtt"].as_array();
    let attribute = attribute.map(|path| path.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("."));
    let text = [value, &value["Ref"], &value["Fn::Sub"]].into_iter().find_map(Value::as_str);
    attribute.or(text.map(str::to_owned)).unwrap_or_else(|| value.to_string())
}
