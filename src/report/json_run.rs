//! The part of the JSON report that only `run` has.

use super::{
    json::{Bytes, Stream},
    run,
};
use crate::{
    core::{mountinfo::MountCount, retry::Ended},
    stream::Source,
};
use serde::Serialize;
use std::time::Duration;

#[derive(Serialize)]
pub(super) struct Run<'r> {
    command: Vec<Bytes<'r>>,
    limit: u32,
    attempts: Vec<Attempt<'r>>,
    fallback: Option<Fallback<'r>>,
    stderr: Option<Original<'r>>,
}

impl<'r> Run<'r> {
    pub(super) fn of(run: &'r run::Run) -> Self {
        Self {
            command: run.command.iter().map(|word| Bytes::of(word)).collect(),
            limit: run.limit,
            attempts: run.attempts.iter().map(Attempt::of).collect(),
            fallback: run.fallback.as_ref().map(Fallback::of),
            stderr: run.original.as_ref().map(Original::of),
        }
    }
}

/// The name of a stream.
pub(super) fn stream(source: Source) -> &'static str {
    match source {
        Source::Stdout => "stdout",
        Source::Stderr => "stderr",
        Source::Terminal => "terminal",
    }
}

#[derive(Serialize)]
struct Attempt<'r> {
    number: u32,
    fallback: bool,
    status: Option<u8>,
    signal: Option<u8>,
    duration_ms: u64,
    reason: &'static str,
    phrase: Option<Bytes<'r>>,
    delay_ms: Option<u64>,
    mounts_before: Count<'r>,
    mounts_after: Option<Count<'r>>,
    verdicts: Vec<Stream<'r>>,
}

impl<'r> Attempt<'r> {
    fn of(attempt: &'r run::Attempt) -> Self {
        let (status, signal) = match attempt.ended {
            None => (None, None),
            Some(Ended::Exited(status)) => (Some(status), None),
            Some(Ended::Killed(signal)) => (None, Some(signal)),
        };
        Self {
            number: attempt.number,
            fallback: attempt.fallback,
            status,
            signal,
            duration_ms: milliseconds(attempt.took),
            reason: attempt.reason.slug(),
            phrase: attempt.phrase.as_deref().map(Bytes::of),
            delay_ms: attempt.delay.map(milliseconds),
            mounts_before: Count::of(&attempt.before),
            mounts_after: attempt.after.as_ref().map(Count::of),
            verdicts: attempt.verdicts.iter().map(Stream::of).collect(),
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[derive(Serialize)]
struct Count<'r> {
    count: Option<u64>,
    unknown: Option<&'r str>,
}

impl<'r> Count<'r> {
    fn of(count: &'r MountCount) -> Self {
        match count {
            MountCount::Known(n) => Self { count: Some(*n), unknown: None },
            MountCount::Unknown(why) => Self { count: None, unknown: Some(why) },
        }
    }
}

#[derive(Serialize)]
struct Fallback<'r> {
    kind: &'static str,
    directory: Option<Bytes<'r>>,
    error: Option<&'r str>,
}

impl<'r> Fallback<'r> {
    fn of(fallback: &'r run::Fallback) -> Self {
        Self {
            kind: fallback.way.slug(),
            directory: fallback.directory.as_deref().map(Bytes::of),
            error: fallback.error.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Original<'r> {
    attempt: u32,
    stream: &'static str,
    head: Bytes<'r>,
    left_out: u64,
    tail: Bytes<'r>,
}

impl<'r> Original<'r> {
    fn of(original: &'r run::Original) -> Self {
        Self {
            attempt: original.attempt,
            stream: stream(original.source),
            head: Bytes::of(&original.kept.head),
            left_out: original.kept.left_out,
            tail: Bytes::of(&original.kept.tail),
        }
    }
}
