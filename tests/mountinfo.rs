//! Mount tables: the real samples, and the corners of the format.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde::Deserialize;
use std::{collections::BTreeSet, fs, path::Path};
use unwedge::core::mountinfo::{LINE_MAX, MountTable};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    file: String,
    leaked: usize,
    entries: usize,
    #[serde(rename = "provenance")]
    _provenance: String,
}

#[test]
fn every_sample_counts_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let lines = fs::read_to_string(root.join("mountinfo.jsonl")).unwrap();
    let samples: Vec<Sample> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!samples.is_empty());
    for sample in &samples {
        let table = MountTable::parse(&fs::read(root.join(&sample.file)).unwrap()).expect(&sample.file);
        assert_eq!(
            (table.leaked().count(), table.entries().len()),
            (sample.leaked, sample.entries),
            "{}",
            sample.file
        );
    }
    let listed: BTreeSet<String> = samples.into_iter().map(|sample| sample.file).collect();
    let found: BTreeSet<String> = fs::read_dir(root.join("mountinfo"))
        .unwrap()
        .map(|entry| format!("mountinfo/{}", entry.unwrap().file_name().into_string().unwrap()))
        .collect();
    assert_eq!(listed, found);
}

fn table(points: &[&str]) -> MountTable {
    let lines: Vec<String> = points
        .iter()
        .enumerate()
        .map(|(i, point)| format!("{i} 1 7:0 / {point} ro,relatime shared:2 master:1 - ext4 /dev/x{i} rw"))
        .collect();
    MountTable::parse(lines.join("\n").as_bytes()).unwrap()
}

#[test]
fn a_leak_is_a_component_that_starts_with_the_name() {
    let count = |point| table(&[point]).leaked().count();
    for point in ["/tmp/buildkit-mount1", "/var/lib/docker/tmp-old/buildkit-mount12/file", "/buildkit-mount"]
    {
        assert_eq!(count(point), 1, "{point}");
    }
    for point in ["/", "/tmp/xbuildkit-mount1", "/tmp/my-buildkit-mount", "/tmp/buildkit"] {
        assert_eq!(count(point), 0, "{point}");
    }
}

#[test]
fn escapes_are_decoded() {
    let table = table(&["/a\\040b\\011c\\012d\\134e", "/a\\09x\\"]);
    assert_eq!(table.entries()[0].mount_point, b"/a b\tc\nd\\e");
    assert_eq!(table.entries()[1].mount_point, b"/a\\09x\\");
}

#[test]
fn the_holding_mount_is_the_longest_and_the_last() {
    let table = table(&["/", "/home", "/home/dev", "/home", "/home/developer"]);
    for (path, source) in [
        ("/", "/dev/x0"),
        ("/homes", "/dev/x0"),
        ("/home/x", "/dev/x3"),
        ("/home/dev/.docker", "/dev/x2"),
        ("/home/developer", "/dev/x4"),
    ] {
        assert_eq!(table.holding(path.as_bytes()).unwrap().source, source.as_bytes(), "{path}");
    }
    assert_eq!(table.holding(b"relative"), None);
}

#[test]
fn mount_and_filesystem_are_told_apart() {
    let parse = |mount: &str, filesystem: &str| {
        let line = format!("1 1 0:1 / /x {mount} - tmpfs tmpfs {filesystem}\n");
        let table = MountTable::parse(line.as_bytes()).unwrap();
        (table.entries()[0].read_only_mount(), table.entries()[0].read_only_filesystem())
    };
    assert_eq!(parse("ro,relatime", "rw"), (true, false));
    assert_eq!(parse("rw,errors=remount-ro", "rw,ro"), (false, true));
    assert_eq!(parse("rw,root=ro", "rw"), (false, false));
}

#[test]
fn what_is_no_table_is_an_error_with_its_line() {
    let good = "1 1 0:1 / / rw - tmpfs tmpfs rw";
    for (bad, line) in [
        (String::new(), 1),
        ("\n".into(), 1),
        ("hello".into(), 1),
        (format!("{good}\nx 1 0:1 / / rw - tmpfs tmpfs rw\n"), 2),
        (format!("{good}\n\n{good}"), 2),
        (format!("{good}\n1 1 0 / / rw - tmpfs tmpfs rw"), 2),
        (format!("{good}\n1 1 0:1 / x rw - tmpfs tmpfs rw"), 2),
        (format!("{good}\n1 1 0:1 / / rw tmpfs tmpfs rw"), 2),
        (format!("{good}\n1 1 0:1 / / rw - tmpfs"), 2),
    ] {
        let error = MountTable::parse(bad.as_bytes()).expect_err(&bad);
        assert_eq!(error.line(), line, "{bad:?}");
        assert!(error.to_string().starts_with(&format!("not a mount table: line {line}: ")), "{error}");
    }
    // Paths are as long as `PATH_MAX`, and in the table four times that; a line as long as none is.
    let long = format!("1 1 0:1 / /{} rw - tmpfs tmpfs rw", r"\040".repeat(4096));
    assert_eq!(MountTable::parse(long.as_bytes()).unwrap().entries()[0].mount_point.len(), 4097);
    let longest = format!("{good}{}", "x".repeat(LINE_MAX - good.len()));
    assert_eq!(MountTable::parse(longest.as_bytes()).unwrap().entries().len(), 1);
    assert_eq!(MountTable::parse(format!("{longest}x").as_bytes()).expect_err("too long").line(), 1);
    let without_source = "1 1 0:1 / /x rw - tmpfs  rw";
    assert_eq!(MountTable::parse(without_source.as_bytes()).unwrap().entries()[0].source, b"");
}
