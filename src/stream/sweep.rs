//! Judging a large file with several threads.
//!
//! Most files hold no sentinel. So the threads search block by block for the first place where one may stand,
//! and only from there on, or a few lines before it, the [`Scanner`] reads. Blocks are read with `pread(2)` and
//! not mapped: a file that shrinks while it is mapped kills the process (SIGBUS), and here it just ends earlier.

use super::{Failure, scan};
use crate::core::{scanner::Scanner, sentinel::Candidates, verdict::Verdict};
use std::{
    fs::File,
    io::{ErrorKind, Seek, SeekFrom},
    ops::Range,
    os::unix::fs::FileExt,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
};

/// How much a thread reads at once.
pub const BLOCK: usize = 256 * 1024;

/// How much is read around a block, so that most lines that begin or end there are whole.
const AROUND: usize = 4 * 1024;

/// How far in front of a hit the lines are looked for that may bear on it.
const BACK: u64 = 1024 * 1024;

/// Judges a regular file from its beginning, with so many threads and blocks of `block` bytes ([`BLOCK`]). The
/// verdict is that of [`scan`]. The file may grow or shrink meanwhile: it ends where a read finds its end.
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
    let mut scanner = scanner.clone().starting_at(start, line);
    let mut file = file;
    file.seek(SeekFrom::Start(start)).map_err(read)?;
    scan(&mut file, &mut scanner)?;
    Ok(scanner.finish())
}

/// The first place where a sentinel may stand, or none.
fn first_hit(
    file: &File,
    candidates: &Candidates,
    threads: usize,
    block: usize,
) -> std::io::Result<Option<u64>> {
    let first = AtomicU64::new(u64::MAX);
    in_blocks(file, threads, block, AROUND, |offset, bytes, own| {
        if let Some(at) = candidates.plausible(bytes, own, true) {
            first.fetch_min(offset + at as u64, Ordering::Relaxed);
        }
        // Blocks are handed out in order: those before this one are in work or done.
        first.load(Ordering::Relaxed) == u64::MAX
    })?;
    Ok(Some(first.into_inner()).filter(|at| *at < u64::MAX))
}

/// How many lines end before `end`.
fn newlines(file: &File, end: u64, threads: usize, block: usize) -> std::io::Result<u64> {
    let count = AtomicU64::new(0);
    in_blocks(file, threads, block, 0, |offset, bytes, own| {
        let left = usize::try_from(end.saturating_sub(offset)).unwrap_or(usize::MAX);
        let lines = memchr::memchr_iter(b'\n', &bytes[..own.end.min(left)]).count();
        count.fetch_add(lines as u64, Ordering::Relaxed);
        offset < end
    })?;
    Ok(count.into_inner())
}

/// Reads a file in blocks, with `around` bytes of what stands before and behind each, until `work` says no or
/// the file ends. `work` is told the offset of the bytes, and which of them are the block's own.
fn in_blocks(
    file: &File,
    threads: usize,
    block: usize,
    around: usize,
    work: impl Fn(u64, &[u8], Range<usize>) -> bool + Sync,
) -> std::io::Result<()> {
    let (next, done) = (AtomicU64::new(0), AtomicBool::new(false));
    let run = || -> std::io::Result<()> {
        let mut buffer = vec![0; around + block + around];
        while !done.load(Ordering::Relaxed) {
            let offset = next.fetch_add(1, Ordering::Relaxed) * block as u64;
            let from = offset.saturating_sub(around as u64);
            let own = usize::try_from(offset - from).unwrap_or(around);
            let wanted = own + block + around;
            let length = read_block(file, &mut buffer[..wanted], from)?;
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
            Ok(one) => result.and(one),
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}

/// Fills the buffer from `offset` on, as far as the file goes.
fn read_block(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
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

/// Where the lines begin that may bear on what stands at `hit`, or none where they are too long to tell.
fn lines_before(file: &File, hit: u64) -> std::io::Result<Option<u64>> {
    let from = hit.saturating_sub(BACK);
    let mut buffer = vec![0; usize::try_from(hit - from).unwrap_or(0)];
    let length = read_block(file, &mut buffer, from)?;
    // The end of the line before the first of them.
    let end = memchr::memrchr_iter(b'\n', &buffer[..length]).nth(Scanner::LINES_BACK);
    Ok(end.map(|end| from + end as u64 + 1).or((from == 0).then_some(0)))
}
