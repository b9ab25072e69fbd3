//! Literal expectations, taken from Java.
