//! Every case under every transform.

use super::{
    evaluation::{Expected, Outcome},
    figures::{Figures, Told},
    manifest::{Broken, Case, Corpus, Kind},
    transform::{Cut, Effect, NOISE, Transform, Variant},
};
use crate::core::{scanner::Scanner, verdict::Verdict};
use std::{
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};

/// What is to be checked.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The cases, as indices of [`Corpus::cases`].
    pub cases: Vec<usize>,
    /// The transforms.
    pub transforms: Vec<Transform>,
    /// Decides what the transforms choose.
    pub seed: u64,
}

/// A stream of which something else came than must.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What was done to the case.
    pub transform: Transform,
    /// What must come.
    pub expected: String,
    /// What came.
    pub got: String,
}

/// A case after the check.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The case.
    pub case: Case,
    /// What its bytes as they are came to.
    pub told: Told,
    /// The transforms that it went through.
    pub through: Vec<Transform>,
    /// How many streams were judged.
    pub streams: u64,
    /// What went wrong.
    pub failures: Vec<Failure>,
}

impl Checked {
    /// Whether the case is known to be judged wrongly, and still is.
    #[must_use]
    pub fn is_known_failure(&self) -> bool {
        self.case.is_flawed() && self.told.verdict != self.case.label
    }
}

/// What a check found.
#[derive(Clone, Debug)]
pub struct Checkup {
    /// The folder of the corpus.
    pub root: PathBuf,
    /// The seed.
    pub seed: u64,
    /// Each case, in the order of the plan.
    pub cases: Vec<Checked>,
    /// The transforms that no case went through, and cases that nothing was done to, as a person reads them.
    pub idle: Vec<String>,
}

impl Checkup {
    /// Whether all is as it must be.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.idle.is_empty() && self.cases.iter().all(|checked| checked.failures.is_empty())
    }

    /// The failures, each with its case.
    pub fn failures(&self) -> impl Iterator<Item = (&Case, &Failure)> {
        self.cases.iter().flat_map(|checked| checked.failures.iter().map(|failure| (&checked.case, failure)))
    }

    /// How many streams were judged.
    #[must_use]
    pub fn streams(&self) -> u64 {
        self.cases.iter().map(|checked| checked.streams).sum()
    }

    /// The figures of the cases whose bytes come from there, as they are; of all where it is none.
    #[must_use]
    pub fn figures(&self, kind: Option<Kind>) -> Figures {
        let told = self.cases.iter().map(|checked| checked.told);
        Figures::of(told.filter(|told| kind.is_none_or(|kind| told.kind == kind)))
    }
}

