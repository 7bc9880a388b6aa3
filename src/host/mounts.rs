//! Counting leaked mounts, where dockerd looks.

use super::Variables;
use crate::core::mountinfo::{Entry, LINE_MAX, Lines, MountCount, ParseError};
use rustix::{io::Errno, process::Pid};
use std::{
    cell::OnceCell,
    collections::VecDeque,
    fmt,
    fs::{self, File},
    io::{BufRead, BufReader, Read},
    path::Path,
};

/// How many mount points are kept of a table, and how many bytes of them: a host can have 100,000 leaked mounts
/// (`/proc/sys/fs/mount-max`), of which nobody reads more than a few, and a script finds them itself.
const KEPT_MAX: usize = 1000;
const KEPT_BYTES_MAX: usize = 256 * 1024;

/// Where dockerd writes its process id.
const PID_FILE: &str = "/run/docker.pid";

/// The mount table of this process.
const OWN: &str = "/proc/self/mountinfo";

/// How much of it is kept, in bytes: of an ordinary host all, of one with thousands of leaked mounts nothing.
const OWN_MAX: usize = 64 * 1024;

/// The mount table of this process, for all who ask what is in it: where it is no longer than 64 KiB the kernel,
/// which takes longer to write it than we to read it, is asked once.
#[derive(Debug, Default)]
pub struct OwnTable(OnceCell<Vec<u8>>);

impl OwnTable {
    /// Hands on each line, and the mount that it tells of.
    pub(super) fn each(&self, on: impl FnMut(&[u8], Entry)) -> Result<(), Unreadable> {
        if let Some(kept) = self.0.get() {
            return each(kept.as_slice(), on);
        }
        let (mut file, mut head) = (File::open(OWN).map_err(Unreadable::Read)?, Vec::new());
        file.by_ref().take(OWN_MAX as u64 + 1).read_to_end(&mut head).map_err(Unreadable::Read)?;
        if head.len() > OWN_MAX {
            return each(BufReader::new(head.chain(file)), on);
        }
        each(self.0.get_or_init(|| head).as_slice(), on)
    }
}

/// How many leaked mounts there are, and where they were counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mounts {
    /// How many.
    pub count: MountCount,
    /// Where they were counted: the path of a table, and what there is to say about it. For people.
    pub source: Vec<u8>,
    /// Their mount points, first mounted first; of more than 1,000 (or 256 KiB) those mounted last. Empty where the
    /// count came without a table.
    pub points: Vec<Vec<u8>>,
}

impl Mounts {
    /// A count that somebody gave.
    #[must_use]
    pub fn given(count: MountCount) -> Self {
        Self { count, source: b"--mounts".to_vec(), points: Vec::new() }
    }

    /// Counts in the table of a file, named `source`.
    fn of(path: &Path, source: Vec<u8>) -> Result<Self, Unreadable> {
        let file = File::open(path).map_err(Unreadable::Read)?;
        Self::among(|on| each(BufReader::new(file), on), source)
    }

    /// Counts among the mounts that `each` hands on.
    fn among(
        each: impl FnOnce(&mut dyn FnMut(&[u8], Entry)) -> Result<(), Unreadable>,
        source: Vec<u8>,
    ) -> Result<Self, Unreadable> {
        let (mut count, mut points, mut bytes) = (0, VecDeque::new(), 0);
        each(&mut |_, entry| {
            if !entry.is_leaked() {
                return;
            }
            count += 1;
            bytes += entry.mount_point.len();
            points.push_back(entry.mount_point);
            while points.len() > KEPT_MAX || bytes > KEPT_BYTES_MAX {
                bytes -= points.pop_front().map_or(bytes, |point| point.len());
            }
        })?;
        Ok(Self { count: MountCount::Known(count), source, points: points.into() })
    }

    /// How many there are besides those whose mount points are known.
    #[must_use]
    pub fn others(&self) -> u64 {
        match self.count {
            MountCount::Known(n) if !self.points.is_empty() => n - self.points.len() as u64,
            MountCount::Known(_) | MountCount::Unknown(_) => 0,
        }
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
    Mounts::of(path, path.as_os_str().as_encoded_bytes().to_vec())
}

/// Counts on this host, with its docker [`context`](super::context()): in the mount table of the process that
/// `/run/docker.pid` names, where that is dockerd and can be seen and read (under `hidepid` those of others cannot), else
/// in our own, and then the source says so. A daemon that is somewhere else, or may be, makes the count unknown.
#[must_use]
pub fn count(variables: Variables, context: Option<&str>, own: &OwnTable) -> Mounts {
    let unknown =
        |why: String| Mounts { count: MountCount::Unknown(why), source: Vec::new(), points: Vec::new() };
    if let Some(host) = variables("DOCKER_HOST") {
        let host = host.to_string_lossy().into_owned();
        if !host.starts_with("unix://") {
            return unknown(format!("DOCKER_HOST is {host}: the daemon runs on another host"));
        }
    }
    if let Some(context) = context {
        return unknown(format!("the docker context is {context}: its daemon may run on another host"));
    }
    let reason = match of_daemon() {
        Daemon::Counted(mounts) => return mounts,
        Daemon::Unreadable(reason) => format!(" (not {reason})"),
        Daemon::None => String::new(),
    };
    Mounts::among(|on| own.each(on), format!("{OWN}{reason}").into_bytes())
        .unwrap_or_else(|error| unknown(format!("{OWN}: {error}{reason}")))
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
    match Mounts::of(Path::new(&path), format!("{path}, that of dockerd").into_bytes()) {
        Ok(mounts) => Daemon::Counted(mounts),
        Err(_) if gone() => Daemon::None,
        Err(error) => Daemon::Unreadable(format!("{path}, that of dockerd: {error}")),
    }
}

/// Hands on each line of a table, and the mount that it tells of. Memory: a line.
fn each(mut table: impl BufRead, mut on: impl FnMut(&[u8], Entry)) -> Result<(), Unreadable> {
    let (mut lines, mut line) = (Lines::default(), Vec::new());
    loop {
        line.clear();
        let most = LINE_MAX as u64 + 2;
        if table.by_ref().take(most).read_until(b'\n', &mut line).map_err(Unreadable::Read)? == 0 {
            return lines.finish().map_err(Unreadable::Parse);
        }
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let entry = lines.push(text).map_err(Unreadable::Parse)?;
        on(text, entry);
    }
}
