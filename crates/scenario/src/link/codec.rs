//! A link as text: the version's digit, then base64url of a checksum and the compressed content.

use super::{Link, v1, v2};
use crate::check::{Unplayable, check_link};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use serde::de::DeserializeOwned;

/// The longest link that is read, in characters.
pub const LONGEST_LINK: usize = 256 * 1024;
/// The most bytes that a link may inflate to.
const LARGEST: usize = 256 * 1024;
/// The most thorough compression.
const LEVEL: u8 = 10;
const CHECKSUM: usize = 4;

/// Why a text is not a link that opens.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LinkError {
    /// There is nothing.
    #[error(
        "there is no link here: a link is a text that begins with 1, with or without the page's address and # before it"
    )]
    Empty,
    /// A version that this build does not know.
    #[error(
        "this link was made by a newer Netsplit (link version {0}; this one knows versions 1 and 2): reload the page, or \
         update the command"
    )]
    Newer(char),
    /// It does not begin like a link.
    #[error("this is not a link: links begin with 1, this begins with {0:?}")]
    Foreign(char),
    /// Something was changed or cut off on the way.
    #[error("this link is damaged, perhaps cut off or changed on its way: ask for it again ({0})")]
    Damaged(&'static str),
    /// It holds more than any link should.
    #[error("this link is too large: {0}")]
    TooLarge(String),
    /// It holds a run that cannot be.
    #[error("this link holds an impossible run: {0}")]
    Impossible(Unplayable),
}

/// The text of a link, without `#`.
pub fn encode(link: &Link) -> String {
    let (version, content) = match link.branches.all() {
        [] | [_] => ('1', postcard::to_allocvec(&v1::Link::from(link))),
        _ => ('2', postcard::to_allocvec(&v2::Link::from(link))),
    };
    let content = content.expect("plain data goes into memory");
    let packed = compress_to_vec(&content, LEVEL);
    let mut bytes = crc32(&packed).to_le_bytes().to_vec();
    bytes.extend(packed);
    format!("{version}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// Reads a link: its bare text, the text with `#` before it, or a whole address.
pub fn decode(text: &str) -> Result<Link, LinkError> {
    let text = text.trim();
    let text = text.rsplit_once('#').map_or(text, |(_, fragment)| fragment);
    if text.len() > LONGEST_LINK {
        let message = format!("{} characters, and {LONGEST_LINK} are the most", text.len());
        return Err(LinkError::TooLarge(message));
    }
    let mut rest = text.chars();
    match rest.next() {
        None => Err(LinkError::Empty),
        Some('1') => read(rest.as_str(), v1::Link::unpack),
        Some('2') => read(rest.as_str(), v2::Link::unpack),
        Some(version) if version.is_ascii_digit() && version != '0' => Err(LinkError::Newer(version)),
        Some(other) => Err(LinkError::Foreign(other)),
    }
}

/// Reads a link of a version, which says how its content becomes today's model.
fn read<W: DeserializeOwned>(text: &str, unpack: fn(W) -> Result<Link, Unplayable>) -> Result<Link, LinkError> {
    let bytes =
        URL_SAFE_NO_PAD.decode(text).map_err(|_| LinkError::Damaged("it has letters that links do not have"))?;
    let (checksum, packed) =
        bytes.split_first_chunk::<CHECKSUM>().ok_or(LinkError::Damaged("almost nothing is left"))?;
    if u32::from_le_bytes(*checksum) != crc32(packed) {
        return Err(LinkError::Damaged("its checksum is wrong"));
    }
    let content = decompress_to_vec_with_limit(packed, LARGEST).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => LinkError::TooLarge(format!("it inflates to more than {LARGEST} bytes")),
        _ => LinkError::Damaged("it does not unpack"),
    })?;
    let wire: W = postcard::from_bytes(&content).map_err(|_| LinkError::Damaged("its content makes no sense"))?;
    drop(content);
    let link = unpack(wire).map_err(LinkError::Impossible)?;
    check_link(&link).map_err(LinkError::Impossible)?;
    Ok(link)
}

/// CRC-32 as in gzip: it notices every change of up to 32 bits in a row.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_gzip() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn what_is_not_a_link_is_said_in_words() {
        for (text, words) in [
            ("", "no link"),
            ("#", "no link"),
            ("7abc", "newer"),
            ("https://example.org/#9abc", "newer"),
            ("hello", "not a link"),
            ("1", "damaged"),
            ("1%%%", "damaged"),
            ("1AAAAAAAA", "damaged"),
        ] {
            let error = decode(text).unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
