//! The scanner gives the verdict of the naive oracle, whole, on any bytes and however they are cut. The
//! first bytes of the input choose the cuts.

#![no_main]

use libfuzzer_sys::fuzz_target;
use unwedge_fuzz::judge::agree;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let (same_line, count) = (first & 8 != 0, usize::from(first & 7));
    let Some((places, stream)) = rest.split_at_checked(2 * count) else { return };
    let place = |at: &[u8]| usize::from(u16::from_le_bytes([at[0], at[1]])) % (stream.len() + 1);
    let mut cuts: Vec<usize> = places.chunks(2).map(place).collect();
    cuts.sort_unstable();
    agree(stream, &cuts, same_line);
});
