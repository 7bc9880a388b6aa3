//! What begins where among the bytes of a text, looked at with vectors.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into `dispatch!` is not compiled for its instruction set"
)]

use super::{
    RULE,
    odd::{BEFORE, BEHIND},
};
use crate::core::sentinel::Sentinel;
use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, u8x64};

/// At which of 64 places something begins that is a sign: a bit for each, the first the lowest.
pub(super) struct Places {
    pub(super) newline: u64,
    /// [`RULE`].
    pub(super) rule: u64,
    pub(super) erofs: u64,
    pub(super) activity: u64,
    /// All signs of one character and marks, and which of them stand there: a bit for each.
    pub(super) signs: u64,
    pub(super) sign: [u8; 64],
}

impl Places {
    pub(super) const NONE: Self =
        Self { newline: 0, rule: 0, erofs: 0, activity: 0, signs: 0, sign: [0; 64] };
}

/// Sets of bytes, a bit for each, in a form that vectors can ask: a byte is in those that have both its low and its
/// high nibble. The sixteen answers, for each sixteen bytes of a vector.
pub(super) struct Sets {
    low: [u8; 64],
    high: [u8; 64],
}

impl Sets {
    pub(super) const fn of(sets: [&[u8]; 8]) -> Self {
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

    /// Which of them each byte is in.
    #[inline(always)]
    pub(super) fn have<S: Simd>(&self, simd: S, bytes: u8x64<S>) -> u8x64<S> {
        let answers =
            |table: &[u8; 64], nibbles| u8x64::from_slice(simd, table).swizzle_dyn_within_blocks(nibbles);
        answers(&self.low, bytes & u8x64::splat(simd, 0xf)) & answers(&self.high, bytes >> 4)
    }
}

/// Signs of one character: those of [`Signs`](super::Signs), then marks. The last is none, but may be odd.
pub(super) const SINGLE: Sets = Sets::of([b"\x1b", b"\r", b"\t", b"\"'", b"#", b"[{", b"|", b"\\]"]);
pub(super) const ESCAPE: u8 = 1;
pub(super) const RETURN: u8 = 1 << 1;
pub(super) const QUOTE: u8 = 1 << 3;
pub(super) const MARKS: u8 = 0b111 << 4;
pub(super) const BAR: u8 = 1 << 6;
pub(super) const OTHERS: u8 = 1 << 7;

/// What of two characters is a mark, how the cores begin, and what else may be odd: the first, and the second. More than is asked for
/// is in the same sets where vectors cannot tell it apart.
pub(super) const FIRST: Sets = Sets::of([b"dD", b"tT", b".", b"dD", b".", b"#", b"0123456789>", b"\"'"]);
pub(super) const SECOND: Sets = Sets::of([
    b"-",
    b"yY",
    b"dDtT",
    b"xX",
    b"0123456789",
    b"0123456789 !\"#$%&'()",
    b" ",
    b"CDFGILNSTVWYcdfgilnstvwy\\^|~",
]);

/// Their bits: of the cores, of the mark, which is one of [`MARKS`], and of what is odd where a few more characters are as they may be,
/// see [`plain`](mod@super::plain).
pub(super) const CORES: u8 = 0b11;
pub(super) const HIDDEN: u8 = 1 << 2;
pub(super) const DECIMAL: u8 = 1 << 4;
pub(super) const OTHER_PAIRS: u8 = 1 << 3 | 0b11 << 5;
pub(super) const KEYS: u8 = 1 << 7;

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

/// Where the phrase of EROFS ends behind its core, and how far in front of it it begins, with the character before.
pub(super) const ENDS: usize = Sentinel::Erofs.phrase().len() - Sentinel::Erofs.core().1;
pub(super) const BEGINS: usize = Sentinel::Erofs.core().1 + 1;

/// The 64 bytes, and what is looked at in front of them and behind.
pub(super) const REACH: usize = BEFORE + 64 + BEHIND;
const _: () = assert!(BEGINS <= BEFORE && ENDS < BEHIND && RULE.len() < BEHIND);

/// What begins where in a text from `at` on, in as many times 64 bytes as there are places for. The text begins where a line does.
pub(super) fn look(level: Level, text: &[u8], at: usize, of: &mut [Places]) {
    dispatch!(level, simd => all_places(simd, text, at, of));
}

#[inline(always)]
fn all_places<S: Simd>(simd: S, text: &[u8], at: usize, of: &mut [Places]) {
    let mut room = None;
    for (i, of) in of.iter_mut().enumerate() {
        *of = places(simd, around(text, at + 64 * i, &mut room));
    }
}

/// The 64 bytes of a text from `at` on with what is looked at around them. Where the text begins or ends near, for which there is
/// `room`, a line ends in front of it, and behind it stands nothing that is a sign.
#[inline(always)]
pub(super) fn around<'t>(text: &'t [u8], at: usize, room: &'t mut Option<[u8; REACH]>) -> &'t [u8; REACH] {
    match at.checked_sub(BEFORE).and_then(|start| text[start..].first_chunk()) {
        Some(around) => around,
        None => padded(text, at, room),
    }
}

#[cold]
fn padded<'r>(text: &[u8], at: usize, room: &'r mut Option<[u8; REACH]>) -> &'r [u8; REACH] {
    let padded = room.insert([0; REACH]);
    padded[..BEFORE].fill(b'\n');
    let before = at.min(BEFORE);
    let near = &text[at - before..text.len().min(at + 64 + BEHIND)];
    padded[BEFORE - before..][..near.len()].copy_from_slice(near);
    padded
}

