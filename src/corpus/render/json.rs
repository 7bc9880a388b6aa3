//! One versioned object; docs/report.md describes it.

use super::{flaw, rerun};
use crate::{
    corpus::{
        check::Checkup,
        figures::{Figures, Rate},
        manifest::Kind,
    },
    report::{escaped_json, json::VERSION},
};
use serde_json::{Value, json};

/// The object on one line, with its newline.
#[must_use]
pub fn document(checkup: &Checkup) -> String {
    let failures: Vec<Value> = checkup
        .failures()
        .map(|(case, failure)| {
            json!({
                "case": case.name,
                "file": case.file,
                "transform": failure.transform.name(),
                "why": failure.transform.why(),
                "expected": failure.expected,
                "got": failure.got,
                "again": rerun(checkup, case, failure),
            })
        })
        .collect();
    let known: Vec<Value> = checkup
        .cases
        .iter()
        .filter(|checked| checked.is_known_failure())
        .map(|checked| json!({ "case": checked.case.name, "why": flaw(&checked.case) }))
        .collect();
    let [observed, derived, synthetic] = Kind::ALL.map(|kind| figures(checkup.figures(Some(kind))));
    let object = json!({
        "version": VERSION,
        "command": "corpus check",
        "passed": checkup.passed(),
        "seed": checkup.seed,
        "cases": checkup.cases.len(),
        "streams": checkup.streams(),
        "failures": failures,
        "idle": checkup.idle,
        "known_failures": known,
        "figures": {
            "observed": observed,
            "derived": derived,
            "synthetic": synthetic,
            "all": figures(checkup.figures(None)),
        },
    });
    escaped_json(&object.to_string()) + "\n"
}

fn figures(of: Figures) -> Value {
    json!({
        "cases": of.cases(),
        "wedges_found": of.true_wedges,
        "wedges_missed": of.missed,
        "clear_called_clear": of.true_clears,
        "clear_called_wedge": of.false_wedges,
        "precision": rate(of.precision()),
        "recall": rate(of.recall()),
        "specificity": rate(of.specificity()),
        "near_misses": rate(of.near_misses()),
    })
}

fn rate(rate: Rate) -> Value {
    let (low, high) = rate.interval().unzip();
    json!({ "held": rate.held, "of": rate.of, "share": rate.share(), "low": low, "high": high })
}
