//! What hands the words of a line to a container.

use super::{
    Signs,
    places::{self, Sets},
    voice::{digits, is_container, is_version, names_docker, progress_json, timed, words_behind_pid},
};
use std::ops::Range;

/// Where a text hands its words to a container although its head does not: behind a marker of
/// progress that stands behind a prefix nobody knows (`build.log:7:#7 0.412 `), and in a command
/// that is quoted back (`process "/bin/sh -c …`).
///
/// Made once for a text, in linear time, and asked for every sighting on it.
pub(crate) struct Handed {
    /// Where the first marker stands, if there is one.
    marker: Option<usize>,
    /// Where the quoted commands begin and end, in order; and those that older builders quote.
    commands: Vec<Range<usize>>,
    older: [Option<Range<usize>>; OLDER.len()],
}

/// What every marker has, of a version behind which a program stands its first dot; and what opens a quotation.
const HANDING: Sets = Sets::of([b"#.\"'", b"[{", b"|", b"", b"", b"", b"", b""]);

impl Handed {
    /// `signs` are those of the text, or more.
    pub(crate) fn of(text: &[u8], signs: Signs) -> Self {
        Self::up_to(text, text.len(), signs)
    }

    /// The same for what begins in front of `end`, where no marker is cut in two but one with a version, and nothing that opens a
    /// quotation.
    pub(crate) fn up_to(text: &[u8], end: usize, signs: Signs) -> Self {
        let mut handed = Self { marker: None, commands: Vec::new(), older: [const { None }; OLDER.len()] };
        if !signs.have(Signs::QUOTE.or(Signs::MARK)) {
            return handed;
        }
        // What stands at `at` may be in a version, behind a number that stands in front of it.
        let version = |at: usize| {
            let end = memchr::memchr2(b' ', b'.', &text[at..])?;
            marker(text, at + end)
        };
        for at in places::members(text, &HANDING) {
            if at >= end {
                handed.marker = version(end);
                break;
            }
            if let Some(first) = marker(text, at) {
                handed.marker = version(at).or(Some(first));
                // All that stands behind is a container's.
                break;
            }
            match text[at] {
                b'"' => handed.commands.extend(command(text, at, handed.commands.last())),
                b'\'' | b'[' => {
                    for (older, quoted) in handed.older.iter_mut().zip(OLDER) {
                        if older.is_none() {
                            *older = older_command(text, at, quoted);
                        }
                    }
                }
                _ => {}
            }
        }
        handed
    }

    /// Whether what stands at `at` is a container's.
    pub(crate) fn is_container(&self, at: usize) -> bool {
        // There can be many of these, and many sightings.
        let before = self.commands.partition_point(|command| command.start <= at);
        let quoted = before.checked_sub(1).is_some_and(|last| self.commands[last].contains(&at));
        quoted
            || self.marker.is_some_and(|marker| marker <= at)
            || self.older.iter().flatten().any(|command| command.contains(&at))
    }
}

/// Where the marker begins of which the character at `at` is a part, if it is one in any text that this one is a part of, whatever prefixes
/// come off that: told by what stands behind it alone, and not where it may follow on the end of a tag (`[x] |n#7 0.412 `). What stands in
/// front of a bar may be a time with its zone (`21:39:00-01 | `), or the end of an escape.
pub(crate) fn lasting_marker(text: &[u8], at: usize) -> Option<usize> {
    let lasts =
        |start: &usize| matches!(text[*start], b'#' | b'=' | b'>') && !text[..*start].ends_with(b"|n");
    marker(text, at).filter(lasts)
}

/// Where the first marker begins of which the character at `at` is a part, in front of which there is none.
fn marker(text: &[u8], at: usize) -> Option<usize> {
    let back =
        |from: usize, skip: fn(&u8) -> bool| from - text[..from].iter().rev().take_while(|b| skip(b)).count();
    let number = |end: usize| back(end, u8::is_ascii_digit);
    let begins = |start: &usize| is_marker(text, *start);
    let behind = |start: usize, length: usize| start.checked_sub(length).filter(begins);
    match text[at] {
        // `=> => # `.
        b'#' if text[..at].ends_with(b"=> => ") => behind(at, 6).or(behind(at, 0)),
        // `=> CACHED [3/3] `; `> [3/3] `; `"[3/3] `.
        b'[' => {
            let state = back(at, |b| b.is_ascii_uppercase() || *b == b' ');
            behind(state, 2).or(behind(at, 2)).or(behind(at, 0))
        }
        // `3 | >>> `; `web-1  | `.
        b'|' => at.checked_sub(1).map(number).filter(begins).or(behind(at, 0)),
        // `#7 …`; `{"vertexes":…`.
        b'#' | b'{' => behind(at, 0),
        // `27604 v0.12.1 …`: a dot, behind the only word with one, behind the number.
        b'.' => back(at, |b| *b != b' ' && *b != b'.').checked_sub(1).map(number).filter(begins),
        _ => None,
    }
}

