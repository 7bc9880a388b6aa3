//! The pure rules: no I/O, no clock, no environment.

pub mod sentinel;
pub mod verdict;
