//! Renderers: a [`Report`] in, text out.

pub mod github;
pub mod human;
mod human_run;
pub mod json;
mod json_run;
mod run;
mod sanitize;
pub mod sh;
pub mod summary;

pub use human_run::{announced, concluded, ended};
pub use run::{Attempt, Fallback, Original, Run, Way};
pub use sanitize::{escaped_json, sanitize};

use crate::{
    core::{
        decision::Decision,
        recipe::{Facts, Recipe},
        verdict::{NearMissKind, Verdict},
    },
    host::Mounts,
    stream::Source,
};

/// All that a command found out and decided.
#[derive(Clone, Debug)]
pub struct Report {
    /// The command: `filter`, `check`, `preflight`, `recipe`, `run`.
    pub command: &'static str,
    /// The mount count from which on the preflight refuses.
    pub refuse_at: u64,
    /// What was judged, in order; empty where nothing was.
    pub verdicts: Vec<Judged>,
    /// What could not be read, in order.
    pub unread: Vec<Unread>,
    /// The mount count.
    pub mounts: Mounts,
    /// What else was found out about this host.
    pub facts: Facts,
    /// What to do now. Of several streams that of the first wedge, else of the first that has any.
    pub decision: Decision,
    /// The attempts of `run`.
    pub run: Option<Run>,
}

impl Report {
    /// A report on this host alone, of a command that judges no stream.
    #[must_use]
    pub fn of_host(
        command: &'static str,
        refuse_at: u64,
        mounts: Mounts,
        facts: Facts,
        decision: Decision,
    ) -> Self {
        let (verdicts, unread) = (Vec::new(), Vec::new());
        Self { command, refuse_at, verdicts, unread, mounts, facts, decision, run: None }
    }

    /// The recipe of the decision.
    #[must_use]
    pub fn recipe(&self) -> Option<Recipe> {
        self.decision.recipe().map(|kind| Recipe::new(kind, &self.facts))
    }
}

/// A stream and its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The path it was read from; none for standard input, and for a stream of a command.
    pub input: Option<Vec<u8>>,
    /// Which stream of a command it is.
    pub source: Option<Source>,
    /// What it shows.
    pub verdict: Verdict,
}

impl Judged {
    /// Whether there is something to say of it: a wedge or a near miss.
    #[must_use]
    pub fn is_remarkable(&self) -> bool {
        !matches!(&self.verdict, Verdict::Clear(near) if near.is_empty())
    }

    /// Whether it shows the wedge.
    #[must_use]
    pub fn is_wedge(&self) -> bool {
        matches!(self.verdict, Verdict::Wedge(_))
    }

    /// What a person calls it.
    #[must_use]
    pub fn label(&self) -> String {
        self.source.map_or_else(|| label(self.input.as_deref()), |source| source.name().into())
    }
}

/// A stream that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The path; none for standard input.
    pub input: Option<Vec<u8>>,
    /// Why, as the system says it.
    pub error: String,
}

impl Unread {
    /// What a person calls it.
    #[must_use]
    pub fn label(&self) -> String {
        label(self.input.as_deref())
    }
}

fn label(input: Option<&[u8]>) -> String {
    input.map_or_else(|| "standard input".into(), sanitize)
}

/// The name of a near miss in every report.
#[must_use]
pub const fn slug(kind: NearMissKind) -> &'static str {
    match kind {
        NearMissKind::ActivityFailure => "activity-failure",
        NearMissKind::StateDirUnwritable => "state-dir-unwritable",
        NearMissKind::ContainerOutput => "container-output",
        NearMissKind::Mentioned => "mentioned",
        NearMissKind::ReadOnlyElsewhere => "read-only-elsewhere",
    }
}
