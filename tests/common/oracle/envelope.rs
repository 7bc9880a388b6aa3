//! The envelopes of the oracle: JSON of whatever shape, Python's literals, logfmt, the messages of
//! `TeamCity`; one in another.

use super::{Byte, Regex, bytes, is_handed_to_container};
use regex::bytes::Captures;
use std::sync::LazyLock;

/// Keys whose value is what was said, and those whose value is the error that it was said about.
const SAID: &str = "msg message MESSAGE log line text short_message full_message output Output stdout stderr \
    stdout_lines stderr_lines body stringValue event content textPayload @message @m _raw out data";
const ERROR: &str = "error err";

fn is_one_of(keys: &str, key: &[u8]) -> bool {
    keys.split(' ').any(|known| known.as_bytes() == key)
}

/// How many bytes stand in front of an envelope, and the lines that it holds.
pub(super) struct Envelope {
    pub(super) in_front: usize,
    pub(super) said: Vec<Byte>,
}

/// A string, the key it stands under, and the offset of its opening quote in the line.
struct Member {
    key: Vec<u8>,
    value: Vec<Byte>,
    quote: usize,
}

impl Member {
    fn is_said(&self) -> bool {
        is_one_of(SAID, &self.key)
    }

    fn is_error(&self) -> bool {
        is_one_of(ERROR, &self.key)
    }

    /// `o` and `error` say nothing; the rule around an excerpt does.
    fn is_more_than_a_word(&self) -> bool {
        let value = bytes(&self.value);
        re!("[^0-9A-Za-z:._-]").is_match(value.trim_ascii()) || value.trim_ascii() == b"------"
    }
}

/// The envelope that a line is, or that words of its own precede.
pub(super) fn open(head: &[Byte]) -> Option<Envelope> {
    let all = bytes(head);
    // An object or an array, or a member of one that was printed over several lines.
    let json_head = re!(
        r"^(?:\{",
        blanks!(),
        r#"["']|\["#,
        blanks!(),
        r#"["'\[{0-9]|"[A-Za-z_@]+""#,
        blanks!(),
        ":",
        blanks!(),
        r#"["\[{])"#
    );
    let (in_front, members) = if all.starts_with(b"##teamcity[") {
        (0, service_message(head))
    } else if json_head.is_match(&all) {
        (0, json(head))
    } else if matches!(all.first()?, b'"' | b'\'') {
        (0, element(head))
    } else if let Some(pairs) = logfmt(head) {
        (0, pairs)
    } else if let Some(value) = keyed(head) {
        (0, vec![value])
    } else {
        embedded(head)?
    };
    let said = said(members);
    // An object that says nothing belongs to the words in front of it; one on its own is no envelope.
    if in_front == 0 && said.is_none() {
        return None;
    }
    Some(Envelope { in_front, said: said.unwrap_or_default() })
}

/// What the members say, a line each; a message and its errors are one line, joined as Go joins them.
/// Where no key is known every string of more than a word counts, behind its quote.
fn said(members: Vec<Member>) -> Option<Vec<Byte>> {
    let known = members.iter().any(|member| member.is_said() || member.is_error());
    let joined = known && members.iter().filter(|member| member.is_said()).count() == 1;
    let (said, others): (Vec<Member>, Vec<Member>) = members.into_iter().partition(Member::is_said);
    let others =
        others.into_iter().filter(|member| member.is_error() || !known && member.is_more_than_a_word());
    let lines = said.into_iter().chain(others).map(|Member { mut value, quote, .. }| {
        // The line break at the end of an entry ends its last line and begins none.
        value.truncate(value.len() - usize::from(bytes(&value).ends_with(b"\n")));
        let put = |text: &str| text.bytes().map(|byte| (byte, quote)).collect::<Vec<Byte>>();
        let value = [put(if known { "" } else { "\"" }), value].concat();
        (put(if joined { ": " } else { "\n" }), value)
    });
    lines.reduce(|whole, (between, line)| (whole.0, [whole.1, between, line].concat())).map(|(_, said)| said)
}

/// The string that a match on `text` holds, under `key`.
fn member(key: &[u8], found: &Captures, text: &[Byte]) -> Member {
    let value = found.name("double").or(found.name("single")).unwrap();
    Member { key: key.to_vec(), value: decoded(&text[value.range()]), quote: text[value.start() - 1].1 }
}

/// The strings of JSON or of a Python literal, at any depth, each under the key that came last.
fn json(text: &[Byte]) -> Vec<Member> {
    let all = bytes(text);
    let strings = if re!(r#"^[^"']*'"#).is_match(&all) {
        re!("(?:", either_string!(), ")(?P<colon>", blanks!(), "(?::|=>))?")
    } else {
        re!(string!("double", "\"", r"\\"), "(?P<colon>", blanks!(), "(?::|=>))?")
    };
    let mut members = Vec::new();
    let mut key = Vec::new();
    for string in strings.captures_iter(&all) {
        let member = member(&key, &string, text);
        if string.name("colon").is_some() {
            key = bytes(&member.value);
        } else {
            members.push(member);
        }
    }
    members
}

