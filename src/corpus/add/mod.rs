//! A new case, and a new corpus.

mod init;
mod store;

pub use init::init;

use super::{
    evaluation::Outcome,
    manifest::{Broken, Case, Corpus, Kind, Label, Provenance},
    redact::Redactor,
};
use crate::core::{recipe::RecipeKind, scanner::Scanner};
use std::{
    fmt,
    fs::File,
    io,
    path::{Path, PathBuf},
};

/// What somebody wants to add.
#[derive(Clone, Debug)]
pub struct Request {
    /// The bytes as they were printed.
    pub bytes: Vec<u8>,
    /// The name of the case without its label.
    pub name: String,
    /// What it is.
    pub label: Label,
    /// The mount count that it is to be decided with; none is an unknown one.
    pub mounts: Option<u64>,
    /// Why it is clear.
    pub why: Option<String>,
    /// What is known about a verdict that is wrong.
    pub known_failure: Option<String>,
    /// How the bytes came to be.
    pub provenance: Provenance,
    /// The names of the user and of the host; none where nothing is to be redacted.
    pub redact: Option<Vec<String>>,
}

/// Why a case is not added. Nothing was written.
#[derive(Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// The corpus is none.
    Broken(Broken),
    /// Something could not be read or written.
    Io(io::Error),
    /// The name cannot be one.
    Name(String),
    /// A clear case without a reason.
    NoReason,
    /// The name is taken.
    Taken(String),
    /// This case shows the same already.
    Duplicate(String),
    /// The verdict on the redacted bytes is another: before, and after.
    Redaction(Box<[Outcome; 2]>),
    /// The classifier says something else than the label.
    Wrong(Box<Outcome>),
    /// The classifier says what the label says, so that nothing fails.
    NoFailure,
}

