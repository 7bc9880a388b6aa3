//! Every case of corpus/ gets the verdict that its manifest line says, however it is cut.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde::Deserialize;
use std::{collections::BTreeSet, fs, path::Path};
use unwedge::{
    core::{
        scanner::Scanner,
        verdict::{Link, Verdict},
    },
    report::slug,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    file: String,
    label: String,
    link: Option<String>,
    activity_line: Option<u64>,
    erofs_line: Option<u64>,
    near_miss: Option<String>,
    why: Option<String>,
    #[serde(default)]
    known_limit: bool,
    #[serde(rename = "provenance")]
    _provenance: Provenance,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Provenance {
    #[serde(rename = "kind")]
    _kind: Kind,
    #[serde(rename = "tool")]
    _tool: String,
    #[serde(rename = "command")]
    _command: String,
    #[serde(rename = "produced")]
    _produced: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Observed,
    Derived,
    Synthetic,
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus"))
}

fn cases() -> Vec<Case> {
    let text = fs::read_to_string(root().join("cases.jsonl")).unwrap();
    let cases: Vec<Case> = text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert!(!cases.is_empty(), "the corpus is empty");
    cases
}

fn verdict(bytes: &[u8], cut: usize) -> Verdict {
    let mut scanner = Scanner::new();
    bytes.chunks(cut).for_each(|chunk| scanner.push(chunk));
    scanner.finish()
}

/// What is wrong with a verdict, or nothing.
fn complaint(case: &Case, verdict: &Verdict) -> Option<String> {
    let (label, link, lines, near) = match verdict {
        Verdict::Wedge(wedge) => {
            let link = match wedge.link {
                Link::Line => "line",
                Link::Stream => "stream",
            };
            ("wedge", Some(link), Some((wedge.activity.line, wedge.erofs.line)), vec![])
        }
        Verdict::Clear(near) => ("clear", None, None, near.iter().map(|miss| slug(miss.kind)).collect()),
    };
    // A known limit is judged wrongly; the day it is not, its mark has to go.
    if (label == case.label) == case.known_limit {
        let limit = if case.known_limit { " (a known limit: it passes now, take the mark off)" } else { "" };
        return Some(format!("label {}, verdict {label} {near:?}{limit}", case.label));
    }
    if case.link.as_deref().is_some_and(|expected| Some(expected) != link) {
        return Some(format!("link {:?}, got {link:?}", case.link));
    }
    if let (Some(a), Some(e)) = (case.activity_line, case.erofs_line) {
        if lines != Some((a, e)) {
            return Some(format!("lines {a} and {e}, got {lines:?}"));
        }
    }
    match case.near_miss.as_deref() {
        Some("none") if !near.is_empty() => Some(format!("no near miss, got {near:?}")),
        Some(kind) if kind != "none" && !near.contains(&kind) => {
            Some(format!("near miss {kind}, got {near:?}"))
        }
        _ => None,
    }
}

#[test]
fn every_case_gets_its_verdict() {
    let mut failures = Vec::new();
    for case in cases() {
        let bytes = fs::read(root().join(&case.file)).expect(&case.file);
        let whole = verdict(&bytes, usize::MAX);
        failures.extend(complaint(&case, &whole).map(|why| format!("{}: {why}", case.name)));
        for cut in [1, 2, 3, 7, 43, 4096] {
            if verdict(&bytes, cut) != whole {
                failures.push(format!("{}: another verdict in pieces of {cut} bytes", case.name));
            }
        }
        if case.label == "clear" && case.why.is_none() {
            failures.push(format!("{}: a clear case says why it is one", case.name));
        }
    }
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn files_and_lines_match() {
    let listed: Vec<String> = cases().into_iter().map(|case| case.file).collect();
    let distinct: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), distinct.len(), "a file is listed twice");
    let found: BTreeSet<String> = ["wedge", "clear", "limit"]
        .iter()
        .flat_map(|label| fs::read_dir(root().join(label)).unwrap())
        .map(|entry| entry.unwrap().path())
        .map(|path| path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(distinct, found, "a file without a line, or a line without a file");
}
