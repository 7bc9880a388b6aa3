//! Lines that say again what was said.

use super::{Asked, Excerpt, FIRST, Known, Looks, RULE, Repeats, Signs, Words, plain, text::Text};
use fearless_simd::Level;
use std::ops::Range;

/// Passes over the lines of a text that tell nothing new, in whatever way takes the least: some at a glance, some because they are
/// like one before, some because of how they begin, or of what does not stand on them.
pub(crate) struct Flood<'t> {
    looks: Looks<'t>,
    words: Words,
    /// Lines that were judged, or tell nothing new, each in the excerpt that it stands in for sure.
    taken: Repeats<'t>,
    /// What lines do to an excerpt that they may not stand in.
    steps: Repeats<'t>,
    /// How many lines in a row were not taken before.
    vain: usize,
}

impl<'t> Flood<'t> {
    pub(crate) fn at(text: &'t [u8], level: Level) -> Self {
        let (taken, steps) = (Repeats::of(text), Repeats::of(text));
        Self { looks: Looks::at(text, level), words: Words::new(), taken, steps, vain: 0 }
    }

    pub(crate) fn text(&self) -> &'t [u8] {
        self.looks.text()
    }

    /// Where the line begins, from the one at `from` on, that is to be asked for next: one with a core that was not taken before, or
    /// one behind a rule. `is_open` says whether it may stand in an excerpt, and is told. An error where no core is near, with where
    /// the line begins up to which that is so. Linear.
    pub(crate) fn next(&mut self, known: Known, from: usize, is_open: &mut bool) -> Result<usize, usize> {
        if let Some(asked) = known.asks().filter(|_| self.rests() && !*is_open) {
            self.vain += 1;
            return self.plain(from, asked);
        }
        let at = self.near(from, is_open)?;
        self.first(known, at, is_open)
    }

    /// The same, from a line on that has a core, however far from its beginning.
    pub(crate) fn first(&mut self, known: Known, from: usize, is_open: &mut bool) -> Result<usize, usize> {
        let mut at = from;
        while !*is_open {
            let rests = self.rests();
            self.vain += 1;
            if !rests && let Some(end) = self.again(at, is_open) {
                at = self.near(end, is_open)?;
                continue;
            }
            let Some(asked) = known.asks() else { break };
            let end = self.plain(at, asked)?;
            if rests || end == at {
                return Ok(end);
            }
            at = end;
        }
        Ok(at)
    }

    /// Whether the next line is not looked for among those that were taken: few are looked for where many were in vain.
    fn rests(&self) -> bool {
        const EACH: usize = 64;
        self.vain > EACH && !self.vain.is_multiple_of(EACH)
    }

    /// Where the line begins that the next core stands on, at `from` or behind it. An error where none is near.
    fn near(&mut self, from: usize, is_open: &mut bool) -> Result<usize, usize> {
        let (at, has_rule) = self.looks.near(from).ok_or(from)?;
        *is_open |= has_rule;
        Ok(at)
    }

    /// Where the next line begins that is not plain. An error where no core is near.
    fn plain(&self, from: usize, asked: Asked) -> Result<usize, usize> {
        let (at, is_odd) = plain(self.looks.level(), self.looks.text(), from, asked);
        if is_odd { Ok(at) } else { Err(at) }
    }

    /// Where the lines end, from the one at `from` on, that were taken before, outside of excerpts. Where the first was not it is now.
    /// Linear.
    fn again(&mut self, from: usize, is_open: &mut bool) -> Option<usize> {
        let (length, signs) = self.looks.extent(from);
        let line = self.taken.line(from..from + length, Excerpt::Outside);
        if let Some(end) = self.taken.again(line) {
            self.vain = 0;
            // An excerpt may begin among them.
            *is_open |= memchr::memmem::find(&self.looks.text()[from..end], RULE).is_some();
            return Some(end);
        }
        *is_open |= signs.have(Signs::RULE);
        if !*is_open {
            self.taken.keep(line, Excerpt::Outside);
        }
        None
    }

    /// Where the lines end, from the one at `from` on, that tell nothing new to who knows this. An error where it may be the
    /// first that does: how long it is, and its signs. Linear.
    pub(crate) fn known(
        &mut self,
        known: Known,
        from: usize,
        is_open: &mut bool,
    ) -> Result<usize, (usize, Signs)> {
        let end = self.told(known, from, *is_open);
        if end > from {
            return Ok(end);
        }
        let text = self.looks.text();
        let mut at = from;
        let (line, length, end) = loop {
            let (length, signs) = self.looks.extent(at);
            *is_open |= signs.have(Signs::RULE);
            let line = at..at + length;
            let end = line.end + 1;
            // Where all that a container can say is known it was asked of the first already.
            let is_told = !known.knows_containers() && known.covers_container(&text[line.clone()], signs);
            // The next is likely to be another, as long as there are cores.
            let goes_on = signs.have(Signs::ACTIVITY.or(Signs::EROFS)) && text.get(end) == Some(&text[at]);
            match (is_told, goes_on) {
                (true, true) => at = end,
                (true, false) => return Ok(end),
                (false, _) if at > from => return Ok(at),
                (false, _) => break (line, length, end),
            }
        };
        if let Some(but) = known.of_containers() {
            let end = self.looks.handed(from, but);
            if end > from {
                return Ok(end);
            }
        }
        let (_, signs) = self.looks.line(from);
        if let Some(asked) = known.asks().filter(|_| signs.have(Signs::ESCAPE) && !*is_open) {
            let end = self.coloured(asked, from, length + 1);
            if end > from {
                return Ok(end);
            }
        }
        if !known.covers(self.looks.level(), &text[line], signs, *is_open) {
            return Err((length, signs));
        }
        if !*is_open {
            self.words.keep(text, from, length);
        }
        Ok(end)
    }

    /// Where the lines end, from the one at `from` on, that tell nothing new by how they begin, or because one of them said the
    /// same before. None of them bears on an excerpt.
    fn told(&mut self, known: Known, from: usize, is_open: bool) -> usize {
        let text = self.looks.text();
        let end = known.containers(text, from);
        if is_open { end } else { self.words.said(self.looks.level(), text, end) }
    }

    /// Where the lines end, from the one at `from` on that takes so much, that are plain once they are freed of escape sequences; `from`
    /// where the first is not. Linear.
    fn coloured(&self, asked: Asked, from: usize, length: usize) -> usize {
        // So much is freed at once, where all in front of it was plain.
        const MOST: usize = 4096;
        if length > FIRST {
            return from;
        }
        let (text, mut end, mut most, mut freed) = (self.looks.text(), from, length, Vec::new());
        while let Some(last) = memchr::memrchr(b'\n', &text[end..text.len().min(end + most)]) {
            let lines = &text[end..=end + last];
            freed.clear();
            Text::raw(lines).put_without_escapes(&mut freed);
            // A sequence that goes on behind the end of its line would not by itself.
            if newlines(&freed).count() != newlines(lines).count() {
                break;
            }
            let (at, _) = plain(self.looks.level(), &freed, 0, asked);
            if at < freed.len() {
                let passed = newlines(&freed[..at]).count();
                end += newlines(lines).take(passed).last().map_or(0, |last| last + 1);
                break;
            }
            (end, most) = (end + last + 1, (2 * most).min(MOST));
        }
        end
    }

    /// Where the lines end, from one in this excerpt on, that were taken before, the first in such a one: they tell nothing new.
    pub(crate) fn taken(&self, line: Range<usize>, before: Excerpt) -> Option<usize> {
        self.taken.again(self.taken.line(line, before))
    }

    /// Keeps a line that was judged, with the excerpts that it stood in and left.
    pub(crate) fn keep(&mut self, line: Range<usize>, before: Excerpt, after: Excerpt) {
        self.taken.keep(self.taken.line(line, before), after);
    }

    /// Keeps a line that was judged outside of excerpts: others may say the same in other words.
    pub(crate) fn keep_words(&mut self, line: Range<usize>) {
        self.words.keep(self.looks.text(), line.start, line.len());
    }

    /// Takes a line for what it does to the excerpt.
    pub(crate) fn pass(&mut self, line: Range<usize>, excerpt: &mut Excerpt) {
        let own = self.steps.line(line.clone(), *excerpt);
        if let Some(after) = self.steps.behind(own) {
            *excerpt = after;
        } else {
            super::pass(&self.looks.text()[line], excerpt);
            self.steps.keep(own, *excerpt);
        }
    }
}

