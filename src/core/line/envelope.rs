//! Lines that a transport wrapped whole: JSON in whatever shape, Python's literals, logfmt.

use super::{
    Signs,
    text::{Remade, Text},
    voice::{self, Handed},
};

/// Whether a value under this key is what was said. CI systems, log shippers and wrappers differ in the key, and in how
/// deep it stands.
fn is_said_key(key: &[u8]) -> bool {
    matches!(
        key,
        b"msg"
            | b"message"
            | b"MESSAGE"
            | b"log"
            | b"line"
            | b"text"
            | b"short_message"
            | b"full_message"
            | b"output"
            | b"Output"
            | b"stdout"
            | b"stderr"
            | b"stdout_lines"
            | b"stderr_lines"
            | b"body"
            | b"stringValue"
            | b"event"
            | b"content"
            | b"textPayload"
            | b"@message"
            | b"@m"
            | b"_raw"
            | b"out"
            | b"data"
    )
}

/// Whether a value under this key is the error that it was said about.
fn is_error_key(key: &[u8]) -> bool {
    matches!(key, b"error" | b"err")
}

/// Keys of progress JSON whose value is a step's name or a warning about the Dockerfile.
const PROGRESS: [&[u8]; 4] = [b"name", b"id", b"short", b"detail"];

/// Whether a value under this key is what somebody said.
pub(super) fn is_text_key(key: &[u8]) -> bool {
    is_said_key(key) || is_error_key(key)
}

/// Whether a value under this key, on a line of its own, belongs to progress JSON that was printed
/// over several lines.
pub(crate) fn is_progress_key(key: &[u8]) -> bool {
    PROGRESS.contains(&key)
}

/// A line that was opened.
#[derive(Debug)]
pub(crate) struct Opened {
    /// How many bytes of the line stand in front of the envelope.
    pub(crate) in_front: usize,
    /// What was said, as lines.
    pub(crate) said: Remade,
}

/// Opens the envelope that `text` (freed of prefixes) is, or holds behind words of its own. `None`
/// where there is none, where it says nothing, or where it is a container's.
pub(crate) fn open(text: Text) -> Option<Opened> {
    let bytes = text.bytes;
    let (in_front, members) = match bytes.first()? {
        b'"' if member_key(bytes).is_some() => (0, json(text, 0)),
        b'"' | b'\'' => (0, element(text)),
        b'#' if bytes.starts_with(b"##teamcity[") => (0, service_message(text)),
        _ if begins_json(bytes) => (0, json(text, 0)),
        _ => {
            let pairs = logfmt(text);
            if pairs.iter().any(Member::is_text) { (0, pairs) } else { embedded(text)? }
        }
    };
    let said = said(members);
    // An object behind words of its own is theirs (`…: read-only file system {"attempt": "1"}`).
    let said = if in_front > 0 { said.unwrap_or_default() } else { said? };
    Some(Opened { in_front, said })
}

/// A string, and the key it stands under.
struct Member {
    key: Vec<u8>,
    value: Remade,
    /// The raw offset of the opening quote.
    quote: u32,
}

type Members = Vec<Member>;

impl Member {
    fn is_text(&self) -> bool {
        is_text_key(&self.key)
    }

    /// `o` and `error` say nothing; the rule around an excerpt does.
    fn is_more_than_a_word(&self) -> bool {
        let value = self.value.bytes.trim_ascii();
        value.iter().any(|b| !b.is_ascii_alphanumeric() && !b":._-".contains(b)) || value == b"------"
    }
}