/// Where the bytes of a text stand that are in one of these sets, in which 0 is not. Linear.
pub(super) fn members<'t>(text: &'t [u8], sets: &'t Sets) -> impl Iterator<Item = usize> + 't {
    let level = Level::new();
    (0..text.len()).step_by(64).flat_map(move |at| {
        let near = &text[at..text.len().min(at + 64)];
        let mut block = [0; 64];
        block[..near.len()].copy_from_slice(near);
        let mut members = members_of(level, &block, sets);
        std::iter::from_fn(move || {
            let next = members.trailing_zeros() as usize;
            members &= members.wrapping_sub(1);
            (next < 64).then_some(at + next)
        })
    })
}

fn members_of(level: Level, block: &[u8; 64], sets: &Sets) -> u64 {
    dispatch!(level, simd => {
        let have = sets.have(simd, u8x64::from_slice(simd, block));
        !have.simd_eq(u8x64::splat(simd, 0)).to_bitmask()
    })
}

/// What begins where in the 64 bytes behind the first [`BEFORE`].
#[inline(always)]
fn places<S: Simd>(simd: S, around: &[u8; REACH]) -> Places {
    let from = |at: usize| u8x64::from_slice(simd, &around[at..at + 64]);
    let splat = |byte: u8| u8x64::splat(simd, byte);
    let any = |of: u8x64<S>, sets: u8| !(of & splat(sets)).simd_eq(splat(0)).to_bitmask();
    let is = |of: u8x64<S>, byte: u8| of.simd_eq(splat(byte)).to_bitmask();

    let bytes = from(BEFORE);
    let pair = FIRST.have(simd, bytes) & SECOND.have(simd, from(BEFORE + 1));
    let sign = (SINGLE.have(simd, bytes) & splat(!OTHERS)) | (pair & splat(DECIMAL));
    let (newline, mut signs) = (is(bytes, b'\n'), any(sign, u8::MAX));
    let before_newline = newline >> 1 | u64::from(around[BEFORE + 64] == b'\n') << 63;
    if signs & before_newline != 0 {
        // At the end of a line a carriage return is part of that.
        signs &= !(before_newline & is(bytes, b'\r'));
    }
    let (erofs, activity) = cores(any(pair, CORES), around);
    let sign = sign.into();
    Places { newline, rule: rules(is(bytes, b'-'), around), erofs, activity, signs, sign }
}

/// Those of these places of 64 at which a core of EROFS stands, and one of the activity failure.
#[inline(always)]
pub(super) fn cores(mut places: u64, around: &[u8; REACH]) -> (u64, u64) {
    let (mut erofs, mut activity) = (0, 0);
    while places != 0 {
        let at = places.trailing_zeros() as usize;
        let word = u32::from_ne_bytes(std::array::from_fn(|i| around[BEFORE + at + i]));
        erofs |= u64::from(EROFS_CORE.is(word)) << at;
        activity |= u64::from(ACTIVITY_CORE.is(word)) << at;
        places &= places - 1;
    }
    (erofs, activity)
}

/// Where rules may stand, with these dashes among 64 bytes: so many side by side, and no more. Behind another dash nothing begins, and a
/// rule is the last that its line says.
#[inline(always)]
pub(super) fn rules(dashes: u64, around: &[u8; REACH]) -> u64 {
    // One at the end may go on behind.
    if dashes & (dashes >> 1 | 1 << 63) == 0 {
        return 0;
    }
    let ahead = around[BEFORE + 64..][..RULE.len()].iter().rev();
    let ahead = ahead.fold(0, |bits, byte| bits << 1 | u128::from(*byte == b'-'));
    runs(u128::from(dashes) | ahead << 64) & !u64::from(around[BEFORE - 1] == b'-')
}

/// Where so many dashes stand side by side as a rule has.
fn runs(dashes: u128) -> u64 {
    const { assert!(RULE.len() == 6) }
    let two = dashes & dashes >> 1;
    let six = two & two >> 2 & two >> 4;
    #[expect(clippy::cast_possible_truncation, reason = "those behind are places of the next")]
    let alone = (six & !(dashes << 1) & !(dashes >> 6)) as u64;
    alone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_where_they_stand() {
        const SETS: Sets = Sets::of([b"#.", b"[{", b"|", b"\xff", b"", b"", b"", b"\x01"]);
        let is_one = |byte: u8| b"#.\xff[{|\x01".contains(&byte);
        // Each byte at each place of 64, and in one that is not full.
        for shift in 0..=u8::MAX {
            let text: Vec<u8> = (0..=u8::MAX).cycle().skip(shift.into()).take(300).collect();
            for length in [0, 1, 63, 64, 65, 128, text.len()] {
                let text = &text[..length];
                let naive = (0..length).filter(|at| is_one(text[*at]));
                assert!(members(text, &SETS).eq(naive), "{shift} {length}");
            }
            for block in text.as_chunks::<64>().0 {
                let naive = (0..64).fold(0, |bits, at| bits | u64::from(is_one(block[at])) << at);
                assert_eq!(members_of(Level::baseline(), block, &SETS), naive, "{shift}");
            }
        }
    }
}
