//! One attempt: the command from its start to its end.

use super::{
    group::{self, Group},
    launch::{self, Guard},
    plumbing::{self, Ours, Tty},
    signals::{Asked, Signals},
    watch::{self, Over},
    watched::{Judges, Lost, Watched},
};
use crate::core::retry::Ended;
use rustix::process::{Pid, Signal};
use std::{ffi::OsString, io, time::Duration};

/// How a command is run.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The command with its arguments, not empty.
    pub command: Vec<OsString>,
    /// Variables that it gets besides ours.
    pub variables: Vec<(OsString, OsString)>,
    /// When it gets a terminal.
    pub tty: Tty,
    /// How long it may go on after a wedge, and how long what it left behind may hold its streams open
    /// when it has ended.
    pub grace: Duration,
    /// How long it may go on after TERM.
    pub kill_after: Duration,
}

/// A command that has ended.
#[derive(Debug)]
pub struct Finished {
    /// How.
    pub ended: Ended,
    /// The first signal that asked us to end meanwhile.
    pub asked: Option<Asked>,
    /// Whether the interrupt key was typed into its terminal.
    pub interrupted: bool,
    /// Whether what was written to our standard error ends within a line; none where nothing was.
    pub within_line: Option<bool>,
    /// Its streams.
    pub streams: Vec<Watched>,
}

/// Runs a command to its end: hands on what it prints and what is typed, byte for byte and at once, and the
/// signals that reach us; ends it after a wedge.
///
/// It runs in a process group of its own, or with a terminal in a session of its own. Should this process
/// be killed, the group gets TERM, then KILL. To be called from the thread that lives longest: the kernel
/// takes the end of the calling thread for our death.
///
/// # Errors
///
/// No process, pipe or terminal could be made.
pub fn supervise(setup: &Setup, judges: &Judges, signals: &mut Signals) -> io::Result<Finished> {
    let ours = Ours::look();
    let plan = plumbing::plan(setup.tty, ours);
    let mut command = launch::command(&setup.command, plan.has_terminal());
    command.envs(setup.variables.iter().map(|(name, value)| (name, value)));
    let ends = plan.connect(&mut command)?;
    let child = command.spawn()?;
    // Our copies of its ends have to go, or the streams never end.
    drop(command);
    let group = Group(Pid::from_child(&child));
    // Without one there is still the signal of our death, for the command itself.
    let guard = Guard::start(group.0, setup.kill_after).ok();
    let watched = watch::watch(setup, judges, signals, group, ends);
    if watched.is_err() {
        group.send(Signal::KILL);
    }
    let ended = group::reap(child)?;
    let Over { asked, interrupted, kill_at, streams } = watched?;
    if let Some(kill_at) = kill_at {
        group.outlast(kill_at);
    }
    // Last: what is left by now may stay.
    drop(guard);
    let shown = streams.iter().filter(|stream| ours.shows_on_error(stream.source));
    // Of two streams nobody knows which was the last.
    let within_line = shown.filter_map(|stream| stream.within_line).reduce(|a, b| a || b);
    Ok(Finished { ended, asked, interrupted, within_line, streams })
}

impl Finished {
    /// Whether what the command printed was not all handed on.
    #[must_use]
    pub fn unread(&self) -> bool {
        self.streams.iter().any(|stream| stream.lost.is_some())
    }

    /// Why, and which stream, where our output could not be written.
    #[must_use]
    pub fn unwritten(&self) -> Option<(&Watched, &io::Error, u64)> {
        self.streams.iter().find_map(|stream| match &stream.lost {
            Some(Lost::Write(error, bytes)) => Some((stream, error, *bytes)),
            Some(Lost::Reader) | None => None,
        })
    }
}
