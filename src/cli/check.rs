//! `unwedge check`: classifies files, or standard input.

use super::{
    Status, ground,
    options::{Format, Options},
    output::{self, Target},
};
use crate::{
    core::{
        decision::{self, Decision},
        scanner::Scanner,
        verdict::Verdict,
    },
    report::{Judged, Report, Unread},
    stream::{self, Failure},
};
use std::{
    fs::File,
    path::{Path, PathBuf},
};

pub(super) fn run(files: &[PathBuf], options: &Options) -> Status {
    let input = [PathBuf::from("-")];
    let mut status = Status::Clear;
    let (mut verdicts, mut unread) = (Vec::new(), Vec::new());
    for path in if files.is_empty() { &input } else { files } {
        let path = (path != Path::new("-")).then_some(path);
        let input = path.map(|path| path.as_os_str().as_encoded_bytes().to_vec());
        match judge(path, scanner(options)) {
            Ok(verdict) => {
                let judged = Judged { input, source: None, verdict };
                status = status.max(output::verdict(&judged.label(), &judged, options, Target::Stdout));
                verdicts.push(judged);
            }
            Err(failure) => {
                let missed = Unread { input, error: output::reason(&failure) };
                output::complain(&missed.label(), &failure);
                unread.push(missed);
                status = Status::Trouble;
            }
        }
    }
    status.max(conclude("check", verdicts, unread, options, Target::Stdout))
}

/// Decides on what was judged, and reports it.
pub(super) fn conclude(
    command: &'static str,
    verdicts: Vec<Judged>,
    unread: Vec<Unread>,
    options: &Options,
    to: Target,
) -> Status {
    let status = if verdicts.iter().any(Judged::is_wedge) { Status::Wedge } else { Status::Clear };
    // Of a clear stream without a cause nothing follows, whatever this host looks like: do not look. But
    // JSON has one shape, and a file that was named must be a mount table.
    let idle = verdicts.iter().all(|judged| !decision::depends_on_host(&judged.verdict));
    if idle && options.format != Format::Json && options.mountinfo.is_none() {
        return status.max(output::idle(options, to));
    }
    let Some((mounts, facts)) = ground::look(options) else { return Status::Trouble };
    let probe = ground::told(options, &facts);
    let decisions: Vec<Decision> =
        verdicts.iter().map(|judged| decision::after(&judged.verdict, &mounts.count, probe)).collect();
    let of_wedge = verdicts.iter().position(Judged::is_wedge);
    let first = of_wedge.or_else(|| decisions.iter().position(|decision| *decision != Decision::Nothing));
    let decision = first.map_or(Decision::Nothing, |i| decisions[i].clone());
    let report = Report {
        command,
        refuse_at: options.refuse_at,
        verdicts,
        unread,
        mounts,
        facts,
        decision,
        run: None,
    };
    status.max(output::show(&report, options, to))
}

pub(super) fn scanner(options: &Options) -> Scanner {
    Scanner::new().require_same_line(options.require_same_line)
}

fn judge(path: Option<&PathBuf>, mut scanner: Scanner) -> Result<Verdict, Failure> {
    match path {
        Some(path) => stream::scan(&mut File::open(path).map_err(Failure::Read)?, &mut scanner)?,
        None => stream::scan(&mut std::io::stdin().lock(), &mut scanner)?,
    }
    Ok(scanner.finish())
}
