//! The KMS keys that the template declares, and what keys a request is about.
//!
//! Each key of the template exists from the start, with an ARN of its own and under the alias `alias/{prefix}-{logical id}`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::Error;
use crate::backend::{Api, Backend};
use crate::kms::Kms;

/// Whoever answers for KMS, asked in our own name: that is not counted and does not fail on demand.
#[derive(Clone, Copy)]
pub(crate) struct KeyService<'a> {
    /// Our own KMS; none if the backend answers.
    pub(crate) kms: Option<&'a Kms>,
    pub(crate) backend: &'a Backend,
    /// The ARNs of the template's keys by logical id, as far as they are made. Of these nobody is asked.
    pub(crate) known: &'a BTreeMap<String, String>,
}

/// The ARNs of the template's keys by logical id. Those are made that are missing.
pub(crate) async fn create_missing(
    service: KeyService<'_>,
    resources: &Map<String, Value>,
    prefix: &str,
) -> Result<BTreeMap<String, String>, Error> {
    let mut arns = BTreeMap::new();
    for (id, _) in resources.iter().filter(|(_, resource)| resource["Type"] == "AWS::KMS::Key") {
        let arn = service.make(&format!("alias/{prefix}-{id}")).await?;
        arns.insert(id.clone(), arn);
    }
    Ok(arns)
}

impl KeyService<'_> {
    /// ARN of the key that `name`, the member of a request, names: by its id, its ARN or an alias. What names no key, is about all of
    /// them. None if there is no such key, as KMS itself will say.
    pub(crate) async fn named(self, name: &Value) -> Option<String> {
        match name {
            Value::Null => Some("*".to_owned()),
            Value::String(arn) if self.known.values().any(|known| known == arn) => Some(arn.clone()),
            name => self.describe(name).await.ok(),
        }
    }

    /// ARN of the key that a request opens `ciphertext` with. Who opens need not name it; then another emulator tells it by opening,
    /// so that of what does not open there it speaks itself.
    pub(crate) async fn opening(self, name: &Value, ciphertext: &Value, context: &Value) -> Option<String> {
        if !name.is_null() {
            return self.named(name).await;
        }
        if let Some(kms) = self.kms {
            return kms.sealed_by(ciphertext);
        }
        let mut input = json!({ "CiphertextBlob": ciphertext });
        if !context.is_null() {
            input["EncryptionContext"] = context.clone();
        }
        self.ask("Decrypt", &input).await.ok()?["KeyId"].as_str().map(str::to_owned)
    }

    async fn make(self, alias: &str) -> Result<String, Error> {
        let alias = json!(alias);
        match self.describe(&alias).await {
            Err(error) if error.is_refusal("NotFoundException") => {}
            described => return described,
        }
        let key = self.ask("CreateKey", &json!({"Description": "Made by the local AWS on its first start."})).await?;
        let input = json!({"AliasName": alias, "TargetKeyId": key["KeyMetadata"]["KeyId"]});
        match self.ask("CreateAlias", &input).await {
            // moto answers nothing at all, which is not JSON. Another one may have been quicker.
            Ok(_) | Err(Error::Answer { .. }) => {}
            Err(error) if error.is_refusal("AlreadyExistsException") => {}
            Err(error) => return Err(error),
        }
        self.describe(&alias).await
    }

    async fn describe(self, name: &Value) -> Result<String, Error> {
        let key = self.ask("DescribeKey", &json!({ "KeyId": name })).await?;
        let arn = key["KeyMetadata"]["Arn"].as_str().map(str::to_owned);
        arn.ok_or_else(|| Error::Answer { operation: "DescribeKey".to_owned(), reason: "no ARN".to_owned() })
    }

    async fn ask(self, operation: &str, input: &Value) -> Result<Value, Error> {
        match self.kms {
            Some(kms) => kms.ask(operation, input),
            None => self.backend.call(Api::Kms, operation, input).await,
        }
    }
}
