//! Second factors through the front door: adding, signing in with them, proving again who is there, removing them.

mod stories;
