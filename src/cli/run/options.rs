//! The options of `run`, and how their values are written.

use crate::{report::Way, stream};
use clap::{Args, ValueEnum};
use std::{ffi::OsString, path::PathBuf, time::Duration};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How many attempts there are at most
    ///
    /// No further one follows a success, a wedge, a permanent failure, status 126 or 127, or a signal.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..), allow_negative_numbers = true, help_heading = "Retrying")]
    pub(super) attempts: u32,
    /// How long to wait after the first attempt; it doubles with each
    ///
    /// Up to half of it is left away by chance. Example: --delay 500ms
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration, allow_negative_numbers = true, help_heading = "Retrying")]
    pub(super) delay: Duration,
    /// What the delay doubles up to
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = duration, allow_negative_numbers = true, help_heading = "Retrying")]
    pub(super) max_delay: Duration,
    /// A failure with this phrase is permanent; can be given again
    ///
    /// As with the phrases that are known, upper and lower case are the same, and it counts only where the
    /// client states it. Example: --permanent 'quota exceeded'
    #[arg(long, value_name = "PHRASE", value_parser = phrase, help_heading = "Retrying")]
    pub(super) permanent: Vec<OsString>,
    /// Retry only a failure with this phrase; can be given again
    ///
    /// It counts wherever it stands, in what a build step prints too. Example: --retry-on 'TLS handshake timeout'
    #[arg(long, value_name = "PHRASE", value_parser = phrase, help_heading = "Retrying")]
    pub(super) retry_on: Vec<OsString>,
    /// When this host is looked at before an attempt: where the command builds, always or never
    ///
    /// A command builds where `build`, `bake` or `--build` stands among its arguments.
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Looking")]
    pub(super) preflight: When,
    /// One last attempt after a wedge: `state-dir`, `state-dir=DIR` or `legacy-builder`
    ///
    /// With `state-dir` it runs with `BUILDX_CONFIG` set to a private directory, which is made where it is not
    /// there and kept; with `legacy-builder` with `DOCKER_BUILDKIT=0`.
    #[arg(long, value_name = "WAY", value_parser = fallback, help_heading = "Looking")]
    pub(super) fallback: Option<FallbackTo>,
    /// When the command gets a terminal: where standard error is one, always or never
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "The command")]
    pub(super) tty: When,
    /// How long the command may go on after a wedge, before TERM
    ///
    /// Also how long its streams may be held open by what it left behind.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration, allow_negative_numbers = true, help_heading = "The command")]
    pub(super) grace: Duration,
    /// How long the command may go on after TERM, before KILL
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration, allow_negative_numbers = true, help_heading = "The command")]
    pub(super) kill_after: Duration,
    /// Write the JSON report of docs/report.md into this file
    ///
    /// At once and whole; a symbolic link is replaced, not followed.
    #[arg(long, value_name = "FILE", help_heading = "The report")]
    pub(super) report: Option<PathBuf>,
    /// How much of the original standard error the JSON report keeps: its head and its tail
    ///
    /// Example: --keep-stderr 64k
    #[arg(long, value_name = "SIZE", default_value = "1m", value_parser = size, allow_negative_numbers = true, help_heading = "The report")]
    pub(super) keep_stderr: usize,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(super) command: Vec<OsString>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    Auto,
    Always,
    Never,
}

impl From<When> for stream::Tty {
    fn from(when: When) -> Self {
        match when {
            When::Auto => Self::Auto,
            When::Always => Self::Always,
            When::Never => Self::Never,
        }
    }
}

/// The way around that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FallbackTo {
    pub(super) way: Way,
    /// Of a state directory, where it is to be.
    pub(super) directory: Option<PathBuf>,
}

fn fallback(word: &str) -> Result<FallbackTo, String> {
    match word.split_once('=') {
        None if word == Way::StateDirectory.slug() => {
            Ok(FallbackTo { way: Way::StateDirectory, directory: None })
        }
        None if word == Way::LegacyBuilder.slug() => {
            Ok(FallbackTo { way: Way::LegacyBuilder, directory: None })
        }
        Some((way, directory)) if way == Way::StateDirectory.slug() && !directory.is_empty() => {
            Ok(FallbackTo { way: Way::StateDirectory, directory: Some(directory.into()) })
        }
        Some(_) | None => Err("give `state-dir`, `state-dir=DIR` or `legacy-builder`".into()),
    }
}

fn phrase(word: &str) -> Result<OsString, String> {
    if word.trim().is_empty() { Err("give a phrase that is not empty".into()) } else { Ok(word.into()) }
}

/// The longest time, which leaves room to be doubled and added to.
const TIME_MAX: f64 = 1e9;

/// `500ms`, `5s`, `2m`, `1h`; without a unit, seconds.
fn duration(word: &str) -> Result<Duration, String> {
    let wrong = || "give a time such as 500ms, 5s, 2m or 1h".to_owned();
    let digits = word.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(word.len());
    let (number, unit) = word.split_at(digits);
    let factor = match unit {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(wrong()),
    };
    let seconds = number.parse::<f64>().map_err(|_| wrong())? * factor;
    Duration::try_from_secs_f64(seconds).ok().filter(|_| seconds <= TIME_MAX).ok_or_else(wrong)
}

/// The most that is kept.
const SIZE_MAX: usize = 1 << 30;

/// `65536`, `64k`, `1m`: bytes, in units of 1,024 and its square; `kib` and `mib` are the same.
fn size(word: &str) -> Result<usize, String> {
    let wrong = || "give a size such as 65536, 64k or 1m, at most 1024m".to_owned();
    let lower = word.to_ascii_lowercase();
    let digits = lower.find(|c: char| !c.is_ascii_digit()).unwrap_or(lower.len());
    let (number, unit) = lower.split_at(digits);
    let factor = match unit {
        "" | "b" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        _ => return Err(wrong()),
    };
    let number: usize = number.parse().map_err(|_| wrong())?;
    number.checked_mul(factor).filter(|size| *size <= SIZE_MAX).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (word, milliseconds) in [
            ("0", 0),
            ("5", 5000),
            ("1ms", 1),
            ("2.5s", 2500),
            ("1m", 60_000),
            ("1h", 3_600_000),
            (".5", 500),
        ] {
            assert_eq!(duration(word), Ok(Duration::from_millis(milliseconds)), "{word}");
        }
        for word in ["", "x", "s", "-1", "5 s", "1d", "1.2.3", "inf", "NaN", "1e3", "99999999999h"] {
            assert!(duration(word).is_err(), "{word}");
        }
    }

    #[test]
    fn sizes() {
        for (word, bytes) in [("0", 0), ("7", 7), ("64k", 65536), ("1M", 1 << 20), ("1MiB", 1 << 20)] {
            assert_eq!(size(word), Ok(bytes), "{word}");
        }
        for word in ["", "x", "-1", "1g", "1.5k", "1025m", "99999999999999999999", "9999999999999m"] {
            assert!(size(word).is_err(), "{word}");
        }
    }

    #[test]
    fn ways() {
        let to = |directory: &str| FallbackTo { way: Way::StateDirectory, directory: Some(directory.into()) };
        assert_eq!(fallback("state-dir=/x=y"), Ok(to("/x=y")));
        for word in ["", "state-dir=", "legacy-builder=x", "luck"] {
            assert!(fallback(word).is_err(), "{word}");
        }
    }
}
