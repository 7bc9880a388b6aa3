//! The two phrases.

/// One of the two phrases whose presence together makes a wedge.
///
/// Both are compared ASCII case-insensitively: Go prints errno texts in lower case, a C program
/// in a build step says `Read-only file system`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sentinel {
    /// `failed to update builder last activity time`, which buildx (since 0.10) wraps around the
    /// error in `commands/build.go`, `commands/bake.go` and `commands/dial_stdio.go`.
    Activity,
    /// `read-only file system`, the text of errno EROFS.
    Erofs,
}

impl Sentinel {
    /// The phrase in lower case.
    #[must_use]
    pub const fn phrase(self) -> &'static [u8] {
        match self {
            Self::Activity => b"failed to update builder last activity time",
            Self::Erofs => b"read-only file system",
        }
    }
}
