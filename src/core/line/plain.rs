//! Passing over lines that tell nothing new, 64 bytes at a time.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into `dispatch!` is not compiled for its instruction set"
)]

use super::{
    FIRST, goes_on,
    odd::{BEFORE, Odd, odd},
    places::{
        self, BAR, BEGINS, CORES, DECIMAL, ENDS, ESCAPE, HIDDEN, KEYS, OTHER_PAIRS, OTHERS, QUOTE, REACH,
        RETURN, SECOND, SINGLE, Sets, around, cores, rules,
    },
};
use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, u8x64};

/// What of [`SINGLE`] may be odd, and of that what may open a quotation.
const ODD: u8 = !(1 << 2 | 1 << 4);
const OPENS: u8 = QUOTE | 1 << 5 | BAR | OTHERS;

/// What stands behind a backslash where it is simple to say what they spell.
const SPELLED: Sets = Sets::of([b"\"r", b"'", b"n", b"t", b"/", b"", b"", b""]);

/// What is odd to who asks for more than what may be anything: what may make a sighting something that was not seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    /// All places or none.
    handed: u64,
    state_dir: u64,
    joined: u64,
}

impl Asked {
    /// Whether to ask for what makes it a container's, one of the state directory, and a mere mention.
    pub(crate) fn of(handed: bool, state_dir: bool, joined: bool) -> Self {
        let all = |asked| if asked { u64::MAX } else { 0 };
        Self { handed: all(handed), state_dir: all(state_dir), joined: all(joined) }
    }
}

/// How far the next core is at most that is near.
const NEAR: usize = 256;

/// Passes over lines of a text, from one that begins at `from` on, as long as they are plain: without a core, or with nothing that is
/// asked for, by which that core may be more than an EROFS that the client states. Says where it stopped, and whether the line that
/// begins there is not plain, or has a rule; if not, no core is near any more. Linear, and takes no time for each line.
pub(crate) fn plain(level: Level, text: &[u8], from: usize, asked: Asked) -> (usize, bool) {
    plain_lines(level, text, from, 0, asked)
}

/// Whether [`plain`] would pass over a line, of which so much is a string that is opened. Linear.
pub(crate) fn is_plain(level: Level, line: &[u8], string: usize, asked: Asked) -> bool {
    !plain_lines(level, line, 0, string, asked).1
}

/// The same of lines of which so much of the text is a string that is opened.
fn plain_lines(level: Level, text: &[u8], from: usize, string: usize, asked: Asked) -> (usize, bool) {
    dispatch!(level, simd => all_plain(simd, text, from, string, asked))
}

