//! The checksum of a file in Burn's burnpack format, which is part of it.

use std::io;

use burn_pack::Writer;
use sha2::{Digest, Sha256};

/// Key of the file's metadata under which the checksum lies.
const KEY: &str = "firebrick.sha256";

/// What the checksum begins with: a second mark beside its key, so that no damage to one of them makes the file look
/// like one that never had a checksum.
const MARK: &str = "firebrick-sha256:";

/// Hexadecimal digits of the checksum.
const DIGITS: usize = 64;

/// What a file's checksum says of its bytes.
///
/// ```
/// # mod firebrick { pub use firebrick_model as models; }
/// use firebrick::models::{Seal, check_seal};
///
/// assert_eq!(check_seal(b"no checksum"), Seal::Absent);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// They are those that were written.
    Intact,
    /// They are others.
    Broken,
    /// There is no checksum.
    Absent,
}

/// The bytes of a burnpack, with a checksum (SHA-256) of all of them.
///
/// ```
/// # mod firebrick { pub use firebrick_model as models; }
/// use burn_pack::Writer;
/// use firebrick::models::{Seal, check_seal, seal};
///
/// let mut bytes = seal(Writer::new(Vec::new()).with_metadata("step", "12"))?;
/// assert_eq!(check_seal(&bytes), Seal::Intact);
/// bytes[5] ^= 1;
/// assert_eq!(check_seal(&bytes), Seal::Broken);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Tensors whose bytes are not those that were announced, or cannot be read from their device.
pub fn seal(writer: Writer) -> io::Result<Vec<u8>> {
    let writer = writer.with_metadata(KEY, &placeholder());
    let write = || -> Result<Vec<u8>, burn_pack::Error> {
        let mut bytes = vec![0; writer.size()?];
        writer.write_into(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = write().map_err(|error| io::Error::other(error.to_string()))?;
    sealed(bytes).ok_or_else(|| io::Error::other("there is no place for its checksum"))
}

/// What stands for the checksum while it is not known, and while it is computed.
fn placeholder() -> String {
    format!("{MARK}{}", "0".repeat(DIGITS))
}

/// Puts the checksum of all other bytes into a file written with the [`placeholder`]; `None` where that is not found.
fn sealed(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let at = find(&bytes, placeholder().as_bytes())?;
    let digits = hexadecimal(&Sha256::digest(&bytes));
    bytes[at + MARK.len()..][..DIGITS].copy_from_slice(digits.as_bytes());
    Some(bytes)
}

/// Whether a burnpack has the bytes that it was [sealed](seal) with.
///
/// ```
/// # mod firebrick { pub use firebrick_model as models; }
/// use firebrick::models::{Seal, check_seal, seal};
///
/// let bytes = seal(burn_pack::Writer::new(Vec::new()))?;
/// assert_eq!(check_seal(&bytes[..bytes.len() - 1]), Seal::Broken);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn check_seal(bytes: &[u8]) -> Seal {
    // What describes the file lies in front of the weights, which begin with no text of ours.
    match (find(bytes, KEY.as_bytes()), find(bytes, MARK.as_bytes())) {
        (None, None) => Seal::Absent,
        (Some(_), Some(at)) if has_sum(bytes, at + MARK.len()) => Seal::Intact,
        _ => Seal::Broken,
    }
}

/// Whether the checksum that stands at this place is that of all other bytes.
fn has_sum(bytes: &[u8], at: usize) -> bool {
    let (before, rest) = bytes.split_at(at);
    let Some((digits, after)) = rest.split_at_checked(DIGITS) else {
        return false;
    };
    let mut sum = Sha256::new();
    sum.update(before);
    sum.update("0".repeat(DIGITS));
    sum.update(after);
    hexadecimal(&sum.finalize()).as_bytes() == digits
}

fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}

fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
