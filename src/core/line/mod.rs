//! One line: who wrote it, which sentinels stand on it and how, and the cause it names.
//!
//! A line is judged in *views*. A line of up to [`VIEW`] + [`AFTER`] bytes is one view; of a longer
//! one each further [`VIEW`] bytes are judged with [`BEFORE`] bytes in front of them and [`AFTER`]
//! behind. Only the first view is freed of prefixes and envelopes; what lies beyond counts as "no
//! prefix", and a cause that lies beyond a view as "no cause". Each view hands its voice to the next.

mod cause;
mod envelope;
mod excerpt;
mod flood;
mod handed;
mod known;
mod looks;
mod odd;
mod places;
mod plain;
mod repeats;
mod signs;
mod text;
mod transport;
mod voice;
mod words;

use crate::core::{
    sentinel::{Candidates, Sentinel},
    verdict::Cause,
};
use cause::Named;
pub(crate) use excerpt::{Excerpt, RULE};
pub(crate) use flood::Flood;
use handed::Handed;
pub(crate) use known::{Kinds, Known};
use looks::Looks;
use plain::{Asked, is_plain, plain};
use repeats::Repeats;
pub(crate) use signs::Signs;
use text::{Remade, Text};
pub(crate) use voice::Voice;
use words::Words;

/// How many bytes of a line are judged at once.
pub const VIEW: usize = 64 * 1024;
/// How many bytes behind a view are read for the cause of a sighting in it.
pub const AFTER: usize = 8 * 1024 + 64;
/// How much of a line its first view takes; one of no more is judged whole.
pub const FIRST: usize = VIEW + AFTER;
/// How many bytes in front of a view are read for what stands before a sighting.
pub const BEFORE: usize = 512;

/// How many prefixes are taken off a line at most; real ones stack two or three.
pub const PREFIXES_MAX: usize = 8;
/// The longest tag in brackets that is a prefix, with its brackets.
pub const TAG_MAX: usize = 64;
/// How many envelopes may stand in one another.
pub const ENVELOPES_MAX: usize = 4;
/// How many lines of an excerpt can lack their time: plain progress keeps the last eight lines of a
/// step (`logsBufferSize` in `BuildKit`'s `util/progress/progressui/printer.go`). An excerpt that is
/// never closed hides no more than these.
pub const EXCERPT_MAX: u8 = 8;

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

/// Judges the first (mostly the only) view of a line, whose signs these are. `complete` says whether the line ends with
/// it. Returns the voice that the line goes on in. Linear in the view.
pub(crate) fn judge(
    view: &[u8],
    signs: Signs,
    complete: bool,
    excerpt: &mut Excerpt,
    found: &mut Vec<Occurrence>,
) -> Voice {
    // What ends it is no part of it.
    let view = if complete { view.strip_suffix(b"\r").unwrap_or(view) } else { view };
    let mut judge = Judge { view, complete, excerpt, voice: Voice::Client, of: Of::Sightings(found) };
    judge.line(Text::raw(view), signs, 0);
    judge.voice
}

/// Takes a line that has no sentinel, for what it does to the excerpt.
pub(crate) fn pass(line: &[u8], excerpt: &mut Excerpt) {
    let view = &line[..line.len().min(FIRST)];
    let complete = view.len() == line.len();
    let mut judge = Judge { view, complete, excerpt, voice: Voice::Client, of: Of::Nothing };
    judge.line(Text::raw(view), Signs::of(view), 0);
}

/// The texts of a line that are in the client's voice, freed of escapes, prefixes and envelopes. Linear
/// in the view.
pub(crate) fn client_texts(view: &[u8], excerpt: &mut Excerpt) -> Vec<Vec<u8>> {
    let mut said = Vec::new();
    let mut judge = Judge { view, complete: true, excerpt, voice: Voice::Client, of: Of::Client(&mut said) };
    judge.line(Text::raw(view), Signs::of(view), 0);
    said
}

/// Whether the words `start..end` of a client's text are its own: not a command that it quotes back, not
/// part of a path, an argument or a quotation.
pub(crate) fn is_stated(text: &[u8], start: usize, end: usize) -> bool {
    !Handed::of(text, Signs::ALL).is_container(start) && !mentioned(&text[..start], &text[end..])
}

/// Judges a later view of a long line, whose voice the view before it told. Returns the voice that the
/// line goes on in.
pub(crate) fn judge_later(view: &[u8], complete: bool, voice: Voice, found: &mut Vec<Occurrence>) -> Voice {
    let mut freed = Remade::default();
    let text = Text::raw(view).without_escapes(&mut freed);
    sightings(text, Signs::ALL, view, voice, complete, found);
    voice_behind(text, BEFORE + VIEW, voice)
}

