//! The operations that make, describe and retire keys.

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::internal;
use super::key::{Key, KeyState};
use super::ring::Ring;
use crate::clock;
use crate::refusal::Refusal;

/// Input of `CreateKey`. The stand-in only makes symmetric keys.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateKey {
    #[serde(default)]
    description: String,
}

/// Input of `CreateAlias`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateAlias {
    alias_name: String,
    target_key_id: String,
}

/// Input of the operations that only name a key.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneKey {
    key_id: String,
}

/// Input of `ScheduleKeyDeletion`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ScheduleKeyDeletion {
    key_id: String,
    pending_window_in_days: Option<i64>,
}

pub(super) fn create_key(ring: &mut Ring, input: &CreateKey) -> Result<Value, Refusal> {
    let id = ring.create(&input.description).map_err(|error| internal(&error))?;
    describe_key(ring, &OneKey { key_id: id.to_string() })
}

pub(super) fn create_alias(ring: &mut Ring, input: CreateAlias) -> Result<Value, Refusal> {
    let CreateAlias { alias_name, target_key_id } = input;
    if ring.find(&alias_name).is_ok() {
        return Err(Refusal::new(
            "AlreadyExistsException",
            format!("An alias with the name {alias_name} already exists"),
        ));
    }
    ring.change(&target_key_id, |key| key.aliases.push(alias_name))?;
    Ok(json!({}))
}

pub(super) fn describe_key(ring: &Ring, input: &OneKey) -> Result<Value, Refusal> {
    let key = ring.find(&input.key_id)?;
    Ok(json!({"KeyMetadata": {
        "KeyId": key.id,
        "Arn": ring.arn(key),
        "Description": key.description,
        "CreationDate": key.created_at.as_second(),
        "DeletionDate": key.deletion_at.map(jiff::Timestamp::as_second),
        "Enabled": key.state == KeyState::Enabled,
        "KeyState": key.state,
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "KeyManager": "CUSTOMER",
        "Origin": "AWS_KMS",
        "MultiRegion": false,
    }}))
}

pub(super) fn set_enabled(ring: &mut Ring, input: &OneKey, enabled: bool) -> Result<Value, Refusal> {
    check_kept(ring, ring.find(&input.key_id)?)?;
    let state = if enabled { KeyState::Enabled } else { KeyState::Disabled };
    ring.change(&input.key_id, |key| key.state = state)?;
    Ok(json!({}))
}

pub(super) fn schedule_deletion(ring: &mut Ring, input: &ScheduleKeyDeletion) -> Result<Value, Refusal> {
    check_kept(ring, ring.find(&input.key_id)?)?;
    let days = input.pending_window_in_days.unwrap_or(30);
    if !(7..=30).contains(&days) {
        return Err(Refusal::new("ValidationException", "PendingWindowInDays must be between 7 and 30"));
    }
    let deletion_at = clock::now() + SignedDuration::from_hours(24 * days);
    ring.change(&input.key_id, |key| {
        key.state = KeyState::PendingDeletion;
        key.deletion_at = Some(deletion_at);
    })?;
    let key = ring.find(&input.key_id)?;
    Ok(json!({
        "KeyId": ring.arn(key),
        "DeletionDate": deletion_at.as_second(),
        "KeyState": key.state,
        "PendingWindowInDays": days,
    }))
}

/// A key that is about to be deleted cannot be changed.
fn check_kept(ring: &Ring, key: &Key) -> Result<(), Refusal> {
    if key.state == KeyState::PendingDeletion { key.check_usable(&ring.arn(key)) } else { Ok(()) }
}
