use proptest::{collection::vec, prelude::*};

use super::*;

/// How many items were read of a document before it ended, or was refused.
fn work(bytes: &[u8]) -> (usize, Result<(), Malformed>) {
    let mut reader = Reader::new(bytes);
    let read = reader.item().and_then(|_| reader.end());
    (reader.items, read)
}

fn is_read(bytes: &[u8]) -> bool {
    work(bytes).1.is_ok()
}

#[test]
fn what_authenticators_write_is_read() {
    for good in [
        &b"\x00"[..],
        b"\x39\x01\x00",
        b"\x1b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x3b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x42\x00\xff",
        b"\x62ab",
        b"\x80",
        b"\x83\x01\xf4\xf5",
        b"\xa0",
        b"\xa2\x01\x02\x61a\xf6",
        b"\xf7",
        b"\xf9\x3c\x00",
        b"\xfa\x00\x00\x00\x00",
        b"\xfb\x00\x00\x00\x00\x00\x00\x00\x00",
        // Longer than need be.
        b"\x18\x00",
        b"\xb8\x01\x01\x58\x01\xff",
    ] {
        assert!(is_read(good), "{good:x?}");
    }
}

#[test]
fn what_they_do_not_write_is_refused() {
    for bad in [
        &b""[..],
        b"\x00\x00",
        b"\x18",
        b"\x1c",
        b"\x42\x00",
        b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x7b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x62\xc3\x28",
        b"\x82\x01",
        b"\xa1\x01",
        b"\xf9\x3c",
        b"\xfa\x00\x00\x00",
        b"\xfb\x00\x00\x00\x00\x00\x00\x00",
        // Without a length.
        b"\x5f\x41\x00\xff",
        b"\x7f\x61a\xff",
        b"\x9f\x00\xff",
        b"\xbf\x00\x00\xff",
        b"\xff",
        // A tag, and values that have no meaning.
        b"\xc0\x00",
        b"\xe0",
        b"\xf8\xff",
        // A label twice: as it is, written longer, and within.
        b"\xa2\x01\x02\x01\x02",
        b"\xa2\x01\x02\x18\x01\x02",
        b"\xa2\x61a\x02\x78\x01a\x02",
        b"\xa1\x01\x81\xa2\x20\x00\x20\x00",
        // Labels that are neither text nor a number of 64 bits.
        b"\xa1\x41\x00\x00",
        b"\xa1\x80\x00",
        b"\xa1\x1b\xff\xff\xff\xff\xff\xff\xff\xff\x00",
    ] {
        assert!(!is_read(bad), "{bad:x?}");
    }
    // A number and a text are not the same label, however they look.
    assert!(is_read(b"\xa2\x01\x00\x611\x00"));
}

#[test]
fn members_are_found_by_their_label() {
    let map = Map::read(b"\xa3\x01\x02\x20\x41\x07\x61a\x61b").unwrap();
    assert_eq!((map.len(), map.is_empty()), (3, false));
    assert_eq!(map.get(Label::Int(1)).map(int), Some(Ok(2)));
    assert_eq!(map.get(Label::Int(-1)).map(bytes), Some(Ok(&b"\x07"[..])));
    assert_eq!(map.get(Label::Text("a")).map(text), Some(Ok("b")));
    assert_eq!(map.get(Label::Text("1")), None);
    for other in [&b"\x80"[..], b"\xa0\x00", b"\x01", b""] {
        assert!(Map::read(other).is_err(), "{other:x?}");
    }
    assert!(int(b"\x01\x01").is_err() && int(b"\x61a").is_err() && bytes(b"\x61a").is_err() && text(b"\x41a").is_err());
}

fn nested(opening: &[u8], levels: usize) -> Vec<u8> {
    [opening.repeat(levels), vec![0]].concat()
}

