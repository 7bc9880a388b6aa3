//! `JUnit` XML: a suite for each label, a test case for each case.

use super::{flaw, rerun};
use crate::{
    corpus::{
        check::{Checked, Checkup},
        manifest::Label,
    },
    report::sanitize,
};
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};
use std::io;

type Xml = Writer<Vec<u8>>;

/// A test case: how it went, as `JUnit` has it.
struct Test {
    name: String,
    class: Option<String>,
    status: Status,
}

enum Status {
    Passed,
    Skipped(String),
    Failed { message: String, description: String },
}

/// The whole document.
#[must_use]
pub fn document(checkup: &Checkup) -> String {
    let mut suites: Vec<(&str, Vec<Test>)> = [Label::Wedge, Label::Clear]
        .into_iter()
        .map(|label| {
            let cases = checkup.cases.iter().filter(|checked| checked.case.label == label);
            (label.word(), cases.map(|checked| case(checkup, checked)).collect())
        })
        .collect();
    if !checkup.idle.is_empty() {
        let failed = |what: &String| Test {
            name: sanitize(what.as_bytes()),
            class: None,
            status: Status::Failed { message: what.clone(), description: String::new() },
        };
        suites.push(("closure", checkup.idle.iter().map(failed).collect()));
    }
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 4);
    // A vector takes everything.
    let _ = write(&mut xml, &suites);
    String::from_utf8_lossy(&xml.into_inner()).into_owned() + "\n"
}

/// A case fails with all its failures; one that is known to be judged wrongly is skipped.
fn case(checkup: &Checkup, checked: &Checked) -> Test {
    let case = &checked.case;
    let status = if !checked.failures.is_empty() {
        let each = checked.failures.iter().map(|failure| {
            format!(
                "transform {}\nexpected: {}\ngot: {}\nagain: {}\n",
                failure.transform.name(),
                failure.expected,
                failure.got,
                rerun(checkup, case, failure)
            )
        });
        let names: Vec<&str> = checked.failures.iter().map(|failure| failure.transform.name()).collect();
        Status::Failed { message: format!("failed under {}", names.join(", ")), description: each.collect() }
    } else if checked.is_known_failure() {
        Status::Skipped(flaw(case))
    } else {
        Status::Passed
    };
    let class = format!("unwedge.corpus.{}", case.provenance.kind.word());
    Test { name: sanitize(case.name.as_bytes()), class: Some(class), status }
}

fn write(xml: &mut Xml, suites: &[(&str, Vec<Test>)]) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = suites.iter().flat_map(|(_, tests)| tests);
    let [tests, skipped, failures] = counted(all);
    xml.create_element("testsuites")
        .with_attributes([("name", "unwedge corpus"), ("tests", &tests), ("skipped", &skipped)])
        .with_attributes([("failures", failures.as_str()), ("errors", "0")])
        .write_inner_content(|xml| {
            suites.iter().try_for_each(|(name, tests)| {
                let [count, skipped, failures] = counted(tests);
                xml.create_element("testsuite")
                    .with_attributes([("name", *name), ("tests", &count), ("skipped", &skipped)])
                    .with_attributes([("errors", "0"), ("failures", failures.as_str())])
                    .write_inner_content(|xml| tests.iter().try_for_each(|test| one(xml, test)))
                    .map(drop)
            })
        })
        .map(drop)
}

/// How many there are, are skipped, and failed.
fn counted<'t>(tests: impl IntoIterator<Item = &'t Test>) -> [String; 3] {
    let mut counts = [0; 3];
    for test in tests {
        counts[0] += 1;
        match test.status {
            Status::Passed => {}
            Status::Skipped(_) => counts[1] += 1,
            Status::Failed { .. } => counts[2] += 1,
        }
    }
    counts.map(|count: usize| count.to_string())
}

fn one(xml: &mut Xml, test: &Test) -> io::Result<()> {
    // XML has no place for control characters, and no escape.
    let plain = |text: &str| text.lines().map(|line| sanitize(line.as_bytes()) + "\n").collect::<String>();
    let message = |text: &str| sanitize(text.as_bytes());
    let class = test.class.iter().map(|class| ("classname", class.as_str()));
    let element = xml.create_element("testcase").with_attribute(("name", test.name.as_str()));
    let element = element.with_attributes(class);
    match &test.status {
        Status::Passed => element.write_empty()?,
        Status::Skipped(why) => element.write_inner_content(|xml| {
            xml.create_element("skipped").with_attribute(("message", &*message(why))).write_empty()?;
            Ok(())
        })?,
        Status::Failed { message: why, description } => element.write_inner_content(|xml| {
            let failure = xml.create_element("failure").with_attribute(("message", &*message(why)));
            failure.write_text_content(BytesText::new(&plain(description)))?;
            Ok(())
        })?,
    };
    Ok(())
}
