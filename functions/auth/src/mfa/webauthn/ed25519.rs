//! Whether 32 bytes are a point of Ed25519 (RFC 8032, section 5.1.3). aws-lc finds that out when it verifies, and does not tell it from a
//! wrong signature; a passkey that can never sign should not be stored. Public keys alone come here, so time may tell what they are.

/// A number modulo p = 2^255 - 19, in five limbs of 51 bits, of which each may have a few bits more.
type Element = [u64; 5];

const LIMB: u64 = (1 << 51) - 1;
const ONE: Element = [1, 0, 0, 0, 0];
/// -121665/121666 modulo p.
const D: Element = [0x3_4dca_1359_78a3, 0x1_a828_3b15_6ebd, 0x5_e7a2_6001_c029, 0x7_39c6_63a0_3cbb, 0x5_2036_cee2_b6ff];

/// Whether some x belongs to the y in these bytes: whether x² = (y² - 1) / (d·y² + 1) has a root.
pub fn is_on_curve(point: &[u8; 32]) -> bool {
    let mut y = *point;
    let signs_x = y[31] >> 7 == 1;
    y[31] &= 0x7f;
    let element = from_bytes(&y);
    if to_bytes(element) != y {
        return false;
    }
    let square = multiply(element, element);
    // A quotient has a root where the product has one: they differ by a square.
    let (above, below) = (subtract(square, ONE), add(multiply(D, square), ONE));
    let euler = to_bytes(to_half_of_order(multiply(above, below)));
    // x = 0 has no sign.
    euler == to_bytes(ONE) || (euler == [0; 32] && !signs_x)
}

/// To the power of (p - 1) / 2 = 2^254 - 10, Euler's criterion: 1 for squares, 0 for 0.
fn to_half_of_order(base: Element) -> Element {
    (0..254).rev().fold(ONE, |power, bit| {
        let square = multiply(power, power);
        if matches!(bit, 0 | 3) { square } else { multiply(square, base) }
    })
}

fn add(a: Element, b: Element) -> Element {
    carry(std::array::from_fn(|at| u128::from(a[at]) + u128::from(b[at])))
}

/// With twice p more, which changes nothing, so that no limb falls below 0.
fn subtract(a: Element, b: Element) -> Element {
    let twice = |at| u128::from(if at == 0 { 2 * (LIMB - 18) } else { 2 * LIMB });
    carry(std::array::from_fn(|at| u128::from(a[at]) + twice(at) - u128::from(b[at])))
}

/// What is beyond 2^255 comes back 19 times.
fn multiply(a: Element, b: Element) -> Element {
    let mut product = [0_u128; 5];
    for (i, a) in a.into_iter().enumerate() {
        for (j, b) in b.into_iter().enumerate() {
            let fold = if i + j < 5 { 1 } else { 19 };
            product[(i + j) % 5] += u128::from(a) * u128::from(b) * fold;
        }
    }
    carry(product)
}

#[expect(clippy::cast_possible_truncation, reason = "a limb has 51 bits and one of the next carry")]
fn carry(limbs: [u128; 5]) -> Element {
    let (mut element, mut over) = (limbs, 0);
    // Twice: what comes back to the first limb may be too much for it.
    for _ in 0..2 {
        for limb in &mut element {
            *limb += over;
            over = *limb >> 51;
            *limb &= u128::from(LIMB);
        }
        over *= 19;
    }
    element[0] += over;
    element.map(|limb| limb as u64)
}

fn from_bytes(bytes: &[u8; 32]) -> Element {
    let bit = |at: usize| u64::from(bytes[at / 8] >> (at % 8) & 1);
    std::array::from_fn(|limb| (0..51).map(|at| bit(51 * limb + at) << at).sum())
}

/// The one number below p.
fn to_bytes(element: Element) -> [u8; 32] {
    let mut limbs = carry(element.map(u128::from));
    // It is at least p if adding 19 reaches 2^255.
    let reaches = limbs.iter().fold(19, |over, limb| (limb + over) >> 51) > 0;
    if reaches {
        let mut over = 19;
        for limb in &mut limbs {
            let sum = *limb + over;
            (*limb, over) = (sum & LIMB, sum >> 51);
        }
    }
    let bit = |at: usize| (limbs[at / 51] >> (at % 51) & 1) as u8;
    std::array::from_fn(|byte| (0..8).filter(|at| 8 * byte + at < 255).map(|at| bit(8 * byte + at) << at).sum())
}

#[cfg(test)]
mod tests;
