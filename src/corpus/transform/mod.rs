//! Streams made from a case, each with what must come of it and why.
//!
//! A closed set: [`Transform::ALL`]. What a transform makes is decided by the case, the transform and a
//! seed alone.

mod changing;
mod keeping;
mod noise;
mod sentinels;
mod voices;

pub use noise::NOISE;

use super::{
    evaluation::Expected,
    manifest::{Case, Label},
    random::Random,
};

/// A way to make a stream from a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "`why` says it of each")]
pub enum Transform {
    AsIs,
    Split,
    OneByte,
    Crlf,
    Colour,
    GithubActions,
    Journald,
    Syslog,
    JsonFile,
    Ndjson,
    UpperCase,
    Noise,
    NoLastNewline,
    InvalidUtf8,
    Nul,
    Bom,
    ContainerErofs,
    Torn,
    TornSameLine,
    ActivityRemoved,
    ErofsRemoved,
    ActivityLetter,
    ErofsLetter,
    OtherCause,
    Quoted,
    StepOutput,
    StepName,
    TtyOutput,
    TtyName,
    Excerpt,
    Dockerfile,
    ProgressJson,
    ServiceLog,
    QuotedCommand,
    DebugEcho,
}

/// What a transform does to the label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The stream is the case's own, byte for byte, only cut: so is its verdict, whatever it is.
    Cuts,
    /// The label stays.
    Keeps,
    /// The label that must hold is the transform's, not the case's.
    Changes,
}

/// How a stream is pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// At once.
    Whole,
    /// Byte by byte.
    Bytes,
    /// In two, at each of these places in turn; every one of them must give the same verdict.
    At(Vec<usize>),
}

/// A stream and what must come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// How many times [`NOISE`] goes before.
    pub before: usize,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// How many times [`NOISE`] goes behind.
    pub behind: usize,
    /// How they are pushed.
    pub cut: Cut,
    /// Whether only a wedge on one line is accepted.
    pub require_same_line: bool,
    /// What must come of it.
    pub expected: Expected,
}

impl Variant {
    /// A stream that is pushed at once.
    fn new(bytes: Vec<u8>, expected: Expected) -> Self {
        Self { before: 0, bytes, behind: 0, cut: Cut::Whole, require_same_line: false, expected }
    }
}

impl Transform {
    /// All of them: first those that cut, then those that keep the label, then those that change it.
    pub const ALL: [Self; 35] = [
        Self::AsIs,
        Self::Split,
        Self::OneByte,
        Self::Crlf,
        Self::Colour,
        Self::GithubActions,
        Self::Journald,
        Self::Syslog,
        Self::JsonFile,
        Self::Ndjson,
        Self::UpperCase,
        Self::Noise,
        Self::NoLastNewline,
        Self::InvalidUtf8,
        Self::Nul,
        Self::Bom,
        Self::ContainerErofs,
        Self::Torn,
        Self::TornSameLine,
        Self::ActivityRemoved,
        Self::ErofsRemoved,
        Self::ActivityLetter,
        Self::ErofsLetter,
        Self::OtherCause,
        Self::Quoted,
        Self::StepOutput,
        Self::StepName,
        Self::TtyOutput,
        Self::TtyName,
        Self::Excerpt,
        Self::Dockerfile,
        Self::ProgressJson,
        Self::ServiceLog,
        Self::QuotedCommand,
        Self::DebugEcho,
    ];

    /// Its name, what it does to the label, and why that is what must hold.
    const fn about(self) -> (&'static str, Effect, &'static str) {
        use Effect::{Changes, Cuts, Keeps};
        match self {
            Self::AsIs => ("as-is", Cuts, "the label says so"),
            Self::Split => ("split", Cuts, "a verdict does not depend on where the stream is cut"),
            Self::OneByte => ("one-byte", Cuts, "a verdict does not depend on how small the pieces are"),
            Self::Crlf => ("crlf", Keeps, "a carriage return in front of a line's end is the transport's"),
            Self::Colour => ("colour", Keeps, "escapes are the transport's, whole lines and words in them"),
            Self::GithubActions => ("github-actions", Keeps, "a timestamp is the transport's"),
            Self::Journald => ("journald", Keeps, "timestamp, host and unit are the transport's"),
            Self::Syslog => ("syslog", Keeps, "the header of RFC 5424 is the transport's"),
            Self::JsonFile => ("json-file", Keeps, "docker's json-file envelope is the transport's"),
            Self::Ndjson => ("ndjson", Keeps, "an NDJSON envelope is the transport's"),
            Self::UpperCase => ("upper-case", Keeps, "sentinels are compared ASCII case-insensitively"),
            Self::Noise => ("noise", Keeps, "everyday build output before and behind says nothing"),
            Self::NoLastNewline => ("no-last-newline", Keeps, "the end of the stream ends a line"),
            Self::InvalidUtf8 => ("invalid-utf8", Keeps, "any bytes are valid input"),
            Self::Nul => ("nul", Keeps, "any bytes are valid input"),
            Self::Bom => ("bom", Keeps, "a byte-order mark is the transport's"),
            Self::ContainerErofs => {
                ("container-erofs", Keeps, "a container's EROFS lines do not speak for the client")
            }
            Self::Torn => ("torn", Keeps, "an activity failure that was cut before its cause stays open"),
            Self::TornSameLine => ("torn-same-line", Changes, "--require-same-line accepts no other link"),
            Self::ActivityRemoved => ("activity-removed", Changes, "a wedge takes both sentinels"),
            Self::ErofsRemoved => ("erofs-removed", Changes, "a wedge takes both sentinels"),
            Self::ActivityLetter => ("activity-letter", Changes, "another phrase is no sentinel"),
            Self::ErofsLetter => ("erofs-letter", Changes, "another phrase is no sentinel"),
            Self::OtherCause => {
                ("other-cause", Changes, "an activity failure with another cause is no wedge")
            }
            Self::Quoted => ("quoted", Changes, "what stands in quotes is mentioned, not stated"),
            Self::StepOutput => ("step-output", Changes, "`#7 0.412 ` is a build step's output"),
            Self::StepName => ("step-name", Changes, "`#7 [3/3] RUN ` is the name of a step"),
            Self::TtyOutput => ("tty-output", Changes, "` => => # ` is a build step's output on a terminal"),
            Self::TtyName => ("tty-name", Changes, "`=> [3/3] RUN ` is the name of a step on a terminal"),
            Self::Excerpt => ("excerpt", Changes, "between rules buildx repeats what a failed step printed"),
            Self::Dockerfile => ("dockerfile", Changes, "`   3 | >>> ` quotes a Dockerfile"),
            Self::ProgressJson => ("progress-json", Changes, "`{\"vertexes\":` holds names of steps"),
            Self::ServiceLog => ("service-log", Changes, "`web-1  | ` is a service's log"),
            Self::QuotedCommand => ("quoted-command", Changes, "buildx quotes the command of a failed step"),
            Self::DebugEcho => ("debug-echo", Changes, "--debug echoes the command line"),
        }
    }

