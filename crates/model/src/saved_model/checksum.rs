//! The checksum of a model file, which is part of it.

use sha2::{Digest, Sha256};

/// Key of the file's metadata under which the checksum lies.
pub(super) const KEY: &str = "firebrick.sha256";

/// What the checksum begins with: a second mark beside its key, so that no damage to one of them makes the file look
/// like one that never had a checksum.
const MARK: &str = "firebrick-sha256:";

/// Hexadecimal digits of the checksum.
const DIGITS: usize = 64;

/// What stands for the checksum while it is not known, and while it is computed.
pub(super) fn placeholder() -> String {
    format!("{MARK}{}", "0".repeat(DIGITS))
}

/// Puts the checksum of all other bytes into a file written with the [`placeholder`]; `None` where that is not found.
pub(super) fn sealed(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let at = find(&bytes, placeholder().as_bytes())?;
    let digits = hexadecimal(&Sha256::digest(&bytes));
    bytes[at + MARK.len()..][..DIGITS].copy_from_slice(digits.as_bytes());
    Some(bytes)
}

/// Whether a file has the bytes that it was written with; true for one from before there was a checksum.
pub(super) fn is_intact(bytes: &[u8]) -> bool {
    // What describes the file lies in front of the weights, which begin with no text of ours.
    match (find(bytes, KEY.as_bytes()), find(bytes, MARK.as_bytes())) {
        (None, None) => true,
        (Some(_), Some(at)) => {
            let (before, rest) = bytes.split_at(at + MARK.len());
            let Some((digits, after)) = rest.split_at_checked(DIGITS) else {
                return false;
            };
            let mut sum = Sha256::new();
            sum.update(before);
            sum.update("0".repeat(DIGITS));
            sum.update(after);
            hexadecimal(&sum.finalize()).as_bytes() == digits
        }
        _ => false,
    }
}

fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}

fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
