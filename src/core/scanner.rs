//! [`Scanner`]: bytes in, a [`Verdict`] out.

use crate::core::{
    line::{
        self, AFTER, BEFORE, Excerpt, FIRST, Flood, Kinds, Known, Occurrence, Signs, Standing, VIEW, Voice,
    },
    sentinel::{Candidates, Sentinel},
    verdict::{Cause, Link, NearMiss, NearMissKind, QUOTE_MAX, Quote, Sighting, Verdict, Wedge},
};

use memchr::memmem::Finder;
use std::ops::Range;

/// Judges a stream that arrives in pieces.
///
/// The verdict does not depend on how the stream is cut; it is known when the line that completes
/// it ends and never goes back. Any bytes are valid. Memory: two views of a line and the quotes of
/// the first sightings, some 400 KiB whatever arrives. Time: linear.
#[derive(Clone, Debug)]
pub struct Scanner {
    candidates: Candidates,
    rules: Finder<'static>,
    require_same_line: bool,
    /// Offset of the first byte of the unfinished line, and its number.
    start: u64,
    line: u64,
    /// What is kept of the unfinished line, the offset in the line of its first byte, and how many
    /// views have been judged.
    kept: Vec<u8>,
    base: usize,
    views: usize,
    voice: Voice,
    excerpt: Excerpt,
    /// The first stated sightings of the unfinished line, and of the stream.
    on_line: Pair,
    in_stream: Pair,
    near: Near,
    wedge: Option<Wedge>,
    /// Of no meaning between lines; kept for its room.
    found: Vec<Occurrence>,
}

type Seen = Option<(Sighting, Quote)>;

/// The first stated sightings of a stretch. A wedge quotes the line of the activity failure.
#[derive(Clone, Debug, Default)]
struct Pair {
    activity: Seen,
    erofs: Option<Sighting>,
}

#[derive(Clone, Debug, Default)]
struct Near {
    other_cause: Option<(Sighting, Quote, Cause)>,
    state_dir: Seen,
    elsewhere: Seen,
    container_activity: Seen,
    container_erofs: Seen,
    mentioned_activity: Seen,
    mentioned_erofs: Seen,
}

impl Pair {
    /// The halves of this one, and where it lacks one that of the later.
    fn or(self, later: Self) -> Self {
        Self { activity: self.activity.or(later.activity), erofs: self.erofs.or(later.erofs) }
    }

