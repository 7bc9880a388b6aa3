//! Mount tables: `/proc/PID/mountinfo`, as `proc_pid_mountinfo(5)` describes it.

use std::fmt;

/// How many leaked mounts there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MountCount {
    /// So many.
    Known(u64),
    /// Nobody could count, and why. Never to be taken for none.
    Unknown(String),
}

/// The longest line that is taken for a mount: far longer than the kernel writes any, and a bound on memory.
pub const LINE_MAX: usize = 1024 * 1024;

/// Parses a table line by line, for those that need not hold it whole.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    seen: u64,
}

impl Lines {
    /// The next line, without its newline.
    ///
    /// # Errors
    ///
    /// It is no mount.
    pub fn push(&mut self, line: &[u8]) -> Result<Entry, ParseError> {
        self.seen += 1;
        entry(line).map_err(|what| ParseError { line: self.seen, what })
    }

    /// Ends the table.
    ///
    /// # Errors
    ///
    /// It held no mount.
    pub fn finish(self) -> Result<(), ParseError> {
        if self.seen == 0 { Err(ParseError { line: 1, what: "no mounts at all" }) } else { Ok(()) }
    }
}

/// A mount table, in the order in which the kernel lists it (first mounted first).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MountTable {
    entries: Vec<Entry>,
}

/// A mount. All fields are bytes: a path need not be UTF-8, and octal escapes are decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it is mounted.
    pub mount_point: Vec<u8>,
    /// The options of this mount (`ro,relatime`).
    pub mount_options: Vec<u8>,
    /// The type of its filesystem (`ext4`, `overlay`).
    pub filesystem: Vec<u8>,
    /// What is mounted (`/dev/sda1`); may be empty.
    pub source: Vec<u8>,
    /// The options of the filesystem below the mount, of its superblock.
    pub super_options: Vec<u8>,
}

impl Entry {
    /// Whether this is a leaked mount: a component of its mount point starts with `buildkit-mount`,
    /// in whatever directory. `BuildKit` makes them with `MkdirTemp("", "buildkit-mount")`; the
    /// directory depends on the data root and moves to `tmp-old` when docker restarts. A running
    /// build holds such mounts too.
    #[must_use]
    pub fn is_leaked(&self) -> bool {
        self.mount_point.split(|b| *b == b'/').any(|part| part.starts_with(b"buildkit-mount"))
    }

    /// Whether its mount point stands above an absolute path, or is it.
    #[must_use]
    pub fn is_above(&self, path: &[u8]) -> bool {
        let point = self.mount_point.strip_suffix(b"/").unwrap_or(&self.mount_point);
        path.strip_prefix(point).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
    }

    /// Whether the mount is read-only.
    #[must_use]
    pub fn read_only_mount(&self) -> bool {
        has_option(&self.mount_options, b"ro")
    }

    /// Whether the filesystem below the mount is read-only.
    #[must_use]
    pub fn read_only_filesystem(&self) -> bool {
        has_option(&self.super_options, b"ro")
    }
}

fn has_option(options: &[u8], name: &[u8]) -> bool {
    options.split(|b| *b == b',').any(|option| option == name)
}

impl MountTable {
    /// Parses a table. Linear.
    ///
    /// # Errors
    ///
    /// A line that is no mount, with its number; a table without a mount.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let mut lines = Lines::default();
        let texts = bytes.split(|b| *b == b'\n').filter(|_| !bytes.is_empty());
        let entries = texts.map(|text| lines.push(text)).collect::<Result<_, _>>()?;
        lines.finish()?;
        Ok(Self { entries })
    }

    /// All mounts, first mounted first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The leaked mounts, first mounted first.
    #[must_use]
    pub fn leaked(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.is_leaked())
    }

    /// The mount that holds an absolute path: the one with the longest mount point above it, and of
    /// several on one point the last mounted.
    #[must_use]
    pub fn holding(&self, path: &[u8]) -> Option<&Entry> {
        // `max_by_key` gives the last of several.
        self.entries.iter().filter(|entry| entry.is_above(path)).max_by_key(|entry| entry.mount_point.len())
    }
}

/// `36 35 98:0 /root /mount/point rw,noatime master:1 - ext3 /dev/root rw,errors=continue`
fn entry(line: &[u8]) -> Result<Entry, &'static str> {
    if line.len() > LINE_MAX {
        return Err("longer than 1 MiB");
    }
    let mut fields = line.split(|b| *b == b' ');
    let mut next = |what| fields.next().ok_or(what);
    let number = |field: &[u8]| !field.is_empty() && field.iter().all(u8::is_ascii_digit);
    if !number(next("the mount id is missing")?) || !number(next("the parent id is missing")?) {
        return Err("the mount and parent id are not numbers");
    }
    let mut device = next("the device is missing")?.split(|b| *b == b':');
    let (major, minor) = (device.next(), device.next());
    if !major.is_some_and(number) || !minor.is_some_and(number) || device.next().is_some() {
        return Err("the device is not MAJOR:MINOR");
    }
    next("the root is missing")?;
    let mount_point = unescaped(next("the mount point is missing")?);
    if mount_point.first() != Some(&b'/') {
        return Err("the mount point is not absolute");
    }
    let mount_options = next("the mount options are missing")?.to_vec();
    while next("the separator ` - ` is missing")? != b"-" {}
    Ok(Entry {
        mount_point,
        mount_options,
        filesystem: unescaped(next("the filesystem type is missing")?),
        source: unescaped(next("the mount source is missing")?),
        super_options: next("the superblock options are missing")?.to_vec(),
    })
}

/// Decodes `\040` and its kin: the kernel writes blank, tab, newline and backslash so
/// (`fs/proc_namespace.c`). Any other backslash stays.
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&first, tail)) = rest.split_first() {
        let code = tail.get(..3).filter(|_| first == b'\\').and_then(octal);
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { &tail[3..] } else { tail };
    }
    bytes
}

fn octal(digits: &[u8]) -> Option<u8> {
    let value = digits.iter().try_fold(0u32, |n, b| Some(n * 8 + char::from(*b).to_digit(8)?))?;
    u8::try_from(value).ok()
}

/// Why bytes are no mount table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    line: u64,
    what: &'static str,
}

impl ParseError {
    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "not a mount table: line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for ParseError {}
