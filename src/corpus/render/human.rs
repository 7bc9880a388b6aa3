//! For a person, in colour; strip the escapes where it is not wanted.

use super::{flaw, rerun};
use crate::{
    corpus::{
        check::Checkup,
        figures::{Figures, Rate},
        manifest::Kind,
    },
    report::sanitize,
};
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const BOLD: Style = Style::new().bold();

/// Every failure, what is known to be wrong, the figures, and a last line that says it all.
#[must_use]
pub fn checkup(checkup: &Checkup) -> String {
    failures(checkup) + &summary(checkup)
}

/// What is known to be wrong, the figures, and a last line that says it all.
#[must_use]
pub fn summary(checkup: &Checkup) -> String {
    let mut text = String::new();
    let known: Vec<_> = checkup.cases.iter().filter(|checked| checked.is_known_failure()).collect();
    // Writing to a String cannot fail, here and below.
    if !known.is_empty() {
        let _ = writeln!(text, "{BOLD}judged wrongly, and known to be{BOLD:#}");
    }
    for checked in known {
        let case = &checked.case;
        let _ = writeln!(text, "  {}: {}", sanitize(case.name.as_bytes()), sanitize(flaw(case).as_bytes()));
    }
    text.push_str(&figures(checkup));
    text.push_str(&last_line(checkup));
    text
}

/// Every failure, and how to run it again.
#[must_use]
pub fn failures(checkup: &Checkup) -> String {
    let mut text = String::new();
    for (case, failure) in checkup.failures() {
        let transform = failure.transform;
        let _ = writeln!(
            text,
            "{BAD}failed{BAD:#} {}, transform {}\n  expected: {}\n  because:  {}\n  got:      {}\n  again:    {}",
            sanitize(case.name.as_bytes()),
            transform.name(),
            sanitize(failure.expected.as_bytes()),
            transform.why(),
            sanitize(failure.got.as_bytes()),
            sanitize(rerun(checkup, case, failure).as_bytes()),
        );
    }
    for idle in &checkup.idle {
        let _ = writeln!(text, "{BAD}failed{BAD:#} {}", sanitize(idle.as_bytes()));
    }
    text
}

/// `440 cases, …: all as expected`, or how many are not.
fn last_line(checkup: &Checkup) -> String {
    let failed = checkup.failures().count() + checkup.idle.len();
    let end = if failed == 0 {
        format!("{GOOD}all as expected{GOOD:#}")
    } else {
        format!("{BAD}{failed} failed{BAD:#}")
    };
    let (cases, streams, seed) = (checkup.cases.len(), checkup.streams(), checkup.seed);
    format!("{cases} cases, {streams} streams made of them, seed {seed}: {end}\n")
}

/// The figures by provenance: of the cases as they are, transforms do not count.
fn figures(checkup: &Checkup) -> String {
    let rows: Vec<(&str, Figures)> = Kind::ALL
        .into_iter()
        .map(|kind| (kind.word(), checkup.figures(Some(kind))))
        .chain([("all", checkup.figures(None))])
        .collect();
    let mut text = format!(
        "{BOLD}cases as they are   wedge: found  missed   clear: called clear  called wedge{BOLD:#}\n"
    );
    for (name, of) in &rows {
        let _ = writeln!(
            text,
            "  {name:<18}{:>12}{:>8}{:>22}{:>14}",
            of.true_wedges, of.missed, of.true_clears, of.false_wedges
        );
    }
    let _ = writeln!(text, "{BOLD}in %, with the 95 % Wilson interval{BOLD:#}");
    let _ = writeln!(text, "  {:<12}{:<23}{:<23}{:<23}near misses", "", "precision", "recall", "specificity");
    for (name, of) in &rows {
        let rates = [of.precision(), of.recall(), of.specificity(), of.near_misses()].map(rate);
        let row = format!("  {name:<12}{:<23}{:<23}{:<23}{}", rates[0], rates[1], rates[2], rates[3]);
        let _ = writeln!(text, "{}", row.trim_end());
    }
    text
}

/// `97.8 (92.5 to 99.4)`.
fn rate(rate: Rate) -> String {
    match (rate.share(), rate.interval()) {
        (Some(share), Some((low, high))) => {
            format!("{:.1} ({:.1} to {:.1})", 100.0 * share, 100.0 * low, 100.0 * high)
        }
        _ => "no case".into(),
    }
}
