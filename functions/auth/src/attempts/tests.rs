//! Any order of tries, checked against what must always hold.

use std::{collections::BTreeMap, net::Ipv4Addr, time::Duration};

use proptest::{collection::vec, prelude::*};

use super::*;

const START: Timestamp = Timestamp::from_second(1_772_443_731);
const MINUTES_15: i64 = 15 * 60;
const DAY: i64 = 24 * 60 * 60;
/// As long as a network is known; a device is for longer.
const WHILE_ALL_ARE_KNOWN: Duration = Duration::from_hours(30 * 24);

/// Somebody tries a password.
#[derive(Clone, Debug)]
struct Try {
    /// Seconds since the try before.
    after: u64,
    /// Which place it comes from; none for a stranger.
    place: Option<u8>,
    is_right: bool,
}

/// Devices are even, networks odd.
fn place(number: u8) -> PlaceId {
    if number.is_multiple_of(2) {
        PlaceId::device(&[number])
    } else {
        PlaceId::network(Ipv4Addr::new(192, 0, 2, number).into())
    }
}

fn known(places: u8) -> Attempts {
    let mut attempts = Attempts::default();
    for number in 0..places {
        let changes = attempts.places.welcoming(&[place(number)], None, START);
        attempts.places.apply(changes);
    }
    attempts
}

/// Where a try was counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum At {
    Everywhere,
    Place(PlaceId),
}

/// What the store does with an admission, and afterwards with the verdict. Where the try was counted; `None` if it was not admitted.
fn take(attempts: &mut Attempts, attempt: &Try, now: Timestamp) -> Option<At> {
    let from: Vec<_> = attempt.place.map(place).into_iter().collect();
    let counted = match attempts.admit(&from, now) {
        Admission::Locked(seconds) => {
            assert!((1..=DAY).contains(&seconds), "{seconds}");
            return None;
        }
        Admission::Counted(counted) => counted,
    };
    assert_eq!(counted.attempts.attempt, attempts.attempt + 1);
    *attempts = counted.attempts.clone();
    if attempt.is_right {
        let Success { forgives_everywhere, places } = counted.succeeds(&from, now);
        if forgives_everywhere {
            attempts.everywhere = attempts.everywhere.taken_back();
        }
        attempts.places.apply(places);
    }
    Some(counted.place.map_or(At::Everywhere, At::Place))
}

fn tries(is_right: impl Strategy<Value = bool> + Clone + 'static) -> impl Strategy<Value = Vec<Try>> {
    let after =
        prop_oneof![6 => Just(0_u64), 4 => 1..4_u64, 3 => 4..600_u64, 2 => 600..1_200_u64, 1 => 20_000..90_000_u64];
    let place = prop_oneof![3 => Just(None), 2 => (0..4_u8).prop_map(Some)];
    vec((after, place, is_right).prop_map(|(after, place, is_right)| Try { after, place, is_right }), 1..300)
}

/// The most moments within any span of this length.
fn most_within(moments: &[i64], span: i64) -> usize {
    moments.iter().map(|from| moments.iter().filter(|at| (*from..from + span).contains(at)).count()).max().unwrap_or(0)
}

/// The most moments of one day, in UTC.
fn most_in_a_day(moments: &[i64]) -> usize {
    moments.iter().map(|one| moments.iter().filter(|at| *at / DAY == one / DAY).count()).max().unwrap_or(0)
}

/// Nobody guesses more than the bounds, wherever the tries were counted.
fn is_bounded(checked: &BTreeMap<At, Vec<i64>>) -> Result<(), TestCaseError> {
    for (counted_at, moments) in checked {
        let bound = if *counted_at == At::Everywhere { 14 } else { 10 };
        prop_assert!(most_within(moments, MINUTES_15) <= bound, "{counted_at:?}: {moments:?}");
        prop_assert!(most_in_a_day(moments) <= 100);
    }
    Ok(())
}

