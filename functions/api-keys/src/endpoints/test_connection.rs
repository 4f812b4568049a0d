//! `POST /api/v1/api-keys/{key_id}/test-connection`: tries a key at its exchange.

use std::time::Instant;

use axum::extract::State;
use shared::{
    caller::scope,
    error::Error,
    http::{Operation, Reply},
};

use crate::{
    access::AllowedAccess,
    audit::AccessAction,
    document::{self, operation},
    exchanges::{self, Exchange, Site},
    keeping::KnownFindings,
    limits::{TESTS_BY_ACCOUNT, TESTS_BY_KEY},
    record::KeyRecord,
    refusal::Refusal,
    state::Vault,
    view::{ApiKeyResponse, Replied, TestView},
};

/// Tries a key. The answer is 200 however the test ends.
pub async fn test_connection(State(vault): State<Vault>, access: AllowedAccess<scope::KeysWrite>) -> Replied {
    let since = Instant::now();
    vault.count(TESTS_BY_ACCOUNT, &access, "").await?;
    let mut record = vault.find(access.account_id(), access.key).await?;
    vault.count(TESTS_BY_KEY, &access, &record.sealed.fingerprint).await?;
    if !record.is_active {
        return Err(vault.refuse(&access, AccessAction::Test, Refusal::Disabled).await);
    }
    let Place { exchange, site } = Place::of(&record)?;
    let begun = vault.begin(&access, AccessAction::Test).await?;
    let credentials = match vault.open_to_test(&access, &record).await {
        Ok(credentials) => credentials,
        Err(error) => return Err(vault.end(begun, error.into()).await),
    };
    let tested = vault.test(begun, exchange, site, &credentials, since).await;
    let known = KnownFindings::of(&record);
    record.take_in(&tested.report);
    if let Err(refusal) = vault.keep(&access, &mut record, known, &tested, since).await {
        return Err(vault.refuse_tested(&tested, refusal).await);
    }
    let is_blocked = vault.blocks(record.sends_funds);
    Ok(Reply::ok(ApiKeyResponse::of_test(TestView::new(&record, tested.report, is_blocked))))
}

/// Where a key is good.
struct Place {
    exchange: &'static Exchange,
    site: &'static Site,
}

impl Place {
    fn of(record: &KeyRecord) -> Result<Self, Error> {
        let unknown = || Error::internal("a key of a place that is no longer known");
        let exchange = exchanges::find(&record.exchange).ok_or_else(unknown)?;
        let site = exchange.site(record.environment, record.region.as_deref()).ok_or_else(unknown)?;
        Ok(Self { exchange, site })
    }
}

pub fn document() -> Operation {
    let operation = operation::<scope::KeysWrite>(
        "test_api_key_connection",
        "Tries a key at its exchange with one signed question that changes nothing there. The answer is 200 however the test \
         ends: `success` says whether the exchange accepts the key, `data`, a ConnectionTest, what it says of it. Unknown is null, never \
         false. A key that can send funds is blocked until a test says that it cannot. Up to 5 times a minute for one \
         credential, whatever its id, and 20 times for all; as often once more by all personal tokens together, but for one \
         credential, whoever asks.",
    );
    let operation = document::refuses(document::of_key(operation), &[Refusal::Disabled]);
    document::limited(operation).ok(&ApiKeyResponse::of_test(TestView::example()))
}
