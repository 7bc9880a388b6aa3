//! The envelopes of the oracle: docker json-file, NDJSON, logfmt, one in another.

use super::{Byte, Regex, bytes};
use regex::bytes::Captures;
use std::sync::LazyLock;

/// Keys whose value is what was said, and those whose value is the error that it was said about.
pub(super) const SAID: [&str; 8] =
    ["msg", "message", "MESSAGE", "log", "line", "text", "short_message", "full_message"];
pub(super) const ERROR: [&str; 2] = ["error", "err"];

pub(super) fn is_one_of(keys: &[&str], key: &[u8]) -> bool {
    keys.iter().any(|known| known.as_bytes() == key)
}

/// "Logfmt, a docker json-file or NDJSON envelope": what was said, then the errors, joined as Go joins
/// them. The line break at the end of an entry ends its last line and begins none.
pub(super) fn open(head: &[Byte]) -> Option<Vec<Byte>> {
    // A member of an object that was printed over several lines, an object, or pairs.
    let member = re!("^\"(?P<key>[A-Za-z_]+)\"", blanks!(), ":", blanks!(), "\"", string!("value"));
    let members = match head.first()?.0 {
        b'"' => member.captures(&bytes(head)).iter().map(|member| key_and_value(member, head)).collect(),
        b'{' => json(&head[1..]),
        _ => logfmt(head),
    };
    let under = |keys: &'static [&str]| members.iter().filter(move |(key, _)| is_one_of(keys, key));
    let values: Vec<&[Byte]> = under(&SAID).chain(under(&ERROR)).map(|(_, value)| &value[..]).collect();
    let mut said = values.join(&[(b':', 0), (b' ', 0)][..]);
    said.truncate(said.len() - usize::from(bytes(&said).ends_with(b"\n")));
    (!values.is_empty()).then_some(said)
}

type Member = (Vec<u8>, Vec<Byte>);

/// What the groups of a match on `text` hold.
fn key_and_value(found: &Captures, text: &[Byte]) -> Member {
    (
        bytes(&decoded(&text[found.name("key").unwrap().range()])),
        decoded(&text[found.name("value").unwrap().range()]),
    )
}

/// The members with a string value of an object, up to where it ends or is none.
fn json(mut rest: &[Byte]) -> Vec<Member> {
    let (key, value) = (
        re!(r"^[\t\n\x0C\r ,]*", "\"", string!("key"), blanks!(), ":", blanks!()),
        re!(r"^[\t\n\x0C\r ,]*", "\"", string!("key"), blanks!(), ":", blanks!(), "\"", string!("value")),
    );
    let mut members = Vec::new();
    loop {
        let text = bytes(rest);
        if let Some(found) = value.captures(&text) {
            members.push(key_and_value(&found, rest));
            rest = &rest[found[0].len()..];
        } else if let Some(found) = key.find(&text) {
            rest = &rest[found.end() + other_value(&text[found.end()..])..];
        } else {
            return members;
        }
    }
}

/// The length of a value that is no string.
fn other_value(text: &[u8]) -> usize {
    let mut depth = 0;
    for token in re!("\"", string!("quoted"), "|.").find_iter(text) {
        match token.as_bytes() {
            b"{" | b"[" => depth += 1,
            b"," | b"}" | b"]" if depth == 0 => return token.start(),
            b"}" | b"]" => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// `time="…" level=error msg="text"`: the pairs at the head of the line whose values are quoted.
fn logfmt(mut rest: &[Byte]) -> Vec<Member> {
    let pair = re!("^(?P<key>[0-9A-Za-z_.@-]+)=(?:\"", string!("value"), "|[^ ]*)", blanks!());
    let mut members = Vec::new();
    while let Some(found) = pair.captures(&bytes(rest)) {
        members.extend(found.name("value").map(|_| key_and_value(&found, rest)));
        rest = &rest[found[0].len()..];
    }
    members
}

/// The text of a string with its escapes, those of JSON and Go.
fn decoded(text: &[Byte]) -> Vec<Byte> {
    let raw = bytes(text);
    let hex = |digits: &[u8]| u16::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap();
    let mut whole = Vec::new();
    let mut end = 0;
    let escapes = re!(
        r"\\(?:u[dD][89ABab][0-9A-Fa-f]{2}\\u[dD][C-Fc-f][0-9A-Fa-f]{2}",
        r"|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)"
    );
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
            [_, plain @ (b'"' | b'\\' | b'/')] => vec![*plain],
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
