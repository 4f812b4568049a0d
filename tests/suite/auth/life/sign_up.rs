//! Sign-ups, which wait at their address for a proof, whether anybody has it or not.

use super::{DAY, HOUR, Life, MINUTE, PASSWORDS, came_to};

/// Letters that an address gets within an hour.
const LETTERS: usize = 5;

/// What is known of sign-ups at an address.
#[derive(Clone, Default)]
pub struct SignUps {
    /// How often the address has changed hands. Nothing of before that counts.
    pub hands: usize,
    /// The password that all of them chose; none where that was not the same one.
    pub password: Option<usize>,
    /// When the link was made that proves the address, whether it was mailed or not.
    pub link_at: Option<i64>,
    /// Those that were granted a letter.
    granted: Vec<i64>,
}

impl SignUps {
    fn add(&mut self, password: usize, now: i64) {
        // A day after its link has expired a sign-up is forgotten.
        if self.link_at.is_none_or(|at| at + 2 * DAY <= now) {
            (self.link_at, self.password) = (None, Some(password));
        }
        self.password = self.password.filter(|known| *known == password);
        self.granted.retain(|at| now < at + HOUR);
        if self.granted.len() < LETTERS {
            self.granted.push(now);
            let is_late = |at| at + DAY - 15 * MINUTE <= now;
            if self.link_at.is_none_or(is_late) {
                self.link_at = Some(now);
            }
        }
    }
}

impl Life<'_> {
    pub async fn sign_up(&mut self, address: usize, password: usize) {
        let reply = self.readers[address].rival(PASSWORDS[password]).signs_up().await;
        // Whoever has the address: nobody is told, and a letter goes to its owner.
        self.about = self.owner(address).unwrap_or(self.about);
        if came_to(&reply, &[200]) {
            let now = self.now();
            self.sign_ups[address].add(password, now);
        }
    }

    /// An address is somebody else's, or nobody's.
    pub fn changes_hands(&mut self, address: usize) {
        let hands = self.sign_ups[address].hands + 1;
        self.sign_ups[address] = SignUps { hands, ..SignUps::default() };
    }
}
