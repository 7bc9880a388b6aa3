//! Standard streams that somebody else made non-blocking (`O_NONBLOCK` belongs to the open file, so that any
//! program that shares it can set it): we wait where they would not.

use rustix::event::{PollFd, PollFlags};
use std::{
    fs::File,
    io::{self, ErrorKind, Read, StdinLock, Write},
    os::fd::AsFd,
};

/// Waits where what it wraps says that it would have to.
#[derive(Debug)]
pub struct Patient<T>(pub T);

impl Patient<StdinLock<'static>> {
    /// Standard input. Read in large pieces, the buffer of the standard library stays out of the way.
    #[must_use]
    pub fn stdin() -> Self {
        Self(io::stdin().lock())
    }
}

impl Patient<File> {
    /// Standard output as it is: the buffer of the standard library would cut each piece at its last line, write
    /// it in two, and forget how much of it was written when that fails.
    ///
    /// # Errors
    ///
    /// No more descriptors.
    pub fn stdout() -> io::Result<Self> {
        Ok(Self(io::stdout().as_fd().try_clone_to_owned()?.into()))
    }
}

impl<T: AsFd> Patient<T> {
    fn wait(&self, what: PollFlags) {
        // Where this fails the next attempt says so.
        let _ = rustix::event::poll(&mut [PollFd::new(&self.0, what)], None);
    }
}

impl<T: Read + AsFd> Read for Patient<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.wait(PollFlags::IN),
                read => return read,
            }
        }
    }
}

impl<T: Write + AsFd> Write for Patient<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.0.write(bytes) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.wait(PollFlags::OUT),
                written => return written,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Writes all, or says why not and how much was: of what is written to a disk that gets full, the part that
/// still fits is there.
pub(super) fn write_all(to: &mut impl Write, bytes: &[u8]) -> Result<(), (io::Error, usize)> {
    let mut written = 0;
    while written < bytes.len() {
        match to.write(&bytes[written..]) {
            Ok(0) => return Err((ErrorKind::WriteZero.into(), written)),
            Ok(n) => written += n,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err((error, written)),
        }
    }
    Ok(())
}
