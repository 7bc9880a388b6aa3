//! Signals as values: caught by signal-hook, read from sockets that can be polled.

use rustix::{
    event::{PollFd, PollFlags, Timespec},
    process::Signal,
};
use std::{
    io::{self, ErrorKind, Read},
    os::unix::net::UnixStream,
    time::{Duration, Instant},
};

/// A signal that asks us to end, and is handed on to the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// SIGINT.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP.
    HangUp,
    /// SIGQUIT.
    Quit,
}

impl Asked {
    const ALL: [Self; 4] = [Self::Interrupt, Self::Terminate, Self::HangUp, Self::Quit];

    /// The signal.
    #[must_use]
    pub fn signal(self) -> Signal {
        match self {
            Self::Interrupt => Signal::INT,
            Self::Terminate => Signal::TERM,
            Self::HangUp => Signal::HUP,
            Self::Quit => Signal::QUIT,
        }
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> u8 {
        u8::try_from(self.signal().as_raw()).unwrap_or(u8::MAX)
    }
}

/// A signal that was caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caught {
    Asked(Asked),
    /// A child ended: SIGCHLD.
    Child,
    /// The window changed: SIGWINCH.
    Resized,
    /// We are in the foreground again, perhaps: SIGCONT.
    Continued,
}

impl Caught {
    fn signal(self) -> Signal {
        match self {
            Self::Asked(asked) => asked.signal(),
            Self::Child => Signal::CHILD,
            Self::Resized => Signal::WINCH,
            Self::Continued => Signal::CONT,
        }
    }
}

/// The signals of this process, from when they are caught on.
#[derive(Debug)]
pub struct Signals {
    sockets: Vec<(Caught, UnixStream)>,
}

impl Signals {
    /// Catches INT, TERM, HUP, QUIT and what supervising needs. HUP not where it is ignored: that is how
    /// `nohup` says that the command shall outlive the terminal, and a caught signal would reach the
    /// command unignored. Once in a process: they stay caught.
    ///
    /// # Errors
    ///
    /// No more descriptors.
    pub fn catch() -> io::Result<Self> {
        let asked = Asked::ALL.into_iter().filter(|asked| *asked != Asked::HangUp || !ignored(Signal::HUP));
        let mut sockets = Vec::new();
        for caught in asked.map(Caught::Asked).chain([Caught::Child, Caught::Resized, Caught::Continued]) {
            let (ours, handler) = UnixStream::pair()?;
            ours.set_nonblocking(true)?;
            signal_hook::low_level::pipe::register(caught.signal().as_raw(), handler)?;
            sockets.push((caught, ours));
        }
        Ok(Self { sockets })
    }

    /// What becomes readable when a signal is there.
    pub(super) fn poll_fds(&self) -> impl Iterator<Item = PollFd<'_>> {
        self.sockets.iter().map(|(_, socket)| PollFd::new(socket, PollFlags::IN))
    }

    /// The signals that came, each as often as it came.
    pub(super) fn take(&mut self) -> Vec<Caught> {
        let mut all = Vec::new();
        for (caught, socket) in &mut self.sockets {
            let mut buffer = [0; 64];
            loop {
                match socket.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(n) => all.extend(std::iter::repeat_n(*caught, n)),
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(_) => break,
                }
            }
        }
        all
    }

    /// Waits so long, or until a signal asks us to end.
    pub fn wait(&mut self, length: Duration) -> Option<Asked> {
        let end = Instant::now().checked_add(length);
        loop {
            let asked = self.take().into_iter().find_map(|caught| match caught {
                Caught::Asked(asked) => Some(asked),
                Caught::Child | Caught::Resized | Caught::Continued => None,
            });
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            if asked.is_some() || left == Some(Duration::ZERO) {
                return asked;
            }
            let mut fds: Vec<PollFd> = self.poll_fds().collect();
            // Interrupted, it is called again.
            let _ = rustix::event::poll(&mut fds, timeout(left).as_ref());
        }
    }
}

/// The timeout that waits for nothing.
pub(super) const NOW: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

/// A timeout for `poll`; one that is too long for it is none.
pub(super) fn timeout(left: Option<Duration>) -> Option<Timespec> {
    left.and_then(|left| Timespec::try_from(left).ok())
}

/// Whether a signal was ignored when this process began (`proc_pid_status(5)`).
fn ignored(signal: Signal) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask >> (signal.as_raw() - 1) & 1 == 1
}
