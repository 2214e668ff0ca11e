use rand::{Rng as _, RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Numbers that overflow something, are none, or are taken for others.
const NUMBERS: [&str; 24] = [
    "0",
    "-0",
    "-1",
    "1",
    "2",
    "255",
    "256",
    "65536",
    "16777217",
    "2147483648",
    "4294967295",
    "9007199254740993",
    "9223372036854775807",
    "18446744073709551615",
    "99999999999999999999",
    "1e38",
    "1e39",
    "-1e308",
    "1e309",
    "1e-320",
    "0.1",
    "nan",
    "inf",
    "-inf",
];

/// Texts that readers stumble over: separators, control bytes, what is no UTF-8.
const TEXTS: [&[u8]; 24] = [
    b"\"",
    b"'",
    b",",
    b";",
    b"\t",
    b"\n",
    b"\r\n",
    b"\r",
    b"\0",
    b"\x1b[2J",
    b"\xff",
    b"\xc3",
    b"\xef\xbb\xbf",
    "\u{202e}".as_bytes(),
    "\u{feff}".as_bytes(),
    "é".as_bytes(),
    b"{",
    b"}",
    b"[",
    b"]",
    b"=",
    b":",
    b"..",
    b" ",
];

/// Breaks inputs; the same seed breaks them the same way.
pub(crate) struct Mutator(ChaCha8Rng);

impl Mutator {
    pub(crate) fn new(seed: u64, case: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(case);
        Self(random)
    }

    /// A number from 0 up to, but not including, a bound; 0 where that is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        if bound == 0 {
            0
        } else {
            self.0.random_range(0..bound)
        }
    }

    /// One of the inputs with one to four things wrong with it, mostly one.
    pub(crate) fn broken(&mut self, inputs: &[Vec<u8>], words: &[&str]) -> Vec<u8> {
        let mut bytes = inputs[self.below(inputs.len())].clone();
        let other = &inputs[self.below(inputs.len())];
        let mut changes = 1;
        while changes < 4 && self.below(3) == 0 {
            changes += 1;
        }
        for _ in 0..changes {
            self.change(&mut bytes, other, words);
        }
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, other: &[u8], words: &[&str]) {
        let at = self.below(bytes.len() + 1);
        let range = at..(at + self.below(16)).min(bytes.len());
        match self.below(11) {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << self.below(8);
                }
            }
            1 => {
                let mut noise = vec![0; range.len()];
                self.0.fill_bytes(&mut noise);
                bytes.splice(range, noise);
            }
            2 => drop(bytes.drain(range)),
            3 => {
                let again = bytes[range].to_vec();
                let times = 1 + self.below(20);
                bytes.splice(at..at, again.repeat(times));
            }
            4 => bytes.truncate(at),
            5 => {
                let number = NUMBERS[self.below(NUMBERS.len())];
                self.replace_number(bytes, number.as_bytes());
            }
            6 => {
                let text = TEXTS[self.below(TEXTS.len())];
                bytes.splice(at..at, text.iter().copied());
            }
            7 => {
                let word = words
                    .get(self.below(words.len()))
                    .copied()
                    .unwrap_or_default();
                bytes.splice(range, word.bytes());
            }
            8 => {
                let from = self.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            9 => self.move_line(bytes),
            _ => {
                // A number of four bytes, as binary headers have them.
                let value: u32 = [0, 1, 255, 65_536, i32::MAX as u32, u32::MAX][self.below(6)];
                let end = (at + 4).min(bytes.len());
                bytes.splice(at..end, value.to_be_bytes());
            }
        }
    }

    /// Puts a number where another one is.
    fn replace_number(&mut self, bytes: &mut Vec<u8>, number: &[u8]) {
        let is_digit = |index: &usize| bytes[*index].is_ascii_digit();
        let digits: Vec<usize> = (0..bytes.len()).filter(is_digit).collect();
        let Some(&at) = digits.get(self.below(digits.len())) else {
            return;
        };
        let is_part = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
        let start = bytes[..at]
            .iter()
            .rposition(|byte| !is_part(byte))
            .map_or(0, |before| before + 1);
        let length = bytes[start..]
            .iter()
            .take_while(|byte| is_part(byte))
            .count();
        bytes.splice(start..start + length, number.iter().copied());
    }

    /// Takes a line out and puts it elsewhere, once or twice.
    fn move_line(&mut self, bytes: &mut Vec<u8>) {
        let mut lines: Vec<Vec<u8>> = bytes
            .split_inclusive(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect();
        if lines.is_empty() {
            return;
        }
        let line = lines.remove(self.below(lines.len()));
        for _ in 0..=self.below(2) {
            lines.insert(self.below(lines.len() + 1), line.clone());
        }
        *bytes = lines.concat();
    }
}
