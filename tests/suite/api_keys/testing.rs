//! Connection tests: what they answer, what they leave behind, and what they cost the exchange.

use api_keys::exchanges::ConnectionStatus;
use paper::Canned;
use serde_json::{Value, json};
use tests::{Reply, World, until};

use super::{Owner, assert_conflict, demo, demo_body, forget_uses, with};

/// The members of a test's outcome.
const MEMBERS: [&str; 17] = [
    "checked_at",
    "environment",
    "exchange",
    "exchange_code",
    "expires_at",
    "ip_allow_list",
    "ip_restricted",
    "key_id",
    "key_status",
    "latency_ms",
    "message",
    "permission_source",
    "permissions",
    "retry_after",
    "retryable",
    "status",
    "warnings",
];

/// What Binance says of a key that may do these things.
fn restrictions(withdraw: &Value, pay: bool, ip: bool) -> Canned {
    let body = json!({
        "ipRestrict": ip, "enableReading": true, "enableWithdrawals": withdraw, "enableInternalTransfer": pay,
        "permitsUniversalTransfer": false, "enableSpotAndMarginTrading": true, "enableMargin": false,
        "enableFutures": false, "enableVanillaOptions": false, "enablePortfolioMarginTrading": false,
        "enableFixApiTrade": false,
    });
    Canned::new(200, body.to_string())
}

#[tokio::test]
async fn every_demo_key_ends_as_its_exchange_says() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let demos = world.aws.paper().demos();
    assert!(demos.len() > 100);
    for demo in demos {
        let place = format!("{} {}", demo.exchange, demo.outcome);
        let id = ada.keeps(&demo_body(&demo.credentials)).await;
        forget_uses(&world).await;
        let reply = ada.tests(&id).await;
        let (expected, data) = (demo.expected_status, &reply.body["data"]);
        assert_eq!((reply.status, &data["status"]), (200, &json!(expected)), "{place}: {reply:?}");
        assert_eq!(reply.body["success"], expected == ConnectionStatus::Ok, "{place}");
        assert_eq!(
            (&reply.body["message"], &data["message"]),
            (&json!(expected.message()), &json!(expected.message()))
        );
        assert_eq!(data.as_object().unwrap().len(), MEMBERS.len());
        assert!(MEMBERS.iter().all(|member| data.get(member).is_some()), "{data}");
        assert_eq!((&data["key_id"], &data["exchange"]), (&json!(id), &json!(demo.exchange)));
        assert_eq!(data["retryable"], expected.is_retryable(), "{place}");

        let (key, withdraws) = (ada.sees(&id).await, demo.outcome == "withdraw");
        let status = if withdraws { "blocked" } else { expected.as_str() };
        assert_eq!((&key["status"], &data["key_status"]), (&json!(status), &json!(status)), "{place}");
        assert_eq!(key["last_tested_at"], data["checked_at"], "{place}");
        for member in ["permissions", "warnings", "ip_restricted", "expires_at"] {
            assert_eq!(key[member], data[member], "{place} {member}");
        }
        if withdraws {
            assert_eq!(data["permissions"]["withdraw"], true, "{place}");
        }
        assert_eq!(ada.events(&id).await[0]["outcome"], expected.as_str());
        ada.deletes(&id).await.assert_ok();
    }
}

#[tokio::test]
async fn what_a_key_may_do_is_known_unknown_or_warned_of() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "binance", "ok")).await;
    let (yes, no, unknown) = (json!(true), json!(false), json!(null));
    for (answer, withdraw, warnings, status) in [
        (restrictions(&no, false, true), &no, json!([]), "ok"),
        (restrictions(&no, false, false), &no, json!(["TRADE_WITHOUT_IP_RESTRICTION"]), "ok"),
        (restrictions(&json!("false"), false, true), &unknown, json!(["WITHDRAW_PERMISSION_UNKNOWN"]), "ok"),
        (restrictions(&json!(0), false, true), &unknown, json!(["WITHDRAW_PERMISSION_UNKNOWN"]), "ok"),
        (
            restrictions(&yes, false, false),
            &yes,
            json!(["KEY_CAN_WITHDRAW", "TRADE_WITHOUT_IP_RESTRICTION"]),
            "blocked",
        ),
        (restrictions(&no, true, true), &no, json!(["KEY_CAN_PAY_OTHERS"]), "blocked"),
    ] {
        world.aws.paper().set_canned(Some(answer));
        forget_uses(&world).await;
        let data = ada.tests(&id).await.body["data"].clone();
        assert_eq!((&data["status"], &data["permissions"]["withdraw"]), (&json!("ok"), withdraw), "{data}");
        assert_eq!((&data["warnings"], &data["key_status"]), (&warnings, &json!(status)));
        let key = ada.sees(&id).await;
        assert_eq!((&key["warnings"], &key["status"]), (&warnings, &json!(status)));
        assert_eq!(ada.decrypts(&id).await.status, if status == "ok" { 200 } else { 409 });
    }
}

