//! What to do after an attempt: stop, or try again and when. Pure: time and chance come as arguments.

use std::time::Duration;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With this exit status, 0 to 255.
    Exited(u8),
    /// By this signal.
    Killed(u8),
}

impl Ended {
    /// What a shell calls it: the status, or 128 and the number of the signal.
    #[must_use]
    pub const fn status(self) -> u8 {
        match self {
            Self::Exited(status) => status,
            Self::Killed(signal) => signal.saturating_add(128),
        }
    }

    /// Whether the command succeeded.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Exited(0))
    }
}

/// An attempt that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "facts that can all hold at once")]
pub struct Outcome {
    /// How the command ended.
    pub ended: Ended,
    /// Whether one of its streams shows the wedge.
    pub wedge: bool,
    /// Whether the user asked it to stop: by a signal, or by the interrupt key.
    pub interrupted: bool,
    /// Whether what it printed could not be handed on: the reader went away, or the disk is full.
    pub unread: bool,
    /// Whether the client stated a permanent phrase.
    pub permanent: bool,
    /// Whether a phrase to retry on was seen.
    pub retry_on: bool,
}

/// When to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How many attempts there are at most, 1 or more.
    pub attempts: u32,
    /// How long to wait after the first one; it doubles with each.
    pub delay: Duration,
    /// What it doubles up to.
    pub max_delay: Duration,
    /// Whether only a phrase to retry on is worth another attempt.
    pub narrowed: bool,
}

/// Why the attempts ended, or go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The command succeeded.
    Success,
    /// The wedge.
    Wedge,
    /// The preflight refused to start it.
    Refused,
    /// The user asked it to stop.
    Interrupted,
    /// What it printed could not be handed on.
    Unread,
    /// Status 126 or 127: it was not found, or could not be started.
    NotStarted,
    /// A failure that no retry cures.
    Permanent,
    /// None of the phrases to retry on was seen.
    NotNamed,
    /// No attempts are left.
    LastAttempt,
    /// Another attempt is worth while.
    Again,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Success,
        Self::Wedge,
        Self::Refused,
        Self::Interrupted,
        Self::Unread,
        Self::NotStarted,
        Self::Permanent,
        Self::NotNamed,
        Self::LastAttempt,
        Self::Again,
    ];

    /// Its name in every report.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Wedge => "wedge",
            Self::Refused => "refused",
            Self::Interrupted => "interrupted",
            Self::Unread => "unread",
            Self::NotStarted => "not-started",
            Self::Permanent => "permanent",
            Self::NotNamed => "not-named",
            Self::LastAttempt => "last-attempt",
            Self::Again => "again",
        }
    }
}

impl Policy {
    /// Judges attempt `number`, from 1. A wedge comes before all else, whatever the status; the rest
    /// counts where the command failed.
    #[must_use]
    pub fn judge(&self, number: u32, outcome: &Outcome) -> Reason {
        // Clients that catch the interrupt end with 130 by themselves.
        let interrupted = outcome.interrupted || outcome.ended.status() == 130;
        match outcome {
            Outcome { wedge: true, .. } => Reason::Wedge,
            Outcome { ended: Ended::Exited(0), .. } => Reason::Success,
            _ if interrupted => Reason::Interrupted,
            Outcome { unread: true, .. } => Reason::Unread,
            Outcome { ended: Ended::Exited(126 | 127), .. } => Reason::NotStarted,
            Outcome { permanent: true, .. } => Reason::Permanent,
            Outcome { retry_on: false, .. } if self.narrowed => Reason::NotNamed,
            _ if number >= self.attempts => Reason::LastAttempt,
            _ => Reason::Again,
        }
    }

    /// How long to wait after attempt `number`, from 1: the delay doubled with each attempt before it,
    /// up to the greatest; of that between a half and all, as `chance` (0 to 1) has it, so that hosts that
    /// failed together do not come back together.
    #[must_use]
    pub fn delay_after(&self, number: u32, chance: f64) -> Duration {
        let factor = 2u32.saturating_pow(number.saturating_sub(1));
        let full = self.delay.saturating_mul(factor).min(self.max_delay);
        full.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
    }
}

