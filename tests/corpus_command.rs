//! `unwedge corpus`, with the real binary: each command, each option, each status, bad input.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/program.rs"]
mod program;

use program::{LINE, fed, told, unwedge};
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Stdio,
};
use tempfile::TempDir;

/// A scratch folder, in which commands run, with a corpus `c` as `init` makes it.
struct Scratch(TempDir);

impl Scratch {
    fn new() -> Self {
        let scratch = Self(tempfile::tempdir().unwrap());
        assert_eq!(scratch.run(&["init", "c"]).0, Some(0));
        scratch
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        self.run_fed(arguments, b"")
    }

    fn run_fed(&self, arguments: &[&str], input: &[u8]) -> (Option<i32>, String, String) {
        let mut command = unwedge(&["corpus"]);
        command.args(arguments).current_dir(self.0.path()).env("USER", "marlene").env_remove("SUDO_USER");
        told(&fed(command, input))
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(file), bytes).unwrap();
    }

    /// Everything below the corpus, with its bytes.
    fn snapshot(&self) -> Vec<(PathBuf, Vec<u8>)> {
        fn walk(folder: &Path, into: &mut Vec<(PathBuf, Vec<u8>)>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, into);
                } else {
                    into.push((path.clone(), fs::read(&path).unwrap()));
                }
            }
        }
        let mut files = Vec::new();
        walk(&self.path("c"), &mut files);
        files.sort();
        files
    }

    /// The corpus with another manifest must stop every command with status 2 and say this.
    fn breaks(&self, manifest: &str, expected: &str) {
        self.write("c/cases.jsonl", manifest);
        for arguments in [
            &["check", "c"][..],
            &["list", "c"],
            &["add", "-", "--name", "n", "--label", "wedge", "--corpus", "c"],
        ] {
            let (status, out, err) = self.run(arguments);
            assert_eq!((status, out.as_str()), (Some(2), ""), "{arguments:?}: {err}");
            assert!(err.contains(expected), "{arguments:?} should say {expected:?}: {err}");
        }
    }
}

