//! The union of third-party features, so that every member shares one build of every dependency.
