//! The clap definitions of `unwedge corpus`.

use super::FOLDER;
use crate::{
    core::verdict::NearMissKind,
    corpus::{
        manifest::{Kind, Label},
        near_miss,
        transform::Transform,
    },
};
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Judge every case, as it is and under every transform
    ///
    /// Each failure comes with the command that runs it again. Status 1 where a case failed, 2 where the
    /// corpus is broken. Example: unwedge corpus check --case wedge/first --transform crlf
    Check(Check),
    /// List the cases
    ///
    /// Options of different kinds must all hold. Example: unwedge corpus list --near-miss mentioned
    List(List),
    /// Make a corpus of one's own, with two cases to begin with
    ///
    /// Example: unwedge corpus init our-corpus
    Init {
        /// A folder that is not there yet, or empty
        folder: PathBuf,
    },
    /// Add a log as a case: redacted, judged, and written only if the corpus stays valid
    ///
    /// The mount count is that of --mounts. Status 1 where the case is refused. Example:
    /// unwedge corpus add build.log --label clear --why "the registry is read-only"
    Add(Add),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Check {
    /// The folder of the corpus
    #[arg(value_name = "DIR", default_value = FOLDER)]
    pub(super) folder: PathBuf,
    /// Only the case of this name, or else all whose name holds this; can be repeated
    #[arg(long = "case", value_name = "NAME")]
    pub(super) cases: Vec<String>,
    /// Only this transform; can be repeated
    ///
    /// `as-is` is the case itself.
    #[arg(long = "transform", value_name = "TRANSFORM", value_parser = transform)]
    pub(super) transforms: Vec<Transform>,
    /// What the transforms choose, they choose by this number
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) seed: u64,
}

impl Default for Check {
    fn default() -> Self {
        Self { folder: FOLDER.into(), cases: Vec::new(), transforms: Vec::new(), seed: 1 }
    }
}

#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    /// The folder of the corpus
    #[arg(value_name = "DIR", default_value = FOLDER)]
    pub(super) folder: PathBuf,
    /// Only this label: wedge or clear
    #[arg(long, value_name = "LABEL", value_parser = label)]
    pub(super) label: Option<Label>,
    /// Only cases with this near miss
    #[arg(long, value_name = "KIND", value_parser = near_miss_kind)]
    pub(super) near_miss: Option<NearMissKind>,
    /// Only tools whose name holds this, in whatever case
    #[arg(long, value_name = "TEXT")]
    pub(super) tool: Option<String>,
    /// Only tools of this version, or of versions that begin so
    ///
    /// Example: --version 0.12
    #[arg(long, value_name = "VERSION")]
    pub(super) version: Option<String>,
    /// Only this provenance: observed, derived or synthetic
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub(super) provenance: Option<Kind>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Add {
    /// The log; `-`: standard input
    pub(super) file: PathBuf,
    /// The folder of the corpus
    #[arg(long, value_name = "DIR", default_value = FOLDER)]
    pub(super) corpus: PathBuf,
    /// What the log shows: wedge or clear
    #[arg(long, value_name = "LABEL", value_parser = label)]
    pub(super) label: Label,
    /// The name of the case without its label [default: that of the file, without its extension]
    #[arg(long)]
    pub(super) name: Option<String>,
    /// Why it is clear; a clear case needs it
    #[arg(long, value_name = "TEXT")]
    pub(super) why: Option<String>,
    /// The classifier is wrong, and this is what is known about it
    ///
    /// Such a case counts as wrong in the figures, and fails the check once it is judged right.
    #[arg(long, value_name = "TEXT")]
    pub(super) known_failure: Option<String>,
    /// Where the bytes come from: observed, derived or synthetic
    #[arg(long, value_name = "KIND", default_value = "observed", value_parser = kind)]
    pub(super) provenance: Kind,
    /// The program that printed it, with its version
    #[arg(long, value_name = "TEXT", default_value = "not told")]
    pub(super) tool: String,
    /// Its command line
    #[arg(long, value_name = "TEXT", default_value = "not told")]
    pub(super) command: String,
    /// How the condition was made
    #[arg(long, value_name = "TEXT", default_value = "not told")]
    pub(super) produced: String,
    /// Keep names, addresses and tokens
    #[arg(long)]
    pub(super) no_redact: bool,
}

/// The one of this name, or an error that lists them.
fn one<T: Copy>(word: &str, all: &[T], name: impl Fn(T) -> &'static str) -> Result<T, String> {
    all.iter().copied().find(|&known| name(known) == word).ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|&known| name(known)).collect();
        format!("give one of {}", known.join(", "))
    })
}

fn transform(word: &str) -> Result<Transform, String> {
    one(word, &Transform::ALL, Transform::name)
}

fn label(word: &str) -> Result<Label, String> {
    one(word, &[Label::Wedge, Label::Clear], Label::word)
}

fn kind(word: &str) -> Result<Kind, String> {
    one(word, &Kind::ALL, Kind::word)
}

fn near_miss_kind(word: &str) -> Result<NearMissKind, String> {
    one(word, &near_miss::ALL, crate::report::slug)
}
