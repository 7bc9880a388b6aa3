//! The two phrases, and finding where they may stand.

mod blocks;

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

    /// Whether the phrase stands letter by letter at this place of a text, in whatever case.
    fn stands_at(self, text: &[u8], start: usize) -> bool {
        let found = text.get(start..start + self.phrase().len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(self.phrase()))
    }
}

/// Finds the places where a sentinel may stand.
///
/// A hit is a candidate, no sighting: the line around it has still to be judged. Where no hit is,
/// there is no sighting. Linear in the haystack, with the widest vectors that the processor has.
#[derive(Clone, Copy, Debug)]
pub struct Candidates {
    level: Level,
}

impl Candidates {
    /// Asks what the processor can do.
    #[must_use]
    pub fn new() -> Self {
        Self { level: Level::new() }
    }

    /// What the processor can do.
    pub(crate) fn level(self) -> Level {
        self.level
    }

    /// The offset of the first candidate at or after `from`, if there is one.
    #[must_use]
    pub fn find(self, haystack: &[u8], from: usize) -> Option<usize> {
        blocks::core(self.level, haystack, from)
    }

    /// Every sentinel of a text that stands there letter by letter, and where it begins, in the order of the text.
    /// Linear, whatever near misses stand around them.
    pub(crate) fn phrases(self, text: &[u8]) -> impl Iterator<Item = (Sentinel, usize)> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let at = self.find(text, from)?;
            let (sentinel, start) =
                around(text, at).or_else(|| first_phrase(self.level, text, at, text.len()))?;
            from = start + sentinel.core().1 + 1;
            Some((sentinel, start))
        })
    }

    /// The first candidate in `range` around which a sentinel stands letter by letter, or may stand in another
    /// spelling: with an escape sequence between its letters, or some of them as an envelope spells them
    /// (`\u0066`, `|0x0066`). `cut` says that `text` may begin and end inside of a line; of a line that is not
    /// whole anything may be. Linear, and as fast where candidates stand side by side that are no sentinels.
    #[must_use]
    pub fn plausible(self, text: &[u8], range: Range<usize>, cut: bool) -> Option<usize> {
        let mut at = range.start;
        let mut last = None;
        loop {
            at = self.find(text, at).filter(|at| *at < range.end)?;
            if around(text, at).is_some() {
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
            if let Some((sentinel, start)) = first_phrase(self.level, text, at, end) {
                return Some(start + sentinel.core().1).filter(|at| *at < range.end);
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

/// The first sentinel that stands letter by letter, whose core is at `from` or behind it, and that ends before `end`.
fn first_phrase(level: Level, text: &[u8], from: usize, end: usize) -> Option<(Sentinel, usize)> {
    let mut start = from.saturating_sub(Sentinel::Activity.core().1);
    loop {
        let (sentinel, at) = blocks::phrase(level, &text[..end], start)?;
        if at + sentinel.core().1 >= from {
            return Some((sentinel, at));
        }
        start = at + 1;
    }
}

/// The sentinel that stands letter by letter around the candidate at `at`, and where it begins.
fn around(text: &[u8], at: usize) -> Option<(Sentinel, usize)> {
    let second = text.get(at + 1)?;
    let sentinel =
        Sentinel::ALL.into_iter().find(|sentinel| sentinel.core().0[1].eq_ignore_ascii_case(second))?;
    let start = at.checked_sub(sentinel.core().1)?;
    sentinel.stands_at(text, start).then_some((sentinel, start))
}

impl Default for Candidates {
    fn default() -> Self {
        Self::new()
    }
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
        let is_around = |text: &[u8], at| around(text, at).is_some();
        for sentinel in Sentinel::ALL {
            let text = [b"x ", sentinel.phrase().to_ascii_uppercase().as_slice(), b" x"].concat();
            let at = 2 + sentinel.core().1;
            assert!(is_around(&text, at));
            assert!(!is_around(&text[3..], at - 3), "its first letter is missing");
            assert!(!is_around(&text[..text.len() - 3], at), "its last letter is missing");
            assert!(!is_around(&text, at + 1));
        }
        assert!(!is_around(b"d-on", 0) && !is_around(b"d-only file system", 0));
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
    fn the_first_phrase_behind_a_candidate_is_found() {
        for sentinel in Sentinel::ALL {
            let (phrase, core) = (sentinel.phrase(), sentinel.core().1);
            for before in 0..200 {
                let both = [Sentinel::Activity.phrase(), Sentinel::Erofs.phrase()].concat();
                let text = [vec![b'.'; before], phrase.to_vec(), vec![b'.'; before], both].concat();
                let end = before + phrase.len();
                let found = |from, end| first_phrase(Level::new(), &text, from, end);
                assert_eq!(found(0, text.len()), Some((sentinel, before)));
                assert_eq!(found(before + core, end), Some((sentinel, before)));
                assert_eq!(found(0, end - 1), None, "it does not end there");
                assert_eq!(found(before + core + 1, text.len()), Some((Sentinel::Activity, before + end)));
                let all: Vec<_> = Candidates::new().phrases(&text).collect();
                let erofs = before + end + Sentinel::Activity.phrase().len();
                assert_eq!(
                    all,
                    [(sentinel, before), (Sentinel::Activity, before + end), (Sentinel::Erofs, erofs)]
                );
            }
        }
    }
}