impl fmt::Display for Refusal {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Broken(broken) => write!(to, "the corpus is broken:\n{broken}"),
            Self::Io(error) => error.fmt(to),
            Self::Name(name) => write!(
                to,
                "{name:?} is no name: letters, digits, `.`, `_`, `+` and `-`, and no `.` in front; give one with --name"
            ),
            Self::NoReason => to.write_str("a clear case needs a reason: --why TEXT"),
            Self::Taken(name) => write!(to, "there is a case {name} already; give another name with --name"),
            Self::Duplicate(name) => write!(
                to,
                "{name} shows the same (but for names, addresses and temporary files): one is enough"
            ),
            Self::Redaction(of) => write!(
                to,
                "redacted, it is judged otherwise: {} before, {} after; redact by hand, then add with --no-redact",
                of[0], of[1]
            ),
            Self::Wrong(outcome) => write!(
                to,
                "the classifier says {outcome}; where the label is right, add it with --known-failure TEXT"
            ),
            Self::NoFailure => to.write_str("the classifier agrees with the label: this is no known failure"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A case that can be added, and the corpus, which nobody else adds to meanwhile.
#[derive(Debug)]
pub struct Draft {
    /// The case as its line will say.
    pub case: Case,
    /// What the classifier says.
    pub outcome: Outcome,
    /// The lines that were redacted: number, before, after.
    pub redacted: Vec<(u64, Vec<u8>, Vec<u8>)>,
    bytes: Vec<u8>,
    corpus: Corpus,
    /// Released when it is closed.
    _lock: File,
}

impl Draft {
    /// Makes a case of what is asked for. Waits until nobody else adds to this corpus.
    ///
    /// # Errors
    ///
    /// See [`Refusal`].
    pub fn new(root: &Path, request: &Request) -> Result<Self, Refusal> {
        let lock = store::lock(root)?;
        let corpus = Corpus::open(root).map_err(Refusal::Broken)?;
        let Request { label, mounts, .. } = *request;
        let name = format!("{}/{}", label.word(), request.name);
        let good = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
        if !request.name.chars().all(good) || request.name.is_empty() || request.name.starts_with('.') {
            return Err(Refusal::Name(request.name.clone()));
        }
        if label == Label::Clear && request.why.as_ref().is_none_or(|why| why.trim().is_empty()) {
            return Err(Refusal::NoReason);
        }
        if corpus.cases.iter().any(|case| case.name == name) {
            return Err(Refusal::Taken(name));
        }
        let bytes = match &request.redact {
            Some(names) => Redactor::new(names).redact(&request.bytes),
            None => request.bytes.clone(),
        };
        let outcome = judged(&bytes, mounts);
        let before = judged(&request.bytes, mounts);
        if before != outcome {
            return Err(Refusal::Redaction(Box::new([before, outcome])));
        }
        unlike_any(&corpus, &bytes)?;
        match (outcome.label == label, &request.known_failure) {
            (false, None) => return Err(Refusal::Wrong(Box::new(outcome))),
            (true, Some(_)) => return Err(Refusal::NoFailure),
            (true, None) | (false, Some(_)) => {}
        }
        let case = case(name, request, &outcome);
        let redacted = differing(&request.bytes, &bytes);
        Ok(Self { case, outcome, redacted, bytes, corpus, _lock: lock })
    }

    /// Where its bytes will be.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.corpus.root.join(&self.case.file)
    }

    /// Writes the file and the line. The corpus is what it was, or has the case.
    ///
    /// # Errors
    ///
    /// Something could not be written, or the corpus would be broken; then nothing is left behind.
    pub fn store(&self) -> Result<(), Refusal> {
        store::store(&self.corpus.root, &self.case, &self.bytes)
    }
}

fn judged(bytes: &[u8], mounts: Option<u64>) -> Outcome {
    let mut scanner = Scanner::new();
    scanner.push(bytes);
    Outcome::of(&scanner.finish(), mounts)
}

fn unlike_any(corpus: &Corpus, bytes: &[u8]) -> Result<(), Refusal> {
    let redactor = Redactor::new(&[]);
    let essence = redactor.essence(bytes);
    for case in &corpus.cases {
        let other = corpus.bytes(case)?;
        if other == bytes || redactor.essence(&other) == essence {
            return Err(Refusal::Duplicate(case.name.clone()));
        }
    }
    Ok(())
}

/// The line of a case. What a verdict that is wrong should have been is known as far as the label says.
fn case(name: String, request: &Request, outcome: &Outcome) -> Case {
    let right = request.known_failure.is_none();
    let clear = request.label == Label::Clear;
    let (kinds, lines) = if right { outcome.near.iter().copied().unzip() } else { (Vec::new(), Vec::new()) };
    let (activity_line, erofs_line) = outcome.lines.filter(|_| !clear).unzip();
    let of_wedge = |count| if count > 0 { RecipeKind::LeakedMounts } else { RecipeKind::DriverState };
    Case {
        file: format!("{name}.stderr"),
        name,
        label: request.label,
        link: outcome.link.filter(|_| !clear),
        activity_line,
        erofs_line,
        near_misses: clear.then_some(kinds),
        near_lines: clear.then_some(lines),
        mounts: request.mounts,
        recipe: match request.label {
            _ if right => outcome.recipe,
            Label::Wedge => request.mounts.map(of_wedge),
            Label::Clear => None,
        },
        why: request.why.clone(),
        known_limit: false,
        known_failure: request.known_failure.clone(),
        provenance: request.provenance.clone(),
    }
}

/// The lines that differ. Redaction keeps every line's end where it is.
fn differing(before: &[u8], after: &[u8]) -> Vec<(u64, Vec<u8>, Vec<u8>)> {
    let lines = |bytes: &'_ [u8]| bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
    (1..)
        .zip(lines(before).into_iter().zip(lines(after)))
        .filter(|(_, (old, new))| old != new)
        .map(|(number, (old, new))| (number, old, new))
        .collect()
}

/// A provenance of bytes that were made up, for the first cases of a new corpus.
fn made_up(what: &str) -> Provenance {
    Provenance {
        kind: Kind::Synthetic,
        tool: "unwedge corpus init".into(),
        command: "none".into(),
        produced: what.into(),
    }
}
