//! Writes the list of common passwords to standard output.

use std::io::{self, Write};

fn main() -> io::Result<()> {
    io::stdout().write_all(&passwords::keys())
}
