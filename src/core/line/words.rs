//! Lines that differ in nothing but digits and in words that no rule knows.
//!
//! Of most letters and digits a rule asks only whether they are some. So a line says the same as one that was judged where the two
//! differ in digits, in numbers, in what is not of ASCII, in paths that begin at a root and name nothing that is [`KNOWN_IN_PATHS`], in
//! names that have digits, as those of hosts and requests do, and in words that have none. Names and words hold nothing that is [`KNOWN`], are not
//! the beginning of it, and stand by themselves: with no other letter, no digit and no escape beside them. So does a flood of one
//! error differ that says another file, user or request on each line, whatever it is wrapped in.
//!
//! What a rule asks beyond that has to be seen to here: for a word in [`KNOWN`], for digits in [`alike`], for how something
//! begins and ends in [`is_word`], for times, dates and the like in [`can_number_stand`], for a version in [`number`], for what a path
//! stands in front of in [`may_end_in_phrase`], for the length of a tag in [`room`], for what a list begins with in [`is_first`], for
//! escapes and how long a line is in [`Stands`].
//! `tests/oracle.rs` has lines that ask for each.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into `dispatch!` is not compiled for its instruction set"
)]

use super::{FIRST, TAG_MAX};
use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, u8x32, u8x64};
use std::ops::Range;

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
            (None, [escape, ..]) => b"nrt\"'/".contains(escape),
            (Some(_), [b'[', rest @ ..]) => {
                let last = rest.iter().find(|byte| !byte.is_ascii_digit() && **byte != b';');
                last.is_some_and(u8::is_ascii_alphabetic)
            }
            _ => false,
        }
    });
    all_simple && !(has_colours && memchr::memchr(b'>', line).is_some())
}

/// Of what a word is made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Set {
    /// Letters, and digits.
    Letters,
    /// These, and what identifiers are joined with.
    Name,
    /// Digits.
    Number,
    /// What is not of ASCII: blanks, to most rules.
    Foreign,
    /// What the names of a path are made of, and slashes.
    Path,
}

impl Set {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Letters => byte.is_ascii_alphanumeric(),
            Self::Name => byte.is_ascii_alphanumeric() || is_joint(byte),
            Self::Number => byte.is_ascii_digit(),
            Self::Foreign => !byte.is_ascii(),
            Self::Path => byte.is_ascii_alphanumeric() || matches!(byte, b'-'..=b'/' | b'_'),
        }
    }
}

/// What stands side by side of a set.
#[derive(Clone, Copy)]
struct Word {
    set: Set,
    start: usize,
    end: usize,
    /// Whether it can stand for another, or another for it.
    stands: bool,
    /// How long another may be.
    longest: usize,
    /// Whether it may be part of a version, in front of the path of a program.
    may_be_version: bool,
    /// Whether it may be the first in a list, which an array begins like where that is a number.
    is_first: bool,
}

impl Word {
    const NONE: Self = Self {
        set: Set::Letters,
        start: usize::MAX,
        end: 0,
        stands: false,
        longest: 0,
        may_be_version: false,
        is_first: false,
    };
    /// One that is longer stands for no other: to look at it takes as long for a short line.
    const LONG: usize = 128;

    /// The one that stands around a place behind `last` of this line: the largest that stands for others, if there is one.
    /// Looks no further behind it than at so many bytes: another line may end there.
    fn around(text: &[u8], line: &Kept, last: usize, at: usize) -> Self {
        let sets = [Set::Path, Set::Name, Set::Letters, Set::Number, Set::Foreign];
        let none = Self { start: at, end: at, ..Self::NONE };
        sets.into_iter().find_map(|set| Self::of(set, text, line, last, at)).unwrap_or(none)
    }

    /// The one of this set, if it stands for others. Where escape sequences go, what stands around it may be something else.
    fn of(set: Set, text: &[u8], line: &Kept, last: usize, at: usize) -> Option<Self> {
        let is_own = |byte: &&u8| set.has(**byte);
        let back = text[last..at].iter().rev().take(Self::LONG).take_while(is_own).count();
        let ahead = text[at..line.end].iter().take(Self::LONG).take_while(is_own).count();
        let (start, end) = (at - back, at + ahead);
        let (before, word, behind) = (&text[line.start..start], &text[start..end], &text[end..line.end]);
        let is_it = can_stand(set, before, behind) && is_word(set, word, word.iter().any(u8::is_ascii_digit));
        let needs_its_place = !matches!(set, Set::Letters | Set::Foreign);
        if !is_it
            || needs_its_place && line.has_sequence
            || (start..end).any(|place| has_known(text, place, 1, start, set))
        {
            return None;
        }
        let number = if matches!(set, Set::Name | Set::Path) { number(before) } else { None };
        if number == Some(Number::Alone) {
            return None;
        }
        Some(Self {
            set,
            start,
            end,
            stands: true,
            longest: word.len() + room(before, word, behind)?,
            may_be_version: number.is_some(),
            is_first: is_first(before),
        })
    }
}

/// How much longer a word may be between these: a tag in brackets has no more than so many characters.
fn room(before: &[u8], word: &[u8], behind: &[u8]) -> Option<usize> {
    let brackets = memchr::memrchr2_iter(b'[', b']', before).filter(|at| !ends_in_introducer(&before[..*at]));
    let Some(open) = brackets.take_while(|at| before[*at] == b'[').last() else { return Some(Word::LONG) };
    let behind = &behind[..behind.len().min(TAG_MAX)];
    let length = before.len() - open + word.len() + memchr::memchr(b']', behind)? + 1;
    TAG_MAX.checked_sub(length).map(|room| room / Kept::OTHERS)
}

/// Whether what stands behind this may be the first in a list: nothing stands between it and a bracket that opens but blanks,
/// or what may spell them.
fn is_first(before: &[u8]) -> bool {
    let may_be_blank = |byte: u8| byte.is_ascii_alphanumeric() || b" \t\r\x0c\\|".contains(&byte);
    before.iter().rev().find(|byte| !may_be_blank(**byte)) == Some(&b'[')
}

