//! The scanner gives the verdict of the naive oracle, whole, on every stream and however it is cut; the
//! oracle gives every case its label.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{
    oracle,
    said::{filled, said},
    streams::{Cut, Stream, config, cut, stream},
};
use proptest::prelude::*;
use serde::Deserialize;
use std::{env, fs, path::Path};
use unwedge::core::{
    line::{AFTER, BEFORE, ENVELOPES_MAX, VIEW},
    scanner::Scanner,
    verdict::{NearMissKind, Verdict},
};

const WHOLE: Cut = Cut::Every(usize::MAX);

fn scanned(bytes: &[u8], cut: &Cut, require_same_line: bool) -> Verdict {
    let mut scanner = Scanner::new().require_same_line(require_same_line);
    cut.pieces(bytes).for_each(|piece| scanner.push(piece));
    scanner.finish()
}

fn label(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Wedge(_) => "wedge",
        Verdict::Clear(_) => "clear",
    }
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn the_scanner_and_the_oracle_agree(Stream(bytes) in stream(), cut in cut(), same_line: bool) {
        let (scanner, oracle) = (scanned(&bytes, &cut, same_line), oracle::judged(&bytes, same_line));
        prop_assert_eq!(scanner, oracle);
    }
}

/// Lines of a flood. Between them they say all that can be said without a wedge, and nearly all that changes how the lines
/// behind them are judged; `@` is a number, so that no line need be another's repetition.
const FLOOD: [&str; 184] = [
    "cp: cannot create /srv/@: Read-only file system",
    "cp: cannot create /srv/@: Read-only file system",
    "cp: cannot create /srv/@: Read-only file system",
    "#7 0.@ x: read-only file system",
    "#7 0.@ failed to update builder last activity time: open /x: read-only file system",
    "  =>  => # x: read-only file system @",
    "=> x: read-only file system @",
    "web-1  | @ read-only file system",
    "web  | @ failed to update builder last activity time",
    "27604 v1 docker @: read-only file system",
    "Step 3/@ : read-only file system",
    "0.41 @ read-only file system",
    "x",
    "",
    "add-on @",
    "security tool @",
    "------",
    "app: ------",
    "@ ------",
    "---",
    "cp: /srv/@: read-only file system ------",
    " > [3/3] RUN x@:",
    "app:  > [3/@] RUN x:",
    "Nov 23 21:39:00 #7 0.@ x: read-only file system",
    "Nov 23 21:39:00 host docker[1]: x@: read-only file system",
    "21:39:00 27604 v1 docker @: read-only file system",
    "2026-11-23T21:39:00-01 | x@: read-only file system",
    "app: web-1 | x@: read-only file system",
    "21:39:00 [x] |n#7 0.1 x@: read-only file system",
    "app: #7 0.1 x: read-only file system @",
    "{\"log\":\"x\\r-1 | y@: read-only file system\"}",
    "x {\"k\":\"y #7 0.1 x: read-only file system @\"}",
    "2026-11-23T21:39:00.123Z x@: read-only file system",
    "open /root/.docker/buildx/refs/@: read-only file system",
    "mkdir /home/@/.docker: read-only file system",
    "open /srv/BUILDX/refs: read-only file system, @",
    "open /x/activity/.tmp-@: read-only file system",
    "open /srv/@/read-only file system/x",
    "x/read-only file system @",
    "x: read-only file system/@",
    "read-only file system @",
    "read-only file system: failed to update builder last activity time: @: no space",
    "@ mount=failed to update builder last activity time",
    "failed to update builder last activity time: open /@: permission denied",
    "x: \x1b[1mread-only\x1b[0m file system @",
    "\x1b[1mcp: @: read-only file system",
    "#7 0.@\rx: read-only file system",
    "x@\rcp: read-only file system",
    "x@\r=> x: read-only file system",
    "\x1b7=> x: read-only file system @",
    "0.\x1b741 x: read-only file system @",
    "build\tx\t2026-11-23T21:39:00Z #7 0.@ read-only file system",
    "cp: read-only file system @\tx\t2026-11-23T21:39:00Z #7 0.1 x",
    "@ x/failed to update builder last activity time\tx\t2026-11-23T21:39:00Z #7 0.1 x",
    "2026-11-23T21:39:00.1Z x: read-only file system @ x: #7 0.1 x: read-only file system",
    "{\"msg\":\"@ read-only file system\"}",
    "{\"msg\":\"failed to update builder last activity time: @: permission denied\"}",
    "{\"log\":\"\\u001b[3@mcp: read-only file system\\u001b[0m\\n\",\"time\":\"2026-11-23T21:39:00.@Z\"}",
    "{\"log\":\"#7 0.@ \\u001b[31mcp: read-only file system\"}",
    "process \"/bin/sh -c @\" did not: read-only file system",
    "cp: cannot create '/srv/@/x': read-only file system",
    "open \"/srv/@/x\": read-only file system",
    "x PROCESS \"@ read-only file system",
    "The COMMAND '@ read-only file system",
    "x @, 'b process \"read-only file system",
    // Without a mark, a container's by what is in an envelope.
    "'x\\nStep 3/@ : read-only file system',",
    "  'x\\nStep 3/@ : read-only file system',",
    "21:39:00 'x\\nStep 3/@ : read-only file system',",
    "\"log\": \"Step 3/@ : read-only file system\",",
    "stderr: 'Step 3/@ : read-only file system'",
    "x: b'Step 3/@ : read-only file system'",
    "@ x=b'Step 3/@ : read-only file system'",
    "level=error msg=\"Step 3/@ : read-only file system\"",
    "x process \\\"@ read-only file system",
    "x: \\nb'Step 3/@ : read-only file system'",
    "process \"/bin/sh -c @: read-only file system",
    "app: #7 0.@ read-only file system",
    "app: 27604 v0.12.@ docker: read-only file system",
    // Objects that say one thing.
    "{\"log\":\"cp: /srv/@: read-only file system\\n\",\"stream\":\"stderr\"}",
    "{\"log\":\"read-only file system @\"}",
    "{\"log\":\"x/read-only file system @\\n\"}",
    "{\"log\":\"mkdir /home/@/.docker: read-only file system\\n\"}",
    "{\"log\":\"#7 0.@ x: read-only file system\\n\"}",
    "{\"log\":\"Step 3/@ : read-only file system\\n\"}",
    "{\"log\":\"21:39:00 Step 3/@ : read-only file system\\n\"}",
    "2026-11-23T21:39:00.1Z {\"log\":\"Step 3/@ : read-only file system\\n\"}",
    "#7 0.@ {\"log\":\"cp: /srv/x: read-only file system\\n\"}",
    "{\"log\":\"The command '@ read-only file system\"}",
    "{\"log\":\"'Step 3/@ : read-only file system',\"}",
    "{\"log\":\"failed to update builder last activity time: /@: denied\"}",
    "{\"logs\":[{\"msg\":\"@: read-only file system\"}]}",
    // Or more than one, or something else.
    "{\"log\":\"x\\nStep 3/@ : read-only file system\\n\"}",
    "{\"log\":\"x: read-only file system\",\"msg\":\"Step 3/@ : read-only file system\"}",
    "{\"error\":\"@ read-only file system\",\"msg\":\"Step 3/4 : x\"}",
    "{\"k\":\"Step 3/@ : read-only file system\"}",
    "{\"log\":\"x @\",\"k\":\"read-only file system\"}",
    "{\"log\":\"------\\n\",\"n\":@}",
    "{\"log\":\" > [3/3] RUN x@:\\n\"}",
    "app: {\"log\":\"Step 3/@ : read-only file system\"}",
    // With other escapes.
    "{\"log\":\"cp:\\tcannot create \\\"/srv/@\\\": read-only file system\\n\"}",
    "{\"log\":\"\\u001b[31mcp\\u001b[0m: /srv/@: read-only file system\\n\"}",
    "{\"log\":\"\\u0053tep 3/@ : read-only file system\"}",
    "{\"log\":\"process \\\"@ read-only file system\\\"\"}",
    "{\"log\":\"\\\"msg\\\": \\\"Step 3/@ : read-only file system\\\"\"}",
    "{\"log\":\"{\\\"log\\\":\\\"Step 3/@ : read-only file system\\\"}\"}",
    "{\"log\":\"x@\\r#7 0.1 x: read-only file system\"}",
    "{\"log\":\"x@\\n#7 0.1 x: read-only file system\"}",
    "{\"log\":\"x@\\r\\n#7 0.1 x: read-only file system\\r\\n\"}",
    "{\"error\":\"mkdir /home/@/.docker: read-only file system\",\"msg\":\"x\"}",
    "fatal: [h]: FAILED! => {\"rc\": 1, \"stderr\": \"Step 3/@ : read-only file system\"}",
    "read-only file system @ {\"x\": \"y z\"}",
    "time=\"@\" level=error msg=\"mkdir /x/.docker: read-only file system\"",
    "##teamcity[message text='Step 3/@ : read-only file system' status='ERROR']",
    "{\"log\":\"failed to update builder last activity time\\nx: read-only file system @\"}",
    "{\"log\":\"failed to update builder last activity time @\",\"msg\":\"read-only file system\"}",
    "failed to update builder last activity time {\"log\":\"x: read-only file system @\"}",
    // With carriage returns.
    "executor failed running [@\rx: read-only file system",
    "app: #7 0.@\rcp: read-only file system",
    "cp: read-only file system @\rapp: 27604 v0.12.1 docker x",
    "mkdir /x/.docker: read-only file system @\rcp: read-only file system",
    "failed to update builder last activity time @\rcp: read-only file system",
    "21:39:00 x@\r21:39:00 #7 0.1 read-only file system\rx/read-only file system",
    "x@\r{\"log\":\"mkdir /x/.docker: read-only file system\"}",
    "{\"log\":\"x@\\rmkdir /x/.docker: read-only file system\"}",
    "{\"log\":\"x process y\"} @\rmkdir /x/.docker: read-only file system",
    "process \"@\rmkdir /x/.docker: read-only file system\rx",
    "x@\r\"x: mkdir /x/.docker: read-only file system\",\ry",
    "[@\rx] | mkdir /x/.docker: read-only file system",
    // How they end.
    "cp: cannot create /srv/@: Read-only file system\r",
    "#7 0.@ x: read-only file system\r",
    "mkdir /home/@/.docker: read-only file system\r",
    "failed to update builder last activity time: /@: denied\r",
    "{\"log\":\"Step 3/@ : read-only file system\\n\"}\r",
    "\"x @: read-only file system\",\r",
    "------\r",
    "\r",
    "x@\r\r",
    // What is asked of the client's words.
    "(read-only file system) @",
    "«@ read-only file system»",
    "x\u{2019}read-only file system @",
    "read-only file system.@",
    "read-only file system.x",
    "failed to update builder last activity time @",
    "failed to update builder last activity time: @: read-only file system: denied",
    "mkdir /x/.docker: read-only file system: failed to update builder last activity time: @: denied",
    "mkdir /x/.docker: read-only file system: failed to update builder last activit\x1b[0my time: @: denied",
    "x=failed to update builder last activity time: @ mkdir /x/.docker: read-only file system",
    "x/failed to update builder last activity time: @: denied",
    "failed to update builder last activity time: open /@",
    "executor failed running [/bin/sh -c @ read-only file system]: x: read-only file system",
    "process \"@: read-only file system\" did not complete: read-only file system",
    "process \"@ failed to update builder last activity time",
    "|||@|| x-1 | read-only file system",
    "1.1.@.1 read-only file system",
    "1 2.1.@ docker read-only file system",
    "# #7 0.@ read-only file system",
    "2026-11-23 21:39:00 v0.@.1 docker: read-only file system",
    "2026-11-23T21:39:00 | >>> @ read-only file system",
    "2026-11-23T21:39:00.1Z 'Step 3/@ : read-only file system'",
    "2026-11-23T21:39:00.1Z cp: /srv/@: read-only file system",
    "2026-11-23T21:39:00.1Z mkdir /@/.docker: read-only file system",
    "2026/11/23 21:39:00+01:00 web-1  | @ read-only file system",
    "Nov 23 21:39:00 host docker[1]: {\"log\":\"Step 3/@ : read-only file system\"}",
    "cp: '/srv/@', b'x': read-only file system",
    "xb'Step 3/@ : read-only file system'",
    // Behind a timestamp, and what can stand behind that.
    "2026-11-23T21:39:00.1Z stdout F Step 3/@ : read-only file system",
    "2026-11-23T21:39:00.1Z stderr P => x: read-only file system @",
    "2026-11-23T21:39:00.1Z host docker: => x: read-only file system @",
    "2026-11-23T21:39:00.1Z host docker: 27604  docker @: read-only file system",
    "2026-11-23T21:39:00.1Z x @ y z - Step 3/4 : read-only file system",
    "2026-11-23T21:39:00.1Z 00O Step 3/@ : read-only file system",
    "2026-11-23T21:39:00.1Z Step 3/@ : read-only file system",
    "2026-11-23 21:39:00.1 docker x-@: read-only file system",
    "2026-11-23 21:39:00 v1 docker x-@: read-only file system",
    "2026-11-23T21:39:00+01:00 x/@ '/srv/x': read-only file system ------",
    "2026-11-23T21:39:00.1Z x process '@ read-only file system",
    "2026-11-23T21:39:00.1Z x: read-only file system/@",
    "2026-11-23T21:39:00.1Z read-only file system @\r",
    "2026-11-23T21:39:00.1Z x @: failed to update builder last activity time",
    "2026-11-23T21:39:00.1Zx: read-only file system @",
    "#7 E@: read-only file system",
    "#7 ERROR: x @: read-only file system",
    "#7 ER\x1b[1mROR: mkdir /@/.docker: read-only file system",
    "#12345678901 mkdir /@/.docker: read-only file system",
];

