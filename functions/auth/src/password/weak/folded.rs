//! The form in which passwords are compared with what is easy to guess.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Digits and signs that people write for letters.
const LETTERS: [(char, char); 8] =
    [('0', 'o'), ('1', 'l'), ('3', 'e'), ('4', 'a'), ('5', 's'), ('7', 't'), ('@', 'a'), ('$', 's')];

/// A password in NFKC and lower case, with the letters that digits and signs stand for. No `Debug`: it opens the account as the password
/// does.
pub struct Folded {
    plain: Zeroizing<String>,
    /// All of it; what stands before the signs at its end; what stands before the digits and signs there.
    forms: [Zeroizing<String>; 3],
}

/// In characters: what is longer is looked at no further, or a body full of it would keep a function busy.
const LOOKED_AT: usize = 1_024;
/// Bytes of a character's NFKC form in lower case, in bytes of its own: U+FDFA makes 33 of 3.
const GROWTH: usize = 12;

impl Folded {
    /// Folds `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let end = text.char_indices().nth(LOOKED_AT).map_or(text.len(), |(end, _)| end);
        // With room for all of it, so that nothing is left behind in memory where a string has grown.
        let mut plain = Zeroizing::new(String::with_capacity(end * GROWTH));
        plain.extend(text[..end].nfkc().flat_map(char::to_lowercase));
        let unsigned = plain.trim_end_matches(|end: char| !end.is_alphanumeric());
        let stem = plain.trim_end_matches(|end: char| !end.is_alphabetic());
        Self { forms: [&plain, unsigned, stem].map(letters), plain }
    }

    /// How many different characters it has; a digit is not the letter that it stands for.
    pub(super) fn different_characters(&self) -> usize {
        let mut characters = Zeroizing::new(self.plain.chars().collect::<Vec<_>>());
        characters.sort_unstable();
        characters.chunk_by(|one, other| one == other).count()
    }

    /// All of it in the form in which the list of common passwords has it.
    #[must_use]
    pub fn whole(&self) -> &str {
        let [whole, ..] = &self.forms;
        whole
    }

    /// All of it, and what is left without tricks at its end.
    pub(super) fn forms(&self) -> impl Iterator<Item = &str> {
        self.forms.iter().map(|form| form.as_str())
    }
}

/// No letter is longer than what is written for it.
fn letters(plain: &str) -> Zeroizing<String> {
    let mut folded = Zeroizing::new(String::with_capacity(plain.len()));
    let letter = |sign: char| LETTERS.iter().find(|(written, _)| *written == sign).map_or(sign, |(_, letter)| *letter);
    folded.extend(plain.chars().map(letter));
    folded
}
