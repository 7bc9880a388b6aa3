//! One attempt: the command from its start to its end.

use super::{
    launch::{self, Guard},
    plumbing::{self, Ends, Ours, Tty},
    pump::{Judges, Lost, Pump, Shared, Watched},
    relay::Relay,
    signals::{self, Asked, Caught, Signals},
    terminal::{self, Raw},
};
use crate::core::retry::Ended;
use rustix::{
    event::{PollFd, PollFlags},
    fs::OFlags,
    process::{Pid, Signal, WaitId, WaitIdOptions},
};
use std::{
    ffi::OsString,
    io,
    os::fd::OwnedFd,
    process::Child,
    sync::Arc,
    time::{Duration, Instant},
};

/// How often it is looked whether a process group is gone.
const LOOK: Duration = Duration::from_millis(20);

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
    let watched = watch(setup, judges, signals, group, ends);
    if watched.is_err() {
        group.send(Signal::KILL);
    }
    let ended = reap(child)?;
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

/// What there is to know when a command has ended and its streams have.
struct Over {
    asked: Option<Asked>,
    interrupted: bool,
    /// When the rest of its group is to be killed, where it was asked to end.
    kill_at: Option<Instant>,
    streams: Vec<Watched>,
}

fn watch(
    setup: &Setup,
    judges: &Judges,
    signals: &mut Signals,
    group: Group,
    ends: Ends,
) -> io::Result<Over> {
    let relay = match ends.typed {
        Some((to, is_terminal)) => Some(Relay::new(to, is_terminal)?),
        None => None,
    };
    let (woken, wake) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
    for end in [&woken, &wake] {
        rustix::fs::fcntl_setfl(end, OFlags::NONBLOCK)?;
    }
    let shared = Arc::new(Shared::new(wake));
    let mut pumps = Vec::new();
    for (source, from, to) in ends.streams {
        pumps.push(Pump::start(source, from, to, judges.clone(), &shared)?);
    }
    let keyboard = relay.as_ref().is_some_and(Relay::is_terminal);
    let mut watch = Watch {
        setup,
        group,
        shared,
        woken,
        relay,
        terminals: ends.terminals,
        raw: keyboard.then(Raw::enter).flatten(),
        asked: None,
        interrupts: 0,
        ended: false,
        stopping: false,
        stop_at: None,
        kill_at: None,
        leave_at: None,
    };
    watch.run(signals)?;
    let Watch { asked, interrupts, kill_at, .. } = watch;
    let streams = pumps.into_iter().map(Pump::end).collect::<io::Result<_>>()?;
    Ok(Over { asked, interrupted: interrupts > 0, kill_at, streams })
}

/// The process group of a command, which bears the number of its first process.
#[derive(Clone, Copy, Debug)]
struct Group(Pid);

impl Group {
    fn send(self, signal: Signal) {
        // In the first moments it has no group yet.
        if rustix::process::kill_process_group(self.0, signal).is_err() {
            let _ = rustix::process::kill_process(self.0, signal);
        }
    }

    /// A stopped process heeds nothing but KILL.
    fn ask(self, signal: Signal) {
        self.send(signal);
        self.send(Signal::CONT);
    }

    /// Waits for the rest of a group that was asked to end, and kills it then. Only when its first process
    /// has been waited for: until then it would be seen as alive.
    fn outlast(self, kill_at: Instant) {
        while rustix::process::test_kill_process_group(self.0).is_ok() {
            if Instant::now() >= kill_at {
                let _ = rustix::process::kill_process_group(self.0, Signal::KILL);
                return;
            }
            std::thread::sleep(LOOK);
        }
    }
}

/// Waits for a process that has ended.
fn reap(mut child: Child) -> io::Result<Ended> {
    use std::os::unix::process::ExitStatusExt;
    let status = child.wait()?;
    let byte = |number: i32| u8::try_from(number).unwrap_or(u8::MAX);
    Ok(match (status.code(), status.signal()) {
        (Some(code), _) => Ended::Exited(byte(code)),
        (None, signal) => Ended::Killed(byte(signal.unwrap_or_default())),
    })
}

