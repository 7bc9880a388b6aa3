//! Numbers that a seed alone decides, so that every run can be run again.

/// A splitmix64 generator: small, without state outside itself, good enough to choose places.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// Decided by the seed and the words: each case under each transform has numbers of its own,
    /// whatever else is run beside it.
    pub(crate) fn new(seed: u64, words: &[&str]) -> Self {
        // FNV-1a.
        let hash = words
            .iter()
            .flat_map(|word| word.bytes().chain([0]))
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Self(seed ^ hash)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        usize::try_from(z % end as u64).unwrap_or(0)
    }

    /// One of some, of which there is at least one.
    pub(crate) fn one_of<T: Copy>(&mut self, some: &[T]) -> T {
        some[self.below(some.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    fn numbers(seed: u64, words: &[&str]) -> Vec<usize> {
        let mut random = Random::new(seed, words);
        (0..50).map(|_| random.below(10)).collect()
    }

    #[test]
    fn seed_and_words_decide() {
        assert_eq!(numbers(1, &["a", "b"]), numbers(1, &["a", "b"]));
        assert_ne!(numbers(1, &["a", "b"]), numbers(2, &["a", "b"]));
        assert_ne!(numbers(1, &["a", "b"]), numbers(1, &["ab"]));
        let all = numbers(7, &[]);
        assert!((0..10).all(|number| all.contains(&number)), "{all:?}");
    }
}