    /// Its name in reports and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.about().0
    }

    /// What it does to the label.
    #[must_use]
    pub const fn effect(self) -> Effect {
        self.about().1
    }

    /// Why what it expects must hold.
    #[must_use]
    pub const fn why(self) -> &'static str {
        self.about().2
    }

    /// The stream that it makes from a case; none where it does not apply.
    ///
    /// Linear in the bytes.
    #[must_use]
    pub fn apply(self, case: &Case, bytes: &[u8], seed: u64) -> Option<Variant> {
        // What follows from a verdict that is wrong nobody knows; but it is one verdict, however it is cut.
        if case.is_flawed() && self.effect() != Effect::Cuts {
            return None;
        }
        let mut random = Random::new(seed, &[&case.name, self.name()]);
        let expected = Expected::of(case);
        match self {
            Self::AsIs => Some(Variant::new(bytes.to_vec(), expected)),
            Self::Split => {
                let cut = Cut::At(keeping::places(bytes.len(), &mut random));
                Some(Variant { cut, ..Variant::new(bytes.to_vec(), expected) })
            }
            Self::OneByte => Some(Variant { cut: Cut::Bytes, ..Variant::new(bytes.to_vec(), expected) }),
            Self::Crlf => Some(Variant::new(keeping::crlf(bytes), expected)),
            Self::Colour => Some(Variant::new(keeping::colour(bytes), expected)),
            Self::GithubActions | Self::Journald | Self::Syslog | Self::JsonFile | Self::Ndjson => {
                Some(Variant::new(keeping::carried(self, bytes), expected))
            }
            Self::UpperCase => sentinels::upper_case(bytes).map(|bytes| Variant::new(bytes, expected)),
            Self::Noise => Some(noise::around(bytes, expected, &mut random)),
            Self::NoLastNewline => {
                bytes.strip_suffix(b"\n").map(|bytes| Variant::new(bytes.to_vec(), expected))
            }
            Self::InvalidUtf8 => Some(keeping::around(bytes, b"\xff\xc3(\xf0\x9f", expected)),
            Self::Nul => Some(keeping::around(bytes, b"\0\0", expected)),
            Self::Bom => Some(Variant::new([b"\xef\xbb\xbf", bytes].concat(), expected)),
            Self::ContainerErofs => Some(keeping::mixed_in(bytes, expected, &mut random)),
            Self::Torn => changing::torn(case, bytes),
            Self::TornSameLine => changing::torn_same_line(case, bytes),
            Self::ActivityRemoved | Self::ErofsRemoved | Self::ActivityLetter | Self::ErofsLetter => {
                changing::without(self, bytes, &mut random)
            }
            Self::OtherCause => changing::other_cause(case, bytes, &mut random),
            Self::Quoted => changing::quoted(case, bytes),
            Self::StepOutput
            | Self::StepName
            | Self::TtyOutput
            | Self::TtyName
            | Self::Excerpt
            | Self::Dockerfile
            | Self::ProgressJson
            | Self::ServiceLog
            | Self::QuotedCommand
            | Self::DebugEcho => {
                Some(Variant::new(voices::container(self, bytes), changing::in_a_container(case)))
            }
        }
    }
}

/// Whether a case shows the wedge and is judged so.
fn is_wedge(case: &Case) -> bool {
    case.label == Label::Wedge && !case.is_flawed()
}

/// The lines of a stream without their ends; what stands behind the last newline is one too, unless it
/// is empty.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let whole = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    whole.split(|byte| *byte == b'\n').take(if bytes.is_empty() { 0 } else { usize::MAX })
}

/// Each line changed, and ended.
fn each_line(bytes: &[u8], change: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    lines(bytes).flat_map(|line| [change(line), vec![b'\n']].concat()).collect()
}
