//! Rules of the tables that no recorded answer covers: one line for each.

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::super::{
    Call, Credentials, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType, PrivateKey, Reading, find,
};

fn credentials(key_type: KeyType, api_key: &str, secret: &str) -> Credentials {
    Credentials {
        key_type,
        api_key: Zeroizing::new(api_key.to_owned()),
        secret: Zeroizing::new(secret.to_owned()),
        passphrase: None,
        wallet_address: None,
    }
}

/// `r+ t- w? x?`, then `ips` and when it ends, where that is known.
fn summary(info: &KeyInfo) -> String {
    let sign = |flag| match flag {
        Some(true) => '+',
        Some(false) => '-',
        None => '?',
    };
    let can = info.permissions;
    let [read, trade, withdraw, transfer] = [can.read, can.trade, can.withdraw, can.transfer].map(sign);
    let ips = info.ip_allow_list.as_ref().map(|ips| format!(" [{}]", ips.join(" "))).unwrap_or_default();
    let ends = info.expires_at.map(|at| format!(" {at}")).unwrap_or_default();
    format!("r{read} t{trade} w{withdraw} x{transfer}{ips}{ends}")
}

fn asked(exchange: &Exchange, call: &Call, status: u16, body: &str) -> String {
    let key = credentials(KeyType::Hmac, "c5dcfbf1f3a7-ours", "FAKE-secret");
    match (exchange.read)(&key, call, &ExchangeAnswer::new(status, body.as_bytes().to_vec())) {
        Interpretation::Accepted(info) => summary(&info),
        Interpretation::Refused { status, code } => {
            format!("{} {}", status.as_str(), code.unwrap_or_default()).trim().to_owned()
        }
        Interpretation::Ask(call) => format!("ask {}", call.path),
    }
}

fn read(id: &str, status: u16, body: &str) -> String {
    let exchange = find(id).unwrap();
    let question = (exchange.question)(&credentials(KeyType::Hmac, "c5dcfbf1f3a7-ours", "x"), &exchange.sites[0]);
    asked(exchange, &question, status, body)
}

