//! The near misses that there are.

use crate::core::verdict::NearMissKind;

/// All of them.
pub const ALL: [NearMissKind; 5] = [
    NearMissKind::ActivityFailure,
    NearMissKind::StateDirUnwritable,
    NearMissKind::ContainerOutput,
    NearMissKind::Mentioned,
    NearMissKind::ReadOnlyElsewhere,
];
