//! One line: who wrote it, which sentinels stand on it and how, and the cause it names.
//!
//! A line is judged in *views*. A line of up to [`VIEW`] + [`AFTER`] bytes is one view; of a longer
//! one each further [`VIEW`] bytes are judged with [`BEFORE`] bytes in front of them and [`AFTER`]
//! behind. Only the first view is freed of prefixes and envelopes; what lies beyond counts as "no
//! prefix", and a cause that lies beyond a view as "no cause".

mod cause;
mod envelope;
mod excerpt;
mod text;
mod transport;
mod voice;

use crate::core::{sentinel::Sentinel, verdict::Cause};
use cause::Named;
pub(crate) use excerpt::Excerpt;
use text::Text;
pub(crate) use voice::Voice;

/// How many bytes of a line are judged at once.
pub const VIEW: usize = 64 * 1024;
/// How many bytes behind a view are read for the cause of a sighting in it.
pub const AFTER: usize = 8 * 1024 + 64;
/// How many bytes in front of a view are read for what stands before a sighting.
pub const BEFORE: usize = 512;

/// How many envelopes may stand in one another.
const ENVELOPES_MAX: usize = 4;

/// How a sentinel stands on its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The client states it. For EROFS: whether it names a path of the state directory.
    Stated { state_dir: bool },
    /// The client states it, with another cause.
    OtherCause(Cause),
    /// The words belong to a line whose activity failure has another cause.
    InOtherCause,
    /// Part of a path, an argument or a quotation. For EROFS also: beside such an activity sighting.
    Mentioned,
    /// A container's words.
    Container,
}

/// A sentinel on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Occurrence {
    pub(crate) sentinel: Sentinel,
    /// Offset in the view.
    pub(crate) at: usize,
    pub(crate) standing: Standing,
    /// Whether an activity sighting stands on the same text.
    pub(crate) beside_activity: bool,
}

/// Judges the first (mostly the only) view of a line. `complete` says whether the line ends with
/// it. Returns the voice that the line ends in. Linear in the view.
pub(crate) fn judge(
    view: &[u8],
    complete: bool,
    excerpt: &mut Excerpt,
    found: &mut Vec<Occurrence>,
) -> Voice {
    let mut judge = Judge { complete, excerpt, found, voice: Voice::Client, said: None };
    judge.lines(&Text::raw(view), 0);
    judge.voice
}

/// The texts of a line that are in the client's voice, freed of escapes, prefixes and envelopes. Linear
/// in the view.
pub(crate) fn client_texts(view: &[u8], excerpt: &mut Excerpt) -> Vec<Vec<u8>> {
    let mut said = Vec::new();
    let found = &mut Vec::new();
    let mut judge = Judge { complete: true, excerpt, found, voice: Voice::Client, said: Some(&mut said) };
    judge.lines(&Text::raw(view), 0);
    said
}

/// Whether the words `start..end` of a client's text are its own: not a command that it quotes back, not
/// part of a path, an argument or a quotation.
pub(crate) fn is_stated(text: &[u8], start: usize, end: usize) -> bool {
    !voice::handed_to_container(&text[..start]) && !mentioned(&text[..start], &text[end..])
}

/// Judges a later view of a long line, whose voice its first view told.
pub(crate) fn judge_later(view: &[u8], complete: bool, voice: Voice, found: &mut Vec<Occurrence>) {
    sightings(&Text::raw(view).without_escapes(), voice, complete, found);
}

struct Judge<'j> {
    complete: bool,
    excerpt: &'j mut Excerpt,
    found: &'j mut Vec<Occurrence>,
    voice: Voice,
    /// Where the client's texts go, where they and no sightings are asked for.
    said: Option<&'j mut Vec<Vec<u8>>>,
}

impl Judge<'_> {
    /// What an envelope holds can be several lines.
    fn lines(&mut self, text: &Text, depth: usize) {
        for line in text.split(b'\n') {
            self.segments(&line.without_escapes(), depth);
        }
    }

    /// A carriage return ends no line: what stands behind a container's words is still its own.
    fn segments(&mut self, line: &Text, depth: usize) {
        let mut voice = Voice::Client;
        for (i, segment) in line.split(b'\r').enumerate() {
            let rest = freed(&segment);
            let head = &rest.bytes[transport::indent(&rest.bytes)..];
            let at = rest.at.get(rest.bytes.len() - head.len()..).unwrap_or_default();
            let in_excerpt = i == 0 && !opens(head, depth) && self.excerpt.step(head, at);
            if in_excerpt || voice::is_container(head) {
                voice = Voice::Container;
            }
            self.voice = voice;
            let envelope = if voice == Voice::Client && depth < ENVELOPES_MAX {
                envelope::open(&rest.slice(rest.bytes.len() - head.len(), rest.bytes.len()))
            } else {
                None
            };
            match envelope {
                Some(said) => self.lines(&said, depth + 1),
                None => match &mut self.said {
                    Some(said) if voice == Voice::Client => said.push(rest.bytes),
                    Some(_) => {}
                    None => sightings(&rest, voice, self.complete, self.found),
                },
            }
        }
    }
}