/// Of these excerpts are made.
const EXCERPT: &[&str] = &[
    "------",
    "app: ------",
    FLOOD[20],
    " > [3/3] RUN x@:",
    "x",
    "failed to update builder last activity time -------",
];

/// What makes of an EROFS that was said before something that is reported: whose words it was, or where it stood.
const ENDS: [&str; 4] = [
    "",
    "failed to update builder last activity time: open /x\n",
    "#7 0.1 failed to update builder last activity time\n",
    "x/failed to update builder last activity time/\n",
];

proptest! {
    #![proptest_config(config(12_000))]

    /// Lines that tell nothing new are not judged.
    #[test]
    fn the_scanner_and_the_oracle_agree_on_floods(
        is_stated: bool,
        // Before some, so many lines come of which each has to be asked for that no more are looked for.
        is_vain in prop::bool::weighted(0.125),
        kinds in prop::collection::vec(0..FLOOD.len(), 1..6),
        excerpts: bool,
        // In some all that is said again is so word for word.
        is_counted: bool,
        runs in prop::collection::vec((any::<prop::sample::Index>(), 1..4usize), 1..24),
        // And then so often.
        times in 1..4usize,
        end in 0..ENDS.len(),
    ) {
        let statement = if is_stated { &FLOOD[..1] } else { &[] };
        let excerpt = if excerpts { EXCERPT } else { &[] };
        let kinds: Vec<&str> =
            statement.iter().chain(excerpt).copied().chain(kinds.iter().map(|kind| FLOOD[*kind])).collect();
        let runs = runs.iter().flat_map(|(kind, times)| std::iter::repeat_n(*kind.get(&kinds), *times));
        let lines = std::iter::repeat_n(runs, times).flatten();
        let count = |i: usize| if is_counted { i.to_string() } else { "7".to_owned() };
        let lines = lines.enumerate().flat_map(|(i, line)| [line.replace('@', &count(i)), "\n".into()]);
        let vain = if is_vain { 66 } else { 0 };
        let vain = (0..vain).map(|i| format!("x\\y{i:x}: read-only file system\n"));
        let mut stream: String = vain.chain(lines).collect();
        stream += ENDS[end];
        for same_line in [false, true] {
            let oracle = oracle::judged(stream.as_bytes(), same_line);
            for cut in [WHOLE, Cut::Every(7), Cut::Every(300)] {
                prop_assert_eq!(scanned(stream.as_bytes(), &cut, same_line), oracle.clone(), "{:?}", cut);
            }
        }
    }
}

/// What was a container's in an excerpt, over and over, is the client's outside of one.
#[test]
fn what_was_taken_in_an_excerpt_is_new_outside_of_it() {
    let line = "failed to update builder last activity time -------\n";
    for (length, lines) in (0..48).flat_map(|length| (5..10).map(move |lines| (length, lines))) {
        let filler = format!("{}\n", "y".repeat(length));
        let excerpt = format!("------\n > [3/3] RUN x:\n{line}{}", filler.repeat(lines));
        for (times, behind) in (2..8).flat_map(|times| [0, 1, 3].map(|behind| (times, behind))) {
            let stream =
                format!("{}{}{line}{}\n", excerpt.repeat(times), filler.repeat(9 + behind), FLOOD[0]);
            let oracle = oracle::judged(stream.as_bytes(), false);
            assert_eq!(scanned(stream.as_bytes(), &WHOLE, false), oracle, "{stream:?}");
        }
    }
}

/// Of any two of these lines the second is judged as behind the first, whoever said it before.
#[test]
fn two_lines_of_a_flood() {
    const CONTAINER: &str = "#7 0.1 failed to update builder last activity time: read-only file system";
    for (one, other) in FLOOD.iter().flat_map(|one| FLOOD.iter().map(move |other| (one, other))) {
        for (first, end) in [FLOOD[0], CONTAINER].into_iter().flat_map(|first| ENDS.map(|end| (first, end))) {
            let lines = [first, first, one, one, other, other];
            let lines: Vec<_> = (7..).zip(lines).map(|(i, line)| line.replace('@', &i.to_string())).collect();
            let stream = format!("{}\n{end}", lines.join("\n"));
            for same_line in [false, true] {
                assert_eq!(
                    scanned(stream.as_bytes(), &WHOLE, same_line),
                    oracle::judged(stream.as_bytes(), same_line),
                    "{same_line} {stream:?}"
                );
            }
        }
    }
}

/// Where a view begins what is part of a word can look like a marker. So a long line is not passed over by what stands on it.
#[test]
fn a_long_line_is_judged_by_its_views() {
    let before_view = "x".repeat(VIEW - BEFORE);
    let tail =
        format!("27604 v0.12.1 docker {} x: read-only file system {}", "y".repeat(BEFORE), "z".repeat(AFTER));
    let is_container = |line: &str| {
        let stream = format!("{}\n{line}\n{}", FLOOD[0], ENDS[2]);
        let verdict = scanned(stream.as_bytes(), &WHOLE, false);
        assert_eq!(verdict, oracle::judged(stream.as_bytes(), false));
        matches!(verdict, Verdict::Clear(misses) if misses.iter().any(|miss| miss.kind == NearMissKind::ContainerOutput))
    };
    assert!(is_container(&format!("{before_view}{tail}")) && !is_container(&format!("x{tail}")));
}

/// A line that is longer than one view, among lines that tell nothing new, to who knows the client's words, a
/// container's, or both.
#[test]
fn long_lines_of_a_flood() {
    const CLIENT: &str = "mkdir /srv: read-only file system\n";
    const CONTAINER: &str =
        "#7 0.1 cp: read-only file system\n#7 0.1 failed to update builder last activity time\n";
    let long = "x".repeat(VIEW + AFTER);
    let both = format!("{CLIENT}{CONTAINER}");
    for before in [CLIENT, CONTAINER, &both] {
        for (line, end) in FLOOD.iter().flat_map(|line| ENDS.iter().map(move |end| (line, end))) {
            let line = line.replace('@', &long);
            for tail in ["", " read-only file system/x"] {
                let stream = format!("{before}{line}{tail}\n{before}{end}");
                let oracle = oracle::judged(stream.as_bytes(), false);
                assert_eq!(
                    scanned(stream.as_bytes(), &WHOLE, false),
                    oracle,
                    "{before:?} {:?}",
                    line.get(..80)
                );
            }
        }
    }
}

