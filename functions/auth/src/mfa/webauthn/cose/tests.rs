use aws_lc_rs::{
    digest::{SHA256, digest},
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair},
};

use super::*;

type Members = Vec<(i64, Vec<u8>)>;

fn head(major: u8, number: usize) -> Vec<u8> {
    [vec![major << 5 | 0x19], u16::try_from(number).unwrap().to_be_bytes().to_vec()].concat()
}

fn int(number: i64) -> Vec<u8> {
    let (major, number) = if number < 0 { (1, -1 - number) } else { (0, number) };
    head(major, usize::try_from(number).unwrap())
}

fn bytes(bytes: &[u8]) -> Vec<u8> {
    [head(2, bytes.len()), bytes.to_vec()].concat()
}

fn read(members: &[(i64, Vec<u8>)]) -> Result<Algorithm, Flaw> {
    let members: Vec<_> = members.iter().map(|(label, value)| [int(*label), value.clone()].concat()).collect();
    let cose = [head(5, members.len()), members.concat()].concat();
    CredentialPublicKey::read(&cose).map(|key| key.algorithm())
}

/// With other values for some labels; an empty one leaves its member out.
fn with(members: &Members, others: &[(i64, Vec<u8>)]) -> Members {
    let kept = members.iter().filter(|(label, _)| others.iter().all(|(other, _)| other != label));
    kept.chain(others.iter().filter(|(_, value)| !value.is_empty())).cloned().collect()
}

fn es256() -> Members {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let point = key.public_key().as_ref();
    vec![(1, int(2)), (3, int(-7)), (-1, int(1)), (-2, bytes(&point[1..33])), (-3, bytes(&point[33..]))]
}

fn ed_dsa() -> Members {
    let key = Ed25519KeyPair::generate().unwrap();
    vec![(1, int(1)), (3, int(-8)), (-1, int(6)), (-2, bytes(key.public_key().as_ref()))]
}

fn rsa(n: &[u8], e: &[u8]) -> Members {
    vec![(1, int(3)), (3, int(-257)), (-1, bytes(n)), (-2, bytes(e))]
}

/// An odd number of so many bits.
fn modulus(bits: usize) -> Vec<u8> {
    let mut bytes = vec![0xff; bits.div_ceil(8)];
    bytes[0] = 0xff >> (8 * bytes.len() - bits);
    bytes
}

#[test]
fn kind_curve_and_algorithm_agree() {
    for (good, algorithm) in [(es256(), Algorithm::Es256), (ed_dsa(), Algorithm::EdDsa)] {
        assert_eq!(read(&good), Ok(algorithm));
        // In any order, but nothing besides, and each once.
        assert_eq!(read(&good.iter().rev().cloned().collect::<Vec<_>>()), Ok(algorithm));
        assert_eq!(read(&with(&good, &[(2, bytes(b"kid"))])), Err(Flaw::Key));
        assert_eq!(read(&[&good[..], &good[..1]].concat()), Err(Flaw::Key));
        for label in [1, 3, -1, -2] {
            assert_eq!(read(&with(&good, &[(label, Vec::new())])), Err(Flaw::Key), "without {label}");
            assert_eq!(read(&with(&good, &[(label, bytes(b"odd"))])), Err(Flaw::Key), "odd {label}");
        }
        for kty in [0, 1, 2, 3, 4] {
            assert_eq!(read(&with(&good, &[(1, int(kty))])).is_ok(), int(kty) == good[0].1, "kty {kty}");
        }
        for crv in 0..9 {
            assert_eq!(read(&with(&good, &[(-1, int(crv))])).is_ok(), int(crv) == good[2].1, "crv {crv}");
        }
        for alg in [-9, -19, -35, -36, -37, -39, -47, -50, -53, -65_535, 0, 7] {
            assert_eq!(read(&with(&good, &[(3, int(alg))])), Err(Flaw::Algorithm), "alg {alg}");
        }
        for alg in Algorithm::OFFERED.into_iter().filter(|offered| *offered != algorithm) {
            assert_eq!(read(&with(&good, &[(3, int(alg.number()))])), Err(Flaw::Key), "{alg:?}");
        }
    }
}

#[test]
fn a_point_is_on_its_curve() {
    let (p256, ed25519) = (es256(), ed_dsa());
    for odd in [[0; 32], [0xff; 32], digest(&SHA256, b"x").as_ref().try_into().unwrap()] {
        assert_eq!(read(&with(&p256, &[(-3, bytes(&odd))])), Err(Flaw::Key));
        assert_eq!(read(&with(&p256, &[(-2, bytes(&odd))])), Err(Flaw::Key));
    }
    assert_eq!(read(&with(&p256, &[(-2, bytes(&[0; 32])), (-3, bytes(&[0; 32]))])), Err(Flaw::Key));
    // Compressed: y is its sign.
    assert_eq!(read(&with(&p256, &[(-3, vec![0xf5])])), Err(Flaw::Key));
    for length in [0, 31, 33, 64] {
        assert_eq!(read(&with(&p256, &[(-2, bytes(&vec![1; length]))])), Err(Flaw::Key));
        assert_eq!(read(&with(&ed25519, &[(-2, bytes(&vec![1; length]))])), Err(Flaw::Key));
    }
    let two: [u8; 32] = std::array::from_fn(|at| if at == 0 { 2 } else { 0 });
    assert_eq!(read(&with(&ed25519, &[(-2, bytes(&two))])), Err(Flaw::Key));
}

#[test]
fn rsa_has_2048_bits_at_least() {
    let e = [1, 0, 1];
    for (bits, good) in
        [(1_024, false), (2_047, false), (2_048, true), (2_049, true), (4_096, true), (8_192, true), (8_193, false)]
    {
        assert_eq!(read(&rsa(&modulus(bits), &e)).is_ok(), good, "{bits}");
    }
    let real = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let public = real.public_key();
    let n = public.modulus().big_endian_without_leading_zero();
    assert_eq!(read(&rsa(n, &e)), Ok(Algorithm::Rs256));
    let padded = [&[0], n].concat();
    let mut even = n.to_vec();
    *even.last_mut().unwrap() &= 0xfe;
    for odd in [&padded[..], &even, &[], &[0; 256]] {
        assert_eq!(read(&rsa(odd, &e)), Err(Flaw::Key));
    }
    assert_eq!(read(&rsa(n, &[3])), Ok(Algorithm::Rs256));
    for odd in [&[][..], &[0], &[1], &[2], &[0, 1, 0, 1], &[1, 0, 0], &[1, 0, 0, 0, 1], &[0xff; 256]] {
        assert_eq!(read(&rsa(n, odd)), Err(Flaw::Key), "{odd:x?}");
    }
}
