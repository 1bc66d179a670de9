//! What people really write in license fields.
