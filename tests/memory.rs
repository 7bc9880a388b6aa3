//! No input takes much memory. The limits here are those of an unoptimised build; `tests/load/memory` holds the
//! release to 8 MiB.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/load.rs"]
mod load;
#[path = "common/program.rs"]
mod program;
#[path = "common/skip.rs"]
mod skip;

use program::{run, unwedge};
use skip::need;
use std::{fmt::Write, fs, path::PathBuf};

const LIMIT: u64 = 16 * 1024;

/// A mount table of so many entries, as a file; all but the first are leaked mounts, or none is.
struct Table {
    folder: tempfile::TempDir,
}

impl Table {
    fn new(entries: usize, name: &str) -> Self {
        let mut text = String::from("21 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n");
        for i in 1..entries {
            writeln!(
                text,
                "{} 21 0:{i} / /var/lib/docker/tmp/{name}{i} rw - overlay overlay rw,lowerdir=/a:/b",
                i + 100
            )
            .unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("table"), text).unwrap();
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("table")
    }
}

#[test]
fn a_hundred_thousand_mounts_are_counted_and_few_are_kept() {
    for (name, count, status) in [("buildkit-mount", 99_999, 11), ("layer", 0, 0)] {
        let table = Table::new(100_000, name);
        let path = table.path();
        let path = path.to_str().unwrap();
        let arguments = ["preflight", "--mountinfo", path, "--format", "json"];
        let Some((ended, kib)) = need(load::peak(&unwedge(&arguments))) else { return };
        assert_eq!(ended, status);
        assert!(kib < LIMIT, "{name}: {kib} KiB");
        let (_, out, _) = run(&arguments);
        let report: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(report["mounts"]["count"], count);
        let kept = report["mounts"]["leaked"].as_array().unwrap();
        assert_eq!(kept.len(), usize::try_from(count.min(1000)).unwrap());
        if count > 0 {
            // Those that were mounted last, which are unmounted first.
            assert_eq!(kept[0], "/var/lib/docker/tmp/buildkit-mount99000");
            assert_eq!(kept[999], "/var/lib/docker/tmp/buildkit-mount99999");
            let (_, out, _) = run(&["preflight", "--mountinfo", path]);
            assert!(out.contains("leaked mounts: 99999 ("), "{out}");
            assert!(out.contains("umount -l /var/lib/docker/tmp/buildkit-mount99999\n"), "{out}");
            assert!(out.contains("… and 99987 more, all of them in the script\n"), "{out}");
            let commands = report["recipe"]["steps"][2]["commands"].as_array().unwrap();
            assert_eq!(commands.len(), 1001);
            assert!(commands[1000].as_str().unwrap().starts_with("umount -l MOUNT  # each that this prints"));
        }
    }
}

#[test]
fn a_table_without_newlines_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("endless");
    fs::write(&path, vec![b'1'; 60_000_000]).unwrap();
    let arguments = ["preflight", "--mountinfo", path.to_str().unwrap()];
    let (status, out, err) = run(&arguments);
    assert_eq!((status, out.as_str()), (Some(2), ""));
    assert!(err.ends_with("endless: not a mount table: line 1: longer than 1 MiB\n"), "{err}");
    let Some((_, kib)) = need(load::peak(&unwedge(&arguments))) else { return };
    assert!(kib < LIMIT, "{kib} KiB");
}

/// Lines of about one view, each an object: what it says is put together, and nothing is kept of each of its strings.
#[test]
fn of_an_object_no_string_is_kept() {
    let (folder, key) = (tempfile::tempdir().unwrap(), "k".repeat(30_000));
    for (name, object) in [
        ("a long key of many strings", format!(r#"{{"{key}":[{}"a b"#, r#""x","#.repeat(8000))),
        ("the same with an escape", format!(r#"{{"\u006b{key}":[{}"a b"#, r#""x","#.repeat(8000))),
        ("many strings", format!(r#"{{"k":[{}"a b"#, r#""","#.repeat(20_000))),
        ("many that say something", format!(r#"{{"log":[{}"a b"#, r#""a b","#.repeat(10_000))),
    ] {
        let path = folder.path().join("objects");
        fs::write(&path, format!("{object} read-only file system\"]}}\n").repeat(4)).unwrap();
        let arguments = ["check", "--threads", "1", "--mounts", "0", path.to_str().unwrap()];
        let Some((status, kib)) = need(load::peak(&unwedge(&arguments))) else { return };
        assert_eq!(status, 0);
        assert!(kib < LIMIT, "{name}: {kib} KiB");
    }
}

#[test]
fn a_report_takes_no_more_than_what_it_quotes() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    // What is longest escaped, what is longest in base64, and what has most lines.
    for (filter, head) in
        [("cat", "\\u0000\\u0000"), ("tr '\\0' '\\377'", "{\"base64\":\"////"), ("tr '\\0' '\\n'", "\\n\\n")]
    {
        let inner = format!("head -c 3000000 /dev/zero | {filter} | tee /dev/stderr; exit 1");
        for format in ["human", "json"] {
            let options = ["--delay", "0", "--format", format, "--report", report.to_str().unwrap()];
            let command =
                unwedge(&[&["run", "--mounts", "0"], &options[..], &["--", "sh", "-c", &inner]].concat());
            let Some((status, kib)) = need(load::peak(&command)) else { return };
            assert_eq!(status, 1);
            assert!(kib < LIMIT, "{filter}, {format}: {kib} KiB");
            let text = fs::read_to_string(&report).unwrap();
            assert!(text.contains(head) && text.ends_with("}\n"), "{filter}");
            let report: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(report["run"]["stderr"]["left_out"], 3_000_000 - (1 << 20));
        }
    }
}
