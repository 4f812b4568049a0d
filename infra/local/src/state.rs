//! Files that outlive a restart.
//!
//! Written in the caller's thread: a few hundred bytes, rarely, and never seen half-written.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::Error;

/// The directory that keeps our files, or nothing when all is in memory.
#[derive(Clone)]
pub(crate) struct StateDir(Option<PathBuf>);

impl StateDir {
    /// Makes the directory, for its owner alone, if it is missing.
    pub(crate) fn open(path: Option<PathBuf>) -> Result<Self, Error> {
        if let Some(path) = &path {
            let mut builder = DirBuilder::new();
            builder.recursive(true).mode(0o700).create(path).map_err(Error::file(path))?;
        }
        Ok(Self(path))
    }

    /// A file in the directory, which need not exist yet.
    pub(crate) fn file(&self, name: &str) -> StateFile {
        StateFile(self.0.as_ref().map(|directory| directory.join(name)))
    }
}

/// One file that only its owner may read: there are keys and mailed links in them. In memory it swallows everything.
#[derive(Clone)]
pub(crate) struct StateFile(Option<PathBuf>);

impl StateFile {
    /// Its path; none in memory.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.0.as_deref()
    }

    /// Its content; none if it was never written.
    pub(crate) fn read(&self) -> Result<Option<String>, Error> {
        let Some(path) = &self.0 else { return Ok(None) };
        match fs::read_to_string(path) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::file(path)(error)),
        }
    }

    /// Its content as JSON; none if it was never written.
    pub(crate) fn read_json<T: serde::de::DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        let (Some(path), Some(content)) = (&self.0, self.read()?) else {
            return Ok(None);
        };
        serde_json::from_str(&content).map(Some).map_err(|source| Error::Damaged { path: path.clone(), source })
    }

    /// Replaces the whole content. A reader, or a crash, finds the old content or the new one.
    pub(crate) fn replace(&self, content: &str) -> Result<(), Error> {
        let Some(path) = &self.0 else { return Ok(()) };
        let draft = path.with_extension("draft");
        let write = || {
            let mut file = private().write(true).truncate(true).open(&draft)?;
            file.write_all(content.as_bytes())?;
            fs::rename(&draft, path)
        };
        write().map_err(Error::file(path))
    }

    /// Adds to the end.
    pub(crate) fn append(&self, content: &str) -> Result<(), Error> {
        let Some(path) = &self.0 else { return Ok(()) };
        let write = || private().append(true).open(path)?.write_all(content.as_bytes());
        write().map_err(Error::file(path))
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).mode(0o600);
    options
}