/// What is going on, and what is due when.
struct Watch<'s> {
    setup: &'s Setup,
    group: Group,
    shared: Arc<Shared>,
    woken: OwnedFd,
    relay: Option<Relay>,
    terminals: Vec<OwnedFd>,
    raw: Option<Raw>,
    asked: Option<Asked>,
    interrupts: usize,
    /// Whether the command has ended.
    ended: bool,
    /// Whether a wedge was seen, or TERM was sent.
    stopping: bool,
    stop_at: Option<Instant>,
    kill_at: Option<Instant>,
    leave_at: Option<Instant>,
}

impl Watch<'_> {
    /// Until the command has ended and its streams have, or have had their time.
    fn run(&mut self, signals: &mut Signals) -> io::Result<()> {
        loop {
            let now = Instant::now();
            if !self.ended && self.has_ended()? {
                self.ended = true;
                self.leave_at = now.checked_add(self.setup.grace);
                self.stop_at = None;
            }
            if self.ended && (self.shared.running() == 0 || is_due(self.leave_at, now)) {
                return Ok(());
            }
            self.act(now);
            self.wait(signals, now)?;
            for caught in signals.take() {
                self.heed(caught);
            }
        }
    }

    /// Whether the command has ended. It is left to be waited for, so that its number stays its own.
    fn has_ended(&self) -> io::Result<bool> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        Ok(rustix::process::waitid(WaitId::Pid(self.group.0), options)?.is_some())
    }

    /// Does what is due.
    fn act(&mut self, now: Instant) {
        if self.shared.wedge() && !self.stopping {
            self.stopping = true;
            if !self.ended {
                self.stop_at = now.checked_add(self.setup.grace);
            }
        }
        if is_due(self.stop_at, now) {
            self.stop_at = None;
            self.group.ask(Signal::TERM);
            self.kill_at = now.checked_add(self.setup.kill_after);
        }
        if is_due(self.kill_at, now) {
            self.kill_at = None;
            self.group.send(Signal::KILL);
        }
    }

    fn wait(&mut self, signals: &Signals, now: Instant) -> io::Result<()> {
        let due = [self.stop_at, self.kill_at, self.leave_at].into_iter().flatten().min();
        let timeout = signals::timeout(due.map(|due| due.saturating_duration_since(now)));
        let stdin = rustix::stdio::stdin();
        let typed = self.relay.as_ref().and_then(|relay| relay.poll_fd(&stdin));
        let has_typed = typed.is_some();
        let mut fds: Vec<PollFd> = signals.poll_fds().collect();
        fds.push(PollFd::new(&self.woken, PollFlags::IN));
        fds.extend(typed);
        match rustix::event::poll(&mut fds, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let moved = has_typed && fds.last().is_some_and(|fd| !fd.revents().is_empty());
        let _ = rustix::io::read(&self.woken, &mut [0; 64]);
        if let (true, Some(relay)) = (moved, &mut self.relay) {
            for _ in 0..relay.step() {
                // The terminal itself sends the first.
                self.interrupts += 1;
                if self.interrupts > 1 {
                    self.group.send(Signal::KILL);
                }
            }
        }
        Ok(())
    }

    fn heed(&mut self, caught: Caught) {
        match caught {
            Caught::Child => {}
            Caught::Resized => self.terminals.iter().for_each(terminal::resize),
            Caught::Continued => {
                if self.raw.is_none() && self.relay.as_ref().is_some_and(Relay::is_terminal) {
                    self.raw = Raw::enter();
                }
            }
            Caught::Asked(asked) => {
                self.interrupts += usize::from(asked == Asked::Interrupt);
                if asked == Asked::Interrupt && self.interrupts > 1 {
                    self.group.send(Signal::KILL);
                    return;
                }
                self.asked = self.asked.or(Some(asked));
                self.group.ask(asked.signal());
                // Whoever interrupts can do it again. Nobody is there to do so after these.
                if matches!(asked, Asked::Terminate | Asked::HangUp) {
                    self.stopping = true;
                    let kill_at = Instant::now().checked_add(self.setup.kill_after);
                    self.kill_at = self.kill_at.or(kill_at);
                }
                // What a command that is gone left behind is not waited for against somebody's will.
                if self.ended {
                    self.leave_at = self.kill_at.or(Some(Instant::now()));
                }
            }
        }
    }
}

fn is_due(at: Option<Instant>, now: Instant) -> bool {
    at.is_some_and(|at| at <= now)
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
