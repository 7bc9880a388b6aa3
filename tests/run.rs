//! `unwedge run`: the attempts, each option, each exit status, the report.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/program.rs"]
mod program;

use program::{LINE, fed, run, text, told, unwedge};
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Output,
};

const WEDGE: &str = "corpus/wedge/A-bake-compose-actro-bx36_1.stderr";

/// A folder in which a script counts its own starts.
struct Scene {
    folder: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `unwedge run OPTIONS -- sh -c SCRIPT ARGUMENTS`, without delays; in the script `$n` is the number of
    /// the attempt.
    fn run(&self, options: &[&str], script: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
        told(&self.output(options, script, arguments, &[]))
    }

    fn output(
        &self,
        options: &[&str],
        script: &str,
        arguments: &[&str],
        variables: &[(&str, &Path)],
    ) -> Output {
        let count = self.path("starts");
        let count = count.to_str().unwrap();
        let script = format!("echo >>'{count}'; n=$(grep -c '' '{count}'); {script}");
        unwedge(&[&["run", "--delay", "0"], options, &["--", "sh", "-c", &script, "sh"], arguments].concat())
            .envs(variables.iter().copied())
            .output()
            .unwrap()
    }

    /// How often the script was started.
    fn starts(&self) -> usize {
        fs::read_to_string(self.path("starts")).map_or(0, |text| text.lines().count())
    }
}

#[test]
fn a_transient_failure_then_success() {
    let scene = Scene::new();
    let script = "echo out $n; [ $n = 2 ] || { echo 'net/http: TLS handshake timeout' >&2; exit 1; }";
    let (status, out, err) = scene.run(&[], script, &[]);
    assert_eq!((status, out.as_str(), scene.starts()), (Some(0), "out 1\nout 2\n", 2));
    let err = err.replace(char::is_numeric, "N");
    assert_eq!(
        err,
        "unwedge: attempt N of N\n\
         net/http: TLS handshake timeout\n\
         unwedge: attempt N ended with status N: another attempt\n\
         unwedge: attempt N of N\n\
         unwedge: attempt N ended with status N: success\n"
    );
}

#[test]
fn a_permanent_failure_has_one_attempt() {
    for line in [
        "manifest for x:9 not found: manifest unknown: manifest unknown",
        "ERROR: pull access denied, repository does not exist or may require authorization",
        "Error response from daemon: repository does not exist",
        "ERROR: invalid tag \"UPPER/Case:\": invalid reference format",
        "unknown flag: --foo",
        "ERROR: failed to solve: dockerfile parse error on line 3: unknown instruction: RUUN",
        "yaml: line 3: mapping values are not allowed in this context",
        "#3 ERROR: docker.io/library/nope: pull access denied",
    ] {
        let scene = Scene::new();
        let (status, _, err) = scene.run(&[], "printf '%s\\n' \"$1\" >&2; exit 7", &[line]);
        assert_eq!((status, scene.starts()), (Some(7), 1), "{line}");
        assert!(err.contains(": permanent failure, "), "{err}");
        assert!(!err.contains("recipe"), "{err}");
    }
}

#[test]
fn permanent_only_in_the_clients_voice() {
    for line in [
        "#7 0.412 manifest unknown",
        "web-1  | unknown flag: --foo",
        "ERROR: x: not found",
        "'manifest unknown'",
    ] {
        let scene = Scene::new();
        let (status, _, err) = scene.run(&[], "printf '%s\\n' \"$1\" >&2; exit 7", &[line]);
        assert_eq!((status, scene.starts()), (Some(7), 3), "{line}");
        assert!(err.ends_with(": no attempts are left\n"), "{err}");
    }
}

