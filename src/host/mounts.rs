//! Counting leaked mounts, where dockerd looks.

use super::{Variables, context};
use crate::core::mountinfo::{MountCount, MountTable, ParseError};
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
/// dockerd and may be read (a process of root's may not, by others), else in our own. A daemon that is
/// somewhere else, or may be, makes the count unknown.
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
    let daemon = daemon().and_then(|pid| {
        let path = format!("/proc/{pid}/mountinfo");
        match read(Path::new(&path)) {
            Ok(table) => Some(Ok(Mounts::of(&table, format!("{path}, that of dockerd").into_bytes()))),
            Err(Unreadable::Read(error)) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => Some(Err(format!("{path}, that of dockerd: {error}"))),
        }
    });
    let reason = match daemon {
        Some(Ok(mounts)) => return mounts,
        Some(Err(reason)) => format!(" (not {reason})"),
        None => String::new(),
    };
    match read(own) {
        Ok(table) => Mounts::of(&table, format!("{}{reason}", own.display()).into_bytes()),
        Err(error) => unknown(format!("{}: {error}", own.display())),
    }
}

/// The process in the daemon's file, where it is dockerd still.
fn daemon() -> Option<u32> {
    let pid: u32 = fs::read_to_string(PID_FILE).ok()?.trim().parse().ok()?;
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    name.starts_with("dockerd").then_some(pid)
}

fn read(path: &Path) -> Result<MountTable, Unreadable> {
    let bytes = fs::read(path).map_err(Unreadable::Read)?;
    MountTable::parse(&bytes).map_err(Unreadable::Parse)
}