/// Ours: checked through a link, from a folder of which nothing else is known.
fn own() -> Scratch {
    let scratch = Scratch(tempfile::tempdir().unwrap());
    symlink(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus"), scratch.path("corpus")).unwrap();
    scratch
}

const CLEAR: &str =
    "#6 0.1 /bin/sh: can't create /x: Read-only file system\nERROR: failed to solve: exit code: 1\n";

#[test]
fn a_new_corpus_is_whole_and_passes_every_transform() {
    let scratch = Scratch::new();
    let (status, out, err) = scratch.run(&["check", "c"]);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    assert!(
        out.contains("\n2 cases, ") && out.ends_with(" streams made of them, seed 1: all as expected\n"),
        "{out}"
    );
    assert_eq!(fs::metadata(scratch.path("c/cases.jsonl")).unwrap().permissions().mode() & 0o444, 0o444);
}

#[test]
fn init_touches_no_folder_that_holds_something() {
    let scratch = Scratch::new();
    let before = scratch.snapshot();
    let (status, _, err) = scratch.run(&["init", "c"]);
    assert_eq!(status, Some(2));
    assert!(err.contains("cannot make a corpus in c: "), "{err}");
    assert_eq!(scratch.snapshot(), before);
    fs::create_dir(scratch.path("empty")).unwrap();
    assert_eq!(scratch.run(&["init", "empty"]).0, Some(0));
    assert_eq!(scratch.run(&["init", "a/b/c"]).0, Some(0));
    assert_eq!(scratch.run(&["init", "c", "--format", "json"]).0, Some(2));
    let left: Vec<_> = fs::read_dir(scratch.0.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "something temporary was left behind: {left:?}");
}

#[test]
fn the_folder_is_corpus_where_nobody_says() {
    let scratch = own();
    let (status, out, _) = scratch.run(&["check", "--case", "wedge/A-crlf-bx36_1", "--transform", "as-is"]);
    assert_eq!(status, Some(0));
    assert!(out.ends_with("1 cases, 1 streams made of them, seed 1: all as expected\n"), "{out}");
    let missing = Scratch(tempfile::tempdir().unwrap());
    let (status, _, err) = missing.run(&[]);
    assert_eq!(status, Some(2), "without a command it checks");
    assert!(err.starts_with("unwedge: cannot read corpus/cases.jsonl: "), "{err}");
}

#[test]
fn a_failure_says_how_to_run_it_again() {
    let scratch = Scratch::new();
    let manifest = scratch.text("c/cases.jsonl").replace("\"near_lines\": [2]", "\"near_lines\": [1]");
    scratch.write("c/cases.jsonl", manifest);
    let (status, out, _) = scratch.run(&["check", "c", "--seed", "7", "--transform", "crlf"]);
    assert_eq!(status, Some(1));
    let expected = "failed clear/first, transform crlf\n  \
        expected: clear, near misses read-only-elsewhere (line 1), no recipe\n  \
        because:  a carriage return in front of a line's end is the transport's\n  \
        got:      clear, near misses read-only-elsewhere (line 2), no recipe\n  \
        again:    unwedge corpus check c --case clear/first --transform crlf --seed 7\n";
    assert!(out.starts_with(expected), "{out}");
    assert!(out.ends_with("2 cases, 2 streams made of them, seed 7: 1 failed\n"), "{out}");
    let again = scratch.run(&["check", "c", "--case", "clear/first", "--transform", "crlf", "--seed", "7"]);
    assert_eq!(again.0, Some(1));
    assert!(again.1.starts_with(expected), "{}", again.1);
    // Quiet is the failures alone; of a corpus that passes, nothing.
    assert_eq!(scratch.run(&["check", "c", "-q", "--seed", "7", "--transform", "crlf"]).1, expected);
    let passed = scratch.run(&["check", "c", "-q", "--case", "wedge/first", "--transform", "crlf"]);
    assert_eq!((passed.0, passed.1.as_str()), (Some(0), ""));
}

#[test]
fn cases_are_chosen_by_name_or_by_part_of_it() {
    let scratch = Scratch::new();
    let cases = |arguments: &[&str]| {
        let all = [&["check", "c", "--transform", "as-is", "--format", "json"], arguments].concat();
        let (status, out, err) = scratch.run(&all);
        assert_eq!(status, Some(0), "{err}");
        serde_json::from_str::<Value>(&out).unwrap()["cases"].as_u64().unwrap()
    };
    assert_eq!(cases(&[]), 2);
    assert_eq!(cases(&["--case", "first"]), 2);
    assert_eq!(cases(&["--case", "clear/first"]), 1);
    assert_eq!(cases(&["--case", "clear/first", "--case", "wedge"]), 2);
    let (status, _, err) = scratch.run(&["check", "c", "--case", "nobody"]);
    assert_eq!(status, Some(2));
    assert!(err.contains("no case is called \"nobody\""), "{err}");
    let (status, _, err) = scratch.run(&["check", "c", "--transform", "nonsense"]);
    assert_eq!(status, Some(2));
    assert!(err.contains("as-is, split, one-byte, crlf"), "{err}");
    assert_eq!(scratch.run(&["check", "c", "--seed", "x"]).0, Some(2));
}

#[test]
fn what_nothing_exercises_fails() {
    let scratch = Scratch::new();
    // A transform that no case goes through.
    let clear = scratch.text("c/cases.jsonl").lines().nth(1).unwrap().to_owned() + "\n";
    scratch.write("c/cases.jsonl", clear);
    fs::remove_dir_all(scratch.path("c/wedge")).unwrap();
    let (status, out, _) = scratch.run(&["check", "c", "--transform", "torn", "--transform", "crlf"]);
    assert_eq!(status, Some(1));
    assert!(out.starts_with("failed transform torn: no case goes through it\n"), "{out}");
    assert!(!out.contains("crlf"), "{out}");
    // A case that the transform asked for does not apply to.
    let other = Scratch::new();
    let (status, out, _) = other.run(&["check", "c", "--case", "clear/first", "--transform", "torn"]);
    assert_eq!(status, Some(1));
    assert!(out.starts_with("failed clear/first: no transform applies to it\n"), "{out}");
    // No case at all.
    scratch.write("c/cases.jsonl", "");
    fs::remove_dir_all(scratch.path("c/clear")).unwrap();
    let (status, out, _) = scratch.run(&["check", "c"]);
    assert_eq!(status, Some(1));
    assert!(out.starts_with("failed there is no case\n"), "{out}");
}

#[test]
fn the_seed_decides_and_nothing_else() {
    let scratch = Scratch::new();
    let run = |seed: &str| scratch.run(&["check", "c", "--seed", seed, "--format", "json"]);
    assert_eq!(run("1"), run("1"));
    assert_eq!(run("1").0, Some(0));
    assert_eq!(run("18446744073709551615").0, Some(0));
}

#[test]
fn formats() {
    let scratch = Scratch::new();
    let broken = scratch.text("c/cases.jsonl").replace("\"erofs_line\": 1", "\"erofs_line\": 9");
    scratch.write("c/cases.jsonl", broken);
    let as_is = |format: &str| scratch.run(&["check", "c", "--transform", "as-is", "--format", format]);

    let (status, out, _) = as_is("json");
    assert_eq!(status, Some(1));
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["command"], "corpus check");
    assert_eq!(
        (&json["passed"], &json["seed"], &json["cases"], &json["streams"]),
        (&false.into(), &1.into(), &2.into(), &2.into())
    );
    assert_eq!(json["failures"][0]["case"], "wedge/first");
    assert_eq!(
        json["failures"][0]["again"],
        "unwedge corpus check c --case wedge/first --transform as-is --seed 1"
    );
    assert_eq!(json["figures"]["all"]["recall"]["held"], 1, "the label is right all the same");
    assert_eq!(
        json["figures"]["observed"]["recall"],
        serde_json::json!({"held": 0, "of": 0, "share": null, "low": null, "high": null})
    );

    let (status, out, _) = as_is("junit");
    assert_eq!(status, Some(1));
    assert!(out.starts_with("<?xml ") && out.contains("failures=\"1\""), "{out}");
    assert!(
        out.contains("<failure message=\"failed under as-is\">transform as-is\nexpected: wedge"),
        "{out}"
    );

    let (status, out, _) = as_is("github");
    assert_eq!(status, Some(1));
    let lines: Vec<&str> = out.lines().collect();
    assert!(
        lines[0]
            .starts_with("::error file=c/wedge/first.stderr,title=wedge/first::transform as-is%0Aexpected: "),
        "{out}"
    );
    assert!(lines[1].starts_with("::notice title=corpus::") && lines.len() == 2, "{out}");

    assert_eq!(as_is("sh").0, Some(2));
    let (status, out, err) = told(&unwedge(&["check", "--format", "junit"]).output().unwrap());
    assert_eq!((status, out.as_str()), (Some(2), ""));
    assert!(err.contains("--format junit is for `unwedge corpus check`"), "{err}");
}

