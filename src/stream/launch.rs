//! What stands between us and the command: this very program, under two hidden names.
//!
//! Between fork and exec no safe code can run, so what has to be set there is set behind the exec: the
//! launcher starts this program again, which makes its terminal its own, asks to be told of our death, and
//! becomes the command by one more exec. A second process, the guard, holds one end of a pipe whose other
//! end dies with us, however we die, and then ends what the command left behind.

use rustix::process::{Pid, Signal};
use std::{
    ffi::{OsStr, OsString},
    io::{self, ErrorKind, Read},
    os::unix::{ffi::OsStrExt, process::CommandExt},
    process::{Child, ChildStdin, Command, Stdio},
    time::{Duration, Instant},
};

/// The hidden command that becomes another: `__exec PARENT session|group COMMAND…`.
const EXEC: &str = "__exec";
/// The hidden command that guards a process group: `__guard GROUP MILLISECONDS`.
const GUARD: &str = "__guard";

/// The statuses of a command that is not there, and of one that cannot be started, as in a shell.
const NOT_FOUND: u8 = 127;
const NOT_EXECUTABLE: u8 = 126;

/// How often the guard looks whether the group is gone.
const LOOK: Duration = Duration::from_millis(50);

/// This program, for another start. The kernel's own name of it holds when the file is replaced; where /proc is
/// not mounted there is still the path that it was started by.
fn this_program() -> Command {
    let link = OsStr::new("/proc/self/exe");
    let path = OsStr::from_bytes(rustix::param::linux_execfn().to_bytes());
    let mut command = Command::new(if std::fs::metadata(link).is_ok() { link } else { path });
    command.arg0("unwedge");
    command
}

/// A command that, started, becomes `command`: in a session of its own whose terminal is its standard error,
/// or else in a process group of its own.
pub(super) fn command(command: &[OsString], session: bool) -> Command {
    let mut launcher = this_program();
    launcher.arg(EXEC).arg(rustix::process::getpid().as_raw_nonzero().to_string());
    launcher.arg(if session { "session" } else { "group" }).args(command);
    if !session {
        launcher.process_group(0);
    }
    launcher
}

/// Runs the hidden commands: none where `arguments`, those of the process without its name, are not theirs.
#[must_use]
pub fn hidden(arguments: &[OsString]) -> Option<u8> {
    let (name, rest) = arguments.split_first()?;
    match name.to_str()? {
        EXEC => Some(exec(rest)),
        GUARD => Some(guard(rest)),
        _ => None,
    }
}

/// Becomes the command. Returns only where that fails.
fn exec(arguments: &[OsString]) -> u8 {
    let [parent, kind, program, rest @ ..] = arguments else { return 2 };
    if kind == "session" {
        // A session of our own has no terminal yet; the next one can be made it.
        let made =
            rustix::process::setsid().and_then(|_| rustix::process::ioctl_tiocsctty(rustix::stdio::stderr()));
        if let Err(error) = made {
            return cannot_start(program, &error.into());
        }
    }
    // It survives the exec. The guard does the same for the whole group; this covers the moment until
    // there is one.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(Signal::TERM));
    let alive = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().to_string());
    if alive.as_deref().map(OsStr::new) != Some(parent) {
        // Died before we asked.
        return 128 + 15;
    }
    cannot_start(program, &Command::new(program).args(rest).exec())
}

fn cannot_start(program: &OsStr, error: &io::Error) -> u8 {
    // Through the pipe or the terminal, as what the command itself says.
    let name: String =
        program.to_string_lossy().chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    eprintln!("unwedge: cannot start {name}: {error}");
    if error.kind() == ErrorKind::NotFound { NOT_FOUND } else { NOT_EXECUTABLE }
}

/// The guard of a process group.
#[derive(Debug)]
pub(super) struct Guard {
    process: Child,
    lifeline: Option<ChildStdin>,
}

impl Guard {
    /// Starts one: should we die, the group gets TERM, and KILL after so long.
    pub(super) fn start(group: Pid, kill_after: Duration) -> io::Result<Self> {
        let mut command = this_program();
        command.arg(GUARD).arg(group.as_raw_nonzero().to_string()).arg(kill_after.as_millis().to_string());
        // Not in our group: what kills that must not kill the guard.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut process = command.spawn()?;
        Ok(Self { lifeline: process.stdin.take(), process })
    }
}

impl Drop for Guard {
    /// Dismisses it: the group is dealt with.
    fn drop(&mut self) {
        use std::io::Write;
        if let Some(mut lifeline) = self.lifeline.take() {
            // Where it is gone already, somebody killed it.
            let _ = lifeline.write_all(b".");
        }
        let _ = self.process.wait();
    }
}

fn guard(arguments: &[OsString]) -> u8 {
    let number =
        |i: usize| arguments.get(i).and_then(|word| word.to_str()).and_then(|word| word.parse::<u64>().ok());
    let (Some(group), Some(milliseconds)) = (number(0), number(1)) else { return 2 };
    let Some(group) = i32::try_from(group).ok().filter(|n| *n > 1).and_then(Pid::from_raw) else { return 2 };
    let mut byte = [0];
    let dismissed = loop {
        match io::stdin().read(&mut byte) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => break matches!(read, Ok(1..)),
        }
    };
    if !dismissed {
        end(group, Duration::from_millis(milliseconds));
    }
    0
}

/// Ends a process group that nobody waits for any more.
fn end(group: Pid, kill_after: Duration) {
    use rustix::process::{kill_process_group, test_kill_process_group};
    let _ = kill_process_group(group, Signal::TERM);
    let _ = kill_process_group(group, Signal::CONT);
    let start = Instant::now();
    while start.elapsed() < kill_after {
        if test_kill_process_group(group).is_err() {
            return;
        }
        std::thread::sleep(LOOK.min(kill_after));
    }
    let _ = kill_process_group(group, Signal::KILL);
}
