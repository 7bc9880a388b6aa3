//! Which characters stand on a line at all that its rules look for.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into `dispatch!` is not compiled for its instruction set"
)]

use crate::core::sentinel::{Sentinel, stands};
use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, mask8x64, u8x64};

/// A set of signs: characters without which a rule finds nothing. Most lines have few of them, and most rules need
/// not look at a line then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signs(u16);

impl Signs {
    /// An escape sequence begins.
    pub(crate) const ESCAPE: Self = Self(1);
    /// A carriage return, behind which a line goes on.
    pub(crate) const RETURN: Self = Self(1 << 1);
    /// Columns are set apart.
    pub(crate) const TAB: Self = Self(1 << 2);
    /// A quote of either kind: every envelope has one, and what is quoted back.
    pub(crate) const QUOTE: Self = Self(1 << 3);
    /// `#`, `[`, `|`, `{`, or `.` and a digit: every marker of a container's words has one.
    pub(crate) const MARK: Self = Self(1 << 4);
    /// Two dashes side by side: every rule of an excerpt has them.
    pub(crate) const DASHES: Self = Self(1 << 5);
    /// `.d`, `.t` or `dx`, in either case: every path of the state directory has one.
    pub(crate) const STATE_DIR: Self = Self(1 << 6);
    /// The core of the activity sentinel, and of EROFS.
    pub(crate) const ACTIVITY: Self = Self(1 << 7);
    pub(crate) const EROFS: Self = Self(1 << 8);
    /// In front of the phrase around that core stands no blank, or behind it what may make it part of a path.
    pub(crate) const JOINED: Self = Self(1 << 9);

    /// All of them: what is not known can be there.
    pub(crate) const ALL: Self = Self(u16::MAX);

    /// The signs of a line. Linear.
    pub(crate) fn of(line: &[u8]) -> Self {
        Self::of_line(Level::new(), line).1
    }

    /// How long the line is that `text` begins with, and its signs. Linear.
    pub(crate) fn of_line(level: Level, text: &[u8]) -> (usize, Self) {
        dispatch!(level, simd => of_line(simd, text))
    }

