//! What a stream shows: [`Verdict`], and the sightings that it stands on.

use crate::core::sentinel::Sentinel;

/// An occurrence of a sentinel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Which phrase.
    pub sentinel: Sentinel,
    /// Byte offset of its first byte from the start of the stream, from 0. No index into a buffer.
    pub offset: u64,
    /// The line it stands on, from 1. Lines end with `\n` alone.
    pub line: u64,
}

/// How strong the evidence for a wedge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Both sentinels stand on one line.
    Line,
    /// They stand on different lines of the stream.
    Stream,
}

/// The raw bytes of a line, as far as they are kept, to be shown to a person.
///
/// At most [`QUOTE_MAX`] bytes. May hold anything: escape them before a terminal sees them.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Quote {
    /// The bytes, without the line's end.
    pub bytes: Vec<u8>,
    /// Whether the line is longer than what is kept.
    pub cut: bool,
}

/// How many bytes of a line a [`Quote`] keeps at most.
pub const QUOTE_MAX: usize = 1024;

/// How many bytes of the text of a [`Cause`] are kept at most.
pub const CAUSE_MAX: usize = 256;

/// A stream that shows the wedge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wedge {
    /// The activity sighting.
    pub activity: Sighting,
    /// The EROFS sighting.
    pub erofs: Sighting,
    /// How the two are linked.
    pub link: Link,
    /// The line of the activity sighting.
    pub quote: Quote,
}

/// Why something that looked like a wedge was none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NearMissKind {
    /// The activity sentinel with another cause, or with none that the stream names.
    ActivityFailure,
    /// EROFS on the state directory before the activity file is even tried.
    StateDirUnwritable,
    /// A full signature, but in a container's voice.
    ContainerOutput,
    /// A full signature, but part of a path, an argument or a quotation.
    Mentioned,
    /// EROFS without the activity sentinel.
    ReadOnlyElsewhere,
}

/// The reason that an activity failure names on its own line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The text after the last `: ` of the line, at most [`CAUSE_MAX`] bytes of it, as it was printed.
    pub text: Vec<u8>,
    /// What kind of cause that is.
    pub kind: CauseKind,
}

/// The causes for which there is advice of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CauseKind {
    /// `no space left on device` (ENOSPC) or `disk quota exceeded` (EDQUOT).
    DiskFull,
    /// `permission denied` (EACCES).
    Ownership,
    /// `operation not permitted` (EPERM): an immutable file, or a filesystem without owners.
    NotPermitted,
    /// Anything else.
    Other,
}

/// What looked like a wedge and was not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// Why it is none.
    pub kind: NearMissKind,
    /// Where it was seen.
    pub sighting: Sighting,
    /// The line it was seen on.
    pub quote: Quote,
    /// For [`NearMissKind::ActivityFailure`], the cause that the line names, if it names one.
    pub cause: Option<Cause>,
}

/// What a stream shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The wedge.
    Wedge(Wedge),
    /// Not the wedge; with what came near, one of each kind at most, in the order of the stream.
    Clear(Vec<NearMiss>),
}
