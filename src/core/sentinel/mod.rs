//! The two phrases, and finding where they may stand.

mod blocks;

use aho_corasick::{AhoCorasick, MatchKind, packed};
use blocks::BLOCK;
use fearless_simd::Level;
use std::ops::Range;

/// One of the two phrases whose presence together makes a wedge.
///
/// Both are compared ASCII case-insensitively: Go prints errno texts in lower case, a C program
/// in a build step says `Read-only file system`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sentinel {
    /// `failed to update builder last activity time`, which buildx (since 0.10) wraps around the
    /// error in `commands/build.go`, `commands/bake.go` and `commands/dial_stdio.go`.
    Activity,
    /// `read-only file system`, the text of errno EROFS.
    Erofs,
}

impl Sentinel {
    /// Both, in the order in which they stand on buildx's own line.
    pub const ALL: [Self; 2] = [Self::Activity, Self::Erofs];

    /// The phrase in lower case.
    #[must_use]
    pub const fn phrase(self) -> &'static [u8] {
        match self {
            Self::Activity => b"failed to update builder last activity time",
            Self::Erofs => b"read-only file system",
        }
    }

    /// The four bytes of the phrase that are searched for, and where they stand in it.
    ///
    /// Rare in build logs, so that lines without a sentinel are hardly ever looked at. Colour may
    /// stand anywhere else in the phrase; an escape between these four bytes hides it.
    #[must_use]
    pub const fn core(self) -> (&'static [u8; 4], usize) {
        match self {
            Self::Activity => (b"ty t", 36),
            Self::Erofs => (b"d-on", 3),
        }
    }

    /// Where the phrase stands in a text. Linear; looks at the letter of it that is the rarest in prose.
    pub(crate) fn find_iter(self, text: &[u8]) -> impl Iterator<Item = usize> {
        let (lower, upper, skip) = match self {
            Self::Activity => (b'v', b'V', 34),
            Self::Erofs => (b'-', b'-', 4),
        };
        memchr::memchr2_iter(lower, upper, text).filter_map(move |at| {
            let start = at.checked_sub(skip)?;
            let found = text.get(start..start + self.phrase().len())?;
            found.eq_ignore_ascii_case(self.phrase()).then_some(start)
        })
    }
}

/// Finds the places where a sentinel may stand.
///
/// A hit is a candidate, no sighting: the line around it has still to be judged. Where no hit is,
/// there is no sighting. Linear in the haystack. Blocks without a core are passed over with the widest vectors
/// that the processor has; in the others a packed search says what stands where, or an automaton where there is
/// no such search.
#[derive(Clone, Debug)]
pub struct Candidates {
    level: Level,
    search: Search,
    /// Of which sentinel each pattern is a part.
    sentinels: Vec<Sentinel>,
}

#[derive(Clone, Debug)]
enum Search {
    Packed(packed::Searcher),
    /// Where the processor has no packed search.
    Automaton(AhoCorasick),
}

impl Search {
    /// Where the first pattern stands at or after `from`, and which one it is.
    fn find(&self, haystack: &[u8], from: usize) -> Option<(usize, usize)> {
        match self {
            Self::Packed(searcher) => {
                let span = aho_corasick::Span { start: from, end: haystack.len() };
                searcher.find_in(haystack, span).map(|m| (m.start(), m.pattern().as_usize()))
            }
            Self::Automaton(searcher) => {
                searcher.find(haystack.get(from..)?).map(|m| (m.start() + from, m.pattern().as_usize()))
            }
        }
    }

    fn packed(patterns: &[Vec<u8>]) -> Option<Self> {
        let builder = packed::Config::new().match_kind(packed::MatchKind::LeftmostFirst).builder();
        Some(Self::Packed({ builder }.extend(patterns).build()?))
    }

    fn automaton(patterns: &[Vec<u8>]) -> Self {
        #[expect(
            clippy::expect_used,
            reason = "16 patterns of 4 bytes are far below every limit of the builder"
        )]
        Self::Automaton(
            AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostFirst)
                .build(patterns)
                .expect("16 patterns of 4 bytes"),
        )
    }
}

/// What is searched for: both cores, however their letters are written, and of which sentinel each is.
fn patterns() -> (Vec<Vec<u8>>, Vec<Sentinel>) {
    let variants =
        |sentinel: Sentinel| case_variants(sentinel.core().0).into_iter().map(move |v| (v, sentinel));
    Sentinel::ALL.into_iter().flat_map(variants).unzip()
}

impl Candidates {
    /// Builds the searcher: some microseconds, some KiB.
    ///
    #[must_use]
    pub fn new() -> Self {
        let (patterns, sentinels) = patterns();
        let search = Search::packed(&patterns).unwrap_or_else(|| Search::automaton(&patterns));
        Self { level: Level::new(), search, sentinels }
    }

    /// The offset of the first candidate at or after `from`, if there is one.
    #[must_use]
    pub fn find(&self, haystack: &[u8], from: usize) -> Option<usize> {
        self.find_with_sentinel(haystack, from).map(|(at, _)| at)
    }

