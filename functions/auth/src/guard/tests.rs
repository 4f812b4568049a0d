//! Any order of tries, checked against what must always hold.

use std::{collections::BTreeMap, net::Ipv4Addr, time::Duration};

use proptest::{collection::vec, prelude::*};

use super::*;

const START: Timestamp = Timestamp::from_second(1_772_443_731);
const MINUTES_15: i64 = 15 * 60;
const DAY: i64 = 24 * 60 * 60;
/// As long as a network is known; a device is for longer.
const WHILE_ALL_ARE_KNOWN: Duration = Duration::from_hours(30 * 24);

/// For how long a client is burnt. Seconds.
const BURNT: i64 = 7_200;
/// By a stranger, at once.
const WRONG: Try = Try { after: 0, place: None, client: Standing::Usual, is_right: false };

/// Somebody tries a password.
#[derive(Clone, Debug)]
struct Try {
    /// Seconds since the try before.
    after: u64,
    /// Which place it comes from; none for a stranger.
    place: Option<u8>,
    client: Standing,
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

fn known(places: u8) -> Guard {
    let mut guard = Guard::default();
    for number in 0..places {
        guard = guard.welcoming(&[place(number)], START).guard;
    }
    guard
}

/// Where a try was counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum At {
    Everywhere,
    Place(PlaceId),
}

/// What the store does with an admission, and afterwards with the verdict. Where the try was counted; `None` if it was not admitted.
fn take(guard: &mut Guard, attempt: &Try, now: Timestamp) -> Option<At> {
    let from: Vec<_> = attempt.place.map(place).into_iter().collect();
    let counted = match guard.admit(&from, attempt.client, now) {
        Admission::Locked(seconds) => {
            assert!((1..=DAY).contains(&seconds), "{seconds}");
            return None;
        }
        Admission::Counted(counted) => counted,
    };
    let (before, place) = (guard.clone(), counted.retraction.place.clone());
    *guard = counted.change.guard.clone();
    assert_eq!(counted.others_locked.is_some(), place.is_some());
    if attempt.client != Standing::Usual {
        assert_eq!((guard.everywhere, counted.others_locked), (before.everywhere, Some(BURNT)), "locks nobody out");
    }
    if attempt.is_right {
        let welcome = guard.taking_back(&counted.retraction).then(|guard| guard.welcoming(&from, now));
        assert_eq!(welcome.guard.attempt, guard.attempt + 1);
        *guard = welcome.guard;
        assert_looks_alike(&before, guard, now);
    }
    assert_eq!(guard.attempt, before.attempt + 1 + u64::from(attempt.is_right));
    Some(place.map_or(At::Everywhere, At::Place))
}

/// Who tries from anywhere else sees no difference.
fn assert_looks_alike(one: &Guard, other: &Guard, now: Timestamp) {
    for seconds in [0, 1, 5, 60, 600, 1_200, 90_000] {
        let answer = |guard: &Guard| match guard.admit(&[], Standing::Usual, now + Duration::from_secs(seconds)) {
            Admission::Locked(seconds) => Err(seconds),
            Admission::Counted(Counted { change, .. }) => Ok(change.guard.everywhere),
        };
        assert_eq!(answer(one), answer(other), "{seconds}");
    }
}

fn tries(is_right: impl Strategy<Value = bool> + Clone + 'static) -> impl Strategy<Value = Vec<Try>> {
    let after =
        prop_oneof![6 => Just(0_u64), 4 => 1..4_u64, 3 => 4..600_u64, 2 => 600..1_200_u64, 1 => 20_000..90_000_u64];
    let place = prop_oneof![3 => Just(None), 2 => (0..4_u8).prop_map(Some)];
    let client = prop_oneof![3 => Just(Standing::Usual), 1 => Just(Standing::Burnt(BURNT))];
    let attempt = (after, place, client, is_right);
    vec(attempt.prop_map(|(after, place, client, is_right)| Try { after, place, client, is_right }), 1..300)
}

/// The most moments within any span of this length.
fn most_within(moments: &[i64], span: i64) -> usize {
    moments.iter().map(|from| moments.iter().filter(|at| (*from..from + span).contains(at)).count()).max().unwrap_or(0)
}

