//! No control byte, no invisible character and nothing that a CI system obeys survives; plain text comes through as it
//! is, and what came through once comes through again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use unwedge::report::sanitize;

fuzz_target!(|bytes: &[u8]| {
    let text = sanitize(bytes);
    assert!(!text.chars().any(char::is_control));
    assert!(!text.contains(['\u{200b}', '\u{202e}', '\u{2066}', '\u{feff}']));
    let obeyed = |text: &str| text.contains("##") || text.trim_start().starts_with("::");
    assert!(!obeyed(&text), "{text}");
    if bytes.iter().all(|b| (0x20..0x7f).contains(b)) && !obeyed(&String::from_utf8_lossy(bytes)) {
        assert_eq!(text.as_bytes(), bytes);
    }
    assert_eq!(sanitize(text.as_bytes()), text);
});