/// A core that stands far from where its line begins, outside of an excerpt and in one, at first and behind others.
#[test]
fn far_cores_of_a_flood() {
    const EROFS: &str = "cp: read-only file system\n";
    const EXCERPT: &str = "------\n > [3/3] RUN x:\n";
    for far in (0..1000).step_by(7) {
        let far = format!("{} read-only file system\n", "x".repeat(far));
        for before in [
            String::new(),
            EROFS.into(),
            EXCERPT.into(),
            format!("{EROFS}{EXCERPT}"),
            format!("{EXCERPT}{EROFS}"),
        ] {
            for stream in [format!("{before}{far}"), format!("{before}{far}{EROFS}{far}{far}")] {
                let oracle = oracle::judged(stream.as_bytes(), false);
                assert_eq!(scanned(stream.as_bytes(), &WHOLE, false), oracle, "{stream:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(config(1000))]

    /// A line that says again, with other digits, what was said before is not judged.
    #[test]
    fn the_scanner_and_the_oracle_agree_on_lines_with_other_digits(
        Stream(bytes) in stream(), digits in prop::collection::vec(b'0'..=b'9', 1..50), times in 2..5usize, end in 0..ENDS.len(),
    ) {
        let mut digits = digits.iter().cycle();
        let mut other = |byte: u8| if byte.is_ascii_digit() { *digits.next().unwrap() } else { byte };
        let mut stream = Vec::new();
        for line in bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| line.len() < VIEW) {
            stream.extend_from_slice(line);
            for _ in 1..times {
                stream.extend(line.iter().map(|byte| other(*byte)));
            }
        }
        stream.extend_from_slice(ENDS[end].as_bytes());
        let oracle = oracle::judged(&stream, false);
        for cut in [WHOLE, Cut::Every(300)] {
            prop_assert_eq!(scanned(&stream, &cut, false), oracle.clone(), "{:?}", cut);
        }
    }
}

/// Words that rules know, whole and cut off, and others; and paths.
const WORDS: &str = "\
    activity body build buildkitd buildx builder chmod chown close code command content current data defaults \
    description detail details docker err error event executor exit failed file fsync full id instances internal last \
    lchown line link lock log logs lstat message mkdir msg name non only open out output process raw read refs remove \
    rename returned running short stat status statuses stderr stdout sync system teamcity text the time tmp to unknown \
    unlinkat update vertexes warnings write zero n b m v v1 x1 1x 7 12 2026 rea fsy lcho lsta ren chow ope unli abc quux \
    abcdefghij jan step xprocess xxlogxx a/b x/1.2 x/buildx x/buildx/refs x/.docker x/.Docker/buildX/a activity/.tmp-1 \
    x.d/T1_ ------ / Q v0.12.1 3/3 ERROR Nov CACHED 23T21 x/docker Abcd ABCD Qux Step Steps MESSAGE Output stringValue \
    textPayload Rea REA Unli Stdout 1ab2 x1b v1ab2 va1b2 web-1 web-1a2b-x9k web_1 a1-1 a1-b a-b1 1-a2b 00O 00ab 12e a1b2- -a1b2 \
    a------1b 2026-11-28T21 20261128T213900Z 00Z 1ab.2.3 1ab,x.2.3 x1-Docker x1proceSs x1.log 1message x1/buildx Activity1 \
    550e8400-e29b-41d4-a716-446655440000 4bf92f3577b34da6a3ce929d0e0e4736 1732752000ab a-1b/.docker x/a-1 x/1.2.3 3 123 12345678 123456789 0123456789012345 STEP Running EXECUTOR \
    дом é “ — \u{feff} abrea 1rea xxfai time1";

fn words() -> Vec<&'static str> {
    WORDS.split(' ').collect()
}

/// A line with other words, digits and letters as given, in places; joined ones can be one.
fn with_other_words(line: &[u8], joined: bool, mut others: impl FnMut() -> Option<Vec<u8>>) -> Vec<u8> {
    let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || joined && b"-_".contains(byte);
    let runs = line.chunk_by(|a, b| is_of_word(a) == is_of_word(b));
    runs.flat_map(
        |run| if is_of_word(&run[0]) { others().unwrap_or_else(|| run.to_vec()) } else { run.to_vec() },
    )
    .collect()
}

proptest! {
    #![proptest_config(config(12_000))]

    /// A line that says again, with other words, what was said before is not judged.
    #[test]
    fn the_scanner_and_the_oracle_agree_on_lines_with_other_words(
        Stream(bytes) in stream(),
        kinds in prop::collection::vec(0..FLOOD.len() + ASKING.len(), 1..4),
        names in prop::collection::vec(prop::sample::select(words()), 1..20),
        places in prop::collection::vec(0..6usize, 1..40),
        end in 0..ENDS.len(),
    ) {
        let (mut names, mut places) = (names.iter().cycle(), places.iter().cycle());
        let mut word = || names.next().unwrap().as_bytes().to_vec();
        let kind = |kind: &usize| FLOOD.iter().chain(ASKING).nth(*kind).map(|line| line_with(line, "@"));
        let kinds: String = kinds.iter().filter_map(kind).collect();
        let mut stream = format!("{}\n", FLOOD[0]).into_bytes();
        for line in [kinds.as_bytes(), &bytes].into_iter().flat_map(|lines| lines.split_inclusive(|byte| *byte == b'\n')) {
            if line.len() > 4096 {
                continue;
            }
            // What stands for a name is always another, and each line comes twice before others do.
            let line: Vec<u8> = line.iter().flat_map(|byte| if *byte == b'@' { word() } else { vec![*byte] }).collect();
            for _ in 0..2 {
                stream.extend_from_slice(&line);
            }
            for joined in [false, true, false] {
                stream.extend(with_other_words(&line, joined, || (*places.next().unwrap() == 0).then(&mut word)));
            }
        }
        stream.extend_from_slice(ENDS[end].as_bytes());
        let oracle = oracle::judged(&stream, false);
        for cut in [WHOLE, Cut::Every(300)] {
            prop_assert_eq!(scanned(&stream, &cut, false), oracle.clone(), "{:?}", cut);
        }
    }
}

/// What rules ask for, in pieces: between them they make any form of a container's, of a path of the state directory, and of a prefix
/// and an envelope, whole or in part.
const PIECES: [&str; 138] = [
    "$E",
    ": $E",
    "\n",
    "x",
    "1",
    "7",
    "12",
    "0",
    "27604",
    "v0.12.1",
    "0.12.1",
    "1.",
    ".2",
    ".41",
    "0.412",
    "103.2 ",
    " ",
    " ",
    " ",
    "  ",
    "\t",
    "é",
    "\r",
    "\\n",
    "\\r",
    "\\t",
    "\\\"",
    "\\'",
    "\\\\",
    "\\/",
    "\\u001b[1m",
    "\\x1b[1m",
    "\\u0023",
    "\\u00237 0.4 ",
    "\\u005b3/3] ",
    "3\\/3] ",
    "\\u002edocker",
    "\\/.docker",
    "\\",
    "\x1b[1m",
    "\x1b",
    "\x1b]0;",
    "\x07",
    "\x1b[1",
    "\"",
    "\"",
    "'",
    "'",
    "b'",
    "`",
    "#",
    "#7",
    "#7 ",
    "##",
    "##[error]",
    "##teamcity[message text='",
    "|",
    "|",
    "|n",
    "|'",
    " |",
    " | ",
    " | >>> ",
    "|     ",
    "=",
    "=>",
    "=> ",
    "=> # ",
    ">",
    "> ",
    "> [",
    "[",
    "]",
    "] ",
    "[3/3]",
    "[3/3] ",
    "/3",
    "/3] ",
    "internal",
    "[internal] ",
    "[base 2/",
    "Step ",
    "Step 3/4",
    "Step 3/4 : ",
    " : ",
    ": ",
    ":",
    ",",
    ", ",
    "{",
    "{\"",
    "}",
    "{\"log\":\"",
    "{\"k\":\"",
    "{'k': '",
    "\",\"",
    "\",\"error\":\"",
    "Step 3/4 \",\"error\":\"",
    "27604 0\",\"error\":\"docker ",
    "\": \"",
    "\":[",
    "\"msg\":\"",
    "name",
    "\"name\"",
    "\"id\": \"",
    "\\\"short\\\": \\\"",
    "detail",
    "\"vertexes\"",
    "statuses",
    "Logs",
    "\"warnings\"",
    "msg=\"",
    "err=\"",
    "stderr: '",
    "process ",
    "process \"",
    "PROCESS",
    "command ",
    "the command '",
    "executor failed running [",
    "docker",
    " docker ",
    "/usr/bin/docker ",
    "buildx",
    "/buildx",
    "buildkitd ",
    "/",
    "/x",
    "/.docker",
    "/.tmp-1",
    "/activity",
    "web-1",
    "web ",
    "2026-11-23T21:39:00.1Z ",
    "2026-11-23T21:39:00-01",
    "#7 0.1 ",
    "-1 | ",
    "-",
];

proptest! {
    #![proptest_config(config(120_000))]

    /// A line is passed over whatever it is wrapped in only if nothing on it can make it say more.
    #[test]
    fn the_scanner_and_the_oracle_agree_on_lines_in_pieces(
        is_stated: bool,
        known in prop::collection::vec(0..KNOWN.len(), 0..4),
        lines in prop::collection::vec((prop::sample::select(&AROUND[..]), pieces(8), 0..4usize, pieces(4)), 1..4),
        end in 0..ENDS.len(),
    ) {
        let mut stream = if is_stated { line_with(FLOOD[0], "") } else { String::new() };
        for known in known {
            stream += &line_with(KNOWN[known], "");
        }
        for ((opening, closing), before, sentinel, behind) in lines {
            let sentinel = [" $E", ": $E", "x: $E", "$E"][sentinel];
            let line = [opening, &before.concat(), sentinel, &behind.concat(), closing].concat();
            stream += &line_with(&line, "");
        }
        stream += ENDS[end];
        let oracle = oracle::judged(stream.as_bytes(), false);
        prop_assert_eq!(scanned(stream.as_bytes(), &WHOLE, false), oracle, "{:?}", stream);
    }
}

/// What may stand around them.
const AROUND: [(&str, &str); 16] = [
    ("", ""),
    ("", ""),
    ("", ""),
    ("{\"log\":\"", "\"}"),
    ("{\"log\":\"", "\\n\"}"),
    ("{\"log\":\"x", "\\n\",\"stream\":\"stderr\"}"),
    ("{\"k\":\"", "\\n\"}"),
    ("{\"k\":\"x ", "\"}"),
    ("{\"msg\":\"", "\"}"),
    ("x {\"msg\": \"", ""),
    ("[{'k': '", "'}]"),
    ("msg=\"", "\""),
    ("{\"k\":\"{\\\"log\\\":\\\"", "\\\"}\"}"),
    ("##teamcity[message text='", "']"),
    ("21:39:00 [x] ", ""),
    ("\x1b[1m", "\x1b[0m"),
];

fn pieces(most: usize) -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(&PIECES[..]), 0..most)
}

/// Lines that each make something else known: of the client, of a container, of the state directory, that mention what they say, and
/// with another cause.
const KNOWN: [&str; 8] = [
    "cp: /srv/x: $E",
    "#7 0.1 $E",
    "#7 0.1 $A",
    "#7 0.1 $A: $E",
    "mkdir /x/.docker: $E",
    "x=$E",
    "x/$A",
    "$A: x: no space left on device",
];

/// A line with an escape sequence before so many characters, in an object of JSON, with slashes spelled, behind a time.
fn wrapped(line: &str, sequence: Option<usize>, in_json: bool, slashes: bool, stamped: bool) -> String {
    let mut line = line.to_owned();
    if let Some((at, _)) = sequence.and_then(|at| line.char_indices().nth(at)) {
        line.insert_str(at, "\x1b[1m");
    }
    if in_json {
        line =
            line.replace('\\', "\\\\").replace('"', "\\\"").replace('\x1b', "\\u001b").replace('\t', "\\t");
        if slashes {
            line = line.replace('/', "\\/");
        }
        line = format!("{{\"log\":\"{line}\\n\"}}");
    }
    if stamped { format!("2026-11-23 21:39:00 {line}") } else { line }
}

proptest! {
    #![proptest_config(config(20000))]

    /// Nor is one where it must be taken out of something, and freed of something, to be read.
    #[test]
    fn the_scanner_and_the_oracle_agree_on_wrapped_lines_with_other_words(
        kinds in prop::collection::vec(0..FLOOD.len() + ASKING.len(), 1..3),
        names in prop::collection::vec(prop::sample::select(words()), 3..20),
        sequence in prop::option::of(0..60usize),
        (in_json, slashes, stamped) in any::<(bool, bool, bool)>(),
        end in 0..ENDS.len(),
    ) {
        let mut names = names.iter().cycle();
        let mut stream = String::from("\n");
        for kind in kinds {
            let line = FLOOD.iter().chain(ASKING).nth(kind).map(|line| line_with(line, "@")).unwrap();
            let line = wrapped(line.trim_end_matches('\n'), sequence, in_json, slashes, stamped);
            let word = names.next().unwrap();
            for word in [word, word, names.next().unwrap(), names.next().unwrap()] {
                stream += &line.replace('@', word);
                stream.push('\n');
            }
        }
        stream.push_str(ENDS[end]);
        let oracle = oracle::judged(stream.as_bytes(), false);
        prop_assert_eq!(scanned(stream.as_bytes(), &WHOLE, false), oracle, "{:?}", stream);
    }
}