    /// Whether one of these is among them.
    pub(crate) fn have(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// How far the signs reach that begin among the first 64 bytes.
const REACH: usize = 64 + 3;

/// How long the line is that `text` begins with, and its signs.
#[inline(always)]
fn of_line<S: Simd>(simd: S, text: &[u8]) -> (usize, Signs) {
    let mut signs = 0;
    let mut from = 0;
    loop {
        let rest = &text[from..];
        let (newline, mut erofs, its) = match rest.first_chunk() {
            Some(block) => of_block(simd, block),
            None => {
                let mut block = [0; REACH];
                block[..rest.len()].copy_from_slice(rest);
                of_block(simd, &block)
            }
        };
        signs |= its;
        while erofs != 0 {
            let at = from + erofs.trailing_zeros() as usize;
            signs |= if may_be_joined(text, at) { Signs::JOINED.0 } else { 0 };
            erofs &= erofs - 1;
        }
        if newline != 0 {
            return (from + newline.trailing_zeros() as usize, Signs(signs));
        }
        if rest.len() <= 64 {
            return (text.len(), Signs(signs));
        }
        from += 64;
    }
}

/// Of the first 64 bytes: where newlines stand, and in front of the first where the core of EROFS stands, and the signs.
#[inline(always)]
fn of_block<S: Simd>(simd: S, block: &[u8; REACH]) -> (u64, u64, u16) {
    let newline = word(simd, block, b"\n").to_bitmask();
    let own = newline.wrapping_sub(1) & !newline;
    let escape = word(simd, block, b"\x1b");
    let carriage_return = word(simd, block, b"\r");
    let tab = word(simd, block, b"\t");
    let quote = word(simd, block, b"\"") | word(simd, block, b"'");
    let second = u8x64::from_slice(simd, &block[1..65]);
    let digit = second.simd_ge(u8x64::splat(simd, b'0')) & second.simd_le(u8x64::splat(simd, b'9'));
    let mark = word(simd, block, b"#") | word(simd, block, b"[") | word(simd, block, b"|");
    let mark = mark | word(simd, block, b"{") | word(simd, block, b".") & digit;
    let dashes = word(simd, block, b"--");
    let state_dir = word(simd, block, b".d") | word(simd, block, b".t") | word(simd, block, b"dx");
    let activity = word(simd, block, Sentinel::Activity.core().0);
    let erofs = word(simd, block, Sentinel::Erofs.core().0).to_bitmask() & own;
    let mut signs = sign(erofs, Signs::EROFS);
    let any = escape | carriage_return | tab | quote | mark | dashes | state_dir | activity;
    // Most lines have none.
    if any.to_bitmask() & own != 0 {
        signs |= sign(escape.to_bitmask() & own, Signs::ESCAPE)
            | sign(carriage_return.to_bitmask() & own, Signs::RETURN)
            | sign(tab.to_bitmask() & own, Signs::TAB)
            | sign(quote.to_bitmask() & own, Signs::QUOTE)
            | sign(mark.to_bitmask() & own, Signs::MARK)
            | sign(dashes.to_bitmask() & own, Signs::DASHES)
            | sign(state_dir.to_bitmask() & own, Signs::STATE_DIR)
            | sign(activity.to_bitmask() & own, Signs::ACTIVITY);
    }
    (newline, erofs, signs)
}

/// At which of the first 64 places a word begins, in either case.
#[inline(always)]
fn word<S: Simd>(simd: S, block: &[u8; REACH], word: &[u8]) -> mask8x64<S> {
    let mut places = stands::<_, u8x64<S>>(simd, block, word, 0);
    for at in 1..word.len() {
        places &= stands::<_, u8x64<S>>(simd, block, word, at);
    }
    places
}

#[inline(always)]
fn sign(places: u64, sign: Signs) -> u16 {
    if places == 0 { 0 } else { sign.0 }
}

/// Whether what stands around the core of EROFS at `at` can make it part of something else.
fn may_be_joined(text: &[u8], at: usize) -> bool {
    let (phrase, core) = (Sentinel::Erofs.phrase().len(), Sentinel::Erofs.core().1);
    let Some(start) = at.checked_sub(core) else { return false };
    let before = start.checked_sub(1).map(|before| text[before]);
    let behind = text.get(start + phrase);
    !matches!(before, None | Some(b' ')) || matches!(behind, Some(b'/' | b'\\' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EACH: [Signs; 10] = [
        Signs::ESCAPE,
        Signs::RETURN,
        Signs::TAB,
        Signs::QUOTE,
        Signs::MARK,
        Signs::DASHES,
        Signs::STATE_DIR,
        Signs::ACTIVITY,
        Signs::EROFS,
        Signs::JOINED,
    ];

    const LINES: [(&str, &[Signs]); 44] = [
        ("", &[]),
        ("cp: cannot create /srv/x: Read-only file system (30)", &[Signs::EROFS]),
        ("read-only file system", &[Signs::EROFS]),
        ("READ-ONLY FILE SYSTEM, it says", &[Signs::EROFS]),
        ("x: read-only file system/x", &[Signs::EROFS, Signs::JOINED]),
        ("x: read-only file system\\x", &[Signs::EROFS, Signs::JOINED]),
        ("x: read-only file system.", &[Signs::EROFS, Signs::JOINED]),
        ("x:read-only file system", &[Signs::EROFS, Signs::JOINED]),
        ("/read-only file system x: read-only file system", &[Signs::EROFS, Signs::JOINED]),
        ("x: read-only file system /read-only file system", &[Signs::EROFS, Signs::JOINED]),
        ("d-on", &[Signs::EROFS]),
        ("ad-on", &[Signs::EROFS]),
        ("d-o n", &[]),
        ("failed to update builder last activity time", &[Signs::ACTIVITY]),
        ("ty T", &[Signs::ACTIVITY]),
        ("ty  t", &[]),
        ("a\x1b1m", &[Signs::ESCAPE]),
        ("a\x1b[1m", &[Signs::ESCAPE, Signs::MARK]),
        ("a\r", &[Signs::RETURN]),
        ("a\tb", &[Signs::TAB]),
        ("\"", &[Signs::QUOTE]),
        ("it's", &[Signs::QUOTE]),
        ("#", &[Signs::MARK]),
        ("[", &[Signs::MARK]),
        ("|", &[Signs::MARK]),
        ("{", &[Signs::MARK]),
        ("a.0", &[Signs::MARK]),
        ("9.9", &[Signs::MARK]),
        (".a1", &[]),
        ("./", &[]),
        (".:", &[]),
        ("1.", &[]),
        ("1. 1", &[]),
        ("}];~\x0b\x01\0 !$%&()*+,/<=>?@\\^_`", &[]),
        ("------", &[Signs::DASHES]),
        ("--", &[Signs::DASHES]),
        ("- -", &[]),
        ("/root/.docker", &[Signs::STATE_DIR]),
        ("/root/.DOCKER", &[Signs::STATE_DIR]),
        ("/buildx/refs", &[Signs::STATE_DIR]),
        ("/BUILDX/refs", &[Signs::STATE_DIR]),
        ("/x/activity/.tmp-1", &[Signs::STATE_DIR]),
        ("/x/activity/.TMP-1", &[Signs::STATE_DIR]),
        ("d x. d. t", &[]),
    ];

    /// With the widest vectors of this processor, and with what every one has.
    const LEVELS: [fn() -> Level; 2] = [Level::new, Level::baseline];

    #[test]
    fn signs_are_those_of_a_line() {
        for (line, demanded) in LINES {
            for before in (0..140).map(|n| " ".repeat(n)) {
                let line = format!("{before}{line}");
                let behind =
                    ["", "\n", "\n#7 0.412 \x1b[1m\"\r\t--.dty td-on", "\n.docker read-only file system/x"];
                for (text, level) in
                    behind.iter().flat_map(|behind| LEVELS.map(|level| (format!("{line}{behind}"), level)))
                {
                    let (length, signs) = Signs::of_line(level(), text.as_bytes());
                    assert_eq!(length, line.len(), "{text:?}");
                    for sign in EACH {
                        assert_eq!(signs.have(sign), demanded.contains(&sign), "{text:?} {sign:?}");
                    }
                }
            }
        }
        assert!(EACH.iter().all(|sign| Signs::ALL.have(*sign)));
        let both = Signs::QUOTE.or(Signs::TAB);
        assert!(both.have(Signs::TAB) && !both.have(Signs::MARK));
    }
}
