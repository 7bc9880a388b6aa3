//! Which characters stand on a line at all that its rules look for.

use super::places::{MARKS, Places, look};
use fearless_simd::Level;

/// A set of signs: characters without which a rule finds nothing. Most lines have few of them, and most rules need
/// not look at a line then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signs(u8);

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
    /// The core of the activity sentinel, and of EROFS.
    pub(crate) const ACTIVITY: Self = Self(1 << 6);
    pub(crate) const EROFS: Self = Self(1 << 7);
    pub(crate) const NONE: Self = Self(0);
    /// All of them: what is not known can be there.
    pub(crate) const ALL: Self = Self(u8::MAX);

    /// The signs of a line, without its newline. Linear.
    pub(crate) fn of(line: &[u8]) -> Self {
        let (level, mut found, mut places) = (Level::new(), Found::NOTHING, [Places::NONE]);
        for at in (0..line.len()).step_by(64) {
            look(level, line, at, &mut places);
            found.add(&places[0], u64::MAX);
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
    /// Of [`Places::sign`].
    sign: u8,
}

impl Found {
    pub(super) const NOTHING: Self = Self { whole: Signs::NONE, sign: 0 };

    /// Adds what is at some places of 64 bytes.
    #[inline]
    pub(super) fn add(&mut self, places: &Places, own: u64) {
        let mut signs = places.signs & own;
        while signs != 0 {
            self.sign |= places.sign[signs.trailing_zeros() as usize];
            signs &= signs - 1;
        }
        self.whole = self.whole.or(whole(places, own));
    }

    pub(super) fn signs(&self) -> Signs {
        let alone = Signs(self.sign & !MARKS);
        let mark = if self.sign & MARKS != 0 { Signs::MARK } else { Signs::NONE };
        self.whole.or(alone).or(mark)
    }
}
