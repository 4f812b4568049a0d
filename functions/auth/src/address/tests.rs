//! Any order of events, checked against what must always hold.

use compat::email::EmailAddress;
use proptest::prelude::*;
use serde_json::json;
use shared::{
    language::Language,
    outbox::{Letter, NoPassword},
};

use super::{letters::VERIFY_LIFE, redeem::Redeemed, sign_up::SignUp, status::VERIFIED_IS_PUBLIC, *};
use crate::{account::Offer, password::PasswordHash};

/// The spelling that rows are keyed by, and others of the same key.
const SPELLINGS: [&str; 7] = [
    "ada@example.com",
    "Ada@example.com",
    "aDa@example.com",
    "adA@example.com",
    "ADA@example.com",
    "\u{ff41}da@example.com",
    "a\u{ff44}a@example.com",
];

/// The password that is easy to guess.
const WEAK: u8 = 2;

#[derive(Clone, Debug)]
enum Event {
    SignUp {
        spelling: usize,
        password: u8,
    },
    Resend {
        spelling: usize,
    },
    Forgot {
        spelling: usize,
    },
    /// Redeems the link that was mailed last, or an earlier one.
    Redeem {
        back: usize,
    },
    SetPassword {
        back: usize,
        password: u8,
    },
    Wait {
        minutes: u64,
    },
}

fn event() -> impl Strategy<Value = Event> {
    let spelling = || prop_oneof![2 => Just(0), 1 => 0..SPELLINGS.len()];
    prop_oneof![
        4 => (spelling(), 0..3_u8).prop_map(|(spelling, password)| Event::SignUp { spelling, password }),
        2 => spelling().prop_map(|spelling| Event::Resend { spelling }),
        2 => spelling().prop_map(|spelling| Event::Forgot { spelling }),
        3 => (0..6_usize).prop_map(|back| Event::Redeem { back }),
        2 => (0..3_usize, 10..13_u8).prop_map(|(back, password)| Event::SetPassword { back, password }),
        3 => prop_oneof![1..3_u64, 10..40_u64, 700..1_500_u64, 1_400..3_000_u64].prop_map(|minutes| Event::Wait { minutes }),
    ]
}

fn hash(password: u8) -> PasswordHash {
    serde_json::from_value(json!(format!("hash of {password}"))).unwrap()
}

fn spelled(spelling: usize) -> EmailAddress {
    EmailAddress::parse(SPELLINGS[spelling]).unwrap()
}

/// A letter with a link, as it arrived.
#[derive(Clone, Debug)]
struct Arrived {
    link: LinkId,
    to: EmailAddress,
    at: Timestamp,
    expires_at: Timestamp,
}

/// A link as the rules say that it is.
#[derive(Clone, Debug)]
struct Known {
    spelling: usize,
    expires_at: Timestamp,
    is_signed_up: bool,
    /// The one before it, which had too little time left to be mailed: when it expires, and whether it was signed up with.
    before: Option<(Timestamp, bool)>,
}

impl Known {
    /// A new link follows it.
    fn renew(&mut self, now: Timestamp) {
        self.before = Some((self.expires_at, self.is_signed_up)).filter(|(expires_at, _)| now < *expires_at);
        self.expires_at = now + VERIFY_LIFE;
    }

    /// Whether the link that expires then is signed up with; none if there is no such link.
    fn is_signed_up(&self, expires_at: Timestamp) -> Option<bool> {
        let all = [Some((self.expires_at, self.is_signed_up)), self.before];
        all.into_iter().flatten().find(|(at, _)| *at == expires_at).map(|(_, is_signed_up)| is_signed_up)
    }
}

