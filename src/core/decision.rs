//! What to do now: a pure function of verdict, mount count and state-directory probe.

use crate::core::{
    mountinfo::MountCount,
    recipe::RecipeKind,
    state::{Access, Probe},
    verdict::{Cause, CauseKind, NearMissKind, Verdict},
};

/// The mount count from which on no build is started.
pub const REFUSE_AT: u64 = 10;

/// What to do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing.
    Nothing,
    /// Do not start the build; repair first.
    Refuse {
        /// How. None where the state directory cannot be written for a reason without a recipe.
        recipe: Option<RecipeKind>,
        /// Whether the state directory is on a read-only mount besides.
        read_only_besides: bool,
    },
    /// Buildx is wedged; repair.
    Recover {
        /// How.
        recipe: RecipeKind,
        /// Whether the state directory is on a read-only mount besides, so that unmounting alone
        /// will not do.
        read_only_besides: bool,
    },
    /// Buildx is wedged, but without a mount count no recipe can be chosen.
    Uncounted {
        /// Why nobody could count.
        why: String,
    },
    /// Not wedged; the activity file failed with another cause.
    Advise {
        /// The cause.
        cause: Cause,
        /// The recipe for it, if there is one.
        recipe: Option<RecipeKind>,
    },
}

impl Decision {
    /// The recipe that was chosen.
    #[must_use]
    pub fn recipe(&self) -> Option<RecipeKind> {
        match self {
            Self::Nothing | Self::Uncounted { .. } => None,
            Self::Recover { recipe, .. } => Some(*recipe),
            Self::Refuse { recipe, .. } | Self::Advise { recipe, .. } => *recipe,
        }
    }
}

/// Decides before a build: refuse to start, or nothing. An unknown count refuses nothing.
#[must_use]
pub fn before(count: &MountCount, refuse_at: u64, probe: Option<&Probe>) -> Decision {
    if matches!(count, MountCount::Known(n) if *n >= refuse_at) {
        return Decision::Refuse {
            recipe: Some(RecipeKind::LeakedMounts),
            read_only_besides: on_read_only(probe),
        };
    }
    match probe {
        Some(probe) if probe.is_blocked() => {
            Decision::Refuse { recipe: for_access(&probe.access), read_only_besides: false }
        }
        _ => Decision::Nothing,
    }
}

/// Decides after a stream was judged. `probe` is none where it was not asked for, as with a count
/// from the command line.
#[must_use]
pub fn after(verdict: &Verdict, count: &MountCount, probe: Option<&Probe>) -> Decision {
    match verdict {
        Verdict::Wedge(_) => wedged(count, probe),
        Verdict::Clear(near) => near
            .iter()
            .filter(|miss| miss.kind == NearMissKind::ActivityFailure)
            .find_map(|miss| miss.cause.clone())
            .map_or(Decision::Nothing, |cause| Decision::Advise { recipe: for_cause(cause.kind), cause }),
    }
}

/// Whether [`after`] can decide anything but [`Decision::Nothing`] on this verdict, so that mounts need
/// to be counted.
#[must_use]
pub fn depends_on_host(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Wedge(_) => true,
        Verdict::Clear(near) => near.iter().any(|miss| miss.cause.is_some()),
    }
}

/// Decides for a host that is known to be wedged.
#[must_use]
pub fn wedged(count: &MountCount, probe: Option<&Probe>) -> Decision {
    let read_only = on_read_only(probe);
    let recipe = match count {
        MountCount::Unknown(why) => return Decision::Uncounted { why: why.clone() },
        MountCount::Known(1..) => RecipeKind::LeakedMounts,
        MountCount::Known(0) if read_only => RecipeKind::ReadOnlyState,
        MountCount::Known(0) => RecipeKind::DriverState,
    };
    Decision::Recover { recipe, read_only_besides: read_only && recipe == RecipeKind::LeakedMounts }
}

fn on_read_only(probe: Option<&Probe>) -> bool {
    probe.is_some_and(|probe| probe.access == Access::ReadOnly)
}

fn for_access(access: &Access) -> Option<RecipeKind> {
    match access {
        Access::ReadOnly => Some(RecipeKind::ReadOnlyState),
        Access::Full => Some(RecipeKind::DiskFull),
        Access::Denied => Some(RecipeKind::Ownership),
        Access::NotPermitted => Some(RecipeKind::NotPermitted),
        Access::Writable | Access::Failed(_) => None,
    }
}

fn for_cause(kind: CauseKind) -> Option<RecipeKind> {
    match kind {
        CauseKind::DiskFull => Some(RecipeKind::DiskFull),
        CauseKind::Ownership => Some(RecipeKind::Ownership),
        CauseKind::NotPermitted => Some(RecipeKind::NotPermitted),
        CauseKind::Other => None,
    }
}
