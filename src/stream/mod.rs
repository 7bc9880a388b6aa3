//! (layer stream)
