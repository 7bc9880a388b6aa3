//! Workflow commands of GitHub Actions: an annotation for each failure, and the figures as a notice.

use super::{human, told};
use crate::{
    corpus::check::Checkup,
    report::{
        github::{data, property},
        sanitize,
    },
};
use std::fmt::Write;

/// One line each.
#[must_use]
pub fn commands(checkup: &Checkup) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    for (case, failure) in checkup.failures() {
        let file = checkup.root.join(&case.file);
        let _ = writeln!(
            text,
            "::error file={},title={}::{}",
            property(&sanitize(file.as_os_str().as_encoded_bytes())),
            property(&sanitize(case.name.as_bytes())),
            data(told(checkup, case, failure).trim_end())
        );
    }
    for idle in &checkup.idle {
        let _ = writeln!(text, "::error title=corpus::{}", data(&sanitize(idle.as_bytes())));
    }
    let figures = anstream::adapter::strip_str(&human::summary(checkup)).to_string();
    let _ = writeln!(text, "::notice title=corpus::{}", data(figures.trim_end()));
    text
}
