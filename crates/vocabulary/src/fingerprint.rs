//! Google's `FarmHash`, written out: the crate of that name differs from it where the length is a multiple of 64 bytes.

#![expect(
    clippy::many_single_char_names,
    reason = "they are called so in the original"
)]

use siphasher::sip::SipHasher24;

const K0: u64 = 0xc3a5_c85c_97cb_3127;
const K1: u64 = 0xb492_b66f_be98_f273;
const K2: u64 = 0x9ae1_6a3b_2f90_404f;

/// The 64-bit fingerprint of bytes: the same on every machine and in every version.
///
/// ```
/// # mod firebrick { pub use firebrick_vocabulary as vocabulary; }
/// use firebrick::vocabulary::fingerprint;
///
/// assert_eq!(fingerprint(b"red") % 64, 54, "TensorFlow's tf.strings.to_hash_bucket_fast");
/// ```
///
/// # Source
/// Google, `FarmHash`, `farmhashna::Hash64`, which `TensorFlow` calls `Fingerprint64`
pub fn fingerprint(bytes: &[u8]) -> u64 {
    match bytes.len() {
        0..=16 => short(bytes),
        17..=32 => up_to_32(bytes),
        33..=64 => up_to_64(bytes),
        _ => long(bytes),
    }
}

/// The 64-bit hash of bytes that nobody foresees who does not know the salt: `SipHash` 2-4, `TensorFlow`'s `StrongKeyedHash`.
pub(crate) fn salted(bytes: &[u8], [first, second]: [u64; 2]) -> u64 {
    SipHasher24::new_with_keys(first, second).hash(bytes)
}

/// The fingerprint of two fingerprints, the second one behind the first: `TensorFlow`'s `FingerprintCat64`.
pub(crate) fn joined(first: u64, second: u64) -> u64 {
    const MUL: u64 = 0xc6a4_a793_5bd1_e995;
    let mixed = shift_mix(second.wrapping_mul(MUL)).wrapping_mul(MUL);
    let result = ((first ^ MUL) ^ mixed).wrapping_mul(MUL);
    shift_mix(shift_mix(result).wrapping_mul(MUL))
}

/// Eight bytes from this place on, the lowest first; zeros beyond the end, which is never asked for.
fn at(bytes: &[u8], place: usize) -> u64 {
    number(bytes, place, 8)
}

