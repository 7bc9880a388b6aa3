//! Input that is none, or too much: a clear message, the documented status, no panic, no memory.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/program.rs"]
mod program;

use program::{LINE, fed, run, text, told, unwedge};
use std::{
    fs,
    io::{Read, Write},
    process::{Child, Stdio},
};

#[test]
fn wrong_usage_says_what_and_what_to_do() {
    for (arguments, said) in [
        (&["--no-such-option"][..], "--no-such-option"),
        (&["no-such-command"], "no-such-command"),
        (&["check", "--mounts", "-1"], "whole number from 0 on"),
        (&["check", "--mounts", "abc"], "whole number from 0 on"),
        (&["check", "--mounts", "1.5"], "whole number from 0 on"),
        (&["check", "--mounts", ""], "whole number from 0 on"),
        (&["check", "--mounts", "99999999999999999999"], "whole number from 0 on"),
        (&["preflight", "--refuse-at", "0"], "--refuse-at"),
        (&["preflight", "--refuse-at", "x"], "--refuse-at"),
        (&["check", "--mounts", "1", "--mountinfo", "x"], "cannot be used with"),
        (&["check", "--format", "xml"], "human"),
        (&["check", "--color", "sometimes"], "always"),
        (&["recipe", "--for", "luck"], "leaked-mounts, driver-state"),
        (
            &["recipe", "--mounts", "unknown", "--format", "sh"],
            "give --mounts N, or unwedge recipe --for RECIPE",
        ),
    ] {
        let (status, out, err) = run(arguments);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(err.contains(said), "{arguments:?}: {said} is not in\n{err}");
    }
}

#[test]
fn a_file_that_is_no_mount_table_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let good = fs::read_to_string("corpus/mountinfo/leak-many.txt").unwrap();
    let torn = path("torn", &good.as_bytes()[..good.rfind(" - ").unwrap()]);
    let last = format!("line {}: ", good.lines().count());
    for (file, said) in [
        (path("stderr", LINE.as_bytes()), "line 1: "),
        (path("empty", b""), "no mounts at all"),
        (path("binary", &[0, 255, 10, 7]), "line 1: "),
        (torn, last.as_str()),
        (folder.path().join("missing").to_str().unwrap().into(), "No such file"),
        (folder.path().to_str().unwrap().into(), "Is a directory"),
    ] {
        for command in [&["preflight"][..], &["recipe"], &["check", "tests/bad_input.rs"], &[]] {
            let (status, _, err) = run(&[command, &["--mountinfo", &file]].concat());
            assert_eq!(status, Some(2), "{command:?} {file}");
            assert!(err.contains(&file) && err.contains(said), "{command:?}: {said} is not in\n{err}");
        }
    }
}

#[test]
fn a_table_that_is_none_costs_the_filter_no_byte() {
    let output = fed(unwedge(&["--mountinfo", "tests/bad_input.rs"]), LINE.as_bytes());
    let (status, out, err) = told(&output);
    assert_eq!((status, out.as_str()), (Some(2), LINE));
    assert!(err.contains("unwedge: wedge") && err.contains("cannot count mounts"), "{err}");
}

#[test]
fn streams_that_say_little_are_clear() {
    let whole = LINE.as_bytes();
    let binary: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let streams =
        [b"".to_vec(), b"\n".to_vec(), vec![0; 70_000], binary, whole[..20].to_vec(), whole[..120].to_vec()];
    for stream in streams {
        for arguments in [&[][..], &["check"]] {
            let output = fed(unwedge(arguments), &stream);
            assert_eq!(output.status.code(), Some(0), "{} bytes", stream.len());
            assert!(!text(&output.stderr).contains("panicked"));
        }
    }
}

/// Rust's runtime opens `/dev/null` on a closed descriptor, so that a closed standard output is the same as one
/// that nobody reads.
#[test]
fn closed_descriptors_change_no_status() {
    for (redirection, status) in [(">&-", 10), ("2>&-", 10), (">&- 2>&-", 10), ("<&-", 0)] {
        for arguments in ["", "check"] {
            let program = env!("CARGO_BIN_EXE_unwedge");
            let script = format!("printf '%s\\n' \"$LINE\" | '{program}' {arguments} {redirection}");
            let mut shell = std::process::Command::new("sh");
            let output = shell.args(["-c", &script]).env("LINE", LINE.trim_end()).output().unwrap();
            assert_eq!(output.status.code(), Some(status), "{script}");
            assert!(!text(&output.stderr).contains("panicked"));
        }
    }
}

/// The most memory that the process held, in KiB (`VmHWM` of `proc_pid_status(5)`).
fn peak(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn a_line_of_a_gib_takes_no_memory() {
    const PIECES: usize = 16 * 1024;
    // A sentinel at each end, so that the line is judged and not skipped.
    let filler = vec![b'x'; 64 * 1024];
    let mut child = unwedge(&["--mounts", "0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let (mut buffer, mut total) = (vec![0; 1 << 20], 0);
        loop {
            match out.read(&mut buffer).unwrap() {
                0 => return total,
                n => total += n,
            }
        }
    });
    let mut stdin = child.stdin.take().unwrap();
    let (head, tail) = (LINE.trim_end().split_at(60).0, " read-only file system");
    stdin.write_all(head.as_bytes()).unwrap();
    for _ in 0..PIECES {
        stdin.write_all(&filler).unwrap();
    }
    stdin.write_all(tail.as_bytes()).unwrap();
    let peak = peak(&child);
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(reader.join().unwrap(), PIECES * filler.len() + head.len() + tail.len());
    assert_eq!(output.status.code(), Some(10), "{}", text(&output.stderr));
    assert!(peak < 16 * 1024, "{peak} KiB");
}
