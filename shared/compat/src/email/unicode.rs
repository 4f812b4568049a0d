//! Kinds of characters as Python 3.11 knows them, which is Unicode 14: a code point assigned since then is refused,
//! as it always was. Hence the pinned version of `unicode-general-category`.

use unicode_general_category::{GeneralCategory as Category, get_general_category as category};

use super::InvalidEmail;

/// Python's `str.isspace`: `char::is_whitespace` and four ASCII separators.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1C}'..='\u{1F}')
}

/// Python's `str.isalnum`. Unlike `char::is_alphanumeric` it leaves out the marks and symbols that are alphabetic.
pub(super) fn is_alphanumeric(c: char) -> bool {
    matches!(
        category(c),
        Category::UppercaseLetter
            | Category::LowercaseLetter
            | Category::TitlecaseLetter
            | Category::ModifierLetter
            | Category::OtherLetter
            | Category::DecimalNumber
            | Category::LetterNumber
            | Category::OtherNumber
    )
}

/// RFC 5892 section 2.1, the letters and digits that IDNA 2008 builds labels from. No capitals and no symbols.
pub(super) fn is_letter_digit(c: char) -> bool {
    matches!(
        category(c),
        Category::LowercaseLetter
            | Category::ModifierLetter
            | Category::OtherLetter
            | Category::NonspacingMark
            | Category::SpacingMark
            | Category::DecimalNumber
    )
}

/// Refuses text that would not stay the same, or not be seen, inside other text: spaces, controls, invisible, private
/// and unassigned characters, and a leading mark, which would combine with what stands before it.
pub(super) fn refuse_unsafe(text: &str) -> Result<(), InvalidEmail> {
    if text.starts_with(is_mark) || text.chars().any(is_unsafe) {
        return Err(InvalidEmail("The email address contains unsafe characters."));
    }
    Ok(())
}

fn is_mark(c: char) -> bool {
    matches!(category(c), Category::NonspacingMark | Category::SpacingMark | Category::EnclosingMark)
}

fn is_unsafe(c: char) -> bool {
    matches!(
        category(c),
        Category::SpaceSeparator
            | Category::LineSeparator
            | Category::ParagraphSeparator
            | Category::Control
            | Category::Format
            | Category::Surrogate
            | Category::PrivateUse
            | Category::Unassigned
    )
}
