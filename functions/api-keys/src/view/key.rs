//! A key as its owner sees it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::json;
use shared::time::Timestamp;

use crate::{
    document,
    exchanges::{ConnectionStatus, Environment, KeyType, Permissions},
    policy::Warning,
    record::KeyRecord,
    state::Vault,
};

/// An API key as its owner sees it, without its secret. Every member is always there, null where nothing is known.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApiKey")]
pub struct KeyView {
    /// Names the key in paths.
    id: String,
    /// The exchange that it is from, by the name that it was stored with.
    exchange: String,
    /// Whether the key is for real money.
    environment: Environment,
    /// The part of the world that the key is for, where the exchange has several.
    region: Option<String>,
    /// What its owner calls the key.
    label: String,
    /// The key's name at the exchange, masked.
    api_key: String,
    /// What its secret is.
    key_type: KeyType,
    /// The address of the master wallet, where there is one.
    wallet_address: Option<String>,
    /// Whether its owner lets it be used.
    is_active: bool,
    /// Where the key stands.
    status: KeyStatus,
    /// What the key may do, as the last successful test found.
    permissions: Permissions,
    /// Whether it works from certain IP addresses alone.
    ip_restricted: Option<bool>,
    /// What its owner should change at the exchange.
    warnings: Vec<Warning>,
    /// When the key was stored.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// When its owner last changed it.
    #[schemars(extend("format" = "date-time"))]
    updated_at: String,
    /// When it last got another secret.
    #[schemars(extend("format" = "date-time"))]
    secret_rotated_at: Option<String>,
    /// When a test of its present secret last ended.
    #[schemars(extend("format" = "date-time"))]
    last_tested_at: Option<String>,
    /// When it was last shown in the clear.
    #[schemars(extend("format" = "date-time"))]
    last_decrypted_at: Option<String>,
    /// When it ends at the exchange.
    #[schemars(extend("format" = "date-time"))]
    expires_at: Option<String>,
}

impl Vault {
    /// A key as its owner sees it.
    pub(crate) fn view(&self, record: KeyRecord) -> KeyView {
        let is_blocked = self.blocks(record.sends_funds);
        KeyView::new(record, is_blocked)
    }
}

impl KeyView {
    /// Of a record; `is_blocked` by the policy.
    fn new(record: KeyRecord, is_blocked: bool) -> Self {
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        Self {
            id: record.id.to_string(),
            exchange: record.exchange,
            environment: record.environment,
            region: record.region,
            label: record.label,
            api_key: record.sealed.masked,
            key_type: record.sealed.key_type,
            wallet_address: record.sealed.wallet_address,
            is_active: record.is_active,
            status: KeyStatus::new(record.findings.last_status, is_blocked),
            permissions: record.findings.permissions,
            ip_restricted: record.findings.ip_restricted,
            warnings: record.findings.warnings,
            created_at: record.created_at.to_string(),
            updated_at: record.updated_at.to_string(),
            secret_rotated_at: text(record.secret_rotated_at),
            last_tested_at: text(record.findings.last_tested_at),
            last_decrypted_at: text(record.last_decrypted_at),
            expires_at: text(record.findings.expires_at),
        }
    }

    /// For the document.
    pub(crate) fn example() -> Self {
        let permissions = Permissions { read: Some(true), trade: Some(true), withdraw: Some(false), transfer: None };
        Self {
            id: document::KEY_ID.to_owned(),
            exchange: "okx".to_owned(),
            environment: Environment::Live,
            region: None,
            label: "main account".to_owned(),
            api_key: "0b2a****1a11".to_owned(),
            key_type: KeyType::Hmac,
            wallet_address: None,
            is_active: true,
            status: KeyStatus::Tested(ConnectionStatus::Ok),
            permissions,
            ip_restricted: Some(true),
            warnings: Vec::new(),
            created_at: document::MOMENT.to_owned(),
            updated_at: document::MOMENT.to_owned(),
            secret_rotated_at: None,
            last_tested_at: Some(document::MOMENT.to_owned()),
            last_decrypted_at: None,
            expires_at: None,
        }
    }
}

/// Where a key stands: what keeps it from being used, or how its last test ended.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyStatus {
    /// No test of its present secret has ended.
    Untested,
    /// The key can send funds to others, which the policy forbids.
    Blocked,
    /// How the last test ended.
    #[serde(untagged)]
    Tested(ConnectionStatus),
}

impl KeyStatus {
    /// Of a key whose last test ended so.
    pub(crate) fn new(last: Option<ConnectionStatus>, is_blocked: bool) -> Self {
        if is_blocked { Self::Blocked } else { last.map_or(Self::Untested, Self::Tested) }
    }
}

/// One list of words, those of a test among them.
impl JsonSchema for KeyStatus {
    fn schema_name() -> Cow<'static, str> {
        "ApiKeyStatus".into()
    }

    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        let own = [
            json!({ "const": "untested", "description": "No test of its present secret has ended." }),
            json!({ "const": "blocked", "description": "It can send funds to others, which the policy forbids." }),
        ];
        let described = "Where a key stands: `untested`, `blocked`, or how its last test ended.";
        document::words(described, &own, &[ConnectionStatus::json_schema(schemas)])
    }
}
