//! The test before a key is stored, for whoever asks for one.

use std::time::Instant;

use compat::validation::Flaw;
use shared::error::Error;

use crate::{
    access::Access,
    audit::AccessAction,
    connection::TestReport,
    exchanges::ConnectionStatus,
    input::CreateApiKeyRequest,
    limits::{TESTS_BY_ACCOUNT, TESTS_BY_KEY},
    policy,
    refusal::Refusal,
    sealing::identity,
    state::Vault,
    tested::Tested,
};

impl Vault {
    /// Tests credentials that are not stored yet; refuses what the policy would not let out again. The access is written down
    /// under the id that the key will have, or would have had. Where there is no room for one more, nobody is asked.
    ///
    /// # Errors
    /// `Full`, `TooMany`, `Unverified`, `Failed`; `Invalid` where the test says what is wrong.
    pub(crate) async fn verify(
        &self,
        access: &Access,
        input: &CreateApiKeyRequest,
        since: Instant,
    ) -> Result<Tested, Refusal> {
        if let Some(refusal) = self.no_room(access.account_id()).await? {
            return Err(refusal);
        }
        self.count(TESTS_BY_ACCOUNT, access, "").await?;
        let credential = self.key().await?.fingerprint(&identity(input.exchange, &input.credentials)?);
        self.count(TESTS_BY_KEY, access, &credential).await?;
        let begun = self.begin(access, AccessAction::Test).await?;
        let tested = self.test(begun, input.exchange, input.site, &input.credentials, since).await;
        match self.passes(&tested.report) {
            Ok(()) => Ok(tested),
            Err(refusal) => Err(self.refuse_tested(&tested, refusal).await),
        }
    }

    /// Whether what was tested so may be stored.
    fn passes(&self, report: &TestReport) -> Result<(), Refusal> {
        let sends_funds = report.info.as_ref().and_then(policy::sends_funds);
        if sends_funds.is_some_and(|sends_funds| self.blocks(sends_funds)) {
            let reason = format!("{}: {}", Refusal::CanWithdraw.code().as_str(), Refusal::CanWithdraw.message());
            return Err(Error::invalid("body", "api_key", Flaw::value(&reason)).into());
        }
        let field = match report.status {
            ConnectionStatus::Ok => return Ok(()),
            status if status.is_retryable() => return Err(Refusal::Unverified(status, report.retry_after)),
            ConnectionStatus::InvalidSignature => "secret",
            ConnectionStatus::InvalidPassphrase => "passphrase",
            ConnectionStatus::WrongEnvironment => "environment",
            ConnectionStatus::AccountRestricted
            | ConnectionStatus::GeoBlocked
            | ConnectionStatus::UnrecognisedResponse => "exchange",
            _ => "api_key",
        };
        let reason = format!("{}: {}", report.status.as_str(), report.status.message());
        Err(Error::invalid("body", field, Flaw::value(&reason)).into())
    }
}
