//! Text that a terminal can be shown.

/// Text for a terminal: valid UTF-8 as it is, every control and every invalid byte escaped.
///
/// Escaped are also the characters that print nothing and reorder or hide what is beside them.
/// Linear; one line in, one line out.
#[must_use]
pub fn sanitize(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() || is_format(character) {
                text.extend(character.escape_default());
            } else {
                text.push(character);
            }
        }
        for byte in chunk.invalid() {
            text.extend(byte.escape_ascii().map(char::from));
        }
    }
    text
}

/// Characters that print nothing and reorder or hide what is beside them.
fn is_format(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::sanitize;

    #[test]
    fn no_control_survives() {
        assert_eq!(sanitize(b"a\x1b[31m\r\xff\xc3\xa9\x07"), "a\\u{1b}[31m\\r\\xffé\\u{7}");
        assert_eq!(sanitize("\u{202e}\u{9b}x".as_bytes()), "\\u{202e}\\u{9b}x");
        assert_eq!(sanitize("\u{e0041}\u{ad}".as_bytes()), "\\u{e0041}\\u{ad}");
    }
}