/// A record with its account, and all that an observer of their whole history knows.
struct History {
    record: AddressRecord,
    account: Option<Account>,
    now: Timestamp,
    proofs: Vec<Arrived>,
    offers: Vec<Arrived>,
    /// Offers that nobody but the reader of the mail has caused.
    uncounted_offers: usize,
    notices: Vec<Timestamp>,
    /// The links to spellings, the one that was asked for last at the end.
    links: Vec<Known>,
    /// Sign-ups and letters asked for again that were counted, by whether their spelling is the usual one.
    asked: Vec<(bool, Timestamp)>,
    /// Links for a new password that were granted, by whether the spelling that was typed is the usual one.
    forgotten: Vec<(bool, Timestamp)>,
    /// Passwords of the sign-ups that the pending one consists of.
    contenders: Vec<u8>,
    /// The account as it was when the address was proven.
    owner: Option<Account>,
    /// The links by which a password was set, and that password.
    used: Vec<(LinkId, u8)>,
}

const HOUR: Duration = Duration::from_hours(1);

fn new_ids() -> NewIds {
    NewIds::random().unwrap()
}

impl History {
    fn new() -> Self {
        Self {
            record: AddressRecord::default(),
            account: None,
            now: Timestamp::from_second(1_800_000_000),
            proofs: Vec::new(),
            offers: Vec::new(),
            uncounted_offers: 0,
            notices: Vec::new(),
            links: Vec::new(),
            asked: Vec::new(),
            forgotten: Vec::new(),
            contenders: Vec::new(),
            owner: None,
            used: Vec::new(),
        }
    }

    fn arrives(&mut self, letter: Letter) {
        let at = self.now;
        match letter {
            Letter::Verify { to, link, expires_at } => self.proofs.push(Arrived { link, to, at, expires_at }),
            Letter::SetPassword { to, link, expires_at, .. } => {
                assert!(self.used.iter().all(|(used, _)| *used != link), "a used link is not mailed again");
                self.offers.push(Arrived { link, to, at, expires_at });
            }
            Letter::AlreadyRegistered { to } => {
                assert_eq!(Some(&to), self.owner.as_ref().map(|owner| &owner.address), "a notice is for the owner");
                self.notices.push(at);
            }
            Letter::WeakPassword { .. }
            | Letter::Locked { .. }
            | Letter::ChangeEmail { .. }
            | Letter::Notice { .. } => panic!("no rule of an address looks at passwords or changes an account"),
            Letter::Nothing => {}
        }
    }

    /// What somebody asks for by typing a spelling goes to it, or to the owner's own.
    fn is_rightly_addressed(&self, letter: &Letter, spelling: usize) {
        let (Letter::Verify { to, .. } | Letter::SetPassword { to, .. } | Letter::AlreadyRegistered { to }) = letter
        else {
            return;
        };
        let own = self.owner.as_ref().map_or_else(|| spelled(spelling), |owner| owner.address.clone());
        assert!(*to == own, "{letter:?}");
        assert_eq!(matches!(letter, Letter::Verify { .. }), self.owner.is_none(), "an owner has proven enough");
    }

    /// Whether a request for this spelling is one of five within an hour.
    fn is_counted(&mut self, spelling: usize) -> bool {
        let (now, is_folded) = (self.now, spelling == 0);
        let lately = |(folded, at): &&(bool, Timestamp)| *folded == is_folded && now < *at + HOUR;
        let is_counted = self.asked.iter().filter(lately).count() < 5;
        if is_counted {
            self.asked.push((is_folded, now));
        }
        is_counted
    }

    /// A sign-up lasts until its last link can no longer be revived, and no shorter.
    fn forget(&mut self) {
        let now = self.now;
        self.links.retain(|link| now < link.expires_at + REVIVABLE);
        for link in &mut self.links {
            link.before = link.before.filter(|(expires_at, _)| now < *expires_at + REVIVABLE);
        }
        if self.links.is_empty() {
            self.contenders.clear();
        }
    }

    fn has_time_left(&self, link: &Known) -> bool {
        self.now + Duration::from_mins(15) < link.expires_at
    }

