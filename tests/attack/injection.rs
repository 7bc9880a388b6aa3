//! Attempts on our own output: what a line, a name, a mount point, a variable or a manifest holds must not act on
//! the terminal, the CI system or the program that reads a report.

use super::{
    assert_none,
    common::said::filled,
    program::{fed, unwedge},
};
use serde_json::Value;
use std::{
    ffi::OsStr,
    fs,
    os::unix::ffi::OsStrExt,
    path::Path,
    process::{Command, Output},
};

/// What acts, by what it acts on. None holds a NUL or a slash: all can be part of a name.
pub(crate) const HOSTILE: [(&str, &[u8]); 24] = [
    ("a colour", b"\x1b[31m"),
    ("a title", b"\x1b]0;x\x07"),
    ("a link", b"\x1b]8;;x:y\x1b\\"),
    ("the clipboard", b"\x1b]52;c;eA==\x07"),
    ("a string without an end", b"\x1bPq"),
    ("C0 controls", b"\x01\x07\x08\x0b\x0c\x0e\x1a\x7f"),
    ("a carriage return", b"x\r::error::x"),
    ("C1 controls", "\u{9b}2J\u{9d}0;x\u{9c}\u{85}".as_bytes()),
    ("C1 controls, bare", b"\x9b2J\x9d0;x\x9c"),
    ("bidi overrides", "\u{202e}\u{2066}\u{61c}\u{200f}".as_bytes()),
    ("zero width", "\u{200b}\u{feff}\u{2060}\u{ad}".as_bytes()),
    ("tags", "\u{e0041}\u{e007f}".as_bytes()),
    ("line ends of Unicode", "\u{2028}::error::x\u{2029}".as_bytes()),
    ("a command of GitHub", b"::error title=x::y"),
    ("a command of GitHub behind blanks", "\u{3000}\u{a0} ::stop-commands::x".as_bytes()),
    ("an older command of GitHub", b"##[group]x"),
    ("escapes of GitHub", b"%0A::error::x%0D%25"),
    ("a command of Azure", b"##vso[task.setvariable variable=a]b"),
    ("a command of TeamCity", b"###teamcity[message text='x']"),
    ("JSON", br#"","verdict":"clear","x":{"y":["\u000a"#),
    ("XML", b"]]><failure>&lt;\"'--><!--\x0b"),
    ("half a character", b"\xe2\x80"),
    ("a lone surrogate", b"\xed\xa0\x80"),
    ("a shell", b"'$(touch pwned)`touch pwned`\"\\;touch pwned;*?~"),
];

/// What in a text for people and CI systems would act, line by line.
pub(crate) fn acting(text: &str) -> Vec<String> {
    let hidden = "\u{ad}\u{61c}\u{180e}\u{200b}\u{200f}\u{2028}\u{2029}\u{202e}\u{2060}\u{2066}\u{feff}\u{e0041}\u{e007f}";
    let named = |byte: Option<&u8>| byte.is_some_and(|byte| *byte == b'[' || byte.is_ascii_alphabetic());
    let acts = |line: &&str| {
        line.chars().any(|c| c.is_control() || hidden.contains(c))
            || memchr::memmem::find_iter(line.as_bytes(), "##").any(|at| named(line.as_bytes().get(at + 2)))
            || line.trim_start().starts_with("::")
    };
    text.split('\n').filter(acts).map(|line| line.escape_debug().to_string()).collect()
}

/// What acts in the output of a command; its JSON is read besides, and its commands for GitHub are taken apart.
fn complaints(what: &str, format: &str, output: &Output) -> Vec<String> {
    let mut wrong = Vec::new();
    for (stream, bytes) in [("standard output", &output.stdout), ("standard error", &output.stderr)] {
        let Ok(text) = std::str::from_utf8(bytes) else {
            wrong.push(format!("{what}, {format}: {stream} is no text"));
            continue;
        };
        let mut rest = text.to_owned();
        if format == "github" {
            rest = text.lines().fold(String::new(), |rest, line| match line.strip_prefix("::") {
                Some(command)
                    if ["error ", "warning ", "notice "].iter().any(|it| command.starts_with(it)) =>
                {
                    rest + command + "\n"
                }
                _ => rest + line + "\n",
            });
        }
        wrong.extend(acting(&rest).iter().map(|line| format!("{what}, {format}: {stream} has {line}")));
        if format == "json" && stream == "standard output" && serde_json::from_str::<Value>(text).is_err() {
            wrong.push(format!("{what}: no JSON: {text}"));
        }
    }
    if output.status.code().is_none_or(|status| ![0, 1, 2, 10, 11].contains(&status)) {
        wrong.push(format!("{what}, {format}: {:?}", output.status));
    }
    wrong
}

/// Bytes of a report's field: text, or base64.
fn field(value: &Value) -> Vec<u8> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    match value {
        Value::String(text) => text.clone().into_bytes(),
        _ => STANDARD.decode(value["base64"].as_str().unwrap()).unwrap(),
    }
}