#[test]
fn bybit_reads_groups_addresses_and_the_end_of_unbound_keys() {
    let key = |read_only: Value, groups: Value, ips: Value, ends: &str| {
        let mut all = json!({"ContractTrade": [], "Spot": [], "Wallet": [], "Options": [], "Derivatives": [],
                             "CopyTrading": [], "BlockTrade": [], "Earn": []});
        all.as_object_mut().unwrap().extend(groups.as_object().unwrap().clone());
        let key = json!({"readOnly": read_only, "permissions": all, "ips": ips, "expiredAt": ends});
        read("bybit", 200, &json!({"retCode": 0, "result": key}).to_string())
    };
    let (open, ends, never) = (json!(["*"]), "2026-12-22T07:20:25Z", "1970-01-01T00:00:00Z");
    let wallet = |word: &str| json!({ "Wallet": [word] });
    assert_eq!(key(json!(0), json!({"Earn": ["Earn"]}), open.clone(), never), "r+ t+ w- x- []");
    assert_eq!(key(json!(0), wallet("Withdraw"), json!(["203.0.113.7"]), ends), "r+ t- w+ x- [203.0.113.7]");
    assert_eq!(key(json!(0), wallet("SubMemberTransfer"), open.clone(), ends), format!("r+ t- w- x+ [] {ends}"));
    assert_eq!(key(json!(1), wallet("Withdraw"), open.clone(), "soon"), "r+ t- w- x- []");
    assert_eq!(key(json!("0"), wallet("Withdraw"), json!("*"), ends), "r+ t- w? x-");
    assert_eq!(key(json!(0), json!({"Spot": "no", "Wallet": 7}), open, never), "r+ t? w? x? []");
    assert_eq!(read("bybit", 200, r#"{"retCode":0,"result":{}}"#), "unrecognised_response");
}

#[test]
fn kraken_reads_permissions_addresses_and_the_end() {
    let key = |granted: Value, ips: Value, until: Value| {
        let key = json!({"permissions": granted, "ipAllowlist": ips, "validUntil": until});
        read("kraken", 200, &json!({"error": [], "result": key}).to_string())
    };
    let (none, never) = (json!([]), json!("0"));
    assert_eq!(key(json!(["query-ledger", "close-trades"]), none.clone(), never.clone()), "r+ t+ w- x? []");
    assert_eq!(
        key(json!(["add-withdraw-address"]), json!(["203.0.113.0/24"]), json!("1798761600")),
        "r- t- w+ x? [203.0.113.0/24] 2027-01-01T00:00:00Z"
    );
    assert_eq!(key(json!("query-funds"), json!(""), json!(1)), "r? t? w? x?");
    assert_eq!(key(json!(["query-funds", 1]), none, never), "r? t? w? x? []");
    assert_eq!(read("kraken", 200, r#"{"error":[],"result":{}}"#), "unrecognised_response");
    assert_eq!(read("kraken", 200, r#"{"error":["EService:Busy now"]}"#), "exchange_unavailable EService");
}

#[test]
fn coinbase_reads_flags_that_are_flags() {
    let key = |view: Value, trade: Value, transfer: Value| {
        read("coinbase", 200, &json!({"can_view": view, "can_trade": trade, "can_transfer": transfer}).to_string())
    };
    assert_eq!(key(json!(true), json!(true), json!(true)), "r+ t+ w+ x+");
    assert_eq!(key(json!(true), json!("false"), json!(0)), "r+ t? w? x?");
    let denied = r#"{"error":"PERMISSION_DENIED","message":"Missing required scopes"}"#;
    assert_eq!(read("coinbase", 403, denied), "permission_denied PERMISSION_DENIED");
    assert_eq!(read("coinbase", 403, "Forbidden"), "unrecognised_response");
}

#[test]
fn kucoin_and_bitget_read_words() {
    let kucoin = |data: Value| read("kucoin", 200, &json!({"code": "200000", "data": data}).to_string());
    assert_eq!(kucoin(json!({"permission": "General, Earn"})), "r+ t+ w- x- []");
    assert_eq!(
        kucoin(json!({"permission": "General,InnerTransfer", "ipWhitelist": "203.0.113.7"})),
        "r+ t- w- x+ [203.0.113.7]"
    );
    assert_eq!(kucoin(json!({"permission": "General,Transfer", "ipWhitelist": 1})), "r+ t- w+ x+");
    assert_eq!(kucoin(json!({"permission": ["General"]})), "r+ t? w? x? []");

    let bitget = |data: Value| read("bitget", 200, &json!({"code": "00000", "data": data}).to_string());
    assert_eq!(
        bitget(json!({"authorities": ["trade", "readonly"], "ips": "203.0.113.7, ::1"})),
        "r+ t+ w- x- [203.0.113.7 ::1]"
    );
    assert_eq!(bitget(json!({"authorities": ["wwow"], "ips": null})), "r+ t- w+ x-");
    assert_eq!(bitget(json!({"authorities": ["wtow", "stor"], "ips": ""})), "r+ t- w- x+ []");
    assert_eq!(bitget(json!({"authorities": "stow"})), "r+ t? w? x?");
}

#[test]
fn a_network_of_all_addresses_is_no_limit() {
    let key = |ips: Value| {
        let key = json!({"retCode": 0, "result": {"readOnly": 1, "permissions": {"Spot": ["SpotTrade"]}, "ips": ips}});
        let answer = ExchangeAnswer::new(200, key.to_string().into_bytes());
        let bybit = find("bybit").unwrap();
        match (bybit.read)(&credentials(KeyType::Hmac, "k", "x"), &Call::get("/v5/user/query-api"), &answer) {
            Interpretation::Accepted(info) => (info.ip_restricted, info.ip_allow_list.unwrap().join(" ")),
            _ => panic!("{ips} is refused"),
        }
    };
    for open in [json!(["*"]), json!(["0.0.0.0/0"]), json!(["203.0.113.7", "::/0"]), json!([" 203.0.113.7/0 "])] {
        assert_eq!(key(open.clone()), (Some(false), String::new()), "{open}");
    }
    let some =
        json!(["203.0.113.0/24", "203.0.113.7/33", "203.0.113.7/128", "2001:db8::/128", "::/129", "x/0", "0.0.0.0"]);
    assert_eq!(key(some), (Some(true), "203.0.113.0/24 2001:db8::/128 0.0.0.0".to_owned()));
}

#[test]
fn gate_reads_the_key_that_is_ours_and_falls_back_to_the_account() {
    let (gate, account) = (find("gate").unwrap(), Call::get("/api/v4/account/detail"));
    let key = |shown: &str, perms: Value| json!({"key": shown, "state": 1, "perms": perms, "ip_whitelist": []});
    let right = |name: &str, read_only: Value| json!({"name": name, "read_only": read_only});
    let other = key("52fd0035f665*****", json!([right("withdrawal", json!(false))]));
    let of = |perms: Value| read("gate", 200, &json!([other, key("c5dcfbf1f3a7*****", perms)]).to_string());
    assert_eq!(of(json!([right("spot", json!(false)), right("wallet", json!(true))])), "r+ t+ w- x- []");
    assert_eq!(of(json!([right("spot", json!(true)), right("wallet", json!(false))])), "r+ t- w- x+ []");
    assert_eq!(of(json!([right("withdrawal", json!(false))])), "r+ t- w+ x- []");
    assert_eq!(of(json!([right("withdrawal", json!("false"))])), "r+ t- w? x- []");
    assert_eq!(of(json!([{"read_only": false}])), "r+ t? w? x? []");
    assert_eq!(of(json!("spot")), "r+ t? w? x? []");
    assert_eq!(read("gate", 200, &json!([{"key": "c5dcfbf1f3a7***", "state": 2}]).to_string()), "account_restricted");

    let ambiguous = json!([key("c5dc****", json!([])), key("c5dcfb****", json!([]))]).to_string();
    let forbidden = r#"{"label":"FORBIDDEN","message":"x"}"#;
    for (status, body) in [(200, ambiguous.as_str()), (200, "[]"), (403, forbidden), (404, "<html>")] {
        assert_eq!(read("gate", status, body), "ask /api/v4/account/detail", "{body}");
    }
    assert_eq!(asked(gate, &account, 403, forbidden), "permission_denied FORBIDDEN");
    assert_eq!(asked(gate, &account, 400, r#"{"label":"NEW"}"#), "unrecognised_response");
    assert_eq!(asked(gate, &account, 200, "[]"), "unrecognised_response");
    assert_eq!(read("gate", 500, r#"{"label":"SERVER_ERROR"}"#), "exchange_unavailable SERVER_ERROR");
}

#[test]
fn htx_asks_twice_and_reads_the_entry_of_the_key() {
    let htx = find("htx").unwrap();
    assert_eq!(read("htx", 200, r#"{"code":200,"data":1234}"#), "ask /v2/user/api-key");
    assert_eq!(asked(htx, &Call::get("/v2/user/api-key"), 200, r#"{"code":200,"data":1234}"#), "unrecognised_response");
    let entry = |name: &str, granted: Value, ips: Value| json!({"accessKey": name, "status": "normal", "permission": granted, "ipAddresses": ips, "validDays": 80});
    let list = |entries: Value| read("htx", 200, &json!({"code": 200, "data": entries}).to_string());
    let (other, ours) = (entry("other", json!("readOnly"), json!("")), "c5dcfbf1f3a7-ours");
    let trade = entry(ours, json!("readOnly,trade"), json!("203.0.113.7,203.0.113.0/24"));
    assert_eq!(list(json!([other, trade])), "r+ t+ w- x? [203.0.113.7 203.0.113.0/24]");
    assert_eq!(list(json!([entry("c5dcXXXX", json!("readOnly, withdraw"), json!(1))])), "r+ t- w+ x?");
    assert_eq!(list(json!([entry(ours, json!(["trade"]), json!(""))])), "r+ t? w? x? []");
    for entries in [json!([]), json!([other]), json!("x"), json!([{"accessKey": ours}])] {
        assert_eq!(list(entries), "unrecognised_response");
    }
    for (text, status) in [
        ("Incorrect Access key [Access key错误]", "invalid_key"),
        ("Incorrect IP address 203.0.113.7 [ip地址错误]", "ip_not_allowed"),
        ("Invalid submission time or incorrect time format [x]", "clock_skew"),
        ("Invalid Timestamp", "clock_skew"),
        ("API key has expired [x]", "key_expired"),
        ("something new", "ambiguous_credentials"),
    ] {
        let body = json!({"status": "error", "err-code": "api-signature-not-valid", "err-msg": format!("Signature not valid: {text}")});
        assert_eq!(read("htx", 200, &body.to_string()), format!("{status} api-signature-not-valid"));
    }
}

/// Every code of the tables that no recorded answer has.
#[test]
fn codes_decide_before_the_http_status() {
    let coded = |id, http, code: Value, name: &str| read(id, http, &json!({ name: code, "error": [code] }).to_string());
    for (code, status) in [
        (10004, "invalid_signature"),
        (10007, "ambiguous_credentials"),
        (10005, "permission_denied"),
        (10006, "rate_limited"),
        (10018, "rate_limited"),
        (10009, "ip_not_allowed"),
        (10024, "account_restricted"),
    ] {
        assert_eq!(coded("bybit", 403, json!(code), "retCode"), format!("{status} {code}"));
    }
    assert_eq!(read("bybit", 403, "<html>"), "geo_blocked");
    assert_eq!(read("bybit", 403, r#"{"retMsg":"IP rate limit breached"}"#), "rate_limited");
    assert_eq!(read("bybit", 403, r#"{"retCode":1}"#), "geo_blocked");
    for (code, status) in [
        ("EAPI:Invalid signature", "invalid_signature"),
        ("EGeneral:Permission denied", "permission_denied"),
        ("EGeneral:Temporary lockout", "rate_limited"),
    ] {
        assert_eq!(coded("kraken", 500, json!(code), "code"), format!("{status} {code}"));
    }
    for (code, status) in [
        ("400004", "invalid_passphrase"),
        ("400006", "ip_not_allowed"),
        ("400007", "permission_denied"),
        ("400001", "ambiguous_credentials"),
        ("400303", "account_restricted"),
        ("429000", "rate_limited"),
    ] {
        assert_eq!(coded("kucoin", 503, json!(code), "code"), format!("{status} {code}"));
    }
    for (code, status) in [
        ("40037", "invalid_key"),
        ("40009", "invalid_signature"),
        ("40036", "invalid_passphrase"),
        ("40018", "ip_not_allowed"),
        ("40038", "ip_not_allowed"),
        ("40004", "clock_skew"),
        ("40005", "clock_skew"),
        ("40010", "exchange_unavailable"),
        ("40014", "permission_denied"),
        ("40013", "account_restricted"),
        ("40031", "account_restricted"),
        ("40000", "geo_blocked"),
        ("429", "rate_limited"),
    ] {
        assert_eq!(coded("bitget", 400, json!(code), "code"), format!("{status} {code}"));
    }
    for (code, status) in [
        ("INVALID_CREDENTIALS", "ambiguous_credentials"),
        ("IP_FORBIDDEN", "ip_not_allowed"),
        ("TOO_MANY_REQUESTS", "rate_limited"),
    ] {
        assert_eq!(coded("gate", 403, json!(code), "label"), format!("{status} {code}"));
    }
    for (code, status) in [
        (700_001, "invalid_key"),
        (700_002, "invalid_signature"),
        (602, "invalid_signature"),
        (700_006, "ip_not_allowed"),
        (406, "ip_not_allowed"),
        (10073, "clock_skew"),
        (401, "permission_denied"),
        (402, "key_expired"),
        (510, "rate_limited"),
        (10098, "account_restricted"),
    ] {
        assert_eq!(coded("mexc", 400, json!(code), "code"), format!("{status} {code}"));
    }
    assert_eq!(read("mexc", 403, "<html>"), "rate_limited");
    assert_eq!(coded("binanceus", 400, json!(-1022), "code"), "invalid_signature -1022");
    assert_eq!(coded("htx", 200, json!(1003), "code"), "invalid_signature 1003");
    let limited = json!("base-request-exceed-frequency-limit");
    assert_eq!(coded("htx", 200, limited, "err-code"), "rate_limited base-request-exceed-frequency-limit");
}

#[test]
fn what_no_table_knows_is_left_to_the_http_status() {
    let ids = ["bybit", "kraken", "coinbase", "kucoin", "bitget", "gate", "binanceus", "htx", "mexc"];
    let bodies =
        ["", "<html>", "null", "[]", "{}", r#"{"code":{},"label":3,"retCode":"0","error":[1]}"#, r#"{"code":"20"#];
    for id in ids {
        for body in bodies {
            assert_eq!(read(id, 503, body), "exchange_unavailable", "{id} {body}");
            assert_eq!(read(id, 429, body), "rate_limited", "{id} {body}");
            assert_eq!(read(id, 451, body), "geo_blocked", "{id} {body}");
            let plain =
                if (id, body) == ("gate", "[]") { "ask /api/v4/account/detail" } else { "unrecognised_response" };
            assert_eq!(read(id, 200, body), plain, "{id} {body}");
        }
    }
}

#[test]
fn credentials_that_cannot_sign_are_known_before() {
    let check =
        |id, key_type, api_key, secret| (find(id).unwrap().check)(&credentials(key_type, api_key, secret)).err();
    let (id, seed) = ("7c82c067-2878-4ec7-51cc-593119813d14", "5wDEsK124vwCztcAgHM5JChXDMKJ6v/uUQ6Eqy5+mrM=");
    let named = "organizations/34ed9cdf/apiKeys/fe77cdbe";
    let field = |found: Option<(&'static str, _)>| found.map(|(field, _)| field);
    assert_eq!(field(check("kraken", KeyType::Hmac, "k", "FAKE-secret")), Some("secret"));
    assert_eq!(field(check("kraken", KeyType::Hmac, "k", "RkFLRQ==")), None);
    assert_eq!(field(check("coinbase", KeyType::Ed25519, id, seed)), None);
    assert_eq!(field(check("coinbase", KeyType::Ed25519, named, seed)), None);
    assert_eq!(field(check("coinbase", KeyType::Ed25519, "organizations//apiKeys/x", seed)), Some("api_key"));
    assert_eq!(field(check("coinbase", KeyType::Ed25519, id, "RkFLRQ==")), Some("secret"));
    assert_eq!(field(check("coinbase", KeyType::Es256, id, seed)), Some("secret"));
    for exchange in ["binance", "bybit"] {
        assert_eq!(field(check(exchange, KeyType::Hmac, "k", "any text")), None);
        assert_eq!(field(check(exchange, KeyType::Rsa, "k", "any text")), Some("secret"));
    }
}

/// With the square of its length this would take minutes.
#[test]
fn a_run_of_backslashes_is_read_in_one_go() {
    for text in ["\\".repeat(1_000_000), format!("{}x", "\\".repeat(1_000_000))] {
        assert!(matches!(PrivateKey::read(&text), Reading::Text));
    }
}