    fn issue(&mut self, spelling: usize) {
        let known = self.links.iter().position(|link| link.spelling == spelling).map(|at| self.links.remove(at));
        let others = self.links.iter().filter(|link| link.spelling != 0).count();
        if spelling != 0 && others == 4 {
            let oldest = self.links.iter().position(|link| link.spelling != 0).unwrap();
            self.links.remove(oldest);
        }
        let mut link = known.unwrap_or(Known { spelling, expires_at: self.now, is_signed_up: false, before: None });
        let now = self.now;
        link.before = link.before.filter(|(expires_at, _)| now < *expires_at);
        if !self.has_time_left(&link) {
            link.renew(now);
        }
        self.links.push(link);
    }

    /// Whether a letter to this spelling is due, if its sender may ask for one.
    fn is_mailed(&self, spelling: usize) -> bool {
        let link = self.links.iter().find(|link| link.spelling == spelling);
        let lately = self.proofs.iter().filter(|proof| proof.to.is_folded() && self.now < proof.at + HOUR).count();
        link.is_some_and(|link| self.has_time_left(link)) && (spelling != 0 || lately < 5)
    }

    fn sign_up(&mut self, spelling: usize, password: u8) {
        self.forget();
        let chosen = (password != WEAK).then(|| hash(password));
        let new = SignUp { email: spelled(spelling), password: chosen, language: Some(Language::De) };
        let (before, is_counted) = (self.record.clone(), self.is_counted(spelling));
        let letter = self.record.sign_up(&new, self.account.as_ref(), &new_ids(), self.now);
        if is_counted {
            self.issue(spelling);
        }
        let (now, at) = (self.now, self.links.iter().position(|link| link.spelling == spelling));
        let has_time_left = at.is_some_and(|at| self.has_time_left(&self.links[at]));
        if let Some(link) = at.map(|at| &mut self.links[at]) {
            if spelling == 0 && !link.is_signed_up && !has_time_left {
                link.renew(now);
            }
            link.is_signed_up = true;
        }
        let is_due = (is_counted || spelling == 0) && self.is_mailed(spelling);
        if self.owner.is_none() {
            assert_eq!(matches!(letter, Letter::Verify { .. }), is_due, "{letter:?}");
        }
        if letter == Letter::Nothing && !is_counted && spelling != 0 {
            let (mut before, mut after) = (before, self.record.clone());
            before.forget(self.now);
            (before.pending, after.pending) = (None, None);
            let changes_nothing = |record: AddressRecord| {
                json!(record).to_string().replace("\"is_signed_up\":false", "\"is_signed_up\":true")
            };
            assert_eq!(
                changes_nothing(before),
                changes_nothing(after),
                "without a letter only the verdict on passwords changes"
            );
        }
        self.is_rightly_addressed(&letter, spelling);
        self.contenders.push(password);
        self.arrives(letter);
    }

    /// The seconds to wait, whether or not it was accepted.
    fn resend(&mut self, spelling: usize) -> Result<i64, i64> {
        let before = json!(self.record);
        match self.record.resend(&spelled(spelling), self.account.as_ref(), None, &new_ids(), self.now) {
            Ok(Granted { letter, next: Wait { seconds } }) => {
                assert!(self.is_counted(spelling) && seconds >= 60, "{seconds}");
                self.forget();
                self.issue(spelling);
                let is_due = !self.contenders.is_empty() && self.is_mailed(spelling);
                if self.owner.is_none() {
                    assert_eq!(matches!(letter, Letter::Verify { .. }), is_due, "{letter:?}");
                }
                self.is_rightly_addressed(&letter, spelling);
                self.arrives(letter);
                Ok(seconds)
            }
            Err(Wait { seconds }) => {
                assert!((1..=3_600).contains(&seconds), "{seconds}");
                assert_eq!(json!(self.record), before, "what is refused changes nothing");
                Err(seconds)
            }
        }
    }

