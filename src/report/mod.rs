//! (layer report)
