//! Looking at the lines of a text with vectors.

use super::{
    handed,
    places::{Places, look},
    signs::{Found, Signs, whole},
    text::{ESC, spells_plainly},
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
    /// Where no escape stands, as far as that was looked for.
    unescaped: Range<usize>,
}

/// How many times 64 bytes are looked at at once.
const STRETCH: usize = 8;

impl<'t> Looks<'t> {
    pub(crate) fn at(text: &'t [u8], level: Level) -> Self {
        Self { text, level, at: 0, places: [Places::NONE; STRETCH], looked: 0, unescaped: 0..0 }
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
    const NEAR: usize = 448;

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

    /// Where the lines end, from the one at `from` on, of which a container said all that they say, whatever they are wrapped in: each
    /// core stands behind a marker, and between them is nothing where a string can begin or end. Where it is not sure, as where they
    /// stand far apart, it goes no further; nor to a line without a core, with a rule, or with one of these cores. Linear.
    pub(crate) fn handed(&mut self, from: usize, but: Signs) -> usize {
        let text = self.text;
        // Where the line begins; the last core on it, or its beginning, and by which marker that is handed over.
        let (mut start, mut last, mut marker) = (from, from, None);
        let mut at = from;
        while at < text.len() {
            let (block, own) = self.block(at, start);
            at = self.at + 64 * block;
            let &Places { newline, rule, erofs, activity, .. } = &self.places[block];
            let unless = |sign, places| if but.have(sign) { places } else { 0 };
            let others = unless(Signs::EROFS, erofs) | unless(Signs::ACTIVITY, activity) | rule;
            let mut stand = (newline | erofs | activity | rule) & own;
            while stand != 0 {
                let place = stand & stand.wrapping_neg();
                let here = at + stand.trailing_zeros() as usize;
                if newline & place != 0 {
                    if last == start {
                        return start;
                    }
                    (start, last, marker) = (here + 1, here + 1, None);
                } else {
                    marker = if others & place == 0 { self.marker(start, last, here, marker) } else { None };
                    let Some(begin) = marker else { return start };
                    if !self.spells_itself(last, begin, here) {
                        return start;
                    }
                    last = here;
                }
                stand &= stand - 1;
            }
            at += 64;
        }
        start
    }

    /// Where the marker begins, on the line that begins at `from`, that hands over what stands at `to`: the last one behind `last`, or
    /// `marker`, which does so there. None where a string can begin or end between them.
    fn marker(&self, from: usize, last: usize, to: usize, marker: Option<usize>) -> Option<usize> {
        let (first, end) = (last.checked_sub(self.at)?, to - self.at);
        let line = &self.text[from..to];
        for block in (first / 64..=end / 64).rev() {
            let at = 64 * block;
            let behind = u64::MAX << first.saturating_sub(at);
            let before = u64::MAX.checked_shl((end - at).try_into().unwrap_or(64)).unwrap_or(0);
            let mut signs = self.places[block].signs & behind & !before;
            while signs != 0 {
                let place = 63 - signs.leading_zeros() as usize;
                let sign = self.at + at + place - from;
                match line[sign] {
                    b'"' | b'\'' => return None,
                    // An escape of a service message.
                    b'|' if line.get(sign + 1) != Some(&b' ') => return None,
                    b'#' | b'[' => {
                        if let Some(begin) = handed::lasting_marker(line, sign) {
                            return Some(from + begin);
                        }
                    }
                    _ => {}
                }
                signs ^= 1 << place;
            }
        }
        marker
    }

    /// Whether no escape, nor a sequence, stands between two places, but in front of the marker between them such as spell no more than a
    /// quote, a slash, a tab or the end of a line.
    fn spells_itself(&mut self, from: usize, marker: usize, to: usize) -> bool {
        // There are few, so that the next is looked for, and not whether one is there.
        const AHEAD: usize = 4096;
        let text = self.text;
        let escapes = |text| memchr::memchr3_iter(ESC, b'\r', b'\\', text);
        if from < self.unescaped.start || self.unescaped.end < to {
            let ahead = &text[from..text.len().min(to + AHEAD)];
            self.unescaped = from..from + escapes(ahead).next().unwrap_or(ahead.len());
        }
        let is_plain =
            |at: usize| at < marker && matches!(text[at..], [b'\\', escape, ..] if spells_plainly(escape));
        to <= self.unescaped.end || escapes(&text[from..to]).all(|at| is_plain(from + at))
    }

    /// Hands over what stands on the line that begins at `from`: the places of each 64 bytes, and which of them are the line's. Says
    /// how long it is.
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

    const LINES: [(&str, &[Signs]); 39] = [
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
        ("x ------ x", &[Signs::RULE]),
        ("x ------- x", &[]),
        ("-------", &[]),
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
                    for (text, from) in [(text.clone(), 0), (format!("ty t ------\n{text}"), 12)] {
                        let (length, found) = Looks::at(text.as_bytes(), Level::new()).extent(from);
                        assert_eq!(length, line.len(), "{text:?}");
                        let is_it = |sign: &Signs| found.have(*sign) == signs.contains(sign);
                        assert!(EACH.iter().all(is_it), "{text:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_a_marker_hands_over_is_a_container_s_in_any_envelope() {
        for (line, is_handed) in [
            ("app: #7 0.4 x: $E", true),
            ("app:build: => ERROR [base 2/3] RUN x: $E $E", true),
            ("app: => => # x: $A: $E", true),
            ("app: #7 0.4 x | y: $E", true),
            ("x 'y' #7 0.4 z: $E \"", true),
            ("x\\n#7 0.4 y: $E", true),
            ("{\"k\":\"x: #7 0.4 y: $E\"}", true),
            ("{\"log\":\"#7 0.4 x: $E\\n\",\"stream\":\"stderr\\u0021\"}", true),
            ("{\"log\":\"time=\\\"x\\\" msg=\\\"#7 [3/3] x: $E\\\"\"}", true),
            ("##teamcity[message text='#7 0.4 x: $E|n']", true),
            ("#7 0.4 x", false),
            ("app: $E #7 0.4 x: $E", false),
            ("app: #7 x: $E", false),
            ("app#7 0.4 x: $E", false),
            // A string may begin or end between the two, or a line.
            ("app: #7 0.4 \"x: $E", false),
            ("app: #7 0.4 'x: $E", false),
            ("app: #7 0.4 x: $E \"y: $E", false),
            ("$A: #7 0.4 x: $E", false),
            ("app: #7 0.4 x: $E\\n $E", false),
            ("app: #7 0.4 x\\n: $E", false),
            ("app: #7 0.4 x\r: $E", false),
            ("##teamcity[message text='#7 0.4 x|n: $E']", false),
            // What is in front may swallow it, or be a part of it.
            ("app: \x1b[1m#7 0.4 x: $E", false),
            ("app: \\u001b]#7 0.4 x: $E", false),
            ("app: \\\\#7 0.4 x: $E", false),
            ("app: \r#7 0.4 x: $E", false),
            ("[x] |n#7 0.4 x: $E", false),
            ("2026-11-23T21:39:00-01 | x: $E", false),
            ("app: #7 [$E 3/3] x", false),
            ("web-1 |$E", false),
            ("x\\r-1 | y: $E", false),
            ("##teamcity[message text='|n-1 | y: $E", false),
            ("web-1 |d-on x: $E", false),
            // Markers that are a part of what comes off, or that a quote makes one.
            ("27604 v0.1.2 docker x: $E", false),
            ("1700000000 | >>> x: $E", false),
            ("app: \"[3/3] x: $E", false),
            ("executor failed running [x: $E", false),
        ] {
            let line = line
                .replace("$A", "failed to update builder last activity time")
                .replace("$E", "read-only file system");
            for before in 0..200 {
                let front = format!("{}\n", "y".repeat(before));
                for (behind, others) in [
                    ("", None),
                    ("\n", Some(0)),
                    ("\nx\n", Some(0)),
                    ("\n#7 0.4 add-on\n=> => # ty t\n", Some(27)),
                ] {
                    let text = format!("{front}{line}{behind}");
                    let end = others.filter(|_| is_handed).map(|others| line.len() + 1 + others);
                    for level in LEVELS {
                        let handed = Looks::at(text.as_bytes(), level()).handed(front.len(), Signs::NONE);
                        assert_eq!(handed - front.len(), end.unwrap_or(0), "{text:?}");
                    }
                }
            }
            // It is not looked for all over a long line.
            for between in (0..2000).step_by(50) {
                let line = line.replacen(' ', &format!(" {}", "z ".repeat(between)), 1) + "\n";
                let end = Looks::at(line.as_bytes(), Level::new()).handed(0, Signs::NONE);
                assert!(end == 0 || is_handed && end == line.len(), "{line:?}");
            }
        }
        for between in 0..2000 {
            let line = format!("#7 0.4 add-on \"{}: add-on\n", "x".repeat(between));
            assert_eq!(Looks::at(line.as_bytes(), Level::new()).handed(0, Signs::NONE), 0, "{between}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_handed() {
        for (line, handed) in [
            ("#7 0.4 ad-on", [true, false, true, false]),
            ("#7 0.4 ty t", [true, true, false, false]),
            ("#7 0.4 ty t ad-on", [true, false, false, false]),
            ("#7 0.4 ad-on ------", [false; 4]),
            ("------ #7 0.4 ad-on", [false; 4]),
            ("#7 0.4 x", [false; 4]),
        ] {
            let text = format!("{line}\n");
            let but = [Signs::NONE, Signs::EROFS, Signs::ACTIVITY, Signs::EROFS.or(Signs::ACTIVITY)];
            for (but, is_handed) in but.into_iter().zip(handed) {
                let end = Looks::at(text.as_bytes(), Level::new()).handed(0, but);
                assert_eq!(end, if is_handed { text.len() } else { 0 }, "{line} {but:?}");
            }
        }
    }

    /// What is known of where no escape stands is of no use in front of that.
    #[test]
    fn escapes_are_looked_for_where_they_may_be() {
        for before in (0..9000).step_by(61) {
            let front = "app: #7 0.4 ad-on\n".repeat(before / 18);
            for (line, is_handed) in [
                ("app: #7 0.4 x\\n: ad-on", false),
                ("app: \\u0020 #7 0.4 x: ad-on", false),
                ("app: \\n #7 0.4 x: ad-on", true),
            ] {
                let text = format!("{front}{line}\napp: #7 0.4 ad-on\n");
                let mut looks = Looks::at(text.as_bytes(), Level::new());
                let end = if is_handed { text.len() } else { front.len() };
                let behind = front.len() + line.len() + 1;
                for (from, end) in [(0, end), (behind, text.len()), (0, end)] {
                    assert_eq!(looks.handed(from, Signs::NONE), end, "{from} {text:?}");
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
