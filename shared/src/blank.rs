//! Text that nobody can see: it names nothing, and passes for something else in a list.

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory, WhiteSpace},
};

/// Letters and symbols that are drawn as nothing, though no property of Unicode says so: the Braille pattern without dots, a note
/// without a head, the blanks of Egyptian hieroglyphs.
const DRAWN_AS_NOTHING: [char; 4] = ['\u{2800}', '\u{1d159}', '\u{13441}', '\u{13442}'];

/// Whether there is nothing to see in `text`: spaces, controls, joiners, fillers and marks of direction, or marks that combine with
/// a letter that is not there.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_unseen)
}

/// `Default_Ignorable_Code_Point` has the fillers of Hangul, which are letters, the variation selectors and the tags.
fn is_unseen(c: char) -> bool {
    let has_no_shape = matches!(
        CodePointMapData::<GeneralCategory>::new().get(c),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::NonspacingMark
            | GeneralCategory::SpacingMark
            | GeneralCategory::EnclosingMark
    );
    has_no_shape
        || CodePointSetData::new::<WhiteSpace>().contains(c)
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || DRAWN_AS_NOTHING.contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_blank() {
        let unseen = "\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\u{180b}\u{180e}\u{200b}\u{200d}\u{200e}\u{202e}\u{2060}\
                      \u{2064}\u{2066}\u{206f}\u{2800}\u{3000}\u{3164}\u{fe0f}\u{feff}\u{ffa0}\u{fff9}\u{1d159}\u{1d173}\
                      \u{13441}\u{e0001}\u{e0041}\u{e01ef}\u{300}\u{20dd}\u{93e}\u{1680}\u{2028}\t \u{85}";
        assert!(is_blank("") && is_blank(unseen));
        for c in unseen.chars() {
            assert!(is_blank(&c.to_string()), "{c:?}");
        }
    }

    #[test]
    fn one_thing_to_see_is_enough() {
        let seen = [
            "a",
            "7",
            "-",
            "\u{200b}x",
            "e\u{301}",
            "\u{5d0}\u{5b8}",
            "\u{915}\u{93e}",
            "\u{4e00}",
            "\u{1f424}",
            "\u{1f469}\u{200d}\u{1f469}",
            "\u{2764}\u{fe0f}",
            "\u{ac00}",
            "\u{115f}\u{1161}",
            "\u{2801}",
            "\u{13000}",
        ];
        for text in seen {
            assert!(!is_blank(text), "{text:?}");
        }
    }
}
