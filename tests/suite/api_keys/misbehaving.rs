//! Exchanges that misbehave: every answer becomes one of our own words, in time, and nothing of theirs goes further.

use std::{
    collections::BTreeMap,
    io::ErrorKind,
    net::{Ipv4Addr, TcpListener},
    time::{Duration, Instant},
};

use paper::Canned;
use serde_json::json;
use shared::http::DEADLINE;
use tests::{Reply, World};

use super::{ClosedPort, Owner, demo, forget_uses, rows};

/// What an answer is that nobody reads.
const NOT_READ: &str = "unrecognised_response";

async fn answered(world: &World, ada: &Owner<'_>, id: &str, answer: Canned) -> Reply {
    forget_uses(world).await;
    world.aws.paper().reset_calls();
    world.aws.paper().set_canned(Some(answer));
    ada.tests(id).await
}

fn headed(status: u16, headers: &[(&str, &str)], body: &str) -> Canned {
    let headers: BTreeMap<_, _> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Canned { headers, ..Canned::new(status, body) }
}

#[tokio::test]
async fn nonsense_is_unrecognised_and_an_outage_is_an_outage() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "binance", "ok")).await;
    let huge = format!("{{\"ipRestrict\":true,\"filler\":\"{}\"}}", "x".repeat(64 * 1024));
    let fitting = format!("{{\"ipRestrict\":true,\"filler\":\"{}\"}}", "x".repeat(64 * 1024 - 40));
    for (answer, status) in [
        (headed(200, &[("content-type", "text/html")], "<html><body>Welcome</body></html>"), "unrecognised_response"),
        (Canned::new(200, ""), "unrecognised_response"),
        (Canned::new(200, "null"), "unrecognised_response"),
        (Canned::new(200, "[]"), "unrecognised_response"),
        (Canned::new(200, r#"{"ipRestrict":tr"#), "unrecognised_response"),
        (Canned::new(200, b"{\"ipRestrict\":\"\xff\"}".to_vec()), "unrecognised_response"),
        (Canned::new(200, "[".repeat(60_000)), "unrecognised_response"),
        (Canned::new(200, huge.as_str()), "unrecognised_response"),
        (Canned::new(500, huge.as_str()), "unrecognised_response"),
        (Canned::new(200, fitting), "ok"),
        (headed(200, &[("content-length", "500")], r#"{"ipRestrict":true}"#), "exchange_unavailable"),
        (Canned::new(500, "<html>"), "exchange_unavailable"),
        (Canned::new(503, ""), "exchange_unavailable"),
        (Canned::new(429, "slow down"), "rate_limited"),
        (Canned::new(418, "{}"), "rate_limited"),
        (Canned::new(451, ""), "geo_blocked"),
        (Canned::new(200, r#"{"code":"-2014"}"#), "invalid_key"),
        (Canned::new(200, r#"{"code":[-2014]}"#), "unrecognised_response"),
        (Canned::new(500, r#"{"code":-1022}"#), "invalid_signature"),
    ] {
        let shown = format!("{} {:.60}", answer.status, String::from_utf8_lossy(&answer.body));
        let reply = answered(&world, &ada, &id, answer).await;
        assert_eq!((reply.status, &reply.body["data"]["status"]), (200, &json!(status)), "{shown}");
        assert_eq!(world.aws.paper().calls()["binance"], 1, "{shown}");
        assert_eq!(ada.sees(&id).await["status"], status, "{shown}");
    }
}

#[tokio::test]
async fn values_of_the_wrong_type_say_nothing() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "binance", "ok")).await;
    let body = json!({
        "ipRestrict": "true", "enableReading": 1, "enableWithdrawals": "false", "enableInternalTransfer": null,
        "enableSpotAndMarginTrading": "no", "permitsUniversalTransfer": [],
    });
    let reply = answered(&world, &ada, &id, Canned::new(200, body.to_string())).await;
    let data = &reply.body["data"];
    assert_eq!((&data["status"], &data["ip_restricted"]), (&json!("ok"), &json!(null)));
    assert_eq!(data["permissions"], json!({ "read": null, "trade": null, "withdraw": null, "transfer": null }));
    assert_eq!(data["warnings"], json!(["WITHDRAW_PERMISSION_UNKNOWN"]));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let elsewhere = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let target = format!("http://{}/", elsewhere.local_addr().unwrap());
    for (exchange, body) in
        [("binance", r#"{"ipRestrict":true}"#), ("okx", r#"{"code":"0","data":[{"perm":"trade"}]}"#)]
    {
        let id = ada.keeps(&demo(&world, exchange, "ok")).await;
        for (status, expected) in [(200, "ok"), (301, NOT_READ), (302, NOT_READ), (303, NOT_READ), (307, NOT_READ)] {
            let redirect = headed(status, &[("location", &target)], body);
            let reply = answered(&world, &ada, &id, redirect).await;
            assert_eq!((reply.status, &reply.body["data"]["status"]), (200, &json!(expected)), "{exchange} {status}");
            assert_eq!(world.aws.paper().calls()[exchange], 1);
        }
    }
    assert_eq!(elsewhere.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "nobody came");
}

/// The one slow test: an exchange gets what is left of six seconds, and this one never answers. So what was found out is written
/// in time, also where the table was slow before.
#[tokio::test]
async fn an_exchange_that_takes_its_time_is_not_waited_for() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "binance", "ok")).await;
    let slow = Canned { delay_ms: u64::MAX, ..Canned::new(200, r#"{"ipRestrict":true}"#) };
    world.hold("PutItem", 1_000);
    // The time that a slow table takes; nothing is waited for meanwhile.
    let slow_table = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        world.mend();
    };
    let since = Instant::now();
    let (reply, ()) = tokio::join!(answered(&world, &ada, &id, slow), slow_table);
    assert!(since.elapsed() < DEADLINE, "{:?}", since.elapsed());
    assert_eq!((reply.status, &reply.body["data"]["status"]), (200, &json!("exchange_unavailable")), "{reply:?}");
    assert_eq!(world.aws.paper().calls()["binance"], 1);
    assert_eq!(ada.events(&id).await[0]["outcome"], "exchange_unavailable");
}

#[tokio::test]
async fn nobody_there_is_an_outage() {
    let closed = ClosedPort::new();
    let world = World::with_vault(|config| config.exchange_proxy = Some(closed.address())).await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "binance", "ok")).await;
    let reply = ada.tests(&id).await;
    assert_eq!((reply.status, &reply.body["data"]["status"]), (200, &json!("exchange_unavailable")));
    assert_eq!((&reply.body["data"]["retryable"], &reply.body["data"]["exchange_code"]), (&json!(true), &json!(null)));
}

#[tokio::test]
async fn what_an_exchange_writes_goes_nowhere() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let canary = "Canary-0xdecaf";
    let body = json!({
        "code": canary, "msg": canary, "message": canary, "status": canary, "label": canary, "retCode": canary,
        "retMsg": canary, "err-code": canary, "err-msg": canary, "error": [canary], "error_description": canary,
        "reason": canary, "result": { "permissions": [canary], "ipAllowlist": [canary] }, "ip": canary,
        "data": [{ "perm": canary, "ip": canary, "accessKey": canary }], "ipRestrict": canary, "permissions": [canary],
        "ip_whitelist": [canary], "user_id": canary, "can_view": canary, "balances": [canary],
    });
    let words = json!({ "error": { "code": canary, "message": canary, "name": canary }, "data": canary, "code": 0 });
    for exchange in api_keys::exchanges::ALL {
        let id = ada.keeps(&demo(&world, exchange.id, "ok")).await;
        for text in [body.to_string(), words.to_string(), canary.to_owned()] {
            for status in [200, 401] {
                let headers = [("x-canary", canary), ("retry-after", canary), ("server", canary)];
                let reply = answered(&world, &ada, &id, headed(status, &headers, &text)).await;
                assert_eq!(reply.status, 200, "{} {status} {text}: {reply:?}", exchange.id);
                let everything = reply.told().to_lowercase();
                assert!(!everything.contains(&canary.to_lowercase()), "{} {status} {text}: {reply:?}", exchange.id);
            }
        }
    }
    assert!(!json!(rows(&world).await).to_string().contains(canary));
}
