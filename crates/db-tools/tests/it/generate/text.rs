//! What typical files say.