const FORMATS: [&str; 4] = ["human", "json", "github", "sh"];

/// Streams with `hostile` in front of what is said on each line, or behind: a wedge, and every near miss.
fn streams(hostile: &[u8]) -> Vec<Vec<u8>> {
    let wedge = &["ERROR: $W"][..];
    let near = &[
        "$A: open /x: no space left",
        "#7 0.412 $W",
        "see '$W'",
        "touch: $E",
        "mkdir /x/.docker/buildx: $E",
    ];
    let filled = |line: &&str| filled(line).into_bytes();
    let of = |lines: &[&str]| {
        let front = lines.iter().flat_map(|line| [hostile, b" ", &filled(line), b"\n"].concat()).collect();
        let behind =
            lines.iter().flat_map(|line| [&filled(line)[..], b" ", hostile, b"\n"].concat()).collect();
        [front, behind]
    };
    [of(wedge), of(near)].concat()
}

#[test]
fn what_a_line_holds_acts_on_nothing() {
    let mut wrong = Vec::new();
    for (name, hostile) in HOSTILE {
        for stream in streams(hostile) {
            let what = format!("{name} in {:?}", String::from_utf8_lossy(&stream));
            for format in FORMATS {
                let output = fed(unwedge(&["check", "--mounts", "3", "--format", format]), &stream);
                wrong.extend(complaints(&what, format, &output));
                // The filter hands on what it got, and speaks on the other stream.
                let filter = fed(unwedge(&["--mounts", "3", "--format", format]), &stream);
                assert!(filter.stdout == stream, "{what}");
                let spoken = Output { stdout: filter.stderr, stderr: Vec::new(), status: filter.status };
                wrong.extend(complaints(&what, format, &spoken));
                if format == "json" {
                    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
                    let judged = &report["verdicts"][0];
                    let misses = judged["near_misses"].as_array().unwrap().iter().map(|miss| &miss["quote"]);
                    let quotes: Vec<&Value> =
                        misses.chain([&judged["quote"]]).filter(|it| !it.is_null()).collect();
                    let lines: Vec<&[u8]> = stream.split(|byte| *byte == b'\n').collect();
                    assert!(!quotes.is_empty(), "{what}");
                    for quote in quotes {
                        assert!(lines.contains(&&field(&quote["text"])[..]), "{what}: {report}");
                    }
                }
            }
        }
    }
    assert_none(&wrong);
}

/// A file in `folder` whose name is `name`, which shows the wedge.
fn named(folder: &Path, name: &[u8]) -> std::path::PathBuf {
    let path = folder.join(OsStr::from_bytes(name));
    fs::write(&path, filled("ERROR: $W\n")).unwrap();
    path
}

#[test]
fn the_name_of_a_file_acts_on_nothing() {
    let mut wrong = Vec::new();
    for (name, hostile) in HOSTILE {
        let folder = tempfile::tempdir().unwrap();
        for name_of_file in [hostile.to_vec(), [hostile, b"\n", hostile].concat()] {
            named(folder.path(), &name_of_file);
            for format in FORMATS {
                let mut command = unwedge(&["check", "--mounts", "3", "--format", format, "--"]);
                // By its bare name, which a label then begins with; and one that is not there.
                command.current_dir(folder.path()).arg(OsStr::from_bytes(&name_of_file));
                command.arg(OsStr::from_bytes(&[&name_of_file[..], b"x"].concat()));
                let output = command.output().unwrap();
                wrong.extend(complaints(name, format, &output));
                if format == "json" {
                    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
                    assert!(field(&report["verdicts"][0]["input"]) == name_of_file, "{name}: {report}");
                }
            }
        }
        // As arguments that are none, of any command.
        for arguments in
            [&["check", "--format"][..], &["recipe", "--for"], &["check", "--no-such"], &["corpus", "check"]]
        {
            let mut command = unwedge(arguments);
            let output = command.arg(OsStr::from_bytes(hostile)).output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{name} {arguments:?}");
            wrong.extend(complaints(name, "arguments", &output));
        }
    }
    assert_none(&wrong);
}

