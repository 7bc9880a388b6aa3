//! A stretch of a line, freed of escapes, that remembers where each byte stood.

/// Bytes of a line, each with its offset in the raw bytes it came from. Borrowed: a line that no
/// transport has changed is judged where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text<'t> {
    pub(crate) bytes: &'t [u8],
    at: At<'t>,
}

/// Where the bytes of a [`Text`] stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At<'t> {
    /// Side by side, from here on.
    From(u32),
    Each(&'t [u32]),
}

/// A [`Text`] of its own: bytes that were taken apart and put together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Remade {
    pub(crate) bytes: Vec<u8>,
    at: Vec<u32>,
}

/// What bytes are put together in: with the offset of each ([`Remade`]), or without.
pub(crate) trait Put {
    /// Makes room for so many bytes.
    fn reserve(&mut self, bytes: usize);
    fn push(&mut self, byte: u8, at: u32);
    /// Takes on `text[start..end]`.
    fn extend(&mut self, text: Text, start: usize, end: usize);
    fn pop(&mut self);
    fn bytes(&self) -> &[u8];
}

impl Put for Remade {
    fn reserve(&mut self, bytes: usize) {
        self.bytes.reserve(bytes);
        self.at.reserve(bytes);
    }

    fn push(&mut self, byte: u8, at: u32) {
        self.bytes.push(byte);
        self.at.push(at);
    }

    fn extend(&mut self, text: Text, start: usize, end: usize) {
        self.bytes.extend_from_slice(&text.bytes[start..end]);
        match text.at {
            At::Each(at) => self.at.extend_from_slice(&at[start..end]),
            At::From(_) => self.at.extend((text.at(start)..).take(end - start)),
        }
    }

    fn pop(&mut self) {
        self.bytes.pop();
        self.at.pop();
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Put for Vec<u8> {
    fn reserve(&mut self, bytes: usize) {
        self.reserve(bytes);
    }

    fn push(&mut self, byte: u8, _: u32) {
        self.push(byte);
    }

    fn extend(&mut self, text: Text, start: usize, end: usize) {
        self.extend_from_slice(&text.bytes[start..end]);
    }

    fn pop(&mut self) {
        self.pop();
    }

    fn bytes(&self) -> &[u8] {
        self
    }
}

impl Remade {
    /// With room for so many bytes.
    pub(crate) fn with_room(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), at: Vec::with_capacity(bytes) }
    }

    pub(crate) fn text(&self) -> Text<'_> {
        Text { bytes: &self.bytes, at: At::Each(&self.at) }
    }
}

impl<'t> Text<'t> {
    /// The raw bytes of a view, whose length the bounds of [`crate::core::line`] keep below `u32`.
    pub(crate) fn raw(bytes: &'t [u8]) -> Self {
        Self { bytes, at: At::From(0) }
    }

    /// The offset of the byte at `i`, one of the text's own.
    pub(crate) fn at(self, i: usize) -> u32 {
        match self.at {
            // No text is longer than a view, so neither its length nor an offset is cut.
            #[expect(clippy::cast_possible_truncation)]
            At::From(start) => start + i as u32,
            At::Each(at) => at[i],
        }
    }

    /// How many bytes there are before the first that stood at `end` of the view or behind it.
    pub(crate) fn before(self, end: usize) -> usize {
        match self.at {
            At::From(start) => end.saturating_sub(start as usize).min(self.bytes.len()),
            At::Each(at) => at.iter().take_while(|at| (**at as usize) < end).count(),
        }
    }

    pub(crate) fn slice(self, start: usize, end: usize) -> Self {
        let at = match self.at {
            At::Each(at) => At::Each(&at[start..end]),
            #[expect(clippy::cast_possible_truncation, reason = "as in `at`")]
            At::From(from) => At::From(from + start as u32),
        };
        Self { bytes: &self.bytes[start..end], at }
    }

    /// The pieces between the bytes `separator`.
    pub(crate) fn split(self, separator: u8) -> impl Iterator<Item = Self> {
        let mut start = 0;
        let ends = memchr::memchr_iter(separator, self.bytes).chain([self.bytes.len()]);
        ends.map(move |end| {
            let piece = self.slice(start, end);
            start = end + 1;
            piece
        })
    }

    /// Whether `length` bytes from `start` on stand like this in the view that the text is of: with no
    /// escape among them, and none of them spelled as one. What is searched for in raw bytes, to pass
    /// over the lines that have none of it, counts only where the search can see it.
    pub(crate) fn is_raw(self, start: usize, length: usize, view: &[u8]) -> bool {
        let at = self.at(start) as usize;
        view.get(at..at + length) == Some(&self.bytes[start..start + length])
    }