#[test]
fn a_wedge_has_one_attempt_and_the_recipe_by_count() {
    for (mounts, recipe) in [("37", "leaked-mounts"), ("0", "driver-state"), ("unknown", "")] {
        let scene = Scene::new();
        let script = "echo before >&2; cat \"$1\" >&2; exit 1";
        let (status, out, err) = scene.run(&["--mounts", mounts], script, &[WEDGE]);
        assert_eq!((status, out.as_str(), scene.starts()), (Some(10), "", 1));
        for part in [
            "unwedge: attempt 1 of 3\nbefore\nERROR: failed to update",
            "unwedge: standard error: wedge (both sentinels on line 2)",
            "unwedge: attempt 1 ended with status 1: wedge, no further attempt can help",
            &format!(
                ": wedge, no further attempt can help; leaked mounts: {mounts} before, {mounts} after\n"
            ),
            "unwedge: standard error of attempt 1, its last lines:\n    | before\n    | ERROR: failed",
            if recipe.is_empty() { "no recipe is chosen" } else { "\nrecipe " },
            recipe,
        ] {
            assert!(err.contains(part), "{part} is not in\n{err}");
        }
    }
}

#[test]
fn an_unrelated_read_only_error_is_retried_to_the_end() {
    let scene = Scene::new();
    let script = "echo 'touch: cannot touch /srv/x: Read-only file system' >&2; exit 1";
    let (status, _, err) = scene.run(&[], script, &[]);
    assert_eq!((status, scene.starts()), (Some(1), 3));
    assert!(err.ends_with("attempt 3 ended with status 1: no attempts are left\n"), "{err}");
    assert!(!err.contains(": wedge") && !err.contains("recipe"), "{err}");
}

#[test]
fn each_stream_is_judged_by_itself() {
    let (activity, erofs) = LINE.trim_end().split_once(": read-only").unwrap();
    let erofs = format!("x: read-only{erofs}");
    let scene = Scene::new();
    let script = "echo \"$1\"; echo \"$2\" >&2; exit 1";
    let (status, _, _) = scene.run(&["--attempts", "1"], script, &[activity, &erofs]);
    assert_eq!(status, Some(1));
    let script = "echo \"$1\" >&2; echo \"$2\" >&2; exit 1";
    assert_eq!(scene.run(&[], script, &[activity, &erofs]).0, Some(10));
    // On standard output it is one too.
    let (status, _, err) = scene.run(&[], "cat \"$1\"", &[WEDGE]);
    assert_eq!(status, Some(10));
    assert!(err.contains("unwedge: standard output: wedge"), "{err}");
    // Each attempt is judged by itself.
    let scene = Scene::new();
    let script = "if [ $n = 1 ]; then echo \"$1\" >&2; else echo \"$2\" >&2; fi; exit 1";
    let (status, _, _) = scene.run(&[], script, &[activity, &erofs]);
    assert_eq!((status, scene.starts()), (Some(1), 3));
}

#[test]
fn a_wedge_comes_before_the_permanent_list_and_the_status() {
    for status in [0, 1, 127] {
        let scene = Scene::new();
        let script = format!("echo manifest unknown >&2; cat \"$1\" >&2; exit {status}");
        let (status, _, _) = scene.run(&["--permanent", "activity time"], &script, &[WEDGE]);
        assert_eq!((status, scene.starts()), (Some(10), 1));
    }
}

#[test]
fn require_same_line_wants_both_on_one() {
    let torn = LINE.trim_end().replace("activity/", "activity\n/");
    let scene = Scene::new();
    let script = "printf '%s\\n' \"$1\" >&2; exit 1";
    assert_eq!(scene.run(&["--require-same-line"], script, &[&torn]).0, Some(1));
    assert_eq!(scene.run(&[], script, &[&torn]).0, Some(10));
}

#[test]
fn statuses_are_those_of_the_command() {
    for (script, status, starts) in [
        ("exit 0", 0, 1),
        ("exit 1", 1, 3),
        ("exit 100", 100, 3),
        ("exit 255", 255, 3),
        ("exit 10", 10, 3),
        ("exit 126", 126, 1),
        ("exit 127", 127, 1),
        ("exit 130", 130, 1),
        ("kill -9 $$", 137, 3),
        ("kill -TERM $$", 143, 3),
        ("kill -INT $$", 130, 1),
    ] {
        let scene = Scene::new();
        let (code, _, _) = scene.run(&[], script, &[]);
        assert_eq!((code, scene.starts()), (Some(status), starts), "{script}");
    }
}