/// What the members say, a line each. A message and its errors are one line, joined with `: ` as Go
/// joins them. Where no key is known every string of more than a word counts, behind its quote: what
/// such a string begins with may be a mere mention.
fn said(members: Members) -> Option<Remade> {
    let known = members.iter().any(Member::is_text);
    let messages = members.iter().filter(|m| is_said_key(&m.key)).count();
    let (mut lines, errors): (Members, Members) = if known {
        members.into_iter().filter(Member::is_text).partition(|m| is_said_key(&m.key))
    } else {
        (members.into_iter().filter(Member::is_more_than_a_word).collect(), Members::new())
    };
    lines.extend(errors);
    let (between, quote): (&[u8], &[u8]) = match (known, messages) {
        (true, 1) => (b": ", b""),
        (true, _) => (b"\n", b""),
        (false, _) => (b"\n", b"\""),
    };
    let mut said: Option<Remade> = None;
    for mut member in lines {
        // The end of a json-file entry's line. Left in, it would begin another, empty one.
        if member.value.bytes.ends_with(b"\n") {
            member.value.pop();
        }
        if said.is_none() && quote.is_empty() {
            said = Some(member.value);
            continue;
        }
        // What was put there stands where the string begins.
        let between = if said.is_some() { between } else { b"" };
        let said = said.get_or_insert_default();
        for byte in between.iter().chain(quote) {
            said.push(*byte, member.quote);
        }
        said.append(member.value);
    }
    said
}

/// `{"`, `[{`, `["`, `[1.5, "`; with Python's quotes too.
fn begins_json(bytes: &[u8]) -> bool {
    let next = |from: usize| bytes[from..].iter().find(|b| !b.is_ascii_whitespace());
    match bytes.first() {
        Some(b'{') => matches!(next(1), Some(b'"' | b'\'')),
        Some(b'[') => matches!(next(1), Some(b'"' | b'\'' | b'{' | b'[' | b'0'..=b'9')),
        _ => false,
    }
}

/// What words of its own precede: an object (`fatal: [host]: FAILED! => {"stderr":…`), a value under
/// a key that is known (`stderr: '…'`), Python's bytes (`stderr: b'…'`).
fn embedded(text: Text) -> Option<(usize, Members)> {
    let bytes = text.bytes;
    let key = bytes.iter().take_while(|b| b.is_ascii_alphanumeric() || b"_-@".contains(b)).count();
    let quote = key + 1 + bytes.get(key + 1..).map_or(0, blanks);
    let keyed = bytes.get(key) == Some(&b':') && quote > key + 1 && is_text_key(&bytes[..key]);
    if keyed && matches!(bytes.get(quote), Some(b'"' | b'\'')) {
        let (value, after) = string(text, quote + 1, bytes[quote]);
        // `error: "app" failed: …` is a statement.
        if bytes.get(after..).is_none_or(ends_an_element) {
            return Some((0, vec![Member { key: bytes[..key].to_vec(), value, quote: text.at(quote) }]));
        }
    }
    let start = memchr::memchr2_iter(b'{', b'b', bytes).find(|at| {
        let literal = bytes[*at] == b'b' && matches!(bytes.get(at + 1), Some(b'"' | b'\''));
        let object = bytes[*at] == b'{' && begins_json(&bytes[*at..]);
        (literal && bytes[..*at].ends_with(b"=")) || ((literal || object) && voice::boundary(bytes, *at))
    })?;
    if Handed::of(bytes, Signs::ALL).is_container(start + 1) {
        return None;
    }
    if bytes[start] == b'{' {
        return Some((start, json(text, start)));
    }
    let (value, _) = string(text, start + 2, bytes[start + 1]);
    Some((start, vec![Member { key: b"stderr".to_vec(), value, quote: text.at(start + 1) }]))
}

/// The strings of the JSON that begins at `start`, at any depth. Lenient: what is cut off or malformed
/// says what it says.
fn json(text: Text, start: usize) -> Members {
    let bytes = text.bytes;
    let python = bytes[start..].iter().find(|b| matches!(b, b'"' | b'\'')) == Some(&b'\'');
    let mut members = Members::with_capacity(4);
    let (mut key, mut i) = (Vec::new(), start);
    while let Some(quote) = bytes
        .get(i..)
        .and_then(|rest| if python { memchr::memchr2(b'"', b'\'', rest) } else { memchr::memchr(b'"', rest) })
    {
        let quote = i + quote;
        let (value, after) = string(text, quote + 1, bytes[quote]);
        i = after;
        let next = after + bytes.get(after..).map_or(0, blanks);
        let rest = bytes.get(next..).unwrap_or_default();
        if rest.starts_with(b":") || rest.starts_with(b"=>") {
            key = value.bytes;
        } else {
            members.push(Member { key: key.clone(), value, quote: text.at(quote) });
        }
    }
    members
}

