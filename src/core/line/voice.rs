//! Who wrote a line.

use super::envelope::{is_text_key, member_key};

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
/// `solver/errdefs/source.go`, `util/stack/stack.go`) and of compose (`cmd/formatter/logs.go`).
pub(crate) fn is_container(head: &[u8]) -> bool {
    match head.first() {
        Some(b'#') => plain_progress(head),
        Some(b'=') => head.starts_with(b"=> "),
        Some(b'>') => head.starts_with(b"> ["),
        Some(b'{') => progress_json(head),
        Some(b'"') => member_key(head).is_some_and(|key| !is_text_key(key)),
        Some(b'0'..=b'9') => {
            timed(head).is_some() || dockerfile_excerpt(head) || debug_command_line(head) || service_log(head)
        }
        Some(_) => service_log(head),
        None => false,
    }
}

/// `#7 0.412 text`, `#7 [3/3] RUN …`, `#7 DONE 0.1s`: all but `#7 ERROR: …`, the client's own voice.
fn plain_progress(head: &[u8]) -> bool {
    let digits = digits(&head[1..]);
    let Some(rest) = head[1 + digits..].strip_prefix(b" ") else { return false };
    digits > 0 && !rest.starts_with(b"ERROR: ")
}

/// The length of `0.412 `, the seconds that `BuildKit` puts in front of what a step prints. Nine digits
/// and more are no step's age (`1700000000.123 `): those are seconds since the epoch, a transport's.
fn timed(head: &[u8]) -> Option<usize> {
    let whole = digits(head);
    let fraction = digits(head.get(whole + 1..)?);
    let end = whole + 1 + fraction;
    let timed = (1..=8).contains(&whole)
        && head[whole] == b'.'
        && (1..=3).contains(&fraction)
        && head.get(end).is_some_and(|b| *b == b' ');
    timed.then_some(end + 1)
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
    let pid = digits(head);
    if !(1..=7).contains(&pid) || head.get(pid) != Some(&b' ') {
        return false;
    }
    let mut words = head[pid..].split(|b| *b == b' ').skip(1);
    let Some(version) = words.next() else { return false };
    let number = |text: &[u8]| text.first().is_some_and(u8::is_ascii_digit);
    let mut numbers = version.strip_prefix(b"v").unwrap_or(version).splitn(3, |b| *b == b'.');
    let dotted = numbers.by_ref().take(2).all(number) && numbers.next().is_some();
    let named = |word: &[u8]| {
        let name = word.rsplit(|b| *b == b'/').next().unwrap_or(word);
        [&b"docker"[..], b"buildx", b"buildkitd"].iter().any(|known| name.starts_with(known))
    };
    dotted || named(version) || words.next().is_some_and(named)
}

/// `{"vertexes":…` and its kin: what `--progress rawjson` prints.
fn progress_json(head: &[u8]) -> bool {
    let rest = head[1..].trim_ascii_start();
    [&b"\"vertexes\""[..], b"\"statuses\"", b"\"logs\"", b"\"warnings\""]
        .iter()
        .any(|key| rest.starts_with(key))
}

/// `web-1  | text`: compose pads the longest name by one blank, so either two blanks or an index
/// stand in front of the bar. A single blank without an index is anybody's prefix (`build | `).
fn service_log(head: &[u8]) -> bool {
    let name = name(head);
    let blanks = head[name..].iter().take_while(|b| **b == b' ').count();
    let bar = head.get(name + blanks) == Some(&b'|');
    let open = head.get(name + blanks + 1).is_none_or(|b| *b == b' ');
    let index = head[..name].iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let indexed = index > 0 && name > index && matches!(head[name - index - 1], b'-' | b'_');
    name > 0 && bar && open && (blanks >= 2 || (blanks == 1 && indexed))
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

/// Whether what stands in front of a sighting hands it to a container although the line's head
/// does not: a progress marker behind a prefix that nobody knows (`build.log:7:#7 0.412 `), or a
/// command that buildx quotes back and has not closed yet. `process %q` escapes the quotes of the command
/// (`solver/llbsolver/ops/exec.go`), so that it cannot close itself; before `BuildKit` 0.10 it was
/// `executor failed running [/bin/sh -c …]`, whose end nothing tells.
pub(crate) fn handed_to_container(before: &[u8]) -> bool {
    let marker = memchr::memmem::find_iter(before, b"=> => # ").next().is_some()
        || memchr::memchr_iter(b'#', before).any(|at| {
            let boundary = at == 0 || matches!(before[at - 1], b' ' | b'\t' | b':' | b'|' | b']' | b'>');
            let number = digits(&before[at + 1..]);
            let rest = &before[at + 1 + number..];
            boundary && number > 0 && rest.first() == Some(&b' ') && timed(&rest[1..]).is_some()
        });
    let quoted =
        memchr::memmem::rfind(before, PROCESS).is_some_and(|at| !closes(&before[at + PROCESS.len()..]));
    marker || quoted || memchr::memmem::find(before, b"executor failed running [").is_some()
}

const PROCESS: &[u8] = b"process \"";

/// Whether a quoted string ends in `text`.
fn closes(text: &[u8]) -> bool {
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' => return true,
            _ => {}
        }
    }
    false
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
            "my.db  | text",
            "web-1  |",
            "27604 v0.12.1 /usr/bin/docker-buildx build .",
            "27604 0.13.1+ds1-3 docker-buildx build .",
            "27604  docker buildx build .",
        ] {
            assert!(is_container(head.as_bytes()), "{head}");
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
            "2026 was a year",
            "2026-11-23T21:39:00Z host docker: failed",
            r#"{"log":"text"}"#,
            r#""log": "text"#,
            r#""web": failed"#,
            "build | text",
            "a || b",
            "web-1  |text",
            "[build] | text",
        ] {
            assert!(!is_container(head.as_bytes()), "{head}");
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
            (r#"process "echo \" did not complete successfully: "#, true),
            (r#"process "echo \\" did not complete successfully: "#, false),
            ("executor failed running [/bin/sh -c ", true),
        ] {
            assert_eq!(handed_to_container(before.as_bytes()), handed, "{before}");
        }
    }
}