#[test]
fn a_closed_standard_output_and_a_full_disk() {
    let scratch = Scratch::new();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = unwedge(&["corpus", "check", "c", "--transform", "as-is"]);
    command.current_dir(scratch.0.path()).stdout(full).stderr(Stdio::piped());
    let output = command.spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_broken_manifest_is_named_with_its_line() {
    let scratch = Scratch::new();
    let good = scratch.text("c/cases.jsonl");
    let [first, second] = good.lines().collect::<Vec<_>>()[..] else { panic!("{good}") };
    let broken = |change: &dyn Fn(&str) -> String, expected: &str| {
        scratch.breaks(&format!("{first}\n{}\n", change(second)), expected);
    };
    broken(&|_| "{".into(), "cases.jsonl line 2: EOF while parsing an object, at column 1");
    broken(&|_| String::new(), "cases.jsonl line 2: EOF while parsing");
    broken(&|line| line.replace("\"why\"", "\"reason\""), "cases.jsonl line 2: unknown field `reason`");
    broken(&|line| line.replace("\"mounts\": null, ", ""), "cases.jsonl line 2: missing field `mounts`");
    broken(&|line| line.replace("\"recipe\": null, ", ""), "cases.jsonl line 2: missing field `recipe`");
    broken(&|line| line.replace("read-only-elsewhere", "elsewhere"), "line 2: unknown word `elsewhere`");
    broken(
        &|line| line.replace("\"label\": \"clear\"", "\"label\": \"unclear\""),
        "line 2: unknown variant `unclear`",
    );
    broken(&|line| line.replace("\"synthetic\"", "\"seen\""), "line 2: unknown variant `seen`");
    broken(
        &|line| line.replace("\"clear/first\"", "\"wedge/first\""),
        "the name wedge/first stands on line 1 already",
    );
    broken(&|line| line.replace("\"clear/first\"", "\"first\""), "a name is the label, a slash and more");
    broken(&|line| line.replace("clear/first.stderr", "../etc/passwd"), "the file ../etc/passwd is outside");
    broken(&|line| line.replace("clear/first.stderr", "/etc/passwd"), "the file /etc/passwd is outside");
    broken(&|line| line.replace("clear/first.stderr", "wedge/first.stderr"), "stands on line 1 already");
    broken(
        &|line| line.replace("clear/first.stderr", "clear/lost"),
        "clear/lost: a line in cases.jsonl without a file",
    );
    broken(&|line| line.replace("\"near_lines\": [2]", "\"near_lines\": [2, 3]"), "of one length");
    broken(&|line| line.replace(", \"near_lines\": [2]", ""), "has near_misses and near_lines");
    broken(
        &|line| line.replace("\"why\": \"a build step's own filesystem is read-only\", ", ""),
        "says why it is one",
    );
    broken(&|line| line.replace("\"mounts\"", "\"link\": \"line\", \"mounts\""), "a clear case has no link");
    broken(&|line| line.replace("\"mounts\"", "\"erofs_line\": 1, \"mounts\""), "has near_lines alone");
    broken(
        &|line| line.replace("\"provenance\"", "\"known_limit\": true, \"provenance\""),
        "limit/ holds the cases",
    );
    broken(
        &|line| line.replace("\"provenance\"", "\"known_failure\": \" \", \"provenance\""),
        "an empty reason says nothing",
    );
    scratch.breaks(&format!("{first}\n"), "clear/first.stderr: a file without a line in cases.jsonl");
    let told = first.replace("\"link\": \"line\", ", "");
    scratch.breaks(&format!("{told}\n{second}\n"), "line 1: wedge/first: a wedge has a link");
    // Bytes that are no text have their place as well.
    let odd = [good.as_bytes(), b"{\"name\": \"\xff\"}\n"].concat();
    scratch.write("c/cases.jsonl", odd);
    let err = scratch.run(&["check", "c"]).2;
    assert_eq!(err, "unwedge: cases.jsonl line 3: invalid unicode code point, at column 11\n");
    // All that is wrong is said at once.
    scratch.breaks(&format!("{{\n{second}\n}}\n"), "cases.jsonl line 1");
    scratch.breaks(&format!("{{\n{second}\n}}\n"), "cases.jsonl line 3");
    scratch.write("c/cases.jsonl", good);
    assert_eq!(scratch.run(&["check", "c", "--transform", "as-is"]).0, Some(0));
}

#[test]
fn links_folders_and_unreadable_files() {
    let scratch = Scratch::new();
    symlink("/etc/passwd", scratch.path("c/clear/linked")).unwrap();
    let (status, _, err) = scratch.run(&["check", "c"]);
    assert_eq!(status, Some(2));
    assert_eq!(err, "unwedge: clear/linked: no regular file\n");
    fs::remove_file(scratch.path("c/clear/linked")).unwrap();
    fs::create_dir(scratch.path("c/limit")).unwrap();
    fs::create_dir(scratch.path("c/limit/deep")).unwrap();
    assert_eq!(scratch.run(&["check", "c"]).2, "unwedge: limit/deep: no regular file\n");
    fs::remove_dir(scratch.path("c/limit/deep")).unwrap();
    // A name that acts on a terminal is escaped.
    scratch.write("c/clear/\x1b[31m", "");
    assert_eq!(
        scratch.run(&["check", "c"]).2,
        "unwedge: clear/\\u{1b}[31m: a file without a line in cases.jsonl\n"
    );
    fs::remove_file(scratch.path("c/clear/\x1b[31m")).unwrap();
    assert_eq!(scratch.run(&["check", "c", "--transform", "as-is"]).0, Some(0));

    assert_eq!(scratch.run(&["check", "nowhere"]).0, Some(2));
    let (status, _, err) = scratch.run(&["add", "nowhere.log", "--label", "wedge", "--corpus", "c"]);
    assert_eq!(status, Some(2));
    assert!(err.starts_with("unwedge: cannot read nowhere.log: "), "{err}");
    let (status, _, err) =
        scratch.run_fed(&["add", "-", "--name", "n", "--label", "wedge", "--corpus", "no"], LINE.as_bytes());
    assert_eq!(status, Some(2));
    assert!(err.starts_with("unwedge: cannot add the case: "), "{err}");
    // Root reads every file: what stands in for one that cannot be read is one that is not there.
    fs::remove_file(scratch.path("c/cases.jsonl")).unwrap();
    assert!(scratch.run(&["check", "c"]).2.starts_with("unwedge: cannot read c/cases.jsonl: "));
}

#[test]
fn a_log_becomes_a_case() {
    let scratch = Scratch::new();
    let log = "marlene@forge:~$ docker compose build\n".to_owned()
        + &LINE.replace("/root/", "/home/jdoe/").replace("ERROR: ", "ERROR: (10.11.12.13) ");
    scratch.write("build.log", &log);
    let (status, out, err) = scratch.run(&[
        "add",
        "build.log",
        "--label",
        "wedge",
        "--corpus",
        "c",
        "--mounts",
        "37",
        "--tool",
        "buildx v0.36.1",
    ]);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    let expected = "classifier: wedge, link line, activity sentinel on line 2, EROFS sentinel on line 2, recipe leaked-mounts\n\
        label:      wedge\n\
        @@ line 1 @@\n-marlene@forge:~$ docker compose build\n+xxxxxxx@xxxxx:~$ docker compose build\n\
        @@ line 2 @@\n-ERROR: (10.11.12.13) failed";
    assert!(out.starts_with(expected), "{out}");
    let stored = scratch.text("c/wedge/build.stderr");
    assert_eq!(stored.len(), log.len());
    assert!(stored.contains(
        "ERROR: (00.00.00.00) failed to update builder last activity time: open /home/xxxx/.docker"
    ));
    let line = scratch.text("c/cases.jsonl").lines().last().unwrap().to_owned();
    assert_eq!(
        line,
        r#"{"name": "wedge/build", "file": "wedge/build.stderr", "label": "wedge", "link": "line", "activity_line": 2, "erofs_line": 2, "mounts": 37, "recipe": "leaked-mounts", "provenance": {"kind": "observed", "tool": "buildx v0.36.1", "command": "not told", "produced": "not told"}}"#
    );
    assert_eq!(
        fs::metadata(scratch.path("c/wedge/build.stderr")).unwrap().permissions().mode() & 0o444,
        0o444
    );
    let (status, out, _) = scratch.run(&["check", "c"]);
    assert_eq!(status, Some(0), "{out}");

    // A clear one, from standard input, with all that can be said about it.
    let all = [
        "add",
        "-",
        "--name",
        "ro",
        "--label",
        "clear",
        "--why",
        "the step's disk",
        "--corpus",
        "c",
        "--provenance",
        "derived",
        "--tool",
        "sh",
        "--command",
        "x > y",
        "--produced",
        "by hand",
        "--mounts",
        "unknown",
    ];
    assert_eq!(scratch.run_fed(&all, CLEAR.as_bytes()).0, Some(0));
    let line = scratch.text("c/cases.jsonl").lines().last().unwrap().to_owned();
    assert_eq!(
        line,
        r#"{"name": "clear/ro", "file": "clear/ro.stderr", "label": "clear", "near_misses": ["read-only-elsewhere"], "near_lines": [1], "mounts": null, "recipe": null, "why": "the step's disk", "provenance": {"kind": "derived", "tool": "sh", "command": "x > y", "produced": "by hand"}}"#
    );
    let left: Vec<_> = fs::read_dir(scratch.path("c")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".unwedge")), "{left:?}");
}

