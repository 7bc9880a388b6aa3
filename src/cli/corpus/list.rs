//! `unwedge corpus list`.

use super::{broken, options::List};
use crate::{
    cli::{
        Status,
        options::{Format, Options},
        output::{self, Target},
    },
    corpus::{
        evaluation::Expected,
        manifest::{Case, Corpus},
    },
    report::{escaped_json, sanitize},
};

pub(super) fn run(own: &List, options: &Options) -> Status {
    if !matches!(options.format, Format::Human | Format::Json) {
        return output::misused(
            "`unwedge corpus list` writes text, or with --format json lines of the manifest",
        );
    }
    let corpus = match Corpus::open(&own.folder) {
        Ok(corpus) => corpus,
        Err(slips) => return broken(&slips),
    };
    let mut text = String::new();
    for case in corpus.cases.iter().filter(|case| is_wanted(case, own)) {
        match options.format {
            Format::Json => match case.line() {
                Ok(line) => text.push_str(&(escaped_json(line.trim_end()) + "\n")),
                Err(error) => return output::misused(&format!("cannot write {}: {error}", case.name)),
            },
            _ => text.push_str(&row(case)),
        }
    }
    output::say(options, Target::Stdout, &text)
}

/// `wedge/first: wedge, link line, …, observed, buildx v0.36.1`.
fn row(case: &Case) -> String {
    let said = if case.is_flawed() {
        let mark = if case.known_limit { "known limit" } else { "known failure" };
        format!("{}, {mark}", case.label.word())
    } else {
        Expected::of(case).to_string()
    };
    let from = &case.provenance;
    sanitize(format!("{}: {said}; {}, {}", case.name, from.kind.word(), from.tool).as_bytes()) + "\n"
}

fn is_wanted(case: &Case, own: &List) -> bool {
    let tool = case.provenance.tool.to_lowercase();
    // `v0.36.1` and `28.2.2` are words of what the tool is called.
    let version = |asked: &str| {
        let asked = asked.trim_start_matches('v');
        tool.split(|c: char| c.is_whitespace() || "(),+".contains(c))
            .map(|word| word.trim_start_matches('v'))
            .any(|word| {
                word.strip_prefix(asked).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
            })
    };
    own.label.is_none_or(|label| case.label == label)
        && own.near_miss.is_none_or(|kind| case.near().iter().any(|(seen, _)| *seen == kind))
        && own.tool.as_ref().is_none_or(|text| tool.contains(&text.to_lowercase()))
        && own.version.as_deref().is_none_or(version)
        && own.provenance.is_none_or(|kind| case.provenance.kind == kind)
}
