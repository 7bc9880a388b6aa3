//! Workflow commands of GitHub Actions: an annotation for each failure, and the figures as a notice.

use super::{human, rerun};
use crate::{
    corpus::check::Checkup,
    report::github::{data, property},
};
use std::fmt::Write;

/// One line each.
#[must_use]
pub fn commands(checkup: &Checkup) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    for (case, failure) in checkup.failures() {
        let message = format!(
            "transform {}\nexpected: {}\ngot: {}\nagain: {}",
            failure.transform.name(),
            failure.expected,
            failure.got,
            rerun(checkup, case, failure)
        );
        let file = checkup.root.join(&case.file);
        let _ = writeln!(
            text,
            "::error file={},title={}::{}",
            property(&file.to_string_lossy()),
            property(&case.name),
            data(&message)
        );
    }
    for idle in &checkup.idle {
        let _ = writeln!(text, "::error title=corpus::{}", data(idle));
    }
    let told = anstream::adapter::strip_str(&human::summary(checkup)).to_string();
    let _ = writeln!(text, "::notice title=corpus::{}", data(told.trim_end()));
    text
}
