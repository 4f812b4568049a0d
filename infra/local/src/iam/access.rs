//! What a request does, in the terms of policies.

use std::collections::BTreeMap;

use serde_json::Value;

use super::names::{Names, domain};
use crate::Service;
use crate::call::Call;
use crate::keys::KeyService;
use crate::ses;

/// Condition keys and what the request says of them. Some keys have many values.
pub(super) type Context = BTreeMap<String, Vec<String>>;

/// One action on one resource. All of a request's must be allowed.
pub(super) struct Access {
    /// Such as `dynamodb:PutItem`.
    pub(super) action: String,
    /// An ARN.
    pub(super) resource: String,
    pub(super) context: Context,
}

impl Access {
    /// What `call` does. What is not known here is an action that no role has.
    pub(super) async fn of(call: &Call, body: &[u8], names: &Names, keys: KeyService<'_>) -> Vec<Self> {
        let input = serde_json::from_slice(body).unwrap_or_default();
        match call.service {
            Service::DynamoDb => on_tables(call, &input, names),
            Service::Kms => on_keys(&call.operation, &input, keys).await,
            Service::Logs => vec![Self {
                action: format!("logs:{}", call.operation),
                resource: "*".to_owned(),
                context: Context::new(),
            }],
            Service::Ses => sending(&call.operation, body, &input, names),
        }
    }
}

fn on_tables(call: &Call, input: &Value, names: &Names) -> Vec<Access> {
    let access = |operation: &str, table: &str| Access {
        action: format!("dynamodb:{operation}"),
        resource: names.table(table),
        context: Context::new(),
    };
    if call.operation == "TransactWriteItems" {
        let parts = input["TransactItems"].as_array().into_iter().flatten().filter_map(Value::as_object).flatten();
        // A part is a Put, an Update, a Delete or a ConditionCheck.
        let part = |(kind, part): (&String, &Value)| {
            access(&format!("{kind}Item"), part["TableName"].as_str().unwrap_or_default())
        };
        return parts.map(part).collect();
    }
    if let Some(tables) = input["RequestItems"].as_object() {
        return tables.keys().map(|table| access(&call.operation, table)).collect();
    }
    match (input["TableName"].as_str(), input["IndexName"].as_str()) {
        (Some(table), Some(index)) => vec![access(&call.operation, &format!("{table}/index/{index}"))],
        (Some(table), None) => vec![access(&call.operation, table)],
        (None, _) => vec![access(&call.operation, "")],
    }
}

/// Each key by its ARN, whichever of its names the request has. Of a key that does not exist KMS speaks, and no policy.
async fn on_keys(operation: &str, input: &Value, keys: KeyService<'_>) -> Vec<Access> {
    let (context, ciphertext) = (&input["EncryptionContext"], &input["CiphertextBlob"]);
    let accesses = match operation {
        "ReEncrypt" => {
            let (from, to) = (&input["SourceEncryptionContext"], &input["DestinationEncryptionContext"]);
            let source = keys.opening(&input["SourceKeyId"], ciphertext, from).await;
            let destination = keys.named(&input["DestinationKeyId"]).await;
            vec![on_key("ReEncryptFrom", source, from), on_key("ReEncryptTo", destination, to)]
        }
        "Decrypt" => vec![on_key(operation, keys.opening(&input["KeyId"], ciphertext, context).await, context)],
        operation => vec![on_key(operation, keys.named(&input["KeyId"]).await, context)],
    };
    accesses.into_iter().flatten().collect()
}

fn on_key(operation: &str, arn: Option<String>, context: &Value) -> Option<Access> {
    let pairs = context.as_object().into_iter().flatten();
    let pairs: Vec<_> = pairs.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect();
    let keys = pairs.iter().map(|(key, _)| key.clone()).collect();
    let single = pairs.into_iter().map(|(key, value)| (format!("kms:EncryptionContext:{key}"), vec![value]));
    let context = single.chain([("kms:EncryptionContextKeys".to_owned(), keys)]).collect();
    Some(Access { action: format!("kms:{operation}"), resource: arn?, context })
}

/// A mail is sent as an identity and, where it names one, under a configuration set. Here the sender's domain is verified, and not its
/// address. Until AWS lets mail go to everybody, it asks for the identities of those who are written to, too.
fn sending(operation: &str, body: &[u8], input: &Value, names: &Names) -> Vec<Access> {
    let message = ses::read(body).unwrap_or_default();
    let from = ses::bare(&message.from).to_owned();
    let written_to = if names.is_prod() { Vec::new() } else { message.to };
    let configuration_set = input["ConfigurationSetName"].as_str().map(|name| format!("configuration-set/{name}"));
    let identities = [domain(&from)].into_iter().chain(written_to.iter().map(String::as_str));
    let resources = identities.map(|identity| format!("identity/{identity}")).chain(configuration_set);
    let access = |resource: String| Access {
        action: format!("ses:{operation}"),
        resource: names.ses(&resource),
        context: [("ses:FromAddress".to_owned(), vec![from.clone()])].into(),
    };
    resources.map(access).collect()
}
