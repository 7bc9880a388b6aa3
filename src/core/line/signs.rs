//! Which characters stand on a line at all that its rules look for.

/// A set of signs: characters without which a rule finds nothing. Most lines have few of them, and most rules need
/// not look at a line then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signs(u8);

impl Signs {
    /// An escape sequence begins.
    pub(crate) const ESCAPE: Self = Self(1);
    /// A carriage return, behind which a line goes on.
    pub(crate) const RETURN: Self = Self(1 << 1);
    /// Columns are set apart.
    pub(crate) const TAB: Self = Self(1 << 2);
    /// A quote of either kind: every envelope has one, and what is quoted back.
    pub(crate) const QUOTE: Self = Self(1 << 3);
    /// `#`, `[`, `|`, `{` or `.`: every marker of a container's words has one.
    pub(crate) const MARK: Self = Self(1 << 4);

    /// All of them: what is not known can be there.
    pub(crate) const ALL: Self = Self(u8::MAX);

    const TABLE: [u8; 256] = {
        let mut table = [0; 256];
        table[0x1b] = Self::ESCAPE.0;
        table[b'\r' as usize] = Self::RETURN.0;
        table[b'\t' as usize] = Self::TAB.0;
        table[b'"' as usize] = Self::QUOTE.0;
        table[b'\'' as usize] = Self::QUOTE.0;
        let marks = b"#[|{.";
        let mut i = 0;
        while i < marks.len() {
            table[marks[i] as usize] = Self::MARK.0;
            i += 1;
        }
        table
    };

    /// The signs of a line. Linear.
    pub(crate) fn of(line: &[u8]) -> Self {
        Self(line.iter().fold(0, |signs, byte| signs | Self::TABLE[usize::from(*byte)]))
    }

    /// Whether one of these is among them.
    pub(crate) fn have(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_those_of_a_line() {
        let each = [Signs::ESCAPE, Signs::RETURN, Signs::TAB, Signs::QUOTE, Signs::MARK];
        for (line, demanded) in [
            ("", &[][..]),
            ("cp: cannot create /srv/x: Read-only file system (30)", &[]),
            ("a\x1b[1m", &[Signs::ESCAPE, Signs::MARK]),
            ("a\r", &[Signs::RETURN]),
            ("a\tb", &[Signs::TAB]),
            ("\"", &[Signs::QUOTE]),
            ("it's", &[Signs::QUOTE]),
            ("#", &[Signs::MARK]),
            ("[", &[Signs::MARK]),
            ("|", &[Signs::MARK]),
            ("{", &[Signs::MARK]),
            (".", &[Signs::MARK]),
        ] {
            for sign in each {
                assert_eq!(
                    Signs::of(line.as_bytes()).have(sign),
                    demanded.contains(&sign),
                    "{line:?} {sign:?}"
                );
            }
        }
        assert!(each.iter().all(|sign| Signs::ALL.have(*sign)));
        assert!(
            Signs::QUOTE.or(Signs::TAB).have(Signs::TAB) && !Signs::QUOTE.or(Signs::TAB).have(Signs::MARK)
        );
    }
}
