//! Roles and keys: who may do what, as far as it can be read without running anything.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Template, attribute, list, none};

/// Statements of which a resource has a wildcard: Sid, how the resource ends, and reason.
const WIDE: [(&str, &str, &str); 4] = [
    ("SendTraces", r#""*""#, "X-Ray has no resources that a statement could name"),
    ("WatchTheNewVersion", r#""*""#, "CloudWatch checks the call against all alarms, whichever it names"),
    (
        "SendAsOurselves",
        r#"{"Fn::If":["IsProd",{"Ref":"AWS::NoValue"},{"Fn::Sub":"arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/*"}]}"#,
        "in its sandbox SES also asks for the identities of those who are written to",
    ),
    (
        "SeeThatNothingIsProvisioned",
        r#"Function.Arn}:*"}"#,
        "of which version or alias CodeDeploy asks, is written nowhere",
    ),
];
/// Actions of KMS that administer a key and neither use it nor let others do so.
const ADMINISTRATION: [&str; 15] = [
    "Cancel",
    "CreateAlias",
    "Delete",
    "Describe",
    "Disable",
    "Enable",
    "Get",
    "List",
    "PutKeyPolicy",
    "Revoke",
    "Rotate",
    "Schedule",
    "Tag",
    "Untag",
    "Update",
];

/// A policy: where it stands, and its statements.
fn policies(template: &Template) -> Vec<(String, Vec<&Value>)> {
    let mut policies = Vec::new();
    for (id, resource) in template.0["Resources"].as_object().into_iter().flatten() {
        collect(id, resource, &mut policies);
    }
    policies
}

fn collect<'t>(place: &str, value: &'t Value, policies: &mut Vec<(String, Vec<&'t Value>)>) {
    for (name, member) in value.as_object().into_iter().flatten() {
        if name == "Statement" {
            policies.push((place.to_owned(), list(member).iter().flat_map(alternatives).collect()));
        } else {
            collect(&format!("{place}.{name}"), member, policies);
        }
    }
    for member in value.as_array().into_iter().flatten() {
        collect(place, member, policies);
    }
}

/// A statement under a condition counts as if the condition held.
fn alternatives(statement: &Value) -> Vec<&Value> {
    let branches = statement["Fn::If"].as_array().map(|branches| &branches[1..]);
    let branches = branches.unwrap_or(std::slice::from_ref(statement));
    branches.iter().filter(|branch| branch["Ref"] != "AWS::NoValue").collect()
}

/// The services that a role is for, with no more to it.
fn is_trust(place: &str) -> bool {
    place.ends_with(".AssumeRolePolicyDocument")
}

#[test]
fn every_statement_says_what_it_is_for() {
    let template = Template::read();
    let mut complaints = Vec::new();
    for (place, statements) in policies(&template).iter().filter(|(place, _)| !is_trust(place)) {
        let sids = statements.iter().filter_map(|statement| statement["Sid"].as_str());
        let sids: Vec<_> = sids.filter(|sid| !sid.is_empty()).collect();
        if sids.len() != statements.len() || sids.iter().collect::<BTreeSet<_>>().len() != sids.len() {
            complaints.push(format!("{place}: {sids:?} for {} statements", statements.len()));
        }
    }
    none(&complaints);
}

/// The excuse for the one wildcard of a resource.
fn excuse(sid: &Value, resource: &Value) -> Option<&'static str> {
    let text = resource.to_string();
    let excuse = WIDE.iter().find(|(name, ending, _)| sid == name && text.ends_with(ending));
    excuse.filter(|_| text.matches(['*', '?']).count() == 1).map(|(name, ..)| *name)
}

#[test]
fn nothing_is_allowed_by_a_wildcard() {
    let template = Template::read();
    let has_wildcard = |value: &Value| value.to_string().contains(['*', '?']);
    let mut complaints = Vec::new();
    let mut excused = BTreeSet::new();
    for (place, statements) in policies(&template) {
        // In a key's policy the resource is the key, whatever is written.
        let is_of_key = place.ends_with(".KeyPolicy");
        for statement in statements {
            let sid = &statement["Sid"];
            if has_wildcard(&statement["Action"]) || has_wildcard(&statement["Principal"]) {
                complaints.push(format!("{place}, {sid}: who, or what"));
            }
            let wide = list(&statement["Resource"]).iter().filter(|resource| has_wildcard(resource) && !is_of_key);
            for resource in wide {
                match excuse(sid, resource) {
                    Some(name) => drop(excused.insert(name)),
                    None => complaints.push(format!("{place}, {sid}: on what")),
                }
            }
            if ["NotAction", "NotResource", "NotPrincipal"].iter().any(|name| statement.get(*name).is_some()) {
                complaints.push(format!("{place}, {sid}: all but something"));
            }
        }
    }
    none(&complaints);
    assert_eq!(excused.len(), WIDE.len(), "an excuse that nobody needs");
}

/// Without `MailIdentity`, of the domain that the sender belongs to; where both it and the address are verified, SES asks for the
/// address (aws-samples/aws-serverless-batch-architecture#1).
#[test]
fn mail_is_sent_as_the_senders_domain_or_address() {
    let template = Template::read();
    assert_eq!(template.0["Parameters"]["MailIdentity"]["Default"], "");
    let given = json!({"Fn::Not": [{"Fn::Equals": [{"Ref": "MailIdentity"}, ""]}]});
    assert_eq!(template.0["Conditions"]["HasMailIdentity"], given);
    let policy = &template.resource("MailPermissions")["Properties"]["PolicyDocument"];
    let sends = list(&policy["Statement"]).iter().find(|statement| statement["Sid"] == "SendAsOurselves").expect("it");
    let arn = |name: &str| format!("arn:${{AWS::Partition}}:ses:${{AWS::Region}}:${{AWS::AccountId}}:identity/{name}");
    let domain = json!({"Domain": {"Fn::Select": [1, {"Fn::Split": ["@", {"Ref": "MailFrom"}]}]}});
    let identity = [json!({"Fn::Sub": arn("${MailIdentity}")}), json!({"Fn::Sub": [arn("${Domain}"), domain]})];
    let identity = json!({"Fn::If": ["HasMailIdentity", identity[0], identity[1]]});
    assert_eq!(sends["Resource"][0], identity);
    assert_eq!(sends["Resource"][1], json!({"Fn::Sub": arn("${MailFrom}")}));
    assert_eq!(sends["Condition"], json!({"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}}));
}

#[test]
fn no_function_reads_whole_tables() {
    let template = Template::read();
    let roles: Vec<_> = template.of_type("AWS::IAM::RolePolicy").collect();
    assert!(roles.len() >= template.functions().len());
    let scans = roles.iter().filter(|(_, policy)| policy.to_string().contains("dynamodb:Scan"));
    none(&scans.map(|(id, _)| (*id).to_owned()).collect::<Vec<_>>());
}

#[test]
fn every_role_is_for_one_service() {
    let template = Template::read();
    let mut complaints = Vec::new();
    for (place, statements) in policies(&template).iter().filter(|(place, _)| is_trust(place)) {
        let is_one = |statement: &Value| {
            statement["Action"] == "sts:AssumeRole" && statement["Principal"]["Service"].as_str().is_some()
        };
        if !matches!(statements[..], [statement] if is_one(statement)) {
            complaints.push(place.clone());
        }
    }
    for function in template.functions() {
        let role = attribute(&function.properties["Role"]).map(|(role, _)| role);
        let role = role.unwrap_or_else(|| panic!("{} has no role", function.id));
        let trust = &template.resource(role)["Properties"]["AssumeRolePolicyDocument"]["Statement"];
        if trust[0]["Principal"] != json!({"Service": "lambda.amazonaws.com"}) {
            complaints.push(format!("{role} is not for Lambda"));
        }
    }
    none(&complaints);
}

fn uses(action: &Value) -> bool {
    let action = action.as_str().and_then(|action| action.strip_prefix("kms:"));
    !action.is_some_and(|action| ADMINISTRATION.iter().any(|name| action.starts_with(name)))
}

#[test]
fn the_vaults_key_is_used_by_the_vault_alone() {
    let template = Template::read();
    let mut complaints = Vec::new();
    let vault = attribute(&template.resource("ApiKeysFunction")["Properties"]["Role"]).expect("a role").0;
    let mut users = 0;
    for statement in list(&template.resource("VaultKey")["Properties"]["KeyPolicy"]["Statement"]) {
        for statement in alternatives(statement) {
            let used: Vec<_> = list(&statement["Action"]).iter().filter(|action| uses(action)).collect();
            let role = lent_to(statement);
            let is_vault = role == Some(&json!({"Fn::GetAtt": [vault, "Arn"]}));
            let moves = role == Some(&json!({"Ref": "RewrapRoleArn"}))
                && used.iter().all(|action| action.as_str().is_some_and(|action| action.starts_with("kms:ReEncrypt")));
            let is_bound = statement["Condition"]["StringEquals"].to_string().contains("kms:EncryptionContext:");
            users += usize::from(is_vault);
            if !used.is_empty() && !((is_vault || moves) && is_bound) {
                complaints.push(format!("{}: {used:?}", statement["Sid"]));
            }
        }
    }
    for (id, policy) in template.of_type("AWS::IAM::RolePolicy") {
        let names_it = policy.to_string().contains("VaultKey");
        if names_it && policy["Properties"]["RoleName"]["Ref"] != vault {
            complaints.push(format!("{id} names VaultKey"));
        }
    }
    none(&complaints);
    assert!(users > 0);
}

/// Whom of the account a statement of a key is for, when it is for one role.
fn lent_to(statement: &Value) -> Option<&Value> {
    let names = statement["Condition"]["ArnEquals"].as_object()?;
    names.get("aws:PrincipalArn").filter(|_| names.len() == 1)
}

/// KMS refuses a policy that names a role as its principal before the role has got about, and keeps the id of that role: of a stack
/// that was deleted and made anew it opens for nobody. A condition is the role's name and nothing else.
#[test]
fn keys_are_lent_to_roles_by_name_and_through_the_account() {
    let template = Template::read();
    let account = json!({"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}});
    let mut complaints = Vec::new();
    let mut roles = BTreeSet::new();
    for (id, key) in template.of_type("AWS::KMS::Key") {
        let statements = list(&key["Properties"]["KeyPolicy"]["Statement"]).iter().flat_map(alternatives);
        for statement in statements.filter(|statement| statement["Principal"].get("Service").is_none()) {
            let is_lent = list(&statement["Action"]).iter().any(uses);
            let through_a_service = statement["Condition"]["StringEquals"].get("kms:ViaService").is_some();
            let role = lent_to(statement);
            roles.extend(role.map(ToString::to_string));
            if statement["Principal"] != account || is_lent != (through_a_service || role.is_some()) {
                complaints.push(format!("{id}: {}", statement["Sid"]));
            }
        }
    }
    none(&complaints);
    assert!(roles.len() > 3, "of functions and three people: {roles:?}");
}
