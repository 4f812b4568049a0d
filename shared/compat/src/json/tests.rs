use proptest::prelude::*;

use super::{Json, Object, Unreadable, parse};

/// What the former application made of our own selection of bodies.
#[derive(serde::Deserialize)]
struct Cases {
    read: Vec<(String, String)>,
    refused: Vec<(String, usize, String)>,
}

fn cases() -> Cases {
    serde_json::from_str(include_str!("cases.json")).unwrap()
}

fn write(json: &Json) -> String {
    serde_json::to_string(json).unwrap()
}

fn rewrite(bytes: impl AsRef<[u8]>) -> Result<String, Unreadable> {
    parse(bytes.as_ref()).map(|json| write(&json))
}

fn is_undecodable(bytes: impl AsRef<[u8]>) -> bool {
    parse(bytes.as_ref()) == Err(Unreadable::Undecodable)
}

#[test]
fn what_was_read_is_read_and_comes_back_the_same() {
    for (body, expected) in cases().read {
        assert_eq!(rewrite(&body), Ok(expected), "{body:?}");
    }
}

#[test]
fn what_was_refused_is_refused_at_the_same_place_with_the_same_words() {
    for (body, place, words) in cases().refused {
        let Err(Unreadable::Syntax { at, message }) = parse(body.as_bytes()) else { panic!("{body:?}") };
        assert_eq!((at, message), (place, words.as_str()), "{body:?}");
    }
}

#[test]
fn every_unicode_encoding_is_read_with_and_without_its_mark() {
    let text = "[\"é漢😀\", 1]";
    let encode = |mark: &str| -> [Vec<u8>; 5] {
        let text = mark.to_owned() + text;
        [
            text.clone().into_bytes(),
            text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            text.chars().flat_map(|character| u32::from(character).to_be_bytes()).collect(),
            text.chars().flat_map(|character| u32::from(character).to_le_bytes()).collect(),
        ]
    };
    for bytes in encode("").iter().chain(&encode("\u{FEFF}")) {
        assert_eq!(rewrite(bytes).as_deref(), Ok("[\"é漢😀\",1]"), "{bytes:?}");
    }
    assert_eq!(rewrite([b'7', 0]).as_deref(), Ok("7"));
    assert_eq!(rewrite([0, b'7']).as_deref(), Ok("7"));
}

#[test]
fn a_mark_alone_or_twice_is_no_value() {
    let nothing = Err(Unreadable::Syntax { at: 0, message: "Expecting value" });
    assert_eq!(parse(b"\xEF\xBB\xBF"), nothing);
    assert_eq!(parse(b"\xEF\xBB\xBF\xEF\xBB\xBF{}"), nothing);
    assert_eq!(parse(b"\xFE\xFF"), nothing);
}

#[test]
fn bytes_that_are_no_text_are_undecodable() {
    assert!(is_undecodable(b"\"\xFF\""));
    assert!(is_undecodable(b"\"\xC0\x80\""));
    assert!(is_undecodable(b"\"\xE6\xBC\""));
    assert!(is_undecodable(b"\"\xED\xA0\""));
    assert!(is_undecodable(b"x \xF4\x90\x80\x80"));
    assert!(is_undecodable(b"\xFF\xFE[\0]"));
    assert!(is_undecodable(b"\xFF\xFE\0\0[\0\0\0\0\0\x11\0"));
    assert!(is_undecodable(b"[\0\0\0]\0\0"));
}

#[test]
fn an_integer_has_at_most_4300_digits() {
    let longest = "7".repeat(4300);
    assert_eq!(rewrite(&longest), Ok(longest.clone()));
    assert_eq!(rewrite(format!("-{longest}")), Ok(format!("-{longest}")));
    assert!(is_undecodable(format!("[1,{longest}7,,,")));
    assert_eq!(rewrite(format!("{longest}7e-4300")).as_deref(), Ok("7.777777777777778"));
    assert_eq!(rewrite(format!("0.{longest}7")).as_deref(), Ok("0.7777777777777778"));
}

