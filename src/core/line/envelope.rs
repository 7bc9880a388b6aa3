//! Lines that a transport wrapped whole: docker json-file, NDJSON, logfmt.

use super::text::Text;

/// Keys whose value is what was said, and keys whose value is the error that it was said about.
const SAID: [&[u8]; 8] =
    [b"msg", b"message", b"MESSAGE", b"log", b"line", b"text", b"short_message", b"full_message"];
const ERROR: [&[u8]; 2] = [b"error", b"err"];

/// Whether a value under this key is what somebody said.
pub(crate) fn is_text_key(key: &[u8]) -> bool {
    SAID.contains(&key) || ERROR.contains(&key)
}

/// What an envelope holds: what was said and the errors, joined as Go joins them, with `: `.
/// `None` where `text` (freed of prefixes) is no envelope or says nothing.
pub(crate) fn open(text: &Text) -> Option<Text> {
    let members = match text.bytes.first()? {
        b'{' => json(text),
        b'"' => member(text),
        _ => logfmt(text),
    };
    let said = members.iter().filter(|(key, _)| SAID.contains(&key.as_slice()));
    let errors = members.iter().filter(|(key, _)| ERROR.contains(&key.as_slice()));
    let mut whole = said.chain(errors).map(|(_, value)| value.clone()).reduce(|mut whole, value| {
        let at = value.at.first().or(whole.at.last()).copied().unwrap_or(0);
        whole.push(b':', at);
        whole.push(b' ', at);
        whole.bytes.extend(value.bytes);
        whole.at.extend(value.at);
        whole
    })?;
    // The end of a json-file entry's line. Left in, it would begin another, empty one.
    if whole.bytes.ends_with(b"\n") {
        whole.bytes.pop();
        whole.at.pop();
    }
    Some(whole)
}

type Members = Vec<(Vec<u8>, Text)>;

/// The string members of the outermost object. Lenient: what is cut off or malformed ends the
/// list, and what was read until then counts.
fn json(text: &Text) -> Members {
    let bytes = &text.bytes;
    let mut members = Members::new();
    let mut i = 1;
    loop {
        i += bytes[i..].iter().take_while(|b| b.is_ascii_whitespace() || **b == b',').count();
        if bytes.get(i) != Some(&b'"') {
            return members;
        }
        let (key, after) = string(text, i + 1);
        i = after + blanks(&bytes[after.min(bytes.len())..]);
        if bytes.get(i) != Some(&b':') {
            return members;
        }
        i += 1;
        i += blanks(&bytes[i..]);
        if bytes.get(i) == Some(&b'"') {
            let (value, after) = string(text, i + 1);
            if is_text_key(&key.bytes) {
                members.push((key.bytes, value));
            }
            i = after.min(bytes.len());
        } else {
            i += other_value(&bytes[i..]);
        }
    }
}

/// The length of a value that is no string, up to the `,` or `}` that ends it.
fn other_value(bytes: &[u8]) -> usize {
    let (mut depth, mut quoted, mut i) = (0usize, false, 0);
    while i < bytes.len() {
        match bytes[i] {
            b'\\' if quoted => i += 1,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b',' if !quoted && depth == 0 => return i,
            b'}' | b']' if !quoted => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return i,
            },
            _ => {}
        }
        i += 1;
    }
    bytes.len()
}

/// `"log": "text"`, one member of an object that was printed over several lines.
fn member(text: &Text) -> Members {
    let Some(key) = member_key(&text.bytes).map(<[u8]>::to_vec) else { return Members::new() };
    let value =
        key.len() + 2 + text.bytes[key.len() + 2..].iter().take_while(|b| !b"\"[{".contains(b)).count();
    if !is_text_key(&key) || text.bytes[value] != b'"' {
        return Members::new();
    }
    vec![(key, string(text, value + 1).0)]
}

/// The key of `"name": "…`, a line of progress JSON that was printed over several lines.
pub(crate) fn member_key(head: &[u8]) -> Option<&[u8]> {
    let rest = head.strip_prefix(b"\"")?;
    let length = rest.iter().take_while(|b| b.is_ascii_alphabetic() || **b == b'_').count();
    let value = rest[length..].strip_prefix(b"\"")?.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    (length > 0 && value.first().is_some_and(|b| matches!(b, b'"' | b'[' | b'{'))).then_some(&rest[..length])
}