fn newlines(lines: &[u8]) -> memchr::Memchr<'_> {
    memchr::memchr_iter(b'\n', lines)
}

#[cfg(test)]
mod tests {
    use super::{super::Kinds, *};

    const COLOURED: &str = "\x1b[31mcp\x1b[0m: x: read-only file system\n";

    #[test]
    fn coloured_lines_are_passed_over_as_far_as_they_are_plain() {
        let known = Known::of(Kinds::ELSEWHERE);
        for many in [1, 2, 3, 7, 100, 300] {
            let plain = COLOURED.repeat(many);
            for odd in [
                "",
                "\x1b[1m#\x1b[0m7 0.4 x: read-only file system\n",
                "mkdir /x/.doc\x1b[1mker: read-only file system\n",
                "---\x1b[1m---\n",
                "\x1b[1mfailed to update builder last activity time\n",
            ] {
                let text = format!("{plain}{odd}");
                let mut flood = Flood::at(text.as_bytes(), Level::new());
                assert_eq!(flood.known(known, 0, &mut false), Ok(plain.len()), "{many} {odd:?}");
                if !odd.is_empty() {
                    assert!(flood.known(known, plain.len(), &mut false).is_err(), "{odd:?}");
                }
                // In an excerpt it may be a container's.
                assert!(Flood::at(text.as_bytes(), Level::new()).known(known, 0, &mut true).is_err());
                assert!(
                    Flood::at(text.as_bytes(), Level::new())
                        .known(Known::of(Kinds::NONE), 0, &mut false)
                        .is_err()
                );
            }
        }
        // It is judged by its views, however short it is without its colours.
        for long in ["x".repeat(FIRST), "\x1b[1m".repeat(FIRST / 4)] {
            let text = format!("{long}{COLOURED}");
            assert!(Flood::at(text.as_bytes(), Level::new()).known(known, 0, &mut false).is_err());
        }
    }

