//! Every case of corpus/ is a test of its own: `cargo test --test corpus wedge::buildx-0.36`.
//!
//! Each is judged as it is, in pieces, and under every transform that is cheap; `unwedge corpus check` adds
//! the rest. The tests below `closure::` hold the corpus against itself.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use libtest_mimic::{Arguments, Failed, Trial};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::ExitCode,
    sync::Arc,
};
use unwedge::{
    core::{scanner::Scanner, verdict::Verdict},
    corpus::{
        check::{Checkup, Plan, one},
        manifest::{Case, Corpus, Kind, Label},
        near_miss,
        render::human,
        transform::Transform,
    },
    report::slug,
};

/// What only the check with the release binary has the time for.
const DEAR: [Transform; 2] = [Transform::Split, Transform::Noise];

/// A test of the corpus as a whole.
type Closure = fn(&Corpus) -> Result<(), String>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let corpus = match Corpus::open(&root) {
        Ok(corpus) => Arc::new(corpus),
        Err(broken) => {
            let said = broken.to_string();
            let trial = Trial::test("closure::the_corpus_is_whole", move || Err(said.into()));
            return libtest_mimic::run(&arguments, vec![trial]).exit_code();
        }
    };
    let mut trials: Vec<Trial> = (0..corpus.cases.len())
        .map(|index| {
            let corpus = Arc::clone(&corpus);
            Trial::test(name(&corpus.cases[index]), move || judged(&corpus, index))
        })
        .collect();
    let closure: [(&str, Closure); 6] = [
        ("every_label_agrees_with_itself", every_label_agrees_with_itself),
        ("every_near_miss_and_every_recipe_has_cases", every_near_miss_and_every_recipe_has_cases),
        ("every_count_has_a_case", every_count_has_a_case),
        ("every_transform_has_a_case", every_transform_has_a_case),
        ("half_is_observed", half_is_observed),
        ("no_two_cases_have_the_same_bytes", no_two_cases_have_the_same_bytes),
    ];
    trials.extend(closure.into_iter().map(|(name, test)| {
        let corpus = Arc::clone(&corpus);
        Trial::test(format!("closure::{name}"), move || test(&corpus).map_err(Failed::from))
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// `wedge::buildx-0.36.1::A-crlf-bx36_1`.
fn name(case: &Case) -> String {
    let tool = case.provenance.tool.split(['(', ')']).step_by(2).collect::<String>();
    let words = tool.split(|c: char| c.is_whitespace() || c == '+').filter(|word| !word.is_empty());
    let plain = words.map(|word| {
        word.strip_prefix('v').filter(|w| w.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(word)
    });
    let (label, rest) = case.name.split_once('/').unwrap();
    format!("{label}::{}::{rest}", plain.collect::<Vec<_>>().join("-"))
}

fn verdict(bytes: &[u8], cut: usize) -> Verdict {
    let mut scanner = Scanner::new();
    bytes.chunks(cut).for_each(|chunk| scanner.push(chunk));
    scanner.finish()
}

fn judged(corpus: &Corpus, index: usize) -> Result<(), Failed> {
    let case = &corpus.cases[index];
    let bytes = corpus.bytes(case).map_err(|error| format!("{}: {error}", case.file))?;
    let whole = verdict(&bytes, usize::MAX);
    for cut in [2, 3, 7, 43, 4096] {
        if verdict(&bytes, cut) != whole {
            return Err(format!("another verdict in pieces of {cut} bytes").into());
        }
    }
    let transforms: Vec<Transform> =
        Transform::ALL.into_iter().filter(|transform| !DEAR.contains(transform)).collect();
    let plan = Plan { cases: vec![index], transforms, seed: 1 };
    let checked = one(case, &bytes, &plan);
    if checked.failures.is_empty() {
        return Ok(());
    }
    let root = "corpus".into();
    Err(human::failures(&Checkup { root, seed: 1, cases: vec![checked], idle: Vec::new() }).into())
}

/// The causes of an activity failure that have a recipe of their own.
const CAUSES: [(&str, &str); 4] = [
    ("no space left on device", "disk-full"),
    ("disk quota exceeded", "disk-full"),
    ("permission denied", "ownership"),
    ("operation not permitted", "not-permitted"),
];

/// The recipe that must follow from a label, `--mounts` and, where an activity failure is the near miss,
/// the cause that stands on its line.
///
/// A second and much smaller reading of the decision table, of the bytes too, so that the labels are not
/// checked with the program that they check.
fn expected_recipe(case: &Case, bytes: &[u8]) -> Option<&'static str> {
    if case.label == Label::Wedge {
        return case.mounts.map(|count| if count > 0 { "leaked-mounts" } else { "driver-state" });
    }
    let (_, number) = case.near().into_iter().find(|(kind, _)| slug(*kind) == "activity-failure")?;
    let line = bytes.split(|&byte| byte == b'\n').nth(usize::try_from(number).unwrap() - 1)?;
    let line = String::from_utf8_lossy(line);
    // Behind the cause stands the end of an envelope at most.
    let reason = line.rsplit(": ").next()?;
    CAUSES.iter().find(|(text, _)| reason.starts_with(text)).map(|(_, recipe)| *recipe)
}

fn every_label_agrees_with_itself(corpus: &Corpus) -> Result<(), String> {
    let mut slips = Vec::new();
    for case in &corpus.cases {
        let expected = expected_recipe(case, &corpus.bytes(case).unwrap());
        let said = case.recipe.map(unwedge::core::recipe::RecipeKind::slug);
        if said != expected {
            slips.push(format!("{}: recipe {said:?}, but label and mounts give {expected:?}", case.name));
        }
    }
    none(&slips)
}

fn none(slips: &[String]) -> Result<(), String> {
    if slips.is_empty() { Ok(()) } else { Err(slips.join("\n")) }
}

fn counts<T: Ord>(all: impl IntoIterator<Item = T>) -> BTreeMap<T, u64> {
    all.into_iter().fold(BTreeMap::new(), |mut counts, one| {
        *counts.entry(one).or_default() += 1;
        counts
    })
}

/// A kind that hardly a case shows is one that nothing here tests.
fn every_near_miss_and_every_recipe_has_cases(corpus: &Corpus) -> Result<(), String> {
    const LEAST: u64 = 5;
    let shown = counts(corpus.cases.iter().flat_map(Case::near).map(|(kind, _)| slug(kind)));
    let recipes = counts(corpus.cases.iter().filter_map(|case| Some(case.recipe?.slug())));
    // `read-only-state` takes a probe of the host, which no stream can show.
    let all = ["leaked-mounts", "driver-state", "disk-full", "ownership", "not-permitted"];
    let few = |counts: &BTreeMap<&str, u64>, name: &str| {
        let count = counts.get(name).copied().unwrap_or(0);
        (count < LEAST).then(|| format!("{name}: {count} cases, fewer than {LEAST}"))
    };
    let kinds = near_miss::ALL.into_iter().filter_map(|kind| few(&shown, slug(kind)));
    none(&kinds.chain(all.into_iter().filter_map(|recipe| few(&recipes, recipe))).collect::<Vec<_>>())
}

/// No count turns a clear stream into a wedge, and an unknown one chooses no recipe.
fn every_count_has_a_case(corpus: &Corpus) -> Result<(), String> {
    let counts: BTreeSet<_> = corpus.cases.iter().map(|case| (case.label, case.mounts)).collect();
    let all = [Label::Wedge, Label::Clear]
        .into_iter()
        .flat_map(|label| [None, Some(0), Some(1), Some(9), Some(10)].map(|count| (label, count)));
    let missing = all.filter(|one| !counts.contains(one));
    none(&missing.map(|one| format!("no case with {one:?}")).collect::<Vec<_>>())
}

fn every_transform_has_a_case(corpus: &Corpus) -> Result<(), String> {
    let bytes: Vec<(&Case, Vec<u8>)> =
        corpus.cases.iter().map(|case| (case, corpus.bytes(case).unwrap())).collect();
    let idle = Transform::ALL
        .into_iter()
        .filter(|transform| !bytes.iter().any(|(case, bytes)| transform.apply(case, bytes, 1).is_some()));
    none(&idle.map(|transform| transform.name().to_owned()).collect::<Vec<_>>())
}

fn half_is_observed(corpus: &Corpus) -> Result<(), String> {
    let observed = corpus.cases.iter().filter(|case| case.provenance.kind == Kind::Observed).count();
    let all = corpus.cases.len();
    if 2 * observed >= all { Ok(()) } else { Err(format!("{observed} of {all} cases are observed")) }
}

fn no_two_cases_have_the_same_bytes(corpus: &Corpus) -> Result<(), String> {
    let mut seen = BTreeMap::new();
    let twice = corpus.cases.iter().filter_map(|case| {
        let other = seen.insert(corpus.bytes(case).unwrap(), &case.name)?;
        Some(format!("{} and {other} are the same, byte for byte: one is enough", case.name))
    });
    none(&twice.collect::<Vec<_>>())
}