/// Whether the head begins an envelope; its lines step the excerpt, not the envelope itself.
fn opens(head: &[u8], depth: usize) -> bool {
    depth < ENVELOPES_MAX && !voice::is_container(head) && envelope::open(&Text::raw(head)).is_some()
}

/// Without the prefixes of its transport, up to the first head that is container output.
fn freed(segment: &Text) -> Text {
    let bytes = &segment.bytes;
    let (mut start, mut stamped) = (0, false);
    for _ in 0..transport::PREFIXES_MAX {
        let head = start + transport::indent(&bytes[start..]);
        if voice::is_container(&bytes[head..]) {
            break;
        }
        match transport::prefix(&bytes[head..], &mut stamped) {
            0 => break,
            length => start = head + length,
        }
    }
    segment.slice(start, bytes.len())
}

/// Finds and judges the sentinels of a text that has one voice.
fn sightings(text: &Text, voice: Voice, complete: bool, found: &mut Vec<Occurrence>) {
    let lower = text.bytes.to_ascii_lowercase();
    let first = found.len();
    for sentinel in Sentinel::ALL {
        let (phrase, core) = (sentinel.phrase(), sentinel.core().1);
        for start in memchr::memmem::find_iter(&lower, phrase) {
            if text.contiguous(start + core, start + core + 4) {
                let standing = standing(&lower, &text.bytes, start, sentinel, voice, complete);
                let at = text.at[start] as usize;
                found.push(Occurrence { sentinel, at, standing, beside_activity: false });
            }
        }
    }
    let here = &mut found[first..];
    let activity = here.iter().any(|o| o.sentinel == Sentinel::Activity);
    let other = here.iter().any(|o| matches!(o.standing, Standing::OtherCause(_)));
    for occurrence in here.iter_mut().filter(|o| o.sentinel == Sentinel::Erofs) {
        occurrence.beside_activity = activity;
        if let Standing::Stated { state_dir } = &mut occurrence.standing {
            *state_dir &= !activity;
            if other {
                occurrence.standing = Standing::InOtherCause;
            }
        }
    }
}

fn standing(
    lower: &[u8],
    bytes: &[u8],
    start: usize,
    sentinel: Sentinel,
    voice: Voice,
    complete: bool,
) -> Standing {
    let (before, behind) = (&bytes[..start], &bytes[start + sentinel.phrase().len()..]);
    if voice == Voice::Container || voice::handed_to_container(before) {
        return Standing::Container;
    }
    if mentioned(before, behind) {
        return Standing::Mentioned;
    }
    match sentinel {
        Sentinel::Erofs => Standing::Stated { state_dir: names_state_dir(&lower[..start]) },
        Sentinel::Activity if !complete => Standing::Stated { state_dir: false },
        Sentinel::Activity => match cause::named(behind) {
            Named::Erofs | Named::Nothing => Standing::Stated { state_dir: false },
            Named::Other(cause) => Standing::OtherCause(cause),
        },
    }
}

/// Whether the characters around a phrase make it part of a path, an argument or a quotation.
fn mentioned(before: &[u8], behind: &[u8]) -> bool {
    let inside_path = match behind {
        [b'/' | b'\\', ..] => true,
        [b'.', next, ..] => next.is_ascii_alphanumeric(),
        _ => false,
    };
    inside_path || last_char(before).is_some_and(joins)
}

/// The last character of `bytes`, where they end in valid UTF-8.
fn last_char(bytes: &[u8]) -> Option<char> {
    (1..=bytes.len().min(4)).find_map(|n| {
        let text = std::str::from_utf8(&bytes[bytes.len() - n..]).ok()?;
        text.chars().next_back()
    })
}

/// A quote, a slash, an equals sign, a hyphen or a word character.
fn joins(character: char) -> bool {
    const QUOTES: &str =
        "\"'`\u{2018}\u{2019}\u{201a}\u{201b}\u{201c}\u{201d}\u{201e}\u{201f}«»‹›\u{b4}\u{ff02}\u{ff07}";
    character.is_alphanumeric() || "/\\=_-".contains(character) || QUOTES.contains(character)
}

/// Whether the text in front of an EROFS sighting ends in a path of the state directory: its own
/// (`mkdir …/buildx`), its parent's (`mkdir …/.docker`), or one of the files that buildx keeps there
/// (`store/store.go`, `localstate/localstate.go`).
fn names_state_dir(before: &[u8]) -> bool {
    const KEPT: [&[u8]; 7] =
        [b"activity", b"refs", b"instances", b"defaults", b"current", b".lock", b".buildnodeid"];
    let Some(before) = before.strip_suffix(b": ") else { return false };
    let statement = memchr::memmem::rfind(before, b": ").map_or(before, |at| &before[at + 2..]);
    let Some(slash) = memchr::memchr(b'/', statement) else { return false };
    let parts: Vec<&[u8]> = statement[slash..].split(|b| *b == b'/').collect();
    parts.iter().enumerate().any(|(i, part)| {
        let next = parts.get(i + 1);
        match *part {
            b".docker" => next.is_none(),
            b"buildx" => {
                parts[i - 1] == b".docker" || next.is_none_or(|n| KEPT.contains(n) || n.starts_with(b".tmp-"))
            }
            b"activity" => next.is_some_and(|n| n.starts_with(b".tmp-")),
            _ => false,
        }
    })
}