/// Whether a marker begins in the first `length` bytes of a text.
pub(crate) fn has_marker(text: &[u8], length: usize) -> bool {
    const BEGINS: [bool; 256] = table(b" #=>{[|");
    let number = |end: usize| {
        // Inside of a number none begins, and one that begins with a number goes on with a blank.
        let digits = text[..end].iter().rev().take_while(|b| b.is_ascii_digit()).count();
        digits > 0 && is_marker(text, end - digits)
    };
    let mut others = text[..length].iter().enumerate().filter(|(_, byte)| BEGINS[usize::from(**byte)]);
    // The last number may go on behind.
    others.any(|(at, byte)| if *byte == b' ' { number(at) } else { is_marker(text, at) }) || number(length)
}

/// Which bytes are among these.
const fn table(bytes: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut i = 0;
    while i < bytes.len() {
        table[bytes[i] as usize] = true;
        i += 1;
    }
    table
}

fn begins_marker(byte: u8) -> bool {
    matches!(byte, b'#' | b'=' | b'>' | b'{' | b'[' | b'|' | b'0'..=b'9')
}

/// Whether one of the unmistakable forms of [`is_container`] begins at `at`. The others (`0.412 text`,
/// `web  | text`) are too common inside a line to be told by their looks.
fn is_marker(text: &[u8], at: usize) -> bool {
    let head = &text[at..];
    if head[0] == b'|' {
        return indexed_bar(text, at);
    }
    if !begins_marker(head[0]) || !boundary(text, at) {
        return false;
    }
    let number = digits(&head[usize::from(head[0] == b'#')..]);
    match head[0] {
        b'#' => {
            let rest = head[1 + number..].strip_prefix(b" ");
            number > 0 && rest.is_some_and(|rest| timed(rest) || step_name(rest))
        }
        b'=' => head.strip_prefix(b"=> ").is_some_and(|rest| {
            // `CACHED [3/3] …`, `ERROR [3/3] …`.
            let state = rest.iter().take_while(|b| b.is_ascii_uppercase() || **b == b' ').count();
            rest.starts_with(b"=> # ") || step_name(&rest[state..])
        }),
        b'>' => head.strip_prefix(b"> ").is_some_and(step_name),
        b'{' => progress_json(head),
        b'[' => text[..at].ends_with(b"\"") && step_name(head),
        _ => {
            let rest = &head[number..];
            if rest.first() != Some(&b' ') {
                return false;
            }
            let command = || {
                let words = words_behind_pid(head);
                words.is_some_and(|(version, program)| is_version(version) && names_docker(program))
            };
            rest.starts_with(b" | >>> ") || rest.starts_with(b" |     ") || command()
        }
    }
}

/// Whether the bar at `at` is that of a service whose name has an index (`web-1  | text`).
fn indexed_bar(text: &[u8], at: usize) -> bool {
    let name = text[..at].trim_ascii_end();
    let index = name.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let indexed = index > 0
        && matches!(name[..name.len() - index], [.., last, b'-' | b'_'] if last.is_ascii_alphanumeric());
    indexed && name.len() < at && text.get(at + 1).is_none_or(|b| *b == b' ')
}

/// Whether a line is the first of an excerpt, which names the step: `> [3/3] RUN …`, also behind a prefix that
/// nobody knows (`app:build:  > [3/3] RUN …`), but not in a container's words.
pub(crate) fn names_step(line: &[u8]) -> bool {
    let own = |at: usize| line[at..].starts_with(b"> [") && !has_time(&line[..at]);
    line.starts_with(b"> ")
        || !is_container(line, Signs::ALL) && Handed::of(line, Signs::ALL).marker.is_some_and(own)
}

