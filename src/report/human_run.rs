//! What `run` says to a person: a line when something begins or ends, and the report.

use super::{
    Report, human,
    run::{Attempt, Original, Run},
    sanitize,
};
use crate::core::{
    decision::Decision,
    mountinfo::MountCount,
    retry::{Ended, Reason},
};
use std::{fmt::Write, time::Duration};

/// How many lines of the original output are shown, and how much of each, in characters.
const LINES_MAX: usize = 10;
const LINE_MAX: usize = 400;

/// Announces an attempt.
#[must_use]
pub fn announced(number: u32, limit: u32, fallback: bool) -> String {
    if fallback {
        format!("unwedge: attempt {number}, the fallback\n")
    } else {
        format!("unwedge: attempt {number} of {limit}\n")
    }
}

/// How an attempt ended, and what follows.
#[must_use]
pub fn ended(attempt: &Attempt) -> String {
    format!("unwedge: {}\n", line(attempt))
}

fn line(attempt: &Attempt) -> String {
    let number = attempt.number;
    let how = match attempt.ended {
        None => return format!("attempt {number} was not started: {}", why(attempt)),
        Some(Ended::Exited(status)) => format!("ended with status {status}"),
        Some(Ended::Killed(signal)) => format!("was ended by {}", name(signal)),
    };
    // What is over at once has no time worth a word.
    let took = if attempt.took < Duration::from_secs(1) {
        String::new()
    } else {
        format!(" after {}", seconds(attempt.took))
    };
    format!("attempt {number} {how}{took}: {}", why(attempt))
}