/// `"text",`: an element of an array that was printed over several lines.
fn element(text: &[Byte]) -> Vec<Member> {
    let all = bytes(text);
    let found = re!("^(?:", either_string!(), ")", element_end!()).captures(&all);
    // A string that the line cuts off may go on in anything.
    let closed = re!(r#"^(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"#).is_match(&all);
    found.iter().filter(|_| closed).map(|found| member(b"", found, text)).collect()
}

/// `stderr: 'text',`.
fn keyed(text: &[Byte]) -> Option<Member> {
    let all = bytes(text);
    let found = re!(r"^(?P<key>[0-9A-Za-z_@-]+):[\t\n\x0C\r ]+(?:", either_string!(), ")", element_end!())
        .captures(&all)?;
    let found = member(&found["key"], &found, text);
    (found.is_said() || found.is_error()).then_some(found)
}

/// An object (`FAILED! => {"stderr":…`) or Python's bytes (`stderr=b'…'`), where no container's words begin
/// in front of it.
fn embedded(text: &[Byte]) -> Option<(usize, Vec<Member>)> {
    let all = bytes(text);
    let found = re!(
        concat!("(?:=|", boundary!(), r#")(?P<literal>b["'])"#),
        concat!("|", boundary!(), r"(?P<object>\{", blanks!(), r#"["'])"#)
    )
    .captures(&all)?;
    let at = found.name("literal").or(found.name("object")).unwrap().start();
    if is_handed_to_container(&all, at + 1) {
        return None;
    }
    if all[at] == b'{' {
        return Some((at, json(&text[at..])));
    }
    let literal = &text[at + 1..];
    let string = bytes(literal);
    let string = re!("^(?:", either_string!(), ")").captures(&string)?;
    Some((at, vec![member(b"stderr", &string, literal)]))
}

/// `time="…" level=error msg="text"`: the quoted values of the pairs at the head of a line, where one of
/// them is a text.
fn logfmt(text: &[Byte]) -> Option<Vec<Member>> {
    let pair = re!("^(?P<key>[0-9A-Za-z_.@-]+)=(?:", string!("double", "\"", r"\\"), "|[^ ]*)", blanks!());
    let mut members = Vec::new();
    let mut rest = text;
    while let Some(found) = pair.captures(&bytes(rest)) {
        members.extend(found.name("double").map(|_| member(&found["key"], &found, rest)));
        rest = &rest[found[0].len()..];
    }
    members.iter().any(|member| member.is_said() || member.is_error()).then_some(members)
}

/// `##teamcity[message text='…' status='ERROR']`, whose escapes begin with a bar.
fn service_message(text: &[Byte]) -> Vec<Member> {
    let all = bytes(text);
    let value = re!("(?P<before>[^']*)", string!("single", "'", r"\|"));
    let texts = value.captures_iter(&all).filter(|value| {
        re!("(?:^| )(?:text|description|details|errorDetails)=\\z").is_match(&value["before"])
    });
    texts
        .map(|found| {
            let value = found.name("single").unwrap();
            let decoded = with_escapes(&text[value.range()], re!(r"\|."));
            Member { key: b"msg".to_vec(), value: decoded, quote: text[value.start() - 1].1 }
        })
        .collect()
}

/// The text of a string with its escapes, those of JSON, Go and Python.
fn decoded(text: &[Byte]) -> Vec<Byte> {
    let escapes = re!(
        r"\\(?:u[dD][89ABab][0-9A-Fa-f]{2}\\u[dD][C-Fc-f][0-9A-Fa-f]{2}",
        r"|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)"
    );
    with_escapes(text, escapes)
}

fn with_escapes(text: &[Byte], escapes: &Regex) -> Vec<Byte> {
    let raw = bytes(text);
    let hex = |digits: &[u8]| u16::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap();
    let mut whole = Vec::new();
    let mut end = 0;
    for escape in escapes.find_iter(&raw) {
        whole.extend(&text[end..escape.start()]);
        end = escape.end();
        let plain = match escape.as_bytes() {
            [_, b'u', unit @ ..] if unit.len() == 4 => String::from_utf16_lossy(&[hex(unit)]).into_bytes(),
            [_, b'u', pair @ ..] if pair.len() == 10 => {
                String::from_utf16_lossy(&[hex(&pair[..4]), hex(&pair[6..])]).into_bytes()
            }
            [_, b'x', byte @ ..] if byte.len() == 2 => hex(byte).to_be_bytes()[1..].to_vec(),
            [_, b'n'] => b"\n".to_vec(),
            [_, b'r'] => b"\r".to_vec(),
            [_, b't'] => b"\t".to_vec(),
            [_, b'b'] => b"\x08".to_vec(),
            [_, b'f'] => b"\x0C".to_vec(),
            [_, b'a'] => b"\x07".to_vec(),
            [_, b'v'] => b"\x0B".to_vec(),
            [_, plain] if b"\"'\\/|[]".contains(plain) => vec![*plain],
            // No escape.
            _ => {
                whole.extend(&text[escape.range()]);
                continue;
            }
        };
        whole.extend(plain.iter().map(|byte| (*byte, text[escape.start()].1)));
    }
    whole.extend(&text[end..]);
    whole
}
