//! Looking at the lines of a text with vectors.

use super::{
    places::{BACKSLASH, Places, QUOTE, is_plain_head, look},
    signs::{Found, Signs, may_be_joined, whole},
};
use fearless_simd::Level;
use std::ops::Range;

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

/// Whether one of these cores of the 64 bytes from `at` on may be part of something else, in a part of the text.
#[inline]
fn is_joined(mut joined: u64, at: usize, text: &[u8], part: &Range<usize>) -> bool {
    while joined != 0 {
        let core = at + joined.trailing_zeros() as usize;
        if may_be_joined(&text[part.clone()], core - part.start) {
            return true;
        }
        joined &= joined - 1;
    }
    false
}

/// The first so many places of 64.
fn up_to(count: usize) -> u64 {
    if count < 64 { !(u64::MAX << count) } else { u64::MAX }
}

impl<'t> Looks<'t> {
    pub(crate) fn at(text: &'t [u8], level: Level) -> Self {
        Self { text, level, at: 0, places: [Places::NONE; STRETCH], looked: 0 }
    }

    /// Looks at another text.
    pub(crate) fn at_other<'o>(&self, text: &'o [u8]) -> Looks<'o> {
        Looks::at(text, self.level)
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

    /// Passes over lines, from one that begins at `from` on, as long as they are plain: without a core, or the client's without
    /// a prefix, and with nothing by which that core is more than an EROFS that it states, and not of the state directory.
    /// Says where it stopped, and whether the line that begins there is not plain, or has a rule; if not, no core is near
    /// any more. Linear, and takes no time for each line.
    pub(crate) fn plain(&mut self, from: usize) -> (usize, bool) {
        // Of the line that a block begins in: where it begins, and whether something odd stands on it so far, and a core.
        let (mut start, mut is_odd, mut has_core) = (from, false, false);
        let (mut at, mut last) = (from, from);
        while at < self.text.len() {
            // Where the line begins need not be looked at again.
            let (block, own) = self.block(at, at);
            at = self.at + 64 * block;
            let places = &self.places[block];
            // A rule counts wherever it stands.
            let cores = (places.erofs | places.activity | places.rule) & own;
            let (newline, odd) = (places.newline & own, (places.odd | places.joined) & own);
            if cores != 0 {
                last = at;
            } else if start > from && at - last >= Self::NEAR {
                return (start, false);
            }
            // Up to the first newline, or all where there is none.
            let first = newline ^ newline.wrapping_sub(1);
            is_odd |= odd & first != 0;
            has_core |= cores & first != 0;
            if is_odd && has_core {
                return (start, true);
            }
            if newline != 0 {
                let mut others = odd & !first;
                while others != 0 {
                    // In front of the first of them.
                    let before = (others & others.wrapping_neg()) - 1;
                    let line = 64 - (newline & before).leading_zeros();
                    let ends = newline & !before;
                    let up_to = ends ^ ends.wrapping_sub(1);
                    if cores & up_to & (u64::MAX << line) != 0 {
                        return (at + line as usize, true);
                    }
                    others &= !up_to;
                }
                let line = 64 - newline.leading_zeros();
                let own = u64::MAX.checked_shl(line).unwrap_or(0);
                (start, is_odd, has_core) = (at + line as usize, odd & own != 0, cores & own != 0);
            }
            at += 64;
        }
        (start, false)
    }

    /// How long the line is that begins at `from`, and those of its signs that are a core or a rule. Linear, and takes less
    /// than to find them all.
    pub(crate) fn extent(&mut self, from: usize) -> (usize, Signs) {
        let mut signs = Signs::NONE;
        let length = self.walk(from, |places, own, _, _| signs = signs.or(whole(places, own)));
        (length, signs)
    }

    /// How long the line is that begins at `from`, and its signs. Linear.
    pub(crate) fn line(&mut self, from: usize) -> (usize, Signs) {
        let mut found = Found::NOTHING;
        let length = self.walk(from, |places, own, text, at| found.add(places, own, text, at));
        (length, found.signs())
    }

    /// Hands over what stands on the line that begins at `from`: the places of each 64 bytes, which of them are the line's, and
    /// where in the text they begin. Says how long it is.
    #[inline]
    fn walk(&mut self, from: usize, mut take: impl FnMut(&Places, u64, &[u8], usize)) -> usize {
        let mut at = from;
        while at < self.text.len() {
            let (block, own) = self.block(at, from);
            at = self.at + 64 * block;
            let places = &self.places[block];
            let newline = places.newline & own;
            // In front of the first newline.
            take(places, own & newline.wrapping_sub(1) & !newline, self.text, at);
            if newline != 0 {
                return at + newline.trailing_zeros() as usize - from;
            }
            at += 64;
        }
        self.text.len() - from
    }

    /// The signs of a part of the text. Linear.
    pub(crate) fn signs(&mut self, part: Range<usize>) -> Signs {
        let mut found = Found::NOTHING;
        let mut at = part.start;
        while at < part.end {
            let (block, own) = self.block(at, part.start);
            at = self.at + 64 * block;
            let own = own & up_to(part.end - at);
            found.add(&self.places[block], own, &self.text[part.clone()], at.wrapping_sub(part.start));
            at += 64;
        }
        found.signs()
    }

    /// Whether [`Looks::plain`] would pass over what stands in a part of the text, were it a line of its own; how it begins
    /// is not looked at. Linear.
    pub(crate) fn is_plain(&mut self, part: Range<usize>) -> bool {
        self.has_none(part, |places| places.odd)
    }

    /// Whether it would pass over a line that such a part is.
    pub(crate) fn is_plain_line(&mut self, part: Range<usize>) -> bool {
        self.begins_plainly(&part) && self.is_plain(part)
    }

    fn begins_plainly(&self, part: &Range<usize>) -> bool {
        part.is_empty() || is_plain_head(self.text[part.start])
    }

    /// Whether no such place is in a part of the text, nor a core that may be part of something else.
    #[inline]
    fn has_none(&mut self, part: Range<usize>, of: impl Fn(&Places) -> u64) -> bool {
        let mut at = part.start;
        while at < part.end {
            let (block, own) = self.block(at, part.start);
            at = self.at + 64 * block;
            let (places, own) = (&self.places[block], own & up_to(part.end - at));
            if of(places) & own != 0 || is_joined(places.joined & own, at, self.text, &part) {
                return false;
            }
            at += 64;
        }
        true
    }

    /// Whether every place is as it should be at which a quote of either kind or a backslash stands in a part of the text,
    /// from its start. Linear.
    #[inline]
    pub(crate) fn all_quotes(&mut self, part: Range<usize>, mut is_right: impl FnMut(usize) -> bool) -> bool {
        let mut at = part.start;
        while at < part.end {
            let (block, own) = self.block(at, part.start);
            at = self.at + 64 * block;
            let places = &self.places[block];
            let mut signs = places.signs & own & up_to(part.end - at);
            while signs != 0 {
                let place = signs.trailing_zeros() as usize;
                signs &= signs - 1;
                let is_quote = places.single[place] & (QUOTE | BACKSLASH) != 0;
                if is_quote && !is_right(at + place - part.start) {
                    return false;
                }
            }
            at += 64;
        }
        true
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

    const EACH: [Signs; 10] = [
        Signs::ESCAPE,
        Signs::RETURN,
        Signs::TAB,
        Signs::QUOTE,
        Signs::MARK,
        Signs::RULE,
        Signs::STATE_DIR,
        Signs::ACTIVITY,
        Signs::EROFS,
        Signs::JOINED,
    ];

    const LINES: [(&str, &[Signs]); 47] = [
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
    fn a_part_of_a_text_has_its_own_signs_and_quotes() {
        for (part, demanded) in LINES {
            // In front of it and behind it stand all the others; it is far from where the last look began, or near.
            for before in (0..140).chain([500, 511, 512, 513, 1000]) {
                let text =
                    format!("{}#[\t\x1b\"'\\--.9.d ty td-on\n\"{part}\"#\r\t.d ad-on.", " ".repeat(before));
                let start = text.len() - part.len() - "\"#\r\t.d ad-on.".len();
                let own = start..start + part.len();
                assert_eq!(&text[own.clone()], part);
                for (level, from) in
                    LEVELS.into_iter().flat_map(|level| [0, start, own.end].map(|at| (level, at)))
                {
                    let mut looks = Looks::at(text.as_bytes(), level());
                    looks.line(from);
                    let signs = looks.signs(own.clone());
                    for sign in EACH {
                        assert_eq!(signs.have(sign), demanded.contains(&sign), "{text:?} {sign:?}");
                    }
                    let mut quotes = Vec::new();
                    let all = looks.all_quotes(own.clone(), |at| {
                        quotes.push(at);
                        true
                    });
                    assert!(all);
                    assert!(
                        quotes.into_iter().eq(part.match_indices(['"', '\'', '\\']).map(|(at, _)| at)),
                        "{text:?}"
                    );
                    assert!(
                        !looks.all_quotes(start - 1..own.end + 1, |at| at <= part.len()),
                        "the one behind"
                    );
                }
            }
        }
    }

    /// Lines that are passed over, and those that are not.
    const PLAIN: [&str; 22] = [
        "",
        "\r",
        "x",
        "# \" nothing [ of it | matters \x1b\t without a core",
        "cp: cannot create /srv/x: Read-only file system",
        "cp: cannot create '/srv/x_1.b-': read-only file system (30)",
        "open \"/srv/x/\": read-only file system\r",
        "x \\ --- -----: read-only file system -----",
        "read-only file system",
        "READ-ONLY FILE SYSTEM read-only file system",
        "-x: read-only file system, it says",
        "/x é: read-only file system",
        "It's read-only file system",
        "mk_dir '/x_': read-only file system",
        "Q 'x': read-only file system",
        "z 'z': read-only file system",
        "B 'O': read-only file system",
        "~ P '9': read-only file system",
        "_ o '-': read-only file system",
        "`x 0 'a': read-only file system",
        "b 'x.': read-only file system",
        "x   add-on",
    ];
    const ODD: [&str; 50] = [
        "x: read-only file system, and far behind it, where nobody would look for anything that bears on it, a\ttab",
        "x\ty, and far behind it, where nobody would look for anything that has to do with it: read-only file system",
        "(x: read-only file system",
        "3 x: read-only file system",
        " x: read-only file system",
        "\tx: read-only file system",
        "é: read-only file system",
        "#7 0.1 x: read-only file system",
        "=> x: read-only file system",
        "> x: read-only file system",
        "<34>x: read-only file system",
        "[x]: read-only file system",
        "{x: read-only file system",
        "Step 3/4 : read-only file system",
        "Jan 1 21:39:00 x: read-only file system",
        "Feb x: read-only file system",
        "Mar x: read-only file system",
        "Apr x: read-only file system",
        "Oct x: read-only file system",
        "Nov x: read-only file system",
        "Dec x: read-only file system",
        "\"x\": read-only file system",
        "'x': read-only file system",
        "process \"x: read-only file system",
        "command 'x: read-only file system",
        "COMMAND 'x: read-only file system",
        "PROCESS \"x: read-only file system",
        "x b'y': read-only file system",
        "x=\"y\": read-only file system",
        "x  'y': read-only file system",
        "x: 'y': read-only file system",
        "x \\\"y: read-only file system",
        "x\ty: read-only file system",
        "x\x1b: read-only file system",
        "x\ry: read-only file system",
        "x # y: read-only file system",
        "x | y: read-only file system",
        "x [ y: read-only file system",
        "x { y: read-only file system",
        "x 1.1: read-only file system",
        "x/.docker: read-only file system",
        "x/BUILDX: read-only file system",
        "x/.tmp-1: read-only file system",
        "x/read-only file system",
        "x: read-only file system/x",
        "x: read-only file system.",
        "failed to update builder last activity time",
        "x ------",
        "-------",
        "\"add-on",
    ];

    #[test]
    fn plain_lines_are_passed_over() {
        let plain = PLAIN.iter().flat_map(|line| [line, "\n"]).collect::<String>();
        for before in (0..140).map(|length| "x".repeat(length)) {
            for line in ODD {
                let front = format!("{before}\n{plain}");
                for behind in ["", "\n", "\n\"\n", "\nread-only file system\n# read-only file system\n"] {
                    let text = format!("{front}{line}{behind}");
                    for level in LEVELS {
                        let mut looks = Looks::at(text.as_bytes(), level());
                        assert_eq!(looks.plain(0), (front.len(), true), "{text:?}");
                        assert_eq!(looks.plain(front.len()), (front.len(), true), "{text:?}");
                        assert!(
                            !looks.is_plain_line(front.len()..front.len() + line.len())
                                || line.ends_with('-')
                        );
                    }
                }
            }
            for line in PLAIN {
                let text = format!("{before}\n{line}\n");
                for level in LEVELS {
                    let mut looks = Looks::at(text.as_bytes(), level());
                    assert_eq!(looks.plain(0), (text.len(), false), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn a_part_is_plain_by_itself() {
        for (part, is_plain) in PLAIN
            .into_iter()
            .filter(|line| line.contains("nly"))
            .map(|line| (line.trim_end(), true))
            .chain(ODD.map(|line| (line, false)))
        {
            for before in 0..140 {
                let front = format!("{}/", "x".repeat(before));
                let text = format!("{front}{part}/\"#");
                let mut looks = Looks::at(text.as_bytes(), Level::new());
                let own = front.len()..front.len() + part.len();
                assert_eq!(looks.is_plain_line(own), is_plain, "{text:?}");
            }
        }
    }

    #[test]
    fn where_no_core_is_near_nobody_goes_on() {
        let near = "x: read-only file system\n".repeat(30);
        let far = format!("{near}{}", "x: nothing\n".repeat(100));
        let (at, is_odd) = Looks::at(far.as_bytes(), Level::new()).plain(0);
        assert!(!is_odd && at > near.len() && at < near.len() + 500, "{at}");
        assert_eq!(far.as_bytes()[at - 1], b'\n');
        // But to the end of a line, so that it gets on.
        let long = format!("{} read-only file system\n{far}", "x".repeat(10_000));
        assert!(Looks::at(long.as_bytes(), Level::new()).plain(0).0 > 10_000);
        let odd = format!("{}=\" read-only file system\n", "x".repeat(10_000));
        assert_eq!(Looks::at(odd.as_bytes(), Level::new()).plain(0), (0, true));
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
