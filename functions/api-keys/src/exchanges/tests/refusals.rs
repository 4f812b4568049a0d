//! What the tables of refusals hold beyond the recorded answers and the sorted codes.

use ConnectionStatus::*;

use super::super::{ALL, ConnectionStatus, find};
use super::settled;

/// An answer in the exchange's own form, with a code that no table has and this text.
fn saying(exchange: &str, text: &str) -> String {
    let said = serde_json::json!(text);
    match exchange {
        "bybit" => format!(r#"{{"retCode":987654,"retMsg":{said}}}"#),
        "kraken" => format!(r#"{{"error":[{said}]}}"#),
        "coinbase" => format!(r#"{{"error":"new","message":{said}}}"#),
        "okx" | "kucoin" | "bitget" => format!(r#"{{"code":"987654","msg":{said}}}"#),
        "gate" => format!(r#"{{"label":"NEW","message":{said}}}"#),
        "htx" => format!(r#"{{"status":"error","err-code":"new","err-msg":{said}}}"#),
        "cryptocom" => format!(r#"{{"code":987654,"message":{said}}}"#),
        "bitfinex" => format!(r#"["error",98765,{said}]"#),
        "bitstamp" => format!(r#"{{"status":"error","code":"API0999","reason":{{"__all__":[{said}]}}}}"#),
        "gemini" => format!(r#"{{"result":"error","reason":"New","message":{said}}}"#),
        "deribit" => format!(r#"{{"error":{{"code":987654,"message":{said}}}}}"#),
        "hyperliquid" => format!(r#"{{"status":"err","response":{said}}}"#),
        _ => format!(r#"{{"code":987654,"msg":{said}}}"#),
    }
}

#[test]
fn words_decide_where_a_code_is_not_known() {
    let texts = [
        ("Too many requests, please retry later.", RateLimited),
        ("Requests too frequent", RateLimited),
        ("Rate limit exceeded (#7)", RateLimited),
        ("The system is under maintenance", ExchangeUnavailable),
        ("System is busy, please try again later", ExchangeUnavailable),
        ("Service unavailable from a restricted location according to the terms", GeoBlocked),
        ("Not available in your region", GeoBlocked),
        ("Your current country/region is not served", GeoBlocked),
        ("This service is unavailable in the U.S.", GeoBlocked),
        // Words that look like these and say something else.
        ("Insufficient maintenance margin", UnrecognisedResponse),
        ("Trading is unavailable for this pair", UnrecognisedResponse),
        ("something new", UnrecognisedResponse),
    ];
    for exchange in ALL {
        for (text, status) in texts {
            // Its own table takes the word as it stands: on its spot side there are no margins.
            let is_taken_alone = exchange.id == "mexc" && text.contains("maintenance margin");
            let expected = if is_taken_alone { ExchangeUnavailable } else { status };
            let found = settled(exchange, 400, &saying(exchange.id, text));
            assert_eq!(found, (expected, None), "{} {text}", exchange.id);
        }
    }
}

#[test]
fn codes_that_mean_the_same_as_others_have_their_status() {
    let cases = [
        ("binance", r#"{"code":-1011,"msg":""}"#, IpNotAllowed),
        ("binance", r#"{"code":-1005,"msg":""}"#, IpNotAllowed),
        ("binance", r#"{"code":-2017,"msg":""}"#, AccountRestricted),
        ("binance", r#"{"code":-1002,"msg":""}"#, PermissionDenied),
        ("binance", r#"{"code":-1008,"msg":""}"#, RateLimited),
        ("binance", r#"{"code":-4056,"msg":""}"#, InvalidKey),
        ("binanceus", r#"{"code":-4057,"msg":""}"#, InvalidKey),
        ("binance", r#"{"code":-4013,"msg":""}"#, AccountRestricted),
        ("binance", r#"{"code":-3999,"msg":""}"#, PermissionDenied),
        ("binanceus", r#"{"code":-1,"msg":"Rest API trading is not enabled."}"#, PermissionDenied),
        ("binance", r#"{"code":-1125,"msg":"This listenKey does not exist."}"#, UnrecognisedResponse),
        ("binanceus", r#"{"code":-1006,"msg":""}"#, ExchangeUnavailable),
        ("binanceus", r#"{"code":0,"msg":"System is under maintenance."}"#, ExchangeUnavailable),
        ("bybit", r#"{"retCode":131004,"retMsg":"KYC needed"}"#, AccountRestricted),
        ("bybit", r#"{"retCode":-2015,"retMsg":"Your api key has expired"}"#, KeyExpired),
        ("bybit", r#"{"retCode":-1,"retMsg":"request expired: o@0, now[] diff[]"}"#, ClockSkew),
        ("bybit", r#"{"retCode":10001,"retMsg":"openapi sign params error!"}"#, AmbiguousCredentials),
        ("bybit", r#"{"retCode":10016,"retMsg":"Request timeout"}"#, ExchangeUnavailable),
        ("bybit", r#"{"retCode":10028,"retMsg":""}"#, AccountRestricted),
        ("bybit", r#"{"retCode":10020,"retMsg":""}"#, AccountRestricted),
        ("bybit", r#"{"retCode":140067,"retMsg":""}"#, AccountRestricted),
        ("bybit", r#"{"retCode":176037,"retMsg":""}"#, AccountRestricted),
        ("bybit", r#"{"ret_code":10004,"ret_msg":""}"#, InvalidSignature),
        ("bybit", r#"{"ret_code":1,"ret_msg":"Too many visits!"}"#, RateLimited),
        ("okx", r#"{"code":"59113"}"#, AccountRestricted),
        ("okx", r#"{"code":"50104"}"#, InvalidPassphrase),
        ("okx", r#"{"code":"50106"}"#, InvalidSignature),
        ("okx", r#"{"code":"50107"}"#, ClockSkew),
        ("okx", r#"{"code":"50027"}"#, AccountRestricted),
        ("okx", r#"{"code":"50038"}"#, WrongEnvironment),
        ("kraken", r#"{"error":["EAuth:Account temporary disabled"]}"#, AccountRestricted),
        ("kraken", r#"{"error":["EOrder:Rate limit exceeded"]}"#, RateLimited),
        ("kraken", r#"{"error":["WNew:Warning","EDatabase:Internal error"]}"#, ExchangeUnavailable),
        ("coinbase", r#"{"errors":[{"id":"authentication_error","message":"request timestamp expired"}]}"#, ClockSkew),
        ("coinbase", r#"{"errors":[{"id":"authentication_error","message":"x"}]}"#, AmbiguousCredentials),
        ("coinbase", r#"{"error":"unverified_email"}"#, AccountRestricted),
        ("kucoin", r#"{"code":"1015","msg":""}"#, RateLimited),
        ("kucoin", r#"{"code":"400302","msg":""}"#, GeoBlocked),
        ("kucoin", r#"{"code":"400401","msg":""}"#, AmbiguousCredentials),
        ("kucoin", r#"{"code":"400100","msg":"Your key requires more, require more permission"}"#, PermissionDenied),
        ("bitget", r#"{"code":"40085","msg":""}"#, AccountRestricted),
        ("bitget", r#"{"code":"50010","msg":""}"#, AccountRestricted),
        ("bitget", r#"{"code":"30018","msg":""}"#, WrongEnvironment),
        ("bitget", r#"{"code":"30016","msg":""}"#, AmbiguousCredentials),
        ("bitget", r#"{"code":"40003","msg":""}"#, InvalidSignature),
        ("bitget", r#"{"code":"40011","msg":""}"#, InvalidPassphrase),
        ("bitget", r#"{"message":"failure to get a peer from the ring-balancer"}"#, ExchangeUnavailable),
        ("gate", r#"{"label":"TOO_FAST"}"#, RateLimited),
        ("gate", r#"{"label":"INTERNAL"}"#, ExchangeUnavailable),
        ("gate", r#"{"label":"USER_NOT_FOUND"}"#, PermissionDenied),
        ("gate", r#"{"label":"UNAUTHORIZED"}"#, AmbiguousCredentials),
        ("gate", r#"{"label":"KYC_REQUIRED"}"#, AccountRestricted),
        ("gate", r#"{"label":"RISK_CONTROL"}"#, AccountRestricted),
        ("gate", r#"{"label":"NEW"}"#, UnrecognisedResponse),
        ("htx", r#"{"status":"error","err-code":"gateway-internal-error"}"#, ExchangeUnavailable),
        ("htx", r#"{"status":"error","err_code":403,"err-code":403,"err-msg":"x"}"#, InvalidKey),
        ("mexc", r#"{"code":30018,"msg":""}"#, AccountRestricted),
        ("mexc", r#"{"code":701,"msg":""}"#, PermissionDenied),
        ("mexc", r#"{"code":403,"msg":"Access Denied"}"#, AmbiguousCredentials),
        ("mexc", r#"{"code":7,"message":"Too many requests"}"#, RateLimited),
        ("cryptocom", r#"{"code":10003}"#, IpNotAllowed),
        ("cryptocom", r#"{"code":10007}"#, ClockSkew),
        ("cryptocom", r#"{"code":9010001,"message":"SYSTEM_MAINTENANCE"}"#, ExchangeUnavailable),
        ("bitstamp", r#"{"error":"Authentication failed"}"#, AmbiguousCredentials),
        ("bitstamp", r#"{"error":"Please update your profile with your FATCA information"}"#, AccountRestricted),
        ("bitstamp", r#"{"response_code":"403.004","reason":{"__all__":["x"]}}"#, AccountRestricted),
        ("bitstamp", r#"{"code":"API0017"}"#, ClockSkew),
        ("gemini", r#"{"reason":"RemoteAddressForbidden"}"#, IpNotAllowed),
        ("gemini", r#"{"reason":"AccountClosed"}"#, AccountRestricted),
        ("gemini", r#"{"reason":"System"}"#, ExchangeUnavailable),
        ("gemini", r#"{"reason":"MissingApikeyHeader"}"#, AmbiguousCredentials),
        ("deribit", r#"{"error":{"code":13001}}"#, AccountRestricted),
        ("deribit", r#"{"error":{"code":13006}}"#, AmbiguousCredentials),
        ("deribit", r#"{"error":{"code":13007}}"#, AmbiguousCredentials),
        ("deribit", r#"{"error":{"code":12000}}"#, AmbiguousCredentials),
        ("deribit", r#"{"error":{"code":12998}}"#, AmbiguousCredentials),
        ("deribit", r#"{"error":{"code":12999}}"#, AmbiguousCredentials),
        ("deribit", r#"{"error":{"code":10047}}"#, RateLimited),
        ("deribit", r#"{"error":{"code":13028}}"#, ExchangeUnavailable),
        ("bingx", r#"{"code":100500,"msg":""}"#, ExchangeUnavailable),
        ("bingx", r#"{"code":418,"msg":""}"#, RateLimited),
        ("bingx", r#"{"code":429,"msg":""}"#, RateLimited),
        ("bitfinex", r#"["error","temporarily_unavailable",""]"#, ExchangeUnavailable),
        ("bitfinex", r#"["error",20060,"maintenance"]"#, ExchangeUnavailable),
        ("hyperliquid", r#"{"status":"err","response":"Too many cumulative requests sent (3 > 2)"}"#, RateLimited),
    ];
    for (id, body, status) in cases {
        let exchange = find(id).unwrap();
        for http in [200, 400, 500] {
            let is_bare = status == UnrecognisedResponse && http == 500;
            let expected = if is_bare { ExchangeUnavailable } else { status };
            assert_eq!(settled(exchange, http, body).0, expected, "{id} {http} {body}");
        }
    }
}

#[test]
fn a_code_is_the_same_as_a_number_and_as_a_text() {
    for (exchange, number, text) in [
        ("binance", r#"{"code":-2015}"#, r#"{"code":"-2015"}"#),
        ("binanceus", r#"{"code":-2014}"#, r#"{"code":"-2014"}"#),
        ("bybit", r#"{"retCode":10003}"#, r#"{"retCode":"10003"}"#),
        ("bybit", r#"{"ret_code":33004}"#, r#"{"ret_code":"33004"}"#),
        ("okx", r#"{"code":50111}"#, r#"{"code":"50111"}"#),
        ("kucoin", r#"{"code":400003}"#, r#"{"code":"400003"}"#),
        ("bitget", r#"{"code":40037}"#, r#"{"code":"40037"}"#),
        ("htx", r#"{"code":1003}"#, r#"{"code":"1003"}"#),
        ("htx", r#"{"err-code":403}"#, r#"{"err-code":"403"}"#),
        ("mexc", r#"{"code":10072}"#, r#"{"code":"10072"}"#),
        ("cryptocom", r#"{"code":40103}"#, r#"{"code":"40103"}"#),
        ("deribit", r#"{"error":{"code":13004}}"#, r#"{"error":{"code":"13004"}}"#),
        ("bingx", r#"{"code":100421,"msg":"timestamp"}"#, r#"{"code":"100421","msg":"timestamp"}"#),
        ("bitfinex", r#"["error",10114,""]"#, r#"["error","10114",""]"#),
        ("bitstamp", r#"{"response_code":403.004}"#, r#"{"response_code":"403.004"}"#),
    ] {
        let exchange = find(exchange).unwrap();
        let [(number, code), read] = [number, text].map(|body| settled(exchange, 400, body));
        assert_ne!(number, UnrecognisedResponse, "{} {text}", exchange.id);
        assert_eq!(read, (number, code), "{} {text}", exchange.id);
    }
}

/// What stands before an exchange answers in plain words, whatever it answers itself.
#[test]
fn a_short_text_that_is_no_json_is_read() {
    let page = format!("<html><title>403</title>{}too many requests</html>", "x".repeat(50));
    let long = format!("{} too many requests", "x".repeat(200));
    for exchange in ALL {
        for http in [400, 403, 503] {
            for text in ["403, access too frequent", "Too Many Requests\n"] {
                assert_eq!(settled(exchange, http, text), (RateLimited, None), "{} {http} {text}", exchange.id);
            }
            assert_eq!(settled(exchange, http, "Service unavailable").0, ExchangeUnavailable, "{} {http}", exchange.id);
            let region = "Not available in your country or region";
            assert_eq!(settled(exchange, http, region).0, GeoBlocked, "{} {http}", exchange.id);
            let bare = settled(exchange, http, "").0;
            for text in [page.as_str(), &long, r#"{"x":"too many requests"#] {
                assert_eq!(settled(exchange, http, text).0, bare, "{} {http} {text}", exchange.id);
            }
        }
        assert_eq!(settled(exchange, 408, "").0, ExchangeUnavailable, "{}", exchange.id);
    }
    assert_eq!(settled(find("mexc").unwrap(), 403, "").0, RateLimited);
    assert_eq!(settled(find("bybit").unwrap(), 403, "").0, GeoBlocked);
}
