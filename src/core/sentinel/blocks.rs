//! Looking at every place of a block at once.
//!
//! What is done at each place is so simple, and without a branch, that the compiler makes vector instructions of
//! it; `dispatch!` has it compiled for several instruction sets and takes the best one that the processor has.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into `dispatch!` is not compiled for its instruction set"
)]

use super::Sentinel;
use fearless_simd::{Level, dispatch};

/// How many places are looked at at once.
pub(super) const BLOCK: usize = 64;

/// How far a core reaches that begins in a block, and how far the longest phrase does.
pub(super) const CORE_REACH: usize = BLOCK + CORE - 1;
const CORE: usize = Sentinel::Activity.core().0.len();
pub(super) const REACH: usize = BLOCK + Sentinel::Activity.phrase().len();

/// Where the first block begins, counted from `from` on, in which a core begins. What is left at the end and is no
/// whole block counts as one. Linear; two letters of each core are looked at first, and all four only where one
/// of these pairs stands.
pub(super) fn with_core(level: Level, text: &[u8], from: usize) -> Option<usize> {
    dispatch!(level, _ => first_block(text, from, |block: &[u8; CORE_REACH]| {
        begins_core::<2>(block) && begins_core::<CORE>(block)
    }))
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

/// Whether the first `LETTERS` letters of a core stand at one of the first [`BLOCK`] bytes.
#[inline(always)]
fn begins_core<const LETTERS: usize>(block: &[u8; CORE_REACH]) -> bool {
    const ACTIVITY: &[u8; CORE] = Sentinel::Activity.core().0;
    const EROFS: &[u8; CORE] = Sentinel::Erofs.core().0;
    let mut any = 0;
    for i in 0..BLOCK {
        let (mut activity, mut erofs) = (true, true);
        for letter in 0..LETTERS {
            activity &= is(block[i + letter], ACTIVITY[letter]);
            erofs &= is(block[i + letter], EROFS[letter]);
        }
        any |= u8::from(activity | erofs);
    }
    any != 0
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

    /// The same without vectors.
    fn block_with_core(text: &[u8], from: usize) -> Option<usize> {
        let is_core = |four: &[u8]| Sentinel::ALL.iter().any(|own| four.eq_ignore_ascii_case(own.core().0));
        let mut starts = (from..text.len()).step_by(BLOCK);
        starts.find(|start| {
            text.get(*start..start + CORE_REACH).is_none_or(|block| block.windows(CORE).any(is_core))
        })
    }

    #[test]
    fn the_first_block_with_a_core_is_found() {
        let words =
            ["ty t", "TY T", "tY T", "d-on", "D-ON", "d-On", "ty\0t", "d\ron", "ty tty", "d-d-on", "t d-"];
        for (at, word) in (0..3 * BLOCK + 8).flat_map(|at| words.map(|word| (at, word))) {
            let text = [vec![b'.'; at], word.into(), vec![b'.'; BLOCK]].concat();
            for from in [0, 1, 5, BLOCK, at, text.len(), text.len() + 1] {
                let expected = block_with_core(&text, from);
                for level in LEVELS {
                    assert_eq!(with_core(level(), &text, from), expected, "{word:?} at {at}, from {from}");
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