#[test]
fn what_cannot_be_started() {
    for (command, status, said) in [
        ("no-such-program-anywhere", 127, "unwedge: cannot start no-such-program-anywhere: No such file"),
        ("/no/such/program", 127, "No such file"),
        ("", 127, "unwedge: cannot start : No such file"),
        ("tests/run.rs", 126, "unwedge: cannot start tests/run.rs: Permission denied"),
        ("/etc", 126, "Permission denied"),
    ] {
        for tty in ["never", "always"] {
            let (code, _, err) = run(&["run", "--tty", tty, "--", command]);
            assert_eq!(code, Some(status), "{command}: {err}");
            assert!(err.contains(said) && err.contains("attempt 1 ended"), "{err}");
            assert!(!err.contains("attempt 2"), "{err}");
        }
    }
}

#[test]
fn attempts_and_delays() {
    for (options, starts) in [(&["--attempts", "1"][..], 1), (&["--attempts", "5", "--max-delay", "1ms"], 5)]
    {
        let scene = Scene::new();
        assert_eq!(scene.run(options, "exit 1", &[]).0, Some(1));
        assert_eq!(scene.starts(), starts);
    }
    let (_, _, err) = run(&["run", "--delay", "99999h", "--max-delay", "1ms", "--", "false"]);
    assert_eq!(err.matches(": another attempt in 0.0 s\n").count(), 2, "{err}");
}

#[test]
fn permanent_adds_and_retry_on_narrows() {
    let script = "echo \"#7 0.1 step: ECONNRESET\" >&2; echo 'ERROR: Quota exceeded' >&2; exit 1";
    for (options, starts, said) in [
        (&["--permanent", "quota EXCEEDED"][..], 1, "permanent failure, quota exceeded"),
        (&["--permanent", "econnreset"], 3, "no attempts are left"),
        (&["--retry-on", "econnreset"], 3, "no attempts are left"),
        (&["--retry-on", "timeout", "--retry-on", "quota"], 3, "no attempts are left"),
        (&["--retry-on", "timeout"], 1, "none of the phrases to retry on was seen"),
        (&["--retry-on", "quota", "--permanent", "quota"], 1, "permanent failure, quota"),
    ] {
        let scene = Scene::new();
        let (status, _, err) = scene.run(options, script, &[]);
        assert_eq!((status, scene.starts()), (Some(1), starts), "{options:?}");
        assert!(err.contains(said), "{options:?}: {err}");
    }
}

#[test]
fn the_preflight_holds_up_what_builds() {
    for (options, arguments, status, starts) in [
        (&["--mounts", "10"][..], "compose up --build", 11, 0),
        (&["--mounts", "10"], "build .", 11, 0),
        (&["--mounts", "10"], "buildx bake", 11, 0),
        (&["--mounts", "10"], "compose down", 0, 1),
        (&["--mounts", "10"], "ps", 0, 1),
        (&["--mounts", "9"], "build .", 0, 1),
        (&["--mounts", "9", "--refuse-at", "9"], "build .", 11, 0),
        (&["--mounts", "10", "--preflight", "never"], "build .", 0, 1),
        (&["--mounts", "10", "--preflight", "always"], "ps", 11, 0),
        (&["--mounts", "unknown"], "build .", 0, 1),
        (&["--mountinfo", "corpus/mountinfo/leak-many.txt"], "build .", 11, 0),
    ] {
        let scene = Scene::new();
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let (code, _, err) = scene.run(options, "exit 0", &arguments);
        assert_eq!((code, scene.starts()), (Some(status), starts), "{options:?} {arguments:?}: {err}");
        assert_eq!(err.contains("recipe leaked-mounts"), status == 11, "{err}");
        assert_eq!(err.contains("unwedge: refused, this host is not fit to build on"), status == 11, "{err}");
    }
}

