//! The real binary: exact bytes out, exact exit status.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    fs::{self, File},
    io::{Read, Write},
    path::PathBuf,
    process::{Command, Output, Stdio},
};

const LINE: &str = "ERROR: failed to update builder last activity time: open /root/.docker/buildx/activity/.tmp-default1: read-only file system\n";

fn unwedge(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unwedge"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    command
}

fn fed(mut command: Command, input: &[u8]) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        let _ = pipe.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_filter_copies_every_byte_and_ends_with_the_verdict() {
    for input in [LINE.as_bytes().repeat(3), b"\0\xff no newline".to_vec(), Vec::new(), vec![b'x'; 1 << 20]] {
        let output = fed(unwedge(&[]), &input);
        assert!(output.stdout == input, "bytes were changed");
        let wedge = input.starts_with(b"ERROR");
        assert_eq!(output.status.code(), Some(if wedge { 10 } else { 0 }));
        assert!(text(&output.stderr).starts_with(if wedge {
            "unwedge: wedge (both sentinels on line 1)"
        } else {
            "unwedge: clear"
        }));
    }
}

#[test]
fn the_filter_waits_for_no_line() {
    let mut child =
        unwedge(&[]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"half a li").unwrap();
    let mut seen = [0; 9];
    child.stdout.as_mut().unwrap().read_exact(&mut seen).unwrap();
    assert_eq!(&seen, b"half a li");
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_reader_that_goes_away_is_an_ordinary_end() {
    for (input, status) in [(LINE.as_bytes().to_vec(), 10), (vec![b'\n'; 1 << 20], 0)] {
        let mut child =
            unwedge(&[]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let _ = child.stdin.take().unwrap().write_all(&input);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(status));
        assert!(!text(&output.stderr).contains("cannot"));
    }
}

#[test]
fn a_full_disk_behind_standard_output_is_said() {
    let full = || File::options().write(true).open("/dev/full").unwrap();
    let mut filter = unwedge(&[]);
    filter.stdin(File::open("tests/cli.rs").unwrap()).stdout(full());
    let mut check = unwedge(&["check", "tests/cli.rs"]);
    check.stdout(full());
    for mut command in [filter, check] {
        let output = command.stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("cannot write standard output"), "{}", text(&output.stderr));
    }
}

#[test]
fn check_names_each_file_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let wedge = path("wedge", LINE.as_bytes());
    let cut = path("cut", &LINE.as_bytes()[..30]);
    let empty = path("empty", b"");
    let run = |files: &[&PathBuf]| {
        let files: Vec<&str> = files.iter().map(|f| f.to_str().unwrap()).collect();
        let output = unwedge(&["check"]).args(files).output().unwrap();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (status, out, err) = run(&[&cut, &empty]);
    assert_eq!((status, out.matches(": clear\n").count(), err.as_str()), (Some(0), 2, ""));
    assert_eq!(run(&[&cut, &wedge, &empty]).0, Some(10));
    for missing in [folder.path().join("missing"), folder.path().to_path_buf()] {
        let (status, out, err) = run(&[&missing, &wedge]);
        assert_eq!(status, Some(2));
        assert!(err.starts_with("unwedge: cannot read ") && err.contains(missing.to_str().unwrap()), "{err}");
        assert!(out.contains(": wedge "), "the next file was not judged");
    }
}

#[test]
fn wrong_usage_is_status_2() {
    for arguments in [&["--no-such-option"][..], &["no-such-command"]] {
        let output = unwedge(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(!output.stderr.is_empty() && output.stdout.is_empty());
    }
}

#[test]
fn require_same_line_wants_both_on_one() {
    let torn = LINE.replace("activity/", "activity\n/");
    assert_eq!(fed(unwedge(&[]), torn.as_bytes()).status.code(), Some(10));
    assert_eq!(fed(unwedge(&["--require-same-line"]), torn.as_bytes()).status.code(), Some(0));
    assert_eq!(fed(unwedge(&["--require-same-line", "check"]), LINE.as_bytes()).status.code(), Some(10));
}
