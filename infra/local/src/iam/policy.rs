//! The roles of the functions and of operators, and what the policies of keys say of them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::access::Access;
use super::names::Names;
use super::statement::{Grant, Statement, list};

/// Who signs in to AWS, by the access key id here and by the template's parameter for the role. The rights that such a role brings
/// along are not the template's: all that is known of it here is what keys allow it.
const PEOPLE: [(&str, &str); 3] =
    [("operator", "OperatorRoleArn"), ("mover", "RewrapRoleArn"), ("importer", "ImportRoleArn")];

/// What a function may do, or a person.
pub(super) struct Role {
    /// What the role's policies allow; unknown of people.
    own: Option<Vec<Grant>>,
    keys: OfKeys,
}

/// What the policies of all keys allow.
#[derive(Default)]
struct OfKeys {
    /// One role, by its name.
    role: Vec<Grant>,
    /// Everybody in the account, where IAM does, too.
    account: Vec<Grant>,
}

impl Role {
    /// What allows an access: a grant of the role, and for KMS one of the key's policy, too. Otherwise the kind of policy that
    /// does not.
    pub(super) fn allow(&self, access: &Access) -> Result<Vec<&Grant>, &'static str> {
        let is_of_kms = access.action.starts_with("kms:");
        let Some(own) = &self.own else {
            let of_key = self.keys.role.iter().find(|grant| grant.covers(access));
            let may = of_key.is_some() || self.keys.account.iter().any(|grant| grant.covers(access));
            return if is_of_kms && !may { Err("resource-based") } else { Ok(of_key.into_iter().collect()) };
        };
        let own = own.iter().find(|grant| grant.covers(access)).ok_or("identity-based")?;
        if !is_of_kms {
            return Ok(vec![own]);
        }
        let mut of_keys = self.keys.role.iter().chain(&self.keys.account);
        let of_key = of_keys.find(|grant| grant.covers(access)).ok_or("resource-based")?;
        Ok(vec![own, of_key])
    }

    /// All grants, but for what everybody has.
    pub(super) fn grants(&self) -> impl Iterator<Item = &Grant> {
        self.own.iter().flatten().chain(&self.keys.role)
    }
}

/// The roles of all functions, by the names of their binaries, and those of people.
pub(super) fn read(resources: &Map<String, Value>, names: &Names) -> Result<BTreeMap<String, Role>, String> {
    let elsewhere = ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"];
    if let Some((id, _)) = resources.iter().find(|(_, resource)| elsewhere.iter().any(|kind| resource["Type"] == *kind))
    {
        return Err(format!("{id}: only policies of the type AWS::IAM::RolePolicy are understood"));
    }
    let functions = of_type(resources, "AWS::Serverless::Function");
    let functions = functions.map(|(id, function)| role(resources, id, function, names));
    let people = PEOPLE.map(|(name, parameter)| {
        let keys = of_keys(resources, name, &json!({ "Ref": parameter }), names)?;
        Ok((name.to_owned(), Role { own: None, keys }))
    });
    functions.chain(people).collect()
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
    let keys = of_keys(resources, binary, &arn(role), names)?;
    Ok((binary.to_owned(), Role { own: Some(own), keys }))
}

fn of_keys(resources: &Map<String, Value>, name: &str, role: &Value, names: &Names) -> Result<OfKeys, String> {
    let mut of_keys = OfKeys::default();
    for (key, resource) in of_type(resources, "AWS::KMS::Key") {
        for content in list(&resource["Properties"]["KeyPolicy"]["Statement"]) {
            let Some(content) = names.chosen(content) else { continue };
            let (content, lent_to) = addressee(content, names).map_err(|why| format!("{key}: {why}"))?;
            let grants = match lent_to {
                Addressee::Role(lent_to) if lent_to == *role => &mut of_keys.role,
                Addressee::Account => &mut of_keys.account,
                Addressee::Role(_) | Addressee::Service => continue,
            };
            let statement = Statement { function: name, policy: key, content: &content };
            grants.extend(statement.grants(&arn(key), names)?);
        }
    }
    Ok(of_keys)
}

/// Whom a statement of a key is for.
enum Addressee {
    /// The account, which is to say whomever IAM allows the same.
    Account,
    /// A role, as the template refers to it.
    Role(Value),
    /// A service, for itself or in the name of somebody in the account. None asks here.
    Service,
}

/// A statement without what says whom it is for, and that.
fn addressee(content: &Value, names: &Names) -> Result<(Value, Addressee), String> {
    const ROLE: &str = "aws:PrincipalArn";
    if content["Effect"] != "Allow" {
        return Err("only allowances are understood".to_owned());
    }
    let mut content = content.clone();
    let Some(principal) = content["Principal"].get("AWS") else { return Ok((content, Addressee::Service)) };
    if names.text(principal).as_deref() != Ok(&Names::account()) {
        return Err(format!("the account alone is understood, and of its roles those that {ROLE} names"));
    }
    if content["Condition"]["StringEquals"].get("kms:ViaService").is_some() {
        return Ok((content, Addressee::Service));
    }
    let Some(tests) = content["Condition"].as_object_mut().and_then(|conditions| conditions.remove("ArnEquals")) else {
        return Ok((content, Addressee::Account));
    };
    let is_known = tests.as_object().is_some_and(|tests| tests.keys().eq([ROLE]));
    if is_known {
        Ok((content, Addressee::Role(tests[ROLE].clone())))
    } else {
        Err(format!("ArnEquals is understood of {ROLE} alone"))
    }
}

fn arn(id: &str) -> Value {
    json!({"Fn::GetAtt": [id, "Arn"]})
}

fn of_type<'a>(resources: &'a Map<String, Value>, kind: &'static str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let named = resources.iter().map(|(id, resource)| (id.as_str(), resource));
    named.filter(move |(_, resource)| resource["Type"] == kind)
}
