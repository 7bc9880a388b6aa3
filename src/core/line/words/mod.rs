//! Lines that differ in nothing but digits and in words that no rule knows.
//!
//! Of most letters and digits a rule asks only whether they are some. So a line says the same as one that was judged where the two
//! differ in digits, in numbers, in what is not of ASCII, in paths that begin at a root and name nothing that rules know, in names that
//! have digits, as those of hosts and requests do, and in words that have none. Names and words hold nothing that rules know
//! ([`KNOWN`](vocabulary::KNOWN)), are not the beginning of it, and stand by themselves: with no other letter, no digit and no escape beside
//! them. So does a flood of one error differ that says another file, user or request on each line, whatever it is wrapped in.
//!
//! What a rule asks beyond that has to be seen to here: for a word in `vocabulary.rs`, for digits in [`alike`], for escapes and how long a line
//! is in [`Stands`], and for all else in `word.rs`. `tests/oracle.rs` has lines that ask for each.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into `dispatch!` is not compiled for its instruction set"
)]

#[cfg(test)]
mod tests;
mod vocabulary;
mod word;

use super::{FIRST, text::spells_plainly};
use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, u8x32, u8x64};
use std::ops::Range;
use word::{Word, end_of_word};

/// The last lines of a text that were judged, a few for each first character or so; digits are one, and what is not of ASCII.
pub(crate) struct Words {
    /// None before the first is kept.
    kept: Vec<Ways>,
    /// What speaks for looking at lines: where few are alike it is not worth while.
    trust: u32,
    /// How many are not looked at.
    rest: u32,
}

impl Words {
    const ROOM: usize = 16;
    /// How many lines are kept, and then how many rest, where none says what another said.
    const TRIED: u32 = 8;
    const RESTED: u32 = 256;
    /// How many times something was said again weighs as much as one line that was kept in vain.
    const WEIGHT: u32 = 4;

    pub(crate) fn new() -> Self {
        Self { kept: Vec::new(), trust: Self::TRIED * Self::WEIGHT, rest: 0 }
    }

    /// Where lines are that begin with this.
    fn place(first: u8) -> usize {
        let first = match first {
            b'0'..=b'9' => b'0',
            0x80.. => 0x80,
            _ => first,
        };
        usize::from(first) % Self::ROOM
    }

    /// Keeps the line of a text that begins at `from`, which was asked for last, unless others are in use that begin like it.
    pub(crate) fn keep(&mut self, text: &[u8], from: usize, length: usize) {
        // One of no more is judged whole; behind the last nobody asks.
        if self.rest > 0 || length == 0 || length > FIRST || from + length + 1 >= text.len() {
            return;
        }
        self.kept.resize(Self::ROOM, Ways::NONE);
        let ways = &mut self.kept[Self::place(text[from])];
        let least = ways.kept.iter_mut().max_by_key(|kept| kept.misses).filter(|kept| kept.misses > 0);
        if let Some(least) = least {
            *least = Kept::of(text, from..from + length);
        }
        self.trust = self.trust.saturating_sub(Self::WEIGHT);
        if self.trust == 0 {
            self.rest = Self::RESTED;
        }
    }

    /// Where the lines end that begin at `from` and say what one that is kept says; `from` where the first of them says
    /// something else, or it is not looked at. Linear.
    pub(crate) fn said(&mut self, level: Level, text: &[u8], from: usize) -> usize {
        if self.rest > 0 {
            self.rest -= 1;
            self.trust = Self::TRIED * Self::WEIGHT;
            return from;
        }
        let none = self.kept.is_empty();
        let (end, lines) =
            if none { (from, 0) } else { dispatch!(level, simd => self.all_said(simd, text, from)) };
        self.trust = self.trust.saturating_add(lines).min(2 * Self::TRIED * Self::WEIGHT);
        end
    }

    #[inline(always)]
    fn all_said<S: Simd>(&mut self, simd: S, text: &[u8], from: usize) -> (usize, u32) {
        let (mut end, mut lines, mut tried) = (from, 0, 0);
        while let Some(first) = text.get(end).filter(|_| tried < Ways::COUNT) {
            let ways = &mut self.kept[Self::place(*first)];
            let way = (ways.last + tried) % Ways::COUNT;
            match ways.kept[way].said(simd, text, end) {
                Some(behind) => (end, lines, tried, ways.last) = (behind, lines + 1, 0, way),
                None => tried += 1,
            }
        }
        (end, lines)
    }
}

/// Lines that begin with the same character.
#[derive(Clone, Copy)]
struct Ways {
    kept: [Kept; Self::COUNT],
    /// The one that said last what another said.
    last: usize,
}

impl Ways {
    const COUNT: usize = 4;
    const NONE: Self = Self { kept: [Kept::NONE; Self::COUNT], last: 0 };
}

