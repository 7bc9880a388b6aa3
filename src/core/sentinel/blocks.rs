//! Looking at every place of a block at once.
//!
//! With vectors; `dispatch!` has it compiled for several instruction sets and takes the best one that the processor has.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into `dispatch!` is not compiled for its instruction set"
)]

use super::Sentinel;
use fearless_simd::{Level, Simd, SimdInt, SimdMask, dispatch, u8x32, u8x64};

/// How many letters a core has, and how far one reaches that begins among the first 64 bytes.
const CORE: usize = Sentinel::Activity.core().0.len();
const CORES: usize = 64 + CORE - 1;

/// How far the longest phrase reaches that begins among the first 32 bytes.
const PHRASES: usize = 32 + Sentinel::Activity.phrase().len() - 1;

/// Where the first core stands that begins at or after `from`. Linear.
pub(super) fn core(level: Level, text: &[u8], from: usize) -> Option<usize> {
    dispatch!(level, simd => first_place::<_, Cores, _>(simd, text, from, |_| true))
}

/// Where the first phrase stands, letter by letter, that begins at or after `from`. Linear; letters that stand
/// far apart are looked at first, so that near misses of a core take no longer.
pub(super) fn phrase(level: Level, text: &[u8], from: usize) -> Option<(Sentinel, usize)> {
    let at = |place| Sentinel::ALL.into_iter().find(|sentinel| sentinel.stands_at(text, place));
    let is_phrase = |place| at(place).is_some();
    let place = dispatch!(level, simd => first_place::<_, Phrases, _>(simd, text, from, is_phrase))?;
    Some((at(place)?, place))
}

/// What is looked for, as a type: a function that is handed over is not inlined.
trait Places<const REACH: usize> {
    /// How many places are looked at at once: of more letters at fewer, so that the vectors stay in registers.
    const PLACES: usize;

    /// Which of them it begins at: a bit for each, the first the lowest.
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
        let mut places = if let Some(block) = rest.first_chunk() {
            P::among(simd, block)
        } else {
            // Behind the end stands nothing that any letter is like.
            let mut block = [0; REACH];
            block[..rest.len()].copy_from_slice(rest);
            P::among(simd, &block)
        };
        while places != 0 {
            let place = from + places.trailing_zeros() as usize;
            if is_it(place) {
                return Some(place);
            }
            places &= places - 1;
        }
        from += P::PLACES;
    }
    None
}

impl Places<CORES> for Cores {
    const PLACES: usize = 64;

    #[inline(always)]
    fn among<S: Simd>(simd: S, block: &[u8; CORES]) -> u64 {
        let letters = |sentinel: Sentinel| Letters { word: sentinel.core().0, first: [0, 1], rest: [2, 3] };
        among::<_, u8x64<S>>(simd, block, Sentinel::ALL.map(letters))
    }
}

impl Places<PHRASES> for Phrases {
    const PLACES: usize = 32;

    #[inline(always)]
    fn among<S: Simd>(simd: S, block: &[u8; PHRASES]) -> u64 {
        let letters = |sentinel: Sentinel| match sentinel {
            Sentinel::Activity => Letters { word: sentinel.phrase(), first: [0, 34], rest: [16, 39] },
            Sentinel::Erofs => Letters { word: sentinel.phrase(), first: [0, 4], rest: [9, 14] },
        };
        among::<_, u8x32<S>>(simd, block, Sentinel::ALL.map(letters))
    }
}

/// Four letters of a word, by their places in it, and which two of them are looked at first.
struct Letters {
    word: &'static [u8],
    first: [usize; 2],
    rest: [usize; 2],
}

/// At which of the first places, as many as the vector holds, these letters of either word stand as they do in one
/// that begins there.
#[inline(always)]
fn among<S: Simd, V: SimdInt<S, Element = u8>>(simd: S, block: &[u8], [one, other]: [Letters; 2]) -> u64 {
    let ones = both::<_, V>(simd, block, one.word, one.first);
    let others = both::<_, V>(simd, block, other.word, other.first);
    if (ones | others).to_bitmask() == 0 {
        return 0;
    }
    let ones = ones & both::<_, V>(simd, block, one.word, one.rest);
    let others = others & both::<_, V>(simd, block, other.word, other.rest);
    (ones | others).to_bitmask()
}

/// At which places two letters of a word stand.
#[inline(always)]
fn both<S: Simd, V: SimdInt<S, Element = u8>>(
    simd: S,
    block: &[u8],
    word: &[u8],
    [one, other]: [usize; 2],
) -> V::Mask {
    stands::<_, V>(simd, block, word, one) & stands::<_, V>(simd, block, word, other)
}

/// At which places the letter `at` of a word stands, in either case, as it does in one that begins there.
#[inline(always)]
fn stands<S: Simd, V: SimdInt<S, Element = u8>>(simd: S, block: &[u8], word: &[u8], at: usize) -> V::Mask {
    let bytes = V::from_slice(simd, &block[at..at + V::LEN]);
    let bytes = if word[at].is_ascii_lowercase() { bytes | V::splat(simd, 0x20) } else { bytes };
    bytes.simd_eq(V::splat(simd, word[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With the widest vectors of this processor, and with what every one has.
    const LEVELS: [fn() -> Level; 2] = [Level::new, Level::baseline];

    #[test]
    fn the_first_core_is_found() {
        let is_core = |four: &[u8]| Sentinel::ALL.iter().any(|own| four.eq_ignore_ascii_case(own.core().0));
        let words = [
            "ty t", "TY T", "tY T", "d-on", "D-ON", "d-On", "ty\0t", "d\ron", "ty x", "ty-t", "d-ow", "d-xn",
            "ty tty", "d-d-on", "t d-",
        ];
        for (at, word) in (0..200).flat_map(|at| words.map(|word| (at, word))) {
            for behind in [0, 1, 64] {
                let text = [vec![b'.'; at], word.into(), vec![b'.'; behind]].concat();
                for from in [0, 1, 5, 64, at, at + 1, text.len(), text.len() + 1] {
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
            for at in 0..200 {
                for behind in [0, 1, 128] {
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
