//! Lines that tell nothing new, told by their signs.

use super::{
    FIRST, Looks, Named, Signs, envelope, freed, mentioned, names_state_dir,
    plain::{Plain, Said},
    text::Text,
    transport,
    voice::{self, Handed},
};
use crate::core::sentinel::{Candidates, Sentinel};
use std::ops::Range;

/// What was said before: to who knows it, a line that says it tells nothing new.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    /// The signs of a container's line that may tell something else, and of the client's.
    container: Signs,
    client: Signs,
    /// How the client's words have stood.
    kinds: Kinds,
}

/// How sentinels stand in the client's words: some of these ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kinds(u16);

impl Kinds {
    pub(crate) const NONE: Self = Self(0);
    /// EROFS, stated: of the state directory, or elsewhere.
    pub(crate) const STATE_DIR: Self = Self(1);
    pub(crate) const ELSEWHERE: Self = Self(1 << 1);
    const EROFS_STATED: Self = Self(Self::STATE_DIR.0 | Self::ELSEWHERE.0);
    pub(crate) const EROFS_MENTIONED: Self = Self(1 << 2);
    /// A container's.
    pub(crate) const EROFS_HANDED: Self = Self(1 << 3);
    /// The activity failure, stated: with another cause, or without one.
    pub(crate) const OTHER_CAUSE: Self = Self(1 << 4);
    pub(crate) const ACTIVITY_STATED: Self = Self(1 << 5);
    pub(crate) const ACTIVITY_MENTIONED: Self = Self(1 << 6);
    pub(crate) const ACTIVITY_HANDED: Self = Self(1 << 7);
    /// Anything else.
    const NEWS: Self = Self(1 << 8);

    pub(crate) fn have(self, all: Self) -> bool {
        all.0 & !self.0 == 0
    }

    fn have_any(self, of: Self) -> bool {
        self.0 & of.0 != 0
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those of a whole text that is the client's and no envelope, with these signs or fewer. Linear.
    fn of(text: &[u8], signs: Signs) -> Self {
        let handed = std::cell::OnceCell::new();
        let named = std::cell::OnceCell::new();
        let (mut kinds, mut has_activity) = (Self::NONE, false);
        for (sentinel, start) in Candidates::new().phrases(text) {
            let end = start + sentinel.phrase().len();
            let (before, behind) = (&text[..start], &text[end..]);
            let is_handed = handed.get_or_init(|| Handed::of(text, signs)).is_container(start);
            let is_mentioned = || mentioned(before, behind);
            let has_other = || named.get_or_init(|| Named::by(text)).has_other(end);
            kinds = kinds.or(match sentinel {
                Sentinel::Activity if is_handed => Self::ACTIVITY_HANDED,
                Sentinel::Activity if is_mentioned() => Self::ACTIVITY_MENTIONED,
                Sentinel::Activity if has_other() => Self::OTHER_CAUSE,
                Sentinel::Activity => Self::ACTIVITY_STATED,
                Sentinel::Erofs if is_handed => Self::EROFS_HANDED,
                Sentinel::Erofs if is_mentioned() => Self::EROFS_MENTIONED,
                Sentinel::Erofs if names_state_dir(before) => Self::STATE_DIR,
                Sentinel::Erofs => Self::ELSEWHERE,
            });
            has_activity |= sentinel == Sentinel::Activity;
        }
        // Beside the other a stated EROFS is something else, if that counts: it may be spelled with an escape.
        if has_activity && kinds.have_any(Self::EROFS_STATED) { Self::NEWS } else { kinds }
    }
}

impl Known {
    /// Sentinels have stood like this.
    pub(crate) fn of(mut kinds: Kinds) -> Self {
        // On one line both would be a wedge, also in two texts of an envelope, each of which says nothing new.
        if kinds.have_any(Kinds::EROFS_STATED) {
            kinds.0 &= !Kinds::ACTIVITY_STATED.0;
        }
        let unless = |kind: Kinds, sign: Signs| if kinds.have(kind) { Signs::NONE } else { sign };
        let container =
            unless(Kinds::ACTIVITY_HANDED, Signs::ACTIVITY).or(unless(Kinds::EROFS_HANDED, Signs::EROFS));
        let erofs = unless(Kinds::ELSEWHERE, Signs::EROFS);
        let others =
            unless(Kinds::STATE_DIR, Signs::STATE_DIR).or(unless(Kinds::EROFS_MENTIONED, Signs::JOINED));
        Self { container, client: Signs::ACTIVITY.or(erofs).or(others), kinds }
    }

