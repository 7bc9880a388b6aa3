//! One stream of the command: read, handed on at once, judged, kept.

use super::{
    READ,
    aligned::Aligned,
    keep::Keeper,
    patient::{self, Patient},
    watched::{Judges, Lost, Source, Watched},
};
use crate::core::{phrases::PhraseScanner, scanner::Scanner, verdict::Verdict};
use rustix::{
    event::{PollFd, PollFlags},
    io::Errno,
};
use std::{
    fs::File,
    io::{self, ErrorKind, Read},
    os::fd::OwnedFd,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
};

/// How much is still read when nobody waits for a stream any more: what a pipe holds at most
/// (`/proc/sys/fs/pipe-max-size`), so that what was written before is not lost.
const REST: usize = 1024 * 1024;

/// What the pumps of a command tell, besides what they return.
#[derive(Debug)]
pub(super) struct Shared {
    wedge: AtomicBool,
    unread: AtomicBool,
    running: AtomicUsize,
    /// A byte in it wakes whoever polls the other end.
    wake: OwnedFd,
}

impl Shared {
    pub(super) fn new(wake: OwnedFd) -> Self {
        let (wedge, unread) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { wedge, unread, running: AtomicUsize::new(0), wake }
    }

    /// Whether a stream shows the wedge.
    pub(super) fn wedge(&self) -> bool {
        self.wedge.load(Ordering::Acquire)
    }

    /// Whether the reader of one of our outputs went away.
    pub(super) fn unread(&self) -> bool {
        self.unread.load(Ordering::Acquire)
    }

    /// How many pumps have not ended.
    pub(super) fn running(&self) -> usize {
        self.running.load(Ordering::Acquire)
    }

    fn wake(&self) {
        // Where it is full there is enough in it to wake anyone.
        let _ = rustix::io::write(&self.wake, b".");
    }
}

/// A thread that moves one stream.
#[derive(Debug)]
pub(super) struct Pump {
    thread: JoinHandle<Watched>,
    /// Closed, it ends the pump.
    stop: OwnedFd,
}

impl Pump {
    pub(super) fn start(
        source: Source,
        from: OwnedFd,
        to: OwnedFd,
        mut judges: Judges,
        shared: &Arc<Shared>,
    ) -> io::Result<Self> {
        if source == Source::Stdout {
            // What failed is told on the other one.
            judges.keep = 0;
        }
        let (stopped, stop) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
        let shared = Arc::clone(shared);
        shared.running.fetch_add(1, Ordering::AcqRel);
        let thread = std::thread::Builder::new().spawn(move || {
            let watched = Stream::new(source, to, judges, &shared).run(from, &stopped);
            shared.running.fetch_sub(1, Ordering::AcqRel);
            shared.wake();
            watched
        })?;
        Ok(Self { thread, stop })
    }

    /// Reads what is there, waits for no more, and says what was seen.
    ///
    /// # Errors
    ///
    /// The thread panicked.
    pub(super) fn end(self) -> io::Result<Watched> {
        drop(self.stop);
        self.thread.join().map_err(|_| io::Error::other("a thread panicked"))
    }
}

struct Stream<'s> {
    source: Source,
    to: Patient<File>,
    scanner: Scanner,
    phrases: PhraseScanner,
    keeper: Keeper,
    written: u64,
    lost: Option<Lost>,
    shared: &'s Shared,
}

impl<'s> Stream<'s> {
    fn new(source: Source, to: OwnedFd, judges: Judges, shared: &'s Shared) -> Self {
        let Judges { scanner, phrases, keep } = judges;
        let (to, keeper) = (Patient(to.into()), Keeper::new(keep));
        Self { source, to, scanner, phrases, keeper, written: 0, lost: None, shared }
    }

    fn run(mut self, from: OwnedFd, stopped: &OwnedFd) -> Watched {
        let mut buffer = Aligned::new(READ);
        let buffer = buffer.bytes();
        let mut rest = None;
        let mut from = File::from(from);
        while rest != Some(0) {
            match wait(&from, stopped, rest.is_some()) {
                Ready::Bytes => {}
                Ready::Stopped => {
                    rest = Some(REST);
                    continue;
                }
                Ready::Nothing => break,
            }
            // Only what was announced is read, so that this never waits.
            match from.read(buffer) {
                Ok(0) => break,
                Ok(n) => {
                    self.take(&buffer[..n]);
                    rest = rest.map(|rest| rest.saturating_sub(n));
                    if matches!(self.lost, Some(Lost::Reader)) {
                        self.shared.unread.store(true, Ordering::Release);
                        break;
                    }
                }
                Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
                // EIO: nobody has the terminal open any more.
                Err(_) => break,
            }
        }
        // With the end of our reader the command is to get the same signal that it would get without us.
        drop(from);
        let wedged = self.scanner.wedge().is_some();
        let verdict = self.scanner.finish();
        if !wedged && matches!(verdict, Verdict::Wedge(_)) {
            self.shared.wedge.store(true, Ordering::Release);
        }
        Watched {
            source: self.source,
            verdict,
            found: self.phrases.finish(),
            within_line: self.keeper.last().map(|byte| byte != b'\n'),
            kept: self.keeper.finish(),
            lost: self.lost,
        }
    }

    /// Hands the bytes on before anything else is done with them.
    fn take(&mut self, bytes: &[u8]) {
        if self.lost.is_none() {
            match patient::write_all(&mut self.to, bytes) {
                Ok(()) => self.written += bytes.len() as u64,
                Err((error, _)) if error.kind() == ErrorKind::BrokenPipe => self.lost = Some(Lost::Reader),
                // The command goes on: what it does may be worth more than its log.
                Err((error, part)) => self.lost = Some(Lost::Write(error, self.written + part as u64)),
            }
        }
        self.keeper.push(bytes);
        self.phrases.push(bytes);
        if self.scanner.wedge().is_none() {
            self.scanner.push(bytes);
            if self.scanner.wedge().is_some() {
                self.shared.wedge.store(true, Ordering::Release);
                self.shared.wake();
            }
        }
    }
}

enum Ready {
    Bytes,
    Stopped,
    Nothing,
}

/// Waits for bytes (or their end), or for the stop. Once stopped it waits no longer.
fn wait(from: &File, stopped: &OwnedFd, is_stopped: bool) -> Ready {
    loop {
        let mut fds = [PollFd::new(from, PollFlags::IN), PollFd::new(stopped, PollFlags::IN)];
        let (fds, timeout) =
            if is_stopped { (&mut fds[..1], Some(super::signals::NOW)) } else { (&mut fds[..], None) };
        match rustix::event::poll(fds, timeout.as_ref()) {
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(_) => return Ready::Nothing,
        }
        let there = |fd: &PollFd| !fd.revents().is_empty();
        return match (fds.first().is_some_and(there), fds.get(1).is_some_and(there)) {
            (_, true) => Ready::Stopped,
            (true, false) => Ready::Bytes,
            (false, false) => Ready::Nothing,
        };
    }
}
