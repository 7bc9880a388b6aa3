//! The words that rules know.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into `dispatch!` is not compiled for its instruction set"
)]

use super::word::Set;
use fearless_simd::{Simd, SimdBase, u8x32};

/// The words that rules know, of three letters or more, all small: those of the sentinels, of what is quoted back, of the files of the
/// state directory, of the keys of envelopes, of operations, and of what is put behind a cause. Left out are those in which
/// another stands, unless a line that is cut off may end in their beginning.
pub(super) const KNOWN: [[u8; LONGEST]; 65] = words(
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
pub(super) struct Letters {
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
    pub(super) fn have<S: Simd>(&self, bytes: u8x32<S>) -> u8x32<S> {
        let answers = |table: &[u8; 32], nibbles| {
            u8x32::from_slice(bytes.simd, table).swizzle_dyn_within_blocks(nibbles)
        };
        answers(&self.low, bytes & u8x32::splat(bytes.simd, 0xf)) & answers(&self.high, bytes >> 4)
    }
}

pub(super) const BEGINNINGS: [Letters; 3] = Letters::of(&KNOWN);
pub(super) const BEGINNINGS_IN_PATHS: [Letters; 3] = Letters::of(&KNOWN_IN_PATHS);

/// Whether a word that rules know begins at one of these places behind `at`, or all of the one that begins at `start` is the
/// beginning of one. In either case.
#[inline(never)]
pub(super) fn has_known(text: &[u8], at: usize, mut places: u64, start: usize, set: Set) -> bool {
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
