//! Any order of events, checked against what must always hold.

use proptest::prelude::*;
use serde_json::json;

use super::*;

#[derive(Clone, Debug)]
enum Event {
    SignUp {
        password: u8,
    },
    Resend,
    /// Redeems the newest link that proves, or an older one.
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
    prop_oneof![
        4 => (0..3_u8).prop_map(|password| Event::SignUp { password }),
        2 => Just(Event::Resend),
        3 => (0..3_usize).prop_map(|back| Event::Redeem { back }),
        2 => (0..2_usize, 10..13_u8).prop_map(|(back, password)| Event::SetPassword { back, password }),
        2 => prop_oneof![1..40_u64, 700..1_500_u64, 1_400..3_000_u64].prop_map(|minutes| Event::Wait { minutes }),
    ]
}

fn hash(password: u8) -> PasswordHash {
    serde_json::from_value(json!(format!("hash of {password}"))).unwrap()
}

/// A record, and all that an observer of its whole history knows.
struct History {
    record: AddressRecord,
    now: Timestamp,
    /// Links that were mailed to prove the address, with their expiry.
    proofs: Vec<(LinkId, Timestamp)>,
    /// Links that were mailed to set a password, with their expiry.
    offers: Vec<(LinkId, Timestamp)>,
    /// Passwords of the sign-ups that the pending one consists of.
    contenders: Vec<u8>,
    owner: Option<AccountId>,
    /// Links by which a password was set.
    used: Vec<LinkId>,
    /// When somebody signed up.
    sign_ups: Vec<Timestamp>,
}

impl History {
    fn new() -> Self {
        Self {
            record: AddressRecord::default(),
            now: Timestamp::from_second(1_800_000_000),
            proofs: Vec::new(),
            offers: Vec::new(),
            contenders: Vec::new(),
            owner: None,
            used: Vec::new(),
            sign_ups: Vec::new(),
        }
    }

    fn mailed(&mut self, letter: &Letter) {
        match letter {
            Letter::Verify { link, .. } => self.proofs.push((*link, self.now + VERIFY_LIFE)),
            Letter::SetPassword { link, .. } => self.offers.push((*link, self.now + SET_PASSWORD_LIFE)),
            Letter::AlreadyRegistered { .. } | Letter::Nothing => {}
        }
    }

    fn sign_up(&mut self, password: u8) {
        let email = EmailAddress::parse("ada@example.com").unwrap();
        let new = Pending { id: AccountId::random().unwrap(), email, password: Some(hash(password)) };
        let letter = self.record.sign_up(new, LinkId::random().unwrap(), self.now);
        let lately = self.sign_ups.iter().filter(|at| self.now < **at + SIGN_UP_WINDOW).count();
        match letter {
            Letter::Verify { .. } => assert!(self.owner.is_none(), "an owner has proven enough"),
            Letter::Nothing if self.owner.is_none() => assert!(lately >= 5, "only a flood goes unanswered"),
            _ => assert!(self.owner.is_some(), "a proof is asked for until there is an owner"),
        }
        self.sign_ups.push(self.now);
        if self.proofs.last().is_some_and(|(_, expires_at)| *expires_at <= self.now) {
            self.contenders.clear();
        }
        self.contenders.push(password);
        self.mailed(&letter);
    }

    fn redeem(&mut self, back: usize) {
        let Some(at) = self.proofs.len().checked_sub(back + 1) else { return };
        let (link, expires_at) = self.proofs[at];
        match self.record.redeem(link, LinkId::random().unwrap(), self.now) {
            Proof::Verified(owner, letter) => {
                assert!(self.owner.is_none(), "an account is made once");
                assert!(back == 0 && self.now < expires_at, "only the newest link proves, in its time");
                let same = self.contenders.iter().all(|password| *password == self.contenders[0]);
                let expected = same.then(|| hash(self.contenders[0]));
                assert_eq!(owner.password, expected, "a password counts only if nobody tried another");
                self.owner = Some(owner.id);
                if let Some(letter) = letter {
                    self.mailed(&letter);
                }
            }
            Proof::AlreadyVerified(owner) => assert_eq!(Some(owner.id), self.owner),
            Proof::Expired => assert!(self.now >= expires_at),
            Proof::Invalid => assert!(back > 0 || self.owner.is_some() || self.now >= expires_at + REVIVABLE),
        }
    }

    fn set_password(&mut self, back: usize, password: u8) {
        let Some(at) = self.offers.len().checked_sub(back + 1) else { return };
        let (link, expires_at) = self.offers[at];
        let generation = self.record.owner().map(|owner| owner.generation);
        let Some(owner) = self.record.set_password(link, hash(password), self.now) else { return };
        assert!(back == 0 && self.now < expires_at, "only the newest offer counts, in its time");
        assert_eq!(Some(owner.generation), generation.map(|before| before + 1), "a new password ends the sessions");
        assert!(!self.used.contains(&link), "an offer is used once");
        self.used.push(link);
    }

    fn happen(&mut self, event: &Event) {
        match event {
            Event::SignUp { password } => self.sign_up(*password),
            Event::Resend => {
                if let Ok(letter) = self.record.resend(LinkId::random().unwrap(), self.now) {
                    self.mailed(&letter);
                }
            }
            Event::Redeem { back } => self.redeem(*back),
            Event::SetPassword { back, password } => self.set_password(*back, *password),
            Event::Wait { minutes } => self.now = self.now + Duration::from_mins(*minutes),
        }
        assert_eq!(self.record.owner().map(|owner| owner.id), self.owner, "an owner comes by proof alone and stays");
        let stored = serde_json::to_value(&self.record).unwrap();
        self.record = serde_json::from_value(stored).unwrap();
    }
}

proptest! {
    #[test]
    fn whatever_happens_the_reader_of_the_mail_decides(events in prop::collection::vec(event(), 1..40)) {
        let mut history = History::new();
        for event in &events {
            history.happen(event);
        }
    }

    #[test]
    fn a_stranger_sees_the_same_of_an_account_and_of_nobody(minutes in prop::collection::vec(1..3_000_u64, 1..12)) {
        let (mut account, mut nobody) = (History::new(), History::new());
        account.sign_up(1);
        account.redeem(0);
        for history in [&mut account, &mut nobody] {
            history.now = history.now + VERIFIED_IS_PUBLIC;
        }
        for minutes in minutes {
            let mut seen = Vec::new();
            for history in [&mut account, &mut nobody] {
                let waiting = history.record.resend(LinkId::random().unwrap(), history.now).err();
                history.now = history.now + Duration::from_mins(minutes);
                seen.push((waiting, history.record.status(false, history.now)));
            }
            prop_assert_eq!(&seen[0], &seen[1]);
        }
    }
}
