//! Rules of the tables that no recorded answer covers.

use zeroize::Zeroizing;

use super::super::{
    Call, ConnectionStatus, Credentials, Environment, ExchangeAnswer, Interpretation, KeyInfo, Moment, Permissions,
    find,
};

const AGENT: &str = "0x1164832a327f91a0a73571736703e22b414a249a";
const AGENT_SECRET: &str = "0x52484d2870c280c306c6c2631d392984984699fb5d1077d59c8ad9612f1748c3";

fn key_of(exchange: &str) -> Credentials {
    let (api_key, secret) = if exchange == "hyperliquid" { (AGENT, AGENT_SECRET) } else { ("ours", "secret") };
    Credentials {
        key_type: find(exchange).unwrap().key_types[0],
        api_key: Zeroizing::new(api_key.to_owned()),
        secret: Zeroizing::new(secret.to_owned()),
        passphrase: None,
        wallet_address: Some("0xe1f5c9b52afcc06a9b829299e7d5eca3c2b8ffe9".to_owned()),
    }
}

fn verdict(exchange: &str, http: u16, body: &str) -> Interpretation {
    let (key, exchange) = (key_of(exchange), find(exchange).unwrap());
    let question = (exchange.question)(&key, &exchange.sites[0]);
    (exchange.read)(&key, &question, &ExchangeAnswer::new(http, body.as_bytes().to_vec()))
}

fn accepted(exchange: &str, body: &str) -> KeyInfo {
    match verdict(exchange, 200, body) {
        Interpretation::Accepted(info) => info,
        _ => panic!("{exchange} refuses {body}"),
    }
}

fn refused(exchange: &str, http: u16, body: &str) -> (ConnectionStatus, Option<String>) {
    match verdict(exchange, http, body) {
        Interpretation::Refused { status, code } => (status, code),
        _ => panic!("{exchange} accepts {body}"),
    }
}

