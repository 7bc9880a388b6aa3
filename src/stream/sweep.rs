//! Judging a large file with several threads.
//!
//! Most files hold no sentinel. So the threads search block by block for the first place where one may stand,
//! and only from there on, or a few lines before it, lines are judged: each thread judges a stretch of its own, and
//! what they found is put together in the order of the file. Blocks are read with `pread(2)` and
//! not mapped: a file that shrinks while it is mapped kills the process (SIGBUS), and here it just ends earlier.

use super::{Aligned, Failure};
use crate::core::{scanner::Scanner, sentinel::Candidates, verdict::Verdict};
use std::{
    fs::File,
    io::{self, ErrorKind},
    ops::Range,
    os::unix::fs::FileExt,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
};

/// How much a thread reads at once.
pub const BLOCK: usize = 256 * 1024;

/// How many blocks a thread judges in one go: so many that starting it costs next to nothing, so few that not
/// much is judged in vain behind a wedge.
const STRETCH: u64 = 16;

/// How much is read around a block, so that most lines that begin or end there are whole.
const AROUND: usize = 1024;

/// How far in front of a hit the lines are looked for that may bear on it.
const BACK: u64 = 1024 * 1024;

/// How much of that is read at once.
const PIECE: usize = 64 * 1024;

/// Judges a regular file from its beginning, with so many threads and blocks of `block` bytes ([`BLOCK`]). The
/// verdict is that of [`scan`](super::scan). The file may grow or shrink meanwhile: it ends where a read finds its end.
///
/// # Errors
///
/// [`Failure::Read`].
pub fn judge(file: &File, scanner: &Scanner, threads: usize, block: usize) -> Result<Verdict, Failure> {
    let read = |error| Failure::Read(error);
    let Some(hit) = first_hit(file, scanner.candidates(), threads, block).map_err(read)? else {
        return Ok(scanner.clone().finish());
    };
    let (start, line) = match lines_before(file, hit).map_err(read)? {
        Some(start) => (start, 1 + newlines(file, start, threads, block).map_err(read)?),
        None => (0, 1),
    };
    let mut own = scanner.clone().starting_at(start, line);
    if threads > 1 {
        in_stretches(file, scanner, &mut own, start, threads, block).map_err(read)?;
    } else {
        scan_from(file, &mut own, start..u64::MAX, block).map_err(read)?;
    }
    Ok(own.finish())
}

/// Judges the file from `start` on, where `scanner` stands: in rounds of a stretch for each thread, the next ones by
/// scanners that begin like `fresh`.
fn in_stretches(
    file: &File,
    fresh: &Scanner,
    scanner: &mut Scanner,
    mut start: u64,
    threads: usize,
    block: usize,
) -> io::Result<()> {
    let length = STRETCH * block as u64;
    while scanner.wedge().is_none() {
        let later = (1..threads as u64).map(|i| start + i * length..start + (i + 1) * length);
        let round = start..start + length;
        let (own, later) = thread::scope(|scope| {
            // Under a limit of processes there are fewer of them, or none.
            let start = |stretch| {
                let work = move || judge_stretch(file, fresh, stretch, block);
                thread::Builder::new().spawn_scoped(scope, work).ok()
            };
            let later: Vec<_> = later.map_while(start).collect();
            let own = scan_from(file, scanner, round, block);
            let join = |one: thread::ScopedJoinHandle<'_, _>| {
                one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            (own, later.into_iter().map(join).collect::<Vec<io::Result<_>>>())
        });
        let mut next = own?;
        for stretch in later {
            let Some(from) = next else { break };
            // None where the line of the stretch before goes through all of it.
            let Some(stretch) = stretch? else { continue };
            next = if scanner.is_at_rest() {
                scanner.absorb(stretch.scanner);
                stretch.next
            } else {
                scan_from(file, scanner, from..stretch.end, block)?
            };
        }
        let Some(next) = next else { break };
        start = next;
    }
    Ok(())
}

/// The lines that begin in a stretch of the file, judged.
struct Stretch {
    scanner: Scanner,
    /// The end of the stretch, and where the first line behind it begins, if there is one.
    end: u64,
    next: Option<u64>,
}

fn judge_stretch(
    file: &File,
    fresh: &Scanner,
    stretch: Range<u64>,
    block: usize,
) -> io::Result<Option<Stretch>> {
    let Some(from) = line_start(file, stretch.clone(), block)? else { return Ok(None) };
    let mut scanner = fresh.clone().starting_at(from, 1);
    let next = scan_from(file, &mut scanner, from..stretch.end, block)?;
    Ok(Some(Stretch { scanner, end: stretch.end, next }))
}

