//! The JSON report against types of its own: what docs/report.md says, field by field, and nothing else.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/document.rs"]
mod document;

use document::{Bytes, Cause, Count, Document, Fallback, Quote, Recipe, Sighting, text};
use std::{
    fs,
    io::Write,
    os::unix::ffi::OsStrExt,
    path::Path,
    process::{Command, Stdio},
};

const ACTIVITY: &str = "ERROR: failed to update builder last activity time: open /x/activity/.tmp-d1: ";

struct Outcome {
    document: Document,
    status: Option<i32>,
}

/// Runs the program in `folder` with a state directory there, and reads its report from whichever stream has it.
fn report(folder: &Path, arguments: &[&str], input: &[u8]) -> Outcome {
    let mut child = Command::new(env!("CARGO_BIN_EXE_unwedge"))
        .args(arguments)
        .args(["--format", "json"])
        .current_dir(folder)
        .env_remove("DOCKER_HOST")
        .env_remove("DOCKER_CONTEXT")
        .env("DOCKER_CONFIG", folder)
        .env("BUILDX_CONFIG", folder.join("state"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let filter = arguments.is_empty() || arguments[0].starts_with('-');
    let report = if filter { output.stderr } else { output.stdout };
    let report = String::from_utf8(report).unwrap();
    assert_eq!(report.matches('\n').count(), 1, "one object on one line: {report}");
    let document: Document =
        serde_json::from_str(&report).unwrap_or_else(|error| panic!("{error}: {report}"));
    assert_eq!(document.version, 1);
    Outcome { document, status: output.status.code() }
}

fn check_steps(recipe: &Recipe) {
    assert!(recipe.script.starts_with("#!/bin/sh\n") && !recipe.title.is_empty());
    assert_eq!(recipe.at_once.privilege, "user");
    for step in &recipe.steps {
        assert!(!step.id.is_empty() && !step.title.is_empty());
        assert!(["user", "root"].contains(&step.privilege.as_str()));
        assert!(!step.commands.is_empty() || step.by_hand, "{} does nothing", step.id);
    }
    let root = recipe.steps.iter().any(|step| step.privilege == "root" && !step.by_hand);
    assert_eq!(recipe.needs_root, root);
}

#[test]
fn a_wedge_and_its_recipe() {
    let folder = tempfile::tempdir().unwrap();
    let stream = format!("one\n{ACTIVITY}read-only file system\n");
    for (arguments, command) in [(&["--mounts", "37"][..], "filter"), (&["check", "--mounts", "37"], "check")]
    {
        let Outcome { document, status } = report(folder.path(), arguments, stream.as_bytes());
        assert_eq!(status, Some(10));
        assert_eq!(document.command, command);
        let judged = &document.verdicts[0];
        assert_eq!((document.verdicts.len(), &judged.input, &judged.stream), (1, &None, &None));
        assert!(document.run.is_none());
        assert_eq!((judged.verdict.as_str(), judged.link.as_deref()), ("wedge", Some("line")));
        assert_eq!(judged.activity, Some(Sighting { offset: 11, line: 2 }));
        let offset = 4 + ACTIVITY.len() as u64;
        assert_eq!(judged.erofs, Some(Sighting { offset, line: 2 }));
        assert_eq!(judged.quote, Some(Quote { text: text(stream.lines().nth(1).unwrap()), cut: false }));
        assert!(judged.near_misses.is_empty());
        assert_eq!((document.mounts.count, document.mounts.unknown), (Some(37), None));
        assert_eq!((document.mounts.source, document.mounts.refuse_at), (text("--mounts"), 10));
        assert_eq!(document.decision.kind, "recover");
        assert_eq!(document.decision.recipe.as_deref(), Some("leaked-mounts"));
        assert_eq!((document.decision.read_only_besides, document.decision.why), (false, None));
        let recipe = document.recipe.unwrap();
        check_steps(&recipe);
        assert_eq!((recipe.kind.as_str(), recipe.needs_root), ("leaked-mounts", true));
        let verified = recipe.steps.iter().find(|step| step.id == "unmount").unwrap();
        assert!(!verified.verify.is_empty());
        assert!(
            recipe
                .steps
                .iter()
                .any(|step| step.destroys.as_deref().is_some_and(|d| d.contains("every container")))
        );
    }
}

#[test]
fn every_near_miss_and_what_could_not_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, stream: &str| fs::write(folder.path().join(name), stream).unwrap();
    write("full", &format!("{ACTIVITY}no space left on device\n"));
    write("odd", &format!("{ACTIVITY}input/output error\n"));
    write("container", &format!("#7 0.412 {ACTIVITY}read-only file system\n"));
    write(
        "mentioned",
        "invalid tag \"failed to update builder last activity time: read-only file system\"\n",
    );
    write("elsewhere", "touch: Read-only file system\n");
    write("state", "ERROR: mkdir /home/dev/.docker/buildx: read-only file system\n");
    let files = ["full", "odd", "container", "mentioned", "elsewhere", "state", "missing"];
    let Outcome { document, status } = report(folder.path(), &[&["check"][..], &files].concat(), b"");
    assert_eq!(status, Some(2));
    let expected = [
        ("activity-failure", "activity", Some(("no space left on device", "disk-full"))),
        ("activity-failure", "activity", Some(("input/output error", "other"))),
        ("container-output", "activity", None),
        ("mentioned", "activity", None),
        ("read-only-elsewhere", "erofs", None),
        ("state-dir-unwritable", "erofs", None),
    ];
    for ((judged, file), (kind, sentinel, cause)) in document.verdicts.iter().zip(files).zip(expected) {
        assert_eq!(judged.input, Some(text(file)));
        assert_eq!((judged.verdict.as_str(), &judged.link, &judged.quote), ("clear", &None, &None));
        assert!(judged.activity.is_none() && judged.erofs.is_none());
        assert_eq!(judged.near_misses.len(), 1, "{file}");
        let miss = &judged.near_misses[0];
        assert_eq!((miss.kind.as_str(), miss.sentinel.as_str(), miss.line), (kind, sentinel, 1));
        assert!(!miss.quote.cut && miss.offset < 200);
        assert_eq!(miss.cause, cause.map(|(said, kind)| Cause { text: text(said), kind: kind.into() }));
    }
    assert_eq!(document.verdicts.len(), 6);
    assert_eq!(document.unread.len(), 1);
    assert_eq!(document.unread[0].input, Some(text("missing")));
    assert!(document.unread[0].error.contains("No such file"));
    assert_eq!(document.decision.kind, "advise");
    assert_eq!(document.decision.recipe.as_deref(), Some("disk-full"));
    assert_eq!(document.decision.why, Some(text("no space left on device")));
    check_steps(&document.recipe.unwrap());
}

#[test]
fn bytes_that_are_not_utf8_come_whole() {
    let folder = tempfile::tempdir().unwrap();
    let name = std::ffi::OsStr::from_bytes(b"a\xff");
    let stream = [ACTIVITY.as_bytes(), b"read-only file system \xfe\x1b[0m\n"].concat();
    fs::write(folder.path().join(name), &stream).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_unwedge"))
        .args(["check", "--format", "json", "--mounts", "0"])
        .arg(name)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let document: Document = serde_json::from_slice(&output.stdout).unwrap();
    // `a\xff`, and the line without its end.
    assert_eq!(document.verdicts[0].input, Some(Bytes::Other { base64: "Yf8=".into() }));
    match &document.verdicts[0].quote.as_ref().unwrap().text {
        Bytes::Other { base64 } => assert!(base64.ends_with("IP4bWzBt"), "{base64}"),
        Bytes::Text(text) => panic!("{text}"),
    }
}

#[test]
fn preflight_and_recipe_have_the_same_shape() {
    let folder = tempfile::tempdir().unwrap();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/mountinfo");
    let sample = samples.join("leak-many.txt");
    let sample = sample.to_str().unwrap();
    let Outcome { document, status } = report(folder.path(), &["preflight", "--mountinfo", sample], b"");
    assert_eq!((status, document.command.as_str()), (Some(11), "preflight"));
    assert!(document.verdicts.is_empty() && document.unread.is_empty());
    assert_eq!(document.mounts.source, text(sample));
    assert_eq!(document.mounts.count, Some(document.mounts.leaked.len() as u64));
    assert!(
        document.mounts.leaked.iter().all(|m| matches!(m, Bytes::Text(m) if m.contains("buildkit-mount")))
    );
    assert_eq!(document.decision.kind, "refuse");
    assert_eq!(document.decision.recipe.as_deref(), Some("leaked-mounts"));
    check_steps(&document.recipe.unwrap());

    let Outcome { document, status } = report(folder.path(), &["preflight", "--mounts", "9"], b"");
    assert_eq!((status, document.decision.kind.as_str()), (Some(0), "nothing"));
    assert!(document.recipe.is_none() && document.mounts.leaked.is_empty());
    let probe = document.probe.unwrap();
    assert_eq!((probe.access.as_str(), probe.error), ("writable", None));
    assert_eq!(document.state_directory, Some(text(folder.path().join("state").to_str().unwrap())));
    assert_eq!(probe.probed, text(folder.path().to_str().unwrap()));
    assert!(probe.owner.unwrap().mode.starts_with('0'));
    let mount = probe.mount.unwrap();
    assert!(matches!(&mount.mount_point, Bytes::Text(point) if folder.path().starts_with(point)));
    assert!(!mount.below_state_directory);

    fs::write(folder.path().join("state"), "").unwrap();
    let Outcome { document, status } = report(folder.path(), &["preflight", "--mounts", "0"], b"");
    assert_eq!((status, document.decision.kind.as_str()), (Some(11), "refuse"));
    let probe = document.probe.unwrap();
    assert!(probe.access == "failed" && probe.error.is_some(), "{probe:?}");
    assert!(document.recipe.is_none());
    fs::remove_file(folder.path().join("state")).unwrap();

    let Outcome { document, status } = report(folder.path(), &["recipe", "--mounts", "unknown"], b"");
    assert_eq!((status, document.command.as_str()), (Some(0), "recipe"));
    assert_eq!((document.mounts.count, document.mounts.unknown.is_some()), (None, true));
    assert_eq!(document.decision.kind, "uncounted");
    assert!(document.decision.why.is_some() && document.decision.recipe.is_none());

    for recipe in
        ["leaked-mounts", "driver-state", "read-only-state", "disk-full", "ownership", "not-permitted"]
    {
        let Outcome { document, status } = report(folder.path(), &["recipe", "--for", recipe], b"");
        assert_eq!((status, document.decision.recipe.as_deref()), (Some(0), Some(recipe)));
        let made = document.recipe.unwrap();
        assert_eq!(made.kind, recipe);
        check_steps(&made);
    }
}

/// What `run` reports: the object on standard error, and the same in a file.
fn run_report(folder: &Path, options: &[&str], script: &str) -> Outcome {
    let file = folder.join("report");
    let output = Command::new(env!("CARGO_BIN_EXE_unwedge"))
        .args(["run", "--delay", "0", "--format", "json", "--report"])
        .arg(&file)
        .args(options)
        .args(["--", "sh", "-c", script, "sh", "build"])
        .current_dir(folder)
        .env_remove("DOCKER_HOST")
        .env_remove("DOCKER_CONTEXT")
        .env_remove("GITHUB_ACTIONS")
        .env("DOCKER_CONFIG", folder)
        .env("BUILDX_CONFIG", folder.join("state"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let written = fs::read(file).unwrap();
    let last = output.stderr.trim_ascii_end().rsplit(|b| *b == b'\n').next().unwrap();
    assert!(written.trim_ascii_end() == last, "{}", String::from_utf8_lossy(&output.stderr));
    let document: Document = serde_json::from_slice(&written)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&written)));
    assert_eq!((document.version, document.command.as_str()), (1, "run"));
    Outcome { document, status: output.status.code() }
}

