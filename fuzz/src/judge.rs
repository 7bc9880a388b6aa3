//! The scanner against the oracle.

use crate::oracle;
use std::sync::LazyLock;
use unwedge::core::{
    scanner::Scanner,
    verdict::{Verdict, Wedge},
};

/// Streams up to this length are judged a byte at a time as well.
const BYTE_BY_BYTE: usize = 1024;

/// Holds that the scanner gives the verdict of the oracle on a stream as it is, cut at these places, in order, and
/// where it is short a byte at a time.
pub fn agree(stream: &[u8], cuts: &[usize], same_line: bool) {
    let verdict = oracle::judged(stream, same_line);
    assert_eq!(scanned(stream, &[], same_line), verdict, "whole");
    if !cuts.is_empty() {
        assert_eq!(scanned(stream, cuts, same_line), verdict, "cut at {cuts:?}");
    }
    if stream.len() <= BYTE_BY_BYTE {
        let everywhere: Vec<usize> = (0..stream.len()).collect();
        assert_eq!(scanned(stream, &everywhere, same_line), verdict, "byte by byte");
    }
}

/// One to begin each stream with: to make its tables takes longer than to judge a short stream.
static SCANNER: LazyLock<Scanner> = LazyLock::new(Scanner::new);

fn scanned(stream: &[u8], cuts: &[usize], same_line: bool) -> Verdict {
    let mut scanner = SCANNER.clone().require_same_line(same_line);
    let mut known: Option<Wedge> = None;
    let mut start = 0;
    for &end in cuts.iter().chain([&stream.len()]) {
        scanner.push(&stream[start..end]);
        start = end;
        if known.is_some() {
            assert_eq!(scanner.wedge(), known.as_ref(), "a wedge stays the wedge that it is");
        }
        known = scanner.wedge().cloned();
    }
    let verdict = scanner.finish();
    if let Some(wedge) = known {
        assert_eq!(verdict, Verdict::Wedge(wedge));
    }
    verdict
}