    /// Removes the escape sequences of ECMA-48: CSI, the strings (OSC, DCS, SOS, PM, APC) up to BEL
    /// or ST, and the short ones. An unfinished string loses its introducer alone, so that what a
    /// terminal would swallow is still read. Linear. What is left is put into `freed`, if anything went.
    pub(crate) fn without_escapes(self, freed: &'t mut Remade) -> Self {
        if memchr::memchr(ESC, self.bytes).is_none() {
            return self;
        }
        *freed = Remade::with_room(self.bytes.len());
        self.put_without_escapes(freed);
        freed.text()
    }

    /// The same, put behind what stands in `freed`.
    pub(crate) fn put_without_escapes(self, freed: &mut impl Put) {
        let bytes = self.bytes;
        let mut strings_end = true;
        let mut i = 0;
        while i < bytes.len() {
            let plain = memchr::memchr(ESC, &bytes[i..]).unwrap_or(bytes.len() - i);
            freed.extend(self, i, i + plain);
            i += plain + 1;
            match bytes.get(i) {
                Some(b'[') => {
                    i += 1;
                    i += run(&bytes[i..], 0x30..=0x3f);
                    i += run(&bytes[i..], 0x20..=0x2f);
                    i += usize::from(bytes.get(i).is_some_and(|b| (0x40..=0x7e).contains(b)));
                }
                Some(b']' | b'P' | b'X' | b'^' | b'_') => {
                    i += 1;
                    // Once a string has no end, no later one has: that keeps this linear.
                    match if strings_end { string_end(&bytes[i..]) } else { None } {
                        Some(length) => i += length,
                        None => strings_end = false,
                    }
                }
                Some(0x20..=0x2f) => {
                    i += run(&bytes[i..], 0x20..=0x2f);
                    i += usize::from(bytes.get(i).is_some_and(|b| (0x30..=0x7e).contains(b)));
                }
                Some(0x30..=0x7e) => i += 1,
                Some(_) | None => {}
            }
        }
    }
}

pub(super) const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;

/// Whether this spells no more behind a backslash, in whatever envelope, than a quote, a slash, a tab or the end of a line.
pub(super) fn spells_plainly(escape: u8) -> bool {
    matches!(escape, b'n' | b'r' | b't' | b'"' | b'\'' | b'/')
}

fn run(bytes: &[u8], range: std::ops::RangeInclusive<u8>) -> usize {
    bytes.iter().take_while(|b| range.contains(b)).count()
}

/// The length of a control string with its terminator.
fn string_end(bytes: &[u8]) -> Option<usize> {
    memchr::memchr2_iter(BEL, ESC, bytes).find_map(|at| match bytes[at] {
        BEL => Some(at + 1),
        _ => (bytes.get(at + 1) == Some(&b'\\')).then_some(at + 2),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_stand_between_separators() {
        for (raw, pieces) in [
            ("", &[("", 0)][..]),
            ("a", &[("a", 0)]),
            ("\nab\n\nc", &[("", 0), ("ab", 1), ("", 4), ("c", 5)]),
        ] {
            let text = Text::raw(raw.as_bytes());
            let found: Vec<Text> = text.split(b'\n').collect();
            let demanded = pieces.iter().map(|(piece, at)| text.slice(*at, at + piece.len()));
            assert_eq!(found, demanded.collect::<Vec<_>>(), "{raw:?}");
        }
    }

    #[test]
    fn escapes_are_removed_and_offsets_kept() {
        for (raw, freed) in [
            ("plain", "plain"),
            ("\x1b[31mred\x1b[0m", "red"),
            ("\x1b[?25hERROR:", "ERROR:"),
            ("\x1b]0;title\x07text", "text"),
            ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\!", "link!"),
            ("\x1b_bk;t=1\x07text", "text"),
            ("\x1b]unfinished", "unfinished"),
            ("\x1b]one \x1b]two", "one two"),
            ("\x1b(Btext\x1b7\x1b8", "text"),
            ("a\x1b", "a"),
            ("a\x1b[12", "a"),
            ("a\x1b[1\x1b[2mb", "ab"),
        ] {
            let mut remade = Remade::default();
            let text = Text::raw(raw.as_bytes()).without_escapes(&mut remade);
            assert_eq!(String::from_utf8_lossy(text.bytes), freed, "{raw:?}");
            for (i, byte) in text.bytes.iter().enumerate() {
                assert_eq!(*byte, raw.as_bytes()[text.at(i) as usize]);
            }
        }
    }
}
