//! Messages as files, for development and tests: the log says where, and never what.

use std::path::PathBuf;

use sea_orm::prelude::ChronoDateTimeUtc;
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use super::mail::SendError;

/// A folder that only its owner can look into.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Writes a message, named by its time and id, so that a listing shows the last one last.
    pub(super) async fn put(
        &self,
        at: ChronoDateTimeUtc,
        id: Uuid,
        ending: &str,
        contents: Vec<u8>,
    ) -> Result<(), SendError> {
        let path = self.0.join(format!("{}-{id}.{ending}", at.format("%Y%m%dT%H%M%S%6f")));
        let written = self.write(&path, contents).await;
        written.map_err(|error| {
            SendError::passing(format!("the folder of messages cannot be written: {}", error.kind()))
        })?;
        tracing::info!(path = %path.display(), "a message was put into the folder of messages");
        Ok(())
    }

    async fn write(&self, path: &std::path::Path, contents: Vec<u8>) -> std::io::Result<()> {
        let mut folder = tokio::fs::DirBuilder::new();
        let mut file = tokio::fs::OpenOptions::new();
        #[cfg(unix)]
        {
            folder.mode(0o700);
            file.mode(0o600);
        }
        folder.recursive(true).create(&self.0).await?;
        // Under another name first: whoever watches the folder never reads half a message.
        let part = path.with_extension("part");
        let mut open = file.create(true).truncate(true).write(true).open(&part).await?;
        open.write_all(&contents).await?;
        open.flush().await?;
        tokio::fs::rename(&part, path).await
    }
}
