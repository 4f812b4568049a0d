//! Makes the list by which the function `auth` knows the commonest passwords.
//!
//! `common-passwords.txt` is the list that comes with Django 5.2.19 (`django/contrib/auth/common-passwords.txt.gz`, BSD-3-Clause, see
//! `LICENSE-django`): 19,640 passwords in lower case, which Royce Williams has compiled from leaked ones.

use std::collections::BTreeSet;

use auth::password::weak::{Folded, key};

const LIST: &str = include_str!("../common-passwords.txt");

/// In characters. Shorter ones are no passwords here, and too much begins with one.
const SHORTEST: usize = 4;

/// The keys of all passwords of the list, in order, one behind the other.
#[must_use]
pub fn keys() -> Vec<u8> {
    let passwords = LIST.lines().map(Folded::new).filter(|password| password.whole().chars().count() >= SHORTEST);
    let keys: BTreeSet<_> = passwords.map(|password| key(password.whole())).collect();
    keys.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_the_function_is_the_one_that_is_made_here() {
        let kept = include_bytes!("../../../functions/auth/src/password/weak/common.bin");
        assert!(keys() == kept, "`make passwords` makes the list anew");
    }
}