#[test]
fn the_preflight_looks_before_every_attempt() {
    let scene = Scene::new();
    let state = scene.path("state");
    // The first attempt makes the state directory one that cannot be written: a file.
    let output = scene.output(
        &[],
        "echo gone >&2; echo >\"$BUILDX_CONFIG\"; exit 1",
        &["build"],
        &[("BUILDX_CONFIG", &state)],
    );
    let (status, _, err) = told(&output);
    assert_eq!((status, scene.starts()), (Some(11), 1), "{err}");
    assert!(err.contains("unwedge: attempt 2 was not started: this host is not fit"), "{err}");
    assert!(err.contains("unwedge: standard error of attempt 1, its last lines:\n    | gone\n"), "{err}");
}

#[test]
fn a_table_that_is_none_starts_nothing() {
    let scene = Scene::new();
    let (status, _, err) = scene.run(&["--mountinfo", "tests/run.rs"], "exit 0", &[]);
    assert_eq!((status, scene.starts()), (Some(2), 0));
    assert!(err.contains("cannot count mounts in tests/run.rs"), "{err}");
}

#[test]
fn another_cause_gets_its_advice_when_no_attempt_is_left() {
    let scene = Scene::new();
    let full = "corpus/clear/B-build-enospc-ext4-bx36_1.stderr";
    let (status, _, err) = scene.run(&[], "cat \"$1\" >&2; exit 1", &[full]);
    assert_eq!((status, scene.starts()), (Some(1), 3));
    assert!(
        err.contains("recipe disk-full") && err.contains("not a wedge: the activity file failed"),
        "{err}"
    );
    let scene = Scene::new();
    let (status, _, err) = scene.run(&[], "[ $n = 3 ] || { cat \"$1\" >&2; exit 1; }", &[full]);
    assert_eq!(status, Some(0));
    assert!(!err.contains("recipe"), "{err}");
}