/// A line that was judged.
#[derive(Clone, Copy)]
struct Kept {
    start: usize,
    /// Where its newline is.
    end: usize,
    /// How many lines in a row were others.
    misses: u8,
    stands: Stands,
    /// Whether digits may have to be the same.
    asks: bool,
    has_sequence: bool,
    /// Its words in whose place others had another: likely the next will. The next one takes the place of this one of them.
    words: [Word; Self::KNOWN],
    next: usize,
}

/// Whether it stands for lines with other words.
#[derive(Clone, Copy)]
enum Stands {
    /// Nobody asked.
    Unasked,
    No,
    /// For those whose words that may be part of a version are behind this place of the text.
    Behind {
        versions: usize,
    },
}

/// How a line is like one that was kept.
struct Alike {
    /// Where it ends.
    end: usize,
    /// Where the first word stands in that one that may be part of a version and in whose place it has another.
    version: usize,
}

impl Kept {
    const KNOWN: usize = 8;
    /// How many words may be others: to look at more takes longer than to look at what they say.
    const OTHERS: usize = 8;
    const NONE: Self = Self {
        start: 0,
        end: 0,
        misses: u8::MAX,
        stands: Stands::No,
        asks: false,
        has_sequence: false,
        words: [Word::NONE; Self::KNOWN],
        next: 0,
    };

    fn of(text: &[u8], line: Range<usize>) -> Self {
        let own = &text[line.clone()];
        Self {
            start: line.start,
            end: line.end,
            misses: 1,
            stands: Stands::Unasked,
            asks: memchr::memchr2(b'\\', b'>', own).is_some(),
            has_sequence: has_sequence(own),
            ..Self::NONE
        }
    }

    /// Where the line ends, with its newline, that begins at `from`, if it says the same.
    #[inline(always)]
    fn said<S: Simd>(&mut self, simd: S, text: &[u8], from: usize) -> Option<usize> {
        if matches!(self.stands, Stands::No) {
            return None;
        }
        let alike = self.is_like(simd, text, from);
        let end = if let Some(alike) = alike { self.stands_for(text, from, &alike) } else { None };
        self.misses = if end.is_some() { 0 } else { self.misses.saturating_add(1) };
        end
    }

    fn stands_for(&mut self, text: &[u8], from: usize, alike: &Alike) -> Option<usize> {
        if matches!(self.stands, Stands::Unasked) {
            self.stands = Stands::of(text, self.start, self.end);
        }
        let Stands::Behind { versions } = self.stands else { return None };
        let is_whole = alike.end - from <= FIRST;
        (is_whole && alike.version >= versions).then_some(alike.end + 1)
    }

    /// How the line that begins at `from` is like it.
    #[inline(always)]
    fn is_like<S: Simd>(&mut self, simd: S, text: &[u8], from: usize) -> Option<Alike> {
        let mut version = usize::MAX;
        let (mut one, mut other, mut others) = (self.start, from, 0);
        let mut asked = self.asks.then_some(0);
        // Where the last word ended.
        let mut last = self.start;
        loop {
            let same = alike(simd, text, one, other, &mut asked);
            (one, other) = (one + same, other + same);
            if one > self.end {
                return Some(Alike { end: other - (one - self.end), version });
            }
            if same == 64 {
                continue;
            }
            let own = self.word_around(text, last, one);
            others += 1;
            if !own.stands || others > Self::OTHERS {
                return None;
            }
            let its_start = other - (one - own.start);
            let its_end = end_of_word(simd, text, its_start, own.set)?;
            let is_digit = |at: usize| text[at].is_ascii_digit();
            if its_end - its_start > own.longest || own.is_first && is_digit(its_start) != is_digit(own.start)
            {
                return None;
            }
            if own.may_be_version {
                version = version.min(own.start);
            }
            (one, other, last) = (own.end, its_end, own.end);
            asked = asked.map(|_| 0);
        }
    }
}

impl Kept {
    /// Its word around a place behind `last`.
    #[inline]
    fn word_around(&mut self, text: &[u8], last: usize, at: usize) -> &Word {
        let is_there = |word: &Word| (last..=at).contains(&word.start) && at <= word.end;
        let place = match self.words.iter().position(is_there) {
            Some(place) => place,
            None => self.look_around(text, last, at),
        };
        &self.words[place]
    }

    #[cold]
    fn look_around(&mut self, text: &[u8], last: usize, at: usize) -> usize {
        let place = self.next;
        self.words[place] = Word::around(text, self, last, at);
        self.next = (place + 1) % Self::KNOWN;
        place
    }
}

