//! The KMS keys of the template, and what operators do with them.

use std::sync::Arc;

use admin::{Operator, config::OperatorConfig};
use aws_sdk_kms::primitives::Blob;
use shared::{
    link::LinkKey,
    rotation::{self, SecretVersion, in_use, open_all},
    seal::{Seal, SecretPurpose},
    tables::Rows,
};

use super::{World, connection::signed_by};
use crate::key::Key;

impl World {
    /// ARN of a KMS key of the template.
    #[must_use]
    pub fn key(&self, key: Key) -> &str {
        match key {
            Key::Data => &self.data_key,
            Key::Vault => &self.vault_key,
        }
    }

    /// The key that mailed links are under.
    ///
    /// # Panics
    /// When there is none, or it does not open.
    pub async fn link_key(&self) -> Arc<LinkKey> {
        let stored: Vec<SecretVersion> = self.store().query(Rows::Secrets).await.expect("secrets");
        let seal = Seal::new(&self.sdk, self.key(Key::Data));
        let keys = rotation::of(SecretPurpose::LinkKey, &stored);
        let keys = open_all(&seal, &keys, &[], LinkKey::read).await.expect("open keys");
        Arc::clone(&in_use(&keys, self.now()).expect("a key").secret)
    }

    /// A second KMS key beside `key`, for whoever may use that one; its ARN.
    pub async fn another_key(&self, key: Key) -> String {
        let kms = aws_sdk_kms::Client::new(&self.sdk);
        let made = kms.create_key().send().await.expect("a key").key_metadata.expect("metadata");
        let arn = made.arn.expect("an ARN");
        self.aws.add_key_beside(key.logical_id(), &arn);
        arn
    }

    /// Switches a KMS key of the template off or on.
    pub async fn switch_key(&self, key: Key, on: bool) {
        let kms = aws_sdk_kms::Client::new(&self.sdk);
        // moto switches keys by their ids alone.
        let id = self.key(key).rsplit('/').next().expect("an id");
        if on {
            kms.enable_key().key_id(id).send().await.expect("a key that is on");
        } else {
            kms.disable_key().key_id(id).send().await.expect("a key that is off");
        }
    }

    /// Whether KMS opens a ciphertext in this encryption context.
    pub async fn kms_opens(&self, ciphertext: &[u8], context: &[(&str, &str)]) -> bool {
        let kms = aws_sdk_kms::Client::new(&self.sdk);
        let request = kms.decrypt().ciphertext_blob(Blob::new(ciphertext));
        let request = context.iter().fold(request, |request, (name, value)| request.encryption_context(*name, *value));
        request.send().await.is_ok()
    }

    /// An operator with the tools of `admin`, in the role that the keys' policies let seal.
    #[must_use]
    pub fn operator(&self) -> Operator {
        self.operator_as("operator")
    }

    /// An operator in the role that the keys' policies let move what is sealed to another key.
    #[must_use]
    pub fn mover(&self) -> Operator {
        self.operator_as("mover")
    }

    /// An operator in the role that the keys' policies let bring users along from other services.
    #[must_use]
    pub fn importer(&self) -> Operator {
        self.operator_as("importer")
    }

    fn operator_as(&self, role: &str) -> Operator {
        let config = OperatorConfig {
            stage: self.config.stage,
            table_prefix: self.config.table_prefix.clone(),
            kms_key_id: Some(self.data_key.clone()),
        };
        Operator::new(&config, signed_by(&self.sdk, role))
    }

    /// What the tables' names begin with: in a deployment that is the name of the stack.
    #[must_use]
    pub fn stack(&self) -> &str {
        &self.config.table_prefix
    }

    /// What operators' commands have written down, oldest first.
    ///
    /// # Panics
    /// When a line is no JSON.
    #[must_use]
    pub fn operators_log(&self) -> Vec<serde_json::Value> {
        let lines = self.aws.log_lines(&admin::trail::group(self.stack()));
        lines.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// A secret of a provider of webhooks, sealed as an operator would.
    pub async fn sealed_webhook_secret(&self, provider: &str, secret: &str) -> String {
        self.webhook_secret_under(Key::Data, provider, secret).await
    }

    /// A secret of a provider of webhooks, sealed under a KMS key of the template, whichever it is.
    pub async fn webhook_secret_under(&self, key: Key, provider: &str, secret: &str) -> String {
        let seal = Seal::new(&self.sdk, self.key(key));
        seal.seal_webhook_secret(provider, secret.as_bytes()).await.expect("a sealed secret")
    }
}
