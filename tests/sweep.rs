//! A file that several threads read gets the verdict of one that is read from its beginning to its end.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code, unreachable_pub)]
#[path = "common/streams.rs"]
mod streams;

use proptest::prelude::*;
use std::{
    fs::File,
    io::{Read, Seek, Write},
};
use streams::{Stream, stream};
use unwedge::{
    core::{
        scanner::Scanner,
        verdict::{Link, Verdict},
    },
    stream::sweep,
};

fn whole(bytes: &[u8]) -> Verdict {
    let mut scanner = Scanner::new();
    scanner.push(bytes);
    scanner.finish()
}

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn swept(bytes: &[u8], threads: usize, block: usize) -> Verdict {
    sweep::judge(&file(bytes), &Scanner::new(), threads, block).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn threads_and_blocks_change_no_verdict(
        Stream(bytes) in stream(), filler in 0..40_000usize, lines in 0..30usize, threads in 1..4usize, block in 1..9_000usize,
    ) {
        // Blocks end in everyday lines, and in a line that is longer than what is read around them.
        let everyday = "#7 12.41 Get:14 everyday output of a build\n".repeat(lines);
        let bytes = [everyday.as_bytes(), &vec![b'.'; filler], &bytes, everyday.as_bytes()].concat();
        // Small blocks are for small streams: each is read with 8 KiB around it.
        let block = block.max(bytes.len() / 64);
        prop_assert_eq!(swept(&bytes, threads, block), whole(&bytes));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_threads_judge_is_put_together(
        streams in proptest::collection::vec(stream(), 1..6), threads in 2..5usize, block in 1..200usize, same_line: bool,
    ) {
        let bytes: Vec<u8> = streams.into_iter().flat_map(|Stream(bytes)| bytes).collect();
        let scanner = Scanner::new().require_same_line(same_line);
        let mut whole = scanner.clone();
        whole.push(&bytes);
        let swept = sweep::judge(&file(&bytes), &scanner, threads, block.max(bytes.len() / 200)).unwrap();
        prop_assert_eq!(swept, whole.finish());
    }
}

/// Of a wedge whose sentinels stand far apart either may come first, and near misses around them.
#[test]
fn halves_of_a_wedge_are_put_together() {
    let everyday = "everyday\n".repeat(500);
    let activity = "ERROR: failed to update builder last activity time: open /x:\n";
    let erofs = "mkdir /srv: read-only file system\n";
    let line = "failed to update builder last activity time: open /x: read-only file system\n";
    for stream in [
        format!("{activity}{everyday}{erofs}{everyday}{line}"),
        format!("{erofs}{everyday}{activity}{everyday}{line}"),
        format!("{activity}{everyday}{line}"),
        format!("{everyday}{erofs}{everyday}{erofs}{everyday}{activity}{erofs}"),
        format!("{activity}{everyday}#7 0.1 {erofs}{everyday}------\n > [3/3] RUN x:\n{everyday}{erofs}"),
    ] {
        for block in [7, 40, 64, 300] {
            for threads in 2..6 {
                assert_eq!(swept(stream.as_bytes(), threads, block), whole(stream.as_bytes()), "{block}");
            }
        }
    }
}

/// A stream can end within a line, some of whose views were judged when the stretches are put together.
#[test]
fn a_line_without_an_end_is_put_behind_the_others() {
    let (activity, erofs) = ("failed to update builder last activity time", "read-only file system");
    for (first, second) in [(activity, erofs), (erofs, activity)] {
        for lines in [1, 40] {
            let before = format!("x: {activity}: no space left on device\n").repeat(lines);
            let stream = format!("{before}{first} {} {second}", "y".repeat(100_000));
            for block in [3, 16, 100, 1000] {
                assert_eq!(swept(stream.as_bytes(), 2, block), whole(stream.as_bytes()), "{block}");
            }
        }
    }
}

#[test]
fn a_sentinel_is_found_wherever_a_block_ends() {
    const LINE: &str = "ERROR: failed to update builder last activity time: open /x: read-only file system\n";
    const BLOCK: usize = 8192;
    let everyday = "0123456789\n".repeat(1000);
    for shift in 0..LINE.len() + 2 {
        let before = BLOCK - shift;
        let bytes = format!("{}\n{LINE}{everyday}", &everyday[..before - 1]);
        let Verdict::Wedge(wedge) = swept(bytes.as_bytes(), 2, BLOCK) else { panic!("missed at {before}") };
        assert_eq!(Verdict::Wedge(wedge.clone()), whole(bytes.as_bytes()));
        assert_eq!((wedge.link, wedge.activity.offset), (Link::Line, before as u64 + 7));
    }
}

#[test]
fn what_a_line_stands_behind_is_read_with_it() {
    let everyday = "everyday\n".repeat(5000);
    let step = "------\n > [3/3] RUN cat notes:\n1\n2\n3\n4\n5\n6\n7\n";
    let line = "ERROR: failed to update builder last activity time: open /x: read-only file system\n";
    for (stream, wedge) in [
        (format!("{everyday}{step}{line}"), false),
        (format!("{everyday}{step}8\n{line}"), true),
        (format!("{everyday}------\n{line}"), true),
    ] {
        let verdict = swept(stream.as_bytes(), 2, 4096);
        assert_eq!(matches!(verdict, Verdict::Wedge(_)), wedge, "{verdict:?}");
        assert_eq!(verdict, whole(stream.as_bytes()));
    }
}

/// Threads judge from the first candidate on, stretches of 16 blocks; wherever one begins, the lines before it count.
#[test]
fn a_stretch_can_begin_in_an_excerpt() {
    const BLOCK: usize = 16;
    let step = "------\n > [3/3] RUN cat notes:\n1\n2\n3\n4\n5\n6\n7\n";
    let line = "ERROR: failed to update builder last activity time: open /x: read-only file system\n";
    for shift in 0..16 * BLOCK {
        for (last, wedge) in [("", false), ("8\n", true)] {
            let stream =
                format!("mkdir: read-only file system\n{}\n{step}{last}{line}{step}", "x".repeat(shift));
            let verdict = swept(stream.as_bytes(), 2, BLOCK);
            assert_eq!(matches!(verdict, Verdict::Wedge(_)), wedge, "{shift}: {verdict:?}");
            assert_eq!(verdict, whole(stream.as_bytes()));
        }
    }
}

/// Where a line is so long that those in front of it are not looked for, what began in an excerpt is judged again.
#[test]
fn a_stretch_can_begin_behind_the_longest_line_of_an_excerpt() {
    let line = "ERROR: failed to update builder last activity time: open /x: read-only file system\n";
    for length in [10_000, 1024 * 1024, 1_500_000] {
        let name = format!(" > [3/3] RUN {}:\n", "y".repeat(length));
        let stream = format!("mkdir: read-only file system\n------\n{name}{line}{}", "z\n".repeat(40_000));
        let verdict = swept(stream.as_bytes(), 2, 4096);
        assert!(matches!(verdict, Verdict::Clear(_)), "{verdict:?}");
        assert_eq!(verdict, whole(stream.as_bytes()));
        // What looked like a wedge in such a stretch ends nothing.
        let later = format!("{stream}{}{line}", "z\n".repeat(200_000));
        let verdict = swept(later.as_bytes(), 2, 4096);
        assert!(matches!(verdict, Verdict::Wedge(_)), "{verdict:?}");
        assert_eq!(verdict, whole(later.as_bytes()));
    }
}

/// A device that is no file to be read in blocks goes on behind what was read of it, and stays where it is.
#[test]
fn what_stands_behind_an_offset_is_read_in_order() {
    let bytes: Vec<u8> = (0..100_000u32).flat_map(u32::to_le_bytes).collect();
    let mut file = file(&bytes);
    for offset in [0, 1, 399_999, 400_000, 400_001] {
        let mut read = Vec::new();
        sweep::Behind { file: &file, offset }.read_to_end(&mut read).unwrap();
        assert!(read == bytes[bytes.len().min(usize::try_from(offset).unwrap())..]);
    }
    assert_eq!(file.stream_position().unwrap(), 400_000);
}

#[test]
fn a_sentinel_in_the_last_bytes_is_found() {
    for everyday in [0, 1, 4095, 4096, 4097, 8191, 8192, 10_000] {
        let stream = format!("{}\nread-only file system", ".".repeat(everyday));
        let Verdict::Clear(near) = swept(stream.as_bytes(), 2, 4096) else { panic!() };
        assert_eq!((near.len(), near[0].sighting.line), (1, 2));
    }
}