#[test]
fn run_tells_its_attempts() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "echo out; echo >>n; if [ $(grep -c '' n) = 1 ]; then printf 'a\\377' >&2; kill -9 $$; fi; \
         printf 'b\\n{ACTIVITY}read-only file system\\n' >&2; exit 4"
    );
    let Outcome { document, status } =
        run_report(folder.path(), &["--mounts", "3", "--attempts", "4"], &script);
    assert_eq!(status, Some(10));
    let run = document.run.unwrap();
    assert_eq!(run.command[..2], [text("sh"), text("-c")]);
    assert_eq!((run.limit, run.attempts.len(), &run.fallback), (4, 2, &None));
    let [first, second] = &run.attempts[..] else { panic!("{:?}", run.attempts) };
    assert_eq!((first.number, first.fallback, first.status, first.signal), (1, false, None, Some(9)));
    assert_eq!((first.reason.as_str(), first.delay_ms, &first.phrase), ("again", Some(0), &None));
    assert_eq!((second.number, second.status, second.signal), (2, Some(4), None));
    assert_eq!((second.reason.as_str(), second.delay_ms), ("wedge", None));
    let three = || Count { count: Some(3), unknown: None };
    for attempt in &run.attempts {
        assert_eq!((&attempt.mounts_before, &attempt.mounts_after), (&three(), &Some(three())));
        assert!(attempt.duration_ms < 600_000);
        let streams: Vec<_> = attempt.verdicts.iter().map(|s| s.stream.as_deref().unwrap()).collect();
        assert_eq!(streams, ["stderr", "stdout"]);
    }
    assert_eq!(document.verdicts[0].verdict, "wedge");
    assert_eq!(document.verdicts[0].activity.as_ref().unwrap().line, 2);
    let original = run.stderr.unwrap();
    assert_eq!((original.attempt, original.stream.as_str(), original.left_out), (2, "stderr", 0));
    assert_eq!(original.head, text(&format!("b\n{ACTIVITY}read-only file system\n")));
    assert_eq!(document.decision.recipe.as_deref(), Some("leaked-mounts"));
    check_steps(&document.recipe.unwrap());
}

