//! The scanner gives the verdict of the naive oracle, whole, on every stream and however it is cut; the
//! oracle gives every case its label.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{
    oracle,
    streams::{Cut, Stream, config, cut, stream},
};
use proptest::prelude::*;
use serde::Deserialize;
use std::{env, fs, path::Path};
use unwedge::core::{scanner::Scanner, verdict::Verdict};

fn scanned(bytes: &[u8], cut: &Cut, require_same_line: bool) -> Verdict {
    let mut scanner = Scanner::new().require_same_line(require_same_line);
    cut.pieces(bytes).for_each(|piece| scanner.push(piece));
    scanner.finish()
}

fn label(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Wedge(_) => "wedge",
        Verdict::Clear(_) => "clear",
    }
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn the_scanner_and_the_oracle_agree(Stream(bytes) in stream(), cut in cut(), same_line: bool) {
        let (scanner, oracle) = (scanned(&bytes, &cut, same_line), oracle::judged(&bytes, same_line));
        prop_assert_eq!(scanner, oracle);
    }
}

/// A line of a manifest, as far as it is read here.
#[derive(Deserialize)]
struct Case {
    file: String,
    label: String,
    #[serde(default, alias = "known_limit")]
    limit: bool,
}

/// What is wrong with the verdicts on the files that a manifest lists: the oracle gives each its label,
/// limits excepted, and the scanner gives each the verdict of the oracle, whole and in pieces.
fn complaints(folder: &Path, manifest: &str, cuts: &[Cut]) -> Vec<String> {
    let manifest = fs::read_to_string(folder.join(manifest)).unwrap();
    let cases: Vec<Case> = manifest.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert!(!cases.is_empty(), "the manifest lists nothing");
    let mut complaints = Vec::new();
    for case in cases {
        let bytes = fs::read(folder.join(&case.file)).expect(&case.file);
        let oracle = oracle::judged(&bytes, false);
        if !case.limit && label(&oracle) != case.label {
            complaints.push(format!("{}: label {}, oracle {oracle:?}", case.file, case.label));
        }
        for cut in cuts {
            let scanner = scanned(&bytes, cut, false);
            if scanner != oracle {
                complaints.push(format!("{}, {cut:?}: scanner {scanner:?}, oracle {oracle:?}", case.file));
            }
        }
    }
    complaints
}

const WHOLE: Cut = Cut::Every(usize::MAX);

#[test]
fn the_corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let lines = Cut::AtLines { behind: true };
    let complaints = complaints(&folder, "cases.jsonl", &[WHOLE, Cut::Every(1), Cut::Every(43), lines]);
    assert!(complaints.is_empty(), "{}:\n{}", complaints.len(), complaints.join("\n"));
}

/// Holds a folder of captures that is not committed against both, where `UNWEDGE_CAPTURES` names one.
/// Its `index.jsonl` has a line for each file, with `file`, `label` and, where the bytes cannot be told
/// from those of the other label, `limit`.
#[test]
fn the_captures() {
    let Some(folder) = env::var_os("UNWEDGE_CAPTURES") else {
        // Not through `println!`: the harness would keep it to itself.
        use std::io::Write;
        writeln!(std::io::stderr(), "skipped the_captures: UNWEDGE_CAPTURES names no folder of captures")
            .unwrap();
        return;
    };
    let cuts = [WHOLE, Cut::Every(1), Cut::Every(7), Cut::Every(4096), Cut::AtLines { behind: false }];
    let complaints = complaints(Path::new(&folder), "index.jsonl", &cuts);
    assert!(complaints.is_empty(), "{}:\n{}", complaints.len(), complaints.join("\n"));
}
