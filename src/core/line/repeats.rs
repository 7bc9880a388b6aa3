//! Lines that were taken before, word for word.

use super::Excerpt;
use rustc_hash::FxHasher;
use std::{
    hash::{Hash, Hasher},
    ops::Range,
};

/// The lines of a text that were taken last, each with the excerpt that it stood in and the one that it left. The same line in the same
/// excerpt does the same again, and tells nothing that it did not tell before; so do the lines behind it as long as they are the same.
pub(super) struct Repeats<'t> {
    text: &'t [u8],
    /// Each in a place of its own; none before the first is kept.
    kept: Vec<Option<Kept>>,
}

/// A line in an excerpt, and the place where it is kept; another may be there.
#[derive(Clone, Copy)]
pub(super) struct Line {
    start: usize,
    end: usize,
    before: Excerpt,
    place: usize,
}

#[derive(Clone, Copy)]
struct Kept {
    line: Line,
    after: Excerpt,
}

impl<'t> Repeats<'t> {
    /// More than the lines of some builds that are taken.
    const ROOM: usize = 1024;
    /// How many bytes are compared at once behind a line.
    const STEP: usize = 256;

    pub(super) fn of(text: &'t [u8]) -> Self {
        Self { text, kept: Vec::new() }
    }

    /// A line of the text that stands in this excerpt. Linear.
    pub(super) fn line(&self, line: Range<usize>, before: Excerpt) -> Line {
        let Range { start, end } = line;
        let mut hasher = FxHasher::default();
        (&self.text[line], before).hash(&mut hasher);
        #[expect(clippy::cast_possible_truncation, reason = "any of its bits will do")]
        let hash = hasher.finish() as usize;
        Line { start, end, before, place: hash % Self::ROOM }
    }

    /// The excerpt behind a line, if the same line was taken in such a one before. Linear.
    pub(super) fn behind(&self, line: Line) -> Option<Excerpt> {
        self.find(line).map(|kept| kept.after)
    }

    /// Where the lines end, from this one on, that were taken before one behind the other, the first in such an excerpt. Linear.
    pub(super) fn again(&self, line: Line) -> Option<usize> {
        let kept = self.find(line)?;
        let (one, other) = (&self.text[kept.line.start..], &self.text[line.start..]);
        let same =
            one.chunks(Self::STEP).zip(other.chunks(Self::STEP)).take_while(|(one, other)| one == other);
        let last = memchr::memrchr(b'\n', &other[..(Self::STEP * same.count()).min(other.len())]);
        Some(last.map_or(line.end, |last| line.start + last) + 1)
    }

    /// Keeps a line that was taken, or is now, unless it is the last, for behind that nobody asks.
    pub(super) fn keep(&mut self, line: Line, after: Excerpt) {
        if line.end + 1 >= self.text.len() {
            return;
        }
        self.kept.resize(Self::ROOM, None);
        self.kept[line.place] = Some(Kept { line, after });
    }

    /// The same line as this one, if it was kept; it is not itself.
    fn find(&self, line: Line) -> Option<Kept> {
        let kept = (*self.kept.get(line.place)?)?;
        let Line { start, end, before, .. } = kept.line;
        let is_it = before == line.before
            && start < line.start
            && self.text[start..end] == self.text[line.start..line.end];
        is_it.then_some(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTSIDE: Excerpt = Excerpt::Outside;

    fn behind(repeats: &Repeats, line: &Range<usize>, before: Excerpt) -> Option<Excerpt> {
        repeats.behind(repeats.line(line.clone(), before))
    }

    fn keep(repeats: &mut Repeats, line: &Range<usize>, before: Excerpt, after: Excerpt) {
        repeats.keep(repeats.line(line.clone(), before), after);
    }

    #[test]
    fn a_line_speaks_for_the_same_in_the_same_excerpt() {
        let (one, again, two) = (0..3, 4..7, 8..11);
        let mut repeats = Repeats::of(b"one\none\ntwo\n");
        assert_eq!(behind(&repeats, &again, OUTSIDE), None);
        keep(&mut repeats, &one, OUTSIDE, Excerpt::Rule);
        assert_eq!(behind(&repeats, &again, OUTSIDE), Some(Excerpt::Rule));
        assert_eq!(behind(&repeats, &one, OUTSIDE), None, "for itself");
        assert_eq!(behind(&repeats, &again, Excerpt::Rule), None);
        // Whoever is there speaks for no other.
        let own = repeats.line(again.clone(), OUTSIDE);
        assert_eq!(repeats.behind(own), Some(Excerpt::Rule));
        assert_eq!(repeats.behind(Line { before: Excerpt::Rule, ..own }), None);
        assert_eq!(repeats.behind(Line { start: two.start, end: two.end, ..own }), None);
        assert_eq!(repeats.behind(Line { end: own.end - 1, ..own }), None);
        // What became of the last counts.
        keep(&mut repeats, &one, OUTSIDE, OUTSIDE);
        assert_eq!(behind(&repeats, &again, OUTSIDE), Some(OUTSIDE));
        keep(&mut repeats, &one, Excerpt::Inside(1), Excerpt::Inside(2));
        assert_eq!(behind(&repeats, &again, Excerpt::Inside(1)), Some(Excerpt::Inside(2)));
        assert_eq!(behind(&repeats, &again, Excerpt::Inside(2)), None);
    }

    #[test]
    fn the_last_line_is_not_kept() {
        for (text, is_kept) in [("x\nx\n", true), ("x\n", false), ("x", false)] {
            let mut repeats = Repeats::of(text.as_bytes());
            keep(&mut repeats, &(0..1), OUTSIDE, OUTSIDE);
            assert_eq!(!repeats.kept.is_empty(), is_kept, "{text:?}");
        }
    }

    #[test]
    fn lines_are_the_same_up_to_the_first_that_is_not() {
        for lines in [1, 2, 20, 200] {
            let block =
                (100..100 + lines).map(|i| format!("line {i} of them\n")).collect::<Vec<_>>().concat();
            let first = "line 100 of them".len();
            for (times, behind) in
                [(1, ""), (1, "x"), (1, "line 100\n"), (2, "line\n"), (3, "line 100 of them!\n")]
            {
                let text = format!("{block}{}{behind}", block.repeat(times));
                let mut repeats = Repeats::of(text.as_bytes());
                keep(&mut repeats, &(0..first), OUTSIDE, OUTSIDE);
                let line = block.len()..block.len() + first;
                let end = repeats.again(repeats.line(line.clone(), OUTSIDE)).unwrap_or(0);
                let whole = text.len() - behind.len();
                assert!(
                    line.end < end && end <= whole && text.as_bytes()[end - 1] == b'\n',
                    "{text:?} {end}"
                );
                assert!(end + Repeats::STEP + first >= whole, "{text:?} {end}");
            }
        }
    }

    #[test]
    fn the_last_of_many_lines_are_kept() {
        let lines = (0..5000).map(|i| format!("{i:5}: read-only file system\n")).collect::<Vec<_>>().concat();
        let text = lines.repeat(2);
        let length = lines.len() / 5000;
        let line = |i: usize| i * length..(i + 1) * length - 1;
        let mut repeats = Repeats::of(text.as_bytes());
        for i in 0..5000 {
            keep(&mut repeats, &line(i), OUTSIDE, OUTSIDE);
        }
        let last = (4900..5000).filter(|i| behind(&repeats, &line(5000 + i), OUTSIDE).is_some());
        assert!(last.count() > 80);
    }
}
