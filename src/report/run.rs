//! What `run` did, as data.

use super::Judged;
use crate::{
    core::{
        mountinfo::MountCount,
        retry::{Ended, Reason},
    },
    stream::{Kept, Source},
};
use std::time::Duration;

/// What `run` did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The command with its arguments.
    pub command: Vec<Vec<u8>>,
    /// How many attempts there are at most.
    pub limit: u32,
    /// The attempts, in order; a refused one is the last.
    pub attempts: Vec<Attempt>,
    /// The way around that was asked for, where a wedge or a refusal called for it.
    pub fallback: Option<Fallback>,
    /// What the attempt printed that failed: the last one, but for the fallback.
    pub original: Option<Original>,
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its number, from 1.
    pub number: u32,
    /// Whether it was the fallback.
    pub fallback: bool,
    /// How it ended; none where it was not started.
    pub ended: Option<Ended>,
    /// How long it took.
    pub took: Duration,
    /// Why the attempts ended with it, or go on.
    pub reason: Reason,
    /// The permanent phrase that was found.
    pub phrase: Option<Vec<u8>>,
    /// How long the next one waits.
    pub delay: Option<Duration>,
    /// The mount count before it.
    pub before: MountCount,
    /// The mount count after it; none where it was not started.
    pub after: Option<MountCount>,
    /// What its streams show.
    pub verdicts: Vec<Judged>,
}

/// A way around a wedge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Another state directory.
    StateDirectory,
    /// The builder of old, without buildx.
    LegacyBuilder,
}

impl Way {
    /// Its name in every report and on the command line.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::StateDirectory => "state-dir",
            Self::LegacyBuilder => "legacy-builder",
        }
    }
}

/// A way around that was taken, or could not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// Which one.
    pub way: Way,
    /// The state directory; it is kept.
    pub directory: Option<Vec<u8>>,
    /// Why it could not be taken.
    pub error: Option<String>,
}

/// What an attempt printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// The number of the attempt.
    pub attempt: u32,
    /// Which stream: its standard error, or its terminal.
    pub source: Source,
    /// What is kept of it.
    pub kept: Kept,
}
