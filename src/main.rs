//! The `unwedge` program.
fn main() {}