    /// The seconds to wait, whether or not it was accepted.
    fn forgot(&mut self, spelling: usize) -> Result<i64, i64> {
        let (before, offer) = (self.record.clone(), LinkId::random().unwrap());
        match self.record.forgot(&spelled(spelling), self.account.as_ref(), offer, self.now) {
            Ok(Granted { letter, next: Wait { seconds } }) => {
                assert!(seconds >= 60, "{seconds}");
                self.forgotten.push((spelling == 0, self.now));
                let mut remembered = before;
                remembered.forget(self.now);
                let status = |record: &AddressRecord, asked| record.status(&spelled(asked), None, false, self.now);
                for asked in 0..SPELLINGS.len() {
                    assert_eq!(status(&self.record, asked), status(&remembered, asked), "no sign-up is asked for");
                }
                assert_eq!(matches!(letter, Letter::SetPassword { .. }), self.owner.is_some(), "{letter:?}");
                self.is_rightly_addressed(&letter, spelling);
                self.arrives(letter);
                self.forget();
                Ok(seconds)
            }
            Err(Wait { seconds }) => {
                assert!((1..=3_600).contains(&seconds), "{seconds}");
                assert_eq!(json!(self.record), json!(before), "what is refused changes nothing");
                Err(seconds)
            }
        }
    }

    fn redeem(&mut self, back: usize) {
        let Some(at) = self.proofs.len().checked_sub(back + 1) else { return };
        let Arrived { link, to, expires_at, .. } = self.proofs[at].clone();
        self.forget();
        let known = self.links.iter().find(|known| spelled(known.spelling) == to);
        let current = known.and_then(|known| known.is_signed_up(expires_at));
        let current = current.filter(|_| self.owner.is_none() && !self.contenders.is_empty());
        match (self.record.redeem(link, LinkId::random().unwrap(), self.now), current) {
            (Redeemed::Verified(owner, letter), Some(is_signed_up)) => {
                assert!(self.now < expires_at, "a link proves in its time");
                assert!(owner.address == to, "a link proves the spelling that it was mailed to");
                let agree = self.contenders.iter().all(|password| *password == self.contenders[0]);
                let expected = match self.contenders[0] {
                    _ if !is_signed_up => Err(NoPassword::OtherSpelling),
                    _ if !agree => Err(NoPassword::Contested),
                    WEAK => Err(NoPassword::Weak),
                    password => Ok(hash(password)),
                };
                let expected = (expected.clone().ok(), expected.err());
                let found = (owner.password.clone(), owner.no_password);
                assert_eq!(
                    found, expected,
                    "a password counts only if all chose it, this spelling too, and it is strong"
                );
                self.account = Some(owner.clone());
                self.owner = Some(owner);
                self.asked.clear();
                self.forgotten.clear();
                self.links.clear();
                self.contenders.clear();
                if let Some(letter) = letter {
                    self.uncounted_offers += 1;
                    assert!(matches!(&letter, Letter::SetPassword { to: offered, because, .. }
                        if *offered == to && *because == found.1));
                    self.arrives(letter);
                }
            }
            (Redeemed::AlreadyVerified(id), _) => assert_eq!(Some(id), self.owner.as_ref().map(|owner| owner.id)),
            (Redeemed::Expired, Some(_)) => assert!(self.now >= expires_at),
            (Redeemed::Invalid, None) => {}
            (wrong, known) => panic!("{wrong:?} of {known:?}"),
        }
    }

    fn set_password(&mut self, back: usize, password: u8) {
        let Some(at) = self.offers.len().checked_sub(back + 1) else { return };
        let Arrived { link, expires_at, .. } = self.offers[at];
        let version = self.record.offered(link, self.now);
        let account = self.account.as_mut().unwrap();
        match account.offer(link, version, self.now) {
            Offer::Open => {}
            Offer::Void => return,
            Offer::Taken => {
                let (used, set) = self.used.last().unwrap();
                assert_eq!(*used, link, "only the link that set the password");
                return assert_eq!(account.password, Some(hash(*set)));
            }
        }
        account.set_password(link, hash(password), 0, self.now);
        assert!(self.now < expires_at, "an offer counts in its time");
        assert!(self.used.iter().all(|(used, _)| *used != link), "an offer is used once");
        self.used.push((link, password));
    }