/// `"text",` or `'text'`, an element of an array that was printed over several lines.
fn element(text: Text) -> Members {
    let (value, after) = string(text, 1, text.bytes[0]);
    if text.bytes.get(after..).is_some_and(ends_an_element) {
        vec![Member { key: Vec::new(), value, quote: text.at(0) }]
    } else {
        Members::new()
    }
}

/// Whether nothing but a comma or a bracket stands behind a value.
fn ends_an_element(behind: &[u8]) -> bool {
    matches!(behind.trim_ascii(), b"" | b"," | b"]")
}

/// `##teamcity[message text='…' status='ERROR']`: the values of a service message, whose escapes begin
/// with a bar.
fn service_message(text: Text) -> Members {
    const KEYS: [&[u8]; 4] = [b"text", b"description", b"details", b"errorDetails"];
    let bytes = text.bytes;
    let mut members = Members::new();
    let mut i = 0;
    while let Some(quote) = bytes.get(i..).and_then(|rest| memchr::memchr(b'\'', rest)).map(|at| i + at) {
        let (value, after) = escaped(text, quote + 1, b'\'', b'|');
        let key = bytes[i..quote].strip_suffix(b"=").and_then(|key| key.rsplit(|b| *b == b' ').next());
        if key.is_some_and(|key| KEYS.contains(&key)) {
            members.push(Member { key: b"msg".to_vec(), value, quote: text.at(quote) });
        }
        i = after;
    }
    members
}

/// The key of `"name": "…`, a member that stands on a line of its own.
pub(crate) fn member_key(head: &[u8]) -> Option<&[u8]> {
    let rest = head.strip_prefix(b"\"")?;
    let length = rest.iter().take_while(|b| b.is_ascii_alphabetic() || b"_@".contains(b)).count();
    let value = rest[length..].strip_prefix(b"\"")?.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    (length > 0 && value.first().is_some_and(|b| matches!(b, b'"' | b'[' | b'{'))).then_some(&rest[..length])
}

/// `time="…" level=error msg="text"`: quoted values of the pairs at the head of the line.
fn logfmt(text: Text) -> Members {
    let bytes = text.bytes;
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
            let (value, after) = string(text, i + 1, b'"');
            members.push(Member { key: name.to_vec(), value, quote: text.at(i) });
            i = after.min(bytes.len());
        } else {
            i += bytes[i..].iter().take_while(|b| **b != b' ').count();
        }
        i += blanks(&bytes[i..]);
    }
}

pub(super) fn blanks(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| b.is_ascii_whitespace()).count()
}

/// The string whose first byte stands at `start`, decoded, and the offset behind its closing quote
/// (beyond the end, where it has none).
fn string(text: Text, start: usize, quote: u8) -> (Remade, usize) {
    escaped(text, start, quote, b'\\')
}