/// Whether the seconds of a step stand in the words in front of something, behind a prefix that nobody knows
/// (`app: 0.412 text`). Inside a line they are too common to tell a voice, but no rule and no name of a step has them.
pub(crate) fn has_time(before: &[u8]) -> bool {
    memchr::memchr_iter(b' ', before).any(|at| timed(&before[at + 1..]))
}

/// Whether something new can begin at `at`: behind a blank, the punctuation of a prefix or an
/// envelope, or the escape of a line's end (`\n`, `|n`) of one that was not opened.
pub(crate) fn boundary(text: &[u8], at: usize) -> bool {
    match text[..at] {
        [] | [.., b'\\' | b'|', b'n'] => true,
        [.., last] => {
            let is_blank = !last.is_ascii_graphic() && last.is_ascii();
            is_blank || matches!(last, b':' | b'|' | b']' | b'>' | b'"' | b'\'' | b'(' | b'[' | b',')
        }
    }
}

/// `[3/3] `, `[base 2/3] `, `[linux/amd64 internal] `: how `BuildKit` begins the name of a step. It ends at
/// the next bracket of either kind, so that looking for one everywhere in a line stays linear.
fn step_name(text: &[u8]) -> bool {
    let Some(rest) = text.strip_prefix(b"[") else { return false };
    let Some(close) = rest.iter().position(|b| matches!(b, b'[' | b']')) else { return false };
    if rest[close] == b'[' {
        return false;
    }
    let last = rest[..close].rsplit(|b| *b == b' ').next().unwrap_or_default();
    let counted = digits(last) > 0
        && last[digits(last)..].strip_prefix(b"/").is_some_and(|n| !n.is_empty() && digits(n) == n.len());
    counted || last == b"internal"
}

/// Whether a phrase, in whatever case, ends at `end`.
fn is_behind(text: &[u8], end: usize, phrase: &[u8]) -> bool {
    let stands = |start| text.get(start..end).is_some_and(|found| found.eq_ignore_ascii_case(phrase));
    end.checked_sub(phrase.len()).is_some_and(stands)
}

/// How `BuildKit` before 0.9 and the builder before it quote a command: what is in front of it, and behind. They escape nothing, so
/// that only the last thing that looks like an end can be one.
const OLDER: [(&[u8], &[u8]); 2] =
    [(b"executor failed running [", b"]: "), (b"the command '", b"' returned a non-zero code")];

/// Where the command begins and ends whose quote stands at `quote`.
fn older_command(text: &[u8], quote: usize, (introducer, end): (&[u8], &[u8])) -> Option<Range<usize>> {
    let command = quote + 1;
    if introducer[introducer.len() - 1] != text[quote] || !is_behind(text, command, introducer) {
        return None;
    }
    let closed = memchr::memrchr_iter(end[0], &text[command..])
        .map(|at| command + at)
        .find(|at| is_behind(text, at + end.len(), end));
    Some(command - introducer.len()..closed.unwrap_or(usize::MAX))
}

