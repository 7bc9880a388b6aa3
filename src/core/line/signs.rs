//! Which characters stand on a line at all that its rules look for.

use super::places::{Places, goes_on, look};
use crate::core::sentinel::Sentinel;
use fearless_simd::Level;

/// A set of signs: characters without which a rule finds nothing. Most lines have few of them, and most rules need
/// not look at a line then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signs(u16);

impl Signs {
    /// An escape sequence begins.
    pub(crate) const ESCAPE: Self = Self(1);
    /// A carriage return, behind which a line goes on: none at its very end.
    pub(crate) const RETURN: Self = Self(1 << 1);
    /// Columns are set apart.
    pub(crate) const TAB: Self = Self(1 << 2);
    /// A quote of either kind: every envelope has one, and what is quoted back.
    pub(crate) const QUOTE: Self = Self(1 << 3);
    /// `#`, `[`, `|`, `{`, or `.` and a digit: every marker of a container's words has one.
    pub(crate) const MARK: Self = Self(1 << 4);
    /// The dashes of a rule of an excerpt.
    pub(crate) const RULE: Self = Self(1 << 5);
    /// `.d`, `.t` or `dx`, in either case: every path of the state directory has one.
    pub(crate) const STATE_DIR: Self = Self(1 << 6);
    /// The core of the activity sentinel, and of EROFS.
    pub(crate) const ACTIVITY: Self = Self(1 << 7);
    pub(crate) const EROFS: Self = Self(1 << 8);
    /// In front of the phrase around that core stands no blank, or behind it what may make it part of a path.
    pub(crate) const JOINED: Self = Self(1 << 9);

    pub(crate) const NONE: Self = Self(0);
    /// All of them: what is not known can be there.
    pub(crate) const ALL: Self = Self(u16::MAX);

    /// The signs of a line, without its newline. Linear.
    pub(crate) fn of(line: &[u8]) -> Self {
        let (level, mut found, mut places) = (Level::new(), Found::NOTHING, [Places::NONE]);
        for at in (0..line.len()).step_by(64) {
            look(level, line, at, &mut places);
            found.add(&places[0], u64::MAX, line, at);
        }
        found.signs()
    }

    /// Whether one of these is among them.
    pub(crate) fn have(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The signs at some places that are a core or a rule.
pub(super) fn whole(places: &Places, own: u64) -> Signs {
    let sign = |stand: u64, sign: Signs| if stand & own != 0 { sign } else { Signs::NONE };
    sign(places.activity, Signs::ACTIVITY)
        .or(sign(places.erofs, Signs::EROFS))
        .or(sign(places.rule, Signs::RULE))
}

/// What was found on a line so far.
pub(super) struct Found {
    /// Cores, and a rule.
    whole: Signs,
    /// Of [`Places::single`], and of [`Places::pair`].
    single: u8,
    pair: u8,
}

impl Found {
    pub(super) const NOTHING: Self = Self { whole: Signs::NONE, single: 0, pair: 0 };

    /// Adds what is at some places of 64 bytes, which begin at `at` in a text, or in front of it.
    #[inline]
    pub(super) fn add(&mut self, places: &Places, own: u64, text: &[u8], at: usize) {
        let mut signs = places.signs & own;
        while signs != 0 {
            let place = signs.trailing_zeros() as usize;
            self.single |= places.single[place];
            self.pair |= places.pair[place];
            signs &= signs - 1;
        }
        self.whole = self.whole.or(whole(places, own));
        let mut joined = places.joined & own;
        while joined != 0 {
            // What makes it part of something may stand outside of the text.
            if may_be_joined(text, at.wrapping_add(joined.trailing_zeros() as usize)) {
                self.whole = self.whole.or(Signs::JOINED);
            }
            joined &= joined - 1;
        }
    }

    pub(super) fn signs(&self) -> Signs {
        let sign = |is: bool, sign: Signs| if is { sign } else { Signs::NONE };
        let alone = Signs(u16::from(self.single & 0b1111));
        let mark = sign(self.single & 0b111_0000 != 0 || self.pair & 0b1 != 0, Signs::MARK);
        let state_dir = sign(self.pair & 0b110 != 0, Signs::STATE_DIR);
        self.whole.or(alone).or(mark).or(state_dir)
    }
}

/// Whether what stands around the core of EROFS at `at` can make it part of something else.
pub(super) fn may_be_joined(text: &[u8], at: usize) -> bool {
    let (phrase, core) = (Sentinel::Erofs.phrase().len(), Sentinel::Erofs.core().1);
    let Some(start) = at.checked_sub(core) else { return false };
    let before = start.checked_sub(1).map(|before| text[before]);
    let behind = text.get(start + phrase);
    !matches!(before, None | Some(b' ' | b'\n')) || behind.is_some_and(|behind| goes_on(*behind))
}
