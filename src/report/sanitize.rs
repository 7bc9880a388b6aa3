//! Text that a terminal and the log of a CI system can be shown.

use std::fmt::Write;

/// Text for a terminal: valid UTF-8 as it is, every control and every invalid byte escaped.
///
/// Escaped are also the characters that print nothing and reorder or hide what is beside them, and what
/// makes a command of a line that a CI system reads: the second of `##` (`##[group]` of GitHub Actions,
/// `##vso[` of Azure Pipelines and `##teamcity[` count wherever they stand), and of `::` at the beginning.
/// Linear; one line in, one line out.
#[must_use]
pub fn sanitize(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    // So far nothing but what GitHub Actions trims off a line before it looks for `::`, and one colon.
    let mut begins = true;
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            let command = begins && character == ':' && text.ends_with(':');
            begins &= !text.ends_with(':') && (character.is_whitespace() || character == ':');
            if character.is_control() || is_format(character) {
                text.extend(character.escape_default());
            } else if command || doubles(&text, character) {
                text.extend(character.escape_unicode());
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

/// JSON for the same readers: what they would act on is escaped as JSON has it, so that it reads the same.
/// `json` is one document without blanks of its own, in which all such characters stand in strings.
#[must_use]
pub fn escaped_json(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_control() || is_format(character) || doubles(&text, character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(character);
        }
    }
    text
}

/// Whether a character behind `text` makes `##` of it.
fn doubles(text: &str, character: char) -> bool {
    character == '#' && text.ends_with('#')
}

/// Characters that print nothing and reorder or hide what is beside them.
fn is_format(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use super::{escaped_json, sanitize};

    #[test]
    fn no_control_survives() {
        assert_eq!(sanitize(b"a\x1b[31m\r\xff\xc3\xa9\x07"), "a\\u{1b}[31m\\r\\xffé\\u{7}");
        assert_eq!(sanitize("\u{202e}\u{9b}x".as_bytes()), "\\u{202e}\\u{9b}x");
        assert_eq!(sanitize("\u{e0041}\u{ad}".as_bytes()), "\\u{e0041}\\u{ad}");
    }
    #[test]
    fn nothing_is_a_command_of_a_ci_system() {
        for (text, shown) in [
            ("::error::x", ":\\u{3a}error::x"),
            (" \u{3000}::x", " \u{3000}:\\u{3a}x"),
            ("a::error::x", "a::error::x"),
            (": x", ": x"),
            ("  : ::::x", "  : ::::x"),
            (":::x", ":\\u{3a}:x"),
            ("x ##[group]##vso[y] ###", "x #\\u{23}[group]#\\u{23}vso[y] #\\u{23}#"),
            ("# x #1 # #[y]", "# x #1 # #[y]"),
        ] {
            assert_eq!(sanitize(text.as_bytes()), shown, "{text}");
        }
    }

    #[test]
    fn escaped_json_reads_the_same() {
        let value = "\u{9b}\u{7f}\u{202e}\u{e0041}##[x] é \\## \"";
        let json = serde_json::to_string(value).unwrap();
        let escaped = escaped_json(&json);
        assert_eq!(escaped, r#""\u009b\u007f\u202e\udb40\udc41#\u0023[x] é \\#\u0023 \"""#);
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), value);
    }
}
