//! Every comparison of a password with that of an account goes through here: it is counted before anybody looks at what came of it.

use std::time::Instant;

use shared::{caller::Origin, error::Error, time::Timestamp};

use super::guarded::GuardAsRead;
use crate::{
    account::Account,
    guard::{Admission, Counted, PlaceId, Standing},
    password::{PasswordHash, Verdict},
    session::sign_in::Proof,
    state::Auth,
};

/// Somebody tries a password. No `Debug`: it may be the right one.
pub struct Try<'a> {
    /// What is tried.
    pub password: &'a str,
    /// The places that it comes from.
    pub from: &'a [PlaceId],
    /// How the client stands that it comes from.
    pub client: Standing,
    /// And in the words that the owner is told of it.
    pub origin: &'a Origin,
    /// When the request came in.
    pub since: Instant,
    /// The time of the request.
    pub now: Timestamp,
}

/// What came of a try.
#[expect(clippy::large_enum_variant, reason = "one of a request, and never kept")]
pub enum Compared<'a> {
    /// It was not looked at. The next one may be in so many seconds.
    Locked(i64),
    /// It is not the password, or there is none.
    Wrong(Counted),
    /// It is the password.
    Right(Right<'a>),
}

/// A right password. Its try counts as a failure until it is taken back.
pub struct Right<'a> {
    /// Whose password it is.
    pub account: &'a Account,
    /// What the password proves.
    pub proof: Proof<'a>,
    /// The try.
    pub counted: Counted,
    /// The hash, where it was made with other parameters than today's, under an older pepper, or by another service.
    pub outdated: Option<&'a PasswordHash>,
}

impl Auth {
    /// Compares a password with that of an account, if its guard admits the try. Known, unknown, right, wrong and locked cost the same: an
    /// update that counts the try, and beside it one Argon2 run, and what hashes of other services take, whose verdict nobody looks at before the try has been admitted.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`: what cannot be counted is not compared. `Internal`.
    pub(crate) async fn compare<'a>(
        &self,
        guard: GuardAsRead<'_>,
        account: Option<&'a Account>,
        Try { password, from, client, origin, since, now }: Try<'_>,
    ) -> Result<Compared<'a>, Error> {
        let stored = account.and_then(|account| account.password.as_ref());
        let (of, passwords) = (guard.of, self.passwords_for(stored, now).await?);
        let (admission, verdict) =
            tokio::join!(self.admit(guard, from, client, since, now), passwords.verify(password, stored, now));
        let counted = match admission? {
            Admission::Counted(counted) => counted,
            Admission::Locked(seconds) => return Ok(Compared::Locked(seconds)),
        };
        let verdict = verdict?;
        if let Some(account) = account
            && let Some(proof) = Proof::by_password(account, verdict, now)
        {
            let outdated = stored.filter(|_| verdict == Verdict::RightButOutdated);
            return Ok(Compared::Right(Right { account, proof, counted, outdated }));
        }
        if counted.is_notable() {
            self.tell_of_lock(of, account, origin, now).await;
        }
        Ok(Compared::Wrong(counted))
    }
}
