//! The names of keys, masked.

/// Enough to recognise a key by: its ends, or the very end of a short one.
#[must_use]
pub fn masked(name: &str) -> String {
    let end = |count: usize| name.chars().skip(name.chars().count().saturating_sub(count)).collect::<String>();
    match name.chars().count() {
        0..=4 => "****".to_owned(),
        5..=15 => format!("****{}", end(2)),
        _ => format!("{}****{}", name.chars().take(4).collect::<String>(), end(4)),
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_mask_leaves_the_ends_of_long_names_only() {
        for (name, mask) in [
            ("", "****"),
            ("abcd", "****"),
            ("abcde", "****de"),
            ("abcdefghijklmno", "****no"),
            ("abcdefghijklmnop", "abcd****mnop"),
            ("ключключключключ", "ключ****ключ"),
        ] {
            assert_eq!(masked(name), mask);
        }
    }
}
