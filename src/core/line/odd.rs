//! What keeps a read-only error from being just one that the client states.
//!
//! What a line says depends on what it is wrapped in: prefixes, and envelopes in one another. But whatever that is, a sighting
//! becomes a container's, or one of the state directory, only by something that stands on the line letter by letter: behind a prefix,
//! in a string, or in two strings that an envelope joins with `: `. So a line without any of it need not be taken apart. What is
//! found here is more than what a rule finds that knows what the line is wrapped in; never less.

use super::{text::spells_plainly, voice};

/// How much is looked at in front of a place, and behind it.
pub(super) const BEFORE: usize = 16;
pub(super) const BEHIND: usize = 32;

/// What a sighting may be because of what stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Odd {
    No,
    /// Anything: what is there spells something else.
    Opaque,
    /// A container's.
    Handed,
    /// One of the state directory.
    StateDir,
}

/// Whether what stands at a place of a text is odd, which has [`BEFORE`] bytes or more in front of it, and [`BEHIND`] or more behind.
/// The text goes on with newlines in front of its beginning, and with zeros behind its end. Takes a few instructions for each byte
/// that is looked at.
pub(super) fn odd(text: &[u8], at: usize) -> Odd {
    let (before, behind) = (&text[..at], &text[at + 1..]);
    let handed = |is: bool| if is { Odd::Handed } else { Odd::No };
    match (text[at], behind[0]) {
        (b'\r', b'\n') => Odd::No,
        (b'[', _) => handed(introduces_command(before)),
        (b'\\', escape) if spells_plainly(escape) => handed(introduces_command(before)),
        (0x1b | b'\r' | b'\\', _) => Odd::Opaque,
        (b'"' | b'\'', _) => handed(introduces_command(before) || is_progress_key(text, at)),
        (b'#', b'#') if behind.starts_with(b"#teamcity[") => Odd::Opaque,
        (b'#', b'0'..=b'9') => handed(!ends_in_digit(before) && begins_with_number(behind)),
        (b'|', next) => handed(introduces_command(before) || may_end_name(before, next)),
        (b'>', b' ') => handed(ends_in(before, b'=') || behind[1] == b'['),
        (b']', _) => handed(ends_step_name(before)),
        (b'.', b'0'..=b'9') => handed(is_time(before, behind)),
        (b'.', b'd' | b'D') if is_behind_slash(before) && begins(behind, b"docker") => Odd::StateDir,
        (b'.', b't' | b'T') if is_behind_slash(before) && begins(behind, b"tmp-") => Odd::StateDir,
        (b'd' | b'D', b'x' | b'X') if ends(before, b"buil") && is_behind_slash(&before[..at - 4]) => {
            Odd::StateDir
        }
        (b'0'..=b'9', b' ') => handed(is_number_of_build(before, &behind[1..])),
        _ => Odd::No,
    }
}

fn begins(text: &[u8], with: &[u8]) -> bool {
    text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with))
}

fn ends(text: &[u8], with: &[u8]) -> bool {
    text.len().checked_sub(with.len()).is_some_and(|start| text[start..].eq_ignore_ascii_case(with))
}

fn ends_in(text: &[u8], with: u8) -> bool {
    text.last() == Some(&with)
}

fn ends_in_digit(text: &[u8]) -> bool {
    text.last().is_some_and(u8::is_ascii_digit)
}

fn is_behind_slash(before: &[u8]) -> bool {
    matches!(before, [.., b'/' | b'\\'])
}

/// A quote, or what may begin the escape of one.
fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'\\')
}

/// In front of the digits that a text ends with.
fn before_number(text: &[u8]) -> &[u8] {
    let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    &text[..text.len() - digits]
}

/// `7 …`; or a number that is longer than what is looked at.
fn begins_with_number(text: &[u8]) -> bool {
    text.iter().find(|byte| !byte.is_ascii_digit()).is_none_or(|byte| *byte == b' ')
}

/// Whether what is quoted behind this may be a command.
fn introduces_command(before: &[u8]) -> bool {
    let [word @ .., b' '] = before else { return false };
    match word.last() {
        Some(b's' | b'S') => ends(word, b"process"),
        Some(b'd' | b'D') => ends(word, b"command"),
        Some(b'g' | b'G') => ends(word, b"running"),
        _ => false,
    }
}

/// Whether this ends in an escape that spells a blank or the end of a line, as of a string that is opened or a service message.
fn ends_in_escape(before: &[u8]) -> bool {
    matches!(before, [.., b'\\', b'n' | b'r' | b't'] | [.., b'|', b'n'])
}

/// Whether a head or a marker can begin behind this.
fn can_begin(before: &[u8]) -> bool {
    match before {
        [.., b':' | b'|' | b']' | b'>' | b'"' | b'\'' | b'(' | b'[' | b',' | b')' | b'+'] | [] => true,
        [.., last] => !last.is_ascii_graphic() || ends_in_escape(before),
    }
}