    fn wedge(self, link: Link) -> Option<Wedge> {
        let ((activity, quote), erofs) = self.activity.zip(self.erofs)?;
        Some(Wedge { activity, erofs, link, quote })
    }
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

impl Scanner {
    /// A scanner at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self {
            candidates: Candidates::new(),
            rules: Finder::new(line::RULE),
            require_same_line: false,
            start: 0,
            line: 1,
            kept: Vec::new(),
            base: 0,
            views: 0,
            voice: Voice::Client,
            excerpt: Excerpt::default(),
            on_line: Pair::default(),
            in_stream: Pair::default(),
            near: Near::default(),
            wedge: None,
            found: Vec::new(),
        }
    }

    /// A scanner that begins inside of a stream: at this offset, which is the beginning of this line. Its verdict is
    /// that on the whole stream where no sentinel stands before, and [`Self::LINES_BACK`] lines or more
    /// stand between the beginning and the first sentinel, or all that there are.
    #[must_use]
    pub fn starting_at(mut self, offset: u64, line: u64) -> Self {
        (self.start, self.line) = (offset, line);
        self
    }

    /// The same, behind lines that it does not judge: the last [`Self::LINES_BACK`] in front of its beginning, or all
    /// that there are. Then nothing in front of them bears on its verdict.
    #[must_use]
    pub fn led_in(mut self, lines: &[u8]) -> Self {
        let (start, line) = (self.start, self.line);
        self.pass(0..lines.len(), &mut Flood::at(lines, self.candidates.level()));
        self.starting_at(start, line)
    }

    /// How many lines in front of a line can bear on its verdict: a rule, the name of a step, and the lines of
    /// its excerpt ([`line::EXCERPT_MAX`]) but the last.
    pub const LINES_BACK: usize = 1 + line::EXCERPT_MAX as usize;

    /// Whether it stands between two lines, and not in an excerpt: what comes next is judged as at the start of a
    /// stream.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        self.base + self.kept.len() == 0 && self.excerpt.is_closed()
    }

    /// Takes on what another scanner found in the lines behind its own. That one began where this one stands,
    /// between two lines, but with line 1, and either this one was at rest ([`Self::is_at_rest`]) or that one was
    /// led in ([`Self::led_in`]); the verdict is that of one scanner that took all.
    pub fn absorb(&mut self, mut later: Self) {
        debug_assert!(self.base + self.kept.len() == 0);
        if self.wedge.is_some() {
            return;
        }
        later.shift(self.line - 1);
        let (own, its) = (&self.in_stream, &later.in_stream);
        // A half of either side is complete before whatever the later one completed by itself.
        let joined =
            own.activity.is_some() && its.erofs.is_some() || own.erofs.is_some() && its.activity.is_some();
        let Self { near, in_stream, wedge, require_same_line, .. } = std::mem::replace(self, later);
        self.near = near.or(std::mem::take(&mut self.near));
        self.in_stream = in_stream.or(std::mem::take(&mut self.in_stream));
        if joined && !require_same_line {
            self.wedge = self.in_stream.clone().wedge(Link::Stream);
        }
        debug_assert!(wedge.is_none());
    }

    /// Moves all that was found by so many lines.
    fn shift(&mut self, lines: u64) {
        let Near {
            other_cause,
            state_dir,
            elsewhere,
            container_activity,
            container_erofs,
            mentioned_activity,
            mentioned_erofs,
        } = &mut self.near;
        let seen = [
            &mut self.in_stream.activity,
            &mut self.on_line.activity,
            state_dir,
            elsewhere,
            container_activity,
            container_erofs,
            mentioned_activity,
            mentioned_erofs,
        ];
        let seen = seen.into_iter().flatten().map(|(sighting, _)| sighting);
        let causes = other_cause.iter_mut().map(|(sighting, _, _)| sighting);
        let wedge = self.wedge.iter_mut().flat_map(|wedge| [&mut wedge.activity, &mut wedge.erofs]);
        let erofs = self.in_stream.erofs.iter_mut().chain(&mut self.on_line.erofs);
        for sighting in seen.chain(causes).chain(wedge).chain(erofs) {
            sighting.line += lines;
        }
        self.line += lines;
    }

    /// What this scanner finds candidates with.
    #[must_use]
    pub fn candidates(&self) -> Candidates {
        self.candidates
    }

    /// Accepts only a wedge whose sentinels stand on one line ([`Link::Line`]).
    #[must_use]
    pub fn require_same_line(mut self, require: bool) -> Self {
        self.require_same_line = require;
        self
    }

    /// Takes the next bytes of the stream. After a wedge it does nothing.
    ///
    /// Whole lines are judged where they lie; only a line that a piece cuts is copied. Lines without a
    /// candidate, outside an excerpt, are counted and passed over.
    pub fn push(&mut self, mut bytes: &[u8]) {
        if self.base + self.kept.len() > 0 && self.wedge.is_none() {
            let Some(end) = memchr::memchr(b'\n', bytes) else { return self.take(bytes) };
            self.take(&bytes[..end]);
            self.end_line(true);
            bytes = &bytes[end + 1..];
        }
        let whole = memchr::memrchr(b'\n', bytes).map_or(0, |end| end + 1);
        self.lines(&bytes[..whole]);
        if self.wedge.is_none() {
            self.take(&bytes[whole..]);
        }
    }

    /// The verdict on a stream that is all there. This scanner, at its start, stays as it is. Cheaper than to push
    /// it: where no sentinel can stand nobody counts lines.
    #[must_use]
    pub fn whole(&self, stream: &[u8]) -> Verdict {
        if self.candidates.plausible(stream, 0..stream.len(), false).is_none() {
            return Verdict::Clear(Vec::new());
        }
        let mut scanner = self.clone();
        scanner.push(stream);
        scanner.finish()
    }

    /// Whether the wedge is known already.
    #[must_use]
    pub fn wedge(&self) -> Option<&Wedge> {
        self.wedge.as_ref()
    }

    /// Ends the stream.
    #[must_use]
    pub fn finish(mut self) -> Verdict {
        if self.wedge.is_none() {
            self.end_line(false);
        }
        match self.wedge {
            Some(wedge) => Verdict::Wedge(wedge),
            None => Verdict::Clear(self.near.misses(self.in_stream.activity)),
        }
    }

    /// Takes whole lines, each with its end.
    fn lines(&mut self, lines: &[u8]) {
        if lines.is_empty() {
            return;
        }
        let mut flood = Flood::at(lines, self.candidates.level());
        let mut from = 0;
        while self.wedge.is_none() {
            let candidate = self.candidates.plausible(lines, from..lines.len(), false);
            let start = candidate.map_or(lines.len(), |at| line_start(lines, from, at));
            self.pass(from..start, &mut flood);
            from = start;
            if from == lines.len() {
                break;
            }
            from = self.near_lines(from, &mut flood);
        }
        self.count(&lines[from..]);
    }

    /// Takes the lines from `start` on, where a candidate stands on the first, up to one behind which none is near: the next
    /// is found faster otherwise. Judges those that can tell something new, and passes over the others. Says how far.
    fn near_lines(&mut self, start: usize, flood: &mut Flood) -> usize {
        // Which excerpt a line stands in is not looked at before it matters.
        let (mut known, mut is_open) = (self.known(), !self.excerpt.is_closed());
        // Up to where they were taken, and up to where they can be.
        let (mut taken, mut end) = (start, start);
        let mut next = flood.first(known, start, &mut is_open);
        while let Ok(from) = next {
            match flood.known(known, from, &mut is_open) {
                Ok(behind) => end = behind,
                Err((length, signs)) => {
                    self.pass(taken..from, flood);
                    end = self.take_line(from..from + length, signs, is_open, flood);
                    if self.wedge.is_some() {
                        return end;
                    }
                    taken = end;
                    (known, is_open) = (self.known(), !self.excerpt.is_closed());
                }
            }
            next = flood.next(known, end, &mut is_open);
        }
        end = next.err().unwrap_or(end);
        self.pass(taken..end, flood);
        end
    }

    /// Takes a line with these signs that may tell something new, and what follows as it did before. `is_open` says whether it was
    /// asked for as one that may stand in an excerpt: outside of them none comes here that was taken before. Says how far.
    fn take_line(&mut self, line: Range<usize>, signs: Signs, is_open: bool, flood: &mut Flood) -> usize {
        let before = self.excerpt;
        if is_open && let Some(end) = flood.taken(line.clone(), before) {
            self.pass(line.start..end, flood);
            return end;
        }
        let end = line.end + 1;
        self.whole_line(&flood.text()[line.clone()], signs);
        if is_open {
            flood.keep(line.clone(), before, self.excerpt);
        }
        if before.is_closed() && self.excerpt == before {
            flood.keep_words(line);
        }
        end
    }

    fn known(&self) -> Known {
        let near = &self.near;
        let seen = [
            (near.elsewhere.is_some(), Kinds::ELSEWHERE),
            (near.state_dir.is_some(), Kinds::STATE_DIR),
            (near.mentioned_erofs.is_some(), Kinds::MENTIONED),
            (near.container_erofs.is_some(), Kinds::CONTAINER_EROFS),
            (near.container_activity.is_some(), Kinds::CONTAINER_ACTIVITY),
        ];
        let seen = seen.into_iter().filter(|(is_seen, _)| *is_seen);
        Known::of(seen.fold(Kinds::NONE, |kinds, (_, kind)| kinds.or(kind)))
    }

    /// Passes over lines that tell nothing new. All that they bear on is what excerpt the next line stands in, and
    /// only the last few can.
    fn pass(&mut self, lines: Range<usize>, flood: &mut Flood) {
        if lines.is_empty() {
            return;
        }
        let text = flood.text();
        let end = memchr::memrchr_iter(b'\n', &text[lines.clone()]).nth(Self::LINES_BACK);
        if end.is_some() {
            self.excerpt = Excerpt::Outside;
        }
        let mut from = lines.start + end.unwrap_or(0);
        loop {
            if self.excerpt == Excerpt::Outside {
                let Some(at) = self.rules.find(&text[from..lines.end]) else { break };
                from = line_start(text, from, from + at);
            }
            let Some(length) = memchr::memchr(b'\n', &text[from..lines.end]) else { break };
            flood.pass(from..from + length, &mut self.excerpt);
            from += length + 1;
        }
        self.count(&text[lines]);
    }

    fn count(&mut self, lines: &[u8]) {
        self.start += lines.len() as u64;
        self.line += memchr::memchr_iter(b'\n', lines).count() as u64;
    }

    fn whole_line(&mut self, line: &[u8], signs: Signs) {
        if line.len() > FIRST {
            self.take(line);
            return self.end_line(true);
        }
        let mut found = std::mem::take(&mut self.found);
        line::judge(line, signs, true, &mut self.excerpt, &mut found);
        found.sort_by_key(|occurrence| occurrence.at);
        for occurrence in &found {
            self.note(occurrence, line);
        }
        found.clear();
        self.found = found;
        self.decide();
        self.start += line.len() as u64 + 1;
        self.line += 1;
    }

    /// Whether the rest of the unfinished line can tell nothing new: it is a container's, and what a container
    /// can say was seen before.
    fn is_exhausted(&self) -> bool {
        let near = &self.near;
        let seen = near.container_activity.is_some() && near.container_erofs.is_some();
        self.voice == Voice::Container && seen
    }

    /// Takes bytes of a line whose end is not there yet, or that is too long to be judged at once.
    fn take(&mut self, bytes: &[u8]) {
        if self.is_exhausted() {
            self.base += self.kept.len() + bytes.len();
            return self.kept.clear();
        }
        for piece in bytes.chunks(VIEW) {
            self.kept.extend_from_slice(piece);
            while self.base + self.kept.len() > (self.views + 1) * VIEW + AFTER {
                self.judge((self.views + 1) * VIEW + AFTER, false);
                self.views += 1;
                let keep_from = self.views * VIEW - BEFORE;
                self.kept.drain(..keep_from - self.base);
                self.base = keep_from;
                debug_assert!(self.kept.len() <= BEFORE + AFTER + VIEW, "a bound on memory");
            }
        }
    }

    fn end_line(&mut self, newline: bool) {
        let length = self.base + self.kept.len();
        self.judge(length, true);
        self.decide();
        self.start += length as u64 + u64::from(newline);
        self.line += u64::from(newline);
        self.kept.clear();
        (self.base, self.views, self.voice) = (0, 0, Voice::Client);
    }

    /// Judges the view that ends at `end` (an offset in the line).
    fn judge(&mut self, end: usize, complete: bool) {
        if self.is_exhausted() {
            return;
        }
        let kept = std::mem::take(&mut self.kept);
        let view = &kept[..end - self.base];
        let candidate = self.candidates.plausible(view, 0..view.len(), false).is_some();
        let rules = self.excerpt != Excerpt::Outside || self.rules.find(view).is_some();
        let mut found = Vec::new();
        if self.views == 0 {
            if candidate || rules || !complete {
                self.voice = line::judge(view, Signs::of(view), complete, &mut self.excerpt, &mut found);
            }
        } else if candidate {
            self.voice = line::judge_later(view, complete, self.voice, &mut found);
        } else if !complete {
            self.voice = line::voice_later(view, self.voice);
        }
        found.sort_by_key(|occurrence| occurrence.at);
        let own = self.views * VIEW - self.base..if complete {
            usize::MAX
        } else {
            (self.views + 1) * VIEW - self.base
        };
        for occurrence in found.iter().filter(|occurrence| own.contains(&occurrence.at)) {
            self.note(occurrence, &kept);
        }
        self.kept = kept;
    }

    /// Notes an occurrence in `kept`, what is at hand of its line.
    fn note(&mut self, occurrence: &Occurrence, kept: &[u8]) {
        let sighting = Sighting {
            sentinel: occurrence.sentinel,
            offset: self.start + (self.base + occurrence.at) as u64,
            line: self.line,
        };
        let whole = self.base == 0;
        let quote = || (sighting, quote(kept, occurrence.at, whole));
        let near = &mut self.near;
        match (occurrence.sentinel, &occurrence.standing) {
            (Sentinel::Activity, Standing::Stated { .. }) => {
                self.on_line.activity.get_or_insert_with(quote);
            }
            (Sentinel::Erofs, Standing::Stated { state_dir }) => {
                self.on_line.erofs.get_or_insert(sighting);
                if *state_dir {
                    near.state_dir.get_or_insert_with(quote);
                } else if !occurrence.beside_activity {
                    near.elsewhere.get_or_insert_with(quote);
                } else {
                    near.mentioned_erofs.get_or_insert_with(quote);
                }
            }
            (_, Standing::OtherCause(cause)) => {
                near.other_cause.get_or_insert_with(|| {
                    let (sighting, quote) = quote();
                    (sighting, quote, cause.clone())
                });
            }
            (_, Standing::InOtherCause) => {}
            (Sentinel::Activity, Standing::Mentioned) => {
                near.mentioned_activity.get_or_insert_with(quote);
            }
            (Sentinel::Erofs, Standing::Mentioned) => {
                near.mentioned_erofs.get_or_insert_with(quote);
            }
            (Sentinel::Activity, Standing::Container) => {
                near.container_activity.get_or_insert_with(quote);
            }
            (Sentinel::Erofs, Standing::Container) => {
                near.container_erofs.get_or_insert_with(quote);
            }
        }
    }

    /// At the end of a line: is the wedge complete?
    fn decide(&mut self) {
        let (own, first) = (&mut self.on_line, &self.in_stream);
        if own.activity.is_none() && (own.erofs.is_none() || first.erofs.is_some()) {
            own.erofs = None;
            return;
        }
        let own = std::mem::take(&mut self.on_line);
        if own.activity.is_some() && own.erofs.is_some() {
            self.wedge = own.wedge(Link::Line);
            return;
        }
        let first = &mut self.in_stream;
        first.activity = first.activity.take().or(own.activity);
        first.erofs = first.erofs.or(own.erofs);
        if first.erofs.is_some() && !self.require_same_line {
            self.wedge = first.clone().wedge(Link::Stream);
        }
    }
}

