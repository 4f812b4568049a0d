//! bcrypt as Supabase and Auth0 have it. It looks at the first 72 bytes of a password and its end, which is a zero; zeros before that are
//! bytes like others.

use aws_lc_rs::error::Unspecified;
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::Zeroizing;

use super::{ForeignHash, Function, Recipe, Unusable, number};

/// Bytes of a password that count.
const KEY: usize = 72;
/// Characters of a salt.
const SALT: usize = 22;
/// Characters of a salt and a hash.
const SALT_AND_HASH: usize = SALT + 31;
/// Bytes of a hash. The function makes one more, which nobody has ever kept.
const HASH: usize = 23;

/// The last characters have bits to spare.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::BCRYPT,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Reads `$2b$10$…`. The version 2x, which stood for a fault, is not known.
pub fn read(text: &str) -> Result<ForeignHash, Unusable> {
    let ["", "2a" | "2b" | "2y", cost, rest] = *text.split('$').collect::<Vec<_>>() else {
        return Err(Unusable::Unknown);
    };
    if cost.len() != 2 || rest.len() != SALT_AND_HASH || !rest.is_ascii() {
        return Err(Unusable::Unknown);
    }
    let (salt, hash) = rest.split_at(SALT);
    let [salt, output] = [salt, hash].map(|part| BASE64.decode(part).map_err(|_| Unusable::Unknown));
    let (salt, output) = (salt?, Zeroizing::new(output?));
    let function = Function::Bcrypt { cost: number(cost)? }.affordable()?;
    Ok(ForeignHash { recipe: Recipe { function, salt, key: None }, output })
}

/// The hash of a password.
pub fn run(cost: u32, salt: &[u8], typed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let salt = salt.try_into().map_err(|_| Unspecified)?;
    let mut key = Zeroizing::new(Vec::with_capacity(KEY));
    key.extend(typed.iter().copied().chain([0]).take(KEY));
    let output = Zeroizing::new(bcrypt::bcrypt(cost, salt, &key));
    Ok(Zeroizing::new(output[..HASH].to_vec()))
}
