//! IDNA 2008 is stricter than UTS 46, which lets symbols through. What RFC 5892 adds, for labels that UTS 46 has passed.

use icu_properties::{CodePointMapData, props::Script};

use super::unicode;

/// Whether every character of a lower-case Unicode label may stand where it does.
pub(super) fn is_label(label: &str) -> bool {
    label.char_indices().all(|(at, c)| {
        let before = label.get(..at).and_then(|text| text.chars().next_back());
        let after = label.get(at..).and_then(|text| text.chars().nth(1));
        is_in_context(c, before, after, label).unwrap_or_else(|| is_valid(c))
    })
}

/// Appendix A.3 to A.7: punctuation that is part of a word in one script only. `None` if there is no rule for `c`.
/// The rules for joiners and for Arabic digits are missing: no address has joiners, and text direction settles the digits.
fn is_in_context(c: char, before: Option<char>, after: Option<char>, label: &str) -> Option<bool> {
    match c {
        '\u{B7}' => Some(before == Some('l') && after == Some('l')),
        '\u{375}' => Some(after.is_some_and(|c| script(c) == Script::Greek)),
        '\u{5F3}' | '\u{5F4}' => Some(before.is_some_and(|c| script(c) == Script::Hebrew)),
        '\u{30FB}' => Some(label.chars().map(script).any(is_japanese)),
        _ => None,
    }
}

fn is_japanese(script: Script) -> bool {
    matches!(script, Script::Hiragana | Script::Katakana | Script::Han)
}

fn script(c: char) -> Script {
    CodePointMapData::<Script>::new().get(c)
}

fn is_valid(c: char) -> bool {
    c == '-' || is_exception(c) || (unicode::is_letter_digit(c) && !is_disallowed(c))
}

/// Section 2.6, and the capitals of Cherokee, which are its normal form because they are older than its small letters.
fn is_exception(c: char) -> bool {
    matches!(c, '\u{6FD}' | '\u{6FE}' | '\u{F0B}' | '\u{3007}' | '\u{13A0}'..='\u{13F5}')
}

fn is_disallowed(c: char) -> bool {
    matches!(c,
        // Section 2.6: letters that only stretch, repeat or mark the tone of others.
        '\u{640}' | '\u{7FA}' | '\u{302E}' | '\u{302F}' | '\u{3031}'..='\u{3035}' | '\u{303B}'
        // Section 2.4: marks for symbols, musical notation.
        | '\u{20D0}'..='\u{20FF}' | '\u{1D100}'..='\u{1D24F}'
        // Section 2.9: the letters of Old Hangul.
        | '\u{1100}'..='\u{11FF}' | '\u{A960}'..='\u{A97F}' | '\u{D7B0}'..='\u{D7FF}'
    )
}
