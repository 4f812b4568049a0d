//! A link that proves an address comes back. This is where an account comes into being.

use std::time::Instant;

use shared::{error::Error, ids::LinkId, time::Timestamp};

use super::{
    RECORD,
    account_row::{account_created, new_account},
    post,
};
use crate::{address::redeem::Redeemed, guard::PlaceId, secrets::links::MailedLink, state::Auth};

impl Auth {
    /// Redeems an authentic link, in a request that comes from these places. The account, the end of all links to the address, and the
    /// letter are one transaction.
    ///
    /// # Errors
    /// `Unavailable` when the table is down, `Contended` when others are quicker all the time; `Internal`.
    pub(crate) async fn redeem(
        &self,
        link: MailedLink,
        from: &[PlaceId],
        since: Instant,
        now: Timestamp,
    ) -> Result<Redeemed, Error> {
        let (mut contention, offer) = (self.app.contention(RECORD, since), LinkId::random()?);
        loop {
            let mut record = self.record(&link.address).await?;
            let redeemed = record.redeem(link.id, offer, now);
            let Redeemed::Verified(account, letter) = &redeemed else { return Ok(redeemed) };
            let letter = letter.clone().map(|letter| post(letter, account.language, now)).transpose()?;
            let guard = self.tried_at(&link.address).await?.inherited(from, now);
            let writes = new_account(account, guard, now)?.into_iter().chain(letter).collect();
            if self.write_record(&link.address, record, writes).await? {
                account_created();
                return Ok(redeemed);
            }
            contention.lost().await?;
        }
    }
}