/// `time="…" level=error msg="text"`: quoted values of the pairs at the head of the line.
fn logfmt(text: &Text) -> Members {
    let bytes = &text.bytes;
    let mut members = Members::new();
    let mut i = 0;
    loop {
        let key = bytes[i..].iter().take_while(|b| b.is_ascii_alphanumeric() || b"_.@-".contains(b)).count();
        if key == 0 || bytes.get(i + key) != Some(&b'=') {
            return members;
        }
        let name = &bytes[i..i + key];
        i += key + 1;
        if bytes.get(i) == Some(&b'"') {
            let (value, after) = string(text, i + 1);
            if is_text_key(name) {
                members.push((name.to_vec(), value));
            }
            i = after.min(bytes.len());
        } else {
            i += bytes[i..].iter().take_while(|b| **b != b' ').count();
        }
        i += blanks(&bytes[i..]);
    }
}

fn blanks(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| b.is_ascii_whitespace()).count()
}

/// The string whose first byte stands at `start`, decoded, and the offset behind its closing quote
/// (or of the end, where it has none).
fn string(text: &Text, start: usize) -> (Text, usize) {
    let bytes = &text.bytes;
    let mut value = Text::default();
    let mut i = start;
    while i < bytes.len() && bytes[i] != b'"' {
        let at = text.at[i];
        if bytes[i] != b'\\' {
            value.push(bytes[i], at);
            i += 1;
            continue;
        }
        let Some(escape) = bytes.get(i + 1) else {
            // An escape that was cut off says nothing.
            return (value, bytes.len());
        };
        let plain = match escape {
            b'"' | b'\\' | b'/' => Some(*escape),
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            b'b' => Some(8),
            b'f' => Some(12),
            b'a' => Some(7),
            b'v' => Some(11),
            _ => None,
        };
        i += 2;
        if let Some(byte) = plain {
            value.push(byte, at);
        } else if let Some((decoded, length)) = numeric(*escape, &bytes[i..]) {
            for byte in decoded {
                value.push(byte, at);
            }
            i += length;
        } else {
            value.push(b'\\', at);
            value.push(*escape, text.at[i - 1]);
        }
    }
    (value, i + 1)
}

/// `\u00e4` (a lone surrogate becomes U+FFFD) and `\x1b`.
fn numeric(escape: u8, rest: &[u8]) -> Option<(Vec<u8>, usize)> {
    match escape {
        b'x' => hex(rest, 2).and_then(|n| u8::try_from(n).ok()).map(|byte| (vec![byte], 2)),
        b'u' => {
            let unit = hex(rest, 4)?;
            let pair = rest.get(4..).and_then(|low| low.strip_prefix(b"\\u")).and_then(|low| hex(low, 4));
            let (code, length) = match pair {
                Some(low) if (0xd800..0xdc00).contains(&unit) && (0xdc00..0xe000).contains(&low) => {
                    (0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), 10)
                }
                _ => (unit, 4),
            };
            let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            Some((character.to_string().into_bytes(), length))
        }
        _ => None,
    }
}

fn hex(bytes: &[u8], count: usize) -> Option<u32> {
    bytes.get(..count)?.iter().try_fold(0, |n, b| Some(n * 16 + char::from(*b).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(raw: &str) -> Option<String> {
        open(&Text::raw(raw.as_bytes())).map(|text| String::from_utf8_lossy(&text.bytes).into_owned())
    }

    #[test]
    fn envelopes_open() {
        for (raw, said) in [
            (r#"{"log":"text\n","stream":"stderr","time":"x"}"#, "text"),
            (r#"{"time":"x","n":[1,{"msg":"no"}],"msg":"a \"b\" \u001b[1m"}"#, "a \"b\" \u{1b}[1m"),
            (r#"{"error":"why","msg":"what"}"#, "what: why"),
            (r#"{ "message" : "cut o"#, "cut o"),
            (r#"{ "message" : "cut off \"#, "cut off "),
            (r#"{"message":"😀 \ud83d\ude00 \q"}"#, "😀 😀 \\q"),
            (r#"time="2026" level=error msg="text \"q\"""#, "text \"q\""),
            (r#"level=error msg="a" error="b""#, "a: b"),
            (r#""log": "text\n","#, "text"),
        ] {
            assert_eq!(opened(raw).as_deref(), Some(said), "{raw}");
        }
    }

    #[test]
    fn what_is_no_envelope() {
        for raw in [
            "",
            "text",
            "{",
            "{}",
            r#"{"key":"text"}"#,
            r#"{"n":1,"k":"#,
            "level=error",
            "msg=text",
            "a b=\"c\"",
            r#""name": "x""#,
        ] {
            assert_eq!(opened(raw), None, "{raw}");
        }
    }
}
