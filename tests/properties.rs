//! What holds for every stream: the cut does not matter, a wedge stays a wedge, transports change
//! no verdict, and two lines in the client's voice are enough.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::streams::{Stream, config, cut, pieces::transports, stream};
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

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn the_cut_does_not_matter(Stream(bytes) in stream(), cut in cut()) {
        let mut scanner = Scanner::new();
        cut.pieces(&bytes).for_each(|piece| scanner.push(piece));
        prop_assert_eq!(scanner.finish(), judged(&bytes));
    }

    #[test]
    fn a_wedge_stays_and_is_known_at_the_end_of_its_line(Stream(bytes) in stream(), Stream(more) in stream()) {
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
    fn sightings_stand_where_they_say(Stream(bytes) in stream()) {
        if let Verdict::Wedge(wedge) = judged(&bytes) {
            for sighting in [wedge.activity, wedge.erofs] {
                let at = usize::try_from(sighting.offset).unwrap();
                // Or the escape that an envelope spells it with.
                let first = bytes[at].to_ascii_lowercase();
                prop_assert!(first == sighting.sentinel.phrase()[0] || first == b'\\');
                let lines = memchr::memchr_iter(b'\n', &bytes[..at]).count() as u64;
                prop_assert_eq!(sighting.line, lines + 1);
            }
            prop_assert_eq!(wedge.link == Link::Line, wedge.activity.line == wedge.erofs.line);
        }
    }

    #[test]
    fn a_container_forges_nothing(Stream(bytes) in stream(), head in 0..4usize, transport in prop::option::of(0..transports().len())) {
        let head = ["#7 0.412 ", "web-1  | ", " => => # ", "0.412 "][head];
        let lines = bytes.split(|byte| *byte == b'\n');
        let mut stream = lines.flat_map(|line| [head.as_bytes(), line, b"\n"].concat()).collect::<Vec<u8>>();
        // Seconds alone are too common inside a line to be told behind a prefix that nobody knows.
        let unknown = |transport: &usize| ["unknown tag", "klog"].contains(&transports()[*transport].0);
        if let Some(transport) = transport.filter(|transport| head != "0.412 " || !unknown(transport)) {
            stream = transports()[transport].1(&String::from_utf8_lossy(&stream)).into_bytes();
        }
        prop_assert!(!is_wedge(&stream), "{:?}", Stream(stream));
    }

    /// As Go quotes it, which buildx leaves it to.
    #[test]
    fn a_quoted_command_forges_nothing(Stream(bytes) in stream()) {
        let command = format!("{:?}", String::from_utf8_lossy(&bytes));
        let stream = format!("ERROR: failed to solve: process {command} did not complete successfully: exit code: 1");
        prop_assert!(!is_wedge(stream.as_bytes()), "{}", stream);
    }

    /// No stream before it takes the client's words away, once an excerpt that was left open has ended.
    #[test]
    fn the_client_is_heard_behind_anything(Stream(mut bytes) in stream()) {
        bytes.extend([b'\n'; 12]);
        bytes.extend(b"ERROR: failed to update builder last activity time: open /x: read-only file system");
        prop_assert!(is_wedge(&bytes), "{:?}", Stream(bytes));
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

/// Whose head is a container's only without its prefixes: behind eight of them it is, behind nine it is not seen.
#[test]
fn eight_prefixes_are_taken_off() {
    let line = "0.412 ERROR: failed to update builder last activity time: open /x: read-only file system\n";
    for prefixes in 0..12 {
        let stream = format!("{}{line}", "[tag] ".repeat(prefixes));
        assert_eq!(is_wedge(stream.as_bytes()), prefixes > 8, "{prefixes}");
    }
}

#[test]
fn a_long_line_is_judged_across_every_bound() {
    let sentence = "failed to update builder last activity time: open /x: read-only file system";
    let other = "failed to update builder last activity time: open /x: no space left on device";
    for length in [
        511, 512, 8_255, 8_256, 30_000, 60_000, 65_491, 65_535, 65_536, 65_537, 73_792, 73_793, 131_071,
        131_072, 200_000,
    ] {
        let blanks = " ".repeat(length);
        assert!(is_wedge(format!("{blanks}{sentence}").as_bytes()), "{length} in front");
        assert!(is_wedge(format!("{sentence}{blanks}").as_bytes()), "{length} behind");
        assert!(
            is_wedge(format!("{blanks}{sentence}{}", " ".repeat(200_000)).as_bytes()),
            "{length} in front"
        );
        assert!(!is_wedge(format!("{blanks}{other}").as_bytes()), "{length} in front");
        assert!(!is_wedge(format!("#7 0.412 {blanks}{sentence}").as_bytes()), "{length} behind a prefix");
        assert!(!is_wedge(format!("web-1  | {blanks}{sentence}").as_bytes()), "{length} behind a prefix");
    }
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
                    let file = path.file_name().unwrap().to_string_lossy();
                    wrong.push(format!("{label}/{file} through {name}"));
                }
            }
        }
    }
    wrong.sort();
    // One envelope for a whole log, behind a prefix that nobody knows, is not opened (README, Limits). Exactly these
    // are wrong: one more fails, and so does one that has been mended.
    let known = [
        "clear/T-teamcity-D-cat-doc-fail-plain-bx23_0.stderr through klog",
        "clear/T-teamcity-D-cat-doc-fail-plain-bx23_0.stderr through unknown tag",
        "wedge/T-asciinema-A-bake-compose-actro-bx36_1.stderr through klog",
        "wedge/T-asciinema-A-bake-compose-actro-bx36_1.stderr through unknown tag",
        "wedge/T-asciinema-A-makefile-bx36_1.stderr through klog",
        "wedge/T-asciinema-A-makefile-bx36_1.stderr through unknown tag",
    ];
    assert_eq!(wrong, known);
}