fn why(attempt: &Attempt) -> String {
    match attempt.reason {
        Reason::Success => "success".into(),
        Reason::Wedge => "wedge, no further attempt can help".into(),
        Reason::Refused => "this host is not fit to build on".into(),
        Reason::Interrupted => "interrupted".into(),
        Reason::Unread => "what it prints could not be handed on".into(),
        Reason::NotStarted => "it was not found or could not be started".into(),
        Reason::Permanent => {
            let phrase = attempt.phrase.as_deref().map_or_else(String::new, sanitize);
            format!("permanent failure, {}", phrase.trim())
        }
        Reason::NotNamed => "none of the phrases to retry on was seen".into(),
        Reason::LastAttempt => "no attempts are left".into(),
        Reason::Again => match attempt.delay {
            Some(delay) if !delay.is_zero() => format!("another attempt in {}", seconds(delay)),
            Some(_) | None => "another attempt".into(),
        },
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// A signal as people know it.
fn name(signal: u8) -> String {
    const NAMES: [(u8, &str); 10] = [
        (1, "HUP"),
        (2, "INT"),
        (3, "QUIT"),
        (4, "ILL"),
        (6, "ABRT"),
        (7, "BUS"),
        (9, "KILL"),
        (11, "SEGV"),
        (13, "PIPE"),
        (15, "TERM"),
    ];
    let known = NAMES.iter().find(|(number, _)| *number == signal);
    known.map_or_else(|| format!("signal {signal}"), |(_, name)| format!("SIG{name}"))
}

/// The report at the end: verdict, attempts, original output, decision, recipe. Empty where there is
/// nothing to do.
#[must_use]
pub fn concluded(report: &Report) -> String {
    let Some(run) = &report.run else { return String::new() };
    if report.decision == Decision::Nothing {
        return String::new();
    }
    let mut text = String::new();
    for judged in report.verdicts.iter().filter(|judged| judged.is_wedge()) {
        text.push_str(&human::verdict(&format!("unwedge: {}", judged.label()), &judged.verdict));
    }
    text.push_str(&attempts(run));
    if let Some(original) = &run.original {
        last_lines(&mut text, original);
    }
    text + &human::decision(report)
}

/// The attempts, a line each, and the fallback.
fn attempts(run: &Run) -> String {
    let mut text = String::new();
    for attempt in &run.attempts {
        // Writing to a String cannot fail, here and below.
        let _ = write!(text, "unwedge: {}; leaked mounts: {}", line(attempt), count(&attempt.before));
        if let Some(after) = &attempt.after {
            let _ = write!(text, " before, {} after", count(after));
        }
        text.push('\n');
    }
    if let Some(fallback) = &run.fallback {
        let _ = write!(text, "unwedge: the fallback {} ", fallback.way.slug());
        text.push_str(match &fallback.error {
            None => "was used",
            Some(_) => "could not be used",
        });
        if let Some(error) = &fallback.error {
            let _ = write!(text, ": {}", sanitize(error.as_bytes()));
        }
        if let Some(directory) = &fallback.directory {
            let _ = write!(text, ", state directory {}, which is kept", sanitize(directory));
        }
        text.push('\n');
    }
    text
}

fn count(count: &MountCount) -> String {
    match count {
        MountCount::Known(n) => n.to_string(),
        MountCount::Unknown(_) => "unknown".into(),
    }
}

fn last_lines(text: &mut String, original: &Original) {
    let kept = &original.kept;
    let bytes = if kept.left_out > 0 { &kept.tail } else { &kept.head };
    if bytes.is_empty() {
        return;
    }
    let lines = bytes.strip_suffix(b"\n").unwrap_or(bytes).rsplit(|b| *b == b'\n');
    let shown: Vec<&[u8]> = lines.take(LINES_MAX).collect();
    let _ = writeln!(
        text,
        "unwedge: {} of attempt {}, its last lines:",
        original.source.name(),
        original.attempt
    );
    for line in shown.into_iter().rev() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        // No character takes more than four bytes; one that is cut stands behind what is shown.
        let line = sanitize(&line[..line.len().min(4 * LINE_MAX + 4)]);
        let cut: String = line.chars().take(LINE_MAX).collect();
        // The bar keeps it from being taken for a line of ours.
        let _ = writeln!(text, "    | {cut}{}", if cut.len() < line.len() { "…" } else { "" });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::mountinfo::MountCount,
        stream::{Kept, Source},
    };

    fn attempt(reason: Reason) -> Attempt {
        Attempt {
            number: 2,
            fallback: false,
            ended: Some(Ended::Exited(1)),
            took: Duration::from_millis(1250),
            reason,
            phrase: Some(b"manifest unknown".to_vec()),
            delay: None,
            before: MountCount::Known(0),
            after: None,
            verdicts: Vec::new(),
        }
    }

    #[test]
    fn every_reason_has_its_words() {
        let mut said: Vec<String> = Reason::ALL.into_iter().map(|reason| ended(&attempt(reason))).collect();
        assert!(
            said.iter().all(|line| line.starts_with("unwedge: attempt 2 ended with status 1 after 1.2 s: "))
        );
        said.sort_unstable();
        said.dedup();
        assert_eq!(said.len(), Reason::ALL.len());
    }

    #[test]
    fn statuses_signals_and_delays() {
        let killed = Attempt { ended: Some(Ended::Killed(9)), ..attempt(Reason::Again) };
        assert!(ended(&killed).contains("was ended by SIGKILL"));
        let odd = Attempt { ended: Some(Ended::Killed(44)), ..attempt(Reason::Again) };
        assert!(ended(&odd).contains("was ended by signal 44"));
        let delayed = Attempt { delay: Some(Duration::from_millis(4300)), ..attempt(Reason::Again) };
        assert!(ended(&delayed).ends_with("another attempt in 4.3 s\n"));
        let short = Attempt { took: Duration::from_millis(999), ..attempt(Reason::LastAttempt) };
        assert_eq!(ended(&short), "unwedge: attempt 2 ended with status 1: no attempts are left\n");
        let refused = Attempt { ended: None, ..attempt(Reason::Refused) };
        assert_eq!(ended(&refused), "unwedge: attempt 2 was not started: this host is not fit to build on\n");
    }

    #[test]
    fn the_last_lines_are_cut_and_cannot_drive_a_terminal() {
        let long = "x".repeat(LINE_MAX + 1);
        let head = format!("{}::error::\x1b[2J\r\n{long}\n", "line\n".repeat(20)).into_bytes();
        let kept = Kept { head, left_out: 0, tail: Vec::new() };
        let mut text = String::new();
        last_lines(&mut text, &Original { attempt: 1, source: Source::Stderr, kept });
        let text = anstream::adapter::strip_str(&text).to_string();
        assert_eq!(text.lines().count(), 1 + LINES_MAX);
        assert!(text.contains("\n    | :\\u{3a}error::\\u{1b}[2J\n"), "{text}");
        assert!(text.ends_with("x…\n"));
    }
}
