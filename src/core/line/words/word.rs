//! What can stand for another on a line: words, names, numbers, paths.
//!
//! What a rule asks of them is seen to in [`is_word`], for how something begins and ends; in [`can_number_stand`], for times, dates and
//! the like; in [`number`], for a version; in [`may_end_in_phrase`], for what a path stands in front of; in [`room`], for the length of a
//! tag; in [`is_first`], for what a list begins with.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into `dispatch!` is not compiled for its instruction set"
)]

use super::{
    Kept, ends_in_introducer, in_range, introducer, load,
    vocabulary::{BEGINNINGS, BEGINNINGS_IN_PATHS, has_known},
};
use crate::core::line::TAG_MAX;
use fearless_simd::{Simd, SimdBase, SimdMask, u8x32};

/// Of what a word is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
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
    pub(super) fn has(self, byte: u8) -> bool {
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
pub(super) struct Word {
    pub(super) set: Set,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it can stand for another, or another for it.
    pub(super) stands: bool,
    /// How long another may be.
    pub(super) longest: usize,
    /// Whether it may be part of a version, in front of the path of a program.
    pub(super) may_be_version: bool,
    /// Whether it may be the first in a list, which an array begins like where that is a number.
    pub(super) is_first: bool,
}

impl Word {
    pub(super) const NONE: Self = Self {
        set: Set::Letters,
        start: usize::MAX,
        end: 0,
        stands: false,
        longest: 0,
        may_be_version: false,
        is_first: false,
    };
    /// One that is longer stands for no other: to look at it takes as long for a short line.
    pub(super) const LONG: usize = 128;

    /// The one that stands around a place behind `last` of this line: the largest that stands for others, if there is one.
    /// Looks no further behind it than at so many bytes: another line may end there.
    pub(super) fn around(text: &[u8], line: &Kept, last: usize, at: usize) -> Self {
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
pub(super) fn room(before: &[u8], word: &[u8], behind: &[u8]) -> Option<usize> {
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
pub(super) fn end_of_word<S: Simd>(simd: S, text: &[u8], start: usize, set: Set) -> Option<usize> {
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
pub(super) enum Number {
    /// All of the word, or it is not sure: behind the id of a process the next word is a version, whose dots and digits tell.
    Alone,
    /// The end of a time, or of something else that no line begins with; the id of a process if a marker begins there.
    Part,
}

/// The number in front of the word that goes on behind this, if there is one.
pub(super) fn number(before: &[u8]) -> Option<Number> {
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
