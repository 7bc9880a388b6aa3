//! What begins where among the bytes of a text, looked at with vectors.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into `dispatch!` is not compiled for its instruction set"
)]

use super::RULE;
use crate::core::sentinel::Sentinel;
use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, u8x64};

/// At which of 64 places something begins that is a sign: a bit for each, the first the lowest.
pub(super) struct Places {
    pub(super) newline: u64,
    /// [`RULE`](super::RULE).
    pub(super) rule: u64,
    pub(super) erofs: u64,
    pub(super) activity: u64,
    /// A core of EROFS that may be part of something else.
    pub(super) joined: u64,
    /// What keeps a line from being passed over, see [`Looks::plain`](super::Looks::plain): all but `joined`.
    pub(super) odd: u64,
    /// All of [`SINGLE`] and [`FIRST`] but the cores, and which of them stand there.
    pub(super) signs: u64,
    pub(super) single: [u8; 64],
    pub(super) pair: [u8; 64],
}

impl Places {
    pub(super) const NONE: Self = Self {
        newline: 0,
        rule: 0,
        erofs: 0,
        activity: 0,
        joined: 0,
        odd: 0,
        signs: 0,
        single: [0; 64],
        pair: [0; 64],
    };
}

/// Sets of bytes, a bit for each, in a form that vectors can ask: a byte is in those that have both its low and its
/// high nibble. The sixteen answers, for each sixteen bytes of a vector.
struct Sets {
    low: [u8; 64],
    high: [u8; 64],
}

impl Sets {
    const fn of(sets: [&[u8]; 8]) -> Self {
        let (mut low, mut high, mut members) = ([0; 64], [0; 64], [0; 256]);
        let mut set = 0;
        while set < sets.len() {
            let mut i = 0;
            while i < sets[set].len() {
                let byte = sets[set][i] as usize;
                low[byte % 16] |= 1 << set;
                high[byte / 16] |= 1 << set;
                members[byte] |= 1 << set;
                i += 1;
            }
            set += 1;
        }
        let mut byte = 0;
        while byte < 256 {
            assert!(low[byte % 16] & high[byte / 16] == members[byte], "another byte came in");
            byte += 1;
        }
        let mut i = 16;
        while i < 64 {
            (low[i], high[i]) = (low[i - 16], high[i - 16]);
            i += 1;
        }
        Self { low, high }
    }

    /// Whether a byte is in one of them.
    const fn has(&self, byte: u8) -> bool {
        self.low[(byte % 16) as usize] & self.high[(byte / 16) as usize] != 0
    }

    /// Which of them each byte is in.
    #[inline(always)]
    fn have<S: Simd>(&self, simd: S, bytes: u8x64<S>) -> u8x64<S> {
        let answers =
            |table: &[u8; 64], nibbles| u8x64::from_slice(simd, table).swizzle_dyn_within_blocks(nibbles);
        answers(&self.low, bytes & u8x64::splat(simd, 0xf)) & answers(&self.high, bytes >> 4)
    }
}

/// Signs of one character; the first four are those of [`Signs`](super::Signs), the next marks, the last is none but begins the
/// escapes of a string.
const SINGLE: Sets = Sets::of([b"\x1b", b"\r", b"\t", b"\"'", b"#", b"[{", b"|", b"\\"]);
const RETURN: u8 = 1 << 1;
pub(super) const QUOTE: u8 = 1 << 3;
pub(super) const BACKSLASH: u8 = 1 << 7;

/// Those of them that are odd wherever they stand.
const ODD: u8 = !(QUOTE | BACKSLASH);

/// Signs of two: the first character, and the second. A mark, two of the state directory, and how the cores begin.
const FIRST: Sets = Sets::of([b".", b".", b"dD", b"dD", b"tT", b"", b"", b""]);
const SECOND: Sets = Sets::of([b"0123456789", b"dDtT", b"xX", b"-", b"yY", b"", b"", b""]);

/// Their bits of the cores.
const EROFS: u8 = 1 << 3;
const ACTIVITY: u8 = 1 << 4;

/// How a line begins that is the client's, and has no prefix of its transport, whatever stands behind: not with a digit, a
/// bracket, a quote, `#`, `=`, `<`, `>`, a blank or a control, the `S` of `Step 3/5 : `, or what a month begins with.
const HEAD: Sets = Sets::of([
    b"!$%&*+,-./",
    b":;?",
    b"@BCEGHIKL",
    b"PQRTUVWXYZ\\]^pqrtuvwxyz|}~",
    b"_",
    b"`abcdefghijklmno",
    b"s",
    b"\n\r",
]);

/// Whether a line that begins like this has no prefix, and is no container's.
pub(super) fn is_plain_head(byte: u8) -> bool {
    HEAD.has(byte)
}

/// What stands in front of a quote that is one of a name, see [`is_of_a_name`](super::known): the last character in front of
/// an opening one is a blank, behind the word in front of it; in front of a closing one the name ends.
const BEFORE: Sets = Sets::of([
    b" ",
    b"0123456789",
    b"ABCDEFGHIJKLMNO",
    b"PQRSTUVWXYZpqrstuvwxyz",
    b"acdefghijklmno",
    b"-./",
    b"_",
    b"",
]);
const OPENS: u8 = 1;
/// No word ends here that introduces a command.
const WORD: Sets = Sets::of([
    b"0123456789",
    b"ABCEFGHIJKLMNOabcefghijklmno",
    b"PQRTUVWXYZpqrtuvwxyz",
    b"",
    b"",
    b"",
    b"",
    b"",
]);

/// A core as a number, and the bits of its letters that tell their case.
struct Core {
    lower: u32,
    case: u32,
}

