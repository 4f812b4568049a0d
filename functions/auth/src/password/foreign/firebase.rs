//! Firebase's scrypt: the first 32 bytes of standard scrypt are an AES key, and the hash is the signer key of the project under it, in
//! counter mode from zero. <https://github.com/firebase/scrypt>

use aws_lc_rs::{
    cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey},
    error::Unspecified,
    iv::FixedLength,
};
use scrypt::Params;
use zeroize::Zeroizing;

/// The longest signer key, in bytes: those of Firebase have 64.
pub const LONGEST_KEY: usize = 64;

/// What the passwords of one project of Firebase have in common.
#[derive(Clone)]
pub struct Project {
    /// `mem_cost`: scrypt's N is two to this power.
    pub mem_cost: u32,
    /// `rounds`: scrypt's r.
    pub rounds: u32,
    /// `base64_salt_separator`, decoded: comes after every salt.
    pub separator: Vec<u8>,
    /// The number of its signer key among those that are sealed.
    pub key: u32,
    /// The length of that key, and so of every hash. Bytes.
    pub key_length: usize,
}

/// The hash of a password.
pub fn run(
    mem_cost: u32,
    rounds: u32,
    salt: &[u8],
    signer_key: &[u8],
    typed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let log_n = mem_cost.try_into().map_err(|_| Unspecified)?;
    let params = Params::new(log_n, rounds, 1).map_err(|_| Unspecified)?;
    let mut key = Zeroizing::new([0; 32]);
    scrypt::scrypt(typed, salt, &params, &mut *key).map_err(|_| Unspecified)?;
    let key = EncryptingKey::ctr(UnboundCipherKey::new(&AES_256, &*key)?)?;
    let mut hash = Zeroizing::new(signer_key.to_vec());
    key.less_safe_encrypt(&mut hash, EncryptionContext::Iv128(FixedLength::from([0; 16])))?;
    Ok(hash)
}