/// The most moments of one day, in UTC.
fn most_in_a_day(moments: &[i64]) -> usize {
    moments.iter().map(|one| moments.iter().filter(|at| *at / DAY == one / DAY).count()).max().unwrap_or(0)
}

/// How many moments there are before `now` without a quiet quarter of an hour in between.
fn in_a_row(moments: &[i64], now: i64) -> usize {
    let until_now = [moments, &[now]].concat();
    until_now.windows(2).rev().take_while(|pair| pair[1] - pair[0] < MINUTES_15).count()
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
    /// Whoever signs in meanwhile changes nothing for those who guess.
    #[test]
    fn nobody_guesses_more_than_the_bound(tries in tries(any::<bool>())) {
        let (mut guard, mut now) = (known(4), START);
        let mut checked = BTreeMap::<At, Vec<i64>>::new();
        for attempt in &tries {
            now = now + Duration::from_secs(attempt.after);
            if let Some(counted_at) = take(&mut guard, attempt, now).filter(|_| !attempt.is_right) {
                checked.entry(counted_at).or_default().push(now.as_second());
            }
        }
        is_bounded(&checked)?;
    }

    /// Verdicts come in any order, some of them after others have tried, but within minutes: a request has seconds.
    #[test]
    fn nor_where_many_try_at_once(tries in tries(any::<bool>()), order in vec(any::<prop::sample::Index>(), 300)) {
        let (mut guard, mut now, mut pending) = (known(4), START, Vec::new());
        let mut checked = BTreeMap::<At, Vec<i64>>::new();
        for (attempt, index) in tries.iter().zip(order) {
            now = now + Duration::from_secs(attempt.after);
            // No request takes longer, whatever comes after it.
            if pending.iter().any(|(_, _, begun)| *begun + Duration::from_secs(400) < now) {
                for (retraction, ..) in pending.drain(..) {
                    guard = guard.taking_back(&retraction).guard;
                }
            }
            let from: Vec<_> = attempt.place.map(place).into_iter().collect();
            if let Admission::Counted(Counted { change, retraction, .. }) = guard.admit(&from, attempt.client, now) {
                guard = change.guard;
                let counted_at = retraction.place.clone().map_or(At::Everywhere, At::Place);
                if attempt.is_right {
                    pending.push((retraction, from, now));
                } else {
                    checked.entry(counted_at).or_default().push(now.as_second());
                }
            }
            if attempt.place.is_none() && !pending.is_empty() {
                let (retraction, from, _) = pending.swap_remove(index.index(pending.len()));
                guard = guard.taking_back(&retraction).then(|guard| guard.welcoming(&from, now)).guard;
            }
        }
        is_bounded(&checked)?;
        for (retraction, ..) in pending {
            guard = guard.taking_back(&retraction).guard;
        }
        let wrong = checked.get(&At::Everywhere).map_or(0, |moments| in_a_row(moments, now.as_second()));
        prop_assert!(guard.everywhere.failures as usize >= wrong, "{} {wrong}", guard.everywhere.failures);
    }

    /// Tries as fast as they are admitted, from everywhere and from a place at once, beginning at any time of the day.
    #[test]
    fn nor_does_whoever_never_stops(begin in 0..DAY, pause in 1..400_u64) {
        let mut guard = known(3);
        let mut checked = BTreeMap::<At, Vec<i64>>::new();
        let mut now = START + Duration::from_secs(begin.unsigned_abs());
        let end = now + Duration::from_hours(30);
        while now < end {
            let burnt = [None, Some(1), Some(2)].map(|place| Try { place, client: Standing::Burnt(BURNT), ..WRONG });
            for attempt in [None, Some(0), Some(1)].map(|place| Try { place, ..WRONG }).iter().chain(&burnt) {
                while let Some(at) = take(&mut guard, attempt, now) {
                    checked.entry(at).or_default().push(now.as_second());
                }
            }
            now = now + Duration::from_secs(pause);
        }
        is_bounded(&checked)?;
        prop_assert_eq!(checked.len(), 4);
    }

    #[test]
    fn others_never_lock_a_known_place(tries in tries(Just(false))) {
        let (mut guard, mut now) = (known(4), START);
        for attempt in tries.iter().filter(|attempt| ![Some(0), Some(1)].contains(&attempt.place)) {
            now = now + Duration::from_secs(attempt.after);
            take(&mut guard, attempt, now);
            for place in [0, 1].map(place).into_iter().filter(|_| now < START + WHILE_ALL_ARE_KNOWN) {
                for client in [Standing::Usual, Standing::Burnt(BURNT)] {
                    prop_assert!(matches!(guard.admit(std::slice::from_ref(&place), client, now), Admission::Counted(_)));
                }
            }
        }
    }

    #[test]
    fn every_lock_ends_when_it_says(tries in tries(any::<bool>())) {
        let (mut guard, mut now) = (known(4), START);
        for attempt in &tries {
            now = now + Duration::from_secs(attempt.after);
            take(&mut guard, attempt, now);
            if let Admission::Locked(seconds) = guard.admit(&[], Standing::Usual, now) {
                let end = now + Duration::from_secs(seconds.unsigned_abs());
                prop_assert!(!matches!(guard.admit(&[], Standing::Usual, end), Admission::Locked(_)));
                prop_assert!(matches!(guard.admit(&[], Standing::Usual, end - Duration::from_secs(1)), Admission::Locked(_)));
            }
        }
    }

    #[test]
    fn right_passwords_use_up_no_day(count in 1..400_usize) {
        let mut guard = Guard::default();
        for _ in 0..count {
            let right = Try { place: Some(1), is_right: true, ..WRONG };
            prop_assert!(take(&mut guard, &right, START).is_some());
        }
        prop_assert_eq!(guard.everywhere.day_failures, 0);
    }

    #[test]
    fn five_places_of_a_kind_are_known_at_most_and_the_newest_is_one_of_them(tries in vec(0..40_u8, 1..200)) {
        let (mut guard, mut now) = (Guard::default(), START);
        for number in tries {
            now = now + Duration::from_mins(1);
            take(&mut guard, &Try { place: Some(number), is_right: true, ..WRONG }, now);
            prop_assert!(guard.places.know(&place(number), now));
            let known: Vec<_> = (0..40).filter(|number| guard.places.get(&place(*number)).is_some()).collect();
            for kind in 0..2 {
                prop_assert!(known.iter().filter(|number| *number % 2 == kind).count() <= 5, "{known:?}");
            }
        }
    }
}

