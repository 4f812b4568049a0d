// A worker that solves challenges of work: it is sent a token and how many zeros are wanted, and finds the first number with which the
// SHA-256 of both begins with so many zero bits. On its way it tells how many it has tried. The browser's own SHA-256 answers with a
// promise, which takes longer than hashing.
"use strict";
{
  const TELL_AFTER = 1 << 14;

  // The first bits of the fractions of roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3).
  const primes = [];
  for (let number = 2; primes.length < 64; number += 1) {
    if (primes.every((prime) => number % prime)) primes.push(number);
  }
  const fraction = (root) => (root % 1) * 2 ** 32;
  const START = Uint32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
  const ROUND = Int32Array.from(Uint32Array.from(primes, (prime) => fraction(Math.cbrt(prime))));
  const word = new Int32Array(64);

  /** The state after one block of 64 bytes, whose words begin at `at` (FIPS 180-4, 6.2.2). */
  function compress(state, bytes, at, into) {
    for (let i = 0; i < 16; i += 1) word[i] = bytes.getInt32(at + 4 * i);
    for (let i = 16; i < 64; i += 1) {
      const x = word[i - 15];
      const y = word[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      word[i] = (word[i - 16] + s0 + word[i - 7] + s1) | 0;
    }
    let a = state[0] | 0, b = state[1] | 0, c = state[2] | 0, d = state[3] | 0;
    let e = state[4] | 0, f = state[5] | 0, g = state[6] | 0, h = state[7] | 0;
    for (let i = 0; i < 64; i += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND[i] + word[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0;
      d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    into[0] = state[0] + a; into[1] = state[1] + b; into[2] = state[2] + c; into[3] = state[3] + d;
    into[4] = state[4] + e; into[5] = state[5] + f; into[6] = state[6] + g; into[7] = state[7] + h;
  }

  function zeros(hash) {
    return hash[0] ? Math.clz32(hash[0]) : 32 + Math.clz32(hash[1]);
  }

  function solve(token, bits) {
    const text = new TextEncoder().encode(token);
    const whole = text.length - (text.length % 64);
    // What does not change is hashed once.
    const begun = Uint32Array.from(START);
    for (let at = 0; at < whole; at += 64) compress(begun, new DataView(text.buffer), at, begun);
    const rest = text.subarray(whole);
    const hash = new Uint32Array(8);
    let tail, bytes;
    for (let nonce = 0; ; nonce += 1) {
      const digits = String(nonce);
      const length = rest.length + digits.length;
      // One more digit: the end of the message moves on.
      if (tail?.digits !== digits.length) {
        tail = new Uint8Array(length + 9 > 64 ? 128 : 64);
        tail.digits = digits.length;
        tail.set(rest);
        tail[length] = 0x80;
        bytes = new DataView(tail.buffer);
        bytes.setUint32(tail.length - 4, (whole + length) * 8);
      }
      for (let i = 0; i < digits.length; i += 1) tail[rest.length + i] = digits.charCodeAt(i);
      compress(begun, bytes, 0, hash);
      if (tail.length > 64) compress(hash, bytes, 64, hash);
      if (zeros(hash) >= bits) return nonce;
      if (nonce % TELL_AFTER === 0) postMessage({ tries: nonce });
    }
  }

  addEventListener("message", ({ data: { token, bits } }) => postMessage({ nonce: solve(token, bits) }));
}
