//! Public keys as authenticators write them: COSE (RFC 9053, RFC 8230).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::{
    Flaw,
    cbor::{self, Label, Malformed, Map},
    ed25519,
};

/// An algorithm that is offered, by its number in IANA's registry of COSE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(with = "i64")]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256 = -7,
    /// `EdDSA` on Ed25519.
    EdDsa = -8,
    /// RSASSA-PKCS1-v1_5 with SHA-256, as TPMs have it.
    Rs256 = -257,
}

/// The public key of a credential.
pub struct CredentialPublicKey {
    algorithm: Algorithm,
    key: ParsedPublicKey,
}

const KTY: Label<'_> = Label::Int(1);
const ALG: Label<'_> = Label::Int(3);
/// Of OKP and EC2.
const CRV: Label<'_> = Label::Int(-1);
/// Of OKP and EC2.
const X: Label<'_> = Label::Int(-2);
/// Of EC2.
const Y: Label<'_> = Label::Int(-3);
/// Of RSA.
const N: Label<'_> = Label::Int(-1);
/// Of RSA.
const E: Label<'_> = Label::Int(-2);

const KTY_OKP: i64 = 1;
const KTY_EC2: i64 = 2;
const KTY_RSA: i64 = 3;
const CRV_P256: i64 = 1;
const CRV_ED25519: i64 = 6;

/// Bits of a modulus.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;

impl Algorithm {
    /// Those that are offered, the best-liked first.
    pub const OFFERED: [Self; 3] = [Self::Es256, Self::EdDsa, Self::Rs256];

    /// Its number.
    #[must_use]
    pub const fn number(self) -> i64 {
        self as i64
    }
}

impl Serialize for Algorithm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.number())
    }
}

impl CredentialPublicKey {
    /// From a `COSE_Key`. Its algorithm is one that is offered, kind, curve and length are this algorithm's, its point is on the curve, and it
    /// has no members but those that such a key needs (section 6.5.1).
    ///
    /// # Errors
    /// `Algorithm`, `Key`.
    pub fn read(cose: &[u8]) -> Result<Self, Flaw> {
        let map = Map::read(cose).map_err(|_| Flaw::Key)?;
        let number = int(&map, ALG)?;
        let algorithm = Algorithm::OFFERED.into_iter().find(|offered| offered.number() == number);
        let algorithm = algorithm.ok_or(Flaw::Algorithm)?;
        let key = match algorithm {
            Algorithm::Es256 => es256(&map)?,
            Algorithm::EdDsa => ed_dsa(&map)?,
            Algorithm::Rs256 => rs256(&map)?,
        };
        Ok(Self { algorithm, key })
    }

    /// Its algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// That the key made a signature of what was signed.
    ///
    /// # Errors
    /// `Signature`.
    pub fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<(), Flaw> {
        self.key.verify_sig(signed, signature).map_err(|_| Flaw::Signature)
    }
}

fn es256(map: &Map<'_>) -> Result<ParsedPublicKey, Flaw> {
    has(map, KTY, KTY_EC2)?;
    has(map, CRV, CRV_P256)?;
    let (x, y) = (coordinate(map, X)?, coordinate(map, Y)?);
    has_members(map, 5)?;
    // Uncompressed (SEC 1, 2.3.3). Parsing refuses a point that is not on the curve.
    let point = [&[4][..], x, y].concat();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).parse().map_err(|_| Flaw::Key)
}

fn ed_dsa(map: &Map<'_>) -> Result<ParsedPublicKey, Flaw> {
    has(map, KTY, KTY_OKP)?;
    has(map, CRV, CRV_ED25519)?;
    let x = coordinate(map, X)?;
    has_members(map, 4)?;
    if !ed25519::is_on_curve(x) {
        return Err(Flaw::Key);
    }
    UnparsedPublicKey::new(&ED25519, x).parse().map_err(|_| Flaw::Key)
}

fn rs256(map: &Map<'_>) -> Result<ParsedPublicKey, Flaw> {
    has(map, KTY, KTY_RSA)?;
    let (n, e) = (bytes(map, N)?, bytes(map, E)?);
    has_members(map, 4)?;
    // RFC 8230, section 4: no zeros in front. An even modulus or exponent is none.
    let leading = n.first().map_or(8, |first| first.leading_zeros() as usize);
    let is_modulus = leading < 8 && RSA_BITS.contains(&(n.len() * 8 - leading)) && is_odd(n);
    let is_exponent = (1..=4).contains(&e.len()) && e.first() != Some(&0) && is_odd(e) && e != [1];
    if !is_modulus || !is_exponent {
        return Err(Flaw::Key);
    }
    RsaPublicKeyComponents { n, e }.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).map_err(|_| Flaw::Key)
}

fn is_odd(number: &[u8]) -> bool {
    number.last().is_some_and(|last| last % 2 == 1)
}

fn has(map: &Map<'_>, label: Label<'_>, value: i64) -> Result<(), Flaw> {
    if int(map, label)? == value { Ok(()) } else { Err(Flaw::Key) }
}

fn has_members(map: &Map<'_>, count: usize) -> Result<(), Flaw> {
    if map.len() == count { Ok(()) } else { Err(Flaw::Key) }
}

fn int(map: &Map<'_>, label: Label<'_>) -> Result<i64, Flaw> {
    map.get(label).ok_or(Malformed).and_then(cbor::int).map_err(|_| Flaw::Key)
}

fn bytes<'b>(map: &Map<'b>, label: Label<'_>) -> Result<&'b [u8], Flaw> {
    map.get(label).ok_or(Malformed).and_then(cbor::bytes).map_err(|_| Flaw::Key)
}

/// 32 bytes, also where they begin with zeros.
fn coordinate<'b>(map: &Map<'b>, label: Label<'_>) -> Result<&'b [u8; 32], Flaw> {
    bytes(map, label)?.try_into().map_err(|_| Flaw::Key)
}

#[cfg(test)]
mod tests;
