//! Tells a *wedged* `docker buildx` from every other `read-only file system` error, and decides the
//! recovery recipe from the number of leaked `BuildKit` mounts.
//!
//! The layers stand in a strict order; each uses only those above it: [`core`] (pure rules),
//! [`host`] (what is read from this machine), [`stream`] (bytes in and out), [`report`] (renderers),
//! [`corpus`] (labelled cases), [`cli`] (the only place where layers meet).
//!
//! # Examples
//!
//! ```
//! use unwedge::core::{scanner::Scanner, verdict::Verdict};
//!
//! let mut scanner = Scanner::new();
//! scanner.push(b"ERROR: failed to update builder last activity time: open /root/.docker");
//! scanner.push(b"/buildx/activity/.tmp-default1: read-only file system\n");
//! assert!(matches!(scanner.finish(), Verdict::Wedge(_)));
//! ```

pub mod cli;
pub mod core;
pub mod corpus;
pub mod host;
pub mod report;
pub mod stream;
