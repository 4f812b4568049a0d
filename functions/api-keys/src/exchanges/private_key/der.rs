//! What DER holds. Its outline names it; whether a private key is one is for aws-lc to say.

use aws_lc_rs::{
    rsa::KeyPair as RsaKeyPair,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair},
};
use der::{Decode, Reader, SliceReader, Tag, Tagged, asn1::AnyRef};

use super::{Other, PrivateKey};

/// Object identifiers as DER writes them: `id-ecPublicKey`, `prime256v1`, `id-Ed25519`, `rsaEncryption`.
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];

/// The sizes of RSA keys that aws-lc signs with. Bits.
const RSA_SIZES: std::ops::RangeInclusive<usize> = 2048..=8192;

/// What bytes are that begin as a private key does and are none that is known: a version in a sequence, or an algorithm as public
/// and encrypted keys have it. `None` for all others; among as many random bytes, one in 2^30 begins so.
pub(super) fn begun(bytes: &[u8]) -> Option<Other> {
    match in_sequence(bytes)? {
        [2, 1, 0 | 1, ..] => Some(Other::Damaged),
        [2, 1, 3, ..] => Some(Other::Pkcs12),
        // Identifiers of ISO's members and of organisations.
        inner => matches!(in_sequence(inner)?, [6, 3..=9, 0x2a | 0x2b, ..]).then_some(Other::Damaged),
    }
}

/// What stands behind the head of a sequence, of which not all need to be there. Where its length is left open it has an end of
/// its own.
const fn in_sequence(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [0x30, 0..=0x80, inner @ ..]
        | [0x30, 0x81, 0x80..=0xff, inner @ ..]
        | [0x30, 0x82, 1..=0xff, _, inner @ ..] => Some(inner),
        _ => None,
    }
}

/// A private key, or what it is instead. `None` when it is nothing that is known.
pub(super) fn read(der: &[u8]) -> Option<Result<PrivateKey, Other>> {
    let parts = members(AnyRef::from_der(der).ok()?)?;
    let tags: Vec<_> = parts.iter().map(Tagged::tag).collect();
    Some(match tags[..] {
        // PKCS #8: version, algorithm, key, and what may follow.
        [Tag::Integer, Tag::Sequence, Tag::OctetString, ..] => pkcs8(der, parts[1], parts[2].value()),
        // SEC 1: version, key, then curve and public key.
        [Tag::Integer, Tag::OctetString, ..] => sec1(der, parts.get(2).copied()),
        // PKCS #1: version, modulus, exponents, primes and what follows from them.
        [Tag::Integer, Tag::Integer, Tag::Integer, Tag::Integer, Tag::Integer, ..] => {
            RsaKeyPair::from_der(der).map(PrivateKey::Rsa).map_err(|_| rsa_flaw(der))
        }
        // In PKCS #1 modulus and exponent, else the algorithm and its key.
        [Tag::Integer, Tag::Integer] | [Tag::Sequence, Tag::BitString] => Err(Other::Public),
        // Algorithm and ciphertext.
        [Tag::Sequence, Tag::OctetString] => Err(Other::Encrypted),
        // What is signed, algorithm, signature. A request has four members, a certificate six or more.
        [Tag::Sequence, Tag::Sequence, Tag::BitString] => match members(parts[0])?.len() {
            ..=4 => Err(Other::Request),
            _ => Err(Other::Certificate),
        },
        _ => return None,
    })
}

fn pkcs8(der: &[u8], algorithm: AnyRef<'_>, key: &[u8]) -> Result<PrivateKey, Other> {
    let algorithm = members(algorithm).unwrap_or_default();
    match algorithm.first().and_then(identifier) {
        Some(ED25519) => {
            Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map(PrivateKey::Ed25519).map_err(|_| Other::Damaged)
        }
        Some(RSA) => RsaKeyPair::from_pkcs8(der).map(PrivateKey::Rsa).map_err(|_| rsa_flaw(key)),
        Some(EC) => p256(der, algorithm.get(1).copied()),
        Some(_) => Err(Other::Kind),
        None => Err(Other::Damaged),
    }
}

/// The curve stands in a wrapping of its own, if at all.
fn sec1(der: &[u8], parameters: Option<AnyRef<'_>>) -> Result<PrivateKey, Other> {
    let curve = parameters.filter(|part| part.tag().number().value() == 0);
    p256(der, curve.and_then(|curve| AnyRef::from_der(curve.value()).ok()))
}

fn p256(der: &[u8], curve: Option<AnyRef<'_>>) -> Result<PrivateKey, Other> {
    let is_other = curve.is_some_and(|curve| identifier(&curve) != Some(P256));
    let pair = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, der);
    pair.map(PrivateKey::Es256).map_err(|_| if is_other { Other::Curve } else { Other::Damaged })
}

/// Why a private RSA key, in PKCS #1, is none for aws-lc.
fn rsa_flaw(pkcs1: &[u8]) -> Other {
    let parts = AnyRef::from_der(pkcs1).ok().and_then(members).unwrap_or_default();
    // The modulus begins with a zero where its first bit is set.
    let modulus = parts.get(1).map(|modulus| modulus.value()).unwrap_or_default();
    let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
    let unused = modulus.first().map_or(0, |first| first.leading_zeros() as usize);
    let bits = modulus.len() * 8 - unused;
    if bits == 0 || RSA_SIZES.contains(&bits) { Other::Damaged } else { Other::RsaSize(bits) }
}

/// The members of a sequence. `None` where it is none.
fn members(sequence: AnyRef<'_>) -> Option<Vec<AnyRef<'_>>> {
    if sequence.tag() != Tag::Sequence {
        return None;
    }
    let mut reader = SliceReader::new(sequence.value()).ok()?;
    let mut members = Vec::new();
    while !reader.is_finished() {
        members.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(members)
}

fn identifier<'a>(part: &AnyRef<'a>) -> Option<&'a [u8]> {
    (part.tag() == Tag::ObjectIdentifier).then(|| part.value())
}