    #[test]
    fn what_was_taken_before_is_not_asked_for() {
        const ODD: &str = "mkdir /x/.docker: read-only file system\n";
        const STATED: &str = "x: read-only file system\n";
        const RULE: &str = "------\n";
        let far = format!("{}\n", "y".repeat(300));
        let long = format!("{} {ODD}", "y".repeat(300));
        for (kinds, before, behind, demanded) in [
            // What nobody took, and what is passed over without that.
            (Kinds::NONE, "", STATED, Ok(0)),
            (Kinds::ELSEWHERE, "", STATED, Err(STATED.len())),
            (Kinds::ELSEWHERE, "", ODD, Ok(0)),
            (Kinds::ELSEWHERE, "", &long, Ok(0)),
            // What was taken, once and again.
            (Kinds::NONE, STATED, &STATED.repeat(3), Err(3 * STATED.len())),
            (Kinds::NONE, STATED, &format!("{STATED}x\n{STATED}{ODD}"), Ok(2 * STATED.len() + 2)),
            (Kinds::NONE, STATED, &format!("{STATED}{}/x\n", STATED.trim_end()), Ok(STATED.len())),
            (Kinds::ELSEWHERE, ODD, &format!("{ODD}{STATED}{ODD}"), Err(2 * ODD.len() + STATED.len())),
            (Kinds::ELSEWHERE, &long, &format!("{long}{far}{long}"), Err(long.len())),
            (Kinds::ELSEWHERE, ODD, &format!("{STATED}{long}{ODD}"), Err(STATED.len())),
            // Behind a rule, and where the line is one.
            (Kinds::NONE, STATED, &format!("{STATED}{RULE}{STATED}"), Ok(STATED.len() + RULE.len())),
            (Kinds::ELSEWHERE, ODD, &format!("{ODD}{RULE}{ODD}"), Ok(ODD.len() + RULE.len())),
            (Kinds::ELSEWHERE, "", &format!("{STATED}{RULE}{ODD}"), Ok(STATED.len())),
            (Kinds::NONE, "add-on ------\n", "add-on ------\n", Ok(0)),
        ] {
            let text = format!("{before}{behind}{far}");
            let (known, from) = (Known::of(kinds), before.len());
            let mut flood = Flood::at(text.as_bytes(), Level::new());
            let _ = flood.first(known, 0, &mut false);
            let next = flood.first(known, from, &mut false);
            assert_eq!(next.map(|at| at - from).map_err(|end| end - from), demanded, "{text:?}");
            // In an excerpt it may be said by another.
            assert_eq!(Flood::at(text.as_bytes(), Level::new()).first(known, from, &mut true), Ok(from));
        }
    }