#[test]
fn run_tells_every_end() {
    let line = format!("{ACTIVITY}read-only file system");
    for (options, script, reason, status) in [
        (&[][..], "exit 0", "success", 0),
        (&["--mounts", "10"], "exit 0", "refused", 11),
        (&[], "exit 127", "not-started", 127),
        (&[], "exit 130", "interrupted", 130),
        (&[], "echo unknown flag: --x >&2; exit 9", "permanent", 9),
        (&["--retry-on", "x y"], "exit 9", "not-named", 9),
        (&["--attempts", "1"], "exit 9", "last-attempt", 9),
        (&[], &format!("echo '{line}'"), "wedge", 10),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let Outcome { document, status: code } = run_report(folder.path(), options, script);
        let run = document.run.unwrap();
        let attempt = run.attempts.last().unwrap();
        assert_eq!((code, attempt.reason.as_str()), (Some(status), reason), "{script}");
        assert_eq!(attempt.phrase, (reason == "permanent").then(|| text("unknown flag")));
        assert_eq!(attempt.status.is_none(), reason == "refused");
        assert_eq!(attempt.mounts_after.is_none(), reason == "refused");
        assert_eq!(run.stderr.is_none(), matches!(reason, "refused" | "success"));
    }
}

#[test]
fn run_tells_the_way_around_and_what_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other");
    let way = format!("state-dir={}", other.display());
    let script = format!(
        "[ -z \"${{BUILDX_CONFIG##*other}}\" ] || {{ printf 'x{ACTIVITY}y%s: read-only file system' '\u{e9}\u{e9}' >&2; exit 1; }}"
    );
    let script = script.replace("'xERROR", "'xx ERROR");
    let Outcome { document, status } =
        run_report(folder.path(), &["--mounts", "0", "--keep-stderr", "9", "--fallback", &way], &script);
    assert_eq!(status, Some(0));
    let run = document.run.unwrap();
    let directory = Some(text(other.to_str().unwrap()));
    assert_eq!(run.fallback, Some(Fallback { kind: "state-dir".into(), directory, error: None }));
    let reasons: Vec<_> = run.attempts.iter().map(|a| (a.reason.as_str(), a.fallback)).collect();
    assert_eq!(reasons, [("wedge", false), ("success", true)]);
    let original = run.stderr.unwrap();
    assert_eq!((original.attempt, original.head, original.tail), (1, text("xx ER"), text("stem")));
    assert_eq!(original.left_out, 100);
    assert_eq!(document.decision.recipe.as_deref(), Some("driver-state"));
}
