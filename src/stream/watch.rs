//! A command that runs: what is due when, and what comes in between.

use super::{
    group::Group,
    plumbing::Ends,
    pump::{Pump, Shared},
    relay::Relay,
    signals::{self, Asked, Caught, Signals},
    supervise::Setup,
    terminal::{self, Raw},
    watched::{Judges, Watched},
};
use rustix::{
    event::{PollFd, PollFlags},
    fs::OFlags,
    process::Signal,
};
use std::{
    io,
    os::fd::OwnedFd,
    sync::Arc,
    time::{Duration, Instant},
};

/// How often a command in the background looks whether it came to the foreground.
const FOREGROUND: Duration = Duration::from_millis(250);

/// What there is to know when a command has ended and its streams have.
pub(super) struct Over {
    pub(super) asked: Option<Asked>,
    pub(super) interrupted: bool,
    /// When the rest of its group is to be killed, where it was asked to end.
    pub(super) kill_at: Option<Instant>,
    pub(super) streams: Vec<Watched>,
}

/// Watches a command to its end, and its streams.
pub(super) fn watch(
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
    // Before anything is written, or our terminal would process it once more.
    let raw = relay.as_ref().is_some_and(Relay::is_terminal).then(Raw::enter).flatten();
    let mut pumps = Vec::new();
    for (source, from, to) in ends.streams {
        pumps.push(Pump::start(source, from, to, judges.clone(), &shared)?);
    }
    let mut watch = Watch {
        setup,
        group,
        shared,
        woken,
        relay,
        terminals: ends.terminals,
        raw,
        asked: None,
        interrupts: 0,
        ended: false,
        stopping: false,
        stop_at: None,
        kill_at: None,
        leave_at: None,
    };
    watch.run(signals)?;
    let (asked, interrupts, kill_at) = (watch.asked, watch.interrupts, watch.kill_at);
    let streams = pumps.into_iter().map(Pump::end).collect::<io::Result<_>>()?;
    // Only now is our terminal given back.
    drop(watch);
    Ok(Over { asked, interrupted: interrupts > 0, kill_at, streams })
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
            if !self.ended && self.group.has_ended()? {
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

    /// Does what is due.
    fn act(&mut self, now: Instant) {
        if self.shared.unread() {
            // Only without our ends of it does the command learn that its terminal is gone.
            self.terminals.clear();
            self.relay = None;
        }
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
        if self.raw.is_none() && self.relay.as_ref().is_some_and(Relay::is_terminal) {
            self.raw = Raw::enter();
        }
        let background = self.relay.as_ref().is_some_and(Relay::is_waiting);
        let look_at = now.checked_add(FOREGROUND).filter(|_| background);
        let due = [self.stop_at, self.kill_at, self.leave_at, look_at].into_iter().flatten().min();
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
            Caught::Child | Caught::Continued => {}
            Caught::Resized => self.terminals.iter().for_each(terminal::resize),
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
