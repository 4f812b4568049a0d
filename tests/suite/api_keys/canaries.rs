//! A whole story with credentials that would be recognised wherever they turn up.

use local::{Mode, Service};
use paper::{Canned, ExchangeRequest};
use serde_json::{Value, json};
use tests::{Reply, World};

use super::{ClosedPort, Owner, forget_uses, text};
use crate::logs;

const TABLES: [&str; 6] = ["Accounts", "Sessions", "Grants", "Mail", "ExchangeKeys", "Limits"];
const NAMES: [&str; 2] = ["CanaryName-of-the-first-key", "CanaryName-of-the-second-key"];
const SECRETS: [&str; 4] = ["CanarySecret-one", "CanarySecret-two", "CanaryPhrase-one", "CanaryPhrase-two"];

fn okx() -> Value {
    json!({
        "exchange": "okx", "label": "main", "api_key": NAMES[0], "secret": SECRETS[0], "passphrase": SECRETS[2],
    })
}

fn binance() -> Value {
    json!({ "exchange": "binance", "label": "main", "api_key": NAMES[1], "secret": SECRETS[1] })
}

/// The signature that a request to an exchange bears.
fn signature(request: &ExchangeRequest) -> String {
    let in_query = || request.target.split("signature=").nth(1).unwrap().to_owned();
    request.header("ok-access-sign").map_or_else(in_query, str::to_owned)
}

/// Tests a key against an answer of every kind. Gives the signatures along.
async fn is_tested(ada: &Owner<'_>, id: &str, replies: &mut Vec<Reply>) -> Vec<String> {
    let works =
        json!({ "code": "0", "data": [{ "perm": "trade", "ip": "" }], "ipRestrict": true, "enableReading": true });
    let cut = [("content-length".to_owned(), "500".to_owned())].into_iter().collect();
    let redirect = [("location".to_owned(), "https://elsewhere.example/".to_owned())].into_iter().collect();
    let mut signatures = Vec::new();
    for answer in [
        Canned::new(200, works.to_string()),
        Canned { headers: cut, ..Canned::new(200, "{") },
        Canned { headers: redirect, ..Canned::new(302, "") },
        Canned::new(200, "x".repeat(70_000)),
        Canned::new(401, format!(r#"{{"code":"50113","msg":"{} {}"}}"#, NAMES[0], SECRETS[0])),
    ] {
        ada.world.aws.paper().set_canned(Some(answer));
        replies.push(ada.tests(id).await);
        signatures.push(signature(&ada.world.aws.paper().last_request().unwrap()));
    }
    signatures
}

/// All answers but those that show a key in the clear, and all that must not be in them.
async fn story(world: &World, ada: &Owner<'_>) -> (Vec<Reply>, Vec<String>) {
    let (mut replies, mut canaries) = (Vec::new(), SECRETS.map(str::to_owned).to_vec());
    canaries.push(ada.session.access.clone());
    for mut body in [okx(), binance()] {
        let created = ada.creates(&body).await;
        created.assert_ok();
        let id = text(&created.body["data"]["id"]);
        replies.extend([created, ada.creates(&body).await]);
        body["key_type"] = json!("canary");
        replies.push(ada.creates(&body).await);
        body["key_type"] = json!(null);
        body["verify"] = json!(true);
        body["api_key"] = json!("CanaryName-unverified");
        replies.push(ada.creates(&body).await);
        canaries.push(signature(&world.aws.paper().last_request().unwrap()));
        canaries.extend(is_tested(ada, &id, &mut replies).await);
        assert_eq!(ada.decrypts(&id).await.body["data"]["secret"], body["secret"]);

        forget_uses(world).await;
        body["verify"] = json!(false);
        let mut change = json!({ "secret": SECRETS[1] });
        replies.push(ada.changes(&id, json!({ "secret": format!("{} {}", SECRETS[0], SECRETS[1]) })).await);
        replies
            .push(ada.changes(&id, json!({ "secret": SECRETS[0], "passphrase": SECRETS[2], "key_type": "rsa" })).await);
        change["passphrase"] = body.get("passphrase").map_or(json!(null), |_| json!(SECRETS[3]));
        replies.push(ada.changes(&id, change.clone()).await);
        replies.last().unwrap().assert_ok();
        for service in [Service::Kms, Service::DynamoDb] {
            world.break_down(service, Mode::Unavailable, None);
            replies.extend([ada.creates(&body).await, ada.changes(&id, change.clone()).await]);
            replies.extend([ada.decrypts(&id).await, ada.tests(&id).await]);
            assert!(replies.iter().rev().take(4).all(|reply| reply.status == 503), "{replies:?}");
            world.mend();
        }
        let row = ada.row(&id).await;
        for (attribute, value) in
            [("nonce", json!("AAAAAAAAAAAAAAAA")), ("exchange", json!("bybit")), ("edk", json!(5))]
        {
            world.tamper("ExchangeKeys", &row, attribute, value).await;
            replies.push(ada.decrypts(&id).await);
            replies.last().unwrap().assert_status(500);
        }
        world.tamper("ExchangeKeys", &row, "label", json!("mended")).await;
        replies.extend([ada.sends("GET", "", None).await, ada.sends("GET", &format!("{id}/events"), None).await]);
        if body["exchange"] == "binance" {
            replies.push(ada.deletes(&id).await);
        }
    }
    (replies, canaries)
}

#[tokio::test]
async fn credentials_signatures_and_tokens_are_nowhere_but_where_they_belong() {
    logs::capture();
    let world = World::start().await;
    told_by(&world, &Owner::of(&world).await).await;
}

/// A program tells the story, whose token is another canary: what proves it is behind the ids that it names.
#[tokio::test]
async fn a_program_leaves_no_more_of_them_and_nothing_of_its_token() {
    logs::capture();
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let token = ada.token().await;
    let log = told_by(&world, &ada.with(&token)).await;
    let (proof, rows) = (&token.secret[49..], json!(world.rows("Grants").await).to_string());
    assert!(!log.contains(proof) && !rows.contains(proof));
}

/// Tells the story through whoever it is, and holds that no canary got out; the log.
async fn told_by(world: &World, ada: &Owner<'_>) -> String {
    let (replies, canaries) = story(world, ada).await;
    let log = logs::text();
    assert!(log.lines().count() > 40 && log.contains("connection_tested") && log.contains("unsealing_refused"));
    let mut rows = String::new();
    for table in TABLES {
        rows += &json!(world.rows(table).await).to_string();
    }
    assert!(canaries.len() > 15 && replies.len() > 50, "{} {}", canaries.len(), replies.len());
    for canary in canaries.iter().map(String::as_str).chain(NAMES) {
        assert!(!log.contains(canary), "{canary} in the log");
        assert!(!rows.contains(canary), "{canary} in a table");
        let told = replies.iter().find(|reply| reply.told().contains(canary));
        assert!(told.is_none(), "{canary} in {told:?}");
    }
    for part in ["signature=", "recvWindow", "CanaryName"] {
        assert!(!log.contains(part), "{part} in the log");
    }
    log
}

#[tokio::test]
async fn an_exchange_that_cannot_be_reached_leaves_no_signed_address_in_the_log() {
    logs::capture();
    let closed = ClosedPort::new();
    let world = World::with_vault(|config| config.exchange_proxy = Some(closed.address())).await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance()).await;
    assert_eq!(ada.tests(&id).await.body["data"]["status"], "exchange_unavailable");
    let log = logs::text();
    assert!(log.contains("connection_tested"));
    for part in ["signature", "apiRestrictions", "CanaryName", &closed.address()] {
        assert!(!log.contains(part), "{part} in {log}");
    }
}