/// Whether a name stands behind a quote by which an object, or one of its lines, is a container's.
fn is_progress_key(text: &[u8], quote: usize) -> bool {
    let behind = &text[quote + 1..];
    let is = |name: &[u8]| is_quote(behind[name.len()]) && begins(behind, name);
    let (is_object, member): (bool, &[u8]) = match behind[0] {
        b'v' | b'V' => (is(b"vertexes"), b""),
        b'w' | b'W' => (is(b"warnings"), b""),
        b'l' | b'L' => (is(b"logs"), b""),
        b's' | b'S' => (is(b"statuses"), b"short"),
        b'd' => (false, b"detail"),
        b'n' => (false, b"name"),
        b'i' => (false, b"id"),
        _ => (false, b""),
    };
    // It must begin a line: inside of an object it does not.
    let is_inside = || matches!(&text[..quote], [.., b'{' | b','] | [.., b'{' | b',', b' ']);
    let is_closed = || text[quote] == b'"' && behind[member.len()] == b'"';
    is_object || !member.is_empty() && is(member) && !(is_closed() && is_inside())
}

/// Whether a bar may stand between this, the name of a service or the number of a line, and the byte behind it.
fn may_end_name(before: &[u8], behind: u8) -> bool {
    // At the end of a text, too.
    let is_open = matches!(behind, b' ' | b'\n' | b'\r' | 0) || is_quote(behind);
    is_open
        && match before {
            [.., b'\n'] | [] => false,
            [name @ .., b' '] => {
                let is_name = |last: &u8| last.is_ascii_graphic() && !last.is_ascii_digit();
                !name.last().is_some_and(is_name) || ends_in_escape(name)
            }
            [.., last] => last.is_ascii_whitespace() || ends_in_escape(before),
        }
}

/// Whether a bracket behind this may close the name of a step.
fn ends_step_name(before: &[u8]) -> bool {
    match before {
        [.., b'l'] => before.ends_with(b"internal"),
        [.., b'0'..=b'9'] => match before_number(before) {
            [.., b'\\', b'/'] => true,
            [.., step, b'/'] => step.is_ascii_digit(),
            // There are more digits than is looked at.
            rest => rest.len() < 2,
        },
        _ => false,
    }
}

/// Whether a dot stands in the seconds of a step: `0.412 `.
fn is_time(before: &[u8], behind: &[u8]) -> bool {
    let fraction = behind[..4].iter().position(|byte| !byte.is_ascii_digit());
    if fraction.is_none_or(|digits| behind[digits] != b' ') {
        return false;
    }
    let rest = before_number(before);
    // It is no marker, and begins a line: behind a colon only if that is one of a tag.
    let is_inside = || matches!(rest, [.., last, b':'] if last.is_ascii_alphanumeric());
    (1..=8).contains(&(before.len() - rest.len())) && can_begin(rest) && !is_inside()
}

/// Whether a digit between this and a blank, which this goes on behind, may be the last of the number of all steps
/// (`Step 3/4 : …`), or of a process id, behind which a version and a program of docker stand (`27604 v0.12.1 /usr/bin/docker `).
/// What is behind a quote can come to stand behind `: `.
fn is_number_of_build(before: &[u8], behind: &[u8]) -> bool {
    if is_quote(behind[0]) || behind.starts_with(b": ") {
        return true;
    }
    if !can_begin(before_number(before)) {
        return false;
    }
    let Some(end) = behind.iter().position(|byte| matches!(byte, b' ' | b'\n')) else { return true };
    let (version, program) = (&behind[..end], &behind[end + 1..]);
    let is_likely = version.is_empty() || version.iter().any(u8::is_ascii_digit);
    is_likely && (version.iter().any(|byte| is_quote(*byte)) || is_version(version) || may_be_tool(program))
}

fn is_version(word: &[u8]) -> bool {
    let word = word.strip_prefix(b"v").unwrap_or(word);
    let mut dots = (0..word.len()).filter(|at| word[*at] == b'.');
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    is_digit(word.first())
        && dots.next().is_some_and(|dot| is_digit(word.get(dot + 1)))
        && dots.next().is_some()
}

/// Whether the last name of the path that a text begins with may be that of a program of docker, from what can be seen of it.
fn may_be_tool(text: &[u8]) -> bool {
    let end = text.iter().position(|byte| matches!(byte, b' ' | b'\n'));
    let mut names = text[..end.unwrap_or(text.len())].split(|byte| *byte == b'/').peekable();
    let mut may_be = end.is_none();
    while let Some(name) = names.next() {
        // Behind a quote it may be another string's.
        let is_last = names.peek().is_none() || name.iter().any(|byte| is_quote(*byte));
        may_be |= is_last && voice::is_tool(name);
    }
    may_be
}
