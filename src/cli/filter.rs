//! `unwedge`: the stream goes through, the verdict follows.

use super::{
    Status, check,
    options::Options,
    output::{self, Target},
};
use crate::{
    core::verdict::Verdict,
    report::Judged,
    stream::{self, End, Failure},
};
use std::{fs::File, io, os::fd::AsFd};

pub(super) fn run(options: &Options) -> Status {
    let mut scanner = check::scanner(options);
    let end = match unbuffered() {
        Ok((mut input, mut output)) => stream::copy(&mut input, &mut output, &mut scanner),
        Err(error) => Err(Failure::Read(error)),
    };
    let verdict = scanner.finish();
    let failed = match end {
        // The reader is gone and did not ask for more; only a wedge is worth a word.
        Ok(End::Reader) if matches!(verdict, Verdict::Clear(_)) => return Status::Clear,
        Ok(End::Input | End::Reader) => false,
        Err(failure) => {
            output::complain("standard input", &failure);
            true
        }
    };
    let judged = Judged { input: None, source: None, verdict };
    output::say(options, Target::Stderr, &output::verdict("unwedge", &judged, options));
    let status = check::conclude("filter", vec![judged], Vec::new(), options, Target::Stderr);
    if failed { Status::Trouble } else { status }
}

/// Standard input and output as they are: the buffers of the standard library would cut each piece at its last
/// line, and write it in two.
fn unbuffered() -> io::Result<(File, File)> {
    let input = io::stdin().as_fd().try_clone_to_owned()?;
    let output = io::stdout().as_fd().try_clone_to_owned()?;
    // A larger pipe saves changes of context on both sides; where it cannot be had, or there is no pipe, nothing
    // is lost.
    let _ = rustix::pipe::fcntl_setpipe_size(&input, stream::READ);
    Ok((input.into(), output.into()))
}
