//! Numbers.

use super::{Json, Unreadable, cursor::Cursor};

/// Python converts no longer integers, because that takes quadratic time.
const MAX_DIGITS: usize = 4_300;

/// Reads the longest number that begins here: of `01` only the `0`, of `1.e5` only the `1`. None if there is none.
pub(super) fn number(cursor: &mut Cursor) -> Option<Result<Json, Unreadable>> {
    let start = cursor.at;
    cursor.eat(b'-');
    let first_digit = cursor.at;
    if !cursor.eat(b'0') && digits(cursor) == 0 {
        cursor.at = start;
        return None;
    }
    let length = cursor.at - first_digit;
    let has_fraction = optional(cursor, fraction);
    let has_exponent = optional(cursor, exponent);
    let text = std::str::from_utf8(cursor.since(start, cursor.at)).unwrap_or_default();
    Some(match text {
        _ if has_fraction || has_exponent => text.parse().map(Json::Float).map_err(|_| Unreadable::Undecodable),
        _ if length > MAX_DIGITS => Err(Unreadable::Undecodable),
        "-0" => Ok(Json::Int("0".to_owned())),
        _ => Ok(Json::Int(text.to_owned())),
    })
}

/// Goes past a part of a number, if the whole of it is there.
fn optional(cursor: &mut Cursor, part: fn(&mut Cursor) -> bool) -> bool {
    let start = cursor.at;
    let is_whole = part(cursor);
    if !is_whole {
        cursor.at = start;
    }
    is_whole
}

fn fraction(cursor: &mut Cursor) -> bool {
    cursor.eat(b'.') && digits(cursor) > 0
}

fn exponent(cursor: &mut Cursor) -> bool {
    if !cursor.eat(b'e') && !cursor.eat(b'E') {
        return false;
    }
    if !cursor.eat(b'+') {
        cursor.eat(b'-');
    }
    digits(cursor) > 0
}

fn digits(cursor: &mut Cursor) -> usize {
    cursor.eat_while(|byte| byte.is_ascii_digit())
}