#[test]
fn nothing_is_redacted_where_nobody_wants_it() {
    let scratch = Scratch::new();
    let log = format!("by marlene\n{CLEAR}");
    let add = ["add", "-", "--name", "n", "--label", "clear", "--why", "x", "--corpus", "c", "--no-redact"];
    let (status, out, _) = scratch.run_fed(&add, log.as_bytes());
    assert_eq!(status, Some(0));
    assert!(!out.contains("@@") && out.contains("redacted in 0 places"), "{out}");
    assert_eq!(scratch.text("c/clear/n.stderr"), log);
}

/// What is refused changes nothing.
#[test]
fn refusals() {
    let scratch = Scratch::new();
    scratch.write("build.log", LINE.replace("/root/", "/home/dev/"));
    let before = scratch.snapshot();
    let refused = |arguments: &[&str], input: &str, status: i32, expected: &str| {
        let all = [&["add", "--corpus", "c"], arguments].concat();
        let (got, out, err) = scratch.run_fed(&all, input.as_bytes());
        assert_eq!((got, out.as_str()), (Some(status), ""), "{arguments:?}: {err}");
        assert!(err.contains(expected), "{arguments:?} should say {expected:?}: {err}");
        assert_eq!(scratch.snapshot(), before, "{arguments:?} changed something");
    };
    let wedge = ["-", "--label", "wedge", "--name"];
    let other = LINE.replace("open", "write");
    refused(&["-", "--label", "wedge"], LINE, 2, "standard input has no name");
    refused(&["-", "--label", "clear", "--name", "n"], CLEAR, 2, "a clear case needs a reason");
    refused(&["-", "--label", "clear", "--name", "n", "--why", " "], CLEAR, 1, "a clear case needs a reason");
    refused(&["-", "--name", "n"], LINE, 2, "--label");
    refused(&["-", "--label", "maybe", "--name", "n"], LINE, 2, "give one of wedge, clear");
    refused(
        &["-", "--label", "wedge", "--name", "n", "--provenance", "heard"],
        LINE,
        2,
        "give one of observed, derived, synthetic",
    );
    refused(
        &["-", "--label", "wedge", "--name", "n", "--format", "json"],
        LINE,
        2,
        "writes text for a person alone",
    );
    for name in ["", "../x", "a/b", ".x", "a b"] {
        refused(&[&wedge[..], &[name]].concat(), &other, 1, "is no name");
    }
    refused(&[&wedge[..], &["first"]].concat(), &other, 1, "there is a case wedge/first already");
    // The same failure on another machine, of another user.
    let same = "ERROR: failed to build: failed to update builder last activity time: open /home/jdoe/.docker/buildx/activity/.tmp-default998: read-only file system\r\n";
    refused(&[&wedge[..], &["n"]].concat(), same, 1, "wedge/first shows the same");
    refused(
        &[&wedge[..], &["n"]].concat(),
        CLEAR,
        1,
        "the classifier says clear, near misses read-only-elsewhere (line 1)",
    );
    refused(&[&wedge[..], &["n", "--known-failure", "x"]].concat(), &other, 1, "this is no known failure");
    // Masked, the operation of an activity failure that was cut off looks like another cause.
    let cut = "failed to update builder last activity time: open /home/open/\nx: read-only file system\n";
    refused(&[&wedge[..], &["n"]].concat(), cut, 1, "redacted, it is judged otherwise: wedge, link stream");
    scratch.write("c/wedge/stray", "");
    let (status, _, err) = scratch.run(&["add", "build.log", "--label", "wedge", "--corpus", "c"]);
    assert_eq!(status, Some(2));
    assert_eq!(err, "unwedge: wedge/stray: a file without a line in cases.jsonl\n");
}

