//! The loop, in a world in which nothing takes time.

use super::*;
use crate::{
    core::{mountinfo::MountCount, phrases::Found, recipe::RecipeKind, retry::Ended, scanner::Scanner},
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
        let n = if self.counts.len() > 1 { self.counts.pop_front() } else { self.counts.front().copied() };
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
    let mut world = Fake { runs: [("x", 1); 5].into(), counts: [1, 4, 5, 8, 12].into(), ..Fake::default() };
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
    let mut world = Fake { runs: [(WEDGE, 1)].into(), fallback: Some(fallback()), counts, ..Fake::default() };
    let told = PLAN.go(&mut world).unwrap();
    assert_eq!((reasons(&told), told.end), (vec!["wedge", "refused"], End::Wedge));
}

#[test]
fn without_a_preflight_nothing_is_refused() {
    let plan = Plan { preflight: false, ..PLAN };
    let mut world = Fake { runs: [("", 0)].into(), counts: [99].into(), ..Fake::default() };
    assert_eq!(plan.go(&mut world).unwrap().end, End::Command(Ended::Exited(0)));
}
