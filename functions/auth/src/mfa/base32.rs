//! Five bits to a character.

use zeroize::Zeroizing;

/// RFC 4648, as authenticator apps read it.
pub const RFC_4648: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Crockford's: without letters that are taken for digits, or for each other.
pub const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The characters of whole groups of five bytes; what is left over is none, and of secrets nothing is. Capacity is taken at once, because
/// growing would leave copies behind.
pub fn encode(alphabet: &[u8; 32], bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() / 5 * 8));
    for group in bytes.chunks_exact(5) {
        let bits = group.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        text.extend((0..8).rev().map(|at| char::from(alphabet[(bits >> (5 * at) & 31) as usize])));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_texts_come_out() {
        // RFC 4648, section 10.
        assert_eq!(*encode(RFC_4648, b"fooba"), "MZXW6YTB");
        assert_eq!(*encode(RFC_4648, b"Hello!\xde\xad\xbe\xef"), "JBSWY3DPEHPK3PXP");
        assert_eq!(*encode(CROCKFORD, b"\x00\x00\x00\x00\x1f\xff\xff\xff\xff\xff"), "0000000ZZZZZZZZZ");
    }
}