fn escaped(text: Text, start: usize, quote: u8, introducer: u8) -> (Remade, usize) {
    let bytes = text.bytes;
    let end = memchr::memchr(quote, &bytes[start..]).unwrap_or_default();
    let mut value = Remade::with_room(end);
    let mut i = start;
    while i < bytes.len() && bytes[i] != quote {
        let at = text.at(i);
        if bytes[i] != introducer {
            let plain = memchr::memchr2(quote, introducer, &bytes[i..]).unwrap_or(bytes.len() - i);
            value.extend(text, i, i + plain);
            i += plain;
            continue;
        }
        let Some(escape) = bytes.get(i + 1) else {
            // An escape that was cut off says nothing.
            return (value, bytes.len() + 1);
        };
        let plain = match escape {
            b'"' | b'\'' | b'\\' | b'/' | b'|' | b'[' | b']' => Some(*escape),
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
        } else if let Some((decoded, length)) = numeric(*escape, &bytes[i..]).filter(|_| introducer == b'\\')
        {
            for byte in decoded {
                value.push(byte, at);
            }
            i += length;
        } else {
            // No escape.
            value.push(introducer, at);
            value.push(*escape, text.at(i - 1));
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
        let said = open(Text::raw(raw.as_bytes()))?.said;
        Some(String::from_utf8_lossy(&said.bytes).into_owned())
    }

    #[test]
    fn envelopes_open() {
        for (raw, said) in [
            (r#"{"log":"text\n","stream":"stderr","time":"x"}"#, "text"),
            (r#"{"time":"x","n":[1,{"k":"no"}],"msg":"a \"b\" \u001b[1m"}"#, "a \"b\" \u{1b}[1m"),
            (r#"{"error":"why","msg":"what"}"#, "what: why"),
            (r#"{ "message" : "cut o"#, "cut o"),
            (r#"{ "message" : "cut off \"#, "cut off "),
            (r#"{"message":"😀 \ud83d\ude00 \q"}"#, "😀 😀 \\q"),
            (r#"time="2026" level=error msg="text \"q\"""#, "text \"q\""),
            (r#"level=error msg="a" error="b""#, "a: b"),
            (r#""log": "text\n","#, "text"),
            // At any depth, and several of them.
            (r#"{"jsonPayload":{"message":"text"},"severity":"ERROR"}"#, "text"),
            (r#"{"cmd":["no"],"msg":"a","stderr":"b\nc","error":"d"}"#, "a\nb\nc\nd"),
            (r#"[{"message":"text","type":"err"}]"#, "text"),
            (r#"fatal: [h]: FAILED! => {"rc": 1, "stderr": "text"}"#, "text"),
            (r#"docker.ci: {"log"=>"text"}"#, "text"),
            (r#"##vso[task.logissue type=error]{"error":"text"}"#, "text"),
            // Other programs' quotes.
            (r"  stderr: 'it\'s text\n',".trim_start(), "it's text"),
            (r#"{'rc': 1, 'stderr': "it's text\n"}"#, "it's text"),
            (r"stderr: 'it is \", "it is "),
            (r"stderr=b'a\nb\n'", "a\nb"),
            (r"stderr=b'a\x1b[1m\a\v b'", "a\u{1b}[1m\u{7}\u{b} b"),
            (r#"{"message":"a \q"#, "a \\q"),
            (r#"{"message":"a\t\b\f\/b"}"#, "a\t\u{8}\u{c}/b"),
            (r#"{"message":"\ud83d\u0041 \udc00 x"}"#, "\u{fffd}A \u{fffd} x"),
            (r"##teamcity[message text='it|'s a||b|n' status='ERROR']", "it's a|b"),
            // Under a key that nobody knows a string keeps its quote.
            (r#"{"key":"a text","k":"word"}"#, "\"a text"),
            (r#"[1.5, "o", "a text\r\n"]"#, "\"a text\r"),
            (r#""a text","#, "\"a text"),
            (r#""key": "a text","#, "\"a text"),
        ] {
            assert_eq!(opened(raw).as_deref(), Some(said), "{raw}");
        }
    }

    #[test]
    fn what_was_said_stands_where_it_was_spelled() {
        let raw = r#"{"message":"a\q \n b\u0020c\'"}"#;
        let Some(opened) = open(Text::raw(raw.as_bytes())) else { panic!("{raw}") };
        let said = opened.said.text();
        let spelled = (0..said.bytes.len()).map(|i| &raw[said.at(i) as usize..]);
        for (spelled, demanded) in spelled.zip(["a", r"\q", "q", " ", r"\n", " ", "b", r"\u0020", "c", r"\'"])
        {
            assert!(spelled.starts_with(demanded), "{spelled} {demanded}");
        }
    }

    #[test]
    fn what_is_no_envelope() {
        for raw in [
            "",
            "text",
            "{",
            "{}",
            r#"{"n":1,"k":"#,
            "{text}",
            "[text] \"text\"",
            "can't say 'text'",
            "'text' it says",
            "\"text",
            "##teamcity[testStarted name='text']",
            r#"MSG: "text""#,
            r#"reason: "a text""#,
            r#"error "a text""#,
            r#"error:"a text""#,
            r#"error: "text" it says"#,
            r#"docker build --build-arg MSG="text""#,
            r#""a text" it says"#,
            r#""a text\"#,
            r#"app: {"vertexes":[{"error":"text"}]}"#,
            r#"#7 0.412 {"msg":"text"}"#,
            r#"process "/bin/sh -c echo {\"msg\":\"text\"}"#,
            "level=error",
            "msg=text",
            "a b=\"c\"",
        ] {
            assert_eq!(opened(raw), None, "{raw}");
        }
    }
}