/// The command that is quoted back from the quote on that stands at `quote`, from its introducer to its closing quote; one that is not
/// closed goes to the end. `process %q` (`solver/llbsolver/ops/exec.go`) escapes what the command holds, so that it cannot close
/// itself. None where that is part of the command before it.
fn command(text: &[u8], quote: usize, before: Option<&Range<usize>>) -> Option<Range<usize>> {
    const INTRODUCER: &[u8] = b"process ";
    // In an envelope that was not opened the quotes themselves are escaped.
    let level = text[..quote].iter().rev().take_while(|b| **b == b'\\').count();
    let introduced = quote - level;
    let start = introduced.checked_sub(INTRODUCER.len())?;
    if before.is_some_and(|before| start < before.end) || !is_behind(text, introduced, INTRODUCER) {
        return None;
    }
    let quoted = quote + 1;
    let closed = memchr::memchr_iter(b'"', &text[quoted..]).map(|at| quoted + at).find(|at| {
        let escapes = text[quoted..*at].iter().rev().take_while(|b| **b == b'\\').count();
        escapes % (2 * (level + 1)) == level
    });
    Some(start..closed.unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_found_where_they_begin() {
        for text in [
            "2026-11-23T21:39:00 | >>> x",
            "2026-11-23 21:39:00 v0.1.2 docker x",
            "[7] #7 0.1 x",
            "app:7 | >>> x",
            "app:77 |     x",
            "app: => # x => => # x",
            "app: > [3/3] x",
            "x {\"logs\": [\"[3/3] x",
            "web-1 | web-12 | x",
            "1 2.2 docker 12 v1.1 docker",
            "x 12 1\"[3/3].2.3 docker [3/3] =>  [3/3] x",
            "x 12 1:{\"logs\".2.3 docker",
            "x 12 1:{\"x\".2.3 docker",
            "x\"[3/3].2.3 x",
            "1.1 2.1.1 docker",
            "=> CACHED X [3/3] x",
            "=> ERROR [x] => [y 3/3] x",
            "12345",
            "",
        ] {
            let text = text.as_bytes();
            let naive = |length: usize| {
                (0..length).find(|at| {
                    let in_number = text[*at].is_ascii_digit() && *at > 0 && text[at - 1].is_ascii_digit();
                    !in_number && is_marker(text, *at)
                })
            };
            let shown = String::from_utf8_lossy(text);
            assert_eq!(Handed::of(text, Signs::ALL).marker, naive(text.len()), "{shown:?}");
            for length in 0..=text.len() {
                let first = naive(length);
                assert_eq!(has_marker(text, length), first.is_some(), "{shown:?} {length}");
                // Where an object may begin.
                if text[..length].ends_with(b"{") {
                    let handed = Handed::up_to(text, length, Signs::ALL);
                    assert_eq!(handed.is_container(length), first.is_some(), "{shown:?} {length}");
                }
            }
        }
    }

    #[test]
    fn what_stands_in_front() {
        for (before, handed) in [
            ("build.log:7:#7 0.412 ", true),
            ("x #7 0.412 y ", true),
            ("x#7 0.412 y ", false),
            ("#7 ERROR: ", false),
            ("  => => # ", true),
            ("ERROR: failed to solve: process \"/bin/sh -c ", true),
            ("process \"x\" did not complete successfully: ", false),
            // Behind prefixes that nobody knows.
            ("app:build: #7 [3/3] RUN echo ", true),
            ("app:build: => ERROR [base 2/3] RUN echo ", true),
            ("app:build:  > [linux/amd64 3/3] RUN echo ", true),
            ("app:build:    3 | >>> RUN echo ", true),
            ("app:build:    3 |     RUN echo ", true),
            ("app:build: 27604 v0.12.1 /usr/bin/docker-buildx build --label ", true),
            (r#"app:build: {"vertexes":[{"name":"[3/3] RUN "#, true),
            (r#"app:build: "name": "[web 3/3] RUN "#, true),
            ("'#7 0.412 ", true),
            ("text='a|n#7 0.412 ", true),
            ("app:build: web-1  | ", true),
            ("app:build: step-1 || ", false),
            ("app:build: web- | ", false),
            // Commands as older builders quote them.
            ("executor failed running [/bin/sh -c echo ]: ", false),
            ("executor failed running [/bin/sh -c echo ", true),
            ("The command '/bin/sh -c echo ", true),
            // What only looks like one.
            ("issue #7 [urgent] ", false),
            ("issue #7 [/3] ", false),
            ("issue #7 [3] ", false),
            ("issue #7 [3/] ", false),
            ("issue #7 [3/x] ", false),
            ("issue # [3/3] ", false),
            ("page [3/3] ", false),
            ("app:build: web-1| ", false),
            ("PS> [1] ", false),
            ("took 0.412 s: ", false),
            ("attempt 3 | ERROR: ", false),
            ("Mon Nov 23 21:39:00 host docker[1]: ERROR: ", false),
            // A quote of the command's own does not close it.
            (r#"process "/bin/sh -c echo \" did not complete successfully: "#, true),
            (r#"process "/bin/sh -c echo \\" did not complete successfully: "#, false),
            (r#"{"x":"process \"/bin/sh -c echo \\\" did not complete: "#, true),
            (r#"{"x":"process \"/bin/sh -c echo\" did not complete: "#, false),
            (r#"process "/bin/sh -c echo process \"x\" y "#, true),
            ("the command 'the command 'x' returned a non-zero code y ", false),
        ] {
            assert_eq!(
                Handed::of(before.as_bytes(), Signs::of(before.as_bytes())).is_container(before.len()),
                handed,
                "{before}"
            );
        }
        // It begins with the first introducer.
        let handed = Handed::of(b"x: the command 'x the command 'y' returned a non-zero code", Signs::ALL);
        assert!(!handed.is_container(2) && handed.is_container(3) && handed.is_container(30));
    }
}
