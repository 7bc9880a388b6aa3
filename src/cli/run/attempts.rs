//! The loop: look, run, judge, wait, again; then perhaps the fallback.

use super::told::{End, Told};
use crate::{
    core::{
        decision::{self, Decision},
        recipe::Facts,
        retry::{Outcome, Policy, Reason},
        verdict::Verdict,
    },
    host::Mounts,
    report::{self, Attempt, Fallback, Judged, Original, Way},
    stream::{Asked, Finished, Source, Watched},
};
use std::time::Duration;

/// Everything that the loop needs of the world, so that a test can be the world, and waits for nothing.
pub(super) trait World {
    /// Counts mounts and probes the state directory, that of the fallback where there is one. None, and said,
    /// where that is impossible.
    fn look(&mut self, fallback: Option<&Fallback>) -> Option<Ground>;
    /// Runs the command. None, and said, where we could not.
    fn run(&mut self, fallback: Option<&Fallback>) -> Option<Finished>;
    /// Prepares the way around that was asked for, if one was.
    fn fallback(&mut self) -> Option<Fallback>;
    /// Waits so long, or until a signal asks us to end.
    fn pause(&mut self, length: Duration) -> Option<Asked>;
    /// The time since some moment.
    fn now(&self) -> Duration;
    /// A number from 0 to 1.
    fn chance(&mut self) -> f64;
    /// Says a line.
    fn say(&mut self, line: &str);
}

/// What a decision stands on.
#[derive(Clone, Debug)]
pub(super) struct Ground {
    pub(super) mounts: Mounts,
    pub(super) facts: Facts,
    /// Whether the probe counts: not beside a count from the command line.
    pub(super) probe_counts: bool,
}

/// How the loop goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) policy: Policy,
    /// Whether this host is looked at before each attempt.
    pub(super) preflight: bool,
    pub(super) refuse_at: u64,
}

/// What there is to say about an attempt that another one follows.
struct Last {
    verdicts: Vec<Judged>,
    original: Option<Original>,
    after: Ground,
}

impl Plan {
    /// Goes through the attempts. None where the world said that it could not.
    pub(super) fn go(&self, world: &mut impl World) -> Option<Told> {
        let mut told = self.attempts(world)?;
        if told.calls_for_fallback() {
            told.fallback = world.fallback();
            if told.fallback.as_ref().is_some_and(|fallback| fallback.error.is_none()) {
                self.fall_back(world, &mut told)?;
            }
        }
        Some(told)
    }

    fn attempts(&self, world: &mut impl World) -> Option<Told> {
        let mut attempts: Vec<Attempt> = Vec::new();
        let mut last: Option<Last> = None;
        for number in 1.. {
            if let Some(asked) =
                attempts.last().and_then(|attempt| attempt.delay).and_then(|d| world.pause(d))
            {
                let Last { verdicts, original, after } = last?;
                return Some(Told::new(attempts, verdicts, original, after, End::Asked(asked)));
            }
            let before = world.look(None)?;
            let refusal = self.refusal(&before, None);
            if refusal != Decision::Nothing {
                attempts.push(Attempt::refused(number, &before));
                let (verdicts, original) =
                    last.map(|last| (last.verdicts, last.original)).unwrap_or_default();
                let told = Told::new(attempts, verdicts, original, before, End::Refused);
                return Some(Told { decision: refusal, ..told });
            }
            // Before another one takes as much memory.
            drop(last.take());
            world.say(&report::announced(number, self.policy.attempts, false));
            let (mut attempt, original, after) = self.one(world, number, before, None)?;
            let ended = attempt.ended?;
            if attempt.reason == Reason::Again {
                attempt.delay = Some(self.policy.delay_after(number, world.chance()));
            }
            if number > 1 || attempt.reason != Reason::Success {
                world.say(&report::ended(&attempt));
            }
            let (again, wedge) = (attempt.reason == Reason::Again, attempt.reason == Reason::Wedge);
            let verdicts = attempt.verdicts.clone();
            attempts.push(attempt);
            if !again {
                let end = if wedge { End::Wedge } else { End::Command(ended) };
                return Some(Told::new(attempts, verdicts, original, after, end));
            }
            last = Some(Last { verdicts, original, after });
        }
        None
    }

