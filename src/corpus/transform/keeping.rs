//! Transforms that keep the label.

use super::{Transform, Variant, each_line, lines};
use crate::corpus::{
    evaluation::{Expected, Near},
    random::Random,
};

/// Up to this length a stream is split at every place.
const EVERY_PLACE_MAX: usize = 64 << 10;
/// A longer one at so many.
const PLACES: usize = 200;

/// Where a stream is split in two.
pub(super) fn places(length: usize, random: &mut Random) -> Vec<usize> {
    if length <= EVERY_PLACE_MAX {
        (0..=length).collect()
    } else {
        (0..PLACES).map(|_| random.below(length + 1)).collect()
    }
}

/// CR LF for LF.
pub(super) fn crlf(bytes: &[u8]) -> Vec<u8> {
    bytes.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(&b"\r\n"[..])
}

/// Each line in a colour, and the client's word for a failure in another.
pub(super) fn colour(bytes: &[u8]) -> Vec<u8> {
    let word = b"ERROR:";
    each_line(bytes, |line| {
        let mut made = b"\x1b[36m".to_vec();
        let mut from = 0;
        for at in memchr::memmem::find_iter(line, word) {
            made.extend_from_slice(&line[from..at]);
            made.extend_from_slice(b"\x1b[1;31mERROR:\x1b[0;36m");
            from = at + word.len();
        }
        made.extend_from_slice(&line[from..]);
        made.extend_from_slice(b"\x1b[0m");
        made
    })
}

/// Each line in what a transport puts in front of it or around it.
pub(super) fn carried(transport: Transform, bytes: &[u8]) -> Vec<u8> {
    // What carries JSON carries UTF-8: docker too puts U+FFFD for what is none.
    let json =
        |line: &[u8], end: &str| serde_json::Value::from(String::from_utf8_lossy(line) + end).to_string();
    each_line(bytes, |line| match transport {
        Transform::Journald => [b"Nov 23 21:39:00 build-host docker-compose[4711]: ", line].concat(),
        Transform::Syslog => {
            [b"<28>1 2026-11-23T21:39:00.123456+01:00 build-host docker 4711 - - ", line].concat()
        }
        Transform::JsonFile => format!(
            r#"{{"log":{},"stream":"stderr","time":"2026-11-23T21:39:00.123456789Z"}}"#,
            json(line, "\n")
        )
        .into_bytes(),
        Transform::Ndjson => {
            format!(r#"{{"level":"error","ts":1795473540.1,"msg":{}}}"#, json(line, "")).into_bytes()
        }
        _ => [b"2026-11-23T21:39:00.1234567Z ", line].concat(),
    })
}

/// A line of such bytes before and one behind.
pub(super) fn around(bytes: &[u8], what: &[u8], expected: Expected) -> Variant {
    let end: &[u8] = if bytes.ends_with(b"\n") || bytes.is_empty() { b"" } else { b"\n" };
    let made = [what, b"\n", bytes, end, what].concat();
    Variant::new(made, expected.on_lines(|line| line + 1))
}

/// EROFS lines of containers between the lines, but not in the middle of an excerpt, which the client
/// prints at once. Near misses can come of them.
pub(super) fn mixed_in(bytes: &[u8], expected: Expected, random: &mut Random) -> Variant {
    const SAID: [&[u8]; 3] = [
        b"#9 0.215 /bin/sh: can't create /usr/share/app/x: Read-only file system\n",
        b"db-1   | mkdir: cannot create directory '/var/lib/db': Read-only file system\n",
        b" => => # touch: /etc/hosts: Read-only file system\n",
    ];
    let mut made = Vec::with_capacity(bytes.len() + 1024);
    // In front of which lines, from 1.
    let mut places = Vec::new();
    let mut in_excerpt = false;
    for (number, line) in (1_u64..).zip(lines(bytes)) {
        if number == 1 || (!in_excerpt && random.below(4) == 0) {
            places.push(number);
            made.extend_from_slice(random.one_of(&SAID));
        }
        in_excerpt ^= line.trim_ascii_end().ends_with(b"------");
        made.extend_from_slice(line);
        made.push(b'\n');
    }
    made.extend_from_slice(random.one_of(&SAID));
    let moved = |line| line + places.iter().filter(|place| **place <= line).count() as u64;
    Variant::new(made, Expected { near: Near::Any, ..expected.on_lines(moved) })
}