/// Where a rule asks for a word.
const ASKING: &[&str] = &[
    // The last name of a path can be the first word of a phrase.
    "/@ to update builder last activity time mkdir /x/.docker: $E",
    "x /x/@ to update builder last activity time mkdir /x/.docker: $E",
    "x /@-only file system: $E",
    "x /@ \"x: $E",
    "x: {\"k\":\"/@ \\\"x: $E\"}",
    "{\"k\":\"{\\\"k\\\":\\\"/@ \\\\\\\"x: $E\\\"}\"}",
    "x /@ failed running [x: $E",
    "x /@ command 'x: $E",
    "cp: /@: $E",
    "cp: /x/@: $E",
    "cp: '/@': $E",
    "cp: \"/@\": $E",
    "(/@: $E)",
    "{\"k\":\"x /@: $E\"}",
    "{\"k\":\"x \\\"/@\\\": $E\"}",
    "{\"/@\": \"x: $E\"}",
    "{\"/x/@\":{\"msg\":\"x: $E\"}}",
    "\"/@\": $E",
    "/@: $E",
    "/@: Step 3/4 : $E",
    "2026-11-23T21:39:00.1Z /@: $E",
    "2026-11-23T21:39:00.1Z host /@: $E",
    "2026-11-23T21:39:00.1Z host /@[12]: Step 3/4 : $E",
    "27604 v0.12.1 /@: $E",
    "27604 /@: /x/docker: $E",
    "27604 1.1.'/@': /x/docker: $E",
    "27604 x '/@': /x/docker: $E",
    "$A: open /@: $E",
    "$A: open /x: denied /@: $E",
    "$A: open /@: denied",
    "$A: open /@",
    "$A: /@: $E",
    "process \"/@\": $E",
    "x process \"/bin/sh -c x '/@': $E\"",
    "open /x/buildx '/@': $E",
    "open /x/buildx/ '/@': $E",
    "#7 0.1 /@: $E",
    "x /@: #7 0.1 y: $E",
    "x '/@'$E",
    "x \"/@\"$E",
    "x /@:$E",
    "[x /@: y] Step 3/4 : $E",
    "stderr: '/@': $E",
    "x=\"/@\": $E",
    "msg=\"/@\" x=\"Step 3/4 : $E\"",
    "> [/@: 3/3] $E",
    "x: $E '/@': ------",
    "x: $E @ to update builder last activity time",
    "x: $E failed to @ builder last activity time",
    "x: $E failed to update @ last activity time",
    "x: $E failed to update builder @ activity time",
    "x: $E failed to update builder last @ time",
    "x: $E failed to update builder last activity @",
    "x/$E x: @-only file system",
    "x/$E x: read-@ file system",
    "x/$E x: read-only @ system",
    "x/$E x: read-only file @",
    "$A: @",
    "$A: x: @",
    "$A: x @",
    "$A: @ /x",
    "$A: x: @ /x",
    "$A: x: read-@",
    "$A: x: read-only @",
    "$A: x: read-only file @",
    "$A: x: $E: @",
    "$A: x: $E: @ status 1",
    "$A: x: $E: exit @ 1",
    "$A: x: $E: exit @: 1",
    "$A: x: $E, @ code: 1",
    "mkdir /x/.@: $E",
    "open /x/@/refs: $E",
    "open /x/.docker/@/x: $E",
    "open /x/buildx/@: $E",
    "open /x/buildx/@/x: $E",
    "open /x/buildx/.@: $E",
    "open /x/buildx/.@-x: $E",
    "open /x/@/.tmp-x: $E",
    "open /x/activity/.@-x: $E",
    "@ \"/bin/sh -c x: $E",
    "x @ \"/bin/sh -c x: $E\" did not complete",
    "@ failed running [/bin/sh -c x: $E",
    "executor @ running [/bin/sh -c x: $E",
    "executor failed @ [/bin/sh -c x: $E",
    "@ command '/bin/sh -c x: $E",
    "x @ command '/bin/sh -c x: $E",
    "the @ '/bin/sh -c x: $E",
    "the command '/bin/sh -c x' @ a non-zero code: $E",
    "the command '/bin/sh -c x' returned a @-zero code: $E",
    "the command '/bin/sh -c x' returned a non-@ code: $E",
    "the command '/bin/sh -c x' returned a non-zero @: $E",
    "{\"@\":\"Step 3/4 : $E\"}",
    "{\"_@\":\"Step 3/4 : $E\"}",
    "{\"@_message\":\"Step 3/4 : $E\"}",
    "{\"full_@\":\"Step 3/4 : $E\"}",
    "{\"@_lines\":[\"Step 3/4 : $E\"]}",
    "{\"stdout_@\":[\"Step 3/4 : $E\"]}",
    "{\"@\":[{\"x\":\"y: $E\"}]}",
    "\"@\": \"x: $E\"",
    "x=\"y\" @=\"Step 3/4 : $E\"",
    "@: 'Step 3/4 : $E'",
    "##@[message text='Step 3/4 : $E']",
    "##teamcity[message @='Step 3/4 : $E']",
    "27604 v0.12.1 /x/@: $E",
    "27604 x/@: docker: $E",
    "27604 x/@: buildx: $E",
    "27604 @: docker: $E",
    "> [@] $E",
    "app: > [x @] $E",
    "2026-11-23T21:39:00.1Z @ F Step 3/4 : $E",
    "2026-11-23T21:39:00.1Z host @[12]: Step 3/4 : $E",
    "[x @] Step 3/4 : $E",
    "[@] Step 3/4 : $E",
    "#7 @: $E",
    "@ 3/4 : $E",
    "Step 3/@: $E",
    "Step 3/@ : $E",
    "x-@ | $E",
    "@  | $E",
    "@ | x: $E",
    "x '@'$E",
    "x @.$E",
    "x: $E.@",
    "x: $E/@",
    "{\"k\":\"\\@: $E\"}",
    "{\"k\":\"\\x@: $E\"}",
    "\x1b[1;@: $E",
    "x: read\x1b[0m-@: $E",
    "2026/11/@ 21:39:00 Step 3/4 : $E",
    "2026/@/23 21:39:00 Step 3/4 : $E",
    "@ 23 21:39:00 Step 3/4 : $E",
    "x: =b'@: $E'",
    "x: @'Step 3/4 : $E'",
    "27604 1'/@': $E",
    "27604 1=/@: $E",
    "27604 1=/@ x: $E",
    "27604 /@ docker: $E",
    "27604 /@ x: $E",
    "27604 x=/@ x: $E",
    "27604 @ x: $E",
    "27604 @.2.3 x: $E",
    "27604 @,x.2.3 x: $E",
    "27604 1.@.3 x: $E",
    "27604 @.2.3 docker: $E",
    "x: 27604 @.2.3 docker: $E",
    "x:27604 @,x.2.3 docker: $E",
    "x:00:27604 @,x.2.3 docker: $E",
    "x,27604 @,x.2.3 docker: $E",
    "2026-11-23 21:39:00 @.2.3 docker: $E",
    "2026-11-23 21:39:00 @.2.3 x: $E",
    "2026-11-23T21:39:00.1Z 27604 @.2.3 x: $E",
    "[x]:27604 @.2.3 x: $E",
    "{\"msg\":\"27604 @.2.3 x: $E\"}",
    "{\"msg\":\"x\\n27604 @.2.3 x: $E\"}",
    "\x1b[0m27604 @.2.3 x: $E",
    "[ @, \"x\\nStep 3/4 : $E\"",
    "{\"msg\":\"[\\t @, 'x\\\\nStep 3/4 : $E'\"}",
    "[\x1b[0m @, \"x\\nStep 3/4 : $E\"",
    "[1, @, \"x\\nStep 3/4 : $E\"",
    "/@ | x: $E",
    "/x-@ | x: $E",
    "x /@ | x: $E",
    "x /@: | x: $E",
    "x /@, x: $E",
    "x /@) x: $E",
    "x=/@ x: $E",
    "x: $E /@",
    "x: $E (/@)",
    "$A: x: $E: /@",
    "$A: x /@, y: denied",
    "host @ x: $E",
    "@ x: $E",
    "@: x: $E",
    "@ | $E",
    "@_x: 'Step 3/4 : $E'",
    "@=\"Step 3/4 : $E\"",
    "x=@ msg=\"Step 3/4 : $E\"",
    "x: \"@\": $E",
    "x (@): $E",
    "x (@) 0.1 y: $E",
    "(@ 21:39:00) Step 3/4 : $E",
    "(@) Step 3/4 : $E",
    "@ Step 3/4 : $E",
    "x @ | >>> y: $E",
    "x @.1 y: $E",
    "x: $E: exit status @",
    "$A: x: exit status @",
    "$A: x: $E: exit status @",
    "=> @ [3/3] $E",
    "#7 @ x: $E",
    "#@ 0.1 x: $E",
    "2026-11-23T21:39:00.1Z @ tag[12]: Step 3/4 : $E",
    "2026-11-23T21:39:00.1Z @ tag: Step 3/4 : $E",
    "2026-11-23T21:39:00.1Z 00O@ Step 3/4 : $E",
    "2026-11-23T21:39:00.1Z @ Step 3/4 : $E",
    "<34>1 2026-11-23T21:39:00.1Z host @ 12 - - Step 3/4 : $E",
    "open /x/@/buildx: $E",
    "open /x/buildx @: $E",
    "open /x/buildx/@ : $E",
    "open /x/.docker /@ x: $E",
    "open /x/@ x: $E",
    "mkdir C:\\x\\@: $E",
    "x: @\x1b[0md-only file system",
    "{\"log\":\"x: @\\u001b[0md-only file system\"}",
    "{\"log\":\"x: @\\x1b[0md-only file system\"}",
    "{\"log\":\"x @\\u001b[1m$E\"}",
    "{\"log\":\"x @\\t$E\"}",
    "{\"log\":\"x @\\\"$E\"}",
    "{\"log\":\"@\\u001b[0m:39:00 Step 3/4 : $E\"}",
    "{\"log\":\"21:39:@\\u001b[0m Step 3/4 : $E\"}",
    "{\"log\":\"21:39:00 0.@\\u001b[0m x: $E\"}",
    "{\"log\":\"x @\\u001b[0m-1  | x: $E\"}",
    "{\"log\":\"=> @\\u001b[0m [3/3] x: $E\"}",
    "{\"log\":\"\\u001b[0m@: x: $E\"}",
    "{\"log\":\"27604\\u001b[0m @.2.3 x: $E\"}",
    "{\"log\":\"@:\\u001b[0m39:00 Step 3/4 : $E\"}",
    "@:\x1b[0m39:00 Step 3/4 : $E",
    "Nov\x1b[0m @ 21:39:00 Step 3/4 : $E",
    "{\"log\":\"Nov\\u001b[0m @ 21:39:00 Step 3/4 : $E\"}",
    "x => \x1b[0m@ [3/3] y: $E",
    "x => @\x1b[0m [3/3] y: $E",
    "[\x1b[0m@ x] Step 3/4 : $E",
    "##teamcity[message text='27604|x1b[0m @.2.3 x: $E']",
    "##teamcity[message text='x|x@: $E']",
    "##teamcity[message text='x|u00@: $E']",
    "##teamcity[message text='x: @|x1b[0md-only file system']",
    "##teamcity[message text='x @|x1b[0m$E']",
    "##teamcity[message text='@|n0.1 x: $E']",
    "##teamcity[message text='x|n@ 3/4 : $E']",
    "##teamcity[message text='@|: Step 3/4 : $E']",
    "##teamcity[x text='|[|t @, \"x|nStep 3/4 : $E\"|]']",
    "##teamcity[x text='|[|t @, \"x\\nStep 3/4 : $E\"|]']",
    "##teamcity[x text='x @ |t| y: $E']",
    "{\"log\":\"@\\/11\\/23 21:39:00 Step 3/4 : $E\"}",
    "{\"log\":\"2026\\/@\\/23 21:39:00 Step 3/4 : $E\"}",
    "{\"log\":\"x \\/@: $E\"}",
    "{\"log\":\"open \\/x\\/@\\/buildx: $E\"}",
    "{\"log\":\"Step @\\/4 : $E\"}",
    "{\"log\":\"x\\n27604 @.2.3 x: $E\"}",
    "{\"log\":\"x\\t@.5 x: $E\"}",
    "{\"log\":\"x\\n@ Step 3/4 : $E\"}",
    "{\"log\":\"x\\n @ Step 3/4 : $E\"}",
    "{\"log\":\"x\\nNov @ 21:39:00 Step 3/4 : $E\"}",
    "@$E",
    "x @$E",
    "x: $E@",
    "@#7 0.1 x: $E",
    "@Step 3/4 : $E",
    "@\u{feff}Step 3/4 : $E",
    "x@é | y: $E",
    "@-11-23T21:39:00Z Step 3/4 : $E",
    "@/11/23 21:39:00 Step 3/4 : $E",
    "x @-11-23T21:39:00Z Step 3/4 : $E",
    "Nov @ 21:39:00 Step 3/4 : $E",
    "Nov  @ 21:39:00 Step 3/4 : $E",
    "x Nov @ 21:39:00 Step 3/4 : $E",
    "2026-11-23 @:39:00 Step 3/4 : $E",
    "2026-11-23 21:@:00 Step 3/4 : $E",
    "2026-11-23 21:39:@ Step 3/4 : $E",
    "2026-11-23 21:39:00.@ Step 3/4 : $E",
    "2026-11-23 21:39:00,@ Step 3/4 : $E",
    "2026-11-@ 21:39:00 Step 3/4 : $E",
    "2026-11-23T21:39:00+@ Step 3/4 : $E",
    "(@:39:00) Step 3/4 : $E",
    "(21:39:00.@) Step 3/4 : $E",
    "[@] Step 3/4 : $E",
    "[@.5] Step 3/4 : $E",
    "[1.@] Step 3/4 : $E",
    "[ @.5] Step 3/4 : $E",
    "21:39:00 @.5 x: $E",
    "21:39:00 0.@ x: $E",
    "21:39:00 0.@, x: $E",
    "21:39:00 0.1.@ x: $E",
    "21:39:00 @ v0.12.1 /x/docker: $E",
    "21:39:00 @ | x: $E",
    "@.5 x: $E",
    "0.@ x: $E",
    "0.@.1 x: $E",
    "@ v0.12.1 /x/docker: $E",
    "x @ v0.12.1 /x/docker: $E",
    "x,@ v0.12.1 /x/docker: $E",
    "x:@ v0.12.1 /x/docker: $E",
    "x\":@ v0.12.1 /x/docker: $E",
    "x=@ v0.12.1 /x/docker: $E",
    "x (@ v0.12.1 /x/docker: $E)",
    "x @.5 y: $E",
    "x 0.@ y: $E",
    "x=@.5 y: $E",
    "x=0.@ y: $E",
    "x #7 0.@ y: $E",
    "x #@ 0.1 y: $E",
    "#7 0.@ x: $E",
    "#7 @.5 x: $E",
    "<@>1 Step 3/4 : $E",
    "Step @/4 : $E",
    "x [@/3] y: $E",
    "> [@/3] $E",
    "x-@ | y: $E",
    "x_@  | y: $E",
    "pool-@-thread-@ | x: $E",
    "{\"log\":\"@.5 x: $E\"}",
    "{\"log\":\"0.@ x: $E\"}",
    "{\"log\":\"@ v0.12.1 /x/docker: $E\"}",
    "{\"log\":\"@\",\"stream\":\"x: $E\"}",
    "{\"k\":@,\"log\":\"Step 3/4 : $E\"}",
    "{\"k\": @,\"log\":\"Step 3/4 : $E\"}",
    "{'log': '2026-11-23T21:39:00Z host \"k\": @.5 x: $E'}",
    "{'log': '2026-11-23T21:39:00Z host \"k\": 0.@ x: $E'}",
    "{'log': '2026-11-23T21:39:00Z host \"k\": @ v0.12.1 /x/docker: $E'}",
    "2026-11-23T21:39:00Z host \"k\": @ x: $E",
    "[@, \"x\\nStep 3/4 : $E\"",
    "[1.@, \"x\\nStep 3/4 : $E\"",
    "\x1b[@mStep 3/4 : $E",
    "\x1b[1;@mStep 3/4 : $E",
    "\x1b[m@ x: $E",
    "\x1b[@;1mStep 3/4 : $E",
    "$A: x: denied: exit status @",
    "$A: x: denied: exit code: @",
    "$A: x: denied, exit code: @",
    "$A: x: $E: exit code: @",
    "$A: x: $E, exit code: @",
    "{\"log\":\"$A: x: $E: exit status @\"}",
    "{\"log\":\"$A: x: $E: exit status @ \\n\"}",
    "{\"log\":\"$A: x: $E: exit code: @\\nx\"}",
    "$A: x: $E: exit\x1b[1m status @",
    "$A: x: $E: exit status\x1b[1m @",
    "$A: x: $E: exit status \x1b[1m@",
    "$A: x: $E: exit code:\x1b[1m @",
    "{\"log\":\"$A: x: $E: exit status\\u001b[1m @\"}",
    "$A: x: $E: exit status @ ",
    "x: $E @",
    "x: $E (@)",
    "x: $E: try @: y",
    "x @: $E: y",
    "[x @ y] Step 3/4 : $E",
    "[xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx @] Step 3/4 : $E",
    "[xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx @] Step 3/4 : $E",
    "[xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx @] Step 3/4 : $E",
    "[xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx /@ y] Step 3/4 : $E",
    "[xxxxxxxxxxxxxxxxxxxxxxxxxxxx @ @ @ @ @ @ @ @] Step 3/4 : $E",
    "[x] [@] Step 3/4 : $E",
    "[x [@] Step 3/4 : $E",
    "x [@] #7 0.1 y: $E",
    "=> @ [3/3] x: $E",
    "=> @ @ [3/3] x: $E",
    "=>  @[3/3] x: $E",
    "x => @ [3/3] y: $E",
    "x => CACHED @[3/3] y: $E",
    "#7 [@ 3/3] x: $E",
    "x #7 [@ 3/3] y: $E",
    "x #7 [x @] y: $E",
    "x > [x @] y: $E",
    "x > [@ 3/3] y: $E",
    "x > [@/3] y: $E",
    "x > [3/@] y: $E",
    "##[@] Step 3/4 : $E",
    "##[x@] Step 3/4 : $E",
    "2026-11-23T21:39:00.1Z host @[7]: Step 3/4 : $E",
    "2026-11-23T21:39:00.1Z host x[@]: Step 3/4 : $E",
    "2026-11-23T21:39:00.1Z @ x[7]: Step 3/4 : $E",
    "2026-11-23T21:39:00.1Z host /@[7]: Step 3/4 : $E",
    "\x1b[m@: $E",
    "\x1b[1m[@] Step 3/4 : $E",
    "[\x1b[1m@] Step 3/4 : $E",
    "[@, \"x\\nStep 3/4 : $E\"]",
    "[ @, \"x\\nStep 3/4 : $E\"]",
    "[\t@ x]: \"x\\nStep 3/4 : $E\"",
    "[\x1b[2K@, \"x\\nStep 3/4 : $E\"]",
    "[\x1b[2K @, \"x\\nStep 3/4 : $E\"]",
    "[\x1b[0m @, \"x\\nStep 3/4 : $E\"]",
    "{\"log\":\"[\\t @, 'x\\\\nStep 3/4 : $E']\"}",
    "{\"log\":\"[\\u001b[0m @, 'x\\\\nStep 3/4 : $E']\"}",
    "@ \x1b[0m | x: $E",
    "x @ \x1b[0m | y: $E",
    "x /@ | y: $E",
    "x /@ \x1b[0m | y: $E",
    "{\"log\":\"x @\\t| y: $E\"}",
    "{\"log\":\"x @ \\t| y: $E\"}",
    "x=\"y\" k=[@] msg=\"Step 3/4 : $E\"",
    "##teamcity[x @='Step 3/4 : $E']",
    "##teamcity[x text='@ Step 3/4 : $E']",
    "executor @ running [x] $E",
    "executor failed @ [x: $E",
    "executor failed running [@: $E",
    "executor failed running [x @]: y: $E",
    "x \\@#7 0.1 y: $E",
];

