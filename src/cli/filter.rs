//! `unwedge`: the stream goes through, the verdict follows.

use super::{
    Status, check,
    options::Options,
    output::{self, Target},
};
use crate::{
    core::verdict::Verdict,
    report::Judged,
    stream::{self, End},
};

pub(super) fn run(options: &Options) -> Status {
    let mut scanner = check::scanner(options);
    let end = stream::copy(&mut std::io::stdin().lock(), &mut std::io::stdout().lock(), &mut scanner);
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
    output::verdict("unwedge", &judged, options, Target::Stderr);
    let status = check::conclude("filter", vec![judged], Vec::new(), options, Target::Stderr);
    if failed { Status::Trouble } else { status }
}