#[tokio::test]
async fn what_an_exchange_leaves_out_is_unknown() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    world.aws.paper().set_canned(Some(Canned::new(200, r#"{"code":"0","data":[{"perm":"","ip":""}]}"#)));
    let data = ada.tests(&id).await.body["data"].clone();
    assert_eq!(data["permissions"], json!({ "read": null, "trade": null, "withdraw": null, "transfer": null }));
    assert_eq!((&data["status"], &data["key_status"]), (&json!("ok"), &json!("ok")));
    assert_eq!(data["warnings"], json!(["WITHDRAW_PERMISSION_UNKNOWN"]));
    assert_eq!(ada.sees(&id).await["permissions"], data["permissions"]);

    // Nor does it take back what was known.
    let id = ada.keeps(&demo(&world, "okx", "withdraw")).await;
    world.aws.paper().set_canned(None);
    assert_eq!(ada.tests(&id).await.body["data"]["key_status"], "blocked");
    world.aws.paper().set_canned(Some(Canned::new(200, r#"{"code":"0","data":[{"perm":"","ip":""}]}"#)));
    assert_eq!(ada.tests(&id).await.body["data"]["key_status"], "blocked");
    assert_conflict(&ada.decrypts(&id).await, "KEY_CAN_WITHDRAW");
}

#[tokio::test]
async fn an_agent_may_move_funds_and_is_kept_with_a_warning() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "hyperliquid", "ok")).await;
    let data = ada.tests(&id).await.body["data"].clone();
    assert_eq!(data["permissions"], json!({ "read": true, "trade": true, "withdraw": false, "transfer": true }));
    assert_eq!((&data["warnings"], &data["key_status"]), (&json!(["CAN_TRANSFER"]), &json!("ok")));
    assert_eq!(ada.sees(&id).await["warnings"], json!(["CAN_TRANSFER"]));
    ada.decrypts(&id).await.assert_ok();
}

#[tokio::test]
async fn an_exchange_that_does_not_describe_its_keys_leaves_all_unknown() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    for exchange in ["binanceus", "mexc", "bitstamp", "cryptocom"] {
        let id = ada.keeps(&demo(&world, exchange, "ok")).await;
        let data = ada.tests(&id).await.body["data"].clone();
        assert_eq!(
            (&data["permissions"]["trade"], &data["permissions"]["withdraw"]),
            (&json!(null), &json!(null)),
            "{exchange}"
        );
        assert_eq!(
            (&data["permission_source"], &data["warnings"]),
            (&json!("none"), &json!(["WITHDRAW_PERMISSION_UNKNOWN"]))
        );
        ada.decrypts(&id).await.assert_ok();
    }
}

#[tokio::test]
async fn a_key_that_can_withdraw_is_not_shown() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "kraken", "withdraw")).await;
    ada.decrypts(&id).await.assert_ok();
    ada.tests(&id).await.assert_ok();
    let (refused, calls) = world.calls(ada.decrypts(&id)).await;
    assert_conflict(&refused, "KEY_CAN_WITHDRAW");
    assert!(refused.body["message"].as_str().unwrap().contains("send funds out"));
    assert!(calls.kms.is_empty());
    assert_eq!(ada.events(&id).await[0]["outcome"], "KEY_CAN_WITHDRAW");
    ada.changes(&id, json!({ "label": "x", "is_active": true })).await.assert_ok();
    assert_conflict(&ada.decrypts(&id).await, "KEY_CAN_WITHDRAW");
}

#[tokio::test]
async fn where_the_house_allows_it_a_key_that_can_withdraw_is_one_like_others() {
    let world = World::with_vault(|config| config.allow_withdrawal_keys = true).await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "kraken", "withdraw")).await;
    let data = ada.tests(&id).await.body["data"].clone();
    assert_eq!((&data["key_status"], &data["warnings"]), (&json!("ok"), &json!(["KEY_CAN_WITHDRAW"])));
    assert_eq!(ada.sees(&id).await["status"], "ok");
    ada.decrypts(&id).await.assert_ok();
}

