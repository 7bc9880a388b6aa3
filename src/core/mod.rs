//! The pure rules: no I/O, no clock, no environment.
//!
//! Inside this layer too each module uses only those above it in this list:
//! [`sentinel`], [`verdict`], [`mod@line`], [`scanner`], [`phrases`],
//! [`mountinfo`], [`state`], [`recipe`], [`decision`], [`retry`].

pub mod sentinel;
pub mod verdict;

pub mod line;

pub mod scanner;

pub mod phrases;

pub mod mountinfo;

pub mod state;

pub mod recipe;

pub mod decision;

pub mod retry;
