//! The loop: look, run, judge, wait, again; then perhaps the fallback.

use crate::{
    core::{
        decision::{self, Decision},
        recipe::{Facts, RecipeKind},
        retry::{Ended, Outcome, Policy, Reason},
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

impl Told {
    fn new(
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
    fn calls_for_fallback(&self) -> bool {
        match self.end {
            End::Wedge => true,
            End::Refused => self.decision.recipe() != Some(RecipeKind::LeakedMounts),
            End::Command(_) | End::Asked(_) => false,
        }
    }
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
mod tests {
    use super::*;
    use crate::{
        core::{mountinfo::MountCount, phrases::Found, scanner::Scanner},
        stream::Kept,
    };
    use std::collections::VecDeque;

    /// A world in which nothing takes time.
    #[derive(Default)]
    struct Fake {
        /// What the command prints and ends with, attempt by attempt.
        runs: VecDeque<(&'static str, u8)>,
        /// The counts, look by look; then the last one stays.
        counts: VecDeque<u64>,
        fallback: Option<Fallback>,
        /// The pause in which a signal comes, from 1.
        signal_in: usize,
        pauses: Vec<Duration>,
        said: String,
        looks: u64,
    }

    impl World for Fake {
        fn look(&mut self, _: Option<&Fallback>) -> Option<Ground> {
            self.looks += 1;
            let n =
                if self.counts.len() > 1 { self.counts.pop_front() } else { self.counts.front().copied() };
            let mounts = Mounts::given(MountCount::Known(n.unwrap_or(0)));
            Some(Ground { mounts, facts: Facts::default(), probe_counts: false })
        }

        fn run(&mut self, _: Option<&Fallback>) -> Option<Finished> {
            let (printed, status) = self.runs.pop_front()?;
            let mut scanner = Scanner::new();
            scanner.push(printed.as_bytes());
            let stream = Watched {
                source: Source::Stderr,
                verdict: scanner.finish(),
                found: Found::default(),
                kept: Kept { head: printed.into(), ..Kept::default() },
                within_line: None,
                lost: None,
            };
            Some(Finished {
                ended: Ended::Exited(status),
                asked: None,
                interrupted: false,
                within_line: None,
                streams: vec![stream],
            })
        }

        fn fallback(&mut self) -> Option<Fallback> {
            self.fallback.take()
        }

        fn pause(&mut self, length: Duration) -> Option<Asked> {
            self.pauses.push(length);
            (self.pauses.len() == self.signal_in).then_some(Asked::HangUp)
        }

        fn now(&self) -> Duration {
            Duration::from_secs(self.looks)
        }

        fn chance(&mut self) -> f64 {
            1.0
        }

        fn say(&mut self, line: &str) {
            self.said.push_str(line);
        }
    }

    const WEDGE: &str = "failed to update builder last activity time: open /x: read-only file system\n";

    const PLAN: Plan = Plan {
        policy: Policy {
            attempts: 5,
            delay: Duration::from_secs(5),
            max_delay: Duration::from_secs(15),
            narrowed: false,
        },
        preflight: true,
        refuse_at: 10,
    };

    fn reasons(told: &Told) -> Vec<&'static str> {
        told.attempts.iter().map(|attempt| attempt.reason.slug()).collect()
    }

    #[test]
    fn pauses_double_up_to_the_greatest() {
        let mut world = Fake { runs: [("x", 1); 5].into(), ..Fake::default() };
        let told = PLAN.go(&mut world).unwrap();
        assert_eq!(world.pauses.iter().map(Duration::as_secs).collect::<Vec<_>>(), [5, 10, 15, 15]);
        assert_eq!(reasons(&told), ["again", "again", "again", "again", "last-attempt"]);
        assert_eq!(told.end, End::Command(Ended::Exited(1)));
        let said = "unwedge: attempt 1 ended with status 1: another attempt in 5.0 s\n";
        assert!(world.said.contains(said), "{}", world.said);
        assert_eq!((told.original.unwrap().attempt, world.looks), (5, 10));
    }

    #[test]
    fn mounts_are_counted_around_each_attempt_and_refused_before_the_next() {
        let mut world =
            Fake { runs: [("x", 1); 5].into(), counts: [1, 4, 5, 8, 12].into(), ..Fake::default() };
        let told = PLAN.go(&mut world).unwrap();
        let count = |count: &MountCount| match count {
            MountCount::Known(n) => *n,
            MountCount::Unknown(why) => panic!("{why}"),
        };
        let counts: Vec<_> =
            told.attempts.iter().map(|a| (count(&a.before), a.after.as_ref().map(count))).collect();
        assert_eq!(counts, [(1, Some(4)), (5, Some(8)), (12, None)]);
        assert_eq!((reasons(&told), told.end), (vec!["again", "again", "refused"], End::Refused));
        assert_eq!(told.decision.recipe(), Some(RecipeKind::LeakedMounts));
        assert_eq!((told.original.unwrap().attempt, world.pauses.len()), (2, 2));
    }

    #[test]
    fn a_signal_in_a_pause_ends_it() {
        let mut world = Fake { runs: [("x", 1); 5].into(), signal_in: 2, ..Fake::default() };
        let told = PLAN.go(&mut world).unwrap();
        assert_eq!((told.attempts.len(), told.end), (2, End::Asked(Asked::HangUp)));
    }

    #[test]
    fn a_wedge_pauses_for_nothing_and_takes_one_fallback() {
        let fallback = || Fallback { way: Way::LegacyBuilder, directory: None, error: None };
        for (last, end) in [
            (("", 0), End::Command(Ended::Exited(0))),
            (("", 130), End::Command(Ended::Exited(130))),
            (("", 1), End::Wedge),
            ((WEDGE, 1), End::Wedge),
            ((WEDGE, 0), End::Wedge),
        ] {
            let mut world =
                Fake { runs: [(WEDGE, 1), last].into(), fallback: Some(fallback()), ..Fake::default() };
            let told = PLAN.go(&mut world).unwrap();
            assert_eq!((told.end, told.attempts.len(), world.pauses.len()), (end, 2, 0));
            assert!(told.attempts[1].fallback && !told.attempts[0].fallback);
            assert_eq!(told.decision.recipe(), Some(RecipeKind::DriverState));
            assert_eq!(told.original.unwrap().kept.head, WEDGE.as_bytes());
        }
        // Leaked mounts that came with the wedge hold it up as well.
        let counts = [0, 12].into();
        let mut world =
            Fake { runs: [(WEDGE, 1)].into(), fallback: Some(fallback()), counts, ..Fake::default() };
        let told = PLAN.go(&mut world).unwrap();
        assert_eq!((reasons(&told), told.end), (vec!["wedge", "refused"], End::Wedge));
    }

    #[test]
    fn without_a_preflight_nothing_is_refused() {
        let plan = Plan { preflight: false, ..PLAN };
        let mut world = Fake { runs: [("", 0)].into(), counts: [99].into(), ..Fake::default() };
        assert_eq!(plan.go(&mut world).unwrap().end, End::Command(Ended::Exited(0)));
    }
}
