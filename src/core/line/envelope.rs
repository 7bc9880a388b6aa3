//! Lines that a transport wrapped whole: JSON in whatever shape, Python's literals, logfmt.

use super::{
    Signs,
    handed::{Handed, boundary},
    text::{Put, Text},
};
use std::borrow::Cow;

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

/// Opens the envelope that `text` (freed of prefixes) is, or holds behind words of its own, and puts what it says as lines
/// into `said`, which is empty. Says how many bytes of the text stand in front of it. `None` where there is none, where it
/// says nothing, or where it is a container's.
pub(super) fn open(text: Text, said: &mut impl Put) -> Option<usize> {
    let bytes = text.bytes;
    let strings = |form| Strings { bytes, form, key: Key::Another, i: 0 };
    let (in_front, members) = match bytes.first()? {
        b'"' if member_key(bytes).is_some() => (0, json(bytes, 0)),
        b'"' | b'\'' => (0, element(bytes)?),
        b'#' if bytes.starts_with(b"##teamcity[") => (0, strings(Form::ServiceMessage)),
        _ if begins_json(bytes) => (0, json(bytes, 0)),
        _ => {
            let pairs = strings(Form::Logfmt);
            if pairs.clone().any(|member| member.is_text()) { (0, pairs) } else { embedded(bytes)? }
        }
    };
    // An object behind words of its own is theirs (`…: read-only file system {"attempt": "1"}`).
    (put(&members, text, said) || in_front > 0).then_some(in_front)
}

/// How much of a line an object of JSON takes up to the end of its first string, where that is opened and says something, as in a log of
/// containers: `{"log":"text\n","stream":…`. Where it is not sure there is none. Linear.
pub(super) fn first_string(line: &[u8]) -> Option<usize> {
    let rest = line.strip_prefix(b"{\"")?;
    let (key, value) = rest.split_at(memchr::memchr(b'"', rest)?);
    if !is_text_key(key) || !value.starts_with(b"\":\"") {
        return None;
    }
    let (_, end) = string(line, b"{\"\":".len() + key.len(), b'\\');
    matches!(line.get(end), Some(b',' | b'}')).then_some(end)
}

/// A string as it is spelled, without its quotes.
#[derive(Clone, Copy, Debug)]
struct Spelled<'t> {
    bytes: &'t [u8],
    /// Where it begins in the text.
    start: usize,
    /// What begins an escape, if there is one.
    introducer: Option<u8>,
}

impl<'t> Spelled<'t> {
    /// Puts what it spells, from `at`, behind what is there.
    fn put(self, text: Text, said: &mut impl Put) {
        let end = self.start + self.bytes.len();
        match self.introducer {
            None => said.extend(text, self.start, end),
            Some(introducer) => unescape(text, self.start, end, introducer, said),
        }
    }

    fn spells(self) -> Cow<'t, [u8]> {
        if self.introducer.is_none() {
            return Cow::Borrowed(self.bytes);
        }
        // No escape is shorter than what it spells.
        let mut said = Vec::with_capacity(self.bytes.len());
        Spelled { start: 0, ..self }.put(Text::raw(self.bytes), &mut said);
        Cow::Owned(said)
    }
}

/// What is asked of the key that a string stands under.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    /// [`is_said_key`].
    Said,
    /// [`is_error_key`].
    Error,
    Another,
}

impl Key {
    fn of(key: &[u8]) -> Self {
        if is_said_key(key) {
            Self::Said
        } else if is_error_key(key) {
            Self::Error
        } else {
            Self::Another
        }
    }
}

/// A string, and the key it stands under.
struct Member<'t> {
    key: Key,
    value: Spelled<'t>,
    /// Where the opening quote stands in the text.
    quote: usize,
}

/// The strings of an envelope, in their order, found one after the other: none is kept, however many they are.
#[derive(Clone)]
struct Strings<'t> {
    bytes: &'t [u8],
    form: Form,
    /// What the next stands under.
    key: Key,
    /// Where it is looked for.
    i: usize,
}

#[derive(Clone, Copy)]
enum Form {
    /// A single one, whose quote stands there.
    One,
    /// JSON, at any depth, or Python's literals, which have both quotes. Lenient: what is cut off or malformed says what it
    /// says.
    Json { python: bool },
    /// `##teamcity[message text='…' status='ERROR']`: the values of a service message, whose escapes begin with a bar.
    ServiceMessage,
    /// `time="…" level=error msg="text"`: quoted values of the pairs at the head of the line.
    Logfmt,
}

impl<'t> Iterator for Strings<'t> {
    type Item = Member<'t>;

    fn next(&mut self) -> Option<Member<'t>> {
        match self.form {
            Form::One => self.one(),
            Form::Json { python } => self.json(python),
            Form::ServiceMessage => self.service_message(),
            Form::Logfmt => self.logfmt(),
        }
    }
}

