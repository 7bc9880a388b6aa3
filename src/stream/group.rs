//! The processes of a command.

use crate::core::retry::Ended;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};
use std::{
    io,
    os::unix::process::ExitStatusExt,
    process::Child,
    time::{Duration, Instant},
};

/// How often it is looked whether a process group is gone.
const LOOK: Duration = Duration::from_millis(20);

/// The process group of a command, which bears the number of its first process.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group(pub(super) Pid);

impl Group {
    /// Sends a signal to all of it.
    pub(super) fn send(self, signal: Signal) {
        // In the first moments it has no group yet.
        if rustix::process::kill_process_group(self.0, signal).is_err() {
            let _ = rustix::process::kill_process(self.0, signal);
        }
    }

    /// Whether its first process has ended. It is left to be waited for, so that its number stays its own.
    pub(super) fn has_ended(self) -> io::Result<bool> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        Ok(rustix::process::waitid(WaitId::Pid(self.0), options)?.is_some())
    }

    /// A stopped process heeds nothing but KILL.
    pub(super) fn ask(self, signal: Signal) {
        self.send(signal);
        self.send(Signal::CONT);
    }

    /// Waits for the rest of a group that was asked to end, and kills it then. Only when its first process
    /// has been waited for: until then it would be seen as alive.
    pub(super) fn outlast(self, kill_at: Instant) {
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
pub(super) fn reap(mut child: Child) -> io::Result<Ended> {
    let status = child.wait()?;
    let byte = |number: i32| u8::try_from(number).unwrap_or(u8::MAX);
    Ok(match (status.code(), status.signal()) {
        (Some(code), _) => Ended::Exited(byte(code)),
        (None, signal) => Ended::Killed(byte(signal.unwrap_or_default())),
    })
}