    #[test]
    fn what_follows_as_it_did_was_taken_too() {
        const LINE: &str = "mkdir /x/.docker: read-only file system\n";
        for (rule, in_excerpt) in [("", false), ("------\n", true), ("add-on ------\n", true)] {
            let block = [LINE, rule, &"x: read-only file system\n".repeat(20)].concat();
            let text = block.repeat(4) + LINE;
            let known = Known::of(Kinds::NONE);
            let mut flood = Flood::at(text.as_bytes(), Level::new());
            assert_eq!(flood.first(known, 0, &mut false), Ok(0));
            let mut is_open = false;
            let next = flood.first(known, block.len(), &mut is_open).unwrap_or_else(|end| end);
            assert!(next > 3 * block.len(), "{next} of {}", text.len());
            assert_eq!(is_open, in_excerpt, "{rule}");
        }
        // The first line may itself be a rule to who knows only that it was taken.
        let text = "add-on ------\n".repeat(2) + "x: read-only file system\nx\n";
        let mut flood = Flood::at(text.as_bytes(), Level::new());
        flood.keep(0..13, Excerpt::Outside, Excerpt::Rule);
        let mut is_open = false;
        let _ = flood.first(Known::of(Kinds::NONE), 14, &mut is_open);
        assert!(is_open);
    }

    #[test]
    fn no_line_begins_at_the_end() {
        let known = Known::of(Kinds::ELSEWHERE);
        for lines in 1..200 {
            let text = (0..lines)
                .map(|i| format!("mkdir /y/{i}/.docker: read-only file system\n"))
                .collect::<Vec<_>>()
                .concat();
            let mut flood = Flood::at(text.as_bytes(), Level::new());
            let (mut next, mut asked) = (flood.first(known, 0, &mut false), 0);
            while let Ok(at) = next {
                asked += 1;
                let end = at + text[at..].find('\n').map_or(0, |end| end + 1);
                next = flood.next(known, end, &mut false);
            }
            assert_eq!((next, asked), (Err(text.len()), lines));
        }
    }

    /// However many were looked for in vain; of those few are, from the 65th on.
    #[test]
    fn in_an_excerpt_each_line_is_asked_for() {
        const STATED: &str = "x: read-only file system\n";
        let known = Known::of(Kinds::ELSEWHERE);
        let odd = |i| format!("mkdir /y/{i:03}/.docker: read-only file system\n");
        let front = (0..200).map(odd).collect::<Vec<_>>().concat();
        let text = format!("{front}{STATED}{}", odd(200));
        for (mut is_open, next) in [(true, front.len()), (false, front.len() + STATED.len())] {
            let mut flood = Flood::at(text.as_bytes(), Level::new());
            let mut rested = 0;
            for from in (0..front.len()).step_by(odd(0).len()) {
                rested += u32::from(flood.rests());
                assert_eq!(flood.next(known, from, &mut false), Ok(from));
            }
            assert_eq!(rested, 133);
            assert!(flood.rests());
            assert_eq!(flood.next(known, front.len(), &mut is_open), Ok(next));
        }
    }

    #[test]
    fn a_sequence_ends_with_its_line() {
        let lines = COLOURED.repeat(3);
        let text = format!("{lines}\x1b]0;x: read-only file system\n#7 0.4 x: read-only file system\x07\n");
        let mut flood = Flood::at(text.as_bytes(), Level::new());
        let mut from = 0;
        while let Ok(end) = flood.known(Known::of(Kinds::ELSEWHERE), from, &mut false) {
            from = end;
        }
        assert!(text[from..].starts_with("#7 "), "{from}");
    }
}
