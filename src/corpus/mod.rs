//! (layer corpus)
