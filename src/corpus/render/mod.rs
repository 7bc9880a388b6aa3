//! A check in bytes: for a person, for programs, for CI systems.

pub mod github;
pub mod human;
pub mod json;
pub mod junit;

use super::{
    check::{Checkup, Failure},
    manifest::Case,
};

/// The command that checks one case under one transform again, for a shell.
#[must_use]
pub fn rerun(checkup: &Checkup, case: &Case, failure: &Failure) -> String {
    format!(
        "unwedge corpus check {} --case {} --transform {} --seed {}",
        word(&checkup.root.to_string_lossy()),
        word(&case.name),
        failure.transform.name(),
        checkup.seed
    )
}

/// What is known about a case that is judged wrongly.
fn flaw(case: &Case) -> String {
    case.known_failure.as_deref().map_or_else(|| "known limit".into(), |why| format!("known failure, {why}"))
}

fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/-+".contains(c);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn words_survive_a_shell() {
        assert_eq!(word("wedge/A-b_1.2"), "wedge/A-b_1.2");
        assert_eq!(word("it's $(x)"), r"'it'\''s $(x)'");
        assert_eq!(word(""), "''");
        assert_eq!(word("-x"), "'-x'");
    }
}
