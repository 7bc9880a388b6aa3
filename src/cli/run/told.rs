//! How the attempts went, and what was decided.

use super::attempts::Ground;
use crate::{
    core::{
        decision::{self, Decision},
        recipe::RecipeKind,
        retry::Ended,
    },
    report::{Attempt, Fallback, Judged, Original},
    stream::Asked,
};

/// How it went.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) attempts: Vec<Attempt>,
    pub(super) fallback: Option<Fallback>,
    pub(super) original: Option<Original>,
    /// What the attempt showed that the decision is about.
    pub(super) verdicts: Vec<Judged>,
    pub(super) decision: Decision,
    pub(super) ground: Ground,
    pub(super) end: End,
}

/// What the exit status follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Wedge,
    Refused,
    /// How the command ended, the last time.
    Command(Ended),
    /// A signal came while no command ran.
    Asked(Asked),
}

impl Told {
    /// What follows from the last attempt.
    pub(super) fn new(
        attempts: Vec<Attempt>,
        verdicts: Vec<Judged>,
        original: Option<Original>,
        ground: Ground,
        end: End,
    ) -> Self {
        let probe = ground.facts.probe.as_ref().filter(|_| ground.probe_counts);
        let mut decisions =
            verdicts.iter().map(|judged| decision::after(&judged.verdict, &ground.mounts.count, probe));
        let of_wedge = verdicts.iter().position(Judged::is_wedge);
        let succeeded = matches!(end, End::Command(ended) if ended.is_success());
        let decision = match of_wedge {
            Some(i) => decisions.nth(i),
            // A command that got over it in the end needs no advice.
            None if succeeded => None,
            None => decisions.find(|decision| *decision != Decision::Nothing),
        };
        let decision = decision.unwrap_or(Decision::Nothing);
        Self { attempts, fallback: None, original, verdicts, decision, ground, end }
    }

    /// Whether the way around is one: around a wedge, or a state directory that cannot be written; not
    /// around leaked mounts, of which each build can leave more.
    pub(super) fn calls_for_fallback(&self) -> bool {
        match self.end {
            End::Wedge => true,
            End::Refused => self.decision.recipe() != Some(RecipeKind::LeakedMounts),
            End::Command(_) | End::Asked(_) => false,
        }
    }
}
