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
    stream::{self, Aligned, Failure, Patient, sweep},
};
use rustix::io::Errno;
use std::{
    fs::File,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    thread,
};

pub(super) fn run(files: &[PathBuf], threads: Option<NonZeroUsize>, options: &Options) -> Status {
    let input = [PathBuf::from("-")];
    let files = if files.is_empty() { &input } else { files };
    let mut status = Status::Clear;
    let (mut verdicts, mut unread) = (Vec::new(), Vec::new());
    let scanner = scanner(options);
    let judge = |path: &PathBuf, threads: &dyn Fn() -> usize, buffer: &mut Aligned| {
        let input = (!is_stdin(path)).then(|| path.as_os_str().as_encoded_bytes().to_vec());
        match judge(path, &scanner, threads, buffer) {
            Ok(verdict) => {
                let judged = Judged { input, source: None, verdict };
                let said = output::verdict(&judged.label(), &judged, options);
                Ok((judged, said))
            }
            Err(failure) => Err((Unread { input, error: output::reason(&failure) }, failure)),
        }
    };
    in_order(files, threads, judge, |results| {
        let mut said = String::new();
        for result in results {
            match result {
                Ok((judged, its)) => {
                    said += &its;
                    // There can be very many. All but the JSON report tell only of what is worth it, and
                    // whether there was anything.
                    if options.format == Format::Json || verdicts.is_empty() || judged.is_remarkable() {
                        verdicts.push(judged);
                    }
                }
                Err((missed, failure)) => {
                    status = status.max(output::say(options, Target::Stdout, &std::mem::take(&mut said)));
                    output::complain(&missed.label(), &failure);
                    unread.push(missed);
                    status = Status::Trouble;
                }
            }
        }
        status = status.max(output::say(options, Target::Stdout, &said));
    });
    status.max(conclude("check", verdicts, unread, options, Target::Stdout))
}

/// The most threads. More of them read no page cache faster, and each holds half a MiB of what we may have.
const THREADS_MAX: usize = 4;

/// How large a file may be that is read in one piece. An allocator takes so much anew from the kernel, which hands out zeros,
/// and does not clear what it has.
const SMALL: usize = 256 * 1024;

/// How many files are judged in one go where there are thousands: handing each on by itself would take longer
/// than to judge it.
const BATCH: usize = 32;

/// Does `work` on every file, on several at a time, and hands on what comes of it in the order of the files. `work` can
/// ask how many threads a file may be given.
fn in_order<T: Send>(
    files: &[PathBuf],
    threads: Option<NonZeroUsize>,
    work: impl Fn(&PathBuf, &dyn Fn() -> usize, &mut Aligned) -> T + Sync,
    mut each: impl FnMut(Vec<T>) + Send,
) {
    // Asking how many processors there are reads half a dozen files: only who can use them asks.
    let threads = || {
        threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get).min(THREADS_MAX)
    };
    if let [path] = files {
        return each(vec![work(path, &threads, &mut Aligned::default())]);
    }
    let threads = threads().min(files.len());
    let size = (files.len() / (8 * threads)).clamp(1, BATCH);
    let batch = |i, buffer: &mut Aligned, _: &dyn Fn() -> bool| {
        let batch = files.chunks(size).nth(i)?;
        Some(batch.iter().map(|path| work(path, &|| 1, buffer)).collect::<Vec<_>>())
    };
    stream::in_turn(threads, Aligned::default, batch, |results| {
        each(results);
        true
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

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Judges a file, or standard input. The buffer is kept for its room.
fn judge(
    path: &Path,
    scanner: &Scanner,
    threads: &dyn Fn() -> usize,
    buffer: &mut Aligned,
) -> Result<Verdict, Failure> {
    let buffer = buffer.at_least(SMALL);
    if is_stdin(path) {
        return stream::scan(&mut Patient::stdin(), scanner.clone(), buffer);
    }
    let mut file = File::open(path).map_err(Failure::Read)?;
    let mut length = match sweep::read_some(&file, buffer, 0) {
        // A pipe or a terminal can only be read from its beginning to its end.
        Err(error) if error.raw_os_error() == Some(Errno::SPIPE.raw_os_error()) => {
            return stream::scan(&mut file, scanner.clone(), buffer);
        }
        length => length.map_err(Failure::Read)?,
    };
    // Files of the kernel say that they are empty, and others may grow: their end is where a read finds it.
    length += sweep::read_block(&file, &mut buffer[length..], length as u64).map_err(Failure::Read)?;
    if length < buffer.len() {
        return Ok(scanner.whole(&buffer[..length]));
    }
    if file.metadata().map_err(Failure::Read)?.is_file() {
        return sweep::judge(&file, scanner, threads(), sweep::BLOCK);
    }
    // A device may never give the same bytes twice.
    let mut scanner = scanner.clone();
    scanner.push(&buffer[..length]);
    stream::scan(&mut sweep::Behind { file: &file, offset: length as u64 }, scanner, buffer)
}
