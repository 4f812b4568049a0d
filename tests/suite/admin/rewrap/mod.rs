//! The operators' tool moves what the vault has sealed to another KMS key.

mod meanwhile;
mod moves;

use std::collections::BTreeMap;

use admin::rewrap::{Arguments, Rewrapped, rewrap};
use api_keys::Vault;
use local::Calls;
use serde_json::{Value, json};
use tests::{Session, World, authorized};

/// An exchange key, its owner, and what must come out of it.
struct Kept {
    owner: Session,
    id: String,
    secret: String,
}

/// Two users with so many keys each.
async fn two_users_with(world: &World, keys: u32) -> Vec<Kept> {
    let mut kept = Vec::new();
    for user in 0..2 {
        let (_, owner) = world.person().signed_in().await;
        for number in 0..keys {
            let secret = format!("s3cret-{user}-{number}");
            let name = format!("{user}{number}").repeat(16);
            let body = json!({ "exchange": "binance", "label": "x", "api_key": name, "secret": secret });
            let created = world.post_as(&owner, "/api/v1/api-keys/", body).await;
            created.assert_ok();
            let id = created.body["data"]["id"].as_str().unwrap().to_owned();
            kept.push(Kept { owner: owner.clone(), id, secret });
        }
    }
    kept
}

fn to(key: &str) -> Arguments {
    Arguments { to: key.to_owned(), dry_run: false }
}

async fn run(world: &World, key: &str) -> Rewrapped {
    Box::pin(rewrap(&world.mover(), &to(key), |_, _| {})).await.unwrap()
}

/// What a new instance of the function, set to the KMS key `key`, shows of every key is what was put in.
async fn all_open(world: &World, key: &str, kept: &[Kept]) {
    // Past what the checks before this one have used up of the owners' limit.
    world.advance(61);
    let vault = world.another_vault(key);
    for key in kept {
        assert_eq!(shown(world, &vault, key).await, key.secret.as_str());
    }
    // The vault's own key opens, too, and is the one that it was: the credential is recognised.
    let owner = &kept[0].owner;
    let own = decrypted(world, &vault, &kept[0]).await;
    let body = json!({ "exchange": "binance", "label": "x", "api_key": own["api_key"], "secret": own["secret"] });
    let again = authorized("POST", "/api/v1/api-keys/", &owner.access, Some(body));
    world.send_to_vault(&vault, again).await.assert_status(409);
}

async fn shown(world: &World, vault: &Vault, key: &Kept) -> Value {
    decrypted(world, vault, key).await["secret"].clone()
}

async fn decrypted(world: &World, vault: &Vault, Kept { owner, id, .. }: &Kept) -> Value {
    let path = format!("/api/v1/api-keys/{id}/decrypt");
    let reply = world.send_to_vault(vault, authorized("POST", &path, &owner.access, Some(json!(null)))).await;
    reply.assert_ok();
    reply.body["data"].clone()
}

/// How many sealed rows name which KMS key.
async fn by_key(world: &World) -> BTreeMap<String, usize> {
    let mut count = BTreeMap::new();
    for row in world.rows("ExchangeKeys").await {
        if let Some(arn) = row["kms_key_arn"].as_str() {
            *count.entry(arn.to_owned()).or_default() += 1;
        }
    }
    count
}

async fn under(world: &World, key: &str) -> usize {
    by_key(world).await.get(key).copied().unwrap_or_default()
}

fn kms(calls: &Calls) -> Vec<(&str, u64)> {
    calls.kms.iter().map(|(operation, count)| (operation.as_str(), *count)).collect()
}

fn moved(moved: u64, there: u64) -> Rewrapped {
    Rewrapped { moved, there, ..Rewrapped::default() }
}