#[inline(always)]
fn all_plain<S: Simd>(simd: S, text: &[u8], from: usize, string: usize, asked: Asked) -> (usize, bool) {
    // Of the line that a block begins in: where it begins, and whether something odd stands on it so far, and a core.
    let (mut start, mut is_odd, mut has_core) = (from, false, false);
    let (mut at, mut last) = (from, from);
    let mut room = None;
    while at < text.len() {
        let Block { newline, cores, odd, spelled } = Block::of(simd, around(text, at, &mut room), asked);
        // Behind the string.
        let unopened = match string.saturating_sub(at) {
            length @ 0..64 => u64::MAX << length,
            _ => 0,
        };
        let odd = odd | spelled & unopened;
        if cores != 0 {
            last = at;
        } else if start > from && at - last >= NEAR {
            return (start, false);
        }
        // Up to the first newline, or all where there is none.
        let first = newline ^ newline.wrapping_sub(1);
        is_odd |= odd & first != 0;
        has_core |= cores & first != 0;
        // What is longer than a view may be cut anywhere.
        if has_core && (is_odd || at > start + FIRST - 64) {
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

/// What stands in 64 bytes: a bit for each.
struct Block {
    newline: u64,
    /// A core; and a rule, which counts wherever it stands.
    cores: u64,
    /// What is asked for.
    odd: u64,
    /// A core of EROFS that may be part of something else if the escape behind it spells itself: in a string that is not opened.
    spelled: u64,
}

impl Block {
    /// Of those behind the first [`BEFORE`].
    #[inline(always)]
    fn of<S: Simd>(simd: S, around: &[u8; REACH], asked: Asked) -> Self {
        let from = |at: usize| u8x64::from_slice(simd, &around[at..at + 64]);
        let splat = |byte: u8| u8x64::splat(simd, byte);
        let any = |of: u8x64<S>, sets: u8| !(of & splat(sets)).simd_eq(splat(0)).to_bitmask();
        let is = |of: u8x64<S>, byte: u8| of.simd_eq(splat(byte)).to_bitmask();

        let bytes = from(BEFORE);
        let single = SINGLE.have(simd, bytes);
        let pair = places::FIRST.have(simd, bytes) & SECOND.have(simd, from(BEFORE + 1));
        let (erofs, activity) = cores(any(pair, CORES), around);
        let rule = rules(is(bytes, b'-'), around);
        let mut odd = activity | rule;
        let mut spelled = 0;
        if any((single & splat(ODD)) | (pair & splat(!CORES)), u8::MAX) != 0 {
            odd |= odd_places(may_be_odd(simd, around, single, pair), around, asked);
        }
        if erofs & asked.joined != 0 {
            let (part, escaped) = joined(erofs, around);
            odd |= part;
            spelled = escaped & !part;
        }
        let newline = is(bytes, b'\n');
        Self { newline, cores: erofs | activity | rule, odd, spelled }
    }
}

/// Those of these places of 64 that are odd, as far as that is asked for.
#[inline(always)]
fn odd_places(mut places: u64, around: &[u8; REACH], asked: Asked) -> u64 {
    let (mut opaque, mut handed, mut state_dir) = (0, 0, 0);
    while places != 0 {
        let at = places.trailing_zeros() as usize;
        let odd = odd(around, BEFORE + at);
        let place = |is: bool| u64::from(is) << at;
        opaque |= place(odd == Odd::Opaque);
        handed |= place(odd == Odd::Handed);
        state_dir |= place(odd == Odd::StateDir);
        places &= places - 1;
    }
    opaque | handed & asked.handed | state_dir & asked.state_dir
}

/// Those of these cores of EROFS that may be part of something else, and those with an escape behind them.
#[inline(always)]
fn joined(mut erofs: u64, around: &[u8; REACH]) -> (u64, u64) {
    let (mut joined, mut spelled) = (0, 0);
    while erofs != 0 {
        let at = erofs.trailing_zeros() as usize;
        let behind = &around[BEFORE + ENDS + at..];
        let place = |is: bool| u64::from(is) << at;
        joined |= place(!matches!(around[BEFORE - BEGINS + at], b' ' | b'\n'));
        if matches!(behind[0], b'/' | b'\\' | b'.') {
            let is_spelled = matches!(behind, [b'\\', b'n' | b'r' | b't' | b'"' | b'\'', ..]);
            joined |= place(goes_on(behind) && !is_spelled);
            spelled |= place(is_spelled);
        }
        erofs &= erofs - 1;
    }
    (joined, spelled)
}

/// Where something odd may stand in those 64 bytes, as far as a few characters around it tell: all that is, and little else. These are
/// their sets.
#[inline(always)]
fn may_be_odd<S: Simd>(simd: S, around: &[u8; REACH], single: u8x64<S>, pair: u8x64<S>) -> u64 {
    let from = |at: usize| u8x64::from_slice(simd, &around[at..at + 64]);
    let splat = |byte: u8| u8x64::splat(simd, byte);
    let are = |of: u8x64<S>, sets: u8| !(of & splat(sets)).simd_eq(splat(0));
    let is = |of: u8x64<S>, byte: u8| of.simd_eq(splat(byte));

    let (before, bytes) = (from(BEFORE - 1), from(BEFORE));
    let blank = |at| is(from(BEFORE + at), b' ');
    let digit = (before - splat(b'0')).simd_le(splat(9));
    // A quotation, behind a word that may introduce a command.
    let second = from(BEFORE - 2) | splat(0x20);
    let introduced = is(before, b' ') & (is(second, b's') | is(second, b'd') | is(second, b'g'));
    // Of what else is asked for, a character beside it: of a bracket, an escape, a hidden file, and the seconds of a step.
    let odds = are(single, ESCAPE | RETURN | BAR)
        | are(single, OPENS) & introduced
        | is(bytes, b']') & (digit | is(before, b'l'))
        | is(bytes, b'\\') & SPELLED.have(simd, from(BEFORE + 1)).simd_eq(splat(0))
        | are(pair, OTHER_PAIRS)
        | are(pair, HIDDEN) & (is(before, b'/') | is(before, b'\\'))
        | are(pair, DECIMAL) & (blank(2) | blank(3) | blank(4));
    let mut odds = odds.to_bitmask();
    let keys = are(pair, KEYS).to_bitmask();
    if keys != 0 {
        odds |= keys & names(simd, around, single);
    }
    odds
}

/// Behind which places something stands up to a quote that is as long as a name that is asked for, and begins with the same letter.
#[inline(always)]
fn names<S: Simd>(simd: S, around: &[u8; REACH], single: u8x64<S>) -> u64 {
    let from = |at: usize| u8x64::from_slice(simd, &around[at..at + 64]);
    let splat = |byte: u8| u8x64::splat(simd, byte);
    let quotes = |single: u8x64<S>| !(single & splat(QUOTE | OTHERS)).simd_eq(splat(0)).to_bitmask();
    let ends = u128::from(quotes(single)) | u128::from(quotes(SINGLE.have(simd, from(BEFORE + 9)))) << 9;
    let letters = from(BEFORE + 1) | splat(0x20);
    let is = |letter: u8| letters.simd_eq(splat(letter));
    let long = |length: usize| {
        #[expect(clippy::cast_possible_truncation, reason = "those behind are places of the next")]
        let long = (ends >> (1 + length)) as u64;
        long
    };
    let mut names = 0;
    for (letters, length) in [
        (is(b'i'), 2),
        (is(b'l') | is(b'n'), 4),
        (is(b's'), 5),
        (is(b'd'), 6),
        (is(b'v') | is(b's') | is(b'w'), 8),
    ] {
        names |= letters.to_bitmask() & long(length);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::super::odd::BEHIND;
    use super::*;

    const E: &str = "read-only file system";

    /// With the widest vectors of this processor, and with what every one has.
    const LEVELS: [fn() -> Level; 2] = [Level::new, Level::baseline];

    const ASKED: [Asked; 2] = [
        Asked { handed: u64::MAX, state_dir: u64::MAX, joined: u64::MAX },
        Asked { handed: 0, state_dir: 0, joined: 0 },
    ];

    /// Lines that are passed over.
    const PLAIN: [&str; 64] = [
        "",
        "\r",
        "x",
        "#7 0.1 nothing [3/3] of it | matters \x1b\t without a core",
        "cp: cannot create /srv/x: Read-only file system",
        "cp: cannot create '/srv/x_1.b-': read-only file system (30)",
        "open \"/srv/x/\": read-only file system\r",
        "x: read-only file system, and far behind it, where nobody would look for anything that bears on it, a\ttab",
        "x --- -----: read-only file system -----",
        "-------: read-only file system --------------------",
        "read-only file system",
        "READ-ONLY FILE SYSTEM read-only file system",
        "/x é: read-only file system",
        "It's read-only file system.",
        "x: read-only file system. y",
        "x   add-on",
        "(x: read-only file system",
        "3 x: read-only file system",
        " x: read-only file system",
        "\tx: read-only file system",
        "é: read-only file system",
        "<34>x: read-only file system",
        "2026-11-23 21:39:00.123 x: read-only file system",
        "2026-11-23T21:39:00.1234567Z x: read-only file system",
        "Nov 23 21:39:00 host x: read-only file system",
        "1700000000.123 x: read-only file system",
        "[x]: read-only file system",
        "[main] [12]: read-only file system",
        "[0] [mail] read-only file system",
        "{\"x\": read-only file system",
        "{\"id\":\"1\",\"name\": \"x\", \"short\": \"y\"} read-only file system",
        "{\"log\":\"x: read-only file system\",\"stream\":\"stderr\",\"time\":\"2026-11-23T21:39:00.1Z\"}",
        "[{'k': {\"level\":\"info\",\"line\":\"\\tx \\\"/srv\\\" read-only file system\"}}]",
        "Step read-only file system",
        "step 3/4: read-only file system",
        "\"x\": read-only file system",
        "'x': read-only file system",
        "processes \"x: read-only file system",
        "the commands 'x: read-only file system",
        "running x['x: read-only file system",
        "x b'y': read-only file system",
        "x=\"y\": read-only file system",
        "x # 7: read-only file system",
        "#7: read-only file system",
        "1#7 x: read-only file system",
        "##[error]x: read-only file system x read-only file system",
        "x | y: read-only file system",
        "x |x: read-only file system",
        "| x | 3|: read-only file system",
        "x -> y =>x read-only file system",
        "x > y: read-only file system",
        "x=0.1 y: read-only file system",
        "10.0.0.1 1.1: read-only file system",
        "0.1234 x: read-only file system",
        "27604 v0.1 x: read-only file system",
        "27604 x docker read-only file system",
        "x27604 v0.1.2 docker read-only file system",
        "27604 0 /docker/x read-only file system",
        "27604: 0 docker read-only file system",
        "x.docker/xbuildx/docker/.tmp: read-only file system",
        "buildx: read-only file system",
        "x.tmp-1: read-only file system",
        "27604 0 docker\nread-only file system",
        "\\/x\\/3 x: read-only file system",
    ];
    /// Lines that may be anything, and those that may be a container's, one of the state directory, or mention it.
    const OPAQUE: [&str; 13] = [
        "x\x1b[1m: read-only file system",
        "x\ry: read-only file system",
        "x\\u001b: read-only file system",
        "x\\y: read-only file system",
        "x\\\\n: read-only file system",
        "read-only file system x\\",
        "##teamcity[x text='|n: read-only file system",
        "failed to update builder last activity time",
        "x ------",
        "------",
        "\x1badd-on",
        "activity time",
        "read-only file system \r\x20",
    ];
    const HANDED: [&str; 69] = [
        "#7 x: read-only file system",
        "x: #7 0.1 x: read-only file system",
        "=> x: read-only file system",
        "x=> # read-only file system",
        "> [x: read-only file system",
        "[3/3] x: read-only file system",
        "x [base 12/13]x: read-only file system",
        "x [1234/12345678901234567890] read-only file system",
        "[internal] x: read-only file system",
        "Step 3/4 : read-only file system",
        "Step 3/4 \",\"err\":\"x: read-only file system",
        "Step 3/4 '; read-only file system",
        "Step 3/4 \\\" read-only file system",
        "0.1 x: read-only file system",
        "00000000.123 x: read-only file system",
        "[x]:0.1 x: read-only file system",
        "[x] :0.1 x: read-only file system",
        "[x]0.12 x: read-only file system",
        "(12:00:00)0.12 x: read-only file system",
        "x 0.12 x: read-only file system",
        "\"0.12 x: read-only file system",
        "'0.12 x: read-only file system",
        "x\\n0.12 x: read-only file system",
        "x\\t0.12 x: read-only file system",
        "01E+0.12 x: read-only file system",
        "<34>0.12 x: read-only file system",
        "é0.12 x: read-only file system",
        "3 | x: read-only file system",
        "3 |\\n: read-only file system",
        "web-1 | x: read-only file system",
        "web-1\t| x: read-only file system",
        "web  | x: read-only file system",
        "web  |\" x: read-only file system",
        "web  |' x: read-only file system",
        "web\\t| x: read-only file system",
        "web\\t | x: read-only file system",
        "read-only file system web  |",
        "\"vertexes\": read-only file system",
        "\\\"Statuses\\\": read-only file system",
        "{\"logs\":[]} read-only file system",
        "{ 'WARNINGS': read-only file system",
        "\"name\": read-only file system",
        "{\"name\\\": read-only file system",
        "{'name\": read-only file system",
        "{\"name': read-only file system",
        "\\\"name\": read-only file system",
        " \"id\": read-only file system",
        "x \"short\": read-only file system",
        "[\"detail\": read-only file system",
        "process \"x: read-only file system",
        "PROCESS \\\"x: read-only file system",
        "the command 'x: read-only file system",
        "The Command \\'x: read-only file system",
        "executor failed running [x: read-only file system",
        "27604 v0.12.1 x: read-only file system",
        "(27604 1x.2y. x: read-only file system",
        "x,27604 0.1.2 read-only file system",
        "x|27604 0.1.2 read-only file system",
        "x[27604 0.1.2 read-only file system",
        "x|n27604 0.1.2 read-only file system",
        "27604 0\",\"x\":\"docker read-only file system",
        "27604 0 docker read-only file system",
        "27604 x0 /usr/bin/buildkitd read-only file system",
        "x [3\\/3] x: read-only file system",
        "27604  buildkitd read-only file system",
        "27604 0 docker\",\"x/y read-only file system",
        "27604 0y a_path_of_more_than_the_128_bytes_that_are_looked_at_behind_the_first_of_64_of_which_a_part_may_be_the_name_of_docker_or_of_buildx_ read-only file system",
        "27604 0y buildx read-only file system",
        "27604 a_version_of_more_than_the_128_bytes_that_are_looked_at_behind_the_first_of_64_of_which_a_part_may_be_the_name_of_docker_or_of_buildx_ read-only file system",
    ];
    const STATE_DIR: [&str; 5] = [
        "x/.docker: read-only file system",
        "x/BUILDX: read-only file system",
        "x\"/buildx\": read-only file system",
        "/.tmp-1: read-only file system",
        "x/.TMP-1: read-only file system",
    ];
    const JOINED: [&str; 7] = [
        "x/read-only file system",
        "x:read-only file system",
        "x: read-only file system/x",
        "x: read-only file system\\n",
        "x: read-only file system\\\" read-only file system.x",
        "x \"read-only file system",
        "xx add-on",
    ];

    #[test]
    fn plain_lines_are_passed_over() {
        let odd = [(&OPAQUE[..], false), (&HANDED, true), (&STATE_DIR, true), (&JOINED, true)];
        let odd: Vec<_> =
            odd.iter().flat_map(|(lines, asks)| lines.iter().map(move |line| (*line, *asks))).collect();
        let others = PLAIN.iter().flat_map(|line| [line, "\n"]).collect::<String>();
        for before in (0..140).map(|length| "x".repeat(length)) {
            let front = format!("{before}\n{others}");
            for (line, asks) in &odd {
                for behind in ["", "\n", "\n\"\n", "\nread-only file system\n#7 read-only file system\n"] {
                    let text = format!("{front}{line}{behind}");
                    for level in LEVELS {
                        let at = front.len();
                        let plain = |from, asked| plain(level(), text.as_bytes(), from, asked);
                        assert_eq!(plain(0, ASKED[0]), (at, true), "{text:?}");
                        assert_eq!(plain(at, ASKED[0]), (at, true), "{text:?}");
                        let is_plain = |asked| is_plain(level(), line.as_bytes(), 0, asked);
                        assert!(!is_plain(ASKED[0]), "{text:?}");
                        assert_eq!(is_plain(ASKED[1]), *asks, "{text:?}");
                    }
                }
            }
            for line in PLAIN {
                let text = format!("{before}\n{line}\n");
                for level in LEVELS {
                    assert_eq!(plain(level(), text.as_bytes(), 0, ASKED[0]), (text.len(), false), "{text:?}");
                }
            }
        }
    }

    /// Each makes a line odd by itself.
    #[test]
    fn what_is_odd_is_asked_for() {
        for (asked, odd) in [
            (Asked::of(true, false, false), &HANDED[..]),
            (Asked::of(false, true, false), &STATE_DIR),
            (Asked::of(false, false, true), &JOINED),
        ] {
            for line in [&HANDED[..], &STATE_DIR, &JOINED].into_iter().flatten() {
                let is_plain = is_plain(Level::new(), line.as_bytes(), 0, asked);
                assert_eq!(is_plain, !odd.contains(line), "{line:?} {asked:?}");
            }
        }
        let end = b"read-only file system web  |\r\n";
        for (asked, found) in ASKED.iter().zip([(0, true), (end.len(), false)]) {
            assert_eq!(plain(Level::new(), end, 0, *asked), found, "{asked:?}");
        }
    }

    #[test]
    fn where_no_core_is_near_nobody_goes_on() {
        let near = "x: read-only file system\n".repeat(30);
        let far = format!("{near}{}", "x: nothing\n".repeat(100));
        let (at, is_odd) = plain(Level::new(), far.as_bytes(), 0, ASKED[0]);
        assert!(!is_odd && at > near.len() && at < near.len() + 500, "{at}");
        assert_eq!(far.as_bytes()[at - 1], b'\n');
        // But to the end of a line, so that it gets on.
        let long = format!("{} read-only file system\n{far}", "x".repeat(10_000));
        assert!(plain(Level::new(), long.as_bytes(), 0, ASKED[0]).0 > 10_000);
        let odd = format!("{}\x1b read-only file system\n", "x".repeat(10_000));
        assert_eq!(plain(Level::new(), odd.as_bytes(), 0, ASKED[0]), (0, true));
    }

    #[test]
    fn what_is_longer_than_a_view_is_not_plain() {
        for before in (0..64).map(|length| "x".repeat(length) + "\n") {
            for (length, is_odd) in [(FIRST - 64, false), (FIRST + 1, true), (FIRST + 64, true)] {
                for core in [0, length / 2, length - E.len()] {
                    let rest = " ".repeat(length - E.len() - core);
                    let text = format!("{before}{}{E}{rest}\n", " ".repeat(core));
                    let at = if is_odd { before.len() } else { text.len() };
                    let passed = plain(Level::new(), text.as_bytes(), before.len(), ASKED[0]);
                    assert_eq!(passed, (at, is_odd), "{length} {core}");
                }
            }
        }
    }

    /// What rules ask for, in pieces.
    const PIECES: &[u8] = b"\x1b\r\n\n\t\"'\"'#7 #[{|] \\\\nrt/xl0123456789 . . .dDtT/.docker/.tmp-1buildx/buildx> [=> 3/4] internal]\
          Step 3/4 : process \"command 'running [ \"name\"\"id\"\"short\"\"detail\"\"logs\"\"vertexes\"\"statuses\"\"warnings\",{vVwWsSiIlL0.4 0.41 0.412 27604 v0.1.2 ";

    /// Vectors pass over nothing that is odd.
    #[test]
    fn all_that_is_odd_is_found() {
        let mut random = 1_u64;
        let mut below = |most: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (random >> 33) as usize % most
        };
        let mut found = [0; 3];
        for _ in 0..4000 {
            let mut text = Vec::new();
            while text.len() < 192 {
                let start = below(PIECES.len());
                text.extend(PIECES[start..].iter().take(1 + below(12)));
            }
            let padded = [&[b'\n'; BEFORE], &text[..], &[0; BEHIND + 64]].concat();
            for (level, at) in LEVELS.iter().flat_map(|level| [0, 64, 128].map(|at| (level(), at))) {
                let Some(near) = padded[at..].first_chunk::<REACH>() else { panic!("{at}") };
                let found_by = |[handed, state_dir]: [bool; 2]| {
                    let asked = Asked::of(handed, state_dir, false);
                    let Block { cores, odd, .. } = dispatch!(level, simd => Block::of(simd, near, asked));
                    odd & !cores
                };
                let opaque = found_by([false, false]);
                let kinds = [opaque, found_by([true, false]) & !opaque, found_by([false, true]) & !opaque];
                for (i, kind) in [Odd::Opaque, Odd::Handed, Odd::StateDir].into_iter().enumerate() {
                    let is = |place: usize| odd(near, BEFORE + place) == kind;
                    let all = (0..64).fold(0, |all, place| all | u64::from(is(place)) << place);
                    assert_eq!(kinds[i], all, "{at} {kind:?} {}", text.escape_ascii());
                    found[i] += all.count_ones();
                }
            }
        }
        assert!(found.iter().all(|count| *count > 500), "{found:?}");
    }
}
