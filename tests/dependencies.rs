//! Every dependency has its reason in docs/dependencies.md, and nothing else stands there.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{collections::BTreeSet, fs, path::Path};

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The names in front of the equals signs of a section.
fn asked_for<'m>(manifest: &'m str, section: &str) -> BTreeSet<&'m str> {
    let start = manifest.find(&format!("\n[{section}]\n")).expect(section);
    let lines = manifest[start + 1..].lines().skip(1).take_while(|line| !line.is_empty());
    lines.map(|line| line.split_once(" = ").expect(line).0).collect()
}

/// The names in the first column of the table below a heading.
fn told_of<'d>(document: &'d str, heading: &str) -> BTreeSet<&'d str> {
    let start = document.find(&format!("\n## {heading}\n")).expect(heading);
    let section = document[start + 1..].split("\n## ").next().unwrap();
    let names = section.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    names.flat_map(|cell| cell.split(", ")).map(|name| name.trim_matches('`')).collect()
}

#[test]
fn each_has_its_reason() {
    let (manifest, document) = (read("Cargo.toml"), read("docs/dependencies.md"));
    for (section, heading) in
        [("dependencies", "In the program"), ("dev-dependencies", "In tests and benches")]
    {
        let asked_for = asked_for(&manifest, section);
        assert!(!asked_for.is_empty());
        assert_eq!(told_of(&document, heading), asked_for, "{heading}");
    }
    let direct = asked_for(&manifest, "dependencies").len();
    assert!(document.contains(&format!("\n| direct, in the program | {direct} |\n")), "there are {direct}");
}