    /// Whether lines are nothing new that [`Looks::plain`] passes over.
    pub(crate) fn knows_plain(self) -> bool {
        !self.client.have(Signs::EROFS)
    }

    /// Whether a whole line tells nothing else, by its head alone. Its signs are those of [`Looks::extent`].
    pub(crate) fn covers_progress(self, line: &[u8], signs: Signs) -> bool {
        !signs.have(self.container) && voice::is_progress(line)
    }

    /// Whether no line of plain progress tells anything else.
    pub(crate) fn knows_progress(self) -> bool {
        self.container == Signs::NONE
    }

    /// Whether a whole line with these signs tells nothing else; `in_excerpt` says whether it may stand in an excerpt. Takes
    /// much less than to judge it. An error where it is not sure, or must look into the line for it: who it is from, if that
    /// is known.
    pub(crate) fn covers(
        self,
        looks: &mut Looks,
        line: Range<usize>,
        signs: Signs,
        in_excerpt: bool,
    ) -> Result<(), Option<Head>> {
        // What stands apart can come together where an escape sequence goes.
        if signs.have(Signs::ESCAPE) {
            return Err(None);
        }
        let head = Head::of(looks.text(), line, signs);
        if self.is_covered(looks, &head, signs, in_excerpt) { Ok(()) } else { Err(Some(head)) }
    }

    /// Whether that is so after all of a line outside of excerpts, which may have to be freed of escape sequences and opened
    /// for it. Linear, and less than to judge it too.
    pub(crate) fn covers_opened(
        self,
        looks: &mut Looks,
        line: Range<usize>,
        signs: Signs,
        head: Option<Head>,
    ) -> bool {
        if line.len() > FIRST {
            return false;
        }
        let Some(head) = head.filter(|_| !signs.have(Signs::RETURN)) else {
            return self.covers_said(looks, line, signs, 0);
        };
        self.covers_client(looks, &head, signs, 0)
    }

    /// The same of what was said in so many envelopes.
    fn covers_said(self, looks: &mut Looks, line: Range<usize>, signs: Signs, depth: usize) -> bool {
        if signs.have(Signs::ESCAPE) {
            let mut freed = Vec::with_capacity(line.len());
            Text::raw(&looks.text()[line]).put_without_escapes(&mut freed);
            let mut looks = looks.at_other(&freed);
            let (_, signs) = looks.line(0);
            return self.covers_said(&mut looks, 0..freed.len(), signs, depth);
        }
        let head = Head::of(looks.text(), line.clone(), signs);
        if self.is_covered(looks, &head, signs, false) {
            return true;
        }
        if signs.have(Signs::RETURN) {
            return self.covers_segments(looks, line, signs, depth);
        }
        self.covers_client(looks, &head, signs, depth)
    }

    /// The same of a line with carriage returns: it goes on in the voice of a container where one has spoken.
    fn covers_segments(self, looks: &mut Looks, line: Range<usize>, signs: Signs, depth: usize) -> bool {
        let (text, mut start, mut is_container) = (looks.text(), line.start, false);
        text[line].split(|byte| *byte == b'\r').all(|segment| {
            let own = start..start + segment.len();
            start = own.end + 1;
            let (rest, begins_container) = freed(Text::raw(segment), signs);
            is_container |= begins_container;
            if is_container {
                return !looks.signs(own).have(self.container);
            }
            let (covers, is_envelope) =
                self.covers_words(looks, own.end - rest.bytes.len()..own.end, signs, depth);
            is_container = !is_envelope && Handed::of(rest.bytes, signs).is_container(rest.bytes.len());
            covers
        })
    }

