//! Pseudo-terminals, and the terminal that we run on.

use rustix::{
    fs::{Mode, OFlags},
    pty::OpenptFlags,
    termios::{LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, Termios, Winsize},
};
use std::{
    io::{self, IsTerminal},
    os::fd::{AsFd, OwnedFd},
};

/// The size of a terminal that nobody looks at.
const SIZE: Winsize = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };

/// A pseudo-terminal: what the command sees (`side`), and our end of it.
#[derive(Debug)]
pub(super) struct Terminal {
    pub(super) ours: OwnedFd,
    pub(super) side: OwnedFd,
}

impl Terminal {
    /// Opens one with the size of the terminal that we run on, if there is one.
    ///
    /// With `typed`, keys go to it from ours, which is then raw, so that all of the processing of both
    /// directions is done by this one, with the settings that ours had. Without, nobody types into it, and
    /// what is written to it comes out byte for byte.
    pub(super) fn open(typed: bool) -> io::Result<Self> {
        // Without NOCTTY it would become ours, had we none.
        let ours = rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        rustix::pty::grantpt(&ours)?;
        rustix::pty::unlockpt(&ours)?;
        let name = rustix::pty::ptsname(&ours, Vec::new())?;
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let side = rustix::fs::open(&name, flags, Mode::empty())?;
        let mut settings = rustix::termios::tcgetattr(&side)?;
        if typed {
            settings = rustix::termios::tcgetattr(rustix::stdio::stdin())?;
        } else {
            settings.output_modes.remove(OutputModes::OPOST);
            settings.local_modes.remove(LocalModes::ECHO);
        }
        rustix::termios::tcsetattr(&side, OptionalActions::Now, &settings)?;
        let terminal = Self { ours, side };
        resize(&terminal.ours);
        Ok(terminal)
    }
}

/// Gives a pseudo-terminal the size of the terminal that we run on; the kernel tells who runs on it.
pub(super) fn resize(ours: impl AsFd) {
    let size = [rustix::stdio::stderr(), rustix::stdio::stdout(), rustix::stdio::stdin()]
        .into_iter()
        .find_map(|fd| rustix::termios::tcgetwinsize(fd).ok())
        // A serial line knows no size.
        .filter(|size| size.ws_col > 0 && size.ws_row > 0);
    // A terminal of a wrong size is still one.
    let _ = rustix::termios::tcsetwinsize(ours, size.unwrap_or(SIZE));
}

/// Whether standard input is a terminal that we may read: in the background the kernel would stop us. A
/// terminal that does not control us knows no background.
pub(super) fn may_read() -> bool {
    let input = rustix::stdio::stdin();
    io::stdin().is_terminal()
        && rustix::termios::tcgetpgrp(input).map_or(true, |group| group == rustix::process::getpgrp())
}

/// Whether a key that was typed into a pseudo-terminal interrupts what runs there.
pub(super) fn interrupts(ours: impl AsFd, key: u8) -> bool {
    rustix::termios::tcgetattr(ours).is_ok_and(|settings| {
        settings.local_modes.contains(LocalModes::ISIG)
            && settings.special_codes[SpecialCodeIndex::VINTR] == key
    })
}

/// Standard input as a raw terminal, until this is dropped.
#[derive(Debug)]
pub(super) struct Raw {
    saved: Termios,
}

impl Raw {
    /// None where we may not touch it.
    pub(super) fn enter() -> Option<Self> {
        let input = rustix::stdio::stdin();
        let saved = may_read().then(|| rustix::termios::tcgetattr(input).ok()).flatten()?;
        let mut raw = saved.clone();
        raw.make_raw();
        rustix::termios::tcsetattr(input, OptionalActions::Now, &raw).ok()?;
        Some(Self { saved })
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // In the background it would stop us; who is in the foreground has set what it needs.
        if may_read() {
            let _ = rustix::termios::tcsetattr(rustix::stdio::stdin(), OptionalActions::Drain, &self.saved);
        }
    }
}
