//! `unwedge run`: look, run, watch, retry, stop.

mod attempts;
mod fallback;
mod file;
mod folder;
mod options;
mod told;
mod world;

use super::{
    Status, check,
    options::{Format, Options as Common},
    output::{self, Target},
};
use crate::{
    core::{
        decision::Decision,
        phrases::{PhraseScanner, Phrases},
        retry::{Policy, builds},
    },
    report::{self, Report, Run, github, json, summary},
    stream::{Judges, Setup, Signals},
};
use attempts::Plan;
pub(super) use options::Options;
use options::When;
use std::{ffi::OsString, path::Path, time::Instant};
use told::{End, Told};
use world::{Here, chance};

pub(super) fn run(own: &Options, options: &Common) -> Status {
    let target = match own.report.as_deref().map(|path| (path, file::Target::new(path))) {
        None => None,
        Some((_, Ok(target))) => Some(target),
        Some((path, Err(error))) => return cannot_write(path, &error),
    };
    let (judges, signals) = match (judges(own, options), Signals::catch()) {
        (Some(judges), Ok(signals)) => (judges, signals),
        (None, _) => return trouble("the phrases are too many or too long"),
        (_, Err(error)) => return trouble(&format!("cannot catch signals: {error}")),
    };
    let setup = Setup {
        command: own.command.clone(),
        variables: Vec::new(),
        tty: own.tty.into(),
        grace: own.grace,
        kill_after: own.kill_after,
    };
    let mut here = Here {
        options,
        setup,
        judges,
        signals,
        fallback: own.fallback.as_ref(),
        start: Instant::now(),
        within_line: false,
        unwritten: false,
    };
    let Some(told) = plan(own, options).go(&mut here) else { return Status::Trouble };
    let (status, report) = conclude(told, own, options);
    if report.decision != Decision::Nothing || options.format == Format::Json {
        here.end_line();
    }
    let shown = show(&report, options);
    let written =
        target.map(|target| (target.write(|out| json::write(&report, out), &mut chance), &own.report));
    let written = match written {
        Some((Err(error), Some(path))) => cannot_write(path, &error),
        Some(_) | None => Status::Clear,
    };
    let unwritten = if here.unwritten { Status::Trouble } else { Status::Clear };
    match shown.max(written).max(unwritten) {
        Status::Clear => status,
        trouble => trouble,
    }
}

fn plan(own: &Options, options: &Common) -> Plan {
    let preflight = match own.preflight {
        When::Auto => builds(own.command.iter().skip(1).map(|word| word.as_encoded_bytes())),
        When::Always => true,
        When::Never => false,
    };
    let policy = Policy {
        attempts: own.attempts,
        delay: own.delay,
        max_delay: own.max_delay,
        narrowed: !own.retry_on.is_empty(),
    };
    Plan { policy, preflight, refuse_at: options.refuse_at }
}

fn judges(own: &Options, options: &Common) -> Option<Judges> {
    let phrases = Phrases::new(&bytes(&own.permanent), &bytes(&own.retry_on)).ok()?;
    Some(Judges {
        scanner: check::scanner(options),
        phrases: PhraseScanner::new(phrases),
        keep: own.keep_stderr,
    })
}

fn bytes(words: &[OsString]) -> Vec<Vec<u8>> {
    words.iter().map(|word| word.as_encoded_bytes().to_vec()).collect()
}

fn conclude(told: Told, own: &Options, options: &Common) -> (Status, Report) {
    let status = match told.end {
        End::Wedge => Status::Wedge,
        End::Refused => Status::Refused,
        End::Command(ended) => Status::Command(ended.status()),
        End::Asked(asked) => Status::Command(128 + asked.number()),
    };
    let run = Run {
        command: bytes(&own.command),
        limit: own.attempts,
        attempts: told.attempts,
        fallback: told.fallback,
        original: told.original,
    };
    let report = Report {
        command: "run",
        refuse_at: options.refuse_at,
        verdicts: told.verdicts,
        unread: Vec::new(),
        mounts: told.ground.mounts,
        facts: told.ground.facts,
        decision: told.decision,
        run: Some(run),
    };
    (status, report)
}

/// Shows the report; in GitHub Actions as an annotation and a job summary besides.
fn show(report: &Report, options: &Common) -> Status {
    let mut status = output::show(report, options, Target::Stderr);
    if report.decision == Decision::Nothing
        || std::env::var_os("GITHUB_ACTIONS").is_none_or(|on| on != "true")
    {
        return status;
    }
    if options.format != Format::Github {
        output::tell(&github::commands(report));
    }
    if let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty())
        && let Err(error) = file::append(Path::new(&path), &summary::section(report))
    {
        status = cannot_write(Path::new(&path), &error);
    }
    status
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Status {
    trouble(&format!("cannot write {}: {error}", report::sanitize(path.as_os_str().as_encoded_bytes())))
}

fn trouble(what: &str) -> Status {
    output::tell(&format!("unwedge: {what}\n"));
    Status::Trouble
}
