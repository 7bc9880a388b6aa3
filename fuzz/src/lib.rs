//! What the fuzz targets share: the naive readings of the tests, and what makes values of bytes.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is what a fuzz target says")]

#[path = "../../tests/common/document.rs"]
pub mod document;
#[path = "../../tests/common/oracle.rs"]
mod oracle;
#[allow(dead_code, reason = "proptest uses the rest")]
#[path = "../../tests/common/pieces.rs"]
mod pieces;
#[path = "../../tests/common/shell_words.rs"]
mod shell_words;

pub mod facts;
pub mod judge;
pub mod lines;
pub mod report;
pub mod structure;