/// The voice that a line goes on in behind a later view without a sentinel.
pub(crate) fn voice_later(view: &[u8], voice: Voice) -> Voice {
    voice_behind(Text::raw(view).without_escapes(&mut Remade::default()), BEFORE + VIEW, voice)
}

/// The voice behind the part of a text that stands in front of `end` in its view: a command that is quoted
/// and not closed there, however long it is, must not become the client's words in the next view, nor
/// behind a carriage return.
fn voice_behind(text: Text, end: usize, voice: Voice) -> Voice {
    if voice == Voice::Container {
        return voice;
    }
    let own = text.before(end);
    let handed = Handed::of(&text.bytes[..own], Signs::ALL).is_container(own);
    if handed { Voice::Container } else { voice }
}

struct Judge<'j> {
    view: &'j [u8],
    complete: bool,
    excerpt: &'j mut Excerpt,
    voice: Voice,
    of: Of<'j>,
}

/// What is asked of a line, and where it goes.
enum Of<'j> {
    Sightings(&'j mut Vec<Occurrence>),
    /// The client's texts.
    Client(&'j mut Vec<Vec<u8>>),
    Nothing,
}

impl Judge<'_> {
    /// Takes a line whose signs these are.
    fn line(&mut self, line: Text, signs: Signs, depth: usize) {
        let mut freed = Remade::default();
        let (line, signs) = if signs.have(Signs::ESCAPE) {
            // What stood apart can be a mark now.
            (line.without_escapes(&mut freed), signs.or(Signs::MARK))
        } else {
            (line, signs)
        };
        let mut voice = Voice::Client;
        if signs.have(Signs::RETURN) {
            // It ends no line: what stands behind a container's words is still its own.
            let mut segments = line.split(b'\r').enumerate().peekable();
            while let Some((i, segment)) = segments.next() {
                let rest = self.segment(segment, signs, depth, i == 0, &mut voice);
                if let Some(rest) = rest.filter(|_| segments.peek().is_some()) {
                    voice = voice_behind(rest, usize::MAX, voice);
                }
            }
        } else {
            self.segment(line, signs, depth, true, &mut voice);
        }
    }

    /// Takes what stands between two carriage returns. Returns it without its prefixes, where it is no envelope.
    fn segment<'t>(
        &mut self,
        segment: Text<'t>,
        signs: Signs,
        depth: usize,
        is_first: bool,
        voice: &mut Voice,
    ) -> Option<Text<'t>> {
        let (rest, is_container) = freed(segment, signs);
        let indent = transport::indent(rest.bytes);
        let head = &rest.bytes[indent..];
        if is_container {
            *voice = Voice::Container;
        }
        let may_open = signs.have(Signs::QUOTE) && *voice == Voice::Client && depth < ENVELOPES_MAX;
        let own = rest.slice(indent, rest.bytes.len());
        let mut said = Remade::default();
        if let Some(in_front) = may_open.then(|| envelope::open(own, &mut said)).flatten() {
            // The lines of an envelope step the excerpt, not the envelope itself; but the words in
            // front of it can be a step's.
            let before = if self.excerpt.is_inside() { Voice::Container } else { *voice };
            let in_front = rest.slice(0, indent + in_front);
            self.text(in_front, signs, before);
            // What it holds can be several lines.
            for line in said.text().split(b'\n') {
                self.line(line, Signs::of(line.bytes), depth + 1);
            }
            return None;
        }
        let rule = excerpt::rule(head).is_some_and(|start| self.is_whole_rule(rest, indent + start));
        if is_first && self.excerpt.step(head, rule) {
            *voice = Voice::Container;
        }
        self.text(rest, signs, *voice);
        self.voice = if self.complete { *voice } else { voice_behind(rest, VIEW, *voice) };
        Some(rest)
    }

    /// Whether a rule stands in the view as at this place of a text, and not at its very end, where a longer line may go on with
    /// more dashes.
    fn is_whole_rule(&self, text: Text, start: usize) -> bool {
        let end = text.at(start) as usize + RULE.len();
        text.is_raw(start, RULE.len(), self.view) && (self.complete || end < self.view.len())
    }

    /// Takes a text that has one voice.
    fn text(&mut self, text: Text, signs: Signs, voice: Voice) {
        match &mut self.of {
            Of::Sightings(found) => sightings(text, signs, self.view, voice, self.complete, found),
            Of::Client(said) if voice == Voice::Client => said.push(text.bytes.to_vec()),
            Of::Client(_) | Of::Nothing => {}
        }
    }
}

