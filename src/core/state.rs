//! What a probe found out about the state directory, as a value.

use crate::core::mountinfo::Entry;

/// What stands in the way of writing to a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing: it can be written.
    Writable,
    /// EROFS.
    ReadOnly,
    /// ENOSPC or EDQUOT, or a filesystem without free blocks or inodes.
    Full,
    /// EACCES.
    Denied,
    /// EPERM: an immutable directory.
    NotPermitted,
    /// Something else, as the system says it.
    Failed(String),
}

/// What is free on a filesystem for the user who asks (`statvfs(3)`): some is kept for root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Free bytes.
    pub bytes: u64,
    /// Free inodes; none where the filesystem does not count them.
    pub inodes: Option<u64>,
}

impl Space {
    /// Whether nothing is left of one of the two.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.bytes == 0 || self.inodes == Some(0)
    }
}

/// Owner and mode of a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
    /// Permission bits.
    pub mode: u32,
}

/// The mount that holds a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The mount.
    pub mount: Entry,
    /// Whether the mount stands below the state directory, so that the state directory itself can
    /// be renamed away from it.
    pub below: bool,
}

/// What was found out about a state directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The state directory.
    pub directory: Vec<u8>,
    /// The directory that `access` speaks of: `activity` in it, itself, or where it does not exist
    /// its nearest existing ancestor.
    pub probed: Vec<u8>,
    /// Whether it can be written.
    pub access: Access,
    /// The mount that holds it, where the mount table names one.
    pub held: Option<Held>,
    /// What is free there.
    pub space: Option<Space>,
    /// Who owns it.
    pub owner: Option<Owner>,
    /// Who asks: effective user and group id.
    pub asker: (u32, u32),
}

impl Probe {
    /// Whether buildx cannot write there.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.access != Access::Writable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filesystem_is_full_without_blocks_or_without_inodes() {
        for (bytes, inodes, full) in [
            (1, Some(1), false),
            (1, None, false),
            (0, Some(1), true),
            (0, None, true),
            (1, Some(0), true),
            (0, Some(0), true),
        ] {
            assert_eq!(Space { bytes, inodes }.is_full(), full, "{bytes} {inodes:?}");
        }
    }
}
