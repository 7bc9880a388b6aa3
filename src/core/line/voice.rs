//! Who wrote a line.

use super::{
    Signs,
    envelope::{is_progress_key, member_key},
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
pub(super) fn timed(head: &[u8]) -> bool {
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
pub(super) fn words_behind_pid(head: &[u8]) -> Option<(&[u8], &[u8])> {
    let pid = digits(head);
    if !(1..=7).contains(&pid) || head.get(pid) != Some(&b' ') {
        return None;
    }
    let mut words = head[pid + 1..].split(|b| *b == b' ');
    Some((words.next()?, words.next()?))
}

/// `v0.12.1`, `0.13.1+ds1-3`.
pub(super) fn is_version(word: &[u8]) -> bool {
    let number = |text: &[u8]| text.first().is_some_and(u8::is_ascii_digit);
    let mut numbers = word.strip_prefix(b"v").unwrap_or(word).splitn(3, |b| *b == b'.');
    numbers.by_ref().take(2).all(number) && numbers.next().is_some()
}

pub(super) fn names_docker(word: &[u8]) -> bool {
    is_tool(word.rsplit(|b| *b == b'/').next().unwrap_or(word))
}

/// Whether a program of this name is one of docker's.
pub(super) fn is_tool(name: &[u8]) -> bool {
    [&b"docker"[..], b"buildx", b"buildkitd"].iter().any(|known| name.starts_with(known))
}

/// `{"vertexes":…` and its kin: what `--progress rawjson` prints.
pub(super) fn progress_json(head: &[u8]) -> bool {
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
}