    /// The same of a line without an escape sequence that is not covered at once.
    fn covers_client(self, looks: &mut Looks, head: &Head, signs: Signs, depth: usize) -> bool {
        !head.is_container && self.covers_words(looks, head.rest.clone(), signs, depth).0
    }

    /// The same of what stands behind the prefixes of a line, or between two carriage returns, and is no container's by its head.
    /// Also says whether it is an envelope.
    fn covers_words(self, looks: &mut Looks, rest: Range<usize>, signs: Signs, depth: usize) -> (bool, bool) {
        // More are not looked into here.
        const DEPTH: usize = 2;
        if depth == DEPTH {
            return (false, false);
        }
        let text = looks.text();
        let words = &text[rest.clone()];
        let own = rest.start + transport::indent(words)..rest.end;
        let mut said = Vec::new();
        let envelope = if !signs.have(Signs::QUOTE) {
            None
        } else if let Some(said) = plain_object(looks, own.clone()) {
            return (self.covers_object(looks, own, &said, depth), true);
        } else {
            said.reserve(own.len());
            envelope::open(Text::raw(&text[own.clone()]), &mut said)
        };
        let Some(in_front) = envelope else { return (self.kinds.have(Kinds::of(words, signs)), false) };
        let in_front = Kinds::of(&text[rest.start..own.start + in_front], signs);
        // Without a core in it nothing that it says counts.
        let has_core = || Candidates::new().find(&said, 0).is_some();
        (self.kinds.have(in_front) && (!has_core() || self.covers_lines(looks, &said, depth + 1)), true)
    }

    /// The same of an object that says this.
    fn covers_object(self, looks: &mut Looks, object: Range<usize>, said: &Said, depth: usize) -> bool {
        if let Some(unescaped) = said.unescaped(&looks.text()[object.clone()]) {
            return self.covers_lines(looks, &unescaped, depth + 1);
        }
        let at = said.within(object.start);
        self.knows_plain() && looks.is_plain_line(at.clone()) || {
            let signs = looks.signs(at.clone());
            self.covers_said(looks, at, signs, depth + 1)
        }
    }

    /// The same of the lines of another text.
    fn covers_lines(self, looks: &Looks, said: &[u8], depth: usize) -> bool {
        let mut looks = looks.at_other(said);
        let mut from = 0;
        while from < said.len() {
            let (length, signs) = looks.line(from);
            if !self.covers_said(&mut looks, from..from + length, signs, depth) {
                return false;
            }
            from += length + 1;
        }
        true
    }

