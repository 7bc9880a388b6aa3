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
const BLOCK: usize = 64;

/// How far a core reaches that begins in a block, and how far the longest phrase does.
const CORE_REACH: usize = BLOCK + CORE - 1;
const CORE: usize = Sentinel::Activity.core().0.len();
const REACH: usize = BLOCK + Sentinel::Activity.phrase().len() - 1;

/// Where the first core stands that begins at or after `from`. Linear; two letters of each core are looked at
/// first, and all four only where one of these pairs stands.
pub(super) fn core(level: Level, text: &[u8], from: usize) -> Option<usize> {
    dispatch!(level, simd => first_place::<_, Cores, _>(simd, text, from, |_| true))
}

/// Where the first phrase stands, letter by letter, that begins at or after `from`. Linear; four letters of each
/// phrase are looked at first, far apart, so that near misses of its beginning take no longer.
pub(super) fn phrase(level: Level, text: &[u8], from: usize) -> Option<(Sentinel, usize)> {
    let at = |place| Sentinel::ALL.into_iter().find(|sentinel| sentinel.stands_at(text, place));
    let is_phrase = |place| at(place).is_some();
    let place = dispatch!(level, simd => first_place::<_, Phrases, _>(simd, text, from, is_phrase))?;
    Some((at(place)?, place))
}

/// What is looked for, as a type: a function that is handed over is not inlined.
trait Places<const REACH: usize> {
    /// Where it stands among the first [`BLOCK`] bytes of a block: a bit for each, the first the lowest.
    fn among<S: Simd>(simd: S, block: &[u8; REACH]) -> u64;
}

struct Cores;

struct Phrases;

/// The first place at or after `from` that is one of those of its block, a bit for each, and that `is_it`.
#[inline(always)]
fn first_place<S: Simd, P: Places<REACH>, const REACH: usize>(
    simd: S,
    text: &[u8],
    mut from: usize,
    is_it: impl Fn(usize) -> bool,
) -> Option<usize> {
    while let Some(rest) = text.get(from..).filter(|rest| !rest.is_empty()) {
        let mut places = match rest.first_chunk() {
            Some(block) => P::among(simd, block),
            // Behind the end stands nothing that any letter is like.
            None => {
                let mut block = [0; REACH];
                block[..rest.len()].copy_from_slice(rest);
                P::among(simd, &block)
            }
        };
        while places != 0 {
            let place = from + places.trailing_zeros() as usize;
            if is_it(place) {
                return Some(place);
            }
            places &= places - 1;
        }
        from += BLOCK;
    }
    None
}

impl Places<CORE_REACH> for Cores {
    #[inline(always)]
    fn among<S: Simd>(simd: S, block: &[u8; CORE_REACH]) -> u64 {
        let activity = pair(simd, block, Sentinel::Activity, 0);
        let erofs = pair(simd, block, Sentinel::Erofs, 0);
        if (activity | erofs).to_bitmask() == 0 {
            return 0;
        }
        let activity = activity & pair(simd, block, Sentinel::Activity, 2);
        let erofs = erofs & pair(simd, block, Sentinel::Erofs, 2);
        (activity | erofs).to_bitmask()
    }
}

/// Where the letters `at` and `at + 1` of a core stand as they do in a core that begins there.
#[inline(always)]
fn pair<S: Simd>(simd: S, block: &[u8; CORE_REACH], sentinel: Sentinel, at: usize) -> mask8x64<S> {
    let (core, _) = sentinel.core();
    are(simd, &block[at..], core[at]) & are(simd, &block[at + 1..], core[at + 1])
}

impl Places<REACH> for Phrases {
    #[inline(always)]
    fn among<S: Simd>(simd: S, block: &[u8; REACH]) -> u64 {
        let activity = letters(simd, block, Sentinel::Activity, [0, 16, 34, 39]);
        let erofs = letters(simd, block, Sentinel::Erofs, [0, 4, 9, 14]);
        (activity | erofs).to_bitmask()
    }
}

/// Where these letters of a phrase stand as they do in one that begins there.
#[inline(always)]
fn letters<S: Simd>(simd: S, block: &[u8; REACH], sentinel: Sentinel, at: [usize; 4]) -> mask8x64<S> {
    let phrase = sentinel.phrase();
    are(simd, &block[at[0]..], phrase[at[0]])
        & are(simd, &block[at[1]..], phrase[at[1]])
        & are(simd, &block[at[2]..], phrase[at[2]])
        & are(simd, &block[at[3]..], phrase[at[3]])
}

/// Which of the first [`BLOCK`] bytes are this letter of a phrase, in either case.
#[inline(always)]
fn are<S: Simd>(simd: S, bytes: &[u8], letter: u8) -> mask8x64<S> {
    let bytes = u8x64::from_slice(simd, &bytes[..BLOCK]);
    let bytes = if letter.is_ascii_lowercase() { bytes | u8x64::splat(simd, 0x20) } else { bytes };
    bytes.simd_eq(u8x64::splat(simd, letter))
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
    fn the_first_phrase_is_found() {
        for (sentinel, letters) in [(Sentinel::Activity, [0, 16, 34, 39]), (Sentinel::Erofs, [0, 4, 9, 14])] {
            let phrase = sentinel.phrase();
            for at in 0..3 * BLOCK {
                for behind in [0, 1, 2 * BLOCK] {
                    let mut text = vec![b'.'; at + phrase.len() + behind];
                    for spelled in [phrase.to_vec(), phrase.to_ascii_uppercase()] {
                        text[at..at + phrase.len()].copy_from_slice(&spelled);
                        for (from, found) in
                            [(0, true), (at.saturating_sub(70), true), (at, true), (at + 1, false)]
                        {
                            for level in LEVELS {
                                let expected = found.then_some((sentinel, at));
                                assert_eq!(
                                    super::phrase(level(), &text, from),
                                    expected,
                                    "at {at}, from {from}"
                                );
                            }
                        }
                        // Near misses: of what is looked at first, and of the rest.
                        for wrong in letters.into_iter().chain([1, phrase.len() - 1]) {
                            let mut near = text.clone();
                            near[at + wrong] = b'.';
                            assert_eq!(super::phrase(Level::new(), &near, 0), None, "{wrong} of {at}");
                        }
                    }
                    text.truncate(text.len() - behind - 1);
                    assert_eq!(super::phrase(Level::new(), &text, 0), None, "its last letter is missing");
                }
            }
            let twice = [phrase, phrase].concat();
            assert_eq!(super::phrase(Level::new(), &twice, 1), Some((sentinel, phrase.len())));
        }
    }
}
