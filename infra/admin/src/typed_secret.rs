//! A secret that an operator types or pipes in.

use std::io::{self, IsTerminal, Read};

use console::Term;
use zeroize::Zeroizing;

use crate::operator::Failure;

/// What KMS seals in one call. Bytes.
const MAX_SECRET: usize = 4096;

/// From the standard input: typed unseen where that is a terminal, which is told `what` is asked for.
///
/// # Errors
/// When there is none, or when it cannot be one.
pub fn read(what: &str) -> Result<Zeroizing<String>, Failure> {
    if io::stdin().is_terminal() { typed(what) } else { piped(io::stdin()) }
}

/// A secret as another program writes it: all of it, but for the end of its last line.
///
/// # Errors
/// When there is none, or when it cannot be one.
pub fn piped(input: impl Read) -> Result<Zeroizing<String>, Failure> {
    // Room for more than is ever read: a text that grows leaves copies behind.
    let mut text = Zeroizing::new(String::with_capacity(2 * MAX_SECRET));
    input.take(MAX_SECRET as u64 + 3).read_to_string(&mut text).map_err(|_| "the secret cannot be read as text")?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    checked(text)
}

/// A secret as a person types it, unseen.
fn typed(what: &str) -> Result<Zeroizing<String>, Failure> {
    eprint!("{what} (it is not shown): ");
    let line = Term::stderr().read_secure_line().map_err(|_| "the terminal cannot be read")?;
    checked(Zeroizing::new(line))
}

/// The function takes no secret that everybody knows.
fn checked(secret: Zeroizing<String>) -> Result<Zeroizing<String>, Failure> {
    if secret.trim().is_empty() {
        return Err("the secret is empty".into());
    }
    if secret.len() > MAX_SECRET {
        return Err("the secret is longer than 4096 bytes".into());
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_line_is_no_part_of_a_secret_and_everything_else_is() {
        for (input, secret) in
            [("s", "s"), ("s\n", "s"), ("s\r\n", "s"), (" s \n", " s "), ("s\n\n", "s\n"), ("s\r", "s\r"), ("ä\n", "ä")]
        {
            assert_eq!(piped(input.as_bytes()).unwrap().as_str(), secret, "{input:?}");
        }
    }

    #[test]
    fn what_cannot_be_a_secret_is_refused_without_being_repeated() {
        let (longest, longer) = ("x".repeat(4096) + "\r\n", "canary".repeat(700));
        assert_eq!(piped(longest.as_bytes()).unwrap().len(), 4096);
        for input in ["".as_bytes(), b"\n", b" \t\n", b"canary\xff", longer.as_bytes(), "x".repeat(4097).as_bytes()] {
            let refusal = piped(input).unwrap_err().to_string();
            assert!(!refusal.contains("canary"), "{refusal}");
        }
    }
}