impl<'t> Strings<'t> {
    fn one(&mut self) -> Option<Member<'t>> {
        let quote = self.i;
        self.bytes.get(quote)?;
        self.i = usize::MAX;
        let (value, _) = string(self.bytes, quote, b'\\');
        Some(Member { key: self.key, value, quote })
    }

    fn json(&mut self, python: bool) -> Option<Member<'t>> {
        loop {
            let rest = self.bytes.get(self.i..)?;
            let quote = if python { memchr::memchr2(b'"', b'\'', rest) } else { memchr::memchr(b'"', rest) };
            let quote = self.i + quote?;
            let (value, after) = string(self.bytes, quote, b'\\');
            self.i = after;
            let behind = self.bytes.get(after..).unwrap_or_default();
            let behind = &behind[blanks(behind)..];
            if !behind.starts_with(b":") && !behind.starts_with(b"=>") {
                return Some(Member { key: self.key, value, quote });
            }
            self.key = Key::of(&value.spells());
        }
    }

    fn service_message(&mut self) -> Option<Member<'t>> {
        const KEYS: [&[u8]; 4] = [b"text", b"description", b"details", b"errorDetails"];
        loop {
            let quote = self.i + memchr::memchr(b'\'', self.bytes.get(self.i..)?)?;
            let (value, after) = string(self.bytes, quote, b'|');
            let key = self.bytes[self.i..quote].strip_suffix(b"=");
            self.i = after;
            if key.and_then(|key| key.rsplit(|b| *b == b' ').next()).is_some_and(|key| KEYS.contains(&key)) {
                return Some(Member { key: Key::Said, value, quote });
            }
        }
    }

    fn logfmt(&mut self) -> Option<Member<'t>> {
        loop {
            let rest = &self.bytes[self.i..];
            let key = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || b"_.@-".contains(b)).count();
            if key == 0 || rest.get(key) != Some(&b'=') {
                return None;
            }
            let at = self.i + key + 1;
            let (value, after) = if self.bytes.get(at) == Some(&b'"') {
                let (value, after) = string(self.bytes, at, b'\\');
                (Some(value), after.min(self.bytes.len()))
            } else {
                (None, at + self.bytes[at..].iter().take_while(|b| **b != b' ').count())
            };
            self.i = after + blanks(&self.bytes[after..]);
            if let Some(value) = value {
                return Some(Member { key: Key::of(&rest[..key]), value, quote: at });
            }
        }
    }
}

impl Member<'_> {
    fn is_text(&self) -> bool {
        self.key != Key::Another
    }

    /// `o` and `error` say nothing; the rule around an excerpt does.
    fn is_more_than_a_word(&self) -> bool {
        let value = self.value.spells();
        let value = value.trim_ascii();
        value.iter().any(|b| !b.is_ascii_alphanumeric() && !b":._-".contains(b)) || value == b"------"
    }
}

/// Puts what the members say, a line each. A message and its errors are one line, joined with `: ` as Go
/// joins them. Where no key is known every string of more than a word counts, behind its quote: what
/// such a string begins with may be a mere mention. Says whether there is anything.
fn put(members: &Strings, text: Text, said: &mut impl Put) -> bool {
    let (mut messages, mut errors) = (0_usize, 0_usize);
    for member in members.clone() {
        messages += usize::from(member.key == Key::Said);
        errors += usize::from(member.key == Key::Error);
    }
    let under = |key, count| members.clone().filter(move |member| member.key == key).take(count);
    // Of a short line all of it.
    said.reserve(text.bytes.len().min(512));
    let mut is_first = true;
    let mut line = |member: Member, between: &[u8], quote: &[u8]| {
        // What was put there stands where the string begins.
        let at = text.at(member.quote);
        let between = if is_first { b"" } else { between };
        is_first = false;
        for byte in between.iter().chain(quote) {
            said.push(*byte, at);
        }
        let start = said.bytes().len();
        member.value.put(text, said);
        // The end of a json-file entry's line. Left in, it would begin another, empty one.
        if said.bytes()[start..].ends_with(b"\n") {
            said.pop();
        }
    };
    if messages + errors > 0 {
        let between: &[u8] = if messages == 1 { b": " } else { b"\n" };
        for member in under(Key::Said, messages).chain(under(Key::Error, errors)) {
            line(member, between, b"");
        }
    } else {
        for member in members.clone().filter(Member::is_more_than_a_word) {
            line(member, b"\n", b"\"");
        }
    }
    !is_first
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
fn embedded(bytes: &[u8]) -> Option<(usize, Strings<'_>)> {
    let key = bytes.iter().take_while(|b| b.is_ascii_alphanumeric() || b"_-@".contains(b)).count();
    let quote = key + 1 + bytes.get(key + 1..).map_or(0, blanks);
    let keyed = bytes.get(key) == Some(&b':') && quote > key + 1 && is_text_key(&bytes[..key]);
    if keyed && matches!(bytes.get(quote), Some(b'"' | b'\'')) {
        let (_, after) = string(bytes, quote, b'\\');
        // `error: "app" failed: …` is a statement.
        if bytes.get(after..).is_none_or(ends_an_element) {
            return Some((0, Strings { bytes, form: Form::One, key: Key::of(&bytes[..key]), i: quote }));
        }
    }
    let start = memchr::memchr2_iter(b'{', b'b', bytes).find(|at| {
        let literal = bytes[*at] == b'b' && matches!(bytes.get(at + 1), Some(b'"' | b'\''));
        let object = bytes[*at] == b'{' && begins_json(&bytes[*at..]);
        (literal && bytes[..*at].ends_with(b"=")) || ((literal || object) && boundary(bytes, *at))
    })?;
    if Handed::up_to(bytes, start + 1, Signs::ALL).is_container(start + 1) {
        return None;
    }
    let literal = Strings { bytes, form: Form::One, key: Key::Said, i: start + 1 };
    Some((start, if bytes[start] == b'{' { json(bytes, start) } else { literal }))
}

/// The strings of the JSON that begins at `start`.
fn json(bytes: &[u8], start: usize) -> Strings<'_> {
    let python = bytes[start..].iter().find(|b| matches!(b, b'"' | b'\'')) == Some(&b'\'');
    Strings { bytes, form: Form::Json { python }, key: Key::Another, i: start }
}

