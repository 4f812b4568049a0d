//! A connection test of a key and the access that it is: begun before the exchange is asked, ended with what it answers.

use std::time::Instant;

use shared::{error::Error, store::Put};

use crate::{
    audit::AccessEvent,
    connection::{TestReport, Tester},
    exchanges::{Credentials, Exchange, Site},
    refusal::Refusal,
    state::Vault,
};

/// A test that has ended. Its access is still to say so where it is kept.
pub struct Tested {
    pub(crate) report: TestReport,
    event: AccessEvent,
}

impl Tested {
    /// The write that says how the access has ended.
    ///
    /// # Errors
    /// `Internal`.
    pub(crate) fn put(&self) -> Result<Put<'static>, Error> {
        self.event.replace()
    }
}

impl Vault {
    /// Asks the exchange, for a request that came in at `since`; `begun` is the access that says so.
    pub(crate) async fn test(
        &self,
        begun: AccessEvent,
        exchange: &Exchange,
        site: &Site,
        credentials: &Credentials,
        since: Instant,
    ) -> Tested {
        let tester = Tester { client: &self.client, exchange, site, credentials, clock: &self.app.clock };
        let report = tester.test(since).await;
        Tested { event: begun.ended(report.status.as_str()), report }
    }

    /// Refuses, after writing down how the test has ended: the exchange has answered, though nothing came of it.
    pub(crate) async fn refuse_tested(&self, tested: &Tested, refusal: Refusal) -> Refusal {
        self.recorded(tested.put(), refusal).await
    }
}
