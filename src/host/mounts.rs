//! Counting leaked mounts, where dockerd looks.

use super::{Variables, context};
use crate::core::mountinfo::{MountCount, MountTable, ParseError};
use rustix::{io::Errno, process::Pid};
use std::{fmt, fs, path::Path};

/// Where dockerd writes its process id.
const PID_FILE: &str = "/run/docker.pid";

/// How many leaked mounts there are, and where they were counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mounts {
    /// How many.
    pub count: MountCount,
    /// Where they were counted: the path of a table, and what there is to say about it. For people.
    pub source: Vec<u8>,
    /// Their mount points, first mounted first. Empty where the count came without a table.
    pub points: Vec<Vec<u8>>,
}

impl Mounts {
    /// A count that somebody gave.
    #[must_use]
    pub fn given(count: MountCount) -> Self {
        Self { count, source: b"--mounts".to_vec(), points: Vec::new() }
    }

    fn of(table: &MountTable, source: Vec<u8>) -> Self {
        let points: Vec<Vec<u8>> = table.leaked().map(|entry| entry.mount_point.clone()).collect();
        Self { count: MountCount::Known(points.len() as u64), source, points }
    }
}

/// Why a mount table could not be used.
#[derive(Debug)]
pub enum Unreadable {
    /// It could not be read.
    Read(std::io::Error),
    /// It is none.
    Parse(ParseError),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Read(error) => error.fmt(f),
            Self::Parse(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Unreadable {}

/// Counts in a file of the form of `/proc/PID/mountinfo`.
///
/// # Errors
///
/// [`Unreadable`].
pub fn from_file(path: &Path) -> Result<Mounts, Unreadable> {
    let table = read(path)?;
    Ok(Mounts::of(&table, path.as_os_str().as_encoded_bytes().to_vec()))
}

/// Counts on this host: in the mount table of the process that `/run/docker.pid` names, where that is
/// dockerd and can be seen and read (under `hidepid` those of others cannot), else in our own, and then
/// the source says so. A daemon that is somewhere else, or may be, makes the count unknown.
#[must_use]
pub fn count(variables: Variables) -> Mounts {
    let unknown =
        |why: String| Mounts { count: MountCount::Unknown(why), source: Vec::new(), points: Vec::new() };
    if let Some(host) = variables("DOCKER_HOST") {
        let host = host.to_string_lossy().into_owned();
        if !host.starts_with("unix://") {
            return unknown(format!("DOCKER_HOST is {host}: the daemon runs on another host"));
        }
    }
    if let Some(context) = context(variables) {
        return unknown(format!("the docker context is {context}: its daemon may run on another host"));
    }
    let own = Path::new("/proc/self/mountinfo");
    let reason = match of_daemon() {
        Daemon::Counted(mounts) => return mounts,
        Daemon::Unreadable(reason) => format!(" (not {reason})"),
        Daemon::None => String::new(),
    };
    match read(own) {
        Ok(table) => Mounts::of(&table, format!("{}{reason}", own.display()).into_bytes()),
        Err(error) => unknown(format!("{}: {error}{reason}", own.display())),
    }
}

/// What the mount table of the daemon says.
enum Daemon {
    Counted(Mounts),
    /// There is one, and why its table tells nothing.
    Unreadable(String),
    None,
}

/// Looks at the process in the daemon's file. The file stays behind when a daemon is killed, so the
/// process may be gone or be another one by now.
fn of_daemon() -> Daemon {
    let number = fs::read_to_string(PID_FILE).ok().and_then(|text| text.trim().parse::<i32>().ok());
    // `from_raw` panics at a negative one.
    let Some(pid) = number.filter(|n| *n > 0).and_then(Pid::from_raw) else { return Daemon::None };
    let number = pid.as_raw_nonzero();
    let path = format!("/proc/{number}/mountinfo");
    let gone = || rustix::process::test_kill_process(pid) == Err(Errno::SRCH);
    match fs::read_to_string(format!("/proc/{number}/comm")) {
        Ok(name) if !name.starts_with("dockerd") => return Daemon::None,
        Err(_) if gone() => return Daemon::None,
        Err(error) => return Daemon::Unreadable(format!("{path}, perhaps that of dockerd: {error}")),
        Ok(_) => {}
    }
    match read(Path::new(&path)) {
        Ok(table) => Daemon::Counted(Mounts::of(&table, format!("{path}, that of dockerd").into_bytes())),
        Err(_) if gone() => Daemon::None,
        Err(error) => Daemon::Unreadable(format!("{path}, that of dockerd: {error}")),
    }
}

fn read(path: &Path) -> Result<MountTable, Unreadable> {
    let bytes = fs::read(path).map_err(Unreadable::Read)?;
    MountTable::parse(&bytes).map_err(Unreadable::Parse)
}
