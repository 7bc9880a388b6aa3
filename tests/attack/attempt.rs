//! An attempt on the classifier.

use super::common::said::filled;
use std::{collections::BTreeMap, fs, path::Path};

/// Who makes an attempt: who wrote the words that are to pass for the client's, or to drown them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum By {
    /// A command that a build step runs.
    Step,
    /// Whoever wrote the Dockerfile.
    Dockerfile,
    /// A service of `docker compose up`.
    Service,
    /// A base image, in its environment.
    Image,
    /// A registry, in its answers.
    Registry,
    /// A frontend that the Dockerfile names (`# syntax=`).
    Frontend,
    /// Who feeds words into the command line: a branch, a commit message, a file name.
    Argument,
    /// A program that is no container, beside the build.
    Program,
    /// What carries the stream: it cuts, wraps and mixes.
    Transport,
}

#[derive(Clone)]
pub(crate) struct Attempt {
    pub(crate) name: String,
    pub(crate) by: By,
    pub(crate) stream: Vec<u8>,
    /// What the specification says must come of it, in the words of [`super::common::said::said`].
    pub(crate) then: String,
    /// Where it succeeds: the sentence of the README that says so.
    pub(crate) limit: Option<&'static str>,
}

/// Name, author, stream, outcome. `corpus:FILE` is a stream that somebody was seen to print.
pub(crate) type Row = (&'static str, By, &'static str, &'static str);

pub(crate) fn attempts(rows: &[Row]) -> Vec<Attempt> {
    rows.iter().map(|(name, by, row, then)| made(name, *by, bytes(row), then)).collect()
}

pub(crate) fn made(name: &str, by: By, stream: Vec<u8>, then: &str) -> Attempt {
    Attempt { name: name.into(), by, stream, then: then.into(), limit: None }
}

fn bytes(row: &str) -> Vec<u8> {
    row.strip_prefix("corpus:").map_or_else(|| filled(row).into_bytes(), from_corpus)
}

/// The bytes of a case.
pub(crate) fn from_corpus(file: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(file)).expect(file)
}

/// Rows of limits, by the sentence that tells of them.
pub(crate) fn limits(by_sentence: &[(&'static str, &[Row])]) -> Vec<Attempt> {
    let of = |(sentence, rows): &(&'static str, &[Row])| {
        let sentence = *sentence;
        attempts(rows).into_iter().map(move |attempt| Attempt { limit: Some(sentence), ..attempt })
    };
    by_sentence.iter().flat_map(of).collect()
}

/// How many there are of whom.
pub(crate) fn census(attempts: &[Attempt]) -> BTreeMap<By, usize> {
    attempts.iter().fold(BTreeMap::new(), |mut census, attempt| {
        *census.entry(attempt.by).or_default() += 1;
        census
    })
}
