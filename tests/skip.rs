//! A test that cannot run is seen to be skipped, and is a failure where it must not be.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/skip.rs"]
mod skip;

use std::process::Command;

const INNER: &str = "UNWEDGE_TEST_SKIP";

/// Lacks something, when the test below asks for it.
#[test]
fn inner() {
    if std::env::var_os(INNER).is_some() {
        assert!(skip::need(skip::program("unwedge-no-such-program", &[])).is_none());
    }
}

#[test]
fn a_skipped_test_is_seen_and_fails_where_it_must_not_be_skipped() {
    let run = |no_skip: Option<&str>| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "inner"]).env(INNER, "1").env_remove("UNWEDGE_NO_SKIP");
        command.envs(no_skip.map(|value| ("UNWEDGE_NO_SKIP", value)));
        let output = command.output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    for allowed in [None, Some("0"), Some("")] {
        let (passed, said) = run(allowed);
        assert!(passed);
        assert!(said.starts_with("SKIPPED inner (tests/skip.rs:"), "{said}");
        assert!(
            said.ends_with("unwedge-no-such-program: No such file or directory (os error 2)\n"),
            "{said}"
        );
    }
    assert!(!run(Some("1")).0);
}

#[test]
fn what_is_there_is_not_skipped() {
    assert_eq!(skip::need(skip::program("true", &[])), Some(()));
    assert!(skip::program("false", &[]).is_err());
}
