//! What an exchange leaves out is unknown. Every answer is taken, every part of it is left out or emptied in turn, and nothing
//! may read as "no" that did not before.

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::super::{Call, ExchangeAnswer, Interpretation, KeyInfo, find};
use super::{Fixtures, RESPONSES, key_of};

/// Answers about keys that may do everything, for the exchanges that describe keys. The recorded ones are about keys that read.
const ALL_RIGHTS: [(&str, &str); 15] = [
    (
        "binance",
        r#"{"ipRestrict":true,"enableReading":true,"enableWithdrawals":true,"enableInternalTransfer":true,
        "enableMargin":false,"enableFutures":false,"permitsUniversalTransfer":false,"enableVanillaOptions":false,
        "enableFixApiTrade":false,"enableSpotAndMarginTrading":true,"enablePortfolioMarginTrading":false}"#,
    ),
    (
        "bybit",
        r#"{"retCode":0,"result":{"readOnly":0,"permissions":{"ContractTrade":[],"Spot":["SpotTrade"],
        "Wallet":["AccountTransfer","Withdraw"],"Options":[],"Derivatives":[],"CopyTrading":[],"BlockTrade":[],"Earn":[]},
        "ips":["203.0.113.7"]}}"#,
    ),
    ("okx", r#"{"code":"0","data":[{"perm":"read_only,trade,withdraw","ip":"203.0.113.7"}]}"#),
    (
        "kraken",
        r#"{"error":[],"result":{"permissions":["query-funds","modify-trades","withdraw-funds"],
        "ipAllowlist":["203.0.113.7"]}}"#,
    ),
    ("coinbase", r#"{"can_view":true,"can_trade":true,"can_transfer":true}"#),
    ("kucoin", r#"{"code":"200000","data":{"permission":"General,Spot,Transfer","ipWhitelist":"203.0.113.7"}}"#),
    ("bitget", r#"{"code":"00000","data":{"ips":"203.0.113.7","authorities":["stow","wwow","wtow"]}}"#),
    (
        "gate",
        r#"[{"key":"FAKE****","state":1,"ip_whitelist":["203.0.113.7"],"perms":[{"name":"withdrawal","read_only":false}]}]"#,
    ),
    ("gate", r#"[{"key":"FAKE****","state":1,"perms":[{"name":"spot","read_only":false}]}]"#),
    (
        "htx",
        r#"{"code":200,"data":[{"accessKey":"160bb889-b7XXXXbe-e0XXXXf5-ghxertfvbf","status":"normal",
        "permission":"readOnly,trade,withdraw","ipAddresses":"203.0.113.7"}]}"#,
    ),
    (
        "bitfinex",
        r#"[["account",1,0],["history",0,0],["orders",0,0],["positions",0,1],["funding",0,0],["wallets",0,1],
        ["withdraw",0,0],["ui_withdraw",0,1]]"#,
    ),
    ("gemini", r#"{"isAccountAdmin":true,"isAuditor":false,"isFundManager":false,"isTrader":true}"#),
    ("deribit", r#"{"result":{"scope":"connection account:read trade:read_write wallet:read_write"}}"#),
    ("bingx", r#"{"code":0,"data":{"permissions":[1,2,4,5],"ipAddresses":["203.0.113.7"]}}"#),
    (
        "bingx",
        r#"{"code":0,"data":{"enableReading":true,"enableSpotAndMarginTrading":false,"enableFutures":false,
        "enableVanillaOptions":true,"enableWithdrawals":true,"enableInternalTransfer":false,
        "permitsUniversalTransfer":true,"ipRestrict":true}}"#,
    ),
];

/// An answer with one part changed.
struct Changed {
    part: String,
    /// What stands there now; `None`: nothing.
    by: Option<Value>,
    body: Value,
}

fn changes(body: &Value) -> Vec<Changed> {
    let mut parts = Vec::new();
    collect(body, "", &mut parts);
    let empties = [Value::Null, json!([]), json!(""), json!({})].map(Some);
    let changed = |part: &String, by: Option<Value>| {
        let mut body = body.clone();
        let (parent, name) = part.rsplit_once('/').unwrap();
        match (body.pointer_mut(parent).unwrap(), by.clone()) {
            (Value::Object(fields), None) => drop(fields.remove(name)),
            (Value::Array(entries), None) => drop(entries.remove(name.parse().unwrap())),
            (parent, Some(by)) => *parent.pointer_mut(&format!("/{name}")).unwrap() = by,
            _ => unreachable!("parts are in objects and lists"),
        }
        Changed { part: part.clone(), by, body }
    };
    let each = parts.iter().flat_map(|part| [None].into_iter().chain(empties.clone()).map(move |by| (part, by)));
    each.map(|(part, by)| changed(part, by)).collect()
}

/// The parts of an answer as JSON pointers: the fields of objects, and lists in lists, which are fields by another form. Words
/// in a list are none: a list without one of them says something else.
fn collect(value: &Value, path: &str, parts: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                parts.push(format!("{path}/{name}"));
                collect(value, &format!("{path}/{name}"), parts);
            }
        }
        Value::Array(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                if entry.is_array() {
                    parts.push(format!("{path}/{index}"));
                }
                collect(entry, &format!("{path}/{index}"), parts);
            }
        }
        _ => {}
    }
}

