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
    in_order(files, threads, &scanner(options), |batch, results| {
        let mut said = String::new();
        for (path, result) in batch.iter().zip(results) {
            let input = (path != Path::new("-")).then(|| path.as_os_str().as_encoded_bytes().to_vec());
            match result {
                Ok(verdict) => {
                    let judged = Judged { input, source: None, verdict };
                    said += &output::verdict(&judged.label(), &judged, options);
                    // There can be very many. All but the JSON report tell only of what is worth it, and
                    // whether there was anything.
                    if options.format == Format::Json || verdicts.is_empty() || judged.is_remarkable() {
                        verdicts.push(judged);
                    }
                }
                Err(failure) => {
                    status = status.max(output::say(options, Target::Stdout, &std::mem::take(&mut said)));
                    let missed = Unread { input, error: output::reason(&failure) };
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

/// How large a file may be that is read in one piece.
const SMALL: usize = 128 * 1024;

/// How many files are judged in one go where there are thousands: handing each on by itself would take longer
/// than to judge it.
const BATCH: usize = 32;

/// Judges every file, several at a time, and hands on the results in the order of the files as soon as they and
/// those before them are there.
fn in_order(
    files: &[PathBuf],
    threads: Option<NonZeroUsize>,
    scanner: &Scanner,
    mut each: impl FnMut(&[PathBuf], Vec<Result<Verdict, Failure>>),
) {
    // Asking how many processors there are reads half a dozen files: only who can use them asks.
    let threads = || {
        threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get).min(THREADS_MAX)
    };
    if let [path] = files {
        return each(files, vec![judge(path, scanner, threads, &mut Vec::new())]);
    }
    let workers = threads().min(files.len());
    let batch = (files.len() / (8 * workers)).clamp(1, BATCH);
    let judged = |files: &[PathBuf], buffer: &mut Vec<u8>| {
        files.iter().map(|path| judge(path, scanner, || 1, buffer)).collect::<Vec<_>>()
    };
    if workers == 1 {
        let mut buffer = Vec::new();
        return files.chunks(batch).for_each(|files| each(files, judged(files, &mut buffer)));
    }
    let next = AtomicUsize::new(0);
    let (done, results) = mpsc::channel();
    thread::scope(|scope| {
        let work = || {
            let (done, next) = (done.clone(), &next);
            move || {
                let mut buffer = Vec::new();
                while let Some((i, files)) = {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    files.chunks(batch).nth(i).map(|files| (i, files))
                } {
                    // The receiver is there until all are sent.
                    let _ = done.send((i, judged(files, &mut buffer)));
                }
            }
        };
        let start = || thread::Builder::new().spawn_scoped(scope, work()).is_ok();
        // Under a limit of processes there are fewer of them, or nobody but us.
        if (0..workers).take_while(|_| start()).count() == 0 {
            work()();
        }
        drop(done);
        let mut waiting = BTreeMap::new();
        let mut batches = files.chunks(batch).enumerate().peekable();
        for (i, result) in results {
            waiting.insert(i, result);
            while let Some((i, files)) = batches.peek().copied() {
                let Some(result) = waiting.remove(&i) else { break };
                each(files, result);
                batches.next();
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

/// Judges a file, or standard input. The buffer is kept for its room.
fn judge(
    path: &Path,
    scanner: &Scanner,
    threads: impl Fn() -> usize,
    buffer: &mut Vec<u8>,
) -> Result<Verdict, Failure> {
    let mut room = |most: u64| {
        let most = usize::try_from(most).unwrap_or(SMALL).min(SMALL);
        buffer.resize(buffer.len().max(most), 0);
    };
    if path == Path::new("-") {
        room(u64::MAX);
        return stream::scan(&mut Patient::stdin(), scanner.clone(), buffer);
    }
    let mut file = File::open(path).map_err(Failure::Read)?;
    let metadata = file.metadata().map_err(Failure::Read)?;
    // A pipe or a device can only be read from its beginning to its end.
    if !metadata.is_file() {
        room(u64::MAX);
        return stream::scan(&mut file, scanner.clone(), buffer);
    }
    // Files of the kernel say that they are empty.
    room(if metadata.len() > 0 { metadata.len() + 1 } else { u64::MAX });
    let length = sweep::read_block(&file, buffer, 0).map_err(Failure::Read)?;
    if length < buffer.len() {
        return Ok(scanner.whole(&buffer[..length]));
    }
    sweep::judge(&file, scanner, threads(), sweep::BLOCK)
}