/// Where the line of `at` begins, which is no earlier than at `from`.
fn line_start(lines: &[u8], from: usize, at: usize) -> usize {
    memchr::memrchr(b'\n', &lines[from..at]).map_or(from, |end| from + end + 1)
}

impl Near {
    /// What was seen first, and what this one has not seen of the later.
    fn or(self, later: Self) -> Self {
        Self {
            other_cause: self.other_cause.or(later.other_cause),
            state_dir: self.state_dir.or(later.state_dir),
            elsewhere: self.elsewhere.or(later.elsewhere),
            container_activity: self.container_activity.or(later.container_activity),
            container_erofs: self.container_erofs.or(later.container_erofs),
            mentioned_activity: self.mentioned_activity.or(later.mentioned_activity),
            mentioned_erofs: self.mentioned_erofs.or(later.mentioned_erofs),
        }
    }

    /// One near miss of each kind at most, in the order of the stream.
    fn misses(self, open: Seen) -> Vec<NearMiss> {
        let miss =
            |kind, (sighting, quote): (Sighting, Quote)| NearMiss { kind, sighting, quote, cause: None };
        let activity_failure = match self.other_cause {
            Some((sighting, quote, cause)) => {
                Some(NearMiss { kind: NearMissKind::ActivityFailure, sighting, quote, cause: Some(cause) })
            }
            None => open.map(|seen| miss(NearMissKind::ActivityFailure, seen)),
        };
        let (container, container_alone) = match (self.container_activity, self.container_erofs) {
            (Some(activity), Some(_)) => (Some(activity), None),
            (_, erofs) => (None, erofs),
        };
        let mentioned = self.mentioned_erofs.and(self.mentioned_activity);
        let elsewhere = match (self.elsewhere, container_alone) {
            (Some(a), Some(b)) => Some(if a.0.offset < b.0.offset { a } else { b }),
            (a, b) => a.or(b),
        };
        let mut misses: Vec<NearMiss> = activity_failure
            .into_iter()
            .chain(self.state_dir.map(|seen| miss(NearMissKind::StateDirUnwritable, seen)))
            .chain(container.map(|seen| miss(NearMissKind::ContainerOutput, seen)))
            .chain(mentioned.map(|seen| miss(NearMissKind::Mentioned, seen)))
            .chain(elsewhere.map(|seen| miss(NearMissKind::ReadOnlyElsewhere, seen)))
            .collect();
        misses.sort_by_key(|miss| miss.sighting.offset);
        misses
    }
}

/// The line around a sighting, from its start where that is near enough.
fn quote(kept: &[u8], at: usize, whole: bool) -> Quote {
    const AHEAD: usize = QUOTE_MAX / 2;
    let from = at.saturating_sub(AHEAD);
    let end = kept.len().min(from + QUOTE_MAX);
    Quote { bytes: kept[from..end].to_vec(), cut: !whole || from > 0 || end < kept.len() }
}
