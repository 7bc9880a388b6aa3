//! The real binary: exact bytes out, exact exit status.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/program.rs"]
mod program;

use program::{LINE, fed, run, text, told, unwedge};
use std::{
    fs::{self, File},
    io::{Read, Write},
    path::PathBuf,
    process::Stdio,
};

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

/// What is judged is what was read, to the last byte of every piece.
#[test]
fn a_sentinel_cut_by_a_read_or_by_the_end_is_seen() {
    for cut in [30, LINE.len() - 10, LINE.len() - 1] {
        for arguments in [&["-q", "--mounts", "0"][..], &["check", "-q", "--mounts", "0"]] {
            let mut child = unwedge(arguments)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let mut stdin = child.stdin.take().unwrap();
            stdin.write_all(&LINE.as_bytes()[..cut]).unwrap();
            if arguments[0] == "-q" {
                // It has read the first piece when that comes out.
                child.stdout.as_mut().unwrap().read_exact(&mut vec![0; cut]).unwrap();
            }
            stdin.write_all(&LINE.trim_end().as_bytes()[cut.min(LINE.len() - 1)..]).unwrap();
            drop(stdin);
            assert_eq!(child.wait().unwrap().code(), Some(10), "cut at {cut}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("no-newline");
    fs::write(&path, LINE.trim_end()).unwrap();
    assert_eq!(run(&["check", "-q", path.to_str().unwrap()]).0, Some(10));
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
        // What to do instead, which does it.
        let advice = "find DIR -type f -exec unwedge check {} +";
        assert_eq!(err.contains(advice), missing.is_dir(), "{err}");
    }
    let mut find = std::process::Command::new("find");
    find.arg(folder.path()).args(["-type", "f", "-exec", env!("CARGO_BIN_EXE_unwedge"), "check", "{}", "+"]);
    let output = find.output().unwrap();
    assert!(!output.status.success());
    assert_eq!(text(&output.stdout).matches(": clear\n").count(), 2);
    assert!(text(&output.stdout).contains(": wedge "));
}

/// A file is read to its end, however large it says that it is and wherever the buffer ends.
#[test]
fn check_reads_files_to_their_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let name = path.to_str().unwrap();
    for length in [0, 1, 262_142 - LINE.len(), 262_143 - LINE.len(), 262_144 - LINE.len(), 600_000] {
        fs::write(&path, format!("{}\n{LINE}", "x".repeat(length))).unwrap();
        let (status, said, _) = run(&["check", "--mounts", "0", name]);
        assert_eq!(status, Some(10), "{length}");
        assert!(said.contains("wedge (both sentinels on line 2)"), "{length}");
    }
    // The kernel says that its files are empty, and hands them out in pieces.
    for length in [0, 100_000] {
        let mut command = unwedge(&["check", "--mounts", "0", "/proc/self/environ"]);
        let output = command.env("LOG", format!("{}\n{LINE}", "x".repeat(length))).output().unwrap();
        assert_eq!(output.status.code(), Some(10), "{length}: {}", text(&output.stderr));
    }
    let (status, said, _) = run(&["check", "/proc/self/environ", "/dev/null"]);
    assert_eq!((status, said.as_str()), (Some(0), "/proc/self/environ: clear\n/dev/null: clear\n"));
}

#[test]
fn require_same_line_wants_both_on_one() {
    let torn = LINE.replace("activity/", "activity\n/");
    assert_eq!(fed(unwedge(&[]), torn.as_bytes()).status.code(), Some(10));
    assert_eq!(fed(unwedge(&["--require-same-line"]), torn.as_bytes()).status.code(), Some(0));
    assert_eq!(fed(unwedge(&["--require-same-line", "check"]), LINE.as_bytes()).status.code(), Some(10));
}

/// A real one, and a real one of each other kind.
const WEDGE: &str = "corpus/wedge/A-bake-compose-actro-bx36_1.stderr";
const FULL: &str = "corpus/clear/B-build-enospc-ext4-bx36_1.stderr";
const CONTAINER: &str = "corpus/clear/D-echo-error-line-plain-bx12_1.stderr";

#[test]
fn the_report_has_all_that_a_person_needs() {
    let (status, out, err) = run(&["check", "--mounts", "37", WEDGE]);
    assert_eq!((status, err.as_str()), (Some(10), ""));
    for part in [
        &format!(
            "{WEDGE}: wedge (both sentinels on line 1)\n    ERROR: failed to update builder last activity time"
        ),
        "leaked mounts: 37 (--mounts)",
        "state directory: ",
        "recipe leaked-mounts: ",
        "at once: ",
        "[no root needed]",
        "BUILDX_CONFIG=$(mktemp -d",
        "1. stop docker [root]",
        "destroys: every container on this host is stopped",
        "umount -l",
        "unwedge recipe --for leaked-mounts --format sh",
    ] {
        assert!(out.contains(part), "{part} is not in\n{out}");
    }
    assert!(!out.contains('\x1b'));
}

#[test]
fn the_recipe_follows_from_the_count() {
    let samples = "corpus/mountinfo";
    let many = format!("{samples}/leak-many.txt");
    let none = format!("{samples}/healthy-buildkitd-idle.txt");
    for (arguments, recipe) in [
        (&["--mounts", "1"][..], "recipe leaked-mounts"),
        (&["--mounts", "0"], "recipe driver-state"),
        (&["--mounts", "unknown"], "no recipe is chosen"),
        (&["--mountinfo", &many], "recipe leaked-mounts"),
        (&["--mountinfo", &none], "recipe driver-state"),
    ] {
        let (status, out, _) = run(&[&["check", WEDGE][..], arguments].concat());
        assert_eq!(status, Some(10));
        assert!(out.contains(recipe), "{arguments:?}: {recipe} is not in\n{out}");
        let (status, out, _) = run(&[&["recipe"][..], arguments].concat());
        assert_eq!(status, Some(0));
        assert!(out.contains(recipe), "{arguments:?}: {recipe} is not in\n{out}");
    }
}

#[test]
fn another_cause_gets_its_own_advice() {
    let (status, out, _) = run(&["check", FULL]);
    assert_eq!(status, Some(0));
    assert!(out.contains("near miss on line 1: activity-failure"), "{out}");
    assert!(out.contains("not a wedge: the activity file failed with no space left on device"), "{out}");
    assert!(out.contains("recipe disk-full"), "{out}");
}

#[test]
fn a_daemon_on_another_host_is_not_counted_here() {
    for (variable, value) in
        [("DOCKER_HOST", "tcp://far:2375"), ("DOCKER_HOST", "ssh://far"), ("DOCKER_CONTEXT", "far")]
    {
        let mut command = unwedge(&["check", WEDGE]);
        let (status, out, _) = told(&command.env(variable, value).output().unwrap());
        assert_eq!(status, Some(10));
        assert!(out.contains("no recipe is chosen") && out.contains("far"), "{out}");
    }
    let mut command = unwedge(&["check", WEDGE]);
    let (_, out, _) = told(&command.env("DOCKER_HOST", "unix:///var/run/docker.sock").output().unwrap());
    assert!(out.contains("recipe driver-state"), "{out}");
}

#[test]
fn preflight_refuses_from_the_count_on() {
    for (arguments, status, said) in [
        (&["--mounts", "9"][..], 0, "unwedge: this host is fit to build on"),
        (&["--mounts", "10"], 11, "unwedge: refused"),
        (&["--mounts", "10", "--refuse-at", "11"], 0, "fit to build on"),
        (&["--mounts", "1", "--refuse-at", "1"], 11, "recipe leaked-mounts"),
        (&["--mounts", "unknown"], 0, "leaked mounts: unknown"),
        (&["--mountinfo", "corpus/mountinfo/leak-many.txt"], 11, "recipe leaked-mounts"),
        (&["--mounts", "10", "--quiet"], 11, "unwedge: refused: leaked-mounts\n"),
    ] {
        let (code, out, err) = run(&[&["preflight"][..], arguments].concat());
        assert_eq!((code, err.as_str()), (Some(status), ""), "{arguments:?}");
        assert!(out.contains(said), "{arguments:?}: {said} is not in\n{out}");
    }
    assert_eq!(run(&["preflight", "--mounts", "9", "--quiet"]).1, "");
}

#[test]
fn quiet_says_a_line_for_a_wedge_and_nothing_else() {
    let (status, out, err) = run(&["check", "--quiet", "--mounts", "3", WEDGE, CONTAINER]);
    assert_eq!((status, err.as_str()), (Some(10), ""));
    assert_eq!(out, format!("unwedge: {WEDGE}: wedge: leaked-mounts\n"));
    assert_eq!(run(&["check", "-q", CONTAINER]), (Some(0), String::new(), String::new()));
    let output = fed(unwedge(&["-q", "--mounts", "0"]), LINE.as_bytes());
    assert_eq!(
        told(&output),
        (Some(10), LINE.into(), "unwedge: standard input: wedge: driver-state\n".into())
    );
}

#[test]
fn colour_comes_where_it_is_asked_for() {
    for (arguments, coloured) in
        [(&["--color", "always"][..], true), (&["--color", "never"], false), (&[], false)]
    {
        let (_, out, _) = run(&[&["check", WEDGE][..], arguments].concat());
        assert_eq!(out.contains("\x1b["), coloured, "{arguments:?}");
    }
    for format in ["json", "github", "sh"] {
        let (_, out, _) = run(&["check", WEDGE, "--color", "always", "--format", format]);
        assert!(!out.contains('\x1b') && !out.is_empty(), "{format}");
    }
}

#[test]
fn github_gets_one_annotation_that_nothing_escapes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a,b:c\n::error::forged");
    fs::write(&path, format!("::error::%0A {LINE}")).unwrap();
    let path = path.to_str().unwrap();
    let (status, out, _) = run(&["check", "--mounts", "3", "--format", "github", path, CONTAINER]);
    assert_eq!((status, out.matches('\n').count()), (Some(10), 1), "{out}");
    assert!(out.starts_with("::error title=docker buildx is wedged::"), "{out}");
    assert!(out.contains("%0A    :\\u{3a}error::%250A ERROR: failed to update"), "{out}");
    assert!(out.contains("recipe leaked-mounts"), "{out}");
    let (_, out, _) = run(&["check", "--format", "github", FULL]);
    assert!(out.starts_with("::warning title="), "{out}");
    assert_eq!(run(&["check", "--format", "github", CONTAINER]).1, "");
    let (_, out, _) = run(&["preflight", "--format", "github", "--mounts", "10"]);
    assert!(out.starts_with("::error title=unwedge refuses to start the build::"), "{out}");
}

