//! What each standard stream of the command is connected to.

use super::terminal::Terminal;
use std::{
    fs::File,
    io::{self, IsTerminal},
    os::{
        fd::{AsFd, OwnedFd},
        unix::fs::MetadataExt,
    },
    process::{Command, Stdio},
};

use super::pump::Source;

/// When the command gets a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tty {
    /// Where our standard error is one.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Where a stream of the command goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Output {
    Pipe,
    /// A terminal of its own.
    Terminal,
    /// The terminal of the standard error.
    Shared,
}

/// Where the command reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// What we read.
    Ours,
    /// A pipe, into which goes what is typed on our terminal: in a process group of its own the command
    /// may not read that terminal itself.
    Typed,
    /// Its terminal.
    Terminal,
}

/// The plan for the three streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) input: Input,
    pub(super) output: Output,
    pub(super) error: Output,
}

/// What our own streams are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "facts that can all hold at once")]
pub(super) struct Ours {
    pub(super) input_is_terminal: bool,
    pub(super) output_is_terminal: bool,
    pub(super) error_is_terminal: bool,
    /// Whether standard output and standard error go to the same file, pipe or terminal.
    pub(super) same: bool,
}

impl Ours {
    pub(super) fn look() -> Self {
        let file = |fd: OwnedFd| File::from(fd).metadata().ok().map(|m| (m.dev(), m.ino()));
        let of = |fd: io::Result<OwnedFd>| fd.ok().and_then(file);
        let output = of(io::stdout().as_fd().try_clone_to_owned());
        let error = of(io::stderr().as_fd().try_clone_to_owned());
        Self {
            input_is_terminal: io::stdin().is_terminal(),
            output_is_terminal: io::stdout().is_terminal(),
            error_is_terminal: io::stderr().is_terminal(),
            same: output.is_some() && output == error,
        }
    }

    /// Whether what a stream of the command says is seen where our standard error is.
    pub(super) fn shows_on_error(self, source: Source) -> bool {
        source != Source::Stdout || self.same
    }
}

/// Plans. With a terminal the standard error is one; standard output shares it where ours are the same, or
/// both terminals, so that what is written to the two stays in order.
pub(super) fn plan(tty: Tty, ours: Ours) -> Plan {
    let terminal = match tty {
        Tty::Auto => ours.error_is_terminal,
        Tty::Always => true,
        Tty::Never => false,
    };
    if !terminal {
        let input = if ours.input_is_terminal { Input::Typed } else { Input::Ours };
        return Plan { input, output: Output::Pipe, error: Output::Pipe };
    }
    let shared = ours.same || (ours.output_is_terminal && ours.error_is_terminal);
    let output = match (shared, tty) {
        (true, _) => Output::Shared,
        (false, Tty::Always) => Output::Terminal,
        (false, Tty::Auto | Tty::Never) => Output::Pipe,
    };
    let input = if ours.input_is_terminal { Input::Terminal } else { Input::Ours };
    Plan { input, output, error: Output::Terminal }
}

/// Our ends, once the command has its own.
#[derive(Debug)]
pub(super) struct Ends {
    /// What the command writes, and where that goes.
    pub(super) streams: Vec<(Source, OwnedFd, OwnedFd)>,
    /// Our ends of the terminals.
    pub(super) terminals: Vec<OwnedFd>,
    /// Where what is typed goes, and whether that is a terminal.
    pub(super) typed: Option<(OwnedFd, bool)>,
}

impl Plan {
    pub(super) fn has_terminal(self) -> bool {
        self.error == Output::Terminal
    }

    /// Connects the streams of a command that is about to be started.
    pub(super) fn connect(self, command: &mut Command) -> io::Result<Ends> {
        let mut ends = Ends { streams: Vec::new(), terminals: Vec::new(), typed: None };
        let out = || io::stdout().as_fd().try_clone_to_owned();
        let err = || io::stderr().as_fd().try_clone_to_owned();
        let typed = self.input == Input::Terminal;
        let mut side = None;
        match self.error {
            Output::Pipe => {
                ends.streams.push((Source::Stderr, pipe(|theirs| command.stderr(theirs))?, err()?));
            }
            Output::Terminal | Output::Shared => {
                let terminal = Terminal::open(typed)?;
                let source = if self.output == Output::Shared { Source::Terminal } else { Source::Stderr };
                ends.terminals.push(terminal.ours.try_clone()?);
                ends.streams.push((source, terminal.ours, err()?));
                command.stderr(terminal.side.try_clone()?);
                side = Some(terminal.side);
            }
        }
        match (self.output, &side) {
            (Output::Shared, Some(side)) => drop(command.stdout(side.try_clone()?)),
            (Output::Pipe | Output::Shared, _) => {
                ends.streams.push((Source::Stdout, pipe(|theirs| command.stdout(theirs))?, out()?));
            }
            (Output::Terminal, _) => {
                let terminal = Terminal::open(false)?;
                ends.terminals.push(terminal.ours.try_clone()?);
                ends.streams.push((Source::Stdout, terminal.ours, out()?));
                command.stdout(terminal.side);
            }
        }
        match (self.input, side) {
            (Input::Terminal, Some(side)) => {
                command.stdin(side);
                ends.typed = Some((ends.terminals[0].try_clone()?, true));
            }
            (Input::Typed, _) => {
                let (theirs, ours) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
                command.stdin(theirs);
                ends.typed = Some((ours, false));
            }
            (Input::Ours | Input::Terminal, _) => drop(command.stdin(Stdio::inherit())),
        }
        Ok(ends)
    }
}

/// Our end of a pipe whose other end is given away.
fn pipe<'c>(give: impl FnOnce(OwnedFd) -> &'c mut Command) -> io::Result<OwnedFd> {
    let (ours, theirs) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
    give(theirs);
    Ok(ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table() {
        use Input::{Ours as Same, Terminal as Keys, Typed};
        use Output::{Pipe, Shared, Terminal};
        for (tty, terminals, same, input, output, error) in [
            (Tty::Auto, "   ", false, Same, Pipe, Pipe),
            (Tty::Auto, "   ", true, Same, Pipe, Pipe),
            (Tty::Auto, "io ", false, Typed, Pipe, Pipe),
            (Tty::Auto, "  e", false, Same, Pipe, Terminal),
            (Tty::Auto, "i e", false, Keys, Pipe, Terminal),
            (Tty::Auto, " oe", false, Same, Shared, Terminal),
            (Tty::Auto, "ioe", true, Keys, Shared, Terminal),
            (Tty::Never, "ioe", true, Typed, Pipe, Pipe),
            (Tty::Never, " oe", true, Same, Pipe, Pipe),
            (Tty::Always, "   ", false, Same, Terminal, Terminal),
            (Tty::Always, "   ", true, Same, Shared, Terminal),
            (Tty::Always, "i  ", false, Keys, Terminal, Terminal),
            (Tty::Always, "  e", false, Same, Terminal, Terminal),
            (Tty::Always, "ioe", true, Keys, Shared, Terminal),
        ] {
            let ours = Ours {
                input_is_terminal: terminals.contains('i'),
                output_is_terminal: terminals.contains('o'),
                error_is_terminal: terminals.contains('e'),
                same,
            };
            assert_eq!(plan(tty, ours), Plan { input, output, error }, "{tty:?} {terminals:?} {same}");
        }
    }
}