const EROFS_CORE: Core = Core::of(Sentinel::Erofs);
const ACTIVITY_CORE: Core = Core::of(Sentinel::Activity);

impl Core {
    const fn of(sentinel: Sentinel) -> Self {
        let core = *sentinel.core().0;
        let (mut case, mut i) = ([0; 4], 0);
        while i < case.len() {
            if core[i].is_ascii_lowercase() {
                case[i] = 0x20;
            }
            i += 1;
        }
        Self { lower: u32::from_ne_bytes(core), case: u32::from_ne_bytes(case) }
    }

    const fn is(&self, word: u32) -> bool {
        word | self.case == self.lower
    }
}

/// How far is looked in front of 64 bytes, and behind them: the phrase of EROFS begins that many in front of its core, and
/// ends so many behind.
const BACK: usize = Sentinel::Erofs.core().1 + 1;
const AHEAD: usize = Sentinel::Erofs.phrase().len() - Sentinel::Erofs.core().1;
const REACH: usize = BACK + 64 + AHEAD;

/// What begins where in a text from `at` on, in as many times 64 bytes as there are places for. The text begins where a line does.
pub(super) fn look(level: Level, text: &[u8], at: usize, of: &mut [Places]) {
    dispatch!(level, simd => all_places(simd, text, at, of));
}

#[inline(always)]
fn all_places<S: Simd>(simd: S, text: &[u8], at: usize, of: &mut [Places]) {
    for (i, of) in of.iter_mut().enumerate() {
        let at = at + 64 * i;
        let around = at.checked_sub(BACK).and_then(|start| text[start..].first_chunk());
        *of = if let Some(around) = around {
            places(simd, around)
        } else {
            // A line ends in front of the text, and behind it stands nothing that is a sign.
            let mut padded = [0; REACH];
            padded[..BACK].fill(b'\n');
            let before = at.min(BACK);
            let near = &text[at - before..text.len().min(at + 64 + AHEAD)];
            padded[BACK - before..][..near.len()].copy_from_slice(near);
            places(simd, &padded)
        };
    }
}

/// What begins where in the 64 bytes behind the first [`BACK`].
#[inline(always)]
fn places<S: Simd>(simd: S, around: &[u8; REACH]) -> Places {
    let from = |at: usize| u8x64::from_slice(simd, &around[at..at + 64]);
    let splat = |byte: u8| u8x64::splat(simd, byte);
    let any = |of: u8x64<S>, sets: u8| !(of & splat(sets)).simd_eq(splat(0)).to_bitmask();
    let is = |of: u8x64<S>, byte: u8| of.simd_eq(splat(byte)).to_bitmask();

    let bytes = from(BACK);
    let single = SINGLE.have(simd, bytes);
    let pair = FIRST.have(simd, bytes) & SECOND.have(simd, from(BACK + 1));
    let mut cores = any(pair, EROFS | ACTIVITY);
    let newline = is(bytes, b'\n');
    let mut marks = any((single & splat(ODD)) | (pair & splat(!(EROFS | ACTIVITY))), u8::MAX);
    let before_newline = newline >> 1 | u64::from(around[BACK + 64] == b'\n') << 63;
    if marks & before_newline != 0 {
        // At the end of a line it is part of that.
        marks &= !(before_newline & any(single, RETURN));
    }
    let quotes = any(single, !ODD);
    let mut places = Places {
        newline,
        rule: 0,
        erofs: 0,
        activity: 0,
        joined: 0,
        odd: marks,
        signs: marks | quotes,
        single: single.into(),
        pair: pair.into(),
    };
    while cores != 0 {
        let at = cores.trailing_zeros() as usize;
        let word = u32::from_ne_bytes(std::array::from_fn(|i| around[BACK + at + i]));
        let place = |is: bool| u64::from(is) << at;
        if EROFS_CORE.is(word) {
            places.erofs |= place(true);
            places.joined |= place(!matches!(around[at], b' ' | b'\n') | goes_on(around[BACK + AHEAD + at]));
        } else {
            places.activity |= place(ACTIVITY_CORE.is(word));
        }
        cores &= cores - 1;
    }
    let dash = is(bytes, b'-');
    // One at the end may go on behind.
    if dash & (dash >> 1 | 1 << 63) != 0 {
        let ahead = around[BACK + 64..][..RULE.len() - 1].iter().rev();
        let ahead = ahead.fold(0, |bits, byte| bits << 1 | u128::from(*byte == b'-'));
        places.rule = runs(u128::from(dash) | ahead << 64);
    }
    if quotes != 0 {
        let before = BEFORE.have(simd, from(BACK - 1));
        let opens = any(before, OPENS) & any(WORD.have(simd, from(BACK - 2)), u8::MAX);
        places.odd |= any(single, QUOTE) & !(opens | any(before, !OPENS));
    }
    let head = places.newline << 1 | u64::from(around[BACK - 1] == b'\n');
    places.odd |= head & !any(HEAD.have(simd, bytes), u8::MAX);
    places.odd |= places.activity | places.rule;
    places
}

/// Whether what stands behind a phrase makes it part of something else.
pub(super) fn goes_on(behind: u8) -> bool {
    matches!(behind, b'/' | b'\\' | b'.')
}

/// Where so many dashes stand side by side as a rule has.
fn runs(dashes: u128) -> u64 {
    const { assert!(RULE.len() == 6) }
    let two = dashes & dashes >> 1;
    #[expect(clippy::cast_possible_truncation, reason = "those behind are places of the next")]
    let six = (two & two >> 2 & two >> 4) as u64;
    six
}
