//! `unwedge corpus check`.

use super::{broken, options::Check};
use crate::{
    cli::{
        Status,
        options::{Format, Options},
        output::{self, Target},
    },
    corpus::{
        check::{Plan, check},
        manifest::{Case, Corpus},
        render::{github, human, json, junit},
        transform::Transform,
    },
};
use std::io::IsTerminal;

pub(super) fn run(own: &Check, options: &Options) -> Status {
    if options.format == Format::Sh {
        return output::misused("`unwedge corpus check` has no script to write");
    }
    let corpus = match Corpus::open(&own.folder) {
        Ok(corpus) => corpus,
        Err(slips) => return broken(&slips),
    };
    let cases = match selected(&corpus.cases, &own.cases) {
        Ok(cases) => cases,
        Err(what) => return output::misused(&what),
    };
    let transforms = if own.transforms.is_empty() { Transform::ALL.to_vec() } else { own.transforms.clone() };
    let plan = Plan { cases, transforms, seed: own.seed };
    let shown = std::io::stderr().is_terminal() && !options.quiet;
    let all = plan.cases.len();
    let checkup = check(&corpus, &plan, |done| {
        if shown {
            output::tell(&format!("\r\x1b[K{done} of {all} cases"));
        }
    });
    if shown {
        output::tell("\r\x1b[K");
    }
    let checkup = match checkup {
        Ok(checkup) => checkup,
        Err(slips) => return broken(&slips),
    };
    let text = match options.format {
        Format::Human if options.quiet => human::failures(&checkup),
        Format::Human | Format::Sh => human::checkup(&checkup),
        Format::Json => json::document(&checkup),
        Format::Github => github::commands(&checkup),
        Format::Junit => junit::document(&checkup),
    };
    let status = if checkup.passed() { Status::Clear } else { Status::Failed };
    status.max(output::say(options, Target::Stdout, &text))
}

/// The cases that are asked for, in the order of the manifest: by name, else by part of a name.
fn selected(cases: &[Case], names: &[String]) -> Result<Vec<usize>, String> {
    let mut wanted = vec![names.is_empty(); cases.len()];
    for name in names {
        let exact = cases.iter().any(|case| case.name == *name);
        let mut found = false;
        for (case, wanted) in cases.iter().zip(&mut wanted) {
            let hit = if exact { case.name == *name } else { case.name.contains(name.as_str()) };
            *wanted |= hit;
            found |= hit;
        }
        if !found {
            return Err(format!("no case is called {name:?}, and none has that in its name"));
        }
    }
    Ok((0..cases.len()).filter(|&index| wanted[index]).collect())
}
