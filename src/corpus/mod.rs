//! The labelled corpus: its cases, what they are held against, and the figures that follow.
//!
//! Each module uses only those above it: [`manifest`] (a folder of cases), [`evaluation`] (what must
//! come of a case, and what came), [`transform`] (streams made from a case, each with what must come of
//! it), [`figures`] (how good the classifier is), [`check`] (all of it, case by case), [`render`] (a
//! check in bytes), [`redact`] (bytes without people), [`add`] (a new case).

pub mod near_miss;

pub mod manifest;

pub mod evaluation;

pub mod transform;

pub mod figures;

pub mod check;

pub mod render;

pub mod redact;

pub mod add;

mod random;
mod words;
