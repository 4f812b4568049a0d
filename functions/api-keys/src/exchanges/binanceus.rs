//! Binance.US. Signed like Binance.com; it says nothing of the key, only of the account behind it.

use super::{
    Call, Exchange, KeyType, Site, any_credentials,
    binance::{read_account, sign},
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "binanceus",
    name: "Binance.US",
    key_types: &[KeyType::Hmac],
    has_passphrase: false,
    sites: &[Site::live("api.binance.us")],
    check: any_credentials,
    question: |_, _| Call::get("/api/v3/account"),
    sign,
    read: |_, _, answer| read_account(answer),
};