#[tokio::test]
async fn a_key_that_learns_to_withdraw_is_blocked_and_a_failed_test_does_not_unblock_it() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "binance", "ok")).await;
    assert_eq!(ada.tests(&id).await.body["data"]["key_status"], "ok");
    ada.decrypts(&id).await.assert_ok();
    world.aws.paper().set_canned(Some(restrictions(&json!(true), false, true)));
    assert_eq!(ada.tests(&id).await.body["data"]["key_status"], "blocked");
    let known = ada.sees(&id).await;

    for (answer, status) in [
        (Canned::new(503, ""), "exchange_unavailable"),
        (Canned::new(200, "<html>"), "unrecognised_response"),
        (Canned::new(401, r#"{"code":-2014}"#), "invalid_key"),
    ] {
        world.aws.paper().set_canned(Some(answer));
        let data = ada.tests(&id).await.body["data"].clone();
        assert_eq!((&data["status"], &data["key_status"]), (&json!(status), &json!("blocked")));
        let key = ada.sees(&id).await;
        assert_eq!((&key["status"], &key["permissions"]), (&json!("blocked"), &known["permissions"]));
        assert_conflict(&ada.decrypts(&id).await, "KEY_CAN_WITHDRAW");
    }
    forget_uses(&world).await;
    world.aws.paper().set_canned(Some(restrictions(&json!(false), false, true)));
    assert_eq!(ada.tests(&id).await.body["data"]["key_status"], "ok");
    ada.decrypts(&id).await.assert_ok();
}

#[tokio::test]
async fn an_exchange_is_asked_once_and_twice_only_where_one_answer_is_none() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let once = api_keys::exchanges::ALL.map(|exchange| (exchange.id, "ok", 1 + u64::from(exchange.id == "htx")));
    let refused = [("binance", "bad_secret", 1), ("kraken", "down", 1), ("htx", "wrong_ip", 1), ("htx", "expired", 2)];
    let at_random = [("coinbase", "bad_secret", 2), ("coinbase", "wrong_ip", 2), ("coinbase", "rate_limited", 1)];
    for (exchange, outcome, questions) in [&once[..], &refused, &at_random].concat() {
        let id = ada.keeps(&demo(&world, exchange, outcome)).await;
        forget_uses(&world).await;
        world.aws.paper().reset_calls();
        ada.tests(&id).await.assert_ok();
        let asked: Vec<_> = world.aws.paper().calls().into_iter().collect();
        assert_eq!(asked, [(exchange, questions)], "{outcome}");
        ada.deletes(&id).await.assert_ok();
    }
}

#[tokio::test]
async fn gate_is_asked_twice_where_a_key_may_not_list_keys() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "gate", "ok")).await;
    for answer in [
        Canned::new(404, "no such path"),
        Canned::new(403, r#"{"label":"FORBIDDEN","message":"sub-accounts may not"}"#),
        Canned::new(200, "[]"),
    ] {
        world.aws.paper().set_canned(Some(answer));
        world.aws.paper().reset_calls();
        assert_eq!(ada.tests(&id).await.body["success"], false);
        assert_eq!(world.aws.paper().calls()["gate"], 2);
        assert!(world.aws.paper().last_request().unwrap().target.starts_with("/api/v4/account/detail"));
    }
}

#[tokio::test]
async fn a_key_is_tried_where_it_belongs() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let mut body = demo(&world, "okx", "ok");
    body["region"] = json!("eea");
    let id = ada.keeps(&body).await;
    ada.tests(&id).await;
    assert_eq!(world.aws.paper().last_request().unwrap().host, "eea.okx.com");
    let id = ada.keeps(&demo(&world, "okx", "demo")).await;
    assert_eq!(ada.tests(&id).await.body["data"]["status"], "ok");
    let request = world.aws.paper().last_request().unwrap();
    assert_eq!((request.host.as_str(), request.header("x-simulated-trading")), ("www.okx.com", Some("1")));
    let mut body = demo(&world, "okx", "wrong_ip");
    body["environment"] = json!("demo");
    let id = ada.keeps(&body).await;
    assert_eq!(ada.tests(&id).await.body["data"]["status"], "wrong_environment");
}