#[test]
fn the_first_quarter_of_an_hour_has_fourteen_tries() {
    let (mut guard, wrong) = (Guard::default(), WRONG);
    let mut seconds = Vec::new();
    for second in 0..MINUTES_15 {
        while take(&mut guard, &wrong, START + Duration::from_secs(second.unsigned_abs())).is_some() {
            seconds.push(second);
        }
    }
    assert_eq!(seconds, [0, 0, 0, 0, 0, 1, 3, 7, 15, 31, 63, 127, 255, 511]);
}

#[test]
fn a_known_place_has_ten_tries_while_the_others_are_locked() {
    let mut guard = known(2);
    let of = |place| Try { place, ..WRONG };
    while take(&mut guard, &of(None), START).is_some() {}
    let mut tries = 0;
    while let Some(at) = take(&mut guard, &of(Some(0)), START) {
        assert_eq!(at, At::Place(place(0)));
        tries += 1;
    }
    assert_eq!(tries, 10);
    assert_eq!(guard.admit(&[place(0)], Standing::Usual, START), Admission::Locked(1), "as everybody's");
    assert!(take(&mut guard, &of(Some(1)), START).is_some(), "the other place is free");
}

#[test]
fn a_client_that_is_burnt_has_ten_tries_at_a_known_place_and_none_elsewhere() {
    let (mut guard, burnt) = (known(1), |place| Try { place, client: Standing::Burnt(BURNT), ..WRONG });
    assert_eq!(guard.admit(&[], Standing::Burnt(BURNT), START), Admission::Locked(BURNT));
    assert_eq!(guard.admit(&[place(1)], Standing::Burnt(BURNT), START), Admission::Locked(BURNT));
    let tries = (0..20).filter(|_| take(&mut guard, &burnt(Some(0)), START).is_some()).count();
    assert_eq!((tries, guard.everywhere), (10, Tally::default()));
    assert_eq!(guard.admit(&[place(0)], Standing::Burnt(BURNT), START), Admission::Locked(BURNT));
    assert_eq!(take(&mut guard, &Try { place: Some(0), ..WRONG }, START), Some(At::Everywhere), "others are free");
}

