//! A link comes back that proves the address which an account is to have.

use std::time::Instant;

use compat::email::EmailAddress;
use shared::{error::Error, events::Action, outbox::News, store::Write, time::Timestamp};

use super::{
    ChangedRecord,
    account_row::new_address,
    notice::{OneEvent, Telling},
};
use crate::{
    account::{Account, UNDO_LIFE},
    address::AddressRecord,
    guard::row::freezing,
    secrets::links::MailedLink,
    sender::Sender,
    session::ending::{EndOfAccess, Extent},
    state::Auth,
};

/// What a link that proves an account's next address comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmEmail {
    /// The account has the address now, or has had it by this very link.
    Done,
    /// The link is good for nothing.
    Void,
}

/// An account, an address that it is to have, and what is known of that.
struct Claimant {
    account: Account,
    address: EmailAddress,
    record: AddressRecord,
}

/// All that is to be written.
struct Move {
    /// Of the new address, and of the former one.
    records: [ChangedRecord; 2],
    writes: Vec<Write<'static>>,
}

impl Auth {
    /// Gives an account its next address by an authentic link. The address's record and that of the former one, the account, the end of
    /// every session and personal token, the freeze of the vault, both letters and the event are one transaction. The former address is
    /// nobody else's as long as it may be taken back.
    ///
    /// # Errors
    /// `Unavailable` when a table is down, `Contended` when others are quicker all the time; `Internal`.
    pub(crate) async fn confirm_email(
        &self,
        link: MailedLink,
        sender: &Sender,
        since: Instant,
        now: Timestamp,
    ) -> Result<ConfirmEmail, Error> {
        let (told, mut event) = (Telling::of_link(sender.origin(), now), OneEvent::new(Action::EmailChanged));
        let mut rounds = self.rounds(since, now);
        loop {
            let record = self.record(&link.address).await?;
            if record.owner_by(link.id).is_some() {
                return Ok(ConfirmEmail::Done);
            }
            let Some(claimant) = self.claimant(link, record, now).await? else {
                // The account may have been moved by this very link since the record was read.
                let is_done = self.record(&link.address).await?.owner_by(link.id).is_some();
                return Ok(if is_done { ConfirmEmail::Done } else { ConfirmEmail::Void });
            };
            let (account, seen) = (claimant.account.id, claimant.account.version);
            let Some(Move { records, writes }) = self.moving(claimant, link, &told, &mut event, now).await? else {
                rounds.again().await?;
                continue;
            };
            if self.write_records(&records, writes).await? {
                event.happened();
                return Ok(ConfirmEmail::Done);
            }
            rounds.lost(account, seen).await?;
        }
    }

    /// The account that a link moves, if it still does: to the address that it has asked for last, unless anything has changed of what
    /// proves its owner, or its former address may be taken back.
    async fn claimant(
        &self,
        link: MailedLink,
        record: AddressRecord,
        now: Timestamp,
    ) -> Result<Option<Claimant>, Error> {
        let Some(claim) = record.claim_by(link.id, now).cloned() else { return Ok(None) };
        let account = self.living_account(claim.account).await?;
        let account = account.filter(|account| {
            let is_as_asked = (account.version, account.next_address) == (claim.account_version, Some(link.id));
            is_as_asked && account.closed().is_none() && account.former(now).is_none()
        });
        Ok(account.map(|account| Claimant { account, address: claim.spelling, record }))
    }

    /// What moves an account; none where the record of its address is of another moment than the account: somebody is moving it.
    async fn moving(
        &self,
        Claimant { mut account, address, mut record }: Claimant,
        link: MailedLink,
        told: &Telling,
        event: &mut OneEvent,
        now: Timestamp,
    ) -> Result<Option<Move>, Error> {
        let (seen, former) = (account.version, account.address.clone());
        let former_key = former.key();
        let mut former_record = self.record(&former_key).await?;
        if former_record.owner() != Some(account.id) {
            return Ok(None);
        }
        account.move_to(address, now);
        record.belong_to(&account, Some(link.id));
        former_record.keep_for(account.id, now + UNDO_LIFE);
        let EndOfAccess { guard, ended: mut writes, seen: tried } =
            self.ending_access(account.id, Extent::Everything).await?;
        let freeze = tried.freeze.again(now, self.config.freeze);
        let news = |is_former| News::EmailChanged { new: account.address.clone(), is_former };
        let unix_ms = self.app.clock.unix_ms();
        writes.extend([
            Write::Update(freezing(guard, freeze)?),
            new_address(&account, seen, link.id)?,
            told.notice(&account, &account.address, news(false), unix_ms)?,
            told.notice(&account, &former, news(true), unix_ms)?,
            event.put(self, account.id, told)?,
        ]);
        let changed = ChangedRecord { key: link.address, record };
        Ok(Some(Move { records: [changed, ChangedRecord { key: former_key, record: former_record }], writes }))
    }
}