/// Where the word ends that begins at `start`, if it can stand for another there.
#[inline(always)]
fn end_of_word<S: Simd>(simd: S, text: &[u8], start: usize, set: Set) -> Option<usize> {
    let (mut end, mut has_digit, mut room) = (start, false, None);
    loop {
        // With those behind them: as many as two of its letters look ahead.
        let near = load(text, end, &mut room);
        let from = |at: usize| u8x32::from_slice(simd, &near[at..at + 32]);
        let bytes = from(0);
        let is = |byte: u8| bytes.simd_eq(u8x32::splat(simd, byte)).to_bitmask();
        let digits = in_range(bytes, b'0', b'9');
        let letters = in_range(bytes | u8x32::splat(simd, 0x20), b'a', b'z');
        let (others, beginnings) = match set {
            Set::Letters => (letters, &BEGINNINGS),
            Set::Name => (letters | is(b'-') | is(b'_'), &BEGINNINGS),
            Set::Number => (0, &BEGINNINGS),
            Set::Foreign => (in_range(bytes, 0x80, 0xff), &BEGINNINGS),
            Set::Path => (letters | in_range(bytes, b'-', b'/') | is(b'_'), &BEGINNINGS_IN_PATHS),
        };
        let digits = if matches!(set, Set::Foreign) { 0 } else { digits };
        let length = (!(others | digits)).trailing_zeros();
        let own = !(u64::MAX << length);
        let known = beginnings[0].have(bytes) & beginnings[1].have(from(1)) & beginnings[2].have(from(2));
        let known = !known.simd_eq(u8x32::splat(simd, 0)).to_bitmask() & own;
        has_digit |= digits & own != 0;
        if known != 0 && has_known(text, end, known, start, set) {
            return None;
        }
        end += length as usize;
        if length < 32 || end - start > Word::LONG {
            return is_word(set, &text[start..end], has_digit).then_some(end);
        }
    }
}

/// What a number is that the last word but one in front of something ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    /// All of the word, or it is not sure: behind the id of a process the next word is a version, whose dots and digits tell.
    Alone,
    /// The end of a time, or of something else that no line begins with; the id of a process if a marker begins there.
    Part,
}

/// The number in front of the word that goes on behind this, if there is one.
fn number(before: &[u8]) -> Option<Number> {
    let near = &before[before.len().saturating_sub(Word::LONG)..];
    let is_cut = near.len() < before.len();
    let Some(blank) = memchr::memrchr(b' ', near) else { return is_cut.then_some(Number::Alone) };
    let digits = near[..blank].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    match &near[..blank - digits] {
        rest if digits == 0 => (rest.is_empty() && is_cut).then_some(Number::Alone),
        [.., b'.' | b',' | b'-' | b'/' | b'=' | b'_'] => Some(Number::Part),
        [.., digit, b':'] if digit.is_ascii_digit() => Some(Number::Part),
        _ => Some(Number::Alone),
    }
}

/// Whether a word of which no part is known can stand for another, or another for it, where one can.
fn is_word(set: Set, word: &[u8], has_digit: bool) -> bool {
    let is_it = match set {
        // No month, nor the state of a step.
        Set::Letters => {
            let mut bytes = word.iter();
            let is_long = match word.len() {
                0..=2 => false,
                3 => bytes.all(u8::is_ascii_lowercase),
                _ => bytes.any(u8::is_ascii_lowercase),
            };
            is_long && !has_digit
        }
        // No time, which has one capital at most.
        Set::Name => {
            let has_letters = word.iter().any(u8::is_ascii_lowercase)
                || word.iter().filter(|byte| byte.is_ascii_uppercase()).nth(1).is_some();
            let begins_well = word.first().is_some_and(u8::is_ascii_alphanumeric);
            has_digit && has_letters && begins_well
        }
        // No seconds since the epoch, no longer one than the id of a process.
        Set::Number => (1..=7).contains(&word.len()),
        Set::Foreign => !word.is_empty(),
        // No date, nor the number of a step.
        Set::Path => word.starts_with(b"/"),
    };
    is_it && word.len() <= Word::LONG
}

/// Whether one can between these, of a line without its newline.
fn can_stand(set: Set, before: &[u8], behind: &[u8]) -> bool {
    let (last, next) = (before.last().unwrap_or(&b' '), behind.first().unwrap_or(&b'\n'));
    let is_apart = || STANDS[usize::from(*last)] & BEHIND != 0 && STANDS[usize::from(*next)] & BEFORE != 0;
    let is_of_escape = || *last == b'[' && ends_in_introducer(&before[..before.len() - 1]);
    // What stands behind an escape sequence comes together with it.
    if introducer(behind).is_some() {
        return false;
    }
    match set {
        Set::Letters => is_apart() && !is_of_escape(),
        Set::Name => is_apart() && !is_of_escape() && !may_have_index(behind),
        Set::Number => can_number_stand(before, behind),
        // It may be a quote, but in front of no sentinel.
        Set::Foreign => STANDS[usize::from(*next)] & BEFORE != 0,
        Set::Path => {
            let stands = b" \"'(=".contains(last) && b":\"' ,)\n".contains(next);
            stands && !may_have_index(behind) && !may_end_in_phrase(behind)
        }
    }
}

/// Whether the last name of a path in front of this may be the first word of a phrase: of a sentinel, or of what is quoted back.
fn may_end_in_phrase(behind: &[u8]) -> bool {
    const RESTS: [&[u8]; 7] =
        [b" to update", b" file system", b" failed running [", b" command ", b" \"", b" \\\"", b" \\\\"];
    RESTS.iter().any(|rest| behind.get(..rest.len()).is_some_and(|start| start.eq_ignore_ascii_case(rest)))
}

/// Whether a bar may stand behind blanks here, which tells a service whose name has an index from others.
fn may_have_index(behind: &[u8]) -> bool {
    let blanks = behind.iter().take(Word::LONG).take_while(|byte| byte.is_ascii_whitespace()).count();
    match behind[blanks..] {
        // It is not sure.
        _ if blanks == Word::LONG => true,
        [b'|', ..] => blanks > 0,
        // A blank that is spelled.
        [b'\\', b't' | b'r', ..] => true,
        _ => false,
    }
}

