//! Lines that say again what was said.

use super::{Asked, FIRST, Known, Looks, Signs, Words, plain, text::Text};
use fearless_simd::Level;

/// Passes over the lines of a text that tell nothing new, in whatever way takes the least: some at a glance, some because they are
/// like one before, some because of how they begin, or of what does not stand on them.
pub(crate) struct Flood<'t> {
    looks: Looks<'t>,
    words: Words,
}

impl<'t> Flood<'t> {
    pub(crate) fn at(text: &'t [u8], level: Level) -> Self {
        Self { looks: Looks::at(text, level), words: Words::new() }
    }

    /// Where the line begins, from the one at `from` on, that is to be asked for next: one with a core, or behind a rule.
    /// `is_open` says whether it may stand in an excerpt, and is told. An error where no core is near, with where the line
    /// begins up to which that is so.
    pub(crate) fn next(&mut self, known: Known, from: usize, is_open: &mut bool) -> Result<usize, usize> {
        if let Some(asked) = known.asks().filter(|_| !*is_open) {
            let (at, is_odd) = plain(self.looks.level(), self.looks.text(), from, asked);
            return if is_odd { Ok(at) } else { Err(at) };
        }
        let (at, has_rule) = self.looks.near(from).ok_or(from)?;
        *is_open |= has_rule;
        Ok(at)
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

    /// Keeps a line that was judged outside of excerpts: the next may say the same.
    pub(crate) fn keep(&mut self, from: usize, length: usize) {
        self.words.keep(self.looks.text(), from, length);
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