proptest! {
    #[test]
    fn nobody_guesses_more_than_the_bound(tries in tries(Just(false))) {
        let (mut attempts, mut now) = (known(4), START);
        let mut checked = BTreeMap::<At, Vec<i64>>::new();
        for attempt in &tries {
            now = now + Duration::from_secs(attempt.after);
            if let Some(counted_at) = take(&mut attempts, attempt, now) {
                checked.entry(counted_at).or_default().push(now.as_second());
            }
        }
        is_bounded(&checked)?;
    }

    /// Tries as fast as they are admitted, from everywhere and from a place at once, beginning at any time of the day.
    #[test]
    fn nor_does_whoever_never_stops(begin in 0..DAY, pause in 1..400_u64) {
        let mut attempts = known(2);
        let mut checked = BTreeMap::<At, Vec<i64>>::new();
        let mut now = START + Duration::from_secs(begin.unsigned_abs());
        let end = now + Duration::from_hours(30);
        while now < end {
            for place in [None, Some(0), Some(1)] {
                while let Some(at) = take(&mut attempts, &Try { after: 0, place, is_right: false }, now) {
                    checked.entry(at).or_default().push(now.as_second());
                }
            }
            now = now + Duration::from_secs(pause);
        }
        is_bounded(&checked)?;
        prop_assert_eq!(checked.len(), 3);
    }

    #[test]
    fn others_never_lock_a_known_place(tries in tries(Just(false))) {
        let (mut attempts, mut now) = (known(4), START);
        for attempt in tries.iter().filter(|attempt| ![Some(0), Some(1)].contains(&attempt.place)) {
            now = now + Duration::from_secs(attempt.after);
            take(&mut attempts, attempt, now);
            for place in [0, 1].map(place).into_iter().filter(|_| now < START + WHILE_ALL_ARE_KNOWN) {
                prop_assert!(matches!(attempts.admit(&[place], now), Admission::Counted(_)));
            }
        }
    }

    #[test]
    fn every_lock_ends_when_it_says(tries in tries(any::<bool>())) {
        let (mut attempts, mut now) = (known(4), START);
        for attempt in &tries {
            now = now + Duration::from_secs(attempt.after);
            take(&mut attempts, attempt, now);
            if let Admission::Locked(seconds) = attempts.admit(&[], now) {
                let end = now + Duration::from_secs(seconds.unsigned_abs());
                prop_assert!(!matches!(attempts.admit(&[], end), Admission::Locked(_)));
                prop_assert!(matches!(attempts.admit(&[], end - Duration::from_secs(1)), Admission::Locked(_)));
            }
        }
    }

    #[test]
    fn right_passwords_use_up_no_day(count in 1..400_usize) {
        let mut attempts = Attempts::default();
        for _ in 0..count {
            let right = Try { after: 0, place: Some(1), is_right: true };
            prop_assert!(take(&mut attempts, &right, START).is_some());
        }
        prop_assert_eq!(attempts.everywhere.day_failures, 0);
    }

    #[test]
    fn five_places_of_a_kind_are_known_at_most_and_the_newest_is_one_of_them(tries in vec(0..40_u8, 1..200)) {
        let (mut attempts, mut now) = (Attempts::default(), START);
        for number in tries {
            now = now + Duration::from_mins(1);
            take(&mut attempts, &Try { after: 60, place: Some(number), is_right: true }, now);
            prop_assert!(attempts.places.get(&place(number), now).is_some());
            let known: Vec<_> = (0..40).filter(|number| attempts.places.named(&place(*number)).is_some()).collect();
            for kind in 0..2 {
                prop_assert!(known.iter().filter(|number| *number % 2 == kind).count() <= 5, "{known:?}");
            }
        }
    }
}

#[test]
fn the_first_quarter_of_an_hour_has_fourteen_tries() {
    let (mut attempts, wrong) = (Attempts::default(), Try { after: 0, place: None, is_right: false });
    let mut seconds = Vec::new();
    for second in 0..MINUTES_15 {
        while take(&mut attempts, &wrong, START + Duration::from_secs(second.unsigned_abs())).is_some() {
            seconds.push(second);
        }
    }
    assert_eq!(seconds, [0, 0, 0, 0, 0, 1, 3, 7, 15, 31, 63, 127, 255, 511]);
}

#[test]
fn a_known_place_has_ten_tries_while_the_others_are_locked() {
    let mut attempts = known(2);
    let of = |place| Try { after: 0, place, is_right: false };
    while take(&mut attempts, &of(None), START).is_some() {}
    let mut tries = 0;
    while let Some(at) = take(&mut attempts, &of(Some(0)), START) {
        assert_eq!(at, At::Place(place(0)));
        tries += 1;
    }
    assert_eq!(tries, 10);
    assert_eq!(attempts.admit(&[place(0)], START), Admission::Locked(1), "as everybody's");
    assert!(take(&mut attempts, &of(Some(1)), START).is_some(), "the other place is free");
}

#[test]
fn a_right_password_forgives_where_it_was_counted_and_nowhere_else() {
    let mut attempts = known(1);
    let wrong = |place| Try { after: 0, place, is_right: false };
    while take(&mut attempts, &wrong(None), START).is_some() {}
    let others = attempts.everywhere;
    for _ in 0..3 {
        take(&mut attempts, &wrong(Some(0)), START);
    }
    take(&mut attempts, &Try { after: 0, place: Some(0), is_right: true }, START);
    assert_eq!(attempts.everywhere, others, "strangers stay locked out");
    // Nine more, and the tenth fails: the three before the success are forgiven.
    let free = (0..20).filter(|_| take(&mut attempts, &wrong(Some(0)), START).is_some()).count();
    assert_eq!(free, 10);
}

#[test]
fn a_device_that_never_came_back_gives_way_first() {
    let mut attempts = Attempts::default();
    let devices = [0, 2, 4, 6, 8].map(place);
    for (minute, device) in (0..).zip(&devices) {
        let changes =
            attempts.places.welcoming(std::slice::from_ref(device), None, START + Duration::from_mins(minute));
        attempts.places.apply(changes);
    }
    // All but the third come back, the last one first.
    for (minute, number) in (10..).zip([8, 6, 2, 0]) {
        let changes = attempts.places.welcoming(&[place(number)], None, START + Duration::from_mins(minute));
        attempts.places.apply(changes);
    }
    let mut left = devices.to_vec();
    for (hour, gone) in (1..).zip([4, 10, 12]) {
        let now = START + Duration::from_hours(hour);
        let new = place(8 + 2 * u8::try_from(hour).unwrap());
        let changes = attempts.places.welcoming(std::slice::from_ref(&new), None, now);
        attempts.places.apply(changes);
        left.retain(|device| *device != place(gone));
        left.push(new);
        for device in &left {
            assert!(attempts.places.get(device, now).is_some(), "{hour}");
        }
    }
}

#[test]
fn a_day_that_was_overdrawn_begins_at_nothing() {
    let mut attempts = Attempts { everywhere: Tally { day_failures: -3, ..Tally::default() }, ..known(0) };
    take(&mut attempts, &Try { after: 0, place: None, is_right: false }, START);
    attempts.everywhere.day_failures = -3;
    take(&mut attempts, &Try { after: 0, place: None, is_right: false }, START);
    assert_eq!(attempts.everywhere.day_failures, 1);
}