#[test]
fn codes_and_texts_come_before_the_http_status() {
    use ConnectionStatus::*;
    let cases = [
        ("bitfinex", 500, r#"["error",10100,"apikey: digest invalid"]"#, InvalidSignature),
        ("bitfinex", 200, r#"["error",10100,"apikey: invalid"]"#, InvalidKey),
        ("bitfinex", 500, r#"["error",10100,"something else"]"#, AmbiguousCredentials),
        ("bitfinex", 500, r#"["error",10112,""]"#, InvalidSignature),
        ("bitfinex", 500, r#"["error",10113,null]"#, InvalidSignature),
        ("bitfinex", 500, r#"["error",10001,"api_key: permission invalid (#42)"]"#, PermissionDenied),
        ("bitfinex", 429, r#"{"error":"ERR_RATE_LIMIT"}"#, RateLimited),
        ("bitfinex", 500, r#"["error","ERR_RATE_LIMIT"]"#, RateLimited),
        ("bitfinex", 500, r#"["error",12345,"new"]"#, UnrecognisedResponse),
        ("bitfinex", 500, r#"["error"]"#, UnrecognisedResponse),
        ("bitfinex", 500, r#"{"error":"maintenance"}"#, ExchangeUnavailable),
        ("bitfinex", 500, "<html>Internal Server Error</html>", ExchangeUnavailable),
        ("bitfinex", 503, r#"["error",12345,"new"]"#, ExchangeUnavailable),
        ("gemini", 400, r#"{"result":"error","reason":"InvalidApiKey"}"#, InvalidKey),
        ("gemini", 400, r#"{"result":"error","reason":"InvalidNonce"}"#, NonceConflict),
        ("gemini", 429, r#"{"result":"error","reason":"RateLimit"}"#, RateLimited),
        ("gemini", 400, r#"{"result":"error","reason":"EndpointMismatch"}"#, UnrecognisedResponse),
        ("gemini", 400, r#"{"result":"error","reason":"New"}"#, UnrecognisedResponse),
        ("deribit", 401, r#"{"error":{"message":"unauthorized","code":13009}}"#, AmbiguousCredentials),
        ("deribit", 200, r#"{"error":{"message":"too_many_requests","code":10028}}"#, RateLimited),
        ("deribit", 400, r#"{"error":{"message":"login_over_limit","code":12003}}"#, RateLimited),
        ("deribit", 400, r#"{"error":{"message":"system_maintenance","code":11051}}"#, ExchangeUnavailable),
        ("deribit", 400, r#"{"error":{"message":"x","code":"13004"}}"#, AmbiguousCredentials),
        ("bingx", 200, r#"{"code":100001,"msg":"Signature verification failed"}"#, InvalidSignature),
        ("bingx", 200, r#"{"code":100412,"msg":"Null signature"}"#, InvalidSignature),
        ("bingx", 200, r#"{"code":100421,"msg":"Null timestamp or timestamp mismatch"}"#, ClockSkew),
        (
            "bingx",
            200,
            r#"{"code":100421,"msg":"This pair is currently restricted from API trading"}"#,
            PermissionDenied,
        ),
        ("bingx", 200, r#"{"code":100421,"msg":7}"#, UnrecognisedResponse),
        ("bingx", 200, r#"{"code":80014,"msg":"timestamp is invalid"}"#, ClockSkew),
        ("bingx", 200, r#"{"code":100004,"msg":"Permission denied"}"#, PermissionDenied),
        ("bingx", 200, r#"{"code":100414,"msg":"risk"}"#, AccountRestricted),
        ("bingx", 200, r#"{"code":100410,"msg":"The current system is busy"}"#, RateLimited),
        ("hyperliquid", 200, r#"[{"name":"t","address":"0x00"}]"#, InvalidKey),
        ("hyperliquid", 200, "[1]", UnrecognisedResponse),
        ("hyperliquid", 200, "null", UnrecognisedResponse),
        ("hyperliquid", 422, "Failed to deserialize the JSON body", UnrecognisedResponse),
        ("cryptocom", 401, r#"{"code":40103,"message":"IP"}"#, IpNotAllowed),
        ("cryptocom", 401, r#"{"code":40104,"message":"tier"}"#, AccountRestricted),
        ("cryptocom", 500, r#"{"code":202,"message":"suspended"}"#, AccountRestricted),
        ("cryptocom", 200, r#"{"code":0,"result":{}}"#, UnrecognisedResponse),
        ("cryptocom", 200, r#"{"code":0,"result":{"data":["x"]}}"#, UnrecognisedResponse),
        ("bitstamp", 403, r#"{"status":"error","reason":"Invalid signature","code":"API0005"}"#, InvalidSignature),
        ("bitstamp", 403, r#"{"status":"error","reason":"Your key is not active","code":"API0011"}"#, KeyExpired),
        ("bitstamp", 403, r#"{"status":"error","reason":"Wrong API key format","code":"API0011"}"#, InvalidKey),
        ("bitstamp", 400, r#"{"response_code":"400.002","response_explanation":"blocked"}"#, RateLimited),
        ("bitstamp", 403, r#"{"status":"error","reason":"IP address not allowed","code":"API0099"}"#, IpNotAllowed),
        ("bitstamp", 403, r#"{"status":"error","reason":{"__all__":["x"]},"code":"API0099"}"#, UnrecognisedResponse),
        ("bitstamp", 200, r#"{"usd_balance":"0.00"}"#, UnrecognisedResponse),
    ];
    for (exchange, http, body, status) in cases {
        assert_eq!(refused(exchange, http, body).0, status, "{exchange} {http} {body}");
    }
}

#[test]
fn nonsense_is_never_a_key_that_works() {
    let exchanges = ["bitfinex", "gemini", "deribit", "bingx", "hyperliquid", "cryptocom", "bitstamp"];
    let bodies = ["", "<html>hello</html>", "{}", "[[]]", "[null]", "null", "7", r#""ok""#, r#"{"result":{"sco"#];
    for (exchange, body) in exchanges.into_iter().flat_map(|exchange| bodies.map(|body| (exchange, body))) {
        assert_eq!(refused(exchange, 200, body).0, ConnectionStatus::UnrecognisedResponse, "{exchange} {body}");
        assert_eq!(refused(exchange, 429, body).0, ConnectionStatus::RateLimited, "{exchange} {body}");
        assert_eq!(refused(exchange, 502, body).0, ConnectionStatus::ExchangeUnavailable, "{exchange} {body}");
        assert_eq!(refused(exchange, 451, body).0, ConnectionStatus::GeoBlocked, "{exchange} {body}");
    }
    assert_eq!(refused("bitfinex", 200, "[]").0, ConnectionStatus::UnrecognisedResponse);
}

#[test]
fn no_text_of_an_exchange_becomes_a_code() {
    let echo = r#"{"result":"error","reason":"key account-ABC","message":"account-ABC"}"#;
    assert_eq!(refused("gemini", 400, echo).1, None);
    assert_eq!(refused("bitstamp", 400, r#"{"code":"account-ABC","reason":"No permission found"}"#).1, None);
    assert_eq!(refused("deribit", 400, r#"{"error":{"code":13004}}"#).1.as_deref(), Some("13004"));
}

#[test]
fn permissions_are_true_false_or_unknown() {
    let (yes, no) = (Some(true), Some(false));
    let scopes = |more: &str| format!(r#"[["account",1,0],["wallets",1,0],["orders",1,0],["withdraw",0,0]{more}]"#);
    let cases = [
        ("bitfinex", scopes(""), [yes, None, None, no]),
        ("bitfinex", scopes(r#",["funding",0,1]"#), [yes, yes, None, no]),
        ("bitfinex", scopes(r#",["ui_withdraw",0,1]"#), [yes, None, yes, no]),
        ("bitfinex", scopes(r#",["ui_withdraw",0,"0"],["positions",0,false]"#), [yes, None, None, no]),
        ("bitfinex", scopes(r#",["ui_withdraw",0,0],["positions",0,0],["funding",0,0]"#), [yes, no, no, no]),
        ("bitfinex", r#"[["orders",0,1]]"#.into(), [None, yes, None, None]),
        ("gemini", r#"{"isAuditor":false,"isFundManager":true,"isTrader":true}"#.into(), [yes, yes, yes, None]),
        ("gemini", r#"{"isAuditor":false,"isFundManager":"no","isTrader":true}"#.into(), [yes, yes, None, None]),
        (
            "gemini",
            r#"{"isAccountAdmin":true,"isAuditor":false,"isFundManager":false,"isTrader":false}"#.into(),
            [no, no, None, None],
        ),
        (
            "gemini",
            r#"{"isAccountAdmin":false,"isAuditor":true,"isFundManager":false,"isTrader":false}"#.into(),
            [yes, no, no, None],
        ),
        (
            "deribit",
            r#"{"result":{"scope":"connection account:read trade:read_write wallet:read_write"}}"#.into(),
            [yes, yes, yes, None],
        ),
        ("deribit", r#"{"result":{"scope":"account:read trade:new"}}"#.into(), [yes, None, None, None]),
        ("deribit", r#"{"result":{"scope":"account:read trade:read wallet:none"}}"#.into(), [yes, no, no, None]),
        ("deribit", r#"{"result":{"scope":"connection mainaccount"}}"#.into(), [None; 4]),
        ("bingx", r#"{"code":0,"data":{"permissions":[2,4,5]}}"#.into(), [yes, no, yes, yes]),
        ("bingx", r#"{"code":0,"data":{"permissions":[2,"5"]}}"#.into(), [yes, None, None, None]),
        ("bingx", r#"{"code":0,"data":{"permissions":"2,5"}}"#.into(), [None; 4]),
        ("bingx", r#"{"permissions":[1,2],"ipAddresses":[],"note":""}"#.into(), [yes, yes, no, no]),
        (
            "bingx",
            r#"{"code":0,"data":{"enableReading":true,"enableSpotAndMarginTrading":false,"enableFutures":false,
                "enableWithdrawals":"false","permitsUniversalTransfer":false}}"#
                .into(),
            [yes, None, None, None],
        ),
    ];
    for (exchange, body, [read, trade, withdraw, transfer]) in cases {
        let expected = Permissions { read, trade, withdraw, transfer };
        assert_eq!(accepted(exchange, &body).permissions, expected, "{exchange} {body}");
    }
    for (data, can_pay_others) in [
        (r#"{"permissions":[2,4]}"#, no),
        (r#"{"permissions":[2,7]}"#, None),
        (r#"{"permissions":[2,"7"]}"#, None),
        (r#"{"enableReading":true,"enableInternalTransfer":false}"#, no),
        (r#"{"enableReading":true,"enableInternalTransfer":true}"#, None),
        (r#"{"enableReading":true}"#, None),
    ] {
        let body = format!(r#"{{"code":0,"data":{data}}}"#);
        assert_eq!(accepted("bingx", &body).can_pay_others, can_pay_others, "{data}");
    }
}

#[test]
fn address_lists_and_expiry() {
    let bingx = |more: &str| accepted("bingx", &format!(r#"{{"code":0,"data":{{"permissions":[2]{more}}}}}"#));
    let cases = [
        (bingx(""), None, None),
        (bingx(r#","ipAddresses":[]"#), Some(false), Some(vec![])),
        (bingx(r#","ipAddresses":"203.0.113.7""#), None, None),
        (bingx(r#","ipRestrict":true"#), Some(true), None),
    ];
    for (info, restricted, list) in cases {
        assert_eq!(info.ip_restricted, restricted);
        assert_eq!(info.ip_allow_list, list.map(|list| list.into_iter().map(str::to_owned).collect()));
    }
    let agent = |until: &str| accepted("hyperliquid", &format!(r#"[{{"address":"{}"{until}}}]"#, AGENT.to_uppercase()));
    assert_eq!(agent(r#","validUntil":1700000000999"#).expires_at.unwrap().as_second(), 1_700_000_000);
    assert_eq!(agent(r#","validUntil":"1700000000999""#).expires_at, None);
    assert_eq!(agent("").expires_at, None);
}

#[test]
fn only_agents_of_a_named_master_are_kept() {
    let check = |secret: &str, wallet: Option<&str>| {
        let mut key = key_of("hyperliquid");
        key.secret = Zeroizing::new(secret.to_owned());
        key.wallet_address = wallet.map(str::to_owned);
        (find("hyperliquid").unwrap().check)(&key).err().map(|(field, _)| field)
    };
    let master = Some("0xE1f5c9b52afcc06a9b829299e7d5eca3c2b8ffe9");
    assert_eq!(check(AGENT_SECRET, master), None);
    assert_eq!(check(AGENT_SECRET.trim_start_matches("0x"), master), None);
    assert_eq!(check(AGENT_SECRET, Some(&AGENT.to_uppercase().replace("0X", "0x"))), Some("secret"));
    for secret in ["", "0x", &"0".repeat(64), &"f".repeat(64), &"+1".repeat(32), &"é".repeat(32), &"1".repeat(65)] {
        assert_eq!(check(secret, master), Some("secret"), "{secret}");
    }
    for wallet in [None, Some(""), Some("e1f5c9b52afcc06a9b829299e7d5eca3c2b8ffe9"), Some("0xe1"), Some(AGENT_SECRET)] {
        assert_eq!(check(AGENT_SECRET, wallet), Some("wallet_address"));
    }
}

#[test]
fn the_address_follows_from_the_key() {
    let mut key = key_of("hyperliquid");
    assert_eq!(super::super::agent_address(&key).as_deref(), Some(AGENT));
    key.secret = Zeroizing::new("2502D0202EEEF9504C5E67FD60ACFC85DF88456D458EB89FD04473B2471F99EE".to_owned());
    let address = super::super::agent_address(&key);
    assert_eq!(address.as_deref(), Some("0xf5040f90948aef2a1d7ffc3f5571da29f8779e43"));
}

#[test]
fn questions_go_to_the_place_of_the_key() {
    let sent = |exchange: &str, environment: Environment| {
        let (key, exchange) = (key_of(exchange), find(exchange).unwrap());
        let site = exchange.site(environment, None).unwrap();
        let question = (exchange.question)(&key, site);
        (exchange.sign)(&key, site, &question, &Moment { unix_ms: 1_700_000_000_321, nonce: [0xab; 32] }).ok().unwrap()
    };
    assert_eq!(sent("bingx", Environment::Demo).host, "open-api-vst.bingx.com");
    assert_eq!(sent("deribit", Environment::Testnet).host, "test.deribit.com");
    assert_eq!(sent("cryptocom", Environment::Testnet).host, "uat-api.3ona.co");
    let bitstamp = sent("bitstamp", Environment::Live);
    assert!(bitstamp.body.is_none() && bitstamp.headers.iter().all(|(name, _)| *name != "Content-Type"));
    let nonce = bitstamp.headers.iter().find(|(name, _)| *name == "X-Auth-Nonce").unwrap();
    assert_eq!(nonce.1.as_str(), "abababab-abab-abab-abab-abababababab");
    assert!(sent("gemini", Environment::Live).body.is_none());
}

#[test]
fn values_are_encoded_where_the_exchange_signs_them_plain() {
    let exchange = find("bingx").unwrap();
    let call = Call::get("/x").with("note", "a b&c").with("amount", 7);
    let moment = Moment { unix_ms: 1, nonce: [0; 32] };
    let request = (exchange.sign)(&key_of("bingx"), &exchange.sites[0], &call, &moment).ok().unwrap();
    let signature =
        super::super::crypto::mac_hex(super::super::crypto::HMAC_SHA256, "secret", "amount=7&note=a b&c&timestamp=1");
    assert_eq!(request.target.as_str(), format!("/x?amount=7&note=a%20b%26c&timestamp=1&signature={signature}"));
}
