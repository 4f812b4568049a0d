//! What is given out instead of being stored: what we said, and the proof that it was us.

use aws_lc_rs::hmac;

/// Bytes of a proof: HMAC-SHA-256.
pub const PROOF: usize = 32;

/// What is `said`, of a length that never changes, behind it the proof over that and over what it is `bound` to, which it does not say.
pub fn prove(key: &hmac::Key, said: &[u8], bound: &[u8]) -> Vec<u8> {
    let proof = hmac::sign(key, &[said, bound].concat());
    [said, proof.as_ref()].concat()
}

/// What was said in `N` bytes, if it was proven under one of the keys and is bound to the same. Compared in constant time.
pub fn proven<'b, 'k, const N: usize>(
    mut keys: impl Iterator<Item = &'k hmac::Key>,
    bytes: &'b [u8],
    bound: &[u8],
) -> Option<&'b [u8; N]> {
    let (said, proof) = bytes.split_first_chunk::<N>()?;
    let over = [&said[..], bound].concat();
    keys.any(|key| hmac::verify(key, &over, proof).is_ok()).then_some(said)
}
