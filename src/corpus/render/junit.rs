//! `JUnit` XML: a suite for each label, a test case for each case.

use super::{flaw, told};
use crate::{
    corpus::{
        check::{Checked, Checkup},
        manifest::Label,
    },
    report::sanitize,
};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// The whole document.
#[must_use]
pub fn document(checkup: &Checkup) -> String {
    let mut report = Report::new("unwedge corpus");
    for label in [Label::Wedge, Label::Clear] {
        let mut suite = TestSuite::new(label.word());
        let cases = checkup.cases.iter().filter(|checked| checked.case.label == label);
        suite.add_test_cases(cases.map(|checked| case(checkup, checked)));
        report.add_test_suite(suite);
    }
    if !checkup.idle.is_empty() {
        let mut suite = TestSuite::new("closure");
        suite.add_test_cases(checkup.idle.iter().map(|what| {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let what = sanitize(what.as_bytes());
            status.set_message(what.as_str());
            TestCase::new(what, status)
        }));
        report.add_test_suite(suite);
    }
    // Its own errors are those of the writer, and a string takes everything.
    report.to_string().unwrap_or_default()
}

/// A case fails with all its failures; one that is known to be judged wrongly is skipped.
fn case(checkup: &Checkup, checked: &Checked) -> TestCase {
    let case = &checked.case;
    let status = if !checked.failures.is_empty() {
        let each = checked.failures.iter().map(|failure| told(checkup, case, failure));
        let names: Vec<&str> = checked.failures.iter().map(|failure| failure.transform.name()).collect();
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(format!("failed under {}", names.join(", ")));
        status.set_description(each.collect::<String>());
        status
    } else if checked.is_known_failure() {
        let mut status = TestCaseStatus::skipped();
        status.set_message(sanitize(flaw(case).as_bytes()));
        status
    } else {
        TestCaseStatus::success()
    };
    let mut made = TestCase::new(sanitize(case.name.as_bytes()), status);
    made.set_classname(format!("unwedge.corpus.{}", case.provenance.kind.word()));
    made
}