/// A table of mounts with 12 leaked ones of this name, escaped as the kernel does it.
fn table(name: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::new();
    for byte in name {
        match byte {
            b' ' | b'\t' | b'\n' | b'\\' => escaped.extend(format!("\\{byte:03o}").bytes()),
            _ => escaped.push(*byte),
        }
    }
    let line = |n: u8| {
        let (before, behind) = (format!("3{n} 1 0:{n} / /x"), "/buildkit-mount1 rw - overlay overlay rw\n");
        [before.as_bytes(), &escaped, behind.as_bytes()].concat()
    };
    (0..12).flat_map(line).collect()
}

#[test]
fn a_mount_point_acts_on_nothing() {
    let mut wrong = Vec::new();
    let folder = tempfile::tempdir().unwrap();
    for (name, hostile) in HOSTILE {
        for point in [hostile.to_vec(), [b"\n", hostile, b"\n"].concat()] {
            let path = named(folder.path(), b"table");
            fs::write(&path, table(&point)).unwrap();
            for format in FORMATS {
                for command in ["preflight", "recipe"] {
                    let mut command = unwedge(&[command, "--format", format, "--mountinfo"]);
                    let output = command.arg(&path).output().unwrap();
                    assert!(matches!(output.status.code(), Some(0 | 11)), "{name}");
                    wrong.extend(complaints(name, format, &output));
                    if format == "json" {
                        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
                        let expected = [b"/x", &point[..], b"/buildkit-mount1"].concat();
                        assert!(field(&report["mounts"]["leaked"][0]) == expected, "{name}: {report}");
                    }
                }
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn the_environment_acts_on_nothing() {
    // Those of a group are all looked at; an earlier group hides what is looked at in a later one.
    let groups = [
        &["BUILDX_CONFIG", "DOCKER_HOST", "BUILDX_BUILDER", "TMPDIR"][..],
        &["DOCKER_CONFIG", "DOCKER_CONTEXT"],
        &["HOME"],
    ];
    let mut wrong = Vec::new();
    for (name, hostile) in HOSTILE {
        for value in [hostile.to_vec(), [b"/x\n", hostile, b"\n"].concat()] {
            for group in groups {
                for format in FORMATS {
                    for arguments in [&["preflight"][..], &["recipe", "--for", "read-only-state"], &["check"]]
                    {
                        let mut command = unwedge(arguments);
                        command
                            .env_remove("BUILDX_CONFIG")
                            .env_remove("DOCKER_CONFIG")
                            .args(["--format", format]);
                        command.envs(group.iter().map(|variable| (variable, OsStr::from_bytes(&value))));
                        let output = fed(command, filled("ERROR: $W\n").as_bytes());
                        let what = format!("{name} in {group:?}, {arguments:?}");
                        wrong.extend(complaints(&what, format, &output));
                    }
                }
            }
        }
    }
    assert_none(&wrong);
}

/// Runs a command that prints `said` on standard error and fails, with these options of ours.
fn watched(said: &[u8], folder: &Path, options: &[&str]) -> Command {
    let path = folder.join("said");
    fs::write(&path, said).unwrap();
    let mut command = unwedge(&["run", "--mounts", "3", "--attempts", "1", "--preflight", "never"]);
    command.args(options).args(["--", "sh", "-c", "cat \"$0\" >&2; exit 1"]).arg(path);
    command
}

#[test]
fn what_a_command_prints_acts_through_nothing_that_run_says() {
    let mut wrong = Vec::new();
    for (name, hostile) in HOSTILE {
        let folder = tempfile::tempdir().unwrap();
        let said = [hostile, b"\n", hostile, filled(" ERROR: $W\n").as_bytes(), hostile, b"\n"].concat();
        for format in FORMATS {
            let (report, summary) = (folder.path().join("report"), folder.path().join("summary"));
            let mut command =
                watched(&said, folder.path(), &["--format", format, "--report", report.to_str().unwrap()]);
            command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary);
            let mut output = command.output().unwrap();
            assert_eq!(output.status.code(), Some(10), "{name}");
            // Its own words come through as they are, once.
            let at = output.stderr.windows(said.len()).position(|part| part == said).expect(name);
            output.stderr.drain(at..at + said.len());
            wrong.extend(complaints(name, "github", &output));
            for file in [&report, &summary] {
                let text = fs::read_to_string(file).unwrap();
                wrong.extend(
                    acting(&text)
                        .iter()
                        .filter(|line| !line.starts_with("### "))
                        .map(|line| format!("{name}: {line}")),
                );
            }
            let summary = fs::read_to_string(&summary).unwrap();
            assert_eq!(
                (summary.matches("<pre>").count(), summary.matches("</pre>").count()),
                (1, 1),
                "{name}"
            );
            assert_eq!(summary.matches('<').count(), 2, "{name}: {summary}");
            let report: Value = serde_json::from_str(&fs::read_to_string(&report).unwrap()).unwrap();
            assert!(field(&report["run"]["stderr"]["head"]) == said, "{name}: {report}");
            fs::remove_file(folder.path().join("summary")).unwrap();
        }
    }
    assert_none(&wrong);
}

/// A line of a manifest in which every text is `text`.
fn case(name: &str, text: &str, known: bool) -> String {
    let mut line = serde_json::json!({
        "name": format!("clear/{name}"), "file": format!("clear/{name}"), "label": "clear", "near_misses": [],
        "near_lines": [], "mounts": null, "recipe": null, "why": text, "known_failure": text,
        "provenance": { "kind": "observed", "tool": text, "command": text, "produced": text },
    });
    if !known {
        line.as_object_mut().unwrap().remove("known_failure");
    }
    line.to_string() + "\n"
}

#[test]
fn the_manifest_of_another_corpus_acts_on_nothing() {
    let mut wrong = Vec::new();
    for (name, hostile) in HOSTILE {
        // JSON is text.
        let Ok(text) = std::str::from_utf8(hostile) else { continue };
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("clear")).unwrap();
        let names = [text.to_owned(), format!("\n{text}")];
        let mut manifest = String::new();
        for (name, known) in names.iter().zip([false, true]) {
            named(&folder.path().join("clear"), name.as_bytes());
            manifest += &case(name, text, known);
        }
        fs::write(folder.path().join("cases.jsonl"), &manifest).unwrap();
        let corpus = |arguments: &[&str]| {
            let mut command = unwedge(&["corpus"]);
            command.args(arguments).current_dir(folder.path()).output().unwrap()
        };
        for format in ["human", "json", "github", "junit"] {
            let output = corpus(&["check", ".", "--transform", "as-is", "--format", format]);
            assert_eq!(output.status.code(), Some(1), "{name}");
            wrong.extend(complaints(name, format, &output));
            if format == "junit" {
                let read =
                    quick_junit::Report::deserialize_from_str(std::str::from_utf8(&output.stdout).unwrap());
                let suites = read.unwrap().test_suites;
                let cases: usize = suites.iter().map(|suite| suite.test_cases.len()).sum();
                assert_eq!(
                    (cases, suites.iter().map(|suite| suite.failures).sum::<usize>()),
                    (2, 1),
                    "{name}"
                );
            }
        }
        wrong.extend(complaints(name, "list", &corpus(&["list", "."])));
        let list = corpus(&["list", ".", "--format", "json"]);
        wrong.extend(complaints(name, "list", &list));
        let lines = String::from_utf8(list.stdout).unwrap();
        for (line, known) in lines.lines().zip(manifest.lines()) {
            assert_eq!(
                serde_json::from_str::<Value>(line).unwrap(),
                serde_json::from_str::<Value>(known).unwrap()
            );
        }
        // A log of that name, that becomes a case; and a manifest that is none.
        let log = named(folder.path(), format!("{text}.log").as_bytes());
        let log = Path::new("./").join(log.file_name().unwrap());
        let mut command = unwedge(&["corpus", "add", "--label", "wedge", "--corpus", "."]);
        let output = command.arg(log).current_dir(folder.path()).output().unwrap();
        wrong.extend(complaints(name, "add", &output));
        fs::write(
            folder.path().join("cases.jsonl"),
            case(text, text, false).replace("\"why\"", &serde_json::to_string(text).unwrap()),
        )
        .unwrap();
        let output = corpus(&["check", "."]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        wrong.extend(complaints(name, "broken", &output));
    }
    assert_none(&wrong);
}
