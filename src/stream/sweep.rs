//! Judging a large file with several threads.
//!
//! Most files hold no sentinel. So the threads search block by block for the first place where one may stand,
//! and only from there on, or a few lines before it, lines are judged: each thread judges a stretch of its own, and
//! what they found is put together in the order of the file. Blocks are read with `pread(2)` and
//! not mapped: a file that shrinks while it is mapped kills the process (SIGBUS), and here it just ends earlier.

use super::{Aligned, Failure, turns::in_turn};
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
        own = in_stretches(file, scanner, own, start, threads, block).map_err(read)?;
    } else {
        scan_from(file, &mut own, start..u64::MAX, Aligned::new(block).bytes(), &|| false).map_err(read)?;
    }
    Ok(own.finish())
}

/// Judges the file from `start` on, where `scanner` stands: each thread one stretch after the other, by scanners that
/// begin like `fresh`, put together in the order of the file.
fn in_stretches(
    file: &File,
    fresh: &Scanner,
    mut scanner: Scanner,
    start: u64,
    threads: usize,
    block: usize,
) -> io::Result<Scanner> {
    let length = STRETCH * block as u64;
    let work = |i: usize, buffer: &mut Aligned, is_done: &dyn Fn() -> bool| {
        let stretch = start + i as u64 * length..start + (i as u64 + 1) * length;
        let begins = match i {
            0 => Ok(Begins::At(start)),
            _ => first_line(file, stretch.clone(), buffer.bytes()),
        };
        match begins {
            Ok(Begins::At(from)) => {
                Some(judge_stretch(file, fresh, from..stretch.end, i == 0, buffer, is_done).map(Some))
            }
            Ok(Begins::Nowhere) => Some(Ok(None)),
            Ok(Begins::Behind) => None,
            Err(error) => Some(Err(error)),
        }
    };
    let mut result = Ok(());
    in_turn(
        threads,
        || Aligned::new(block),
        work,
        |stretch| {
            let next = stretch.and_then(|stretch| {
                stretch.map_or(Ok(true), |stretch| take(file, &mut scanner, *stretch, block))
            });
            next.unwrap_or_else(|error| {
                result = Err(error);
                false
            })
        },
    );
    result.map(|()| scanner)
}

/// Takes on what was found in a stretch. Whether there is more to judge.
fn take(file: &File, scanner: &mut Scanner, stretch: Stretch, block: usize) -> io::Result<bool> {
    let next = if stretch.is_led_in || scanner.is_at_rest() {
        scanner.absorb(stretch.scanner);
        stretch.next
    } else {
        scan_from(file, scanner, stretch.lines, Aligned::new(block).bytes(), &|| false)?
    };
    Ok(next.is_some() && scanner.wedge().is_none())
}

/// The lines that begin in a stretch of the file, judged.
struct Stretch {
    scanner: Scanner,
    /// Whether the lines in front of it were known that can bear on it.
    is_led_in: bool,
    /// From the first line's beginning to the end of the stretch.
    lines: Range<u64>,
    /// Where the first line behind it begins, if there is one.
    next: Option<u64>,
}

/// Judges the lines of a stretch. No line in front of the first stretch bears on it.
fn judge_stretch(
    file: &File,
    fresh: &Scanner,
    lines: Range<u64>,
    is_first: bool,
    buffer: &mut Aligned,
    is_done: &dyn Fn() -> bool,
) -> io::Result<Box<Stretch>> {
    let mut scanner = fresh.clone().starting_at(lines.start, 1);
    let mut is_led_in = is_first;
    let back = if is_first { None } else { lines_before(file, lines.start)? };
    // More of them would take memory on every thread.
    if let Some(back) = back.filter(|back| lines.start - back <= PIECE as u64) {
        let mut before = Aligned::new(usize::try_from(lines.start - back).unwrap_or_default());
        let length = read_block(file, before.bytes(), back)?;
        scanner = scanner.led_in(&before.bytes()[..length]);
        is_led_in = true;
    }
    let next = scan_from(file, &mut scanner, lines.clone(), buffer.bytes(), is_done)?;
    Ok(Box::new(Stretch { scanner, is_led_in, lines, next }))
}

/// Where the first line begins that begins in a stretch.
#[derive(Debug, PartialEq, Eq)]
enum Begins {
    /// Here; the end of the file counts as one.
    At(u64),
    /// One line goes through all of it.
    Nowhere,
    /// The file ends in front of it, or in the line that goes on in it: where it was cut meanwhile, that alone tells.
    Behind,
}

fn first_line(file: &File, stretch: Range<u64>, buffer: &mut [u8]) -> io::Result<Begins> {
    // Most lines are short.
    let mut wanted = buffer.len().min(AROUND);
    let mut at = stretch.start - 1;
    while at < stretch.end - 1 {
        let length = read_block(file, &mut buffer[..wanted], at)?;
        if let Some(end) = memchr::memchr(b'\n', &buffer[..length]) {
            let from = at + end as u64 + 1;
            return Ok(if from < stretch.end { Begins::At(from) } else { Begins::Nowhere });
        }
        if length < wanted {
            return Ok(Begins::Behind);
        }
        at += length as u64;
        wanted = buffer.len();
    }
    Ok(Begins::Nowhere)
}

/// Judges the lines that begin in a range, whose beginning is that of a line, to the end of the last, by way of
/// `buffer`. Returns where the next line begins, or none where nothing is left to judge, or `is_done` says so.
fn scan_from(
    file: &File,
    scanner: &mut Scanner,
    range: Range<u64>,
    buffer: &mut [u8],
    is_done: &dyn Fn() -> bool,
) -> io::Result<Option<u64>> {
    let mut at = range.start;
    while scanner.wedge().is_none() && !is_done() {
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
fn first_hit(file: &File, candidates: Candidates, threads: usize, block: usize) -> io::Result<Option<u64>> {
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
        match read_some(file, &mut buffer[length..], offset + length as u64)? {
            0 => break,
            n => length += n,
        }
    }
    Ok(length)
}

/// Reads what one `pread(2)` gives.
///
/// # Errors
///
/// Those of it but EINTR.
pub fn read_some(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    loop {
        match file.read_at(buffer, offset) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
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
        let length = read_some(self.file, buffer, self.offset)?;
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

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_stretch_begins_with_the_first_line_in_it() {
        let mut file = tempfile::tempfile().unwrap();
        let line = [vec![b'x'; 5000], b"\n".to_vec()].concat();
        file.write_all(&[&line[..], b"y\n", &line, b"z"].concat()).unwrap();
        for (stretch, begins) in [
            (1..5000, Begins::Nowhere),
            (1..5001, Begins::Nowhere),
            (1..5002, Begins::At(5001)),
            (5001..5002, Begins::At(5001)),
            (5002..5003, Begins::Nowhere),
            (5002..9000, Begins::At(5003)),
            (5004..20_000, Begins::At(10_004)),
            // The last line has no end.
            (10_005..20_000, Begins::Behind),
            (20_000..30_000, Begins::Behind),
        ] {
            for room in [1, 100, 8192] {
                assert_eq!(
                    first_line(&file, stretch.clone(), &mut vec![0; room]).unwrap(),
                    begins,
                    "{stretch:?}"
                );
            }
        }
    }
}