impl Stands {
    /// Of a line of a text.
    fn of(text: &[u8], start: usize, end: usize) -> Self {
        let line = &text[start..end];
        if !is_simple(line) {
            return Self::No;
        }
        // A version stands in front of the path of one of these.
        let tool = |name: &[u8]| memchr::memmem::rfind(line, name);
        let versions = tool(b"docker").max(tool(b"build")).unwrap_or(0);
        Self::Behind { versions: start + versions }
    }
}

/// What begins an escape sequence: the character, and the escapes of a string that spell it.
const INTRODUCERS: [&[u8]; 3] = [b"\x1b", b"\\u001b", b"\\x1b"];

/// How long the one is that a text begins with, if it does.
fn introducer(text: &[u8]) -> Option<usize> {
    let lengths = INTRODUCERS.map(|form| {
        (form.len(), text.get(..form.len()).is_some_and(|start| start.eq_ignore_ascii_case(form)))
    });
    lengths.into_iter().find_map(|(length, begins)| begins.then_some(length))
}

/// Whether a line has an escape sequence.
fn has_sequence(line: &[u8]) -> bool {
    memchr::memchr2_iter(b'\x1b', b'\\', line).any(|at| introducer(&line[at..]).is_some())
}

/// Whether a text ends in one.
fn ends_in_introducer(text: &[u8]) -> bool {
    INTRODUCERS.iter().any(|form| {
        text.len().checked_sub(form.len()).is_some_and(|at| text[at..].eq_ignore_ascii_case(form))
    })
}

/// Whether a line has no escapes but simple ones and those of colours (`ESC [ 1 ; 2 m`), and whether nothing that digits matter
/// behind can come together where such a sequence stood.
fn is_simple(line: &[u8]) -> bool {
    let mut has_colours = false;
    let all_simple = memchr::memchr2_iter(b'\x1b', b'\\', line).all(|at| {
        let sequence = introducer(&line[at..]);
        has_colours |= sequence.is_some();
        match (sequence, &line[at + sequence.unwrap_or(1)..]) {
            (None, [escape, ..]) => spells_plainly(*escape),
            (Some(_), [b'[', rest @ ..]) => {
                let last = rest.iter().find(|byte| !byte.is_ascii_digit() && **byte != b';');
                last.is_some_and(u8::is_ascii_alphabetic)
            }
            _ => false,
        }
    });
    all_simple && !(has_colours && memchr::memchr(b'>', line).is_some())
}

/// The 64 bytes of a text from `at` on; where it ends there, these and zeros, for which there is `room`.
#[inline(always)]
fn load<'t>(text: &'t [u8], at: usize, room: &'t mut Option<[u8; 64]>) -> &'t [u8; 64] {
    match text.get(at..).and_then(<[u8]>::first_chunk) {
        Some(bytes) => bytes,
        None => last(text, at, room),
    }
}

#[cold]
fn last<'r>(text: &[u8], at: usize, room: &'r mut Option<[u8; 64]>) -> &'r [u8; 64] {
    let rest = text.get(at..).unwrap_or_default();
    let room = room.insert([0; 64]);
    room[..rest.len()].copy_from_slice(rest);
    room
}

/// Which bytes are from `first` to `last`, a bit for each.
#[inline(always)]
fn in_range<S: Simd>(bytes: u8x32<S>, first: u8, last: u8) -> u64 {
    let off = bytes - u8x32::splat(bytes.simd, first);
    off.simd_le(u8x32::splat(bytes.simd, last - first)).to_bitmask()
}

/// How many bytes, of 64 from two places on, are the same, or both digits, up to the first that are not. Digits of an escape, and one
/// behind `>`, have to be the same: `asked` has the places where one may stand, in front of the call those among these bytes,
/// behind it those among the next.
#[inline(always)]
fn alike<S: Simd>(simd: S, text: &[u8], one: usize, other: usize, asked: &mut Option<u64>) -> usize {
    let (mut of_one, mut of_other) = (None, None);
    let (one, other) = (load(text, one, &mut of_one), load(text, other, &mut of_other));
    let (one, other) = (u8x64::from_slice(simd, one), u8x64::from_slice(simd, other));
    let splat = |byte| u8x64::splat(simd, byte);
    let mut here = 0;
    if let Some(asked) = asked {
        let is = |byte| one.simd_eq(splat(byte)).to_bitmask();
        let (escapes, tags) = (is(b'\\'), is(b'>'));
        here = *asked | escapes << 2 | escapes << 3 | escapes << 4 | tags << 1;
        *asked = escapes >> 62 | escapes >> 61 | escapes >> 60 | tags >> 63;
    }
    let mut odd = !one.simd_eq(other).to_bitmask();
    if odd != 0 {
        let is_digit = |bytes: u8x64<S>| (bytes - splat(b'0')).simd_le(splat(9)).to_bitmask();
        odd &= here | !(is_digit(one) & is_digit(other));
    }
    odd.trailing_zeros() as usize
}