/// Checks, with as many threads as there are processors. `progress` is told how many cases are done.
///
/// # Errors
///
/// A file cannot be read; all of them are named, and nothing is judged.
pub fn check(corpus: &Corpus, plan: &Plan, progress: impl Fn(usize) + Sync) -> Result<Checkup, Broken> {
    let cases: Vec<&Case> = plan.cases.iter().map(|&index| &corpus.cases[index]).collect();
    let all = corpus.read(cases.iter().copied())?;
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let mut mine = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let (Some(case), Some(bytes)) = (cases.get(at), all.get(at)) else { return mine };
            mine.push((at, one(case, bytes, plan)));
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut found: Vec<(usize, Checked)> = std::thread::scope(|scope| {
        // Under a limit of processes there are fewer of them, or none.
        let start = || std::thread::Builder::new().spawn_scoped(scope, work).ok();
        let others: Vec<_> = (1..threads).map_while(|_| start()).collect();
        let own = work();
        let joined = others.into_iter().map(std::thread::ScopedJoinHandle::join);
        let theirs = joined.flat_map(|mine| mine.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        own.into_iter().chain(theirs).collect()
    });
    found.sort_unstable_by_key(|(at, _)| *at);
    let cases: Vec<Checked> = found.into_iter().map(|(_, checked)| checked).collect();
    let idle = idle(&cases, plan, cases.len() == corpus.cases.len());
    Ok(Checkup { root: corpus.root.clone(), seed: plan.seed, cases, idle })
}

/// What closes the corpus: a transform that no case goes through tests nothing, and so does a case that
/// no transform applies to. Of a part of the corpus only the part that was asked for is asked.
fn idle(cases: &[Checked], plan: &Plan, whole: bool) -> Vec<String> {
    if cases.is_empty() {
        return vec!["there is no case".into()];
    }
    let untouched = cases.iter().filter(|checked| checked.through.is_empty());
    let untouched = untouched.map(|checked| format!("{}: no transform applies to it", checked.case.name));
    let unused = plan.transforms.iter().filter(|t| !cases.iter().any(|checked| checked.through.contains(t)));
    let unused = unused.map(|transform| format!("transform {}: no case goes through it", transform.name()));
    let every = plan.transforms.len() == Transform::ALL.len();
    let unused = unused.filter(|_| whole);
    unused.chain(untouched.filter(|_| every || !whole)).collect()
}

/// Checks one case.
#[must_use]
pub fn one(case: &Case, bytes: &[u8], plan: &Plan) -> Checked {
    let verdict = scan(Scanner::new(), [bytes]);
    let outcome = Outcome::of(&verdict, case.mounts);
    let near = outcome.near == case.near() && outcome.label == case.label;
    let told = Told { kind: case.provenance.kind, label: case.label, verdict: outcome.label, near };
    let mut checked =
        Checked { case: case.clone(), told, through: Vec::new(), streams: 0, failures: Vec::new() };
    for &transform in &plan.transforms {
        let Some(variant) = transform.apply(case, bytes, plan.seed) else { continue };
        checked.through.push(transform);
        let (streams, failed) = match transform.effect() {
            Effect::Cuts => cuts(case, &variant, &verdict),
            Effect::Keeps | Effect::Changes => judged(case, &variant),
        };
        checked.streams += streams;
        let failure = failed.map(|(expected, got)| Failure { transform, expected, got });
        checked.failures.extend(failure);
    }
    checked
}

/// How many streams were judged, and what was expected and came of the first that failed.
type Judged = (u64, Option<(String, String)>);

fn judged(case: &Case, variant: &Variant) -> Judged {
    let scanner = Scanner::new().require_same_line(variant.require_same_line);
    let noise = |times| std::iter::repeat_n(NOISE.as_slice(), times);
    let pieces = noise(variant.before).chain([variant.bytes.as_slice()]).chain(noise(variant.behind));
    let outcome = Outcome::of(&scan(scanner, pieces), case.mounts);
    (1, compared(case, &variant.expected, &outcome))
}

fn compared(case: &Case, expected: &Expected, outcome: &Outcome) -> Option<(String, String)> {
    let word = if !case.is_flawed() {
        String::new()
    } else if case.known_limit {
        " (a known limit; it passes now: take the mark off)".into()
    } else {
        " (a known failure; it passes now: take the mark off)".into()
    };
    (!expected.holds(outcome)).then(|| (format!("{expected}{word}"), outcome.to_string()))
}

/// The same bytes in pieces: the same verdict, down to each offset.
fn cuts(case: &Case, variant: &Variant, whole: &Verdict) -> Judged {
    let bytes = variant.bytes.as_slice();
    let differs = |verdict: &Verdict, how: String| {
        let outcome = |verdict| Outcome::of(verdict, case.mounts);
        (verdict != whole)
            .then(|| (format!("{}, as in one piece", outcome(whole)), format!("{}, {how}", outcome(verdict))))
    };
    match &variant.cut {
        Cut::Whole => (1, compared(case, &variant.expected, &Outcome::of(whole, case.mounts))),
        Cut::Bytes => {
            let verdict = scan(Scanner::new(), bytes.chunks(1));
            (1, differs(&verdict, "or another offset, cause or quote".into()))
        }
        Cut::At(places) => {
            // A new scanner builds its searchers; a copy of one shares them.
            let new = Scanner::new();
            let failed = places.iter().find_map(|&place| {
                let (before, behind) = bytes.split_at(place);
                differs(&scan(new.clone(), [before, behind]), format!("cut at byte {place}"))
            });
            (places.len() as u64, failed)
        }
    }
}

fn scan<'p>(mut scanner: Scanner, pieces: impl IntoIterator<Item = &'p [u8]>) -> Verdict {
    for piece in pieces {
        // After a wedge a scanner takes nothing more.
        if scanner.wedge().is_some() {
            break;
        }
        scanner.push(piece);
    }
    scanner.finish()
}