#[tokio::test]
async fn the_time_to_wait_is_passed_on() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "binance", "rate_limited")).await;
    let reply = ada.tests(&id).await;
    let data = &reply.body["data"];
    assert_eq!((reply.status, &data["status"], &data["retry_after"]), (200, &json!("rate_limited"), &json!(17)));
    assert_eq!((&data["retryable"], &data["exchange_code"]), (&json!(true), &json!("-1003")));
}

#[tokio::test]
async fn nobody_is_told_to_wait_for_more_than_an_hour() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "binance", "ok")).await;
    let verified = with(&demo(&world, "okx", "ok"), json!({ "verify": true }));
    for (given, seconds) in [
        ("0", Some(0)),
        ("17", Some(17)),
        ("3600", Some(3_600)),
        ("3601", Some(3_600)),
        ("4294967295", Some(3_600)),
        ("4294967296", Some(3_600)),
        ("99999999999999999999999999", Some(3_600)),
        ("Sun, 22 Nov 2026 10:00:00 GMT", None),
        ("-5", None),
        ("+5", None),
        ("1e9", None),
        ("", None),
    ] {
        let headers = [("retry-after".to_owned(), given.to_owned())].into_iter().collect();
        world.aws.paper().set_canned(Some(Canned { headers, ..Canned::new(429, "slow down") }));
        forget_uses(&world).await;
        let data = ada.tests(&id).await.body["data"].clone();
        assert_eq!((&data["status"], &data["retry_after"]), (&json!("rate_limited"), &json!(seconds)), "{given}");
        let reply = ada.creates(&verified).await;
        let header = seconds.unwrap_or(5).to_string();
        assert_eq!((reply.status, reply.header("retry-after")), (503, Some(header.as_str())), "{given}");
    }
}

/// A test that begins, and what another one finds out before it ends.
async fn overtaken_by(ada: &Owner<'_>, id: &str, slow: Canned, fast: Canned) -> [Reply; 2] {
    forget_uses(ada.world).await;
    ada.world.aws.paper().reset_calls();
    ada.world.aws.paper().set_canned(Some(Canned { delay_ms: 1_000, ..slow }));
    let overtake = async {
        until("the exchange is asked", || !ada.world.aws.paper().calls().is_empty()).await;
        ada.world.advance(1);
        ada.world.aws.paper().set_canned(Some(fast));
        ada.tests(id).await
    };
    tokio::join!(ada.tests(id), overtake).into()
}

#[tokio::test]
async fn a_slow_test_does_not_unblock_what_a_faster_one_has_blocked() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "binance", "ok")).await;
    let (can, cannot) = (|| restrictions(&json!(true), false, true), || restrictions(&json!(false), false, true));
    // A key that nothing is known of yet, and one that was blocked before.
    for _ in 0..2 {
        let replies = overtaken_by(&ada, &id, cannot(), can()).await;
        for (reply, withdraw) in replies.iter().zip([false, true]) {
            let data = &reply.body["data"];
            assert_eq!((reply.status, &data["status"], &data["key_status"]), (200, &json!("ok"), &json!("blocked")));
            assert_eq!(data["permissions"]["withdraw"], withdraw);
        }
        let key = ada.sees(&id).await;
        assert_eq!((&key["status"], &key["permissions"]["withdraw"]), (&json!("blocked"), &json!(true)));
        assert_conflict(&ada.decrypts(&id).await, "KEY_CAN_WITHDRAW");
    }
    // Nor where the faster one has found out nothing.
    let [slow, fast] = overtaken_by(&ada, &id, cannot(), Canned::new(503, "")).await;
    assert_eq!(fast.body["data"]["status"], "exchange_unavailable");
    assert_eq!(slow.body["data"]["key_status"], "blocked");
    assert_conflict(&ada.decrypts(&id).await, "KEY_CAN_WITHDRAW");
    // Where both say so, it is unblocked.
    for reply in overtaken_by(&ada, &id, cannot(), cannot()).await {
        assert_eq!(reply.body["data"]["key_status"], "ok");
    }
    ada.decrypts(&id).await.assert_ok();
    // And the one that blocks may be the slow one.
    for (reply, status) in overtaken_by(&ada, &id, can(), cannot()).await.iter().zip(["blocked", "ok"]) {
        assert_eq!(reply.body["data"]["key_status"], status);
    }
    assert_conflict(&ada.decrypts(&id).await, "KEY_CAN_WITHDRAW");
}
