//! A check in bytes: for a person, for programs, for CI systems.

pub mod github;
pub mod human;
pub mod json;
pub mod junit;

use super::{
    check::{Checkup, Failure},
    manifest::Case,
};
use crate::report::{sanitize, sh::quote};

/// The command that checks one case under one transform again, for a shell.
#[must_use]
pub fn rerun(checkup: &Checkup, case: &Case, failure: &Failure) -> String {
    format!(
        "unwedge corpus check {} --case {} --transform {} --seed {}",
        quote(checkup.root.as_os_str().as_encoded_bytes()),
        quote(case.name.as_bytes()),
        failure.transform.name(),
        checkup.seed
    )
}

/// A failure in four lines, for a CI system to show. The manifest may be anybody's.
fn told(checkup: &Checkup, case: &Case, failure: &Failure) -> String {
    let [expected, got] = [&failure.expected, &failure.got].map(|said| sanitize(said.as_bytes()));
    let again = sanitize(rerun(checkup, case, failure).as_bytes());
    format!("transform {}\nexpected: {expected}\ngot: {got}\nagain: {again}\n", failure.transform.name())
}

/// What is known about a case that is judged wrongly.
fn flaw(case: &Case) -> String {
    case.known_failure.as_deref().map_or_else(|| "known limit".into(), |why| format!("known failure, {why}"))
}
