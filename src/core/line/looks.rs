//! Looking at the lines of a text with vectors.

use super::{
    places::{Places, look},
    signs::{Found, Signs, whole},
};
use fearless_simd::Level;

/// Looks at the lines of a text, a stretch at a time: what was found in it is kept for the next lines.
pub(crate) struct Looks<'t> {
    text: &'t [u8],
    level: Level,
    /// Where the stretch begins that was looked at, what begins where in each 64 bytes of it, and how many of those were
    /// looked at.
    at: usize,
    places: [Places; STRETCH],
    looked: usize,
}

/// How many times 64 bytes are looked at at once.
const STRETCH: usize = 8;

impl<'t> Looks<'t> {
    pub(crate) fn at(text: &'t [u8], level: Level) -> Self {
        Self { text, level, at: 0, places: [Places::NONE; STRETCH], looked: 0 }
    }

    pub(crate) fn level(&self) -> Level {
        self.level
    }

    pub(crate) fn text(&self) -> &'t [u8] {
        self.text
    }

    /// Where the line begins that the next core stands on, at `from` or behind it, which is the beginning of a line, and
    /// whether a rule may stand up to there. None where the next core is not near.
    pub(crate) fn near(&mut self, from: usize) -> Option<(usize, bool)> {
        let (mut start, mut rule) = (from, false);
        let mut at = from;
        while at < self.text.len() && at - from < Self::NEAR {
            let (block, own) = self.block(at, start);
            at = self.at + 64 * block;
            let places = &self.places[block];
            rule |= places.rule & own != 0;
            let cores = (places.erofs | places.activity) & own;
            // In front of the first core, or all where there is none.
            let newlines = places.newline & own & cores.wrapping_sub(1) & !cores;
            if newlines != 0 {
                start = at + 64 - newlines.leading_zeros() as usize;
            }
            if cores != 0 {
                return Some((start, rule));
            }
            at += 64;
        }
        None
    }

    /// How far the next core is at most that is near.
    const NEAR: usize = 256;

    /// How long the line is that begins at `from`, and those of its signs that are a core or a rule. Linear, and takes less
    /// than to find them all.
    pub(crate) fn extent(&mut self, from: usize) -> (usize, Signs) {
        let mut signs = Signs::NONE;
        let length = self.walk(from, |places, own| signs = signs.or(whole(places, own)));
        (length, signs)
    }

    /// How long the line is that begins at `from`, and its signs. Linear.
    pub(crate) fn line(&mut self, from: usize) -> (usize, Signs) {
        let mut found = Found::NOTHING;
        let length = self.walk(from, |places, own| found.add(places, own));
        (length, found.signs())
    }

    /// Hands over what stands on the line that begins at `from`: the places of each 64 bytes, which of them are the line's, and
    /// where in the text they begin. Says how long it is.
    #[inline]
    fn walk(&mut self, from: usize, mut take: impl FnMut(&Places, u64)) -> usize {
        let mut at = from;
        while at < self.text.len() {
            let (block, own) = self.block(at, from);
            at = self.at + 64 * block;
            let places = &self.places[block];
            let newline = places.newline & own;
            // In front of the first newline.
            take(places, own & newline.wrapping_sub(1) & !newline);
            if newline != 0 {
                return at + newline.trailing_zeros() as usize - from;
            }
            at += 64;
        }
        self.text.len() - from
    }

    /// Which of the 64 bytes that were looked at hold the byte at `at`, and which of their places stand there or behind it.
    /// Where they were not looked at, looks from `start` on, if that is near: what is asked for next begins there.
    #[inline]
    fn block(&mut self, at: usize, start: usize) -> (usize, u64) {
        if at.wrapping_sub(self.at) / 64 >= self.looked {
            self.look(if at - start < 64 * (STRETCH - 1) { start } else { at });
        }
        let offset = at - self.at;
        (offset / 64, u64::MAX << (offset % 64))
    }

    fn look(&mut self, at: usize) {
        self.at = at;
        self.looked = (self.text.len() - at).div_ceil(64).min(STRETCH);
        look(self.level, self.text, at, &mut self.places[..self.looked]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EACH: [Signs; 8] = [
        Signs::ESCAPE,
        Signs::RETURN,
        Signs::TAB,
        Signs::QUOTE,
        Signs::MARK,
        Signs::RULE,
        Signs::ACTIVITY,
        Signs::EROFS,
    ];

    const LINES: [(&str, &[Signs]); 37] = [
        ("", &[]),
        ("cp: cannot create /srv/x: Read-only file system (30)", &[Signs::EROFS]),
        ("read-only file system", &[Signs::EROFS]),
        ("READ-ONLY FILE SYSTEM, it says", &[Signs::EROFS]),
        ("x:read-only file system/x", &[Signs::EROFS]),
        ("/root/.docker/buildx .tmp-1", &[]),
        ("d-on", &[Signs::EROFS]),
        ("ad-on", &[Signs::EROFS]),
        ("d-o n", &[]),
        ("failed to update builder last activity time", &[Signs::ACTIVITY]),
        ("ty T", &[Signs::ACTIVITY]),
        ("ty  t", &[]),
        ("ty\0t", &[]),
        ("a\x1b1m", &[Signs::ESCAPE]),
        ("a\x1b[1m", &[Signs::ESCAPE, Signs::MARK]),
        ("a\rb", &[Signs::RETURN]),
        ("\r\r:", &[Signs::RETURN]),
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
        ("------", &[Signs::RULE]),
        ("x ------- x", &[Signs::RULE]),
        ("----- -----", &[]),
        ("- -", &[]),
        ("d x. d. t", &[]),
    ];

    /// With the widest vectors of this processor, and with what every one has.
    const LEVELS: [fn() -> Level; 2] = [Level::new, Level::baseline];

    #[test]
    fn signs_are_those_of_a_line() {
        for (line, demanded) in LINES {
            for before in (0..140).map(|n| " ".repeat(n)) {
                let line = format!("{before}{line}");
                let behind = [
                    "",
                    "\n",
                    "\n#7 0.412 \x1b[1m\"\r\t-----.dty td-on",
                    "\n.docker read-only file system/x",
                ];
                for (text, level) in
                    behind.iter().flat_map(|behind| LEVELS.map(|level| (format!("{line}{behind}"), level)))
                {
                    let (length, signs) = Looks::at(text.as_bytes(), level()).line(0);
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

    #[test]
    fn a_return_that_ends_a_line_is_no_sign() {
        for length in 0..140 {
            for (end, is_sign) in
                [("\r\nx", false), ("\r\r\nx", true), ("\r", true), ("\t\nx", false), ("\r\t\n", true)]
            {
                let text = "x".repeat(length) + end;
                for level in LEVELS {
                    let (_, signs) = Looks::at(text.as_bytes(), level()).line(0);
                    assert_eq!(signs.have(Signs::RETURN), is_sign, "{text:?}");
                    assert_eq!(signs.have(Signs::TAB), end.contains('\t'), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn how_far_a_line_goes() {
        for before in 0..140 {
            for (line, signs) in [
                ("x", &[][..]),
                ("x \" #", &[]),
                ("x: read-only file system", &[Signs::EROFS]),
                ("activity time ------", &[Signs::ACTIVITY, Signs::RULE]),
            ] {
                let line = format!("{}{line}", " ".repeat(before));
                for behind in ["", "\n", "\nad-on ty t ------\n"] {
                    let text = format!("{line}{behind}");
                    let (length, found) = Looks::at(text.as_bytes(), Level::new()).extent(0);
                    assert_eq!(length, line.len(), "{text:?}");
                    assert!(EACH.iter().all(|sign| found.have(*sign) == signs.contains(sign)), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn the_line_of_the_next_core_is_found() {
        for before in 0..200 {
            // Lines of different lengths, so that blocks begin and end anywhere in them.
            let (some, rule) = ("x".repeat(before % 70), if before % 3 == 0 { "------\n" } else { "" });
            let text = format!(
                "{}\n{some}\n{rule}ab{some} ad-on\nx\n{}\n security tool\n",
                "y".repeat(before / 70),
                "z".repeat(before)
            );
            let Some((core, behind)) = text.find("ab").zip(text.rfind(" sec")) else { panic!("{text:?}") };
            for level in LEVELS {
                let mut looks = Looks::at(text.as_bytes(), level());
                assert_eq!(looks.near(0), Some((core, !rule.is_empty())), "{text:?}");
                assert_eq!(looks.near(core), Some((core, false)), "{text:?}");
                let (length, signs) = looks.line(core);
                assert_eq!(&text[core + length..][..3], "\nx\n");
                assert!(signs.have(Signs::EROFS) && !signs.have(Signs::ACTIVITY));
                assert_eq!(looks.near(core + length + 1), Some((behind, false)), "{text:?}");
                assert!(looks.line(behind).1.have(Signs::ACTIVITY));
                assert_eq!(looks.near(text.len()), None);
                assert_eq!(looks.near(0), Some((core, !rule.is_empty())), "from the beginning again");
            }
        }
        let far = format!("{}\nad-on\n", "x".repeat(1000));
        assert_eq!(Looks::at(far.as_bytes(), Level::new()).near(0), None);
    }
}
