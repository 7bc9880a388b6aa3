//! What is typed, from our terminal to the command.

use super::terminal;
use rustix::{
    event::{PollFd, PollFlags},
    fs::OFlags,
    io::Errno,
};
use std::{io, os::fd::OwnedFd};

/// Hands on what our standard input says: to a pseudo-terminal, or to a pipe.
#[derive(Debug)]
pub(super) struct Relay {
    /// Where it goes; none when either side has ended.
    to: Option<OwnedFd>,
    is_terminal: bool,
    pending: Vec<u8>,
}

impl Relay {
    pub(super) fn new(to: OwnedFd, is_terminal: bool) -> io::Result<Self> {
        // A command that does not read must not keep us from its signals.
        let flags = rustix::fs::fcntl_getfl(&to)?;
        rustix::fs::fcntl_setfl(&to, flags | OFlags::NONBLOCK)?;
        Ok(Self { to: Some(to), is_terminal, pending: Vec::new() })
    }

    /// Whether it goes to a terminal.
    pub(super) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// What to wait for: room for what is pending, else something to read.
    pub(super) fn poll_fd<'r>(&'r self, stdin: &'r impl std::os::fd::AsFd) -> Option<PollFd<'r>> {
        let to = self.to.as_ref()?;
        if !self.pending.is_empty() {
            Some(PollFd::new(to, PollFlags::OUT))
        } else if terminal::may_read() {
            Some(PollFd::new(stdin, PollFlags::IN))
        } else {
            None
        }
    }

    /// Moves what can be moved without waiting, after [`Self::poll_fd`] said that something can. Says how
    /// often the interrupt key was among it.
    pub(super) fn step(&mut self) -> usize {
        let mut interrupts = 0;
        if self.pending.is_empty() {
            let mut buffer = [0; 1024];
            match rustix::io::read(rustix::stdio::stdin(), &mut buffer) {
                Ok(0) => self.to = None,
                Ok(n) => {
                    let typed = &buffer[..n];
                    if let (true, Some(to)) = (self.is_terminal, &self.to) {
                        interrupts = typed.iter().filter(|key| terminal::interrupts(to, **key)).count();
                    }
                    self.pending.extend_from_slice(typed);
                }
                Err(Errno::INTR | Errno::AGAIN) => {}
                Err(_) => self.to = None,
            }
        }
        if let (Some(to), false) = (&self.to, self.pending.is_empty()) {
            match rustix::io::write(to, &self.pending) {
                Ok(n) => drop(self.pending.drain(..n)),
                Err(Errno::INTR | Errno::AGAIN) => {}
                Err(_) => self.to = None,
            }
        }
        interrupts
    }
}
