//! Who wrote a line.

use std::ops::Range;

use super::{
    Signs,
    envelope::{is_progress_key, member_key},
    places::{self, Sets},
};

/// Who wrote a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Voice {
    /// docker, compose or buildx themselves.
    Client,
    /// A build step, a service, or text that the client quotes from a Dockerfile or a command.
    Container,
}

/// Whether a line, freed of what its transport put in front of it, is container output by its own
/// head. The forms are those of `BuildKit` (`util/progress/progressui/printer.go`, `display.go`,
/// `solver/errdefs/source.go`, `util/stack/stack.go`) and of compose (`cmd/formatter/logs.go`). `signs`
/// are those of the head, or more.
pub(crate) fn is_container(head: &[u8], signs: Signs) -> bool {
    let marked = signs.have(Signs::MARK);
    match head.first() {
        Some(b'#') => plain_progress(head),
        Some(b'=') => head.starts_with(b"=> "),
        Some(b'>') => head.starts_with(b"> ["),
        Some(b'{') => progress_json(head),
        Some(b'"') => member_key(head).is_some_and(is_progress_key),
        Some(b'0'..=b'9') => {
            marked && (timed(head) || dockerfile_excerpt(head) || service_log(head))
                || debug_command_line(head)
        }
        Some(_) => marked && service_log(head) || legacy_step(head),
        None => false,
    }
}

/// `Step 3/5 : RUN …`, how the builder before `BuildKit` names a step.
fn legacy_step(head: &[u8]) -> bool {
    let Some(rest) = head.strip_prefix(b"Step ") else { return false };
    let Some(total) = rest[digits(rest)..].strip_prefix(b"/") else { return false };
    digits(rest) > 0 && digits(total) > 0 && total[digits(total)..].starts_with(b" : ")
}

/// `#7 0.412 text`, `#7 [3/3] RUN …`, `#7 DONE 0.1s`: all but `#7 ERROR: …`, the client's own voice.
fn plain_progress(head: &[u8]) -> bool {
    let digits = digits(&head[1..]);
    let Some(rest) = head[1 + digits..].strip_prefix(b" ") else { return false };
    digits > 0 && !rest.starts_with(b"ERROR: ")
}

/// Whether a line is plain progress, whatever stands behind its head, escape sequences too. Where it is not sure it says no.
pub(crate) fn is_progress(line: &[u8]) -> bool {
    // No step has a number of more digits.
    const DIGITS: usize = 10;
    let Some((b'#', rest)) = line.split_first() else { return false };
    let number = digits(&rest[..rest.len().min(DIGITS + 1)]);
    let Some((b' ', rest)) = rest[number..].split_first() else { return false };
    let may_fail = match rest.first() {
        // `ERROR: `, also where it is spelled with an escape sequence.
        Some(b'E' | 0x1b | b'\r') => {
            let near = &rest[..rest.len().min(b"ERROR: ".len())];
            near.starts_with(b"ERROR: ") || memchr::memchr2(0x1b, b'\r', near).is_some()
        }
        _ => false,
    };
    (1..=DIGITS).contains(&number) && !may_fail
}

/// `0.412 `, the seconds that `BuildKit` puts in front of what a step prints. Nine digits and more are no
/// step's age (`1700000000.123 `): those are seconds since the epoch, a transport's.
fn timed(head: &[u8]) -> bool {
    let whole = digits(head);
    let Some(rest) = head[whole..].strip_prefix(b".") else { return false };
    let fraction = digits(rest);
    (1..=8).contains(&whole) && (1..=3).contains(&fraction) && rest.get(fraction) == Some(&b' ')
}

/// `   3 | >>> RUN …`, freed of its indent.
fn dockerfile_excerpt(head: &[u8]) -> bool {
    let rest = &head[digits(head)..];
    rest == b" |" || rest.starts_with(b" | ")
}

/// `27604 v0.12.1 /usr/libexec/docker/cli-plugins/docker-buildx build …`, which `--debug` prints
/// above a stack trace: process id, version, arguments. Linux has process ids of seven digits at most;
/// more are a transport's seconds.
fn debug_command_line(head: &[u8]) -> bool {
    let Some((version, program)) = words_behind_pid(head) else { return false };
    // A version of one's own making is none or has a digit.
    let likely = version.is_empty() || version.iter().any(u8::is_ascii_digit);
    is_version(version) || (likely && names_docker(program))
}

/// The two words behind a process id.
fn words_behind_pid(head: &[u8]) -> Option<(&[u8], &[u8])> {
    let pid = digits(head);
    if !(1..=7).contains(&pid) || head.get(pid) != Some(&b' ') {
        return None;
    }
    let mut words = head[pid + 1..].split(|b| *b == b' ');
    Some((words.next()?, words.next()?))
}

/// `v0.12.1`, `0.13.1+ds1-3`.
fn is_version(word: &[u8]) -> bool {
    let number = |text: &[u8]| text.first().is_some_and(u8::is_ascii_digit);
    let mut numbers = word.strip_prefix(b"v").unwrap_or(word).splitn(3, |b| *b == b'.');
    numbers.by_ref().take(2).all(number) && numbers.next().is_some()
}

fn names_docker(word: &[u8]) -> bool {
    is_tool(word.rsplit(|b| *b == b'/').next().unwrap_or(word))
}

/// Whether a program of this name is one of docker's.
pub(super) fn is_tool(name: &[u8]) -> bool {
    [&b"docker"[..], b"buildx", b"buildkitd"].iter().any(|known| name.starts_with(known))
}