#[test]
fn depth_is_bounded() {
    for opening in [&b"\x81"[..], b"\xa1\x00", b"\xa1\x61a"] {
        assert!(is_read(&nested(opening, MOST_LEVELS as usize)));
        for levels in [MOST_LEVELS as usize + 1, 100, 5_000] {
            let (items, read) = work(&nested(opening, levels));
            assert!(read.is_err() && items <= 2 * (MOST_LEVELS as usize + 2), "{opening:x?} {levels}: {items}");
        }
    }
    // Level by level the same, whether a map or an array is around it.
    assert!(Map::read(&nested(b"\xa1\x00", MOST_LEVELS as usize)).is_ok());
    assert!(Map::read(&nested(b"\xa1\x00", MOST_LEVELS as usize + 1)).is_err());
}

/// Work is what is read: never more than the limit, however much there is, nor more than one item for each byte.
#[test]
fn work_does_not_grow_with_what_is_claimed() {
    let wide = |count: u16, item: &[u8]| [&[0x99][..], &count.to_be_bytes(), &item.repeat(usize::from(count))].concat();
    let labels = |count: u16| {
        let members = (0..count).flat_map(|label| [&[0x19][..], &label.to_be_bytes(), &[0]].concat());
        [&[0xb9][..], &count.to_be_bytes()].concat().into_iter().chain(members).collect::<Vec<u8>>()
    };
    assert!(is_read(&wide(500, b"\x00")) && is_read(&labels(255)));
    for hostile in [
        wide(16_000, b"\x00"),
        wide(8_000, b"\x81\x00"),
        wide(2_000, b"\x81\x81\x81\x81\x81\x81\x00"),
        wide(5_000, b"\xa1\x00\x00"),
        labels(4_000),
        [b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff".repeat(8), vec![0; 16_000]].concat(),
        [b"\xbb\x7f\xff\xff\xff\xff\xff\xff\xff".to_vec(), vec![0; 16_000]].concat(),
        b"\x9f".repeat(16_000),
    ] {
        let (items, read) = work(&hostile);
        assert!(read.is_err() && items <= MOST_ITEMS + 1, "{items}");
    }
}

/// Documents that are CBOR more often than any bytes are.
fn document() -> impl Strategy<Value = Vec<u8>> {
    let head = |major: u8| (0_u8..32).prop_map(move |info| vec![major << 5 | info]);
    let leaf = prop_oneof![
        (0_u8..8).prop_flat_map(head),
        vec(any::<u8>(), 0..10),
        (0_u8..24).prop_map(|length| [vec![0x40 + length], vec![7; usize::from(length)]].concat()),
        "[a-c]{0,3}".prop_map(|text| [vec![0x60 + u8::try_from(text.len()).unwrap()], text.into_bytes()].concat()),
    ];
    leaf.prop_recursive(10, 64, 6, |inner| {
        (vec(inner, 0..12), any::<bool>()).prop_map(|(items, is_map)| {
            let count = u8::try_from(items.len()).unwrap();
            let head = if is_map { 0xa0 + count / 2 } else { 0x80 + count };
            [vec![head], items.concat()].concat()
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_024) })]

    /// No panic; an item ends where its bytes do, and reads the same alone; each byte is passed once.
    #[test]
    fn any_bytes_can_be_read(document in document(), behind in vec(any::<u8>(), 0..4)) {
        let bytes = [document, behind].concat();
        let mut reader = Reader::new(&bytes);
        let item = reader.item();
        prop_assert!(reader.items <= bytes.len() + 1 && reader.items <= MOST_ITEMS + 1);
        if let Ok(item) = item {
            prop_assert_eq!(item.len() + reader.rest().len(), bytes.len());
            prop_assert!(bytes.starts_with(item) && !item.is_empty());
            prop_assert_eq!(work(item), (reader.items, Ok(())));
            prop_assert!((0..item.len()).all(|length| !is_read(&item[..length])));
        }
        if let Ok(map) = Map::read(&bytes) {
            prop_assert!(map.0.iter().all(|(label, value)| map.get(*label) == Some(*value) && is_read(value)));
        }
    }
}
