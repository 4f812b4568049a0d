//! The roles of the functions, and what the policies of keys say of them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::access::Access;
use super::names::Names;
use super::statement::{Grant, Statement, list};

/// What a function may do.
pub(super) struct Role {
    /// What the role's policies allow.
    own: Vec<Grant>,
    /// What the policies of keys allow the role.
    of_keys: Vec<Grant>,
}

impl Role {
    /// What allows an access: a grant of the role, and for KMS one of the key's policy, too. Otherwise the kind of policy that
    /// does not.
    pub(super) fn allow(&self, access: &Access) -> Result<Vec<&Grant>, &'static str> {
        let own = self.own.iter().find(|grant| grant.covers(access)).ok_or("identity-based")?;
        if !access.action.starts_with("kms:") {
            return Ok(vec![own]);
        }
        let is_of_key = |grant: &&Grant| grant.permission.resource == own.permission.resource && grant.covers(access);
        let of_key = self.of_keys.iter().find(is_of_key).ok_or("resource-based")?;
        Ok(vec![own, of_key])
    }

    /// All grants.
    pub(super) fn grants(&self) -> impl Iterator<Item = &Grant> {
        self.own.iter().chain(&self.of_keys)
    }
}

/// The roles of all functions, by the names of their binaries.
pub(super) fn read(resources: &Map<String, Value>, names: &Names) -> Result<BTreeMap<String, Role>, String> {
    let elsewhere = ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"];
    if let Some((id, _)) = resources.iter().find(|(_, resource)| elsewhere.iter().any(|kind| resource["Type"] == *kind))
    {
        return Err(format!("{id}: only policies of the type AWS::IAM::RolePolicy are understood"));
    }
    let functions = of_type(resources, "AWS::Serverless::Function");
    functions.map(|(id, function)| role(resources, id, function, names)).collect()
}

fn role(resources: &Map<String, Value>, id: &str, function: &Value, names: &Names) -> Result<(String, Role), String> {
    let binary = function["Metadata"]["BuildProperties"]["Binary"].as_str();
    let binary = binary.ok_or_else(|| format!("{id} has no Binary"))?;
    let role = &function["Properties"]["Role"]["Fn::GetAtt"][0];
    let role = role.as_str().ok_or_else(|| format!("{id} has no role of the template"))?;
    let properties = resources.get(role).map(|role| &role["Properties"]);
    let inline =
        ["Policies", "ManagedPolicyArns"].iter().any(|name| properties.is_some_and(|role| !role[name].is_null()));
    if inline {
        return Err(format!("{role}: only policies of the type AWS::IAM::RolePolicy are understood"));
    }
    let mut own = Vec::new();
    for (policy, resource) in of_type(resources, "AWS::IAM::RolePolicy") {
        if resource["Properties"]["RoleName"]["Ref"] == role {
            for content in list(&resource["Properties"]["PolicyDocument"]["Statement"]) {
                let statement = Statement { function: binary, policy, content };
                own.extend(statement.grants(&content["Resource"], names)?);
            }
        }
    }
    let arn = |id: &str| json!({"Fn::GetAtt": [id, "Arn"]});
    let mut of_keys = Vec::new();
    for (key, resource) in of_type(resources, "AWS::KMS::Key") {
        for content in list(&resource["Properties"]["KeyPolicy"]["Statement"]) {
            if list(&content["Principal"]["AWS"]).contains(&arn(role)) {
                let statement = Statement { function: binary, policy: key, content };
                of_keys.extend(statement.grants(&arn(key), names)?);
            } else if content["Effect"] == "Deny" {
                return Err(format!("{key}: only allowances are understood"));
            }
        }
    }
    Ok((binary.to_owned(), Role { own, of_keys }))
}

fn of_type<'a>(resources: &'a Map<String, Value>, kind: &'static str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let named = resources.iter().map(|(id, resource)| (id.as_str(), resource));
    named.filter(move |(_, resource)| resource["Type"] == kind)
}