/// A line of a flood, with a word for its name.
fn line_with(line: &str, word: &str) -> String {
    let line = line
        .replace("$A", "failed to update builder last activity time")
        .replace("$E", "read-only file system");
    line.replace('@', word) + "\n"
}

/// Of any of these lines with any of those words one is judged as behind itself.
#[test]
fn each_word_on_each_line_of_a_flood() {
    // Lines are compared that begin alike.
    let heads = ASKING.iter().filter(|line| line.starts_with('@'));
    let heads = heads.map(|line| format!("2026-11-23T21:39:00.1Z {line}"));
    let lines: Vec<_> = FLOOD.iter().chain(ASKING).map(ToString::to_string).chain(heads).collect();
    on_all_cores(&lines, |line| {
        with_each_word(FLOOD[0], line, ["quux", "quux", "@", "abc"]);
        for words in [
            ["quux", "quux", "@", "abc"],
            ["@", "@", "quux", "1a"],
            ["7", "7", "@", "x"],
            ["@", "@", "12", "12345"],
            ["a1b2", "a1b2", "@", "1ab2"],
            ["@", "@", "1ab2-x", "xa1b"],
            ["@", "@", "é", "—"],
        ] {
            with_each_word("", line, words);
        }
    });
}

/// The same of words beside anything but letters and digits.
#[test]
fn each_word_beside_each_character() {
    const ASKING: [&str; 9] = [
        "x&@&: $E",
        "&@& x: $E",
        "2026-11-23T21:39:00.1Z &@& Step 3/4 : $E",
        "2026-11-23T21:39:00.1Z &@& tag: Step 3/4 : $E",
        "x-&@&  | $E",
        "x &@&#7 0.1 y: $E",
        "27604 &@&.2.3 docker: $E",
        "{\"&@&\":\"x\\nStep 3/4 : $E\"}",
        "x=\"&@&\" msg=\"x\\nStep 3/4 : $E\"",
    ];
    let characters = (b' '..0x7f).filter(|byte| !byte.is_ascii_alphanumeric() && *byte != b'@');
    let characters = characters.map(char::from).chain(['é']);
    let lines: Vec<_> = characters
        .flat_map(|character| ASKING.map(|line| line.replace('&', &character.to_string())))
        .collect();
    on_all_cores(&lines, |line| {
        with_each_word("", line, ["a1b2", "a1b2", "@", "1ab2"]);
        with_each_word("", line, ["@", "@", "quux", "xa1b"]);
    });
}

fn on_all_cores(lines: &[String], each: impl Fn(&str) + Sync) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for lines in lines.chunks(lines.len().div_ceil(threads)) {
            scope.spawn(|| lines.iter().for_each(|line| each(line)));
        }
    });
}

/// Each word in its place among others on a line that comes again and again.
fn with_each_word(before: &str, line: &str, others: [&str; 4]) {
    for word in words() {
        let lines = others.map(|other| line_with(line, if other == "@" { word } else { other })).concat();
        for end in &ENDS[..3] {
            let stream = format!("{before}\n{lines}{end}");
            let oracle = oracle::judged(stream.as_bytes(), false);
            assert_eq!(scanned(stream.as_bytes(), &WHOLE, false), oracle, "{stream:?}");
        }
    }
}