/// Whether a number can stand for one of another length: it is none of a time, a date, or what a step takes, and no exit status.
fn can_number_stand(before: &[u8], behind: &[u8]) -> bool {
    let is_of_number = |byte: &&u8| byte.is_ascii_digit() || **byte == b'.';
    let own = before.iter().rev().take_while(is_of_number).count();
    let (before, own) = before.split_at(before.len() - own);
    let rest = behind.iter().take(Word::LONG).take_while(is_of_number).count();
    let (rest, behind) = behind.split_at(rest);
    if rest.len() == Word::LONG {
        return false;
    }
    let is_fraction = own.iter().chain(rest).filter(|byte| **byte == b'.').count() == 1;
    // Whether it may be what a line begins with, once that is freed of prefixes or out of an envelope.
    let may_begin = match before {
        [.., b'=' | b'(' | b'[' | b',' | b'*' | b'#'] | [.., b'"', b':'] => false,
        [.., letter, b'-' | b'_'] if letter.is_ascii_alphabetic() => false,
        [] | [.., b'"' | b'\'' | b'\t'] => true,
        [words @ .., b' '] if !ends_in_month_or_status(words) => true,
        _ => return false,
    };
    match behind {
        [] => true,
        [b' ', ..] => !(is_fraction && may_begin),
        [b':', next @ ..] => !next.first().is_some_and(u8::is_ascii_digit),
        [b'-' | b'_' | b'/', ..] => !may_begin,
        // A slash may be spelled, too.
        [b'\\', escape, ..] => b"nrt\"'".contains(escape),
        [next, ..] => b"%,)]}\"'&;>#".contains(next),
    }
}

/// Whether a day of a month or an exit status may stand behind a blank behind these.
fn ends_in_month_or_status(words: &[u8]) -> bool {
    match words {
        [.., month, b'a'..=b'z', b'a'..=b'z'] if month.is_ascii_uppercase() => true,
        [] | [.., b's' | b'S'] => true,
        [.., b'"', b':'] => false,
        [.., last] => *last == b':' || !last.is_ascii_graphic(),
    }
}

/// What the parts of a name are joined with.
fn is_joint(byte: u8) -> bool {
    matches!(byte, b'-' | b'_')
}

/// Whether a word that rules know begins at one of these places behind `at`, or all of the one that begins at `start` is the
/// beginning of one. In either case.
#[inline(never)]
fn has_known(text: &[u8], at: usize, mut places: u64, start: usize, set: Set) -> bool {
    // How many letters of a known word stand at the beginning of another.
    let same = |known: &[u8; LONGEST], word: &[u8]| {
        known.iter().zip(word).take_while(|(known, byte)| **known == byte.to_ascii_lowercase()).count()
    };
    let is_whole = |known: &[u8; LONGEST], same: usize| known.get(same).is_none_or(|next| *next == 0);
    while places != 0 {
        let at = at + places.trailing_zeros() as usize;
        let word = &text[at..];
        let is_known = match set {
            Set::Number | Set::Foreign => false,
            Set::Letters | Set::Name if !may_begin(word) => false,
            Set::Letters | Set::Name => {
                let first = word[0].to_ascii_lowercase();
                let of_letter = KNOWN.partition_point(|known| known[0] < first)..;
                KNOWN[of_letter].iter().take_while(|known| known[0] == first).any(|known| {
                    let same = same(known, word);
                    is_whole(known, same) || at == start && !word.get(same).is_some_and(|next| set.has(*next))
                })
            }
            Set::Path => KNOWN_IN_PATHS.iter().any(|known| is_whole(known, same(known, word))),
        };
        if is_known {
            return true;
        }
        places &= places - 1;
    }
    false
}

