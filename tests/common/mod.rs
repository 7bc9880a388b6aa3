//! What several test binaries share.

// Each binary uses a part of it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

pub mod oracle;
pub mod said;
pub mod streams;