#[test]
fn a_known_failure_is_told_until_it_passes() {
    let scratch = Scratch::new();
    // Really a wedge; but the first line was lost.
    let add = [
        "add",
        "-",
        "--name",
        "lost",
        "--label",
        "wedge",
        "--mounts",
        "0",
        "--corpus",
        "c",
        "--known-failure",
        "the first line was lost",
    ];
    let (status, _, err) =
        scratch.run_fed(&add, b"open /home/dev/.docker/buildx/activity/.tmp-d1: read-only file system\n");
    assert_eq!((status, err.as_str()), (Some(0), ""));
    let forged = [
        "add",
        "-",
        "--name",
        "forged",
        "--label",
        "clear",
        "--why",
        "a program printed it",
        "--corpus",
        "c",
        "--known-failure",
        "no prefix",
    ];
    assert_eq!(scratch.run_fed(&forged, format!("+ cat app.log\n{LINE}").as_bytes()).0, Some(0));
    let (status, out, _) = scratch.run(&["check", "c"]);
    assert_eq!(status, Some(0), "{out}");
    assert!(out.contains("judged wrongly, and known to be\n  wedge/lost: known failure, the first line was lost\n  clear/forged: known failure, no prefix\n"), "{out}");
    assert!(
        out.contains("  all                          1       1                     1             1\n"),
        "counted in the figures: {out}"
    );
    assert!(out.contains("  all         50.0 (9.5 to 90.5)"), "{out}");
    assert!(scratch.run(&["list", "c"]).1.contains("wedge/lost: wedge, known failure; observed, not told\n"));
    let junit = scratch.run(&["check", "c", "--format", "junit"]).1;
    assert!(junit.contains("<skipped message=\"known failure, no prefix\"/>"), "{junit}");

    scratch.write("c/clear/forged.stderr", "#7 0.1 ".to_owned() + LINE);
    let (status, out, _) = scratch.run(&["check", "c"]);
    assert_eq!(status, Some(1));
    assert!(out.contains("failed clear/forged, transform as-is\n  expected: wedge (a known failure; it passes now: take the mark off)\n"), "{out}");
}