/// Whether a known word may begin like this: most do not.
fn may_begin(word: &[u8]) -> bool {
    const SECOND: [u32; 32] = {
        let (mut second, mut i) = ([0; 32], 0);
        while i < KNOWN.len() {
            second[KNOWN[i][0] as usize % 32] |= 1 << (KNOWN[i][1] % 32);
            i += 1;
        }
        second
    };
    matches!(word, [first, second, ..] if SECOND[usize::from(*first) % 32] >> (second % 32) & 1 != 0)
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

/// What a word stands by itself behind, and in front of: it is none of an escape, of an escape sequence, or of another word.
const STANDS: [u8; 256] = {
    let mut stands = [0; 256];
    let sides: [(&[u8], u8); 2] = [
        (b" \t\r!\"$%&'(*+,-./:<=>?@[]^_`{}~", BEHIND),
        (b" \t\r\n!\"$%&'()*+,-./:;<=>?@[\\]^_`{}~", BEFORE),
    ];
    let mut side = 0;
    while side < sides.len() {
        let mut i = 0;
        while i < sides[side].0.len() {
            stands[sides[side].0[i] as usize] |= sides[side].1;
            i += 1;
        }
        side += 1;
    }
    // What is not of ASCII.
    let mut foreign = 0x80;
    while foreign < 256 {
        stands[foreign] = BEHIND | BEFORE;
        foreign += 1;
    }
    stands
};
const BEHIND: u8 = 1;
const BEFORE: u8 = 2;

/// The words that rules know, of three letters or more, all small: those of the sentinels, of what is quoted back, of the files of the
/// state directory, of the keys of envelopes, of operations, and of what is put behind a cause. Left out are those in which
/// another stands, unless a line that is cut off may end in their beginning.
const KNOWN: [[u8; LONGEST]; 65] = words(
    b"activity body build chmod chown close code command content current data defaults description detail docker err event \
      executor exit failed file fsync full instances internal last lchown line link lock log lstat message mkdir msg name non \
      only open out process raw read refs remove rename returned running short stat step stringvalue sync system text the time \
      tmp unknown unlinkat update vertexes warnings write zero",
);
const LONGEST: usize = "stringvalue".len();

/// Those of a path, in either case: of the state directory, of which another stands for no other, and of the programs that a
/// line can begin with.
const KNOWN_IN_PATHS: [[u8; LONGEST]; 3] = words(b"activity build docker");

/// The words of a text, in the order of the alphabet, each with zeros behind it.
const fn words<const COUNT: usize>(text: &[u8]) -> [[u8; LONGEST]; COUNT] {
    let (mut words, mut word, mut letter, mut i) = ([[0; LONGEST]; COUNT], 0, 0, 0);
    while i < text.len() {
        if text[i] == b' ' {
            (word, letter) = (word + 1, 0);
            assert!(text[i + 1] >= words[word - 1][0], "out of order");
        } else {
            words[word][letter] = text[i];
            letter += 1;
        }
        i += 1;
    }
    assert!(word + 1 == COUNT, "another number of words");
    words
}

/// Which letters known words have in one place, in eight groups, a bit for each: a byte is in those that have both its low and its
/// high nibble. So is every such letter, and some others.
struct Letters {
    low: [u8; 32],
    high: [u8; 32],
}

impl Letters {
    const fn at<const COUNT: usize>(place: usize, of: &[[u8; LONGEST]; COUNT]) -> Self {
        let (mut low, mut high, mut i) = ([0; 32], [0; 32], 0);
        while i < COUNT {
            // Those have few letters in common.
            let group = match of[i][0] {
                b'a' | b'd' | b'i' => 1,
                b'b' | b'n' | b'r' => 1 << 1,
                b'c' | b's' => 1 << 2,
                b'e' | b'p' => 1 << 3,
                b'f' | b'o' => 1 << 4,
                b'l' | b'm' => 1 << 5,
                b't' | b'v' | b'z' => 1 << 6,
                _ => 1 << 7,
            };
            let letter = of[i][place] as usize;
            // For each sixteen bytes of a vector.
            let mut half = 0;
            while half < 32 {
                low[letter % 16 + half] |= group;
                // In either case.
                high[letter / 16 + half] |= group;
                high[letter / 16 - 2 + half] |= group;
                half += 16;
            }
            i += 1;
        }
        Self { low, high }
    }

    const fn of<const COUNT: usize>(words: &[[u8; LONGEST]; COUNT]) -> [Self; 3] {
        [Self::at(0, words), Self::at(1, words), Self::at(2, words)]
    }

    /// Which of the groups each byte is in.
    #[inline(always)]
    fn have<S: Simd>(&self, bytes: u8x32<S>) -> u8x32<S> {
        let answers = |table: &[u8; 32], nibbles| {
            u8x32::from_slice(bytes.simd, table).swizzle_dyn_within_blocks(nibbles)
        };
        answers(&self.low, bytes & u8x32::splat(bytes.simd, 0xf)) & answers(&self.high, bytes >> 4)
    }
}

const BEGINNINGS: [Letters; 3] = Letters::of(&KNOWN);
const BEGINNINGS_IN_PATHS: [Letters; 3] = Letters::of(&KNOWN_IN_PATHS);

#[cfg(test)]
mod tests {
    use super::*;

    /// How long the lines are behind the first that say what it says, if it was kept.
    fn said(text: &str) -> usize {
        let lengths = [Level::new(), Level::baseline()].map(|level| {
            let mut words = Words::new();
            let length = text.find('\n').unwrap_or(text.len());
            words.keep(text.as_bytes(), 0, length);
            words.said(level, text.as_bytes(), length + 1) - length - 1
        });
        assert_eq!(lengths[0], lengths[1]);
        lengths[0]
    }

    #[test]
    fn lines_with_other_digits_say_the_same() {
        for (text, length) in [
            ("a1\n", 0),
            ("a1\na2\n", 3),
            ("a1\na2\na3\nb4\na5\n", 6),
            ("a1\na2\na3", 3),
            ("a1\nab\n", 0),
            ("a1\na\n2\n", 0),
            ("a1\na+2\n", 0),
            ("ab\na1\n", 0),
            ("ab\nab\n", 3),
            ("ab\nAb\n", 0),
            ("a0\na/\n", 0),
            ("a9\na:\n", 0),
            ("a:\na9\n", 0),
            ("\n\n\n", 0),
            ("\nx\n", 0),
            ("é1\né2\n", 4),
            // Digits that a rule may ask for.
            ("1\\u001b[1m1\n2\\u001B[1m2\n", 0),
            ("1\\u001b[1m1\n2\\u001b[2m2\n", 12),
            ("1\\u001B[1m1\n2\\u001B[2m2\n", 12),
            ("1\\u001b[1m1\n1\\u002b[1m1\n", 0),
            ("1\\x1b[1m1\n2\\x1b[2m2\n", 10),
            ("1\\x1b[1m1\n1\\x2b[1m1\n", 0),
            ("<34>1 x\n<56>1 x\n", 8),
            ("<34>1 x\n<34>2 x\n", 0),
            ("<34>11\n<56>12\n", 7),
            ("<34>x1\n<56>x2\n", 7),
            ("<34>\n<56>\n", 5),
            // Other escapes of a string, and what comes together where one stood, are not looked into.
            ("1\\n\\r\\t\\\"\\'\\/ x y 1\n2\\n\\r\\t\\\"\\'\\/ x y 2\n", 20),
            ("\\u0020\n\\u0020\n", 0),
            ("\\u005cu0020\n\\u005cu0020\n", 0),
            ("\\x20\n\\x20\n", 0),
            ("\\\\u001b\n\\\\u001b\n", 0),
            ("\\q\n\\q\n", 0),
            ("\\\n\\\n", 0),
            ("\x1b[1m1\n\x1b[2m2\n", 6),
            ("\x1b[1m\\n\n\x1b[1m\\n\n", 7),
            ("\\\x1b[1mn\n\\\x1b[1mn\n", 0),
            ("\x1b[1m>\n\x1b[1m>\n", 0),
            ("\\u001b[1m>\n\\u001b[1m>\n", 0),
            // Nor are other sequences.
            ("\x1b7\n\x1b7\n", 0),
            ("\x1b[?25h\n\x1b[?25h\n", 0),
            ("\x1b[1\n\x1b[1\n", 0),
            ("\\u001b]8;;x\n\\u001b]8;;x\n", 0),
        ] {
            assert_eq!(said(text), length, "{text:?}");
        }
    }

    /// Whether the second line says what the first says.
    fn say_the_same(lines: &[(&str, &str, bool)]) {
        for (one, other, is_same) in lines {
            let text = format!("{one}\n{other}\n");
            let length = if *is_same { other.len() + 1 } else { 0 };
            assert_eq!(said(&text), length, "{text:?}");
            // Wherever they begin in what is looked at.
            for before in [1, 5, 31, 32, 33, 64, 100] {
                let before = "y ".repeat(before);
                let text = format!("{before}{one}\n{before}{other}\n{before}{other}\n");
                let length = if *is_same { 2 * (before.len() + other.len() + 1) } else { 0 };
                assert_eq!(said(&text), length, "{text:?}");
            }
        }
    }

    #[test]
    fn lines_with_other_words_say_the_same() {
        say_the_same(&[
            ("x abc: y", "x vwxyzabc: y", true),
            ("x abc: y", "x abcd: y", true),
            ("abc: y", "aut: y", true),
            ("x: abc", "x: vuts", true),
            ("x abc 1", "x vuts 2", true),
            ("abc vuts.abc", "aut abc.vuts", true),
            ("abc=abc,abc=abc_abc-abc", "aut=abc,vuts=abc_abc-abc", true),
            ("abc_abc-abc", "abc_vuts-vuts", true),
            (r#"{"abc":"abc","abc":1}"#, r#"{"vuts":"vuts","vuts":1}"#, true),
            (r#"{"abc":"abc\n"}"#, r#"{"abc":"vuts\n"}"#, true),
            ("x 'abc' (abc)", "x 'abc' (vuts)", true),
            ("[x] abc: y", "[x] vuts: y", true),
            ("x\tabc\t: y", "x\tvuts\t: y", true),
            ("x\rabc\r: y", "x\rvuts\r: y", true),
            ("x Xabc: y", "x vutS: y", true),
            ("x AbcdE: y", "x WXYz: y", true),
            // A step may be in that state.
            ("x AbcdE: y", "x WXYZ: y", false),
            ("x WXYZ: y", "x AbcdE: y", false),
            // They are short, and could be a month.
            ("x Abc: y", "x Xyz: y", false),
            ("x Abcd: y", "x Xyz: y", false),
            ("x abcd: y", "x xyZ: y", false),
            ("x ab: y", "x cd: y", false),
            ("x abc: y", "x ab: y", false),
            ("x abc: y", "x : y", false),
            ("x  y", "x abc y", false),
            // What is behind a word is another character.
            ("x abc: y", "x aut, y", false),
            ("x abc: y", "x vu, y", false),
            ("x abc: y", "x vuts, y", false),
            ("abc: y", "a, y", false),
            // Something else stands beside them.
            ("x éabc: y", "x évuts: y", true),
            ("x abcé: y", "x vutsé: y", true),
            (r"x \nabc: y", r"x \nvuts: y", false),
            ("x |abc: y", "x |vuts: y", false),
            ("x \x1b[1mabc: y", "x \x1b[1mvuts: y", false),
            ("x abc\x1b[1m: y", "x vuts\x1b[1m: y", false),
            (r"x abc\u001b[1m: y", r"x vuts\u001b[1m: y", false),
            (r"x abc\x1B[1m: y", r"x vuts\x1B[1m: y", false),
            ("x [abc] y", "x [vuts] y", true),
            ("[x abc: y]", "[x vuts: y]", true),
            ("x abc: [y", "x vuts: [y", true),
            ("x abc[y]", "x vuts[y]", true),
            ("[y]abc", "[y]vuts", true),
            ("[x abc: y", "[x vuts: y", false),
            ("x abc1: y", "x vuts: y", false),
            ("x abc: y", "x 123: y", false),
        ]);
    }

    #[test]
    fn lines_with_other_paths_say_the_same() {
        say_the_same(&[
            // In a path that begins at a root there may be anything of a name.
            ("x /abc1: y", "x /2: y", true),
            ("x /a: y", "x /A-b/c_d/1.2: y", true),
            ("x /a/b: y", "x /a: y", true),
            ("x (/a: y", "x (/b: y", true),
            ("x '/a': y", "x '/b/': y", true),
            (r#"x "/a": y"#, r#"x "//": y"#, true),
            (
                r#"x "/a
": y"#,
                r#"x "/b
": y"#,
                false,
            ),
            ("/a: y", "/b: y", true),
            ("x /log: y", "x /process: y", true),
            ("x /a: y", "x a: y", false),
            ("x a: y", "x /a: y", false),
            ("x /a: y", "x : y", false),
            ("x : y", "x /a: y", false),
            ("x a/b: y", "x a/c: y", false),
            ("x=/a: y", "x=/b: y", true),
            ("x\t/a: y", "x\t/b: y", false),
            ("x /a y", "x /b y", true),
            ("x /a, y", "x /b, y", true),
            ("(x /a)", "(x /b)", true),
            ("x /a", "x /b", true),
            ("x /a; y", "x /b; y", false),
            ("x:/a: y", "x:/b: y", false),
            ("x /a: y", "x /b y", false),
            ("x /a-1 y", "x /b y", true),
            ("x /a y", "x /1 y", true),
            ("x /a: y", "x /b\": y", false),
            ("x /a: y", "x /b+: y", false),
            ("x /abc x: y", "x /quux x: y", true),
            ("x /abc", "x /quux", true),
            // But what is the path of a program, or of the state directory.
            ("x /a: y", "x /docker: y", false),
            ("x /a: y", "x /x/.DockeR/x: y", false),
            ("x /a: y", "x /buildx/refs: y", false),
            ("x /a: y", "x /x/ACTIVITY: y", false),
            ("x /docker: y", "x /a: y", false),
            ("x /a: docker", "x /1: docker", true),
            ("docker x /a: y", "docker x /1: y", true),
            ("1 /a: y", "1 /1: y", false),
            ("1 x'/a': y", "1 x'/b': y", false),
            ("1  /a: y", "1  /b: y", true),
            ("12:30 /a: docker", "12:30 /b: docker", false),
            ("12:30 /a: y", "12:30 /b: y", true),
            ("12:30 /a: build", "12:30 /1: build", false),
        ]);
    }

    #[test]
    fn lines_with_other_names_say_the_same() {
        say_the_same(&[
            ("x a1b: y", "x 1AB-2_c: y", true),
            ("x a1b y", "x c0ffee y", true),
            ("x=a1b,y", "x=c0ffee,y", true),
            ("x \"a1b\" (a1b) '/a1b/'", "x \"ab2\" (ab2) '/ab2/'", true),
            ("x a1b.example", "x ab2.example", true),
            (r#"{"x":"a1b\n"}"#, r#"{"x":"ab2\n"}"#, true),
            ("web-1a2b-x9k: y", "web-1-x: y", true),
            ("a1b: y", "ab2: y", true),
            // One has no digit, or next to no letters.
            ("x a1b: y", "x abc: y", false),
            ("x a1b: y", "x 123: y", false),
            ("x a1b: y", "x 12a: y", true),
            ("x a1b: y", "x 12A: y", false),
            ("x a1b: y", "x 12AB: y", true),
            ("x a-1-b: y", "x 2026-11-23T21: y", false),
            // It begins or ends with something else.
            ("x a1b: y", "x -ab2: y", false),
            ("x a1b: y", "x _ab2: y", false),
            ("x a1b: y", "x ab2-: y", true),
            ("x a1b: y", "x ab-2: y", true),
            // It may be the index of a service.
            ("x a1b | y", "x ab-2 | y", false),
            ("x a1b  | y", "x ab2  | y", false),
            ("x a1b \x1b[0m| y", "x ab2 \x1b[0m| y", false),
            (r"x a1b\t| y", r"x ab2\t| y", false),
            (r"x a1b \u001b[0m| y", r"x ab2 \u001b[0m| y", false),
            (r"x a1b\n| y", r"x ab2\n| y", true),
            (r"x a1b\u001b[0my", r"x ab2\u001b[0my", false),
            (r"x /a \n| y", r"x /b \n| y", true),
            // What stands around it may be something else, where an escape sequence goes.
            (r"x\u001b[0m a1b y", r"x\u001b[0m ab2 y", false),
            ("x a1b y \x1b[0m", "x ab2 y \x1b[0m", false),
            ("x /a | y", "x /b | y", false),
            // Its last name may be the first word of a phrase.
            ("x /a to update y", "x /b to update y", false),
            ("x /a to y", "x /b to y", true),
            ("x /a File System", "x /b File System", false),
            ("x /a failed running [y", "x /b failed running [y", false),
            ("x /a command y", "x /b command y", false),
            (r#"x /a "y"#, r#"x /b "y"#, false),
            (r#"x /a \"y"#, r#"x /b \"y"#, false),
            (r#"x /a \\"y"#, r#"x /b \\"y"#, false),
            // Something else stands beside it.
            ("x .a1b: y", "x .ab2: y", true),
            ("x |a1b: y", "x |ab2: y", false),
            ("x a1b|: y", "x ab2|: y", false),
            ("x éa1b: y", "x éab2: y", true),
            (r"x \ta1b: y", r"x \tab2: y", false),
            ("x [a1b] y", "x [ab2] y", true),
            // An array may begin there.
            ("x [a1b] y", "x [1ab] y", false),
            ("x [ a1b] y", "x [ 1ab] y", false),
            ("x [y, a1b] y", "x [y, 1ab] y", true),
            // It may be part of a version.
            ("1 a1b: y", "1 ab2: y", false),
            ("x1 a1b: y", "x1 ab2: y", false),
            ("1  a1b: y", "1  ab2: y", true),
            ("12:30 a1b: y", "12:30 ab2: y", true),
            ("12:30 a1b: docker", "12:30 ab2: docker", false),
            // A rule knows what stands in it.
            ("x a1b: y", "x a1b-Process: y", false),
            ("x a1b-process: y", "x a1b: y", false),
            ("x a1b: y", "x Log1: y", false),
            ("x a1b: y", "x activity1: y", false),
            ("x a1b: y", "x proces1: y", true),
        ]);
    }

    #[test]
    fn lines_with_longer_numbers_say_the_same() {
        say_the_same(&[
            ("x 1 y", "x 1234567 y", true),
            ("x 1234567 y", "x 12345678 y", false),
            ("x 12345678 y", "x 1 y", false),
            ("1 y", "12 y", true),
            ("x=1,y=12", "x=123,y=1234", true),
            (r#"{"x":1,"y": 12}"#, r#"{"x":123,"y": 1234}"#, true),
            ("x (1) [2] *3 #4", "x (12) [23] *34 #45", true),
            ("pool-1-thread-2 y", "pool-12-thread-23 y", true),
            ("x_1: y", "x_12: y", true),
            ("x 1", "x 12", true),
            ("x 1: y", "x 12: y", true),
            ("x 1%, y", "x 12%, y", true),
            // A part of a time or a date.
            ("x 1:00 y", "x 12:00 y", false),
            ("x 00:1 y", "x 00:12 y", false),
            ("x=1:00 y", "x=12:00 y", false),
            ("x 1-2 y", "x 12-2 y", false),
            ("x 1/2 y", "x 12/2 y", false),
            (r"x 1\/2 y", r"x 12\/2 y", false),
            (r"x 1\n2 y", r"x 12\n2 y", true),
            ("x 2-1 y", "x 2-12 y", false),
            ("Nov 1 y", "Nov 12 y", false),
            ("Nov  1 y", "Nov  12 y", false),
            ("nov 1 y", "nov 12 y", true),
            ("x+1 y", "x+12 y", false),
            // What a step takes.
            ("x 1.5 y", "x 12.5 y", false),
            ("x 0.5 y", "x 0.55 y", false),
            ("x (1:\x1b[0m00", "x (12:\x1b[0m00", false),
            ("0.5 y", "0.55 y", false),
            (r#"{"x":"0.5 y"}"#, r#"{"x":"0.55 y"}"#, false),
            ("x 1.5, y", "x 12.55, y", true),
            ("x 0.5", "x 0.55", true),
            ("x=1.5 y", "x=12.55 y", true),
            ("x (1.5 y)", "x (12.5 y)", true),
            ("x 1.2.3.4 y", "x 10.20.30.40 y", true),
            // An exit status.
            ("x status 1", "x status 1234", false),
            (r"x (1\u001b[0m:00", r"x (12\u001b[0m:00", false),
            ("x STATUS 1", "x STATUS 1234", false),
            ("x code: 1", "x code: 1234", false),
            ("x statu\x1b[0ms\x1b[0m 1", "x statu\x1b[0ms\x1b[0m 1234", false),
            (r#"{"x":"y\u001b[0m z 1"}"#, r#"{"x":"y\u001b[0m z 1234"}"#, false),
            // Part of a word, or of an escape sequence.
            ("x\x1b[1;1m y", "x\x1b[1;12m y", false),
            ("x1x y", "x12x y", true),
            ("x~1 y", "x~12 y", false),
            ("x 1~ y", "x 12~ y", false),
        ]);
    }

    #[test]
    fn lines_with_other_letters_than_those_of_ascii_say_the_same() {
        say_the_same(&[
            ("x é: y", "x дом: y", true),
            ("é y", "“ y", true),
            ("x/é/y", "x/дом/y", true),
            ("xé y", "xдом y", true),
            ("7é y", "8дом y", true),
            ("x é", "x дом", true),
            // A sentinel may stand there.
            ("x éy", "x домy", false),
            ("x éY", "x домY", false),
            ("x é7", "x дом7", false),
            (r"x é\u001b[0my", r"x дом\u001b[0my", false),
            ("x é y", "x e y", false),
            ("x e y", "x é y", false),
            ("x é y", "x  y", false),
        ]);
    }

    #[test]
    fn a_tag_has_its_length() {
        for (tag, longer, is_same) in
            [(20, 5, true), (20, 6, false), (56, 1, true), (57, 1, false), (64, 0, true), (65, 0, false)]
        {
            let one = format!("[{} abcd] y", "x".repeat(tag - "[ abcd]".len()));
            let other = one.replace("abcd", &"j".repeat(4 + longer));
            let text = format!("{one}\n{other}\n");
            assert_eq!(said(&text) > 0, is_same, "{tag} {longer}");
            let text = format!("[x] {one}\n[x] {other}\n");
            assert_eq!(said(&text) > 0, is_same, "{tag} {longer}");
            // In none it may be as long as any.
            let text = format!("{one} abc\n{one} {}\n", "j".repeat(100));
            assert!(said(&text) > 0);
        }
        for (before, behind, room) in [
            ("x ", " y", Some(Word::LONG)),
            ("[x] ", " [y]", Some(Word::LONG)),
            ("\x1b[1m", " y", Some(Word::LONG)),
            ("[x ", " y", None),
            ("[x [y ", "] z]", Some((TAG_MAX - 11) / Kept::OTHERS)),
            ("[\x1b[1m", "] y", Some((TAG_MAX - 9) / Kept::OTHERS)),
        ] {
            assert_eq!(super::room(before.as_bytes(), b"word", behind.as_bytes()), room, "{before}{behind}");
        }
    }

    #[test]
    fn words_that_a_rule_knows_say_something_else() {
        say_the_same(&[
            // A rule knows them, or what they may be the beginning of.
            ("x abc: y", "x process: y", false),
            ("x process: y", "x abc: y", false),
            ("x abc: y", "x abcprocessabc: y", false),
            ("x abc: y", "x abcprocess: y", false),
            ("x abc: y", "x processabc: y", false),
            ("x abc: y", "x proces: y", false),
            ("x abc: y", "x procesx: y", true),
            ("x abc: y", "x abcproces: y", true),
            ("x abc: y", "x pro: y", false),
            ("x/abc: y", "x/pro: y", false),
            ("x abc: y", "x unlin: y", false),
            ("x abc: y", "x instances: y", false),
            ("x abc: y", "x instance: y", false),
            ("x abc: y", "x activity: y", false),
            ("x abc: y", "x zero: y", false),
            ("x abc: y", "x Process: y", false),
            ("x PROCESS: y", "x Abcd: y", false),
            ("x abc: y", "x PROC: y", false),
        ]);
    }

    /// A short line may end there.
    #[test]
    fn nobody_looks_far_behind_a_word() {
        for (one, other, behind) in [("x a1b", "x ab2", " "), ("x 1", "x 22", ".")] {
            for (length, is_same) in [(Word::LONG - 1, true), (Word::LONG, false), (10_000, false)] {
                let behind = behind.repeat(length);
                let text = format!("{one}{behind}, y\n{other}{behind}, y\n");
                assert_eq!(said(&text) > 0, is_same, "{one} {length}");
            }
        }
    }

    #[test]
    fn a_number_in_front_of_a_word() {
        use Number::{Alone, Part};
        let long = "x".repeat(Word::LONG);
        for (before, found) in [
            ("", None),
            ("1", None),
            (" ", None),
            ("x ", None),
            ("x x", None),
            ("1 ", Some(Alone)),
            ("1 x", Some(Alone)),
            ("1  ", None),
            ("x 12 x", Some(Alone)),
            ("x12 x", Some(Alone)),
            ("]12 x", Some(Alone)),
            ("12:30 x", Some(Part)),
            (":30 x", Some(Alone)),
            ("x:30 x", Some(Alone)),
            ("]:30 x", Some(Alone)),
            ("2026-11-23 x", Some(Part)),
            ("2026/11/23 x", Some(Part)),
            (".3 x", Some(Part)),
            (",3 x", Some(Part)),
            ("x=3 x", Some(Part)),
            ("x_3 x", Some(Part)),
            ("3: x", None),
            // It is not sure where so much stands between.
            (&format!("1 {long}"), Some(Alone)),
            (&format!("1 {}", &long[1..]), Some(Alone)),
            (&format!("x {long}"), Some(Alone)),
            (&format!("x {}", &long[1..]), Some(Alone)),
            (&format!("x {}", &long[2..]), None),
            (&format!(" {}", &long[1..]), None),
        ] {
            assert_eq!(number(before.as_bytes()), found, "{before}");
        }
    }

    #[test]
    fn every_known_word_is_known() {
        let long = "j".repeat(40);
        for known in KNOWN {
            let known: Vec<u8> = known.into_iter().take_while(|byte| *byte > 0).collect();
            let known = String::from_utf8_lossy(&known);
            assert!(known.len() > 2 && known.bytes().all(|byte| byte.is_ascii_lowercase()), "{known}");
            for before in
                ["", "q", "quit", &"j".repeat(30), &"j".repeat(31), &"j".repeat(32), &"j".repeat(70)]
            {
                let known = [known.to_string(), known.to_ascii_uppercase()];
                for (known, behind) in
                    known.iter().flat_map(|known| ["", "q", &long, "1"].map(|behind| (known, behind)))
                {
                    let other = if behind == "1" { "jj1" } else { "jjj" };
                    let text = format!("x {other}: y\nx {before}{known}{behind}: y\nx {before}{other}: y\n");
                    assert_eq!(said(&text), 0, "{text}");
                }
            }
            for length in 3..known.len() {
                assert_eq!(said(&format!("x jjj: y\nx {}: y\n", &known[..length])), 0, "{known} {length}");
            }
        }
    }

    #[test]
    fn no_long_word_says_the_same() {
        for (length, is_same) in [(127, true), (128, true), (129, false), (200, false), (1000, false)] {
            let long = "j".repeat(length);
            for text in [format!("x jjj: y\nx {long}: y\n"), format!("x {long}: y\nx jjj: y\n")] {
                assert_eq!(said(&text) > 0, is_same, "{length}");
            }
            let long = ".".repeat(length - 2);
            for (one, other) in [("a", "b"), ("", "b"), ("a", "")] {
                let text = format!("x /{long}{one}: y\nx /{long}{other}: y\n");
                assert_eq!(said(&text) > 0, is_same, "{length} {one} {other}");
            }
        }
    }

    #[test]
    fn every_byte_of_a_line_is_compared() {
        for length in 1..140 {
            let line = "7".repeat(length);
            for at in 0..length {
                let mut other = line.clone();
                other.replace_range(at..=at, "!");
                assert_eq!(said(&format!("x{line}\nx{other}\n")), 0, "{length} {at}");
                other.replace_range(at..=at, "8");
                assert_eq!(said(&format!("x{line}\nx{other}\n")), length + 2, "{length} {at}");
            }
        }
    }

    #[test]
    fn digits_are_asked_for_wherever_they_stand() {
        for before in 0..140 {
            let before = "x".repeat(before);
            for (one, other, is_same) in [
                ("\\u001b[1m", "\\u002b[1m", false),
                ("\\u001b[1m", "\\u000b[1m", false),
                ("\\u001b[1m", "\\u101b[1m", false),
                ("\\u001b[1m", "\\u011b[1m", false),
                ("\\u001b[1m", "\\u001b[2m", true),
                ("\\x1b[m1", "\\x2b[m1", false),
                (">1 ", ">2 ", false),
                ("> 1", "> 2", true),
                ("1>", "2>", true),
            ] {
                let text = format!("x{before}{one}\nx{before}{other}\n");
                assert_eq!(said(&text) > 0, is_same, "{text:?}");
            }
        }
    }

    #[test]
    fn a_few_lines_are_kept_that_begin_alike() {
        const LINES: [&str; 6] = ["a: 1\n", "a, 1\n", "a. 1\n", "a= 1\n", "a/ 1\n", "b: 1\n"];
        let text = LINES.concat() + "x\n";
        let mut words = Words::new();
        // Of each line: which are said.
        let said = |words: &mut Words| {
            LINES.map(|line| {
                let own = format!("{text}{line}");
                words.said(Level::new(), own.as_bytes(), text.len()) > text.len()
            })
        };
        assert_eq!(said(&mut words), [false; 6]);
        for line in [0, 5, 1, 2, 3] {
            words.keep(text.as_bytes(), 5 * line, 4);
            assert!(said(&mut words)[line], "{line}");
        }
        assert_eq!(said(&mut words), [true, true, true, true, false, true]);
        // Those that are in use stay.
        let again = format!("{text}a: 2\na= 2\na, 2\n");
        assert_eq!(words.said(Level::new(), again.as_bytes(), text.len()), again.len());
        words.keep(text.as_bytes(), 20, 4);
        assert_eq!(said(&mut words), [true, true, false, true, true, true]);
        // The last is not kept: nobody asks behind it.
        let mut words = Words::new();
        words.keep(b"a: 1\n", 0, 4);
        assert_eq!(words.said(Level::new(), b"a: 1\na: 2\n", 5), 5);
    }

    #[test]
    fn where_no_two_lines_are_alike_few_are_looked_at() {
        let text = "a: 1\na: 2\n".as_bytes();
        let mut words = Words::new();
        let is_said = |words: &mut Words| words.said(Level::new(), text, 5) == text.len();
        for _ in 0..Words::TRIED {
            words.keep(text, 0, 4);
        }
        for left in (0..Words::RESTED).rev() {
            assert!(!is_said(&mut words));
            if left > 0 {
                words.keep(b"b: 1\nb: 2\n", 0, 4);
            }
        }
        // Then it begins anew, with what was kept.
        assert!(is_said(&mut words));
        assert_eq!(words.said(Level::new(), b"b: 1\nb: 2\n", 5), 5);
        // What is said again makes up for what is not,
        for _ in 0..4 * Words::TRIED {
            words.keep(text, 0, 4);
            for _ in 0..Words::WEIGHT {
                assert!(is_said(&mut words));
            }
        }
        // up to twice as much.
        for _ in 0..100 {
            assert!(is_said(&mut words));
        }
        for _ in 0..2 * Words::TRIED {
            assert!(words.rest == 0);
            words.keep(text, 0, 4);
        }
        assert!(!is_said(&mut words));
    }

    #[test]
    fn more_than_a_few_other_words_are_too_many() {
        for (count, is_same) in [(1, true), (Kept::OTHERS, true), (Kept::OTHERS + 1, false)] {
            let text = format!("x{}\nx{}\n", " abc".repeat(count), " quux".repeat(count));
            assert_eq!(said(&text) > 0, is_same, "{count}");
        }
    }

    #[test]
    fn a_line_of_more_than_one_view_says_nothing_again() {
        for (length, is_same) in [(FIRST - 1, true), (FIRST, true), (FIRST + 1, false)] {
            let line = "x".repeat(length);
            assert_eq!(said(&format!("{line}\n{line}\n")) > 0, is_same, "{length}");
            let (one, other) = (" y".repeat(length / 2), "x".repeat(length % 2));
            let text = format!("x jjj{other}{}\nx jjjj{other}{}\n", &one[6..], &one[6..]);
            assert_eq!(text.lines().nth(1).map(str::len), Some(length));
            assert_eq!(said(&text) > 0, is_same, "{length}");
            let text = format!("x jjjj{other}{}\nx jjj{other}{}\n", &one[6..], &one[6..]);
            assert_eq!(said(&text) > 0, is_same, "{length}");
        }
    }
}