/// Whether a command builds, so that the preflight holds it up: `build`, `bake` or `--build` stands
/// among its arguments, alone.
#[must_use]
pub fn builds<'a>(arguments: impl IntoIterator<Item = &'a [u8]>) -> bool {
    arguments.into_iter().any(|word| matches!(word, b"build" | b"bake" | b"--build" | b"--build=true"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy {
        attempts: 3,
        delay: Duration::from_secs(5),
        max_delay: Duration::from_secs(60),
        narrowed: false,
    };

    const FAILED: Outcome = Outcome {
        ended: Ended::Exited(1),
        wedge: false,
        interrupted: false,
        unread: false,
        permanent: false,
        retry_on: false,
    };

    #[test]
    fn the_table() {
        let exited = |status| Outcome { ended: Ended::Exited(status), ..FAILED };
        let killed = |signal| Outcome { ended: Ended::Killed(signal), ..FAILED };
        let all = Outcome { wedge: true, interrupted: true, unread: true, permanent: true, ..FAILED };
        for (number, outcome, reason) in [
            (1, exited(0), Reason::Success),
            (1, Outcome { permanent: true, interrupted: true, ..exited(0) }, Reason::Success),
            (1, Outcome { wedge: true, ..exited(0) }, Reason::Wedge),
            (1, all, Reason::Wedge),
            (3, all, Reason::Wedge),
            (1, Outcome { wedge: false, ..all }, Reason::Interrupted),
            (1, Outcome { wedge: false, interrupted: false, ..all }, Reason::Unread),
            (1, exited(130), Reason::Interrupted),
            (1, killed(2), Reason::Interrupted),
            (1, exited(126), Reason::NotStarted),
            (1, exited(127), Reason::NotStarted),
            (1, Outcome { permanent: true, ..FAILED }, Reason::Permanent),
            (3, Outcome { permanent: true, ..FAILED }, Reason::Permanent),
            (1, FAILED, Reason::Again),
            (2, FAILED, Reason::Again),
            (3, FAILED, Reason::LastAttempt),
            (1, exited(125), Reason::Again),
            (1, exited(255), Reason::Again),
            (1, killed(9), Reason::Again),
            (1, killed(15), Reason::Again),
        ] {
            assert_eq!(POLICY.judge(number, &outcome), reason, "{number} {outcome:?}");
        }
        assert_eq!(Policy { attempts: 1, ..POLICY }.judge(1, &FAILED), Reason::LastAttempt);
    }

    #[test]
    fn retry_on_narrows() {
        let narrowed = Policy { narrowed: true, ..POLICY };
        let named = Outcome { retry_on: true, ..FAILED };
        assert_eq!(narrowed.judge(1, &FAILED), Reason::NotNamed);
        assert_eq!(narrowed.judge(1, &named), Reason::Again);
        assert_eq!(narrowed.judge(3, &named), Reason::LastAttempt);
        assert_eq!(narrowed.judge(1, &Outcome { permanent: true, ..named }), Reason::Permanent);
    }

    #[test]
    fn the_delay_doubles_up_to_the_greatest() {
        let full: Vec<u64> = (1..=6).map(|n| POLICY.delay_after(n, 1.0).as_secs()).collect();
        assert_eq!(full, [5, 10, 20, 40, 60, 60]);
        assert_eq!(POLICY.delay_after(1, 0.0), Duration::from_millis(2500));
        assert_eq!(POLICY.delay_after(u32::MAX, 1.0), Duration::from_secs(60));
        assert_eq!(Policy { delay: Duration::ZERO, ..POLICY }.delay_after(9, 1.0), Duration::ZERO);
        assert_eq!(Policy { max_delay: Duration::ZERO, ..POLICY }.delay_after(1, 1.0), Duration::ZERO);
    }

    #[test]
    fn what_builds() {
        let builds = |words: &str| super::builds(words.split(' ').map(str::as_bytes));
        for words in
            ["docker build .", "docker compose up --build -d", "docker buildx bake", "docker compose build"]
        {
            assert!(builds(words), "{words}");
        }
        for words in [
            "docker compose up -d",
            "docker compose down",
            "docker ps",
            "docker run builder",
            "--build=false",
        ] {
            assert!(!builds(words), "{words}");
        }
    }

    #[test]
    fn statuses() {
        assert_eq!(Ended::Exited(3).status(), 3);
        assert_eq!(Ended::Killed(9).status(), 137);
        assert!(Ended::Exited(0).is_success());
        assert!(!Ended::Exited(1).is_success() && !Ended::Killed(0).is_success());
    }

    #[test]
    fn reasons_have_names_of_their_own() {
        let mut slugs: Vec<&str> = Reason::ALL.iter().map(|reason| reason.slug()).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), Reason::ALL.len());
    }
}
