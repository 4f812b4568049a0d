//! What a test has found out, stored with the key that may have changed meanwhile.

use std::time::Instant;

use shared::{
    error::Error,
    ids::AccountId,
    store::{Condition, Expected, Put, Raced, Update, Write},
    tables::Row,
    time::Timestamp,
};

use crate::{
    access::Access,
    conditions::names,
    exchanges::KeyInfo,
    keys::{Doubt, RECORD, rolled_back},
    policy::{self, SendsFunds},
    record::KeyRecord,
    refusal::Refusal,
    state::Vault,
    tested::Tested,
};

/// What tests had found out of a key when somebody looked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KnownFindings {
    sends_funds: SendsFunds,
    last_tested_at: Option<Timestamp>,
}

impl KnownFindings {
    /// What they have found out by now.
    pub(crate) const fn of(record: &KeyRecord) -> Self {
        Self { sends_funds: record.sends_funds, last_tested_at: record.findings.last_tested_at }
    }

    /// That this is still all.
    fn still(self) -> Result<[Condition; 2], Error> {
        let tested = match self.last_tested_at {
            Some(at) => Condition::equals("last_tested_at", &at)?,
            None => Condition::Absent("last_tested_at"),
        };
        Ok([Condition::equals("sends_funds", &self.sends_funds)?, tested])
    }
}

impl Vault {
    /// Stores how a test ended with the key, of which so much was `known` when it began, with its credential and with the access. A
    /// test that belongs to a secret replaced meanwhile is not stored. Where another test has ended meanwhile and the key is blocked,
    /// it stays so in `record`, too: a slow test that says otherwise may have been asked before.
    ///
    /// # Errors
    /// `NotFound`, `Failed`.
    pub(crate) async fn keep(
        &self,
        access: &Access,
        record: &mut KeyRecord,
        mut known: KnownFindings,
        tested: &Tested,
        since: Instant,
    ) -> Result<(), Refusal> {
        let mut contention = self.app.contention(RECORD, since);
        let (mut info, mut doubt) = (tested.report.info.as_ref(), Doubt::default());
        loop {
            let [row, credential] = writes(access.account_id(), record, info, known)?;
            match self.app.store.race(vec![row, credential, Write::Put(tested.put()?)]).await? {
                Raced::Won => return Ok(()),
                Raced::Obstructed => contention.lost().await?,
                Raced::Overtaken => {
                    let now = self.find(access.account_id(), access.key).await?;
                    if now.sealed.secret_version != record.sealed.secret_version {
                        // The access took place all the same.
                        let _written = self.app.store.put(tested.put()?).await?;
                        return Ok(());
                    }
                    let found = KnownFindings::of(&now);
                    if found != known {
                        doubt = Doubt::default();
                        if found.sends_funds != SendsFunds::No && unblocks(info) {
                            (info, record.sends_funds) = (None, found.sends_funds);
                        }
                        known = found;
                    }
                    if doubt.is_certain() {
                        return Err(rolled_back());
                    }
                    contention.lost().await?;
                }
            }
        }
    }
}

/// Whether a test has found that a key cannot send funds.
fn unblocks(info: Option<&KeyInfo>) -> bool {
    info.and_then(policy::sends_funds) == Some(SendsFunds::No)
}

/// What a test has found out and nothing else, for another one may have found out more meanwhile.
fn writes<'a>(
    account: AccountId,
    record: &'a KeyRecord,
    info: Option<&KeyInfo>,
    known: KnownFindings,
) -> Result<[Write<'a>; 2], Error> {
    let (findings, credential) = (&record.findings, Row::Fingerprint(&record.sealed.fingerprint));
    let row = Update::new(Row::ExchangeKey(account, record.id));
    let row = row.when(Condition::equals("secret_version", &record.sealed.secret_version)?);
    let row = if unblocks(info) { known.still()?.into_iter().fold(row, Update::when) } else { row };
    let row = match info {
        Some(_) => row.set_all(findings)?,
        None => row
            .set("last_tested_at", &findings.last_tested_at)?
            .set("last_status", &findings.last_status)?
            .set("has_worked", &findings.has_worked)?,
    };
    let named = names(record, account)?.into_iter();
    Ok(match info.and_then(policy::sends_funds) {
        Some(sends_funds) => {
            let kept = named.fold(Put::new(credential, &record.as_kept(account))?, Put::when);
            [Write::Update(row.set("sends_funds", &sends_funds)?), Write::Put(kept)]
        }
        None => [Write::Update(row), Write::Check(named.fold(Expected::new(credential), Expected::when))],
    })
}