    /// The same, and which sentinel it is a candidate of.
    #[must_use]
    pub fn find_with_sentinel(&self, haystack: &[u8], from: usize) -> Option<(usize, Sentinel)> {
        let mut from = from;
        loop {
            from = blocks::with_core(self.level, haystack, from)?;
            let end = haystack.len().min(from + blocks::CORE_REACH);
            if let Some((at, pattern)) = self.search.find(&haystack[..end], from) {
                debug_assert!(at >= from);
                return Some((at, self.sentinels[pattern]));
            }
            from += BLOCK;
        }
    }

    /// The first candidate in `range` around which a sentinel stands letter by letter, or may stand in another
    /// spelling: with an escape sequence between its letters, or some of them as an envelope spells them
    /// (`\u0066`, `|0x0066`). `cut` says that `text` may begin and end inside of a line; of a line that is not
    /// whole anything may be. Linear, and as fast where candidates stand side by side that are no sentinels.
    #[must_use]
    pub fn plausible(&self, text: &[u8], range: Range<usize>, cut: bool) -> Option<usize> {
        let mut at = range.start;
        let mut last = None;
        loop {
            at = self.find(text, at).filter(|at| *at < range.end)?;
            if stands_around(text, at) {
                return Some(at);
            }
            let start = memchr::memrchr(b'\n', &text[..at]);
            let end = memchr::memchr(b'\n', &text[at..]).map(|length| at + length);
            if cut && (start.is_none() || end.is_none()) {
                return Some(at);
            }
            let (start, mut end) = (start.unwrap_or(0), end.unwrap_or(text.len()));
            if is_spelled(&text[start..end]) {
                return Some(at);
            }
            if is_dense(last, at) {
                end = plain_until(text, end);
            }
            last = Some(at);
            // From here to `end` a sentinel stands letter by letter, if it does.
            if let Some(found) = first_phrase(self.level, text, at, end) {
                return Some(found).filter(|at| *at < range.end);
            }
            at = end;
        }
    }
}

/// Whether a candidate stands so near to the one before that there will be more of them.
fn is_dense(last: Option<usize>, at: usize) -> bool {
    const DENSE: usize = 1024;
    last.is_some_and(|last| at - last < DENSE)
}

/// The end of a line behind the one that ends at `end`, such that no line up to there has a character that begins
/// another spelling: how far dense candidates are passed over at once.
fn plain_until(text: &[u8], end: usize) -> usize {
    const STRETCH: usize = 16_384;
    let more = &text[end..];
    let more = more.get(..STRETCH).unwrap_or(more);
    let plain = &more[..memchr::memchr3(0x1b, b'\\', b'|', more).unwrap_or(more.len())];
    end + memchr::memrchr(b'\n', plain).unwrap_or(0)
}

/// Whether a line has a character that begins another spelling.
fn is_spelled(line: &[u8]) -> bool {
    memchr::memchr3(0x1b, b'\\', b'|', line).is_some()
}

/// The first candidate from `from` on whose whole sentinel stands around it, letter by letter, and ends before
/// `end`. What stands there does not change how long it takes, but for near misses of four letters of a phrase.
fn first_phrase(level: Level, text: &[u8], from: usize, end: usize) -> Option<usize> {
    let text = &text[..end];
    let mut start = from.saturating_sub(Sentinel::Activity.core().1);
    loop {
        start = blocks::with_phrase(level, text, start)?;
        let block = &text[start..end.min(start + blocks::REACH)];
        let first = |sentinel: Sentinel| {
            let mut cores = sentinel.find_iter(block).map(|at| start + at + sentinel.core().1);
            cores.find(|core| *core >= from)
        };
        let found = Sentinel::ALL.into_iter().filter_map(first).min();
        if found.is_some() {
            return found;
        }
        start += BLOCK;
    }
}

/// Whether a whole sentinel stands around the candidate at `at`, letter by letter.
fn stands_around(text: &[u8], at: usize) -> bool {
    Sentinel::ALL.iter().any(|sentinel| {
        let (phrase, (_, skip)) = (sentinel.phrase(), sentinel.core());
        let found = at.checked_sub(skip).and_then(|start| text.get(start..start + phrase.len()));
        found.is_some_and(|found| found.eq_ignore_ascii_case(phrase))
    })
}

impl Default for Candidates {
    fn default() -> Self {
        Self::new()
    }
}

