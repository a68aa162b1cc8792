//! Any bytes as a link's text, and as its content under a right checksum: refused, or a run that can be played.
#![no_main]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use netsplit_scenario::link::{decode, encode};
use netsplit_scenario::open_link;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = decode(text);
    }
    let packed = miniz_oxide::deflate::compress_to_vec(bytes, 1);
    for packed in [packed.as_slice(), bytes] {
        let sealed = [&crc32(packed).to_le_bytes(), packed].concat();
        if let Ok(mut link) = decode(&format!("1{}", URL_SAFE_NO_PAD.encode(sealed))) {
            assert_eq!(decode(&encode(&link)).as_ref(), Ok(&link));
            link.cursor.events = link.cursor.events.min(300);
            link.cursor.time = link.cursor.time.min(netsplit_scenario::Cursor::default().time);
            let _ = open_link(&link);
        }
    }
});

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
