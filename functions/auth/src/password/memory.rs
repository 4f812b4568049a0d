//! Argon2 in memory that is kept. What one run has freed, glibc does not always find again for the next one, for it wants 19 MiB at
//! an aligned address: 400 logins in a row, one after the other, left an instance with 670 MB. And fresh pages take a third of a run.
//! What a run leaves behind is not wiped, as little as `Argon2` itself wipes it: whoever reads this process's memory finds the pepper.

use std::sync::{Mutex, MutexGuard, PoisonError};

use argon2::{
    Argon2, Block, Params, PasswordVerifier,
    password_hash::{
        Error, Result,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};

/// As much memory as there have been runs at once; on Lambda there is one.
pub static MEMORY: Memory = Memory(Mutex::new(Vec::new()));

/// Memory for runs to come.
pub struct Memory(Mutex<Vec<Vec<Block>>>);

impl Memory {
    /// A hash as [`Argon2`] itself would make it.
    ///
    /// # Errors
    /// As there.
    pub fn hash(&self, argon2: &Argon2<'_>, password: &[u8], salt: &[u8]) -> Result<PasswordHash> {
        let salt = Salt::new(salt)?;
        let output = self.run(argon2, password, &salt)?;
        Ok(PasswordHash {
            algorithm: argon2::ARGON2ID_IDENT,
            version: Some(argon2::Version::V0x13.into()),
            params: ParamsString::try_from(argon2.params())?,
            salt: Some(salt),
            hash: Some(output),
        })
    }

    /// Compares as [`Argon2`] itself would, in constant time.
    ///
    /// # Errors
    /// As there: `PasswordInvalid` when it is another password.
    pub fn verify(&self, argon2: &Argon2<'_>, password: &[u8], hash: &PasswordHash) -> Result<()> {
        let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        let is_usual = hash.algorithm == argon2::ARGON2ID_IDENT
            && hash.version == Some(argon2::Version::V0x13.into())
            && costs(&Params::try_from(hash)?) == costs(argon2.params());
        let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else {
            return Err(Error::PasswordInvalid);
        };
        if !is_usual || expected.len() != Params::DEFAULT_OUTPUT_LEN {
            return argon2.verify_password(password, hash);
        }
        if self.run(argon2, password, salt)? == *expected { Ok(()) } else { Err(Error::PasswordInvalid) }
    }

    fn run(&self, argon2: &Argon2<'_>, password: &[u8], salt: &[u8]) -> Result<Output> {
        let mut memory = self.idle().pop().unwrap_or_default();
        memory.resize(argon2.params().block_count(), Block::new());
        let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
        let done = argon2.hash_password_into_with_memory(password, salt, &mut output, &mut memory);
        self.idle().push(memory);
        done?;
        Output::new(&output).map_err(Into::into)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use argon2::{Algorithm, PasswordHasher, Version};

    use super::*;

    fn argon2(cost: u32) -> Argon2<'static> {
        let params = Params::new(cost, 2, 1, None).unwrap();
        Argon2::new_with_secret(b"pepper", Algorithm::Argon2id, Version::V0x13, params).unwrap()
    }

    #[test]
    fn what_an_earlier_run_has_left_changes_no_hash() {
        let memory = Memory(Mutex::default());
        for (cost, password) in [(64, "one"), (64, "two"), (32, "two"), (128, "three")] {
            let own: PasswordHash = argon2(cost).hash_password_with_salt(password.as_bytes(), &[1; 16]).unwrap();
            assert_eq!(memory.hash(&argon2(cost), password.as_bytes(), &[1; 16]).unwrap(), own);
        }
    }

    #[test]
    fn verdicts_are_those_of_argon2_itself() {
        let memory = Memory(Mutex::default());
        let stored = memory.hash(&argon2(64), b"right", &[1; 16]).unwrap();
        // With the usual cost, and with another one than the hash was made with.
        for cost in [64, 32] {
            assert_eq!(memory.verify(&argon2(cost), b"right", &stored), Ok(()));
            assert_eq!(memory.verify(&argon2(cost), b"wrong", &stored), Err(Error::PasswordInvalid));
        }
    }

    #[test]
    fn runs_after_each_other_share_their_memory() {
        let memory = Memory(Mutex::default());
        let mut at = Vec::new();
        for salt in [[1; 16], [2; 16], [3; 16]] {
            memory.hash(&argon2(64), b"password", &salt).unwrap();
            at.push(memory.idle().iter().map(|memory| (memory.as_ptr(), memory.len())).collect::<Vec<_>>());
        }
        assert!(at.iter().all(|now| now.len() == 1 && *now == at[0]), "{at:?}");
    }
}