/// Without the prefixes of its transport, up to the first head that is container output. What holds a
/// marker is no prefix: a container could take its own off (`app: #7 0.412 x\ty\t2026-…Z ERROR: …`). Also says whether
/// the head that is left is container output.
fn freed(segment: Text<'_>, signs: Signs) -> (Text<'_>, bool) {
    let bytes = segment.bytes;
    let (mut start, mut stamped, mut left) = (0, false, PREFIXES_MAX);
    loop {
        let head = start + transport::indent(&bytes[start..]);
        let (mut length, mut is_container) = (transport::leading_iso(&bytes[head..]), false);
        if length > 0 {
            stamped = true;
        } else {
            is_container = voice::is_container(&bytes[head..], signs);
            if !is_container {
                length = transport::prefix(&bytes[head..], signs, &mut stamped);
            }
        }
        if length == 0 || left == 0 || handed::has_marker(&bytes[head..], length) {
            return (segment.slice(start, bytes.len()), is_container);
        }
        start = head + length;
        left -= 1;
    }
}

/// Finds and judges the sentinels of a text of `view` that has one voice.
fn sightings(
    text: Text,
    signs: Signs,
    view: &[u8],
    voice: Voice,
    complete: bool,
    found: &mut Vec<Occurrence>,
) {
    let first = found.len();
    let handed = std::cell::OnceCell::new();
    let handed = |at| handed.get_or_init(|| Handed::of(text.bytes, signs)).is_container(at);
    let named = std::cell::OnceCell::new();
    let named = || named.get_or_init(|| Named::by(text.bytes));
    for (sentinel, start) in Candidates::new().phrases(text.bytes) {
        if text.is_raw(start + sentinel.core().1, 4, view) {
            let end = start + sentinel.phrase().len();
            let (before, behind) = (&text.bytes[..start], &text.bytes[end..]);
            let standing = if voice == Voice::Container || handed(start) {
                Standing::Container
            } else if mentioned(before, behind) {
                Standing::Mentioned
            } else if sentinel == Sentinel::Erofs {
                Standing::Stated { state_dir: names_state_dir(before) }
            } else {
                let other = if complete { named().behind(end) } else { None };
                other.map_or(Standing::Stated { state_dir: false }, Standing::OtherCause)
            };
            let at = text.at(start) as usize;
            found.push(Occurrence { sentinel, at, standing, beside_activity: false });
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

/// Whether the characters around a phrase make it part of a path, an argument or a quotation.
fn mentioned(before: &[u8], behind: &[u8]) -> bool {
    goes_on(behind) || last_char(before).is_some_and(joins)
}

/// Whether what stands behind a phrase makes it part of a path.
fn goes_on(behind: &[u8]) -> bool {
    match behind {
        [b'/' | b'\\', ..] => true,
        [b'.', next, ..] => next.is_ascii_alphanumeric(),
        _ => false,
    }
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
    matches!(character, '/' | '\\' | '=' | '_' | '-' | '"' | '\'' | '`' | '«' | '»' | '‹' | '›' | '´')
        // Quotes of other languages, and the wide ones.
        || matches!(character, '\u{2018}'..='\u{201f}' | '\u{ff02}' | '\u{ff07}')
        || character.is_alphanumeric()
}

/// Whether the text in front of an EROFS sighting ends in a path of the state directory: its own
/// (`mkdir …/buildx`), its parent's (`mkdir …/.docker`), or one of the files that buildx keeps there
/// (`store/store.go`, `localstate/localstate.go`).
fn names_state_dir(before: &[u8]) -> bool {
    const KEPT: [&[u8]; 7] =
        [b"activity", b"refs", b"instances", b"defaults", b"current", b".lock", b".buildnodeid"];
    let Some(before) = before.strip_suffix(b": ") else { return false };
    let statement = &before[cause::last_colon(before).map_or(0, |at| at + 2)..];
    let Some(slash) = memchr::memchr2(b'/', b'\\', statement) else { return false };
    let mut parts = statement[slash..].split(|b| matches!(b, b'/' | b'\\')).peekable();
    let mut parent: &[u8] = b"";
    while let Some(part) = parts.next() {
        let next = parts.peek();
        let temporary = || next.is_some_and(|next| is_temporary(next));
        let kept = || next.is_none_or(|next| KEPT.iter().any(|name| next.eq_ignore_ascii_case(name)));
        let own = match part.len() {
            7 => part.eq_ignore_ascii_case(b".docker") && next.is_none(),
            6 => {
                part.eq_ignore_ascii_case(b"buildx")
                    && (parent.eq_ignore_ascii_case(b".docker") || kept() || temporary())
            }
            8 => part.eq_ignore_ascii_case(b"activity") && temporary(),
            _ => false,
        };
        if own {
            return true;
        }
        parent = part;
    }
    false
}

/// Whether this is a name that buildx gives to a file before it renames it.
fn is_temporary(name: &[u8]) -> bool {
    name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b".tmp-"))
}