#[test]
fn the_script_of_a_verdict_is_that_of_its_recipe() {
    let script = |arguments: &[&str]| run(&[arguments, &["--format", "sh"]].concat()).1;
    let recipe = script(&["recipe", "--for", "driver-state"]);
    assert!(recipe.starts_with("#!/bin/sh\n# unwedge, recipe driver-state"));
    assert_eq!(script(&["check", "--mounts", "0", WEDGE]), recipe);
    assert_eq!(script(&["recipe", "--mounts", "0"]), recipe);
    assert!(script(&["check", CONTAINER]).contains("nothing to do"));
    // Piped into a shell, a wedge without a count fails and says why.
    let uncounted = script(&["check", "--mounts", "unknown", WEDGE]);
    let output = std::process::Command::new("sh").args(["-c", &uncounted]).output().unwrap();
    let (status, out, err) = told(&output);
    assert_eq!((status, out.as_str()), (Some(1), ""));
    assert!(err.starts_with("unwedge: no recipe is chosen"), "{err}");
}

#[test]
fn what_the_stream_says_never_drives_the_terminal() {
    let stream = LINE.replace("ERROR", "\x1b]0;title\x07\x1b[2J\u{202e}ERROR");
    let output = fed(unwedge(&["--color", "never"]), stream.as_bytes());
    assert_eq!(output.status.code(), Some(10));
    assert!(output.stdout == stream.as_bytes());
    let report = text(&output.stderr);
    assert!(report.contains("\\u{1b}[2J\\u{202e}ERROR"), "{report}");
    assert!(!report.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{report}");
}

#[test]
fn on_a_terminal_without_input_help() {
    let terminal =
        rustix::pty::openpt(rustix::pty::OpenptFlags::RDWR | rustix::pty::OpenptFlags::NOCTTY).unwrap();
    rustix::pty::unlockpt(&terminal).unwrap();
    let name = rustix::pty::ptsname(&terminal, Vec::new()).unwrap();
    let side = File::options().read(true).write(true).open(text(name.as_bytes())).unwrap();
    let output = unwedge(&[]).stdin(side).output().unwrap();
    let (status, out, err) = told(&output);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    for part in ["Usage: unwedge", "check", "preflight", "recipe", "--mounts", "Exit status"] {
        assert!(out.contains(part), "{part} is not in\n{out}");
    }
}

#[test]
fn packagers_get_completions_and_a_manual_page() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (status, out, err) = run(&["completions", shell]);
        assert_eq!((status, err.as_str()), (Some(0), ""));
        assert!(out.contains("preflight") && out.contains("refuse-at"), "{shell}: {out}");
    }
    let (status, out, err) = run(&["man"]);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    assert!(out.contains(".TH unwedge 1") && out.contains("refuse\\-at"), "{out}");
    assert_eq!(run(&["completions", "cmd.com"]).0, Some(2));
}