#[test]
fn a_right_password_takes_back_its_own_try_and_no_other() {
    let mut guard = known(1);
    let wrong = |place| Try { place, ..WRONG };
    while take(&mut guard, &wrong(None), START).is_some() {}
    let others = guard.everywhere;
    for _ in 0..3 {
        take(&mut guard, &wrong(Some(0)), START);
    }
    take(&mut guard, &Try { place: Some(0), is_right: true, ..WRONG }, START);
    assert_eq!(guard.everywhere, others, "strangers stay locked out");
    let free = (0..20).filter(|_| take(&mut guard, &wrong(Some(0)), START).is_some()).count();
    assert_eq!(free, 7, "three of ten were used up before");
}

/// One counts with everybody's tries, and the lock that follows sends the other to its place.
#[test]
fn two_who_sign_in_at_once_leave_the_tries_of_strangers_as_they_were() {
    for (order, failures) in [[0, 1], [1, 0]].into_iter().flat_map(|order| [(order, 0), (order, 4), (order, 10)]) {
        let mut guard = known(1);
        let mut now = START;
        for _ in 0..failures {
            now = now + Duration::from_secs(guard.seconds_locked(now).unwrap_or(0).unsigned_abs());
            take(&mut guard, &Try { after: 0, place: None, client: Standing::Usual, is_right: false }, now).unwrap();
        }
        now = now + Duration::from_secs(guard.seconds_locked(now).unwrap_or(0).unsigned_abs() + 1);
        let before = guard.clone();
        let counted = [(); 2].map(|()| {
            let Admission::Counted(counted) = guard.admit(&[place(0)], Standing::Usual, now) else {
                panic!("{failures}")
            };
            guard = counted.change.guard.clone();
            counted
        });
        for number in order {
            guard = guard.taking_back(&counted[number].retraction).guard;
        }
        assert_looks_alike(&before, &guard, now);
    }
}

#[test]
fn a_link_forgives_what_others_have_tried_where_it_is_redeemed() {
    let mut guard = known(2);
    while take(&mut guard, &Try { after: 0, place: None, client: Standing::Usual, is_right: false }, START).is_some() {}
    for place in [Some(0), Some(1)] {
        while take(&mut guard, &Try { after: 0, place, client: Standing::Usual, is_right: false }, START).is_some() {}
    }
    let guard = guard.welcoming_by_link(&[place(1)], START).guard;
    assert!(matches!(guard.admit(&[place(1)], Standing::Usual, START), Admission::Counted(_)));
    assert!(matches!(guard.admit(&[place(0)], Standing::Usual, START), Admission::Locked(_)));
    assert!(matches!(guard.admit(&[], Standing::Usual, START), Admission::Locked(_)));
}

#[test]
fn a_device_that_never_came_back_gives_way_first() {
    let mut guard = Guard::default();
    let devices = [0, 2, 4, 6, 8].map(place);
    let mut welcome = |device: &PlaceId, now| guard = guard.welcoming(std::slice::from_ref(device), now).guard;
    for (minute, device) in (0..).zip(&devices) {
        welcome(device, START + Duration::from_mins(minute));
    }
    // All but the third come back, the last one first.
    for (minute, number) in (10..).zip([8, 6, 2, 0]) {
        welcome(&place(number), START + Duration::from_mins(minute));
    }
    let mut left = devices.to_vec();
    for (hour, gone) in (1..).zip([4, 10, 12]) {
        let now = START + Duration::from_hours(hour);
        let new = place(8 + 2 * u8::try_from(hour).unwrap());
        guard = guard.welcoming(std::slice::from_ref(&new), now).guard;
        left.retain(|device| *device != place(gone));
        left.push(new);
        for device in &left {
            assert!(guard.places.know(device, now), "{hour}");
        }
    }
}