fn number(bytes: &[u8], place: usize, width: usize) -> u64 {
    let own = bytes.iter().skip(place).take(width).rev();
    own.fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn shift_mix(value: u64) -> u64 {
    value ^ (value >> 47)
}

fn mixed(u: u64, v: u64, mul: u64) -> u64 {
    let a = shift_mix((u ^ v).wrapping_mul(mul));
    shift_mix((v ^ a).wrapping_mul(mul)).wrapping_mul(mul)
}

/// The factor for so many bytes.
fn factor(length: usize) -> u64 {
    K2.wrapping_add(length as u64 * 2)
}

fn short(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    let mul = factor(length);
    match bytes {
        [] => K2,
        [first, .., last] | [first @ last] if length < 4 => {
            let y = u64::from(*first) + (u64::from(bytes[length / 2]) << 8);
            let z = length as u64 + (u64::from(*last) << 2);
            shift_mix(y.wrapping_mul(K2) ^ z.wrapping_mul(K0)).wrapping_mul(K2)
        }
        _ if length < 8 => {
            let u = length as u64 + (number(bytes, 0, 4) << 3);
            mixed(u, number(bytes, length - 4, 4), mul)
        }
        _ => {
            let a = at(bytes, 0).wrapping_add(K2);
            let b = at(bytes, length - 8);
            let c = b.rotate_right(37).wrapping_mul(mul).wrapping_add(a);
            let d = a.rotate_right(25).wrapping_add(b).wrapping_mul(mul);
            mixed(c, d, mul)
        }
    }
}

fn up_to_32(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    let mul = factor(length);
    let a = at(bytes, 0).wrapping_mul(K1);
    let b = at(bytes, 8);
    let c = at(bytes, length - 8).wrapping_mul(mul);
    let d = at(bytes, length - 16).wrapping_mul(K2);
    let (u, v) = ends(a, b, c, d);
    mixed(u, v, mul)
}

fn up_to_64(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    let mul = factor(length);
    let a = at(bytes, 0).wrapping_mul(K2);
    let b = at(bytes, 8);
    let c = at(bytes, length - 8).wrapping_mul(mul);
    let d = at(bytes, length - 16).wrapping_mul(K2);
    let (y, v) = ends(a, b, c, d);
    let z = mixed(y, v, mul);
    let e = at(bytes, 16).wrapping_mul(mul);
    let f = at(bytes, 24);
    let g = y.wrapping_add(at(bytes, length - 32)).wrapping_mul(mul);
    let h = z.wrapping_add(at(bytes, length - 24)).wrapping_mul(mul);
    let u = e.wrapping_add(f).rotate_right(43);
    let u = u.wrapping_add(g.rotate_right(30)).wrapping_add(h);
    let v = e
        .wrapping_add(f.wrapping_add(a).rotate_right(18))
        .wrapping_add(g);
    mixed(u, v, mul)
}

/// What four numbers from both ends come to.
fn ends(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let u = a.wrapping_add(b).rotate_right(43);
    let u = u.wrapping_add(c.rotate_right(30)).wrapping_add(d);
    let v = a
        .wrapping_add(b.wrapping_add(K2).rotate_right(18))
        .wrapping_add(c);
    (u, v)
}

/// What is carried from one block of 64 bytes to the next.
struct State {
    x: u64,
    y: u64,
    z: u64,
    v: (u64, u64),
    w: (u64, u64),
}

fn long(bytes: &[u8]) -> u64 {
    const SEED: u64 = 81;
    let y = SEED.wrapping_mul(K1).wrapping_add(113);
    let mut state = State {
        x: SEED.wrapping_mul(K2).wrapping_add(at(bytes, 0)),
        y,
        z: shift_mix(y.wrapping_mul(K2).wrapping_add(113)).wrapping_mul(K2),
        v: (0, 0),
        w: (0, 0),
    };
    let last = (bytes.len() - 1) / 64;
    for block in bytes.chunks(64).take(last) {
        state.add(block);
    }
    let rest = (bytes.len() as u64 - 1) & 63;
    state.finish(&bytes[bytes.len() - 64..], rest)
}

impl State {
    fn add(&mut self, block: &[u8]) {
        let Self { x, y, z, v, w } = self;
        let sum = x
            .wrapping_add(*y)
            .wrapping_add(v.0)
            .wrapping_add(at(block, 8));
        *x = sum.rotate_right(37).wrapping_mul(K1) ^ w.1;
        let sum = y.wrapping_add(v.1).wrapping_add(at(block, 48));
        *y = sum.rotate_right(42).wrapping_mul(K1);
        *y = y.wrapping_add(v.0).wrapping_add(at(block, 40));
        *z = z.wrapping_add(w.0).rotate_right(33).wrapping_mul(K1);
        *v = weak(block, v.1.wrapping_mul(K1), x.wrapping_add(w.0));
        let second = y.wrapping_add(at(block, 16));
        *w = weak(&block[32..], z.wrapping_add(w.1), second);
        std::mem::swap(z, x);
    }

    /// The last 64 bytes, of which so many are new.
    fn finish(self, block: &[u8], rest: u64) -> u64 {
        let Self { x, y, z, v, w } = self;
        let mul = K1.wrapping_add((z & 0xff) << 1);
        let w = (w.0.wrapping_add(rest), w.1);
        let v = (v.0.wrapping_add(w.0), v.1);
        let w = (w.0.wrapping_add(v.0), w.1);
        let sum = x
            .wrapping_add(y)
            .wrapping_add(v.0)
            .wrapping_add(at(block, 8));
        let x = sum.rotate_right(37).wrapping_mul(mul) ^ w.1.wrapping_mul(9);
        let sum = y.wrapping_add(v.1).wrapping_add(at(block, 48));
        let y = sum.rotate_right(42).wrapping_mul(mul);
        let y = y
            .wrapping_add(v.0.wrapping_mul(9))
            .wrapping_add(at(block, 40));
        let z = z.wrapping_add(w.0).rotate_right(33).wrapping_mul(mul);
        let v = weak(block, v.1.wrapping_mul(mul), x.wrapping_add(w.0));
        let second = y.wrapping_add(at(block, 16));
        let w = weak(&block[32..], z.wrapping_add(w.1), second);
        // Both have changed places.
        let (x, z) = (z, x);
        let first = mixed(v.0, w.0, mul);
        let first = first
            .wrapping_add(shift_mix(y).wrapping_mul(K0))
            .wrapping_add(z);
        mixed(first, mixed(v.1, w.1, mul).wrapping_add(x), mul)
    }
}

/// A quick hash of 32 bytes with two seeds.
fn weak(bytes: &[u8], first: u64, second: u64) -> (u64, u64) {
    let z = at(bytes, 24);
    let a = first.wrapping_add(at(bytes, 0));
    let b = second.wrapping_add(a).wrapping_add(z).rotate_right(21);
    let sum = a.wrapping_add(at(bytes, 8)).wrapping_add(at(bytes, 16));
    (
        sum.wrapping_add(z),
        b.wrapping_add(sum.rotate_right(44)).wrapping_add(a),
    )
}
