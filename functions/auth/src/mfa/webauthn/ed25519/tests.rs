use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::{Ed25519KeyPair, KeyPair},
};

use super::*;

/// Which of SHA-256(0), SHA-256(1) … SHA-256(255) are points, as Python's integers have it.
const OF_HASHES: [u128; 2] = [0x53bf_96be_ce6c_71b6_90a4_5f51_c46d_6559, 0x8f67_1785_fccf_300e_add1_a015_d51b_20e5];

fn small(y: u8, sign: u8) -> [u8; 32] {
    std::array::from_fn(|at| {
        if at == 0 {
            y
        } else if at == 31 {
            sign << 7
        } else {
            0
        }
    })
}

/// p and what is added to it; sums stay below 256.
fn p_and(more: u8) -> [u8; 32] {
    std::array::from_fn(|at| {
        if at == 0 {
            0xed + more
        } else if at == 31 {
            0x7f
        } else {
            0xff
        }
    })
}

#[test]
fn half_of_all_numbers_are_points() {
    for number in 0..=255_u8 {
        let point = digest(&SHA256, &[number]).as_ref().try_into().unwrap();
        let expected = OF_HASHES[usize::from(number / 128)] >> (127 - number % 128) & 1 == 1;
        assert_eq!(is_on_curve(&point), expected, "{number}");
    }
}

#[test]
fn each_point_has_one_form() {
    for (y, plain, signed) in [(0, true, true), (1, true, false), (2, false, false), (3, true, true)] {
        assert_eq!((is_on_curve(&small(y, 0)), is_on_curve(&small(y, 1))), (plain, signed), "{y}");
    }
    // y = p, p + 1 and so on are 0, 1 and so on again.
    assert!((0..=18).all(|more| !is_on_curve(&p_and(more))));
    let mut below = p_and(0);
    below[0] -= 1;
    assert!(is_on_curve(&below));
    below[31] = 0xff;
    assert!(!is_on_curve(&below));
}

#[test]
fn real_keys_are_points() {
    for _ in 0..64 {
        let key = Ed25519KeyPair::generate().unwrap();
        assert!(is_on_curve(key.public_key().as_ref().try_into().unwrap()));
    }
}
