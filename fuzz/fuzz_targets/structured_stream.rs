//! The scanner gives the verdict of the naive oracle on lines of all origins, behind any prefixes and in any
//! envelopes: the fuzzer chooses what stands in a stream, and so comes to the rules.

#![no_main]

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use unwedge_fuzz::{judge::agree, lines};

fuzz_target!(|bytes: &[u8]| {
    let Ok(stream) = lines::stream(&mut Unstructured::new(bytes)) else { return };
    agree(&stream.bytes, &stream.cuts, stream.same_line);
});
