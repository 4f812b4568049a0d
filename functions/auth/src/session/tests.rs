//! Refresh tokens in the hands of their owner's tabs, and in a thief's.

use proptest::prelude::*;
use shared::{
    caller::{Aal, Method},
    outbox::NoPassword,
};

use super::*;
use crate::secrets::account_key::AccountKey;

const NOW: Timestamp = Timestamp::from_second(1_800_000_000);

fn key() -> AccountKey {
    AccountKey::read(&[7; 32]).unwrap()
}

/// A session that has just begun, and its token.
fn opened() -> (Session, RefreshToken) {
    let address = EmailAddress::parse("ada@example.com").unwrap();
    let authentication = Authentication { aal: Aal::Aal1, amr: vec![Method::Pwd], auth_time: NOW };
    let account = Account::new(AccountId::from_bytes([1; 16]), address, Err(NoPassword::Contested), NOW);
    let opening = Opening { authentication, freeze: Freeze::default(), has_factors: false };
    let SignedIn { session, refresh } = Session::open(&account, opening, &Origin::default(), LIFE).unwrap();
    (session, refresh)
}

impl Session {
    /// A refresh, as the endpoint writes it; `None` where it is refused, and then whether the session has ended by it.
    fn refresh(&mut self, token: &RefreshToken, now: Timestamp) -> Result<RefreshToken, Presented> {
        let successor = token.successor(&key());
        match self.presented(&token.hash(), now) {
            Presented::Rotates => {
                (self.previous, self.current) = (Some(token.hash()), successor.hash());
                (self.rotated_at, self.expires_at) = (Some(now), now + LIFE);
                Ok(successor)
            }
            Presented::Stays => Ok(token.clone()),
            Presented::ReplayedInGrace => {
                assert_eq!(successor.hash(), self.current, "the successor is told that was given");
                Ok(successor)
            }
            refused => Err(refused),
        }
    }
}

#[test]
fn a_token_has_one_successor_and_the_grace_is_thirty_seconds() {
    let (mut session, first) = opened();
    let second = session.refresh(&first, NOW).unwrap();
    for at in [NOW, NOW + REFRESH_GRACE] {
        assert_eq!(session.presented(&first.hash(), at), Presented::ReplayedInGrace);
        assert_eq!(session.presented(&second.hash(), at), Presented::Stays);
    }
    let later = NOW + REFRESH_GRACE + Duration::from_secs(1);
    assert_eq!(session.presented(&first.hash(), later), Presented::ReplayedLate);
    assert_eq!(session.presented(&second.hash(), later), Presented::Rotates);
    assert_eq!(session.presented(&second.hash(), NOW + LIFE), Presented::Expired);
}

#[test]
fn a_successor_is_told_by_token_and_key_together() {
    let (_, first) = opened();
    let second = first.successor(&key());
    assert!(second.names() == first.names() && second.hash() == first.successor(&key()).hash());
    let (_, stranger) = opened();
    let others = [
        first.hash(),
        first.successor(&AccountKey::read(&[8; 32]).unwrap()).hash(),
        stranger.successor(&key()).hash(),
        second.successor(&key()).hash(),
    ];
    assert!(others.iter().all(|other| *other != second.hash()));
}

#[test]
fn a_token_reads_back_and_nothing_else_is_one() {
    let (account, id) = (AccountId::from_bytes([1; 16]), SessionId::from_bytes([2; 16]));
    let token = RefreshToken::random(account, id).unwrap();
    let hash = token.hash();
    let text = token.reveal();
    let read = RefreshToken::parse(&text).unwrap();
    assert!(read.names() == (account, id) && read.hash() == hash);
    for other in ["", "x", &text[1..], &format!("{}A", *text), &text.replace(&text[..1], "!")] {
        assert!(RefreshToken::parse(other).is_none(), "{other}");
    }
}

/// A tab reads the token that all tabs share, and its request arrives some seconds later.
fn requests() -> impl Strategy<Value = Vec<(u64, u64)>> {
    let gap = prop_oneof![3 => 0..4_u64, 2 => 25..36_u64, 1 => 600..1_000_u64];
    prop::collection::vec((gap, 0..=30_u64), 1..40)
}

/// Lets the tabs ask; what they are answered is what all share from then on. Ends with the last answer.
fn play(session: &mut Session, mut shared: RefreshToken, requests: &[(u64, u64)]) -> (RefreshToken, Timestamp) {
    let mut second = 0;
    // When a token is read, or arrives; of one second, arrivals first.
    let mut events = Vec::new();
    for (number, (gap, travels)) in requests.iter().enumerate() {
        second += gap;
        events.extend([(second, 1, number), (second + travels, if *travels == 0 { 2 } else { 0 }, number)]);
    }
    events.sort_unstable();
    let mut on_the_way: Vec<Option<RefreshToken>> = requests.iter().map(|_| None).collect();
    let mut now = NOW;
    for (second, kind, number) in events {
        now = NOW + Duration::from_secs(second);
        match on_the_way[number].take() {
            None if kind == 1 => on_the_way[number] = Some(shared.clone()),
            None => panic!("a request arrives that was never made"),
            Some(token) => {
                shared = session.refresh(&token, now).unwrap_or_else(|refused| panic!("{refused:?} at {second}"));
                assert_eq!(shared.hash(), session.current, "whoever is answered holds the living token");
            }
        }
    }
    (shared, now)
}

proptest! {
    #[test]
    fn no_tabs_end_their_session(requests in requests()) {
        let (mut session, first) = opened();
        play(&mut session, first, &requests);
    }

    #[test]
    fn a_token_in_two_hands_ends_the_session(
        before in requests(),
        pause in 0..100_u64,
        uses in 1..4_usize,
        rest in prop::collection::vec(31..1_000_u64, 4..5),
        thief_is_first in any::<bool>(),
    ) {
        let (mut session, first) = opened();
        let (shared, now) = play(&mut session, first, &before);
        let stolen = shared.clone();
        // The first to go on does so alone, the other comes back more than the grace after it.
        let (mut quick, slow) = if thief_is_first { (stolen, shared) } else { (shared, stolen) };
        let mut now = now + REFRESH_GRACE + Duration::from_secs(1 + pause);
        for wait in &rest[..uses] {
            quick = session.refresh(&quick, now).unwrap();
            now = now + Duration::from_secs(*wait);
        }
        prop_assert_eq!(session.refresh(&slow, now).err(), Some(Presented::ReplayedLate));
    }
}