/// Few digits are asked for; and an excerpt makes of the same words a container's.
#[test]
fn other_digits_can_say_something_else() {
    for (one, other, demanded) in [
        (
            r#"{"msg":"read-only file\u0030system"}"#,
            r#"{"msg":"read-only file\u0020system"}"#,
            "wedge stream 4 3",
        ),
        (
            r#"{"msg":"read-only file\x30system"}"#,
            r#"{"msg":"read-only file\x20system"}"#,
            "wedge stream 4 3",
        ),
        ("<34>1 web  | x: $E", "<34>2 web  | x: $E", "wedge stream 4 3"),
        // What an escape sequence, or a string's escape, stands between comes together.
        (
            "{\"msg\":\"read-only file\\\x1b[0mu0030system\"}",
            "{\"msg\":\"read-only file\\\x1b[0mu0020system\"}",
            "wedge stream 4 3",
        ),
        ("<34>\x1b[0m1 web  | x: $E", "<34>\x1b[0m2 web  | x: $E", "wedge stream 4 3"),
        (
            r#"{"msg":"{\"log\":\"read-only file\\u0030system\"}"}"#,
            r#"{"msg":"{\"log\":\"read-only file\\u0020system\"}"}"#,
            "wedge stream 4 3",
        ),
        (
            r#"{"msg":"{\"log\":\"read-only file\u005cu0030system\"}"}"#,
            r#"{"msg":"{\"log\":\"read-only file\u005cu0020system\"}"}"#,
            "wedge stream 4 3",
        ),
        (
            r#"{"msg":"{\"log\":\"read-only file\\\u001b[0mu0030system\"}"}"#,
            r#"{"msg":"{\"log\":\"read-only file\\\u001b[0mu0020system\"}"}"#,
            "wedge stream 4 3",
        ),
        (
            r#"{"msg":"<34>\u001b[0m1 web  | x: $E"}"#,
            r#"{"msg":"<34>\u001b[0m2 web  | x: $E"}"#,
            "wedge stream 4 3",
        ),
        (r#"{"msg":"<34>1 web  | x: $E"}"#, r#"{"msg":"<34>2 web  | x: $E"}"#, "wedge stream 4 3"),
        (r#"{"msg":"<34\x3e1 web  | x: $E"}"#, r#"{"msg":"<34\x3e2 web  | x: $E"}"#, "wedge stream 4 3"),
        (r#"{"msg":"web\u001b[1m  | x: $E"}"#, r#"{"msg":"web\u002b[1m  | x: $E"}"#, "wedge stream 4 3"),
        ("#7 0.1 x: $E", "#7 0.2 x: $E", "clear read-only-elsewhere@1 activity-failure@4"),
    ] {
        demand(&[(&format!("{one}\n{one}\n{other}\n$A: open /x\n"), demanded)]);
    }
    let (rule, step, line) = ("------\n", " > [3/3] RUN x:\n", "x 1: read-only file system\n");
    let container = "#7 0.1 failed to update builder last activity time\n";
    for before in ["", rule, &format!("{rule}{step}"), &format!("{rule}{step}1\n2\n3\n4\n5\n6\n7\n")] {
        for behind in ["", rule, &format!("{rule}{step}")] {
            let stream = format!("{container}{line}{line}{before}{line}{line}{behind}{line}{line}");
            assert_eq!(differences(&stream), Vec::<String>::new(), "{stream}");
        }
    }
    // A line that is a rule, and tells nothing else, is one each time.
    let rule = "cp: /srv/1: $E ------\n";
    let failure = "$A: open /x: permission denied\n";
    let known = format!("#7 0.1 x: $E\nmkdir /srv: $E\n{failure}{rule}{}", "x\n".repeat(200));
    demand(&[
        (
            &format!("{known}{rule}{step}{failure}"),
            "clear read-only-elsewhere@2 activity-failure@3 (Ownership) container-output@207",
        ),
        (&format!("{known}{failure}"), "clear read-only-elsewhere@1 activity-failure@3 (Ownership)"),
    ]);
}

/// Where the scanner says something else than the oracle: however the stream is cut, with an end behind its last
/// line too, and where both sentinels have to stand on one line.
fn differences(stream: &str) -> Vec<String> {
    let ended = format!("{stream}\n");
    let judged = [stream, &ended].into_iter().flat_map(|stream| [(stream, false), (stream, true)]);
    judged
        .flat_map(|(stream, same_line)| {
            let oracle = oracle::judged(stream.as_bytes(), same_line);
            let cuts = [WHOLE, Cut::Every(1), Cut::Every(VIEW), Cut::AtLines { behind: false }];
            cuts.into_iter().filter_map(move |cut| {
                let scanner = scanned(stream.as_bytes(), &cut, same_line);
                (scanner != oracle).then(|| format!("{cut:?}: scanner {scanner:?}, oracle {oracle:?}"))
            })
        })
        .collect()
}

/// Holds both against rows that were written by hand: what stands in front of the sentences, and what the
/// page demands.
fn demand(rows: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (row, demanded) in rows {
        let stream = filled(row);
        let said = said(&oracle::judged(stream.as_bytes(), false));
        if said != *demanded {
            wrong.push(format!("{row:?}\n    demanded {demanded}\n    the oracle says {said}"));
        }
        wrong.extend(differences(&stream).into_iter().map(|difference| format!("{row:?}\n    {difference}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_message() {
    demand(&[
        ("", "clear"),
        ("\n\n", "clear"),
        ("all is well\n", "clear"),
        // "Never anchor on a prefix"; "an empty line follows"; case is folded.
        ("ERROR: $W\n", "wedge line 1 1"),
        ("ERROR: failed to build: $W\n", "wedge line 1 1"),
        ("$W\n\n", "wedge line 1 1"),
        ("$W", "wedge line 1 1"),
        ("$A: OPEN /x: Read-Only File System\n", "wedge line 1 1"),
        ("#3 ERROR: $W\n", "wedge line 1 1"),
        // "Two lines in the client's voice, in either order and at any distance."
        ("x\n$A\nx\nx $E x\n", "wedge stream 2 4"),
        ("x $E x\n\n$A: open\n", "wedge stream 3 1"),
        ("$A: open /home/\n$E\n$W", "wedge stream 1 2"),
        ("$E\n$W", "wedge line 2 2"),
    ]);
}

/// "It is known as early as the bytes allow (when the line that completes it ends, or the stream does)."
#[test]
fn a_wedge_is_known_when_its_line_ends() {
    let sentence = "ERROR: failed to update builder last activity time: open /x: read-only file system";
    for cut in [WHOLE, Cut::Every(1), Cut::AtLines { behind: true }] {
        let mut scanner = Scanner::new();
        cut.pieces(format!("x\n{sentence}").as_bytes()).for_each(|piece| scanner.push(piece));
        assert_eq!(scanner.wedge(), None, "{cut:?}");
        scanner.push(b"\n");
        let wedge = scanner.wedge().cloned();
        assert!(wedge.as_ref().is_some_and(|wedge| wedge.activity.line == 2), "{cut:?}");
        // Nothing that comes changes it.
        scanner.push(format!("x\n{sentence}\n").as_bytes());
        assert_eq!(scanner.wedge(), wedge.as_ref(), "{cut:?}");
        assert_eq!(scanner.finish(), Verdict::Wedge(wedge.unwrap()), "{cut:?}");
    }
}

/// Only there can another scanner go on.
#[test]
fn a_scanner_is_at_rest_between_lines_and_outside_of_an_excerpt() {
    let mut scanner = Scanner::new();
    assert!(scanner.is_at_rest());
    for (piece, rests) in [
        ("x", false),
        ("\n", true),
        ("x\ny", false),
        ("\n", true),
        ("------\n", false),
        (" > [3/3] RUN x:\n", false),
        ("------\n", false),
        ("x\n", true),
        ("------\n > [3/3] RUN x:\n1\n2\n3\n4\n5\n6\n7\n", false),
        ("8\n9\n", true),
    ] {
        scanner.push(piece.as_bytes());
        assert_eq!(scanner.is_at_rest(), rests, "{piece:?}");
    }
}

#[test]
fn rule_1_container_output() {
    for head in [
        "#7 0.412 ",
        "#7 [3/3] RUN echo ",
        "=> => # ",
        " => => # ",
        "=> [3/3] RUN echo ",
        " > [3/3] RUN echo ",
        "0.412 ",
        "   3 | >>> RUN echo ",
        "{\"vertexes\":[{\"name\":\"",
        "web-1  | ",
        "web  | ",
        "27604 v0.12.1 /usr/libexec/docker/cli-plugins/docker-buildx build ",
        "ERROR: failed to solve: process \"/bin/sh -c echo ",
        "2026-11-23T21:39:00.1234567Z #7 0.412 ",
        "Nov 23 21:39:00 host docker[1]: #7 0.412 ",
        "\x1b[31m#7 0.412 ",
        "{\"log\":\"#7 0.412 ",
        "level=info msg=\"#7 0.412 ",
        "build.log:7:#7 0.412 ",
        "[build] | #7 0.412 ",
        "Step 3/5 : RUN echo ",
        "\"name\": \"[3/3] RUN echo ",
        "\"short\": \"",
        "\"detail\": [\"",
        // Behind prefixes that nobody knows.
        "app:build: #7 [base 2/3] RUN echo ",
        "app:build: #7 [linux/amd64 internal] load ",
        "app:build:  => => # ",
        "app:build:  => ERROR [3/3] RUN echo ",
        "app:build:  > [3/3] RUN echo ",
        "app:build:    3 | >>> RUN echo ",
        "app:build:    3 |     RUN echo ",
        "app:build: web-1  | ",
        "app:build: 27604 v0.12.1 /usr/libexec/docker/cli-plugins/docker-buildx build ",
        "app:build: {\"vertexes\":[{\"name\":\"",
        "app:build: \"name\": \"[3/3] RUN echo ",
        "x\\n#7 0.412 ",
        "x|n#7 0.412 ",
        // Commands, in envelopes that were not opened too.
        "x {text \"y\": \"process \\\"/bin/sh -c echo \\\\\\\" ",
        "ERROR: executor failed running [/bin/sh -c echo ",
        "The command '/bin/sh -c echo ",
    ] {
        demand(&[
            (&format!("{head}$W\n"), "clear container-output@1"),
            (&format!("{head}$A\n{head}$E\n"), "clear container-output@1"),
        ]);
        demand(&[(&format!("{head}$E\nERROR: $A\n"), "clear read-only-elsewhere@1 activity-failure@2")]);
        // A container's words take nothing away from the client's.
        demand(&[(&format!("{head}$W\nERROR: $W\n"), "wedge line 2 2")]);
    }
    demand(&[
        ("#7 0.412 x\r$W\n", "clear container-output@1"),
        // The excerpt: the line of the step, and what it printed, with its time or without.
        ("------\n > [3/3] RUN x:\n$W\n------\n", "clear container-output@3"),
        ("------\n > [3/3] RUN x:\n1\n2\n3\n4\n5\n6\n7\n$W\n------\n", "clear container-output@10"),
        ("------\n > [3/3] RUN x:\n1\n2\n3\n4\n5\n6\n7\n8\n$W\n", "wedge line 11 11"),
        ("------\n > [3/3] RUN x:\n0.412 $W\n------\nERROR: $W\n", "wedge line 5 5"),
        ("------\n$W\n", "wedge line 2 2"),
        // "`process \"/bin/sh -c …\" did not complete successfully`", and what the client says behind it.
        (
            "ERROR: process \"/bin/sh -c $W\" did not complete successfully: exit code: 1\n",
            "clear container-output@1",
        ),
        ("ERROR: process \"/bin/sh -c x\" did not complete successfully: $W\n", "wedge line 1 1"),
    ]);
}

#[test]
fn rule_2_mentioned() {
    for before in ["'", "\"", "`", "\u{201c}", "/", "=", "x", "7", "_"] {
        demand(&[(&format!("see {before}$A\nsee {before}$E\n"), "clear mentioned@1")]);
        demand(&[(&format!("see {before}$A\nERROR: $E\n"), "clear read-only-elsewhere@2")]);
    }
    demand(&[
        ("if you see '$W', then\n", "clear mentioned@1"),
        ("ERROR: invalid tag \"$A: $E\"\n", "clear mentioned@1"),
        ("ERROR: open /ro/$A.json: $E\n", "clear mentioned@1"),
        ("ERROR: ($A): $E\n", "wedge line 1 1"),
        // A name that only begins like it, or the end of a sentence.
        ("ERROR: open $A.json: $E\n", "clear mentioned@1"),
        ("ERROR: open $A/x: $E\n", "clear mentioned@1"),
        ("ERROR: open $A\\x: $E\n", "clear mentioned@1"),
        ("ERROR: $A. $E\n", "wedge line 1 1"),
    ]);
}

#[test]
fn rule_3_another_cause() {
    for (cause, kind) in [
        ("no space left on device", "DiskFull"),
        ("disk quota exceeded", "DiskFull"),
        ("permission denied", "Ownership"),
        ("operation not permitted", "NotPermitted"),
        ("input/output error", "Other"),
        ("stale file handle", "Other"),
    ] {
        let near = format!("activity-failure@1 ({kind})");
        demand(&[
            (&format!("ERROR: $A: write /x: {cause}\n"), &format!("clear {near}")),
            // "Even when some unrelated line says `read-only file system`, and even when the path does."
            (
                &format!("ERROR: $A: write /x: {cause}\nrm: $E\n"),
                &format!("clear {near} read-only-elsewhere@2"),
            ),
            (&format!("ERROR: $A: open /$E/x: {cause}\n"), &format!("clear {near}")),
            // What wrappers put behind a cause is none.
            (&format!("ERROR: $A: open /x: {cause}, exit code: 1\n"), &format!("clear {near}")),
            (&format!("ERROR: $A: open /x: {cause}: unknown\n"), &format!("clear {near}")),
            (&format!("ERROR: $A: open /x: {cause}\nERROR: $W\n"), "wedge line 2 2"),
        ]);
    }
    // "A line that names no cause stays open."
    for rest in
        ["", ":", ": ", ": open", ": open /home/", ": open /x: ", ": open /x: read-only fi", " and more"]
    {
        demand(&[
            (&format!("$A{rest}\n$E\n"), "wedge stream 1 2"),
            (&format!("$A{rest}\n"), "clear activity-failure@1"),
        ]);
    }
}

/// A container's line that tells nothing new still counts as a line of the excerpt that it stands in.
#[test]
fn known_words_of_a_container_use_up_an_excerpt() {
    let step = "#7 0.1 $W\n------\n > [3/3] RUN x:\n";
    let known = "#7 0.1 $E\n";
    demand(&[
        (&format!("{step}{}ERROR: $W\n", known.repeat(7)), "clear container-output@1"),
        (&format!("{step}{}ERROR: $W\n", known.repeat(8)), "wedge line 12 12"),
    ]);
}

#[test]
fn near_misses() {
    demand(&[
        ("touch: $E\n", "clear read-only-elsewhere@1"),
        ("touch: $E\n#7 0.4 touch: $E\n", "clear read-only-elsewhere@1"),
        ("#7 0.4 touch: $E\ntouch: $E\n", "clear read-only-elsewhere@1"),
        ("ERROR: mkdir /home/dev/.docker/buildx: $E\n", "clear state-dir-unwritable@1"),
        ("ERROR: open /home/dev/.docker/buildx/activity/.tmp-x1: $E\n", "clear state-dir-unwritable@1"),
        ("ERROR: open /srv/buildx/.tmp-current1: $E\n", "clear state-dir-unwritable@1"),
        ("ERROR: open /srv/activity/.tmp-x1: $E\n", "clear state-dir-unwritable@1"),
        ("ERROR: open /home/dev/.docker/buildx/x: $E\n", "clear state-dir-unwritable@1"),
        ("ERROR: open /srv/buildx/x: $E\n", "clear read-only-elsewhere@1"),
        ("ERROR: mkdir /srv/library: $E\n", "clear read-only-elsewhere@1"),
        ("ERROR: mkdir /srv/activity: $E\n", "clear read-only-elsewhere@1"),
        ("ERROR: stat /home/dev/.docker/buildx/refs: mkdir /tmp/x: $E\n", "clear read-only-elsewhere@1"),
        (r"ERROR: mkdir C:\Users\dev\.docker\buildx: $E", "clear state-dir-unwritable@1"),
        (r"ERROR: open D:\buildx\refs\x: $E", "clear state-dir-unwritable@1"),
        ("ERROR: open /home/dev/.docker/config.json1: $E\n", "clear read-only-elsewhere@1"),
        ("#7 0.4 mkdir /home/dev/.docker/buildx: $E\n", "clear read-only-elsewhere@1"),
    ]);
}

#[test]
fn transports() {
    for (before, behind) in [
        ("2026-11-23T21:39:00.1234567Z ", ""),
        ("build\tRun make\t2026-11-23T21:39:00.1234567Z ", ""),
        ("2026-11-23T21:39:00.123456Z 01E ", ""),
        ("[2026-11-23T21:39:00.123Z] ", ""),
        ("\x1b_bk;t=1700000000000\x07", ""),
        ("Nov 23 21:39:00 host compose-up[123]: ", ""),
        ("\x1b[?25h", "\r"),
        ("<13>1 2026-11-23T21:39:00Z host docker 12 - - ", ""),
        ("2026-11-23T21:39:00.123456789Z stderr F ", ""),
        ("1700000000.123456 ", ""),
        ("1700000000.123 ", ""),
        ("[build] | ", ""),
        ("build | ", ""),
        ("##[error]", ""),
        ("time=\"x\" level=error msg=\"", "\""),
        ("{\"log\":\"", "\\n\",\"stream\":\"stderr\"}"),
        ("{\"level\":\"error\",\"msg\":\"", "\"}"),
        ("{\"message\":\"{\\\"msg\\\":\\\"", "\\\"}\"}"),
        ("\x1b[31m", "\x1b[0m"),
        ("\u{feff}\0", "\0"),
        ("app:build: ", ""),
        ("{\"a\":{\"b\":[1,{\"stderr\":\"", "\"}]}}"),
        ("[{\"message\":\"", "\\r\\n\",\"type\":\"err\"}]"),
        ("fatal: [h]: FAILED! => {\"rc\": 1, \"stderr\": \"", "\"}"),
        ("docker.ci: {\"log\"=>\"", "\"}"),
        ("\"stderr\": \"", "\","),
        ("{'rc': 1, 'stderr': '", "\\n'}"),
        ("CalledProcessError(1, ['docker'], stderr=b'", "\\n')"),
        ("  stderr: '", "',"),
        ("##teamcity[message text='", "|n' status='ERROR']"),
    ] {
        demand(&[
            (&format!("{before}$W{behind}\n"), "wedge line 1 1"),
            (&format!("{before}ERROR: $W{behind}\n"), "wedge line 1 1"),
            (&format!("{before}#7 0.412 $W{behind}\n"), "clear container-output@1"),
            (
                &format!("{before}$A: write /x: permission denied{behind}\n"),
                "clear activity-failure@1 (Ownership)",
            ),
            (
                &format!("{before}------{behind}\n{before} > [3/3] RUN x:{behind}\n{before}$W{behind}\n"),
                "clear container-output@3",
            ),
        ]);
    }
    demand(&[
        ("{\"msg\":\"$A\",\"error\":\"open /x: $E\"}\n", "wedge line 1 1"),
        ("{\"message\":\"x\\n$A: open\\n$E\\n\"}\n", "wedge line 1 1"),
        (
            "{\"message\":\"\\u0066ailed to update builder last activity time: \\u001b[1m$E\"}\n",
            "wedge line 1 1",
        ),
    ]);
}

#[test]
fn envelopes_in_one_another() {
    let mut row = "$W".to_owned();
    for depth in 0..=ENVELOPES_MAX + 1 {
        demand(&[(&row, if depth <= ENVELOPES_MAX { "wedge line 1 1" } else { "clear mentioned@1" })]);
        row = serde_json::json!({ "msg": row }).to_string();
    }
}

// What the scanner and the oracle once differed in, or both got wrong.

#[test]
fn an_entry_of_a_json_file_is_one_line() {
    let entry = |text: &str| format!("{{\"log\":\"{text}\\n\",\"stream\":\"stderr\"}}\n");
    let printed: String = (1..=7).map(|line| entry(&line.to_string())).collect();
    let stream = entry("------") + &entry(" > [3/3] RUN x:") + &printed + &entry("$W");
    demand(&[(&stream, "clear container-output@10")]);
}

#[test]
fn what_the_search_cannot_see_never_counts() {
    // Not with another sentinel beside it either, which makes the scanner look at the line.
    demand(&[
        (
            "{\"msg\":\"failed to update builder last activity \\u0074ime: open /x: $E\"}\n",
            "clear read-only-elsewhere@1",
        ),
        (
            "{\"msg\":\"failed to update builder last activity \\u0074ime\"}\n$E\n",
            "clear read-only-elsewhere@2",
        ),
        ("{\"msg\":\"---\\u002d--\"}\n > x\n$W\n", "wedge line 3 3"),
        ("---\x1b[1m---\n > x\n$W\n", "wedge line 3 3"),
        ("{\"msg\":\"d-on\\n---\\u002d--\\n > x\\n$W\"}\n", "wedge line 1 1"),
        ("d-on\r---\x1b[1m---\nd-on---\x1b[1m---\n > x\n$W\n", "wedge line 4 4"),
    ]);
}

#[test]
fn a_line_that_ends_in_an_escape_names_no_path() {
    demand(&[("{\"log\":\"$W\\", "wedge line 1 1")]);
}

#[test]
fn seconds_since_the_epoch_are_no_time_of_a_step_and_no_process_id() {
    demand(&[
        ("1700000000.123 ERROR: $W\n", "wedge line 1 1"),
        ("1700000000 docker: $W\n", "wedge line 1 1"),
        ("1700000000.123 #7 0.412 $W\n", "clear container-output@1"),
    ]);
}

#[test]
fn a_quoted_command_does_not_close_itself() {
    demand(&[
        (
            "ERROR: process \"/bin/sh -c echo '\\\" did not complete: $W'\" did not complete\n",
            "clear container-output@1",
        ),
        (
            "ERROR: process \"/bin/sh -c echo process \\\"x\\\": $W\" did not complete\n",
            "clear container-output@1",
        ),
        (
            "ERROR: executor failed running [/bin/sh -c echo ]: $W]: exit code: 1\n",
            "clear container-output@1",
        ),
    ]);
}

#[test]
fn a_quoted_command_stays_one_however_long_it_is() {
    for length in [VIEW - 200, VIEW - 10, VIEW + 100, VIEW + AFTER, 3 * VIEW] {
        let command = "y ".repeat(length / 2);
        demand(&[(
            &format!("ERROR: process \"/bin/sh -c {command}$W\" did not complete"),
            "clear container-output@1",
        )]);
        demand(&[(
            &format!("\x1b[0mERROR: process \"/bin/sh -c {command}$W\" did"),
            "clear container-output@1",
        )]);
        demand(&[(&format!("build.log:7:#7 0.412 {command}$W"), "clear container-output@1")]);
        demand(&[(&format!("#7 0.412 $A\n#7 0.412 {command}$E"), "clear container-output@1")]);
        demand(&[(&format!("#7 0.412 $E\n#7 0.412 {command}$A"), "clear container-output@2")]);
        // Who knows what a container can say still hears the client.
        demand(&[(&format!("#7 0.412 $W\nERROR: {command}$W"), "wedge line 2 2")]);
        demand(&[(&format!("ERROR: {command}$W"), "wedge line 1 1")]);
    }
}

#[test]
fn a_command_that_is_quoted_behind_the_first_view_stays_one_too() {
    let (before, command) = ("y ".repeat(VIEW / 2 + 50), "y ".repeat(VIEW));
    demand(&[(&format!("{before}process \"/bin/sh -c {command}$W"), "clear container-output@1")]);
}

#[test]
fn what_begins_behind_a_view_takes_nothing_from_it() {
    let (before, behind) = ("y ".repeat(VIEW / 2), "y ".repeat(AFTER));
    demand(&[(&format!("{before}$W process \"{behind}"), "wedge line 1 1")]);
    demand(&[(&format!("{before}$W #7 0.412 {behind}$W"), "wedge line 1 1")]);
    demand(&[(&format!("{before}process \"$W{behind}"), "clear container-output@1")]);
    // Nor does a view speak for what begins at its end: its cause stands in the next.
    for before in [&before, &before.repeat(2)] {
        demand(&[(
            &format!("{before}$A: write /{behind}: permission denied\n$E\n"),
            "clear activity-failure@1 (Ownership) read-only-elsewhere@2",
        )]);
    }
}

#[test]
fn a_command_that_a_view_only_sees_the_beginning_of_can_end_in_the_next() {
    // It begins with the last byte that the first view does not judge any more.
    for head in ["", "\x1b[0m"] {
        let before = head.to_owned() + &"y".repeat(VIEW - head.len() - "process ".len());
        let behind = "y ".repeat(AFTER);
        demand(&[(&format!("{before}process \"x\" did not complete: $W{behind}"), "wedge line 1 1")]);
    }
    // It begins behind the second view, which finds nothing to judge, an escape, what begins like a sentinel, or
    // one that is mentioned.
    let (before, command) = ("y ".repeat(VIEW), "y ".repeat(AFTER));
    for found in ["", "\x1b[0m", "d-on", "'$E"] {
        demand(&[(&format!("{before}{found} process \"{command}\" did not complete: $W"), "wedge line 1 1")]);
    }
}

#[test]
fn a_container_does_not_take_its_own_marker_off() {
    demand(&[
        ("app: #7 0.412 x\ty\t2026-11-23T21:39:00Z ERROR: $W\n", "clear container-output@1"),
        ("2026-11-23T21:39:00Z app: #7 0.412 x - ERROR: $W\n", "clear container-output@1"),
        ("job\tstep\t2026-11-23T21:39:00Z ERROR: $W\n", "wedge line 1 1"),
    ]);
}

#[test]
fn a_rule_in_an_array_is_one() {
    demand(&[
        ("{\"x\":[\"------\",\" > [3/3] RUN x:\",\"sh: $W\"]}\n", "clear container-output@1"),
        (
            "[1.5, \"o\", \"------\"]\n[1.5, \"o\", \" > [3/3] RUN x:\"]\n[1.5, \"o\", \"sh: $W\"]\n",
            "clear container-output@3",
        ),
    ]);
}

#[test]
fn only_the_head_of_a_line_steps_an_excerpt() {
    demand(&[
        ("------\n > [3/3] RUN x:\n1\r2\r3\r4\r5\r6\r7\r8\r9\n$W\n", "clear container-output@4"),
        ("x\r------\n > [3/3] RUN x:\n$W\n", "wedge line 3 3"),
        // Of a container too, whose words are known.
        ("#7 0.4 $W\n------\n#7 0.4 $W\n > [3/3] RUN x:\n$W\n", "wedge line 5 5"),
    ]);
    // As far as its first view goes.
    for (length, demanded) in [(VIEW, "clear container-output@3"), (VIEW + AFTER, "wedge line 3 3")] {
        demand(&[(&format!("{} ------\n > [3/3] RUN x:\n$W\n", "y".repeat(length)), demanded)]);
    }
}

#[test]
fn an_escape_that_a_service_message_does_not_have_is_none() {
    demand(&[(
        "##teamcity[message text='failed to update builder|x20last activity time: $E']\n",
        "clear read-only-elsewhere@1",
    )]);
}

/// "At least 1 KiB of its head and 8 KiB after a sentinel"; two views of a line are all that memory is taken for.
#[test]
fn what_is_kept_of_a_line() {
    let bounds =
        [("head", VIEW, 1024), ("after", AFTER, 8 * 1024 + 43), ("all", 300 * 1024, 2 * (VIEW + AFTER))];
    for (what, bound, least) in bounds {
        assert!(bound >= least, "{what}");
    }
    // An envelope that is opened, and a cause that is as far as it can be from its sentinel.
    let long = "y ".repeat(VIEW / 4);
    demand(&[(
        &format!("{{\"msg\":\"{long}\\u0066{}: $E\"}}\n", "ailed to update builder last activity time"),
        "wedge line 1 1",
    )]);
    let (before, path) = ("y ".repeat(VIEW / 2 - 1), "y".repeat(8000));
    demand(&[(
        &format!("{before}$A: write /{path}: permission denied"),
        "clear activity-failure@1 (Ownership)",
    )]);
}

#[test]
fn a_line_of_just_one_view_names_its_cause() {
    let (first, last) = ("failed to update builder last activity time: write /", ": no space left on device");
    for (more, demanded) in [(0, "clear activity-failure@1 (DiskFull)"), (1, "clear activity-failure@1")] {
        let path = "y".repeat(VIEW + AFTER + more - first.len() - last.len());
        demand(&[(&format!("{first}{path}{last}"), demanded)]);
    }
}

#[test]
fn a_carriage_return_closes_no_command() {
    demand(&[
        (
            "ERROR: executor failed running [/bin/sh -c echo x\r$W]: exit code: 1\n",
            "clear container-output@1",
        ),
        ("ERROR: executor failed running [/bin/sh -c echo x]: exit code: 1\r$W\n", "wedge line 1 1"),
        ("ERROR: $W, executor failed running [/bin/sh -c echo x]: exit code: 1\n", "wedge line 1 1"),
        ("app: #7 [3/3] RUN x\r$W\n", "clear container-output@1"),
    ]);
}

#[test]
fn the_quote_that_opens_an_older_command_does_not_close_it() {
    demand(&[("The command ' returned a non-zero code: $W\n", "clear container-output@1")]);
}

#[test]
fn a_quoted_value_that_the_line_goes_on_behind_is_no_envelope() {
    demand(&[
        ("error: \"app\" failed: $W\n", "wedge line 1 1"),
        ("jacob\"$A: $E\"\n", "clear mentioned@1"),
        ("error: \"$A: $E\" was said\n", "clear mentioned@1"),
        ("error: \"$W\",\n", "wedge line 1 1"),
        // Nor where it stands under a key that nobody knows, behind no colon, close to it, or under no key.
        ("reason: \"x\\n$W\"\n", "clear mentioned@1"),
        ("error \"$A: $E\"\n", "clear mentioned@1"),
        ("error:\"$A: $E\"\n", "clear mentioned@1"),
        ("\"\": \"x\\n$W\"\n", "clear mentioned@1"),
    ]);
}

#[test]
fn an_object_belongs_to_the_words_in_front_of_it() {
    demand(&[
        ("ERROR: $W {\"attempt\": \"1\"}\n", "wedge line 1 1"),
        ("ERROR: $A: write /x: permission denied {\"x\": \"1\"}\n", "clear activity-failure@1 (Ownership)"),
        ("------\n > [3/3] RUN x:\n$W {\"x\": \"1\"}\n", "clear container-output@3"),
        // Braces that hold no string are words.
        ("ERROR: {x} $W\n", "wedge line 1 1"),
        // Its own quote closes a command that was open till there.
        ("ERROR: $A process \"x {\"attempt\": \"1\"}\n", "clear activity-failure@1"),
        // But not to a step's.
        ("app: #7 0.412 x {\"msg\": \"$W\"}\n", "clear container-output@1"),
    ]);
}

#[test]
fn every_element_on_a_line_is_read() {
    demand(&[("\"stderr_lines\": [\"x y\", \"$A\", \"$E\"]\n", "wedge line 1 1")]);
}

#[test]
fn an_excerpt_stands_behind_any_prefix() {
    demand(&[
        ("app: ------\napp:  > [3/3] RUN x:\napp: $W\napp: ------\napp: $W\n", "wedge line 5 5"),
        ("app: ------\napp:  > [3/3] RUN x:\napp: $W\n", "clear container-output@3"),
        ("#7 0.412 ------\n > [3/3] RUN x:\n$W\n", "wedge line 3 3"),
        ("app: ------\napp: > x\n$W\n", "wedge line 3 3"),
    ]);
}

/// However rules, names of steps, and rules behind a sentinel follow each other, and behind many lines that are all asked for, of which
/// none says what another did, or each does.
#[test]
fn any_lines_of_excerpts() {
    const LINES: [&str; 5] =
        ["x y@: $E\n", "------\n", "x y@: $E ------\n", " > [3/3] RUN x:\n", "#7 0.4 $A ------\n"];
    let many =
        |line: &str| (100..166).map(|i| line.replace('@', &i.to_string())).collect::<Vec<_>>().concat();
    for (front, count) in [(String::new(), 6), (many("x\\y@: $E\n"), 5), (many("y: #7 @ x: $E\nz\n"), 5)] {
        for mut lines in 0..LINES.len().pow(count) {
            let mut stream = format!("{front}cp: $E\n#7 0.4 $A\n");
            for i in 0..count {
                stream += &LINES[lines % LINES.len()].replace('@', &i.to_string());
                lines /= LINES.len();
            }
            let stream = line_with(&stream, "");
            let oracle = oracle::judged(stream.as_bytes(), false);
            assert_eq!(scanned(stream.as_bytes(), &WHOLE, false), oracle, "{stream:?}");
        }
    }
}

/// With a dash more it is another line: of a table, or around the lines of a Dockerfile.
#[test]
fn a_rule_has_six_dashes() {
    let agree = |rule: &str| {
        for known in ["", "cp: /srv/x: $E\n"] {
            let stream = line_with(&format!("{known}{rule}\n > [3/3] RUN x:\n$E\n$A\n"), "");
            let oracle = oracle::judged(stream.as_bytes(), false);
            assert_eq!(scanned(stream.as_bytes(), &WHOLE, false), oracle, "{stream:?}");
        }
    };
    let sequences = ["", "\x1b[1m", "\x1b-", "\\u001b[1m"];
    let around = sequences.map(|one| sequences.map(|other| (one, other))).concat();
    for (dashes, (before, between)) in
        (0..64).flat_map(|dashes| around.iter().map(move |around| (dashes, around)))
    {
        let dashes = ["-".repeat(dashes / 8), "-".repeat(dashes % 8)].join(between);
        for (opening, closing) in [
            ("", ""),
            ("app: ", ""),
            ("2026-11-23T21:39:00-01 ", "\r"),
            ("<34>1 2026-11-23T21:39:00Z x - - - -", "\x1b[0m"),
            ("{\"log\":\"", "\\n\"}"),
            ("x=\"-", "\\n\" -"),
            ("msg=", ""),
        ] {
            agree(&format!("{opening}{before}{dashes}{closing}"));
        }
    }
    // Behind its first view a longer line may go on with more of them.
    for (dashes, left) in (0..9).flat_map(|dashes| (0..9).map(move |left| (dashes, left))) {
        let front = "y".repeat(VIEW + AFTER - 1 - left);
        for behind in ["", "-", " ", "x", "          ", "          -"] {
            agree(&format!("{front} {}{behind}", "-".repeat(dashes)));
        }
    }
}

/// A line of a manifest, as far as it is read here.
#[derive(Deserialize)]
struct Case {
    file: String,
    label: String,
    #[serde(default, alias = "known_limit")]
    limit: bool,
    known_failure: Option<String>,
}

/// What is wrong with the verdicts on the files that a manifest lists: the oracle gives each its label,
/// limits and known failures excepted, and the scanner gives each the verdict of the oracle, whole and in pieces.
fn complaints(folder: &Path, manifest: &str, cuts: &[Cut]) -> Vec<String> {
    let manifest = fs::read_to_string(folder.join(manifest)).unwrap();
    let cases: Vec<Case> = manifest.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert!(!cases.is_empty(), "the manifest lists nothing");
    let mut complaints = Vec::new();
    for case in cases {
        let bytes = fs::read(folder.join(&case.file)).expect(&case.file);
        let oracle = oracle::judged(&bytes, false);
        if !case.limit && case.known_failure.is_none() && label(&oracle) != case.label {
            complaints.push(format!("{}: label {}, oracle {oracle:?}", case.file, case.label));
        }
        for cut in cuts {
            let scanner = scanned(&bytes, cut, false);
            if scanner != oracle {
                complaints.push(format!("{}, {cut:?}: scanner {scanner:?}, oracle {oracle:?}", case.file));
            }
        }
    }
    complaints
}

#[test]
fn the_corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let lines = Cut::AtLines { behind: true };
    let complaints = complaints(&folder, "cases.jsonl", &[WHOLE, Cut::Every(1), Cut::Every(43), lines]);
    assert!(complaints.is_empty(), "{}:\n{}", complaints.len(), complaints.join("\n"));
}

/// Holds a folder of captures that is not committed against both, where `UNWEDGE_CAPTURES` names one.
/// Its `index.jsonl` has a line for each file, with `file`, `label` and, where the bytes cannot be told
/// from those of the other label, `limit`.
#[test]
fn the_captures() {
    let Some(folder) = env::var_os("UNWEDGE_CAPTURES") else {
        // Not through `println!`: the harness would keep it to itself.
        use std::io::Write;
        writeln!(std::io::stderr(), "skipped the_captures: UNWEDGE_CAPTURES names no folder of captures")
            .unwrap();
        return;
    };
    let cuts = [WHOLE, Cut::Every(1), Cut::Every(7), Cut::Every(4096), Cut::AtLines { behind: false }];
    let complaints = complaints(Path::new(&folder), "index.jsonl", &cuts);
    assert!(complaints.is_empty(), "{}:\n{}", complaints.len(), complaints.join("\n"));
}