#[test]
fn a_row_that_says_less_or_more_of_a_place_is_read() {
    let places = serde_json::json!({ "d1": { "u": 5, "new": "x" }, "d2": {} });
    let guard: Guard = serde_json::from_value(serde_json::json!({ "places": places, "generation": 3 })).unwrap();
    assert_eq!(guard.attempt, 0);
    for (id, second, is_known) in [("d1", 4, true), ("d1", 5, false), ("d2", 0, false)] {
        let id = serde_json::from_value(id.into()).unwrap();
        assert!(guard.places.get(&id).is_some());
        assert_eq!(guard.places.know(&id, Timestamp::from_second(second)), is_known);
    }
}

#[test]
fn clocks_that_differ_around_midnight_do_not_begin_the_day_anew() {
    let midnight = Timestamp::from_second((START.as_second() / DAY + 1) * DAY);
    let (mut guard, wrong) = (Guard::default(), WRONG);
    for minute in 0..4 {
        take(&mut guard, &wrong, midnight + Duration::from_mins(minute)).unwrap();
    }
    take(&mut guard, &wrong, midnight - Duration::from_secs(1)).unwrap();
    assert_eq!((guard.everywhere.day, guard.everywhere.day_failures), (midnight.as_second() / DAY, 5));
}

#[test]
fn a_day_that_is_used_up_a_few_tries_at_a_time_is_told_of_once() {
    let midnight = Timestamp::from_second((START.as_second() / DAY + 1) * DAY);
    let mut guard = Guard::default();
    let notable = (0..100_u64).filter(|number| {
        let now = midnight + Duration::from_secs(number / 4 * 900);
        let Admission::Counted(counted) = guard.admit(&[], Standing::Usual, now) else { panic!("{number}") };
        guard = counted.change.guard.clone();
        counted.is_notable()
    });
    assert_eq!(notable.collect::<Vec<_>>(), [99]);
    assert!(matches!(guard.admit(&[], Standing::Usual, midnight + Duration::from_hours(23)), Admission::Locked(3_600)));
}

#[test]
fn a_freeze_grows_longer_and_never_shorter() {
    let at = Timestamp::from_second;
    let none = Freeze::default();
    assert_eq!(none.again(at(5), Duration::ZERO), none);
    let first = none.again(at(5), Duration::from_secs(100));
    assert_eq!((first.frozen_at, first.frozen_until), (Some(at(5)), Some(at(105))));
    let shorter = first.again(at(10), Duration::from_secs(50));
    assert_eq!((shorter.frozen_at, shorter.frozen_until), (Some(at(10)), Some(at(105))));
    assert_eq!(shorter.again(at(20), Duration::from_secs(100)).frozen_until, Some(at(120)));
    assert_eq!(first.again(at(50), Duration::ZERO), first);
}

#[test]
fn a_place_surprises_where_others_are_known_and_it_is_not() {
    let (device, network, new, away) = (place(0), place(1), place(2), place(3));
    let nobody = Guard::default();
    assert!(!nobody.is_surprised_by(&[new.clone(), away.clone()], START));
    // A link was redeemed in a network, and nobody has signed in yet.
    let proven = nobody.inherited(std::slice::from_ref(&network), START);
    assert!(!proven.is_surprised_by(&[new.clone(), away.clone()], START));
    let known = proven.welcoming(&[device.clone(), network.clone()], START).guard;
    assert!(known.is_surprised_by(&[new.clone(), away.clone()], START));
    for (from, is_surprised) in [
        (vec![], false),
        (vec![new.clone(), network.clone()], false),
        (vec![device.clone(), away.clone()], false),
        (vec![away], true),
    ] {
        assert_eq!(known.is_surprised_by(&from, START), is_surprised, "{from:?}");
    }
    // A network is forgotten before a device is; with both forgotten everything is new, and the first sign-in long past.
    let later = START + WHILE_ALL_ARE_KNOWN;
    assert!(known.is_surprised_by(&[new.clone(), network.clone()], later));
    assert!(!known.is_surprised_by(&[device.clone(), network.clone()], later));
    let much_later = START + WHILE_ALL_ARE_KNOWN * 7;
    assert!(known.is_surprised_by(&[device, network], much_later));
}
