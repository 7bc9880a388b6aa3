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
    stream::{self, Failure, Patient, sweep},
};
use std::{
    collections::BTreeMap,
    fs::File,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

pub(super) fn run(files: &[PathBuf], threads: Option<NonZeroUsize>, options: &Options) -> Status {
    let input = [PathBuf::from("-")];
    let files = if files.is_empty() { &input } else { files };
    let mut status = Status::Clear;
    let (mut verdicts, mut unread) = (Vec::new(), Vec::new());
    let threads = threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    in_order(files, threads, &scanner(options), |path, result| {
        let input = (path != Path::new("-")).then(|| path.as_os_str().as_encoded_bytes().to_vec());
        match result {
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
    });
    status.max(conclude("check", verdicts, unread, options, Target::Stdout))
}

/// Judges every file, several at a time, and hands on each result in the order of the files as soon as it and
/// those before it are there.
fn in_order(
    files: &[PathBuf],
    threads: usize,
    scanner: &Scanner,
    mut each: impl FnMut(&Path, Result<Verdict, Failure>),
) {
    let workers = threads.min(files.len());
    if workers <= 1 {
        for path in files {
            each(path, judge(path, scanner, threads));
        }
        return;
    }
    let next = AtomicUsize::new(0);
    let (done, results) = mpsc::channel();
    thread::scope(|scope| {
        let start = || {
            let (done, next) = (done.clone(), &next);
            let work = move || {
                while let Some((i, path)) = {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    files.get(i).map(|path| (i, path))
                } {
                    // The receiver is there until all are sent.
                    let _ = done.send((i, judge(path, scanner, 1)));
                }
            };
            thread::Builder::new().spawn_scoped(scope, work).is_ok()
        };
        // Under a limit of processes there are fewer of them, or none.
        let started = (0..workers).take_while(|_| start()).count();
        if started == 0 {
            return files.iter().for_each(|path| each(path, judge(path, scanner, 1)));
        }
        drop(done);
        let mut waiting = BTreeMap::new();
        let mut expected = 0;
        for (i, result) in results {
            waiting.insert(i, result);
            while let Some(result) = waiting.remove(&expected) {
                each(&files[expected], result);
                expected += 1;
            }
        }
    });
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

/// From what size on a file is worth several threads.
const LARGE: u64 = 4 * sweep::BLOCK as u64;

fn judge(path: &Path, scanner: &Scanner, threads: usize) -> Result<Verdict, Failure> {
    let mut scanner = scanner.clone();
    if path == Path::new("-") {
        stream::scan(&mut Patient::stdin(), &mut scanner)?;
        return Ok(scanner.finish());
    }
    let mut file = File::open(path).map_err(Failure::Read)?;
    // Of what is no file, a pipe or a device, no size tells how much there is to read.
    let large = file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() >= LARGE);
    if large && threads > 1 {
        return sweep::judge(&file, &scanner, threads, sweep::BLOCK);
    }
    stream::scan(&mut file, &mut scanner)?;
    Ok(scanner.finish())
}
