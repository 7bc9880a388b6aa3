//! Lines that say again what was said.

use super::{Known, Looks, Signs, Words, plain, voice};
use fearless_simd::Level;

/// Passes over the lines of a text that tell nothing new, in whatever way takes the least: some at a glance, some because they are
/// like one before, some because of what stands on them, or in them.
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
            let is_told = known.covers_progress(&text[line.clone()], signs);
            // The next is likely to be another, as long as there are cores.
            let goes_on = signs.have(Signs::ACTIVITY.or(Signs::EROFS)) && text.get(end) == Some(&text[at]);
            match (is_told, goes_on) {
                (true, true) => at = end,
                (true, false) => return Ok(end),
                (false, _) if at > from => return Ok(at),
                (false, _) => break (line, length, end),
            }
        };
        let (_, signs) = self.looks.line(from);
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
        let end = if known.knows_progress() { voice::progress(text, from) } else { from };
        if is_open { end } else { self.words.said(self.looks.level(), text, end) }
    }

    /// Keeps a line that was judged outside of excerpts: the next may say the same.
    pub(crate) fn keep(&mut self, from: usize, length: usize) {
        self.words.keep(self.looks.text(), from, length);
    }
}