fn read(exchange: &str, body: &Value) -> Option<KeyInfo> {
    let exchange = find(exchange).unwrap();
    let mut key = key_of(exchange);
    if exchange.id == "gemini" {
        key.api_key = Zeroizing::new("master-FAKE".to_owned());
    }
    let question: Call = (exchange.question)(&key, &exchange.sites[0]);
    match (exchange.read)(&key, &question, &ExchangeAnswer::new(200, body.to_string().into_bytes())) {
        Interpretation::Accepted(info) => Some(info),
        _ => None,
    }
}

/// Each thing that an answer says of a key, with its name.
fn says(info: &KeyInfo) -> [(&'static str, Option<bool>); 6] {
    let can = info.permissions;
    [
        ("read", can.read),
        ("trade", can.trade),
        ("withdraw", can.withdraw),
        ("transfer", can.transfer),
        ("can_pay_others", info.can_pay_others),
        ("ip_restricted", info.ip_restricted),
    ]
}

/// Where emptiness is how the exchange itself says no, by its documents.
fn is_told(exchange: &str, changed: &Changed, what: &str) -> bool {
    let is_list = matches!(&changed.by, Some(Value::Array(_) | Value::String(_)));
    match (exchange, what) {
        // No addresses: every exchange that lists them shows an unlimited key so, KuCoin without a list at all.
        ("kucoin", "ip_restricted") if changed.part == "/data/ipWhitelist" => true,
        (_, "ip_restricted") => is_list,
        // A group of rights that is empty beside others that are not.
        ("bybit", _) => changed.part.starts_with("/result/permissions/") && changed.by == Some(json!([])),
        _ => false,
    }
}

#[test]
fn what_is_left_out_never_reads_as_no() {
    let recorded: Fixtures = serde_json::from_str(RESPONSES).unwrap();
    let recorded = recorded.fixtures.into_iter().filter(|fixture| fixture.expect["status"] == "ok");
    let recorded = recorded.map(|fixture| (fixture.exchange, fixture.body));
    let of_all_rights = ALL_RIGHTS.map(|(exchange, body)| (exchange.to_owned(), body.to_owned()));
    for (exchange, body) in recorded.chain(of_all_rights) {
        let body: Value = serde_json::from_str(&body).unwrap();
        let mut still_read = 0;
        let whole = says(&read(&exchange, &body).unwrap_or_else(|| panic!("{exchange} refuses {body}")));
        for changed in changes(&body) {
            let Some(info) = read(&exchange, &changed.body) else { continue };
            still_read += 1;
            for ((what, before), (_, after)) in whole.into_iter().zip(says(&info)) {
                let is_new = after == Some(false) && before != Some(false);
                let told = is_told(&exchange, &changed, what);
                assert!(!is_new || told, "{exchange}: {what} is no with {} {:?} in {body}", changed.part, changed.by);
            }
        }
        // An answer of which no changed form is taken would prove nothing.
        assert!(still_read > 0, "{exchange} {body}");
    }
}

#[test]
fn a_list_of_rights_without_a_word_says_nothing() {
    for (exchange, body) in [
        ("okx", json!({"code": "0", "data": [{"perm": "", "ip": ""}]})),
        ("okx", json!({"code": "0", "data": [{"perm": " , ", "ip": ""}]})),
        ("okx", json!({"code": "0", "data": [{"ip": ""}]})),
        ("kraken", json!({"error": [], "result": {"permissions": []}})),
        ("bingx", json!({"code": 0, "data": {"permissions": []}})),
        ("deribit", json!({"result": {"scope": ""}})),
    ] {
        let can = read(exchange, &body).unwrap().permissions;
        assert_eq!([can.read, can.trade, can.withdraw, can.transfer], [None; 4], "{exchange} {body}");
    }
    for (exchange, body) in [
        ("kucoin", json!({"code": "200000", "data": {"permission": ""}})),
        ("bitget", json!({"code": "00000", "data": {"authorities": []}})),
        ("htx", json!({"code": 200, "data": [{"accessKey": "XXXX", "status": "normal", "permission": ""}]})),
        ("gate", json!([{"key": "FAKE****", "perms": []}])),
        ("bybit", json!({"retCode": 0, "result": {"readOnly": 0, "permissions": {"Spot": [], "Wallet": []}}})),
    ] {
        let can = read(exchange, &body).unwrap().permissions;
        assert_eq!([can.trade, can.withdraw, can.transfer], [None; 3], "{exchange} {body}");
    }
}

/// Words of Deribit's scope are what fields are elsewhere.
#[test]
fn a_scope_without_a_group_does_not_deny_it() {
    let words = ["account:read", "trade:read_write", "wallet:read_write"];
    for left_out in words {
        let scope: Vec<_> = words.into_iter().filter(|word| *word != left_out).collect();
        let can = read("deribit", &json!({"result": {"scope": scope.join(" ")}})).unwrap().permissions;
        assert!(![can.read, can.trade, can.withdraw].contains(&Some(false)), "{scope:?}");
    }
}
