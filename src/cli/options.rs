//! The clap definitions.

use crate::core::{decision::REFUSE_AT, recipe::RecipeKind};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::{ffi::OsString, num::NonZeroUsize, path::PathBuf};

/// Tells a wedged docker buildx from every other read-only error.
///
/// Without a command it is a filter: standard input goes to standard output byte for byte, and the
/// verdict follows on standard error.
#[derive(Debug, Parser)]
#[command(
    name = "unwedge",
    version,
    after_help = "Exit status: 0 clear, 1 a case of a corpus failed, 2 usage or I/O error, 10 wedge, 11 refused to start; of run else that of the command"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) options: Options,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

impl Arguments {
    /// The arguments, where they have no options: `unwedge` and `unwedge check FILE…`. As the parser would read them,
    /// which alone takes longer than to judge a file of some lines. Otherwise gives the words back.
    pub(super) fn plain(mut words: Vec<OsString>) -> Result<Self, Vec<OsString>> {
        let options = Options {
            format: Format::Human,
            mounts: MountsFrom::Host,
            mountinfo: None,
            refuse_at: REFUSE_AT,
            color: Color::Auto,
            quiet: false,
            require_same_line: false,
        };
        let command = match words.as_slice() {
            [] => None,
            [check, files @ ..]
                if check == "check"
                    && files.iter().all(|file| !matches!(file.as_encoded_bytes(), [] | [b'-', ..])) =>
            {
                let files = words.drain(1..).map(PathBuf::from).collect();
                Some(Command::Check { files, threads: None })
            }
            _ => return Err(words),
        };
        Ok(Self { options, command })
    }
}

#[derive(Debug, Args)]
pub(super) struct Options {
    /// How the report is written
    #[arg(long, global = true, value_name = "FORMAT", default_value = "human")]
    pub(super) format: Format,
    /// The number of leaked mounts: N, `auto` (count on this host) or `unknown`
    ///
    /// With a number no probe of the state directory contradicts it: 0 gives the recipe driver-state,
    /// more gives leaked-mounts. Example: --mounts 37
    #[arg(long, global = true, value_name = "N", default_value = "auto", value_parser = mounts, allow_negative_numbers = true)]
    pub(super) mounts: MountsFrom,
    /// Count in this file instead, of the form of /proc/PID/mountinfo
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "mounts")]
    pub(super) mountinfo: Option<PathBuf>,
    /// Preflight refuses from so many leaked mounts on
    #[arg(long, global = true, value_name = "N", default_value_t = REFUSE_AT, value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) refuse_at: u64,
    /// Colour in the human report
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(super) color: Color,
    /// Say nothing but a wedge, a refusal or an error, on one line each
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    /// Accept only a wedge whose two sentinels stand on one line
    #[arg(long, global = true)]
    pub(super) require_same_line: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Classify files, or standard input; the report goes to standard output
    Check {
        /// The files; `-` or none: standard input
        files: Vec<PathBuf>,
        /// How many threads read files, 4 at most [default: one for each processor]
        ///
        /// Several files are read side by side, a large one in blocks. Output keeps the order of the
        /// command line. Example: --threads 1
        #[arg(long, value_name = "N")]
        threads: Option<NonZeroUsize>,
    },
    /// Look, run a command, watch it, retry it, stop at once on a wedge
    ///
    /// Example: unwedge run -- docker compose up --build -d
    Run(super::run::Options),
    /// Look whether this host is fit to build on; status 11 where it is not
    Preflight,
    /// Print the recipe for a wedge on this host, or for --mounts N
    Recipe {
        /// This recipe, whatever the host looks like
        #[arg(long = "for", value_name = "RECIPE", value_parser = recipe_kind)]
        kind: Option<RecipeKind>,
    },
    /// Hold a labelled corpus against the classifier, or add to it; without a command: check
    ///
    /// Status 1 where a case failed. Example: unwedge corpus check corpus
    Corpus {
        #[command(subcommand)]
        command: Option<super::corpus::Command>,
    },
    /// Print what a shell needs to complete this command line
    ///
    /// Example: unwedge completions bash > unwedge.bash
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    ///
    /// Example: unwedge man | man -l -
    Man,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Text for a person
    Human,
    /// The versioned report of docs/report.md
    Json,
    /// Workflow commands of GitHub Actions
    Github,
    /// The recipe as a POSIX shell script
    Sh,
    /// Test results in XML, of `corpus check` alone
    Junit,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Color {
    /// Where a terminal takes it
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Where the mount count comes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum MountsFrom {
    Host,
    Unknown,
    Given(u64),
}

fn mounts(word: &str) -> Result<MountsFrom, String> {
    match word {
        "auto" => Ok(MountsFrom::Host),
        "unknown" => Ok(MountsFrom::Unknown),
        _ => word
            .parse()
            .map(MountsFrom::Given)
            .map_err(|_| "give a whole number from 0 on, `auto` or `unknown`".into()),
    }
}

fn recipe_kind(word: &str) -> Result<RecipeKind, String> {
    RecipeKind::ALL.into_iter().find(|kind| kind.slug() == word).ok_or_else(|| {
        let known: Vec<&str> = RecipeKind::ALL.iter().map(|kind| kind.slug()).collect();
        format!("give one of {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_arguments_are_read_as_the_parser_reads_them() {
        for (words, plain) in [
            (&[][..], true),
            (&["check"], true),
            (&["check", "a.log", "b c"], true),
            (&["check", ""], false),
            (&["check", "-"], false),
            (&["check", "a.log", "--threads=1"], false),
            (&["check", "--", "a.log"], false),
            (&["-q", "check", "a.log"], false),
            (&["preflight"], false),
        ] {
            let words: Vec<OsString> = words.iter().map(OsString::from).collect();
            let read = Arguments::plain(words.clone());
            assert_eq!(read.is_ok(), plain, "{words:?}");
            match read {
                Ok(read) => {
                    let name = OsString::from("unwedge");
                    let parsed = Arguments::try_parse_from(std::iter::once(&name).chain(&words));
                    assert_eq!(Some(format!("{read:?}")), parsed.ok().map(|parsed| format!("{parsed:?}")));
                }
                Err(given_back) => assert_eq!(given_back, words),
            }
        }
    }
}