/// `{"vertexes":…` and its kin: what `--progress rawjson` prints.
fn progress_json(head: &[u8]) -> bool {
    let rest = head[1..].trim_ascii_start();
    let key: &[u8] = match rest {
        [b'"', b'v' | b'V', ..] => b"\"vertexes\"",
        [b'"', b's' | b'S', ..] => b"\"statuses\"",
        [b'"', b'l' | b'L', ..] => b"\"logs\"",
        [b'"', b'w' | b'W', ..] => b"\"warnings\"",
        _ => return false,
    };
    rest.get(..key.len()).is_some_and(|start| start.eq_ignore_ascii_case(key))
}

/// `web-1  | text`: compose pads the longest name by one blank, so either two blanks or an index
/// stand in front of the bar. A single blank without an index is anybody's prefix (`build | `).
fn service_log(head: &[u8]) -> bool {
    let name = name(head);
    let blanks = head[name..].iter().take_while(|b| **b == b' ').count();
    if blanks == 0 || head.get(name + blanks) != Some(&b'|') {
        return false;
    }
    let open = head.get(name + blanks + 1).is_none_or(|b| *b == b' ');
    let index = head[..name].iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let indexed = index > 0 && name > index && matches!(head[name - index - 1], b'-' | b'_');
    open && (blanks >= 2 || indexed)
}

/// The length of a container's or service's name.
pub(crate) fn name(head: &[u8]) -> usize {
    if !head.first().is_some_and(u8::is_ascii_alphanumeric) {
        return 0;
    }
    head.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'@')).count()
}

pub(crate) fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| b.is_ascii_digit()).count()
}

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

    /// Where the first marker stands, if there is one: what is behind it is a container's.
    pub(crate) fn marker(&self) -> Option<usize> {
        self.marker
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

/// Where the first marker begins of which the character at `at` is a part, in front of which there is none.
fn marker(text: &[u8], at: usize) -> Option<usize> {
    let back =
        |from: usize, skip: fn(&u8) -> bool| from - text[..from].iter().rev().take_while(|b| skip(b)).count();
    let number = |end: usize| back(end, u8::is_ascii_digit);
    let begins = |start: &usize| is_marker(text, *start);
    let behind = |start: usize, length: usize| start.checked_sub(length).filter(begins);
    match text[at] {
        // `=> => # `; `#7 …`.
        b'#' => behind(at, 6).or(behind(at, 0)),
        // `=> CACHED [3/3] `; `> [3/3] `; `"[3/3] `.
        b'[' => {
            let state = back(at, |b| b.is_ascii_uppercase() || *b == b' ');
            behind(state, 2).or(behind(at, 2)).or(behind(at, 0))
        }
        // `3 | >>> `; `web-1  | `.
        b'|' => at.checked_sub(1).map(number).filter(begins).or(behind(at, 0)),
        b'{' => behind(at, 0),
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
    fn container_heads() {
        for head in [
            "#7 0.412 text",
            "#7 [3/3] RUN echo",
            "#12 DONE 0.1s",
            "=> => # text",
            "=> [3/3] RUN echo",
            "=> ERROR [3/3] RUN echo",
            "> [3/3] RUN echo:",
            "0.412 text",
            "103.2 text",
            "3 | >>> RUN echo",
            "3 |     RUN echo",
            "12 |",
            r#"{"vertexes":[]}"#,
            r#"{ "statuses": []}"#,
            r#""name": "[3/3] RUN echo"#,
            "web-1  | text",
            "web_1 | text",
            "Step 3/5 : RUN echo",
            "my.db  | text",
            "web-1  |",
            "27604 v0.12.1 /usr/bin/docker-buildx build .",
            "27604 0.13.1+ds1-3 docker-buildx build .",
            "27604  docker buildx build .",
        ] {
            assert!(is_container(head.as_bytes(), Signs::of(head.as_bytes())), "{head}");
        }
    }

    #[test]
    fn progress_by_its_head_alone() {
        for (line, is_progress) in [
            ("#7 0.412 text", true),
            ("#7 [3/3] RUN x", true),
            ("#1234567890 ", true),
            ("#7 0.412 a line with colour \x1b[1m", true),
            ("#7 ERROR: text", false),
            ("#1234567890 ERROR: text", false),
            ("#12345678901 ERROR: text", false),
            ("#12345678901 x", false),
            ("#7 ER\x1b[1mROR: text", false),
            ("#7 ERROR:\x1b[0m text", false),
            ("#7 \x1b[1mERROR: text", false),
            ("#7 \rERROR: text", false),
            ("#7 ERRORS \x1b[1m", true),
            ("#7 EXPOSE 80", true),
            ("#7 \nERROR: text", true),
            ("#x 0.412", false),
            ("# 7 x", false),
            ("#7", false),
            (" #7 x", false),
            ("x", false),
            ("", false),
        ] {
            assert_eq!(super::is_progress(line.as_bytes()), is_progress, "{line:?}");
        }
    }

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
    fn client_heads() {
        for head in [
            "",
            "#7 ERROR: failed",
            "#7",
            "# comment",
            "#x 0.412",
            "ERROR: failed",
            "=x",
            "> quoted mail",
            "0.4123456 text",
            "1700000000.123 text",
            "1700000000 docker: text",
            "1.2.3 text",
            "42 bottles",
            "01 ==> docker.app: failed",
            "3 docker: failed",
            "2026 was a year",
            "2026-11-23T21:39:00Z host docker: failed",
            r#"{"log":"text"}"#,
            r#""log": "text"#,
            r#""web": failed"#,
            r#""name": 3"#,
            "27604 1.2 text",
            "27604 v1 text",
            "Step /5 : failed",
            "Step 3/ : failed",
            "Step 3/5 failed",
            ".412 text",
            "0. text",
            "web- | text",
            "build | text",
            "a || b",
            "web-1  |text",
            "[build] | text",
        ] {
            assert!(!is_container(head.as_bytes(), Signs::ALL), "{head}");
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