#[test]
fn of_a_repeated_member_the_first_place_and_the_last_value_count() {
    let object = parse(br#"{"b":1,"a":2,"b":{"c":3}}"#).unwrap();
    assert_eq!(write(&object), r#"{"b":{"c":3},"a":2}"#);
}

#[test]
fn half_a_surrogate_pair_is_no_text_but_no_error_either() {
    let halves: [&[u8]; 5] = [
        br#""a\ud800""#,
        br#""a\udc00""#,
        b"\"a\xED\xA0\x80\"",
        b"\xFE\xFF\0\"\0a\xD8\0\0\"",
        b"\"\0\0\0a\0\0\0\x00\xD8\0\0\"\0\0\0",
    ];
    for body in halves {
        let half = parse(body).unwrap();
        assert!(matches!(half, Json::Unpaired(_)), "{body:?}");
        assert_eq!(half.as_str(), None);
        assert!(write(&half).starts_with("\"a\u{FFFD}"), "{body:?}");
    }
    assert_eq!(rewrite(br#"{"\ud800":1}"#).as_deref(), Ok("{\"\u{FFFD}\":1}"));
    assert_eq!(parse("\"\u{FFFD}\"".as_bytes()), Ok(Json::String("\u{FFFD}".to_owned())));
}

#[test]
fn a_half_counts_as_one_code_point() {
    let fault = Err(Unreadable::Syntax { at: 4, message: "Extra data" });
    assert_eq!(parse(b"\"\xED\xA0\x80\" x"), fault);
    assert_eq!(parse(b"\xFE\xFF\0\"\xD8\0\0\"\0 \0x"), fault);
}

#[test]
fn what_is_not_finite_is_a_number_and_comes_back_as_null() {
    for body in ["NaN", "Infinity", "-Infinity", "1e400", "-1e400"] {
        let number = parse(body.as_bytes()).unwrap();
        assert!(matches!(number, Json::Float(value) if !value.is_finite()), "{body}");
        assert_eq!(write(&number), "null");
    }
}

/// The stack is a quarter of what a thread gets.
#[test]
fn nesting_is_limited_before_the_stack_is() {
    let nested = |depth: usize| [r#"{"a":["#.repeat(depth / 2), "]}".repeat(depth / 2)].concat();
    let deepest = move || {
        let body = nested(958);
        let json = parse(body.as_bytes()).unwrap();
        assert_eq!(write(&json.clone()), body);
        assert!(is_undecodable(nested(960)));
        assert!(is_undecodable("[".repeat(959)));
        assert_eq!(parse("[".repeat(958).as_bytes()), Err(Unreadable::Syntax { at: 958, message: "Expecting value" }));
    };
    std::thread::Builder::new().stack_size(512 * 1024).spawn(deepest).unwrap().join().unwrap();
}

/// Any value but those that change when they are written.
fn values() -> impl Strategy<Value = Json> {
    let scalars = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<i128>().prop_map(|value| Json::Int(value.to_string())),
        any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(Json::Float),
        any::<String>().prop_map(Json::String),
    ];
    scalars.prop_recursive(6, 64, 8, |inner| {
        let member = (any::<String>().prop_map(|name| "a".to_owned() + &name), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..8).prop_map(|items| Json::Array(items.into())),
            prop::collection::vec(member, 0..8).prop_map(|members| Json::Object(Object::from_iter(members).into())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_the_same(json in values()) {
        let text = write(&json);
        let read = parse(text.as_bytes());
        prop_assert_eq!(read.as_ref(), Ok(&json));
        prop_assert_eq!(rewrite(&text), Ok(text));
    }

    #[test]
    fn any_bytes_get_an_answer(bytes in any::<Vec<u8>>()) {
        let _ = rewrite(bytes);
    }

    #[test]
    fn anything_like_json_gets_an_answer_inside_of_itself(text in r#"([\[\]{},:"\\u0-9dDeE. +tnNI-]|null|"a"|é|\\ud83d){0,40}"#) {
        if let Err(Unreadable::Syntax { at, .. }) = parse(text.as_bytes()) {
            prop_assert!(at <= text.chars().count());
        }
    }
}
