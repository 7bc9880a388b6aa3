//! Bytes in and out: readers, the pass-through copy, the supervised command.

mod aligned;
mod group;
mod keep;
mod launch;
mod patient;
mod plumbing;
mod pump;
mod relay;
mod signals;
mod supervise;
mod terminal;
mod turns;
mod watch;
mod watched;

pub use aligned::Aligned;
pub use keep::{Keeper, Kept};
pub use launch::hidden;
pub use patient::Patient;
pub use plumbing::Tty;
pub use signals::{Asked, Signals};
pub use supervise::{Finished, Setup, supervise};
pub use turns::in_turn;
pub use watched::{Judges, Lost, Source, Watched};

pub mod sweep;

use crate::core::{scanner::Scanner, verdict::Verdict};
use std::io::{ErrorKind, Read, Write};

/// How much is read at once, in bytes. A read returns what is there; nothing waits for a full buffer.
pub const READ: usize = 256 * 1024;

/// Why a copy or a scan ended early.
#[derive(Debug)]
pub enum Failure {
    /// The input could not be read.
    Read(std::io::Error),
    /// The output could not be written, after so many bytes.
    Write(std::io::Error, u64),
}

/// How a pass-through copy ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The input ended.
    Input,
    /// The reader of the output went away, an ordinary end (`… | unwedge | head`).
    Reader,
}

/// Judges `input`, read to its end or to a wedge, by way of `buffer`, which may not be empty.
///
/// # Errors
///
/// [`Failure::Read`].
pub fn scan(input: &mut impl Read, mut scanner: Scanner, buffer: &mut [u8]) -> Result<Verdict, Failure> {
    while scanner.wedge().is_none() {
        match input.read(buffer) {
            Ok(0) => break,
            Ok(n) => scanner.push(&buffer[..n]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Failure::Read(error)),
        }
    }
    Ok(scanner.finish())
}

/// Copies `input` to `output` byte for byte as it arrives, to the end of the input, after a wedge
/// too, and shows the scanner what was written.
///
/// # Errors
///
/// [`Failure::Read`] and [`Failure::Write`]; a broken pipe is [`End::Reader`] and no failure.
pub fn copy(input: &mut impl Read, output: &mut impl Write, scanner: &mut Scanner) -> Result<End, Failure> {
    let mut buffer = Aligned::new(READ);
    let buffer = buffer.bytes();
    let mut written = 0;
    loop {
        let n = match input.read(buffer) {
            Ok(0) => return Ok(End::Input),
            Ok(n) => n,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(Failure::Read(error)),
        };
        scanner.push(&buffer[..n]);
        match patient::write_all(output, &buffer[..n]) {
            Ok(()) => written += n as u64,
            Err((error, _)) if error.kind() == ErrorKind::BrokenPipe => return Ok(End::Reader),
            Err((error, part)) => return Err(Failure::Write(error, written + part as u64)),
        }
    }
}
