//! What begins where among the bytes of a text, looked at with vectors.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into `dispatch!` is not compiled for its instruction set"
)]

use crate::core::sentinel::Sentinel;
use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, u8x64};

/// At which of 64 places something begins that is a sign: a bit for each, the first the lowest.
pub(super) struct Places {
    pub(super) newline: u64,
    pub(super) dashes: u64,
    pub(super) erofs: u64,
    pub(super) activity: u64,
    /// All of [`SINGLE`] and [`FIRST`] but the cores, and which of them stand there.
    pub(super) signs: u64,
    pub(super) single: [u8; 64],
    pub(super) pair: [u8; 64],
}

impl Places {
    pub(super) const NONE: Self =
        Self { newline: 0, dashes: 0, erofs: 0, activity: 0, signs: 0, single: [0; 64], pair: [0; 64] };
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
pub(super) const QUOTE: u8 = 1 << 3;
pub(super) const BACKSLASH: u8 = 1 << 7;

/// Signs of two: the first character, and the second. A mark, two of the state directory, dashes, and how the cores
/// begin.
const FIRST: Sets = Sets::of([b".", b".", b"dD", b"-", b"dD", b"tT", b"", b""]);
const SECOND: Sets = Sets::of([b"0123456789", b"dDtT", b"xX", b"-", b"-", b"yY", b"", b""]);

/// Their bits of dashes, and of the cores.
pub(super) const DASHES: u8 = 1 << 3;
const EROFS: u8 = 1 << 4;
const ACTIVITY: u8 = 1 << 5;

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

/// How far the signs reach that begin among the first 64 bytes.
const REACH: usize = 64 + 3;

/// What begins where in the first bytes of a text, in as many times 64 as there are places for.
pub(super) fn look(level: Level, text: &[u8], of: &mut [Places]) {
    dispatch!(level, simd => all_places(simd, text, of));
}

#[inline(always)]
fn all_places<S: Simd>(simd: S, text: &[u8], of: &mut [Places]) {
    for (i, of) in of.iter_mut().enumerate() {
        let rest = &text[64 * i..];
        *of = if let Some(block) = rest.first_chunk() {
            places(simd, block)
        } else {
            // Behind the end stands nothing that is a sign.
            let mut padded = [0; REACH];
            padded[..rest.len()].copy_from_slice(rest);
            places(simd, &padded)
        };
    }
}

#[inline(always)]
fn places<S: Simd>(simd: S, block: &[u8; REACH]) -> Places {
    let bytes = u8x64::from_slice(simd, &block[..64]);
    let single = SINGLE.have(simd, bytes);
    let pair = FIRST.have(simd, bytes) & SECOND.have(simd, u8x64::from_slice(simd, &block[1..65]));
    let none = u8x64::splat(simd, 0);
    let among = |sets: u8| !(pair & u8x64::splat(simd, sets)).simd_eq(none).to_bitmask();
    let mut places = Places {
        newline: bytes.simd_eq(u8x64::splat(simd, b'\n')).to_bitmask(),
        dashes: among(DASHES),
        erofs: 0,
        activity: 0,
        signs: !(single | (pair & u8x64::splat(simd, !(EROFS | ACTIVITY)))).simd_eq(none).to_bitmask(),
        single: single.into(),
        pair: pair.into(),
    };
    let mut cores = among(EROFS | ACTIVITY);
    while cores != 0 {
        let at = cores.trailing_zeros();
        let word = u32::from_ne_bytes(std::array::from_fn(|i| block[at as usize + i]));
        places.erofs |= u64::from(EROFS_CORE.is(word)) << at;
        places.activity |= u64::from(ACTIVITY_CORE.is(word)) << at;
        cores &= cores - 1;
    }
    places
}