/// Every spelling of `word` that differs in the case of ASCII letters alone.
fn case_variants(word: &[u8]) -> Vec<Vec<u8>> {
    word.iter().fold(vec![Vec::new()], |variants, byte| {
        let (lower, upper) = (byte.to_ascii_lowercase(), byte.to_ascii_uppercase());
        let spellings: &[u8] = if lower == upper { &[lower] } else { &[lower, upper] };
        variants
            .iter()
            .flat_map(|variant| spellings.iter().map(move |&b| [variant.as_slice(), &[b]].concat()))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_stands_where_it_says() {
        for sentinel in Sentinel::ALL {
            let (core, at) = sentinel.core();
            assert_eq!(&sentinel.phrase()[at..at + 4], core);
        }
    }

    #[test]
    fn a_sentinel_stands_around_its_core() {
        for sentinel in Sentinel::ALL {
            let text = [b"x ", sentinel.phrase().to_ascii_uppercase().as_slice(), b" x"].concat();
            let at = 2 + sentinel.core().1;
            assert!(stands_around(&text, at));
            assert!(!stands_around(&text[3..], at - 3), "its first letter is missing");
            assert!(!stands_around(&text[..text.len() - 3], at), "its last letter is missing");
            assert!(!stands_around(&text, at + 1));
        }
        assert!(!stands_around(b"d-on", 0) && !stands_around(b"d-only file system", 0));
    }

    #[test]
    fn what_can_be_no_sentinel_is_passed_over() {
        let finder = Candidates::new();
        for (text, cut, found) in [
            ("x read-only volume\n a Read-Only File System\n", false, Some(25)),
            ("x read-only volume\n", false, None),
            ("x read-only volume\n", true, Some(5)),
            ("\nread-only volume\n", true, None),
            ("\nread-only volume", true, Some(4)),
            ("\x1b[1mread-only\x1b[0m file system", false, Some(7)),
            ("\x1b\nread-only volume\n\x1b", false, None),
            (r#"{"log":"read-only \u0066ile system"}"#, false, Some(11)),
            ("##teamcity[message text='read-only |0x0066ile system']", false, Some(28)),
        ] {
            assert_eq!(finder.plausible(text.as_bytes(), 0..text.len(), cut), found, "{text:?}");
        }
        assert_eq!(finder.plausible(b"read-only file system", 0..3, false), None);
        assert_eq!(finder.plausible(b"read-only file system", 0..4, false), Some(3));
        let second = b"read-only volume, read-only file system";
        assert_eq!(finder.plausible(second, 0..21, false), None);
        assert_eq!(finder.plausible(second, 0..22, false), Some(21));
    }

    #[test]
    fn lines_are_passed_over_as_far_as_nothing_is_spelled_otherwise() {
        let text = b"d-on\nd-on\nd-on \\\nd-on\n";
        for (end, until) in [(4, 9), (9, 9), (16, 21), (21, 21)] {
            assert_eq!(plain_until(text, end), until);
        }
        let finder = Candidates::new();
        let phrase = b"read-only file system";
        for (behind, found) in
            [(&phrase[..], Some(3)), (b"read-only \x1b[0mfile system", Some(3)), (b"d-on", None)]
        {
            for between in ["\n", "\nx\n", "\n\\\n"] {
                let before = format!("d-on{between}").repeat(3);
                let expected = if between.contains('\\') {
                    found.and(Some(before.len() + 3))
                } else {
                    found.map(|at| before.len() + at)
                };
                let text = [before.as_bytes(), behind].concat();
                assert_eq!(finder.plausible(&text, 0..text.len(), false), expected, "{between:?}");
            }
        }
    }

    #[test]
    fn the_first_phrase_is_found_in_whatever_block_it_stands() {
        for sentinel in Sentinel::ALL {
            let (phrase, core) = (sentinel.phrase(), sentinel.core().1);
            for before in 0..3 * BLOCK {
                let both = [Sentinel::Activity.phrase(), Sentinel::Erofs.phrase()].concat();
                let text = [vec![b'.'; before], phrase.to_vec(), vec![b'.'; before], both].concat();
                let at = before + core;
                let end = before + phrase.len();
                assert_eq!(first_phrase(Level::new(), &text, 0, text.len()), Some(at));
                assert_eq!(first_phrase(Level::new(), &text, at, end), Some(at));
                assert_eq!(first_phrase(Level::new(), &text, 0, end - 1), None, "it does not end there");
                let next = before + end + Sentinel::Activity.core().1;
                assert_eq!(first_phrase(Level::new(), &text, at + 1, text.len()), Some(next));
            }
        }
    }

    #[test]
    fn the_searcher_has_sixteen_patterns() {
        let count: usize = Sentinel::ALL.iter().map(|s| case_variants(s.core().0).len()).sum();
        assert_eq!(count, 16, "24 and more are several times slower in the packed search");
    }

    #[test]
    fn both_searchers_find_the_same() {
        let finder = Candidates::new();
        let fallback = Candidates { search: Search::automaton(&patterns().0), ..finder.clone() };
        for text in ["", "ty", "xxactiviTY Time", "a reaD-ONly b", "d-o d-On ty t", "tyt d on"] {
            for from in 0..=text.len() {
                assert_eq!(
                    finder.find(text.as_bytes(), from),
                    fallback.find(text.as_bytes(), from),
                    "{text}"
                );
            }
        }
        assert_eq!(finder.find_with_sentinel(b"a reaD-ONly b", 0), Some((5, Sentinel::Erofs)));
        assert_eq!(finder.find_with_sentinel(b"activiTY Time", 0), Some((6, Sentinel::Activity)));
        assert_eq!(finder.find(b"a reaD-ONly b", 6), None);
    }
}