/// Where the first line begins that begins in this stretch; the end of the file counts as one.
fn line_start(file: &File, stretch: Range<u64>, block: usize) -> io::Result<Option<u64>> {
    let mut buffer = Aligned::new(block);
    let buffer = buffer.bytes();
    let mut at = stretch.start - 1;
    while at < stretch.end - 1 {
        let length = read_block(file, buffer, at)?;
        if let Some(end) = memchr::memchr(b'\n', &buffer[..length]) {
            return Ok(Some(at + end as u64 + 1).filter(|start| *start < stretch.end));
        }
        at += length as u64;
        if length < buffer.len() {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// Judges the lines that begin in a range, whose beginning is that of a line, to the end of the last. Returns
/// where the next line begins, or none where nothing is left to judge.
fn scan_from(file: &File, scanner: &mut Scanner, range: Range<u64>, block: usize) -> io::Result<Option<u64>> {
    let mut buffer = Aligned::new(block);
    let buffer = buffer.bytes();
    let mut at = range.start;
    while scanner.wedge().is_none() {
        let length = read_block(file, buffer, at)?;
        let read = &buffer[..length];
        // The last byte in front of the range's end can be the end of its last line.
        let last = usize::try_from(range.end.saturating_sub(at + 1)).unwrap_or(usize::MAX);
        let rest = read.get(last..).unwrap_or_default();
        if let Some(end) = memchr::memchr(b'\n', rest) {
            let own = last + end + 1;
            scanner.push(&read[..own]);
            return Ok(Some(at + own as u64));
        }
        scanner.push(read);
        if length < buffer.len() {
            break;
        }
        at += length as u64;
    }
    Ok(None)
}

/// The first place where a sentinel may stand, or none.
fn first_hit(file: &File, candidates: &Candidates, threads: usize, block: usize) -> io::Result<Option<u64>> {
    let first = AtomicU64::new(u64::MAX);
    let read = in_blocks(file, threads, block, AROUND, |offset, bytes, own| {
        if let Some(at) = candidates.plausible(bytes, own, true) {
            first.fetch_min(offset + at as u64, Ordering::Relaxed);
        }
        // Blocks are handed out in order: those before this one are in work or done.
        first.load(Ordering::Relaxed) == u64::MAX
    });
    let hit = Some(first.into_inner()).filter(|at| *at < u64::MAX);
    // What cannot be read behind a hit may never be needed.
    read.map_or_else(|(at, error)| hit.filter(|hit| *hit < at).ok_or(error).map(Some), |()| Ok(hit))
}

/// How many lines end before `end`.
fn newlines(file: &File, end: u64, threads: usize, block: usize) -> io::Result<u64> {
    let count = AtomicU64::new(0);
    in_blocks(file, threads, block, 0, |offset, bytes, own| {
        let left = usize::try_from(end.saturating_sub(offset)).unwrap_or(usize::MAX);
        let lines = memchr::memchr_iter(b'\n', &bytes[..own.end.min(left)]).count();
        count.fetch_add(lines as u64, Ordering::Relaxed);
        offset < end
    })
    .map_err(|(_, error)| error)?;
    Ok(count.into_inner())
}

/// Reads a file in blocks, with `around` bytes of what stands before and behind each, until `work` says no or
/// the file ends. `work` is told the offset of the bytes, and which of them are the block's own. Of errors the first
/// one counts, with its offset: what stands before it was worked on.
fn in_blocks(
    file: &File,
    threads: usize,
    block: usize,
    around: usize,
    work: impl Fn(u64, &[u8], Range<usize>) -> bool + Sync,
) -> Result<(), (u64, io::Error)> {
    let (next, done) = (AtomicU64::new(0), AtomicBool::new(false));
    let run = || -> Result<(), (u64, io::Error)> {
        let mut buffer = Aligned::new(around + block + around);
        let buffer = buffer.bytes();
        while !done.load(Ordering::Relaxed) {
            let offset = next.fetch_add(1, Ordering::Relaxed) * block as u64;
            let from = offset.saturating_sub(around as u64);
            let own = usize::try_from(offset - from).unwrap_or(around);
            let wanted = own + block + around;
            let length = read_block(file, &mut buffer[..wanted], from).map_err(|error| {
                done.store(true, Ordering::Relaxed);
                (from, error)
            })?;
            let range = own.min(length)..(own + block).min(length);
            if !work(from, &buffer[..length], range) || length < own + block {
                done.store(true, Ordering::Relaxed);
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        // Under a limit of processes there are fewer of them, or none.
        let start = || thread::Builder::new().spawn_scoped(scope, run).ok();
        let others: Vec<_> = (1..threads).map_while(|_| start()).collect();
        let own = run();
        others.into_iter().fold(own, |result, other| match other.join() {
            Ok(other) => match (result, other) {
                (Err(a), Err(b)) => Err(if a.0 < b.0 { a } else { b }),
                (one, other) => one.and(other),
            },
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}

/// Fills the buffer from `offset` on, as far as the file goes. Returns how much of it that is.
///
/// # Errors
///
/// Those of `pread(2)` but EINTR.
pub fn read_block(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read_at(&mut buffer[length..], offset + length as u64) {
            Ok(0) => break,
            Ok(n) => length += n,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

/// What a file holds behind an offset, read one piece after the other.
#[derive(Debug)]
pub struct Behind<'f> {
    /// The file; its own position is left alone.
    pub file: &'f File,
    /// Where the next read begins.
    pub offset: u64,
}

impl io::Read for Behind<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read_at(buffer, self.offset)?;
        self.offset += length as u64;
        Ok(length)
    }
}

/// Where the lines begin that may bear on what stands at `hit`, or none where they are too long to tell.
fn lines_before(file: &File, hit: u64) -> io::Result<Option<u64>> {
    let mut buffer = Aligned::new(PIECE);
    let buffer = buffer.bytes();
    let (mut end, mut lines) = (hit, Scanner::LINES_BACK);
    while end > hit.saturating_sub(BACK) {
        let from = end.saturating_sub(PIECE as u64);
        let length = usize::try_from(end - from).unwrap_or(PIECE);
        let length = read_block(file, &mut buffer[..length], from)?;
        for newline in memchr::memrchr_iter(b'\n', &buffer[..length]) {
            // The end of the line before the first of them.
            let Some(left) = lines.checked_sub(1) else { return Ok(Some(from + newline as u64 + 1)) };
            lines = left;
        }
        end = from;
    }
    Ok((end == 0).then_some(0))
}
