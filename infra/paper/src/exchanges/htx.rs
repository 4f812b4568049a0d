//! HTX. It asks whose key it is before it describes one. Errors come with HTTP 200, most of them under one code.

use api_keys::exchanges::ConnectionStatus;
use jiff::{civil::DateTime, tz::TimeZone};

use super::{Claim, Freshness, StandIn, value};
use crate::{
    answers::{DOWN, Outcome, says},
    request::ExchangeRequest,
};

pub(super) static HTX: StandIn = StandIn {
    id: "htx",
    claim,
    freshness: Freshness::within(300),
    passphrase: None,
    unknown_key: says(
        200,
        ConnectionStatus::InvalidKey,
        concat!(
            r#"{"status":"error","err-code":"api-signature-not-valid","#,
            r#""err-msg":"Signature not valid: Incorrect Access key [Access key错误]","data":null}"#,
        ),
    ),
    wrong_environment: None,
    stale: says(
        200,
        ConnectionStatus::ClockSkew,
        concat!(
            r#"{"status":"error","err-code":"api-signature-not-valid","#,
            r#""err-msg":"Signature not valid: Invalid submission time or incorrect time format [无效的提交时间或时间格式错误]","#,
            r#""data":null}"#,
        ),
    ),
    bad_signature: says(
        200,
        ConnectionStatus::InvalidSignature,
        concat!(
            r#"{"status":"error","err-code":"api-signature-not-valid","#,
            r#""err-msg":"Signature not valid: Verification failure [校验失败]","data":null}"#,
        ),
    ),
    bad_passphrase: None,
    others: &[("/v2/user/uid", says(200, ConnectionStatus::Ok, r#"{"code":200,"message":"success","data":63628520}"#))],
    last: Some("/v2/user/api-key"),
    outcomes: &[
        (
            Outcome::Ok,
            says(
                200,
                ConnectionStatus::Ok,
                concat!(
                    r#"{"code":200,"message":"success","data":[{"accessKey":"$key","status":"normal","note":"host","#,
                    r#""permission":"readOnly,trade","ipAddresses":"","validDays":-1,"createTime":1615192704000,"#,
                    r#""updateTime":1623030338000}]}"#,
                ),
            ),
        ),
        (
            Outcome::Withdraw,
            says(
                200,
                ConnectionStatus::Ok,
                concat!(
                    r#"{"code":200,"message":"success","data":[{"accessKey":"$key","status":"normal","note":"host","#,
                    r#""permission":"readOnly,trade,withdraw","ipAddresses":"203.0.113.7","validDays":-1,"#,
                    r#""createTime":1615192704000,"updateTime":1623030338000}]}"#,
                ),
            ),
        ),
        (
            Outcome::WrongIp,
            says(
                200,
                ConnectionStatus::IpNotAllowed,
                concat!(
                    r#"{"status":"error","err-code":"api-signature-not-valid","#,
                    r#""err-msg":"Signature not valid: Incorrect IP address [ip地址错误]","data":null}"#,
                ),
            ),
        ),
        (
            Outcome::Expired,
            says(
                200,
                ConnectionStatus::KeyExpired,
                concat!(
                    r#"{"code":200,"message":"success","data":[{"accessKey":"$key","status":"expired","#,
                    r#""note":"host","permission":"readOnly","ipAddresses":"","validDays":0,"#,
                    r#""createTime":1615192704000,"updateTime":1623030338000}]}"#,
                ),
            ),
        ),
        (
            Outcome::RateLimited,
            says(
                200,
                ConnectionStatus::RateLimited,
                concat!(
                    r#"{"status":"error","err-code":"base-request-exceed-frequency-limit","#,
                    r#""err-msg":"Frequency of requests has exceeded the limit, please try again later","#,
                    r#""data":null}"#,
                ),
            ),
        ),
        (Outcome::Down, DOWN),
    ],
};

fn claim(request: &ExchangeRequest) -> Option<Claim> {
    let query = request.query();
    let moment: DateTime = value(&query, "Timestamp")?.parse().ok()?;
    let moment = moment.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
    let claim = Claim::at(value(&query, "AccessKeyId")?, moment);
    Some(claim.asks(query, &["AccessKeyId", "SignatureMethod", "SignatureVersion", "Timestamp", "Signature"]))
}
