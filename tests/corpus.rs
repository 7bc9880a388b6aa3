//! Every case of corpus/ gets the verdict that its manifest line says, however it is cut.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};
use unwedge::{
    core::{
        decision::after,
        mountinfo::MountCount,
        recipe::RecipeKind,
        scanner::Scanner,
        verdict::{Link, NearMissKind, Verdict},
    },
    report::slug,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    file: String,
    label: String,
    link: Option<String>,
    activity_line: Option<u64>,
    erofs_line: Option<u64>,
    near_misses: Option<Vec<String>>,
    near_lines: Option<Vec<u64>>,
    /// The mount count that the case is decided with; `null` is an unknown one. Asked for in every
    /// line, so that nobody leaves it out where they mean `null`.
    #[serde(deserialize_with = "Option::deserialize")]
    mounts: Option<u64>,
    /// The recipe that must follow; `null` is none.
    #[serde(deserialize_with = "Option::deserialize")]
    recipe: Option<String>,
    why: Option<String>,
    #[serde(default)]
    known_limit: bool,
    #[serde(rename = "provenance")]
    _provenance: Provenance,
}

impl Case {
    /// The near misses and the lines they stand on, as the label has them.
    fn near(&self) -> Vec<(String, u64)> {
        let kinds = self.near_misses.iter().flatten().cloned();
        kinds.zip(self.near_lines.iter().flatten().copied()).collect()
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(root().join(&self.file)).expect(&self.file)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Provenance {
    #[serde(rename = "kind")]
    _kind: Kind,
    #[serde(rename = "tool")]
    _tool: String,
    #[serde(rename = "command")]
    _command: String,
    #[serde(rename = "produced")]
    _produced: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Observed,
    Derived,
    Synthetic,
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus"))
}

fn cases() -> Vec<Case> {
    let text = fs::read_to_string(root().join("cases.jsonl")).unwrap();
    let cases: Vec<Case> = text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert!(!cases.is_empty(), "the corpus is empty");
    cases
}

fn verdict(bytes: &[u8], cut: usize) -> Verdict {
    let mut scanner = Scanner::new();
    bytes.chunks(cut).for_each(|chunk| scanner.push(chunk));
    scanner.finish()
}

/// What is wrong with a verdict, or nothing.
fn complaint(case: &Case, verdict: &Verdict) -> Option<String> {
    let (label, link, lines, near) = match verdict {
        Verdict::Wedge(wedge) => {
            let link = match wedge.link {
                Link::Line => "line",
                Link::Stream => "stream",
            };
            ("wedge", Some(link), Some((wedge.activity.line, wedge.erofs.line)), vec![])
        }
        Verdict::Clear(near) => (
            "clear",
            None,
            None,
            near.iter().map(|miss| (slug(miss.kind).to_owned(), miss.sighting.line)).collect(),
        ),
    };
    // A known limit is judged wrongly; the day it is not, its mark has to go.
    if (label == case.label) == case.known_limit {
        let limit = if case.known_limit { " (a known limit: it passes now, take the mark off)" } else { "" };
        return Some(format!("label {}, verdict {label} {near:?}{limit}", case.label));
    }
    if case.link.as_deref().is_some_and(|expected| Some(expected) != link) {
        return Some(format!("link {:?}, got {link:?}", case.link));
    }
    if let (Some(a), Some(e)) = (case.activity_line, case.erofs_line) {
        if lines != Some((a, e)) {
            return Some(format!("lines {a} and {e}, got {lines:?}"));
        }
    }
    // The verdict of a known limit is wrong: there is nothing to compare its near misses with.
    if case.known_limit {
        return None;
    }
    let expected = case.near();
    if expected != near {
        return Some(format!("near misses {expected:?}, got {near:?}"));
    }
    let count =
        case.mounts.map_or_else(|| MountCount::Unknown("a stream shows none".into()), MountCount::Known);
    let recipe = after(verdict, &count, None).recipe().map(RecipeKind::slug);
    (case.recipe.as_deref() != recipe).then(|| format!("recipe {:?}, got {recipe:?}", case.recipe))
}

/// The causes of an activity failure that have a recipe of their own.
const CAUSES: [(&str, &str); 4] = [
    ("no space left on device", "disk-full"),
    ("disk quota exceeded", "disk-full"),
    ("permission denied", "ownership"),
    ("operation not permitted", "not-permitted"),
];

/// The near misses that there are.
const NEAR_MISSES: [NearMissKind; 5] = [
    NearMissKind::ActivityFailure,
    NearMissKind::StateDirUnwritable,
    NearMissKind::ContainerOutput,
    NearMissKind::Mentioned,
    NearMissKind::ReadOnlyElsewhere,
];

/// The recipe that must follow from a label, `--mounts` and, where an activity failure is the near
/// miss, the cause that its line ends with.
///
/// A second and much smaller reading of the decision table, of the bytes too, so that the labels are
/// not checked with the program that they check. What the program decides is compared with `case.recipe`
/// in [`every_case_gets_its_verdict`].
fn expected_recipe(case: &Case, bytes: &[u8]) -> Option<&'static str> {
    if case.label == "wedge" {
        return case.mounts.map(|count| if count > 0 { "leaked-mounts" } else { "driver-state" });
    }
    let (_, number) = case.near().into_iter().find(|(kind, _)| kind == "activity-failure")?;
    let line = bytes.split(|&byte| byte == b'\n').nth(usize::try_from(number).unwrap() - 1)?;
    let line = String::from_utf8_lossy(line);
    let reason = line.trim_end().rsplit(": ").next()?;
    CAUSES.iter().find(|(text, _)| *text == reason).map(|(_, recipe)| *recipe)
}

/// What is wrong with a line of the manifest, whatever the program says.
fn slips(case: &Case, bytes: &[u8]) -> Vec<String> {
    let mut slips = Vec::new();
    let mut ask = |holds: bool, what: &str| {
        if !holds {
            slips.push(what.to_owned());
        }
    };
    let (kinds, lines) = (&case.near_misses, &case.near_lines);
    match case.label.as_str() {
        "wedge" => {
            ask(kinds.is_none() && lines.is_none(), "a wedge has no near misses");
            let told = case.link.is_some() && case.activity_line.is_some() && case.erofs_line.is_some();
            ask(told || case.known_limit, "a wedge has a link and the lines of both sentinels");
        }
        "clear" => {
            ask(case.link.is_none(), "a clear case has no link");
            ask(
                case.activity_line.is_none() && case.erofs_line.is_none(),
                "a clear case has near_lines alone",
            );
            ask(case.why.is_some(), "a clear case says why it is one");
            ask(kinds.is_some() && lines.is_some(), "a clear case has near_misses and near_lines");
            let count = |of: Option<usize>| of.unwrap_or(0);
            let same = count(kinds.as_ref().map(Vec::len)) == count(lines.as_ref().map(Vec::len));
            ask(same, "near_misses and near_lines are of one length");
            ask(lines.iter().flatten().is_sorted(), "near_lines are in the order of the stream");
            let distinct: BTreeSet<_> = kinds.iter().flatten().collect();
            ask(distinct.len() == kinds.iter().flatten().count(), "a near miss is listed twice");
            for kind in distinct {
                ask(NEAR_MISSES.iter().any(|&known| slug(known) == kind), &format!("no near miss {kind}"));
            }
        }
        other => ask(false, &format!("no label {other}")),
    }
    let expected = expected_recipe(case, bytes);
    let said = case.recipe.as_deref();
    ask(said == expected, &format!("recipe {said:?}, but its label and mounts give {expected:?}"));
    slips
}

#[test]
fn every_label_agrees_with_itself() {
    let slips: Vec<String> = cases()
        .iter()
        .flat_map(|case| {
            let found = slips(case, &case.bytes());
            found.into_iter().map(|slip| format!("{}: {slip}", case.name)).collect::<Vec<_>>()
        })
        .collect();
    assert!(slips.is_empty(), "{} labels are wrong:\n{}", slips.len(), slips.join("\n"));
}

/// A kind that no case shows is one that nothing here tests.
#[test]
fn every_near_miss_and_every_recipe_has_a_case() {
    let cases = cases();
    let shown: BTreeSet<String> = cases.iter().flat_map(Case::near).map(|(kind, _)| kind).collect();
    let all: BTreeSet<String> = NEAR_MISSES.iter().map(|&kind| slug(kind).to_owned()).collect();
    assert_eq!(shown, all, "the near misses that the corpus shows, and those that there are");

    // `read-only-state` takes a probe of the host, which no stream can show.
    let all = BTreeSet::from(["leaked-mounts", "driver-state", "disk-full", "ownership", "not-permitted"]);
    let shown: BTreeSet<&str> = cases.iter().filter_map(|case| case.recipe.as_deref()).collect();
    assert_eq!(shown, all, "the recipes that the corpus shows, and those that can follow from a stream");

    // No count turns a clear stream into a wedge, and an unknown one chooses no recipe.
    let counts = |label: &str| -> BTreeSet<Option<u64>> {
        cases.iter().filter(|case| case.label == label).map(|case| case.mounts).collect()
    };
    for label in ["wedge", "clear"] {
        let counts = counts(label);
        for count in [None, Some(0), Some(1), Some(9), Some(10)] {
            assert!(counts.contains(&count), "no {label} case is decided with {count:?} mounts");
        }
    }
}

#[test]
fn no_two_cases_have_the_same_bytes() {
    let mut seen: BTreeMap<Vec<u8>, String> = BTreeMap::new();
    for case in cases() {
        if let Some(other) = seen.insert(case.bytes(), case.name.clone()) {
            panic!("{} and {other} are the same, byte for byte: one is enough", case.name);
        }
    }
}

#[test]
fn every_case_gets_its_verdict() {
    let mut failures = Vec::new();
    for case in cases() {
        let bytes = case.bytes();
        let whole = verdict(&bytes, usize::MAX);
        failures.extend(complaint(&case, &whole).map(|why| format!("{}: {why}", case.name)));
        for cut in [1, 2, 3, 7, 43, 4096] {
            if verdict(&bytes, cut) != whole {
                failures.push(format!("{}: another verdict in pieces of {cut} bytes", case.name));
            }
        }
    }
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn files_and_lines_match() {
    let listed: Vec<String> = cases().into_iter().map(|case| case.file).collect();
    let distinct: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), distinct.len(), "a file is listed twice");
    let found: BTreeSet<String> = ["wedge", "clear", "limit"]
        .iter()
        .flat_map(|label| fs::read_dir(root().join(label)).unwrap())
        .map(|entry| entry.unwrap().path())
        .map(|path| path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(distinct, found, "a file without a line, or a line without a file");
}
