//! `unwedge`: the stream goes through, the verdict follows.

use super::{
    Status, check,
    options::Options,
    output::{self, Target},
};
use crate::{
    core::verdict::Verdict,
    report::Judged,
    stream::{self, End, Failure, Patient},
};

pub(super) fn run(options: &Options) -> Status {
    let mut scanner = check::scanner(options);
    // A larger pipe saves changes of context on both sides; where it cannot be had, or there is no pipe, nothing
    // is lost.
    let _ = rustix::pipe::fcntl_setpipe_size(rustix::stdio::stdin(), stream::READ);
    let end = match Patient::stdout() {
        Ok(mut output) => stream::copy(&mut Patient::stdin(), &mut output, &mut scanner),
        Err(error) => Err(Failure::Write(error, 0)),
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
