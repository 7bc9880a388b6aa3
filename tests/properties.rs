//! What holds for every stream: the cut does not matter, a wedge stays a wedge, transports change
//! no verdict, and two lines in the client's voice are enough.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;
use std::{fs, path::Path};
use unwedge::core::{
    scanner::Scanner,
    verdict::{Link, Verdict},
};

fn judged(bytes: &[u8]) -> Verdict {
    let mut scanner = Scanner::new();
    scanner.push(bytes);
    scanner.finish()
}

fn is_wedge(bytes: &[u8]) -> bool {
    matches!(judged(bytes), Verdict::Wedge(_))
}

/// Streams rich in everything that the rules look at.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec![
            "failed to update builder last activity time", "Read-only file system", ": open /home/x/.docker/buildx/activity/.tmp-d1",
            ": ", "\n", "\n", "\n", "\r", "\r\n", "ERROR: ", "#7 0.412 ", "#7 ERROR: ", " => => # ", "------\n", " > [3/3] RUN x:\n", "0.412 ",
            "   3 | >>> RUN ", "web-1  | ", "build | ", "[build] | ", "\x1b[31m", "\x1b[0m", "\x1b]0;t", "\x07", "\0", "'", "\"", "/", "=",
            "process \"/bin/sh -c ", "\" did not complete successfully", "{\"log\":\"", "\\n\",\"stream\":\"stderr\"}", "time=\"x\" level=error msg=\"",
            "2026-11-23T21:39:00.1Z ", "Nov 23 21:39:00 host docker[1]: ", "no space left on device", "ty t", "d-on", "failed to update", "{\"vertexes\":[",
            "27604 v0.12.1 docker-buildx ", "\u{feff}", " ", "x", "app: ", "{\"a\":{\"b\":\"", "[1.5, \"o\", \"", "stderr: '", "stderr=b'", "\\n",
            "##teamcity[message text='", "|n", "executor failed running [", "web-1  | {\"msg\":\"", "Step 3/5 : RUN ",
        ]).prop_map(|s: &str| s.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ];
    let long = prop_oneof![9 => Just(0usize), 1 => 0..150_000usize];
    (prop::collection::vec(piece, 0..40), long, any::<prop::sample::Index>()).prop_map(
        |(mut pieces, long, at)| {
            let at = at.index(pieces.len() + 1);
            pieces.insert(at, vec![b'y'; long]);
            pieces.concat()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_cut_does_not_matter(bytes in stream(), mut cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12), single: bool) {
        let whole = judged(&bytes);
        let mut scanner = Scanner::new();
        let mut ends: Vec<usize> = if single && bytes.len() < 4096 { (0..bytes.len()).collect() }
            else { cuts.drain(..).map(|cut| cut.index(bytes.len() + 1)).collect() };
        ends.sort_unstable();
        let mut start = 0;
        for end in ends.into_iter().chain([bytes.len()]) {
            scanner.push(&bytes[start..end]);
            start = end;
        }
        prop_assert_eq!(scanner.finish(), whole);
    }

    #[test]
    fn a_wedge_stays_and_is_known_at_the_end_of_its_line(bytes in stream(), more in stream()) {
        if let Verdict::Wedge(wedge) = judged(&bytes) {
            let mut longer = bytes.clone();
            longer.push(b'\n');
            let mut scanner = Scanner::new();
            scanner.push(&longer);
            prop_assert_eq!(scanner.wedge(), Some(&wedge), "not known when the line ended");
            longer.extend(more);
            prop_assert_eq!(judged(&longer), Verdict::Wedge(wedge));
        }
    }

    #[test]
    fn sightings_stand_where_they_say(bytes in stream()) {
        if let Verdict::Wedge(wedge) = judged(&bytes) {
            for sighting in [wedge.activity, wedge.erofs] {
                let at = usize::try_from(sighting.offset).unwrap();
                prop_assert!(bytes[at].eq_ignore_ascii_case(&sighting.sentinel.phrase()[0]));
                let lines = memchr::memchr_iter(b'\n', &bytes[..at]).count() as u64;
                prop_assert_eq!(sighting.line, lines + 1);
            }
            prop_assert_eq!(wedge.link == Link::Line, wedge.activity.line == wedge.erofs.line);
        }
    }

    #[test]
    fn two_lines_of_the_client_are_enough(
        words in prop::collection::vec("[a-z]{1,9}", 4), between in prop::collection::vec("[a-z ]{0,60}", 0..400), swap: bool,
    ) {
        let activity = format!("{} failed to update builder last activity time {}", words[0], words[1]);
        let erofs = format!("{} read-only file system {}", words[2], words[3]);
        let (first, last) = if swap { (&erofs, &activity) } else { (&activity, &erofs) };
        let stream = format!("{first}\n{}\n{last}", between.join("\n"));
        prop_assert!(is_wedge(stream.as_bytes()), "{}", stream);
    }
}