    /// One attempt, from its announcement to its judgement.
    fn one(
        &self,
        world: &mut impl World,
        number: u32,
        before: Ground,
        fallback: Option<&Fallback>,
    ) -> Option<(Attempt, Option<Original>, Ground)> {
        let start = world.now();
        let finished = world.run(fallback)?;
        let took = world.now().saturating_sub(start);
        let after = world.look(fallback)?;
        let outcome = outcome(&finished);
        let phrase = finished.streams.iter().find_map(|stream| stream.found.permanent.clone());
        let attempt = Attempt {
            number,
            fallback: fallback.is_some(),
            ended: Some(finished.ended),
            took,
            reason: self.policy.judge(number, &outcome),
            phrase,
            delay: None,
            before: before.mounts.count,
            after: Some(after.mounts.count.clone()),
            verdicts: finished.streams.iter().map(judged).collect(),
        };
        let kept = finished.streams.into_iter().find(|stream| stream.source != Source::Stdout);
        let original = kept.filter(|_| attempt.reason != Reason::Success);
        let original =
            original.map(|stream| Original { attempt: number, source: stream.source, kept: stream.kept });
        Some((attempt, original, after))
    }

    /// The last attempt, with another state directory or another builder.
    fn fall_back(&self, world: &mut impl World, told: &mut Told) -> Option<()> {
        let fallback = told.fallback.as_ref()?;
        let number = told.attempts.last().map_or(1, |attempt| attempt.number + 1);
        let before = world.look(Some(fallback))?;
        let refusal = self.refusal(&before, Some(fallback.way));
        if refusal != Decision::Nothing {
            let refused = Attempt { fallback: true, ..Attempt::refused(number, &before) };
            world.say(&report::ended(&refused));
            told.attempts.push(refused);
            return Some(());
        }
        world.say(&report::announced(number, self.policy.attempts, true));
        // No further one follows.
        let last = Self { policy: Policy { attempts: number, ..self.policy }, ..*self };
        let (attempt, ..) = last.one(world, number, before, Some(fallback))?;
        world.say(&report::ended(&attempt));
        // What it was used for stays true of this host, unless the way around led somewhere.
        if let (Reason::Success | Reason::Interrupted, Some(ended)) = (attempt.reason, attempt.ended) {
            told.end = End::Command(ended);
        }
        told.attempts.push(attempt);
        Some(())
    }

    fn refusal(&self, ground: &Ground, way: Option<Way>) -> Decision {
        if !self.preflight {
            return Decision::Nothing;
        }
        // The builder of old needs no state directory.
        let probe = ground.facts.probe.as_ref().filter(|_| way != Some(Way::LegacyBuilder));
        decision::before(&ground.mounts.count, self.refuse_at, probe)
    }
}

fn outcome(finished: &Finished) -> Outcome {
    let streams = &finished.streams;
    Outcome {
        ended: finished.ended,
        wedge: streams.iter().any(|stream| matches!(stream.verdict, Verdict::Wedge(_))),
        interrupted: finished.asked.is_some() || finished.interrupted,
        unread: finished.unread(),
        permanent: streams.iter().any(|stream| stream.found.permanent.is_some()),
        retry_on: streams.iter().any(|stream| stream.found.retry_on.is_some()),
    }
}

fn judged(stream: &Watched) -> Judged {
    Judged { input: None, source: Some(stream.source), verdict: stream.verdict.clone() }
}

impl Attempt {
    fn refused(number: u32, ground: &Ground) -> Self {
        Self {
            number,
            fallback: false,
            ended: None,
            took: Duration::ZERO,
            reason: Reason::Refused,
            phrase: None,
            delay: None,
            before: ground.mounts.count.clone(),
            after: None,
            verdicts: Vec::new(),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests;