#[test]
fn two_who_add_at_once_lose_nothing() {
    let scratch = Scratch::new();
    let children: Vec<_> = (0..8)
        .map(|n| {
            scratch.write(&format!("log{n}"), CLEAR.replace("exit code: 1", &format!("exit code: 1{n}")));
            let mut command = unwedge(&["corpus", "add", "--label", "clear", "--why", "x", "--corpus", "c"]);
            command.arg(format!("log{n}")).current_dir(scratch.0.path()).stdout(Stdio::null());
            command.spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    let (status, out, _) = scratch.run(&["check", "c", "--transform", "as-is"]);
    assert_eq!(status, Some(0), "{out}");
    assert!(out.contains("10 cases, "), "{out}");
}

/// The manifest keeps its bytes: also where its last line has no end.
#[test]
fn lines_that_are_there_stay_as_they_are() {
    let scratch = Scratch::new();
    let before = scratch.text("c/cases.jsonl").replace("\", \"", "\",\"");
    scratch.write("c/cases.jsonl", before.trim_end());
    assert_eq!(
        scratch
            .run_fed(
                &["add", "-", "--name", "n", "--label", "clear", "--why", "x", "--corpus", "c"],
                CLEAR.as_bytes()
            )
            .0,
        Some(0)
    );
    assert!(scratch.text("c/cases.jsonl").starts_with(&before));
    assert_eq!(scratch.text("c/cases.jsonl").lines().count(), 3);
}

#[test]
fn lists_are_filtered() {
    let scratch = own();
    let list = |arguments: &[&str]| {
        let (status, out, err) = scratch.run(&[&["list"], arguments].concat());
        assert_eq!(status, Some(0), "{err}");
        out.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let all = list(&[]);
    assert!(all.contains(&"wedge/A-crlf-bx36_1: wedge, link line, activity sentinel on line 1, EROFS sentinel on line 1, recipe leaked-mounts; derived, buildx v0.36.1".to_owned()));
    assert!(
        all.contains(
            &"clear/D-docker-run-app-log: clear, known limit; observed, docker CLI 28.2.2".to_owned()
        )
    );
    let of = |arguments: &[&str], holds: &dyn Fn(&str) -> bool| {
        let expected: Vec<String> = all.iter().filter(|row| holds(row)).cloned().collect();
        assert!(!expected.is_empty() && expected.len() < all.len());
        assert_eq!(list(arguments), expected, "{arguments:?}");
    };
    of(&["--label", "wedge"], &|row| row.starts_with("wedge/"));
    of(&["--label", "clear", "--provenance", "derived"], &|row| {
        row.starts_with("clear/") && row.contains("; derived, ")
    });
    // Of a known limit the list says no more than that it is one; its label has near misses all the same.
    of(&["--near-miss", "mentioned"], &|row| {
        row.contains("mentioned (line")
            || ["clear/D-shell-grep-bx12_1: ", "clear/F-git-show: "].iter().any(|name| row.starts_with(name))
    });
    of(&["--tool", "COMPOSE"], &|row| row.split("; ").nth(1).unwrap().to_lowercase().contains("compose"));
    of(&["--version", "0.36"], &|row| row.contains("v0.36."));
    of(&["--version", "v0.36.1"], &|row| row.contains("v0.36.1"));
    assert_eq!(list(&["--version", "0.3"]), Vec::<String>::new(), "0.3 is not 0.36");
    let lines = list(&["--format", "json", "--label", "wedge"]);
    let manifest = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/cases.jsonl")).unwrap();
    let names = |lines: &[String]| -> Vec<String> {
        lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap()["name"].to_string()).collect()
    };
    let wedges: Vec<String> =
        manifest.lines().filter(|line| line.contains("\"label\": \"wedge\"")).map(str::to_owned).collect();
    assert_eq!(names(&lines), names(&wedges));
    assert_eq!(scratch.run(&["list", "--near-miss", "x"]).0, Some(2));
    assert_eq!(scratch.run(&["list", "--format", "github"]).0, Some(2));
    assert_eq!(scratch.run(&["list", "nowhere"]).0, Some(2));
}
