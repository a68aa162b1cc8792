//! Takes links apart and puts them together with a right checksum, as somebody with bad intentions would.
#![allow(dead_code)] // each test file uses its own part of this

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The unpacked content of a link.
pub fn content(link: &str) -> Vec<u8> {
    let bytes = URL_SAFE_NO_PAD.decode(&link[1..]).unwrap();
    miniz_oxide::inflate::decompress_to_vec(&bytes[4..]).unwrap()
}

/// A link with that content.
pub fn link(content: &[u8]) -> String {
    packed(&miniz_oxide::deflate::compress_to_vec(content, 6))
}

/// A link with that compressed content.
pub fn packed(packed: &[u8]) -> String {
    let mut crc = u32::MAX;
    for byte in packed {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
        }
    }
    let bytes = [&(!crc).to_le_bytes(), packed].concat();
    format!("1{}", URL_SAFE_NO_PAD.encode(bytes))
}