#[test]
fn the_fallback_is_a_way_through() {
    let scene = Scene::new();
    let directory = scene.path("other");
    let to = format!("state-dir={}", directory.display());
    let script =
        "[ $n = 2 ] || { cat \"$1\" >&2; exit 1; }; echo \"through $BUILDX_CONFIG ${DOCKER_BUILDKIT-}\"";
    let (status, out, err) = scene.run(&["--mounts", "0", "--fallback", &to], script, &[WEDGE]);
    assert_eq!((status, scene.starts()), (Some(0), 2), "{err}");
    assert_eq!(out, format!("through {} \n", directory.display()));
    for part in [
        "unwedge: attempt 2, the fallback\n",
        &format!(
            "unwedge: the fallback state-dir was used, state directory {}, which is kept",
            directory.display()
        ),
        "recipe driver-state",
        "standard error of attempt 1, its last lines:\n    | ERROR: failed",
    ] {
        assert!(err.contains(part), "{part} is not in\n{err}");
    }
    assert_eq!(fs::metadata(&directory).unwrap().permissions().mode() & 0o777, 0o700);

    let scene = Scene::new();
    let (status, out, err) = scene.run(&["--mounts", "0", "--fallback", "legacy-builder"], script, &[WEDGE]);
    assert_eq!((status, scene.starts()), (Some(0), 2));
    assert!(out.ends_with("/state 0\n"), "{out}");
    assert!(
        err.contains("the fallback legacy-builder was used\n") && err.contains("recipe driver-state"),
        "{err}"
    );

    // Without a name it gets a fresh one.
    let scene = Scene::new();
    let output = scene.output(
        &["--mounts", "0", "--fallback", "state-dir"],
        script,
        &[WEDGE],
        &[("TMPDIR", scene.folder.path())],
    );
    let (status, out, _) = told(&output);
    let fresh = PathBuf::from(out.trim().strip_prefix("through ").unwrap());
    assert_eq!((status, fresh.parent()), (Some(0), Some(scene.folder.path())));
    assert_eq!(fs::metadata(&fresh).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_fallback_that_leads_nowhere_stays_a_wedge() {
    for (script, starts) in [
        ("cat \"$1\" >&2; exit 1", 2),
        ("[ $n = 2 ] || cat \"$1\" >&2; echo manifest unknown >&2; exit 1", 2),
    ] {
        let scene = Scene::new();
        let (status, _, err) = scene.run(&["--fallback", "legacy-builder"], script, &[WEDGE]);
        assert_eq!((status, scene.starts()), (Some(10), starts));
        assert_eq!(err.matches("\nrecipe ").count(), 1, "{err}");
    }
    // A directory that others can write is none.
    let scene = Scene::new();
    let open = scene.path("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    let to = format!("state-dir={}", open.display());
    let (status, _, err) = scene.run(&["--fallback", &to], "cat \"$1\" >&2; exit 1", &[WEDGE]);
    assert_eq!((status, scene.starts()), (Some(10), 1));
    assert!(err.contains("the fallback state-dir could not be used: others may write to it"), "{err}");
    // None without a wedge, none around leaked mounts.
    for (options, script, arguments, status, starts) in [
        (&["--fallback", "legacy-builder"][..], "exit 1", "ps", 1, 3),
        (&["--fallback", "legacy-builder", "--mounts", "10"], "exit 1", "build", 11, 0),
    ] {
        let scene = Scene::new();
        let (code, _, err) = scene.run(options, script, &[arguments]);
        assert_eq!((code, scene.starts()), (Some(status), starts), "{err}");
    }
}

#[test]
fn a_refused_state_directory_can_be_got_around() {
    for (fallback, status) in [("state-dir", 0), ("legacy-builder", 0)] {
        let scene = Scene::new();
        fs::write(scene.path("state"), "").unwrap();
        let to = if fallback == "state-dir" {
            format!("state-dir={}", scene.path("other").display())
        } else {
            fallback.into()
        };
        let output = scene.output(
            &["--fallback", &to],
            "exit 0",
            &["build"],
            &[("BUILDX_CONFIG", &scene.path("state"))],
        );
        let (code, _, err) = told(&output);
        assert_eq!((code, scene.starts()), (Some(status), 1), "{err}");
        assert!(err.contains("unwedge: refused, this host is not fit to build on"), "{err}");
    }
}

#[test]
fn the_report_is_written_whole_and_follows_no_link() {
    let scene = Scene::new();
    let (report, victim) = (scene.path("report.json"), scene.path("victim"));
    fs::write(&victim, "precious").unwrap();
    symlink(&victim, &report).unwrap();
    let options = ["--mounts", "0", "--report", report.to_str().unwrap()];
    let (status, _, _) = scene.run(&options, "cat \"$1\" >&2; exit 1", &[WEDGE]);
    assert_eq!(status, Some(10));
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    assert!(fs::symlink_metadata(&report).unwrap().is_file());
    let text = fs::read_to_string(&report).unwrap();
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["run"]["stderr"]["head"], fs::read_to_string(WEDGE).unwrap());
    let names: Vec<_> = fs::read_dir(scene.folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    // A success is reported as well.
    let scene = Scene::new();
    let report = scene.path("report.json");
    assert_eq!(scene.run(&["--report", report.to_str().unwrap()], "exit 0", &[]).0, Some(0));
    assert!(fs::read_to_string(&report).unwrap().contains("\"reason\":\"success\""));
}

#[test]
fn a_report_that_cannot_be_written_starts_nothing() {
    let scene = Scene::new();
    for path in ["/no/such/folder/x", "/dev/null", scene.folder.path().to_str().unwrap()] {
        let (status, out, err) = scene.run(&["--report", path], "exit 0", &[]);
        assert_eq!((status, out.as_str(), scene.starts()), (Some(2), "", 0), "{path}");
        assert!(err.starts_with(&format!("unwedge: cannot write {path}: ")), "{err}");
    }
}

#[test]
fn keep_stderr_keeps_head_and_tail() {
    let scene = Scene::new();
    let report = scene.path("report.json");
    let script = "printf 'head\\n' >&2; head -c 3000000 /dev/zero | tr '\\0' x >&2; printf '\\ntail' >&2; cat \"$1\" >&2; exit 1";
    let whole = 5 + 3_000_000 + 5 + fs::metadata(WEDGE).unwrap().len();
    for (size, kept) in [("1k", 1 << 10), ("0", 0), ("", 1 << 20), ("4m", whole)] {
        let mut options = vec!["--report", report.to_str().unwrap()];
        if !size.is_empty() {
            options.extend(["--keep-stderr", size]);
        }
        assert_eq!(scene.run(&options, script, &[WEDGE]).0, Some(10));
        let report: serde_json::Value = serde_json::from_str(&fs::read_to_string(&report).unwrap()).unwrap();
        let original = &report["run"]["stderr"];
        let (head, tail) = (original["head"].as_str().unwrap(), original["tail"].as_str().unwrap());
        assert_eq!((head.len() + tail.len()) as u64, kept.min(whole), "{size}");
        assert_eq!(original["left_out"], whole - kept.min(whole), "{size}");
        if kept > 0 {
            assert!(head.starts_with("head\nx"));
            assert!(format!("{head}{tail}").ends_with("read-only file system\n"));
        }
    }
}

#[test]
fn quiet_says_the_decision_alone() {
    let scene = Scene::new();
    let (_, _, err) = scene.run(&["-q", "--mounts", "0"], "cat \"$1\"; exit 1", &[WEDGE]);
    assert_eq!(err, "unwedge: standard output: wedge: driver-state\n");
    let (_, _, err) = scene.run(&["-q", "--mounts", "10"], "exit 1", &["build"]);
    assert_eq!(err, "unwedge: refused: leaked-mounts\n");
    let (status, _, err) = scene.run(&["-q"], "exit 3", &[]);
    assert_eq!((status, err.as_str()), (Some(3), ""));
}

#[test]
fn formats_and_colour() {
    let scene = Scene::new();
    let lines = |format: &str| {
        let options = ["--mounts", "0", "--format", format];
        let (status, out, err) = scene.run(&options, "cat \"$1\"; exit 1", &[WEDGE]);
        assert_eq!((status, out), (Some(10), fs::read_to_string(WEDGE).unwrap()));
        err
    };
    let json = lines("json");
    assert_eq!(json.matches('\n').count(), 1, "{json}");
    assert!(json.starts_with("{\"version\":1,\"command\":\"run\""), "{json}");
    let github = lines("github");
    assert!(
        github.starts_with("::error title=docker buildx is wedged::") && github.matches('\n').count() == 1
    );
    assert!(lines("sh").starts_with("#!/bin/sh\n# unwedge, recipe driver-state"));
    for (colour, coloured) in [("always", true), ("never", false), ("auto", false)] {
        let (_, _, err) = scene.run(&["--color", colour], "cat \"$1\"; exit 1", &[WEDGE]);
        assert_eq!(err.contains("\x1b["), coloured, "{colour}");
    }
}

#[test]
fn github_gets_an_annotation_and_a_summary() {
    let scene = Scene::new();
    let summary = scene.path("summary");
    fs::write(&summary, "before\n").unwrap();
    let run = |options: &[&str], script: &str, actions: &str| {
        let variables = [("GITHUB_ACTIONS", Path::new(actions)), ("GITHUB_STEP_SUMMARY", summary.as_path())];
        told(&scene.output(options, script, &[WEDGE], &variables))
    };
    let (status, _, err) = run(&["--mounts", "0"], "echo '</pre><b>' >&2; cat \"$1\" >&2; exit 1", "true");
    assert_eq!(status, Some(10));
    let annotations: Vec<&str> = err.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(annotations.len(), 1, "{err}");
    assert!(annotations[0].starts_with("::error title=docker buildx is wedged::"));
    let written = fs::read_to_string(&summary).unwrap();
    assert!(written.starts_with("before\n### docker buildx is wedged\n\n<pre>\n"), "{written}");
    assert!(written.contains("| &lt;/pre&gt;&lt;b&gt;") && written.ends_with("</pre>\n"), "{written}");
    assert!(written.contains("recipe driver-state") && !written.contains('\x1b'));
    // Nothing to say, nothing said; and nothing elsewhere.
    for (script, actions) in [("exit 1", "true"), ("cat \"$1\" >&2; exit 1", "false")] {
        let (_, _, err) = run(&["--mounts", "0"], script, actions);
        assert!(!err.contains("::error"), "{err}");
        assert_eq!(fs::read_to_string(&summary).unwrap(), written);
    }
    // One alone where the format asks for it.
    let (_, _, err) = run(&["--mounts", "0", "--format", "github"], "cat \"$1\" >&2; exit 1", "true");
    assert_eq!(err.matches("::error").count(), 1, "{err}");
    fs::remove_file(&summary).unwrap();
    fs::create_dir(&summary).unwrap();
    let (status, _, err) = run(&["--mounts", "0"], "cat \"$1\" >&2; exit 1", "true");
    assert_eq!(status, Some(2));
    assert!(err.contains(&format!("unwedge: cannot write {}: Is a directory", summary.display())), "{err}");
}

#[test]
fn wrong_usage_says_what_and_starts_nothing() {
    for (arguments, said) in [
        (&["run"][..], "required arguments were not provided"),
        (&["run", "--"], "COMMAND"),
        (&["run", "--attempts", "2", "--"], "COMMAND"),
        (&["run", "echo", "x"], "unexpected argument 'echo'"),
        (&["run", "--attempts", "0", "--", "echo"], "--attempts"),
        (&["run", "--attempts", "-1", "--", "echo"], "--attempts"),
        (&["run", "--attempts", "x", "--", "echo"], "--attempts"),
        (&["run", "--delay", "x", "--", "echo"], "a time such as 500ms, 5s, 2m or 1h"),
        (&["run", "--delay", "-1", "--", "echo"], "a time such as"),
        (&["run", "--max-delay", "5 s", "--", "echo"], "a time such as"),
        (&["run", "--grace", "", "--", "echo"], "a time such as"),
        (&["run", "--kill-after", "1d", "--", "echo"], "a time such as"),
        (&["run", "--keep-stderr", "much", "--", "echo"], "a size such as 65536, 64k or 1m"),
        (&["run", "--preflight", "sometimes", "--", "echo"], "always"),
        (&["run", "--tty", "sometimes", "--", "echo"], "always"),
        (&["run", "--fallback", "luck", "--", "echo"], "`state-dir`, `state-dir=DIR` or `legacy-builder`"),
        (&["run", "--permanent", "", "--", "echo"], "a phrase that is not empty"),
        (&["run", "--retry-on", " ", "--", "echo"], "a phrase that is not empty"),
    ] {
        let (status, out, err) = run(arguments);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(err.contains(said), "{arguments:?}: {said} is not in\n{err}");
    }
}

#[test]
fn standard_input_is_passed_on() {
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let output = fed(unwedge(&["run", "-q", "--", "cat"]), &bytes);
    assert!(output.stdout == bytes, "bytes were changed");
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
}

#[test]
fn a_line_of_ours_begins_a_line() {
    let scene = Scene::new();
    let (_, _, err) = scene.run(&["--attempts", "1"], "printf 'no newline' >&2; exit 1", &[]);
    assert!(err.contains("no newline\nunwedge: attempt 1 ended"), "{err}");
}

/// A stand-in on `PATH`, as people call it.
#[test]
fn a_docker_on_the_path() {
    let scene = Scene::new();
    let docker = scene.path("docker");
    let path = std::env::var("PATH").unwrap();
    let line = LINE.trim_end();
    let text =
        format!("#!/bin/sh\nprintf '%s\\n' \"$*\"\n[ \"$2\" != up ] || {{ echo '{line}' >&2; exit 17; }}\n");
    fs::write(scene.path("source"), text).unwrap();
    // Copied by another process: what this one wrote may be busy.
    let copied = std::process::Command::new("sh")
        .args(["-c", "cp \"$1\" \"$2\" && chmod 755 \"$2\"", "sh"])
        .args([scene.path("source"), docker])
        .status()
        .unwrap();
    assert!(copied.success());
    for (command, status) in [("docker compose up --build", 10), ("docker compose down", 0)] {
        let words: Vec<&str> = command.split(' ').collect();
        let mut unwedge = unwedge(&[&["run", "--delay", "0", "--mounts", "3", "--"], &words[..]].concat());
        unwedge.env("PATH", format!("{}:{path}", scene.folder.path().display()));
        let (code, out, err) = told(&unwedge.output().unwrap());
        assert_eq!((code, out), (Some(status), format!("{}\n", &command[7..])), "{err}");
    }
}