#[test]
fn a_long_line_is_judged_across_every_bound() {
    let sentence = "failed to update builder last activity time: open /x: read-only file system";
    let other = "failed to update builder last activity time: open /x: no space left on device";
    for length in
        [511, 512, 8_255, 8_256, 65_491, 65_535, 65_536, 65_537, 73_792, 73_793, 131_071, 131_072, 200_000]
    {
        let blanks = " ".repeat(length);
        assert!(is_wedge(format!("{blanks}{sentence}").as_bytes()), "{length} in front");
        assert!(is_wedge(format!("{sentence}{blanks}").as_bytes()), "{length} behind");
        assert!(!is_wedge(format!("{blanks}{other}").as_bytes()), "{length} in front");
        assert!(!is_wedge(format!("#7 0.412 {blanks}{sentence}").as_bytes()), "{length} behind a prefix");
        assert!(!is_wedge(format!("web-1  | {blanks}{sentence}").as_bytes()), "{length} behind a prefix");
    }
}

/// A transport, as a function on a whole stream.
type Transport = fn(&str) -> String;

fn transports() -> Vec<(&'static str, Transport)> {
    fn each(stream: &str, wrap: impl Fn(&str) -> String) -> String {
        stream.lines().map(|line| wrap(line) + "\n").collect()
    }
    fn json(text: &str) -> String {
        serde_json::to_string(text).unwrap()
    }
    vec![
        ("crlf", |s| s.replace('\n', "\r\n")),
        ("github", |s| each(s, |l| format!("2026-11-23T21:39:00.1234567Z {l}"))),
        ("gh run view", |s| each(s, |l| format!("build\tRun make\t2026-11-23T21:39:00.1234567Z {l}"))),
        ("gitlab", |s| each(s, |l| format!("2026-11-23T21:39:00.123456Z 01E {l}"))),
        ("jenkins", |s| each(s, |l| format!("[2026-11-23T21:39:00.123Z] {l}"))),
        ("buildkite", |s| each(s, |l| format!("\x1b_bk;t=1700000000000\x07{l}"))),
        ("journald", |s| each(s, |l| format!("Nov 23 21:39:00 host compose-up[123]: {l}"))),
        ("syslog", |s| each(s, |l| format!("<13>1 2026-11-23T21:39:00Z host docker 12 - - {l}"))),
        ("kubernetes", |s| each(s, |l| format!("2026-11-23T21:39:00.123456789Z stderr F {l}"))),
        ("ts", |s| each(s, |l| format!("Nov 23 21:39:00 {l}"))),
        ("tag", |s| each(s, |l| format!("[build] | {l}"))),
        ("unknown tag", |s| each(s, |l| format!("app:build: {l}"))),
        ("klog", |s| each(s, |l| format!("E1123 21:39:00.123456   12345 build.go:42] {l}"))),
        ("circleci", |s| format!("[{{\"message\":{},\"time\":\"x\",\"type\":\"err\"}}]\n", json(s))),
        ("ansible", |s| {
            format!("fatal: [h]: FAILED! => {{\"cmd\": \"x\", \"rc\": 1, \"stderr\": {}}}\n", json(s))
        }),
        ("nested", |s| each(s, |l| format!("{{\"jsonPayload\":{{\"message\":{}}}}}", json(l)))),
        ("json-file", |s| {
            each(s, |l| {
                format!("{{\"log\":{},\"stream\":\"stderr\",\"time\":\"x\"}}", json(&format!("{l}\n")))
            })
        }),
        ("ndjson", |s| each(s, |l| format!("{{\"level\":\"error\",\"ts\":1.5,\"msg\":{}}}", json(l)))),
        ("one ndjson line", |s| format!("{{\"message\":{}}}\n", json(s))),
        ("logfmt", |s| each(s, |l| format!("time=\"2026-11-23T21:39:00Z\" level=error msg={}", json(l)))),
        ("colour", |s| {
            each(s, |l| format!("\x1b[31m{}\x1b[0m", l.replace("failed", "\x1b[1mfailed\x1b[22m")))
        }),
        ("no last newline", |s| s.trim_end_matches('\n').to_owned()),
        ("noise", |s| format!("\u{feff}\0#0 building\n{s}\nDONE\0\n")),
    ]
}

#[test]
fn transports_change_no_verdict() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut wrong = Vec::new();
    for label in ["wedge", "clear"] {
        for entry in fs::read_dir(root.join(label)).unwrap() {
            let path = entry.unwrap().path();
            let Ok(stream) = String::from_utf8(fs::read(&path).unwrap()) else { continue };
            if !stream.to_ascii_lowercase().contains("read-only file system") || stream.len() > 200_000 {
                continue;
            }
            for (name, transport) in transports() {
                if is_wedge(transport(&stream).as_bytes()) != (label == "wedge") {
                    wrong.push(format!("{} through {name}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
