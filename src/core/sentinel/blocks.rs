//! Looking at every place of a block at once.
//!
//! What is done at each place is so simple, and without a branch, that the compiler makes vector instructions of
//! it; `dispatch!` has it compiled for several instruction sets and takes the best one that the processor has.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into `dispatch!` is not compiled for its instruction set"
)]

use super::Sentinel;
use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, mask8x64, u8x64};

/// How many places are looked at at once.
pub(super) const BLOCK: usize = 64;

/// How far a core reaches that begins in a block, and how far the longest phrase does.
const CORE_REACH: usize = BLOCK + CORE - 1;
const CORE: usize = Sentinel::Activity.core().0.len();
pub(super) const REACH: usize = BLOCK + Sentinel::Activity.phrase().len();

/// Where the first core stands that begins at or after `from`. Linear; two letters of each core are looked at
/// first, and all four only where one of these pairs stands.
pub(super) fn core(level: Level, text: &[u8], from: usize) -> Option<usize> {
    dispatch!(level, simd => first_core(simd, text, from))
}

#[inline(always)]
fn first_core<S: Simd>(simd: S, text: &[u8], mut from: usize) -> Option<usize> {
    while let Some(block) = text.get(from..).and_then(<[u8]>::first_chunk) {
        let places = cores(simd, block);
        if places != 0 {
            return Some(from + places.trailing_zeros() as usize);
        }
        from += BLOCK;
    }
    // The rest, behind which nothing stands that a core could end in.
    let rest = text.get(from..)?;
    let mut block = [0; CORE_REACH];
    block[..rest.len()].copy_from_slice(rest);
    let places = cores(simd, &block);
    (places != 0).then(|| from + places.trailing_zeros() as usize)
}

/// Where cores begin among the first [`BLOCK`] bytes: a bit for each, the first the lowest.
#[inline(always)]
fn cores<S: Simd>(simd: S, block: &[u8; CORE_REACH]) -> u64 {
    let activity = pair(simd, block, Sentinel::Activity, 0);
    let erofs = pair(simd, block, Sentinel::Erofs, 0);
    if (activity | erofs).to_bitmask() == 0 {
        return 0;
    }
    let activity = activity & pair(simd, block, Sentinel::Activity, 2);
    let erofs = erofs & pair(simd, block, Sentinel::Erofs, 2);
    (activity | erofs).to_bitmask()
}

/// Where the letters `at` and `at + 1` of a core stand as they do in a core that begins there.
#[inline(always)]
fn pair<S: Simd>(simd: S, block: &[u8; CORE_REACH], sentinel: Sentinel, at: usize) -> mask8x64<S> {
    let (core, _) = sentinel.core();
    are(simd, &block[at..], core[at]) & are(simd, &block[at + 1..], core[at + 1])
}

/// Which of the first [`BLOCK`] bytes are this letter of a phrase, in either case.
#[inline(always)]
fn are<S: Simd>(simd: S, bytes: &[u8], letter: u8) -> mask8x64<S> {
    let bytes = u8x64::from_slice(simd, &bytes[..BLOCK]);
    let bytes = if letter.is_ascii_lowercase() { bytes | u8x64::splat(simd, 0x20) } else { bytes };
    bytes.simd_eq(u8x64::splat(simd, letter))
}

/// The same for the blocks in which a phrase may begin: four letters of it stand where they should.
pub(super) fn with_phrase(level: Level, text: &[u8], from: usize) -> Option<usize> {
    dispatch!(level, _ => first_block(text, from, |block: &[u8; REACH]| may_begin(block)))
}

#[inline(always)]
fn first_block<const LENGTH: usize>(
    text: &[u8],
    from: usize,
    is_it: impl Fn(&[u8; LENGTH]) -> bool,
) -> Option<usize> {
    let mut start = from;
    while let Some(block) = text.get(start..).and_then(<[u8]>::first_chunk) {
        if is_it(block) {
            return Some(start);
        }
        start += BLOCK;
    }
    (start < text.len()).then_some(start)
}

/// Whether a phrase may begin at one of the first [`BLOCK`] bytes.
#[inline(always)]
fn may_begin(block: &[u8; REACH]) -> bool {
    const ACTIVITY: &[u8] = Sentinel::Activity.phrase();
    const EROFS: &[u8] = Sentinel::Erofs.phrase();
    let mut any = 0;
    for i in 0..BLOCK {
        let (mut activity, mut erofs) = (true, true);
        for letter in [0, 16, 34, 39] {
            activity &= is(block[i + letter], ACTIVITY[letter]);
        }
        for letter in [0, 4, 9, 14] {
            erofs &= is(block[i + letter], EROFS[letter]);
        }
        any |= u8::from(activity | erofs);
    }
    any != 0
}

/// Whether a byte is this letter of a phrase, in either case.
#[inline(always)]
const fn is(byte: u8, letter: u8) -> bool {
    if letter.is_ascii_lowercase() { byte | 0x20 == letter } else { byte == letter }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With the widest vectors of this processor, and with what every one has.
    const LEVELS: [fn() -> Level; 2] = [Level::new, Level::baseline];

    #[test]
    fn the_first_core_is_found() {
        let is_core = |four: &[u8]| Sentinel::ALL.iter().any(|own| four.eq_ignore_ascii_case(own.core().0));
        let words =
            ["ty t", "TY T", "tY T", "d-on", "D-ON", "d-On", "ty\0t", "d\ron", "ty tty", "d-d-on", "t d-"];
        for (at, word) in (0..3 * BLOCK + 8).flat_map(|at| words.map(|word| (at, word))) {
            for behind in [0, 1, BLOCK] {
                let text = [vec![b'.'; at], word.into(), vec![b'.'; behind]].concat();
                for from in [0, 1, 5, BLOCK, at, at + 1, text.len(), text.len() + 1] {
                    let rest = text.get(from..).unwrap_or_default();
                    let expected = rest.windows(CORE).position(is_core).map(|place| from + place);
                    for level in LEVELS {
                        assert_eq!(core(level(), &text, from), expected, "{word:?} at {at}, from {from}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_block_may_begin_a_phrase_where_four_of_its_letters_stand() {
        assert!(!may_begin(&[b'.'; REACH]) && !may_begin(&[b' '; REACH]));
        for (sentinel, letters) in [(Sentinel::Activity, [0, 16, 34, 39]), (Sentinel::Erofs, [0, 4, 9, 14])] {
            for start in 0..BLOCK {
                let mut block = [b'.'; REACH];
                block[start..start + sentinel.phrase().len()].copy_from_slice(sentinel.phrase());
                assert!(may_begin(&block) && may_begin(&block.map(|letter| letter.to_ascii_uppercase())));
                for letter in letters {
                    let mut other = block;
                    other[start + letter] = b'.';
                    assert!(!may_begin(&other), "{sentinel:?} at {start} without {letter}");
                }
            }
        }
        let mut behind = [b'.'; REACH];
        behind[BLOCK..BLOCK + 21].copy_from_slice(Sentinel::Erofs.phrase());
        assert!(!may_begin(&behind));
    }
}
