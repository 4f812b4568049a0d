//! The error codes that other clients sort into classes. A class that says what happened whatever was asked must fit our status;
//! the others must where the code can be an answer to our question.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::super::{ConnectionStatus, find};
use super::settled;

const CLASSES: &str = include_str!("../../../../../tests/vectors/exchange_error_classes.json");

#[derive(Deserialize)]
struct Classes {
    status_for_class: BTreeMap<String, Vec<ConnectionStatus>>,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    exchange: String,
    code: String,
    #[serde(rename = "ccxt")]
    class: String,
    http: u16,
    body: String,
    certain: bool,
}

/// Codes of which the exchanges' own documents say something else than the class.
const OTHERWISE: [(&str, &str, ConnectionStatus); 3] = [
    // The request timed out.
    ("bitget", "40010", ConnectionStatus::ExchangeUnavailable),
    // Too many logins; the country is banned.
    ("deribit", "12003", ConnectionStatus::RateLimited),
    ("deribit", "12005", ConnectionStatus::GeoBlocked),
];

/// Codes that no answer to our question has, by exchange: of orders, positions, loans, withdrawals, products, keys of a stream.
const NOT_ASKED: [(&str, &[&str]); 11] = [
    // Keys of streams, withdrawals, products, borrowing, orders and leverage of futures.
    (
        "binance",
        &[
            "-1109", "-1125", "-3043", "-4007", "-4012", "-4016", "-4036", "-4039", "-4046", "-4087", "-4088", "-4089",
            "-4090", "-4194", "-4195", "-4200", "-4201", "-4203", "-4205", "-4206", "-4400", "-4401", "-4403", "-6017",
            "-10047", "-13003", "-13007",
        ],
    ),
    // What ccxt inherits from Binance.
    (
        "binanceus",
        &[
            "-1109", "-4007", "-4012", "-4016", "-4017", "-4035", "-4036", "-4039", "-4046", "-4080", "-4088", "-4089",
            "-4194", "-4195", "-4200", "-4202", "-4203", "-4205", "-4400", "-4401", "-4403", "-6003", "-6017",
            "-13003", "-13007",
        ],
    ),
    // The older API's orders, loans, transfers and withdrawals.
    (
        "bitget",
        &[
            "4010", "32002", "33001", "34001", "34016", "34018", "34019", "34020", "36101", "36105", "36107", "36109",
            "36201", "43111", "50006", "50007",
        ],
    ),
    // Kinds of accounts, orders, positions, leveraged tokens.
    ("bybit", &["30011", "30013", "100028", "110067", "110068", "110069", "140068", "175010", "176036"]),
    // Margin accounts.
    ("cryptocom", &["20005"]),
    // Orders; names, passwords and second factors of people.
    ("deribit", &["10015", "10017", "10018", "12004", "13003", "13005"]),
    // Requests without TLS, which are never made.
    ("gemini", &["NoSSL"]),
    // Contracts; addresses of withdrawals.
    ("htx", &["1010", "1220", "api-not-support-temp-addr"]),
    // Margin, unified accounts, pairs.
    ("kucoin", &["101030", "112010", "126005"]),
    // Contracts, symbols, pairs.
    ("mexc", &["1000", "30020", "70011"]),
    // Products, withdrawals, copy trading; the order of messages on a WebSocket.
    (
        "okx",
        &[
            "51010", "51732", "51733", "51734", "51763", "58001", "58002", "58213", "59260", "59262", "60008", "60010",
            "60011", "60029", "60031", "64003",
        ],
    ),
];

#[test]
fn every_code_has_a_status_that_fits_its_class() {
    let classes: Classes = serde_json::from_str(CLASSES).unwrap();
    let mut not_placed = BTreeMap::<&str, BTreeSet<&str>>::new();
    let mut wrong = Vec::new();
    for row in &classes.rows {
        let (status, _) = settled(find(&row.exchange).unwrap(), row.http, &row.body);
        let otherwise = OTHERWISE.iter().find(|(id, code, _)| *id == row.exchange && *code == row.code);
        let fits = match otherwise {
            Some((.., decided)) => status == *decided,
            None => classes.status_for_class[&row.class].contains(&status),
        };
        if !row.certain && status == ConnectionStatus::UnrecognisedResponse {
            not_placed.entry(&row.exchange).or_default().insert(&row.code);
        } else if !fits {
            wrong.push(format!("{} {} {}: {}", row.exchange, row.code, row.class, status.as_str()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let expected: BTreeMap<_, BTreeSet<_>> =
        NOT_ASKED.into_iter().map(|(exchange, codes)| (exchange, codes.iter().copied().collect())).collect();
    assert_eq!(not_placed, expected);
}
