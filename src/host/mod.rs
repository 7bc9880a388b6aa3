//! What is read from this machine.