/// `"text",` or `'text'`, an element of an array that was printed over several lines.
fn element(bytes: &[u8]) -> Option<Strings<'_>> {
    let (_, after) = string(bytes, 0, b'\\');
    let ends = bytes.get(after..).is_some_and(ends_an_element);
    ends.then_some(Strings { bytes, form: Form::One, key: Key::Another, i: 0 })
}

/// Whether nothing but a comma or a bracket stands behind a value.
fn ends_an_element(behind: &[u8]) -> bool {
    matches!(behind.trim_ascii(), b"" | b"," | b"]")
}

/// The key of `"name": "…`, a member that stands on a line of its own.
pub(crate) fn member_key(head: &[u8]) -> Option<&[u8]> {
    let rest = head.strip_prefix(b"\"")?;
    let length = rest.iter().take_while(|b| b.is_ascii_alphabetic() || b"_@".contains(b)).count();
    let value = rest[length..].strip_prefix(b"\"")?.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    (length > 0 && value.first().is_some_and(|b| matches!(b, b'"' | b'[' | b'{'))).then_some(&rest[..length])
}

pub(super) fn blanks(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| b.is_ascii_whitespace()).count()
}

/// The string whose opening quote stands at `quote`, and the offset behind its closing one (beyond the end, where it has
/// none).
fn string(bytes: &[u8], quote: usize, introducer: u8) -> (Spelled<'_>, usize) {
    let start = quote + 1;
    let mut escapes = None;
    let mut i = start;
    while let Some(at) = bytes.get(i..).and_then(|rest| memchr::memchr2(bytes[quote], introducer, rest)) {
        i += at;
        if bytes[i] != introducer {
            return (Spelled { bytes: &bytes[start..i], start, introducer: escapes }, i + 1);
        }
        escapes = Some(introducer);
        i += 2;
    }
    (Spelled { bytes: &bytes[start..], start, introducer: escapes }, bytes.len() + 1)
}

/// Puts what `text[start..end]` spells with escapes. One that was cut off says nothing.
pub(super) fn unescape(text: Text, start: usize, end: usize, introducer: u8, said: &mut impl Put) {
    let bytes = &text.bytes[..end];
    let mut room = [0; 4];
    let mut i = start;
    while i < end {
        let plain = memchr::memchr(introducer, &bytes[i..]).unwrap_or(end - i);
        said.extend(text, i, i + plain);
        i += plain;
        let Some(escape) = bytes.get(i + 1) else { return };
        let at = text.at(i);
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
            said.push(byte, at);
        } else if let Some((decoded, length)) =
            numeric(*escape, &bytes[i..], &mut room).filter(|_| introducer == b'\\')
        {
            for byte in decoded {
                said.push(*byte, at);
            }
            i += length;
        } else {
            // No escape.
            said.push(introducer, at);
            said.push(*escape, text.at(i - 1));
        }
    }
}

/// `\u00e4` (a lone surrogate becomes U+FFFD) and `\x1b`: what it spells, put into `room`, and how many digits.
fn numeric<'r>(escape: u8, rest: &[u8], room: &'r mut [u8; 4]) -> Option<(&'r [u8], usize)> {
    match escape {
        b'x' => {
            room[0] = hex(rest, 2).and_then(|n| u8::try_from(n).ok())?;
            Some((&room[..1], 2))
        }
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
            Some((character.encode_utf8(room).as_bytes(), length))
        }
        _ => None,
    }
}

fn hex(bytes: &[u8], count: usize) -> Option<u32> {
    bytes.get(..count)?.iter().try_fold(0, |n, b| Some(n * 16 + char::from(*b).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::{super::text::Remade, *};

    fn opened(raw: &str) -> Option<String> {
        let mut said = Vec::new();
        open(Text::raw(raw.as_bytes()), &mut said)?;
        Some(String::from_utf8_lossy(&said).into_owned())
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
        let mut said = Remade::default();
        assert_eq!(open(Text::raw(raw.as_bytes()), &mut said), Some(0));
        let said = said.text();
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