    /// Whether a line without an escape sequence tells nothing else that is no envelope.
    fn is_covered(self, looks: &mut Looks, head: &Head, signs: Signs, in_excerpt: bool) -> bool {
        if head.is_container {
            return !signs.have(self.container);
        }
        // Behind a carriage return it goes on as another.
        if signs.have(Signs::RETURN) {
            return false;
        }
        let rest = &looks.text()[head.rest.clone()];
        // A quote that it begins with is none of a name, whatever the prefix ends in.
        let begins_plainly = !rest.iter().take(2).any(|b| matches!(b, b'"' | b'\''));
        if !in_excerpt && self.knows_plain() && begins_plainly && looks.is_plain(head.rest.clone()) {
            return true;
        }
        // The marks can be those of a timestamp.
        if signs.have(Signs::MARK) && (!head.has_prefix || looks.signs(head.rest.clone()).have(Signs::MARK)) {
            return false;
        }
        if signs.have(Signs::QUOTE) && !looks.all_quotes(head.rest.clone(), |at| is_of_a_name(rest, at)) {
            return false;
        }
        if in_excerpt {
            // It is a container's after all.
            return !signs.have(self.client.or(self.container));
        }
        !signs.have(self.client) || rest.len() <= FIRST && self.kinds.have(Kinds::of(rest, Signs::NONE))
    }
}

/// What a part of a text says that is an object of JSON, and says one thing.
fn plain_object(looks: &mut Looks, object: Range<usize>) -> Option<Said> {
    let text = &looks.text()[object.clone()];
    if !text.starts_with(b"{\"") {
        return None;
    }
    let mut plain = Plain::of(text);
    let is_plain = looks.all_quotes(object, |at| plain.take(at));
    plain.said().filter(|_| is_plain)
}

/// Who a line is from, by its first view, and where it goes on behind its prefixes.
pub(crate) struct Head {
    rest: Range<usize>,
    has_prefix: bool,
    is_container: bool,
}

impl Head {
    fn of(text: &[u8], line: Range<usize>, signs: Signs) -> Self {
        let end = line.end - usize::from(text[line.clone()].ends_with(b"\r"));
        let line = line.start..end;
        let mut first = &text[line.start..line.end.min(line.start + FIRST)];
        if signs.have(Signs::RETURN) {
            first = &first[..memchr::memchr(b'\r', first).unwrap_or(first.len())];
        }
        let (rest, is_container) = freed(Text::raw(first), signs);
        let prefix = first.len() - rest.bytes.len();
        Self { rest: line.start + prefix..line.end, has_prefix: prefix > 0, is_container }
    }
}

/// Whether a quote is one of a name, as in `cannot create '/srv/x': `. If all quotes are on a line without a mark, freed of
/// its prefixes, it is no envelope and holds none, and hands no words to a container. Where it is not sure it says no. A
/// backslash is as it should be.
fn is_of_a_name(line: &[u8], quote: usize) -> bool {
    line[quote] == b'\\'
        || match &line[..quote] {
            // No member, no value under a key; nor `process "/bin/sh -c …"` or `the command '/bin/sh -c …'`, in either case.
            [before @ .., b' '] => {
                let is = |last: &[u8; 7], word| last.eq_ignore_ascii_case(word);
                let introduces = |last: &[u8; 7]| is(last, b"process") || is(last, b"command");
                before.last().is_some_and(u8::is_ascii_alphanumeric)
                    && !before.last_chunk().is_some_and(introduces)
            }
            // The closing one; `b'…'` is Python's.
            [.., last] => *last != b'b' && (last.is_ascii_alphanumeric() || b"/._-".contains(last)),
            [] => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    const E: &str = "read-only file system";
    const A: &str = "failed to update builder last activity time";

    #[test]
    fn how_sentinels_stand() {
        for (text, kinds) in [
            (format!("x {E}"), &[Kinds::ELSEWHERE][..]),
            (format!("mkdir /x/.docker: {E}"), &[Kinds::STATE_DIR]),
            (format!("x/{E}"), &[Kinds::EROFS_MENTIONED]),
            (format!("x/{E} x: {E}"), &[Kinds::EROFS_MENTIONED, Kinds::ELSEWHERE]),
            (format!("process \"x {E}"), &[Kinds::EROFS_HANDED]),
            (format!("app: #7 0.4 {E}"), &[Kinds::EROFS_HANDED]),
            (A.to_owned(), &[Kinds::ACTIVITY_STATED]),
            (format!("{A}: open /x: denied"), &[Kinds::OTHER_CAUSE]),
            (format!("x={A}"), &[Kinds::ACTIVITY_MENTIONED]),
            (format!("process \"{A}"), &[Kinds::ACTIVITY_HANDED]),
            (format!("process \"{A} {E}"), &[Kinds::ACTIVITY_HANDED, Kinds::EROFS_HANDED]),
            (format!("process \"{A}\": {E}"), &[Kinds::NEWS]),
            (format!("{A}: open /x: {E}"), &[Kinds::NEWS]),
            (format!("x={A} mkdir /x/.docker: {E}"), &[Kinds::NEWS]),
            (format!("mkdir /x/.docker: {E}: {A}: denied"), &[Kinds::NEWS]),
            (format!("{A}: x/{E}"), &[Kinds::OTHER_CAUSE, Kinds::EROFS_MENTIONED]),
            ("add-on activity tab".to_owned(), &[]),
        ] {
            let demanded = kinds.iter().fold(Kinds::NONE, |kinds, kind| kinds.or(*kind));
            assert_eq!(Kinds::of(text.as_bytes(), Signs::ALL), demanded, "{text}");
        }
        assert!(!Known::of(Kinds(!Kinds::NEWS.0)).kinds.have(Kinds::NEWS));
    }

    /// What a line was said to be is what judging it says: it is covered if, and only if, that was seen.
    #[test]
    fn a_line_is_covered_by_what_was_seen() {
        const SAID: [Kinds; 5] = [
            Kinds::ELSEWHERE,
            Kinds::STATE_DIR,
            Kinds::EROFS_MENTIONED,
            Kinds::OTHER_CAUSE,
            Kinds::EROFS_HANDED,
        ];
        for (line, kind) in [
            (format!("cp: x: {E}"), Kinds::ELSEWHERE),
            (format!("cp: x: {E}\r"), Kinds::ELSEWHERE),
            (format!("(x {E})"), Kinds::ELSEWHERE),
            (format!("x 1.1 {E}"), Kinds::ELSEWHERE),
            (format!("\"x\" {E}"), Kinds::ELSEWHERE),
            (format!("21:39:00 cp: x: {E}"), Kinds::ELSEWHERE),
            (format!("\x1b[1mcp\x1b[0m: {E}"), Kinds::ELSEWHERE),
            (format!("{{\"log\":\"{E}\"}}"), Kinds::ELSEWHERE),
            (format!("{{\"log\":\"x\\t\\\"{E}\"}}"), Kinds::EROFS_MENTIONED),
            (format!("x: {{\"log\":\"mkdir /x/.docker: {E}\"}}"), Kinds::STATE_DIR),
            (format!("level=error msg=\"mkdir /x/.docker: {E}\""), Kinds::STATE_DIR),
            (format!("mkdir /x/.docker: {E}"), Kinds::STATE_DIR),
            (format!("x/{E}"), Kinds::EROFS_MENTIONED),
            (format!("{A}: denied"), Kinds::OTHER_CAUSE),
            (format!("{{\"log\":\"{A}: denied\"}}"), Kinds::OTHER_CAUSE),
            (format!("{{\"log\":\"\\u001b[1m{A}: denied\"}}"), Kinds::OTHER_CAUSE),
            (format!("x\rmkdir /x/.docker: {E}\ry"), Kinds::STATE_DIR),
            (format!("{{\"log\":\"x\\r#7 0.4 {E}\\n\"}}"), Kinds::EROFS_HANDED),
            (format!("process \"x {E}"), Kinds::EROFS_HANDED),
            (format!("#7 0.4 {E}"), Kinds::EROFS_HANDED),
        ] {
            for seen in SAID {
                let line = format!("{line}\n");
                let (known, mut looks) =
                    (Known::of(seen), Looks::at(line.as_bytes(), fearless_simd::Level::new()));
                let (length, signs) = looks.line(0);
                let covered = match known.covers(&mut looks, 0..length, signs, false) {
                    Ok(()) => true,
                    Err(head) => known.covers_opened(&mut looks, 0..length, signs, head),
                };
                assert_eq!(covered, seen == kind, "{line} {seen:?} {signs:?}");
            }
        }
    }
}
