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
    /// All of it.
    pub(super) whole: Zeroizing<String>,
    /// What stands before the digits and signs at its end.
    pub(super) stem: Zeroizing<String>,
}

impl Folded {
    /// Folds `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let plain = Zeroizing::new(text.nfkc().flat_map(char::to_lowercase).collect::<String>());
        let stem = plain.trim_end_matches(|end: char| !end.is_alphabetic());
        Self { whole: letters(&plain), stem: letters(stem), plain }
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
        &self.whole
    }
}

/// Without reallocation, so that no half of a password stays behind in memory: no letter is longer than what it is written for.
fn letters(plain: &str) -> Zeroizing<String> {
    let mut folded = Zeroizing::new(String::with_capacity(plain.len()));
    let letter = |sign: char| LETTERS.iter().find(|(written, _)| *written == sign).map_or(sign, |(_, letter)| *letter);
    folded.extend(plain.chars().map(letter));
    folded
}
