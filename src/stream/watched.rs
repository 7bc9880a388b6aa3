//! The streams of a command, and what becomes known of them.

use super::keep::Kept;
use crate::core::{
    phrases::{Found, PhraseScanner},
    scanner::Scanner,
    verdict::Verdict,
};
use std::io;

/// Which stream of the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Its standard output.
    Stdout,
    /// Its standard error.
    Stderr,
    /// Its terminal, where both go.
    Terminal,
}

impl Source {
    /// What a person calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stdout => "standard output",
            Self::Stderr => "standard error",
            Self::Terminal => "terminal",
        }
    }
}

/// What judges a stream, and how much of it is kept.
#[derive(Clone, Debug)]
pub struct Judges {
    /// Looks for the wedge.
    pub scanner: Scanner,
    /// Looks for phrases.
    pub phrases: PhraseScanner,
    /// How many bytes are kept of what the report quotes.
    pub keep: usize,
}

/// Why what a command printed was not all handed on.
#[derive(Debug)]
pub enum Lost {
    /// The reader of our output went away.
    Reader,
    /// Our output could not be written, after so many bytes.
    Write(io::Error, u64),
}

/// A stream that is over.
#[derive(Debug)]
pub struct Watched {
    /// Which one.
    pub source: Source,
    /// What it shows.
    pub verdict: Verdict,
    /// The phrases in it.
    pub found: Found,
    /// Its head and tail.
    pub kept: Kept,
    /// Whether it ends within a line; none where nothing was printed.
    pub within_line: Option<bool>,
    /// Whether, and why, not all of it was handed on.
    pub lost: Option<Lost>,
}