    fn happen(&mut self, event: &Event) {
        match event {
            Event::SignUp { spelling, password } => self.sign_up(*spelling, *password),
            Event::Resend { spelling } => drop(self.resend(*spelling)),
            Event::Forgot { spelling } => drop(self.forgot(*spelling)),
            Event::Redeem { back } => self.redeem(*back),
            Event::SetPassword { back, password } => self.set_password(*back, *password),
            Event::Wait { minutes } => self.now = self.now + Duration::from_mins(*minutes),
        }
        assert_eq!(
            self.record.owner(),
            self.owner.as_ref().map(|owner| owner.id),
            "an owner comes by proof alone and stays"
        );
        let names = |account: &Account| (account.id, account.address.as_str().to_owned());
        assert_eq!(self.account.as_ref().map(names), self.owner.as_ref().map(names));
        self.record = serde_json::from_value(json!(self.record)).unwrap();
        self.account = serde_json::from_value(json!(self.account)).unwrap();
    }

    /// Nobody's mailbox is flooded, whoever asks for what.
    fn check_letters(&self) {
        let folded = self.proofs.iter().filter(|proof| proof.to.is_folded());
        let others = self.proofs.iter().filter(|proof| !proof.to.is_folded());
        assert!(most_within_an_hour(folded.map(|proof| proof.at)) <= 5);
        assert!(most_within_an_hour(others.map(|proof| proof.at)) <= 5);
        assert!(most_within_an_hour(self.offers.iter().map(|offer| offer.at)) <= 15 + self.uncounted_offers);
        for folded in [true, false] {
            let forgotten = self.forgotten.iter().filter(|(is_folded, _)| *is_folded == folded);
            assert!(most_within_an_hour(forgotten.map(|(_, at)| *at)) <= 5);
        }
        assert!(most_within_an_hour(self.notices.iter().copied()) <= 1);
    }
}

fn most_within_an_hour(moments: impl Iterator<Item = Timestamp>) -> usize {
    let moments: Vec<_> = moments.collect();
    let within =
        |from: Timestamp| moments.iter().filter(|at| (from..from + Duration::from_hours(1)).contains(at)).count();
    moments.iter().map(|from| within(*from)).max().unwrap_or_default()
}

proptest! {
    #[test]
    fn whatever_happens_the_reader_of_the_mail_decides(events in prop::collection::vec(event(), 1..60)) {
        let mut history = History::new();
        for event in &events {
            history.happen(event);
        }
        history.check_letters();
    }

    #[test]
    fn a_stranger_sees_the_same_of_an_account_and_of_nobody(
        steps in prop::collection::vec((0..SPELLINGS.len(), 0..3_u8, 0..3_000_u64), 1..20)
    ) {
        let (mut account, mut nobody) = (History::new(), History::new());
        account.sign_up(0, 1);
        account.redeem(0);
        for history in [&mut account, &mut nobody] {
            history.now = history.now + VERIFIED_IS_PUBLIC;
        }
        for (spelling, request, minutes) in steps {
            let minutes = if minutes < 1_500 { minutes % 3 } else { minutes };
            let mut seen = Vec::new();
            for history in [&mut account, &mut nobody] {
                let waiting = match request {
                    0 => {
                        history.sign_up(spelling, 2);
                        None
                    }
                    1 => Some(history.resend(spelling)),
                    _ => Some(history.forgot(spelling)),
                };
                history.now = history.now + Duration::from_mins(minutes);
                let status = |asked| history.record.status(&spelled(asked), history.account.as_ref(), false, history.now);
                seen.push((waiting, [0, 1, 2, 3, 4, 5, 6].map(status)));
            }
            prop_assert_eq!(&seen[0], &seen[1]);
        }
    }
}
