//! The ways a text message goes. A gateway is a service of somebody's, so the one that a company uses is written by it.

use std::fmt;
use std::path::PathBuf;

use async_trait::async_trait;
use sea_orm::prelude::ChronoDateTimeUtc;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::folder::Folder;
use super::mail::SendError;

/// A text message ready to be sent. Its text may hold a code.
pub struct TextMessage {
    /// The id of its row, which stays the same when it is tried again: a gateway may use it to send once.
    pub id: Uuid,
    /// The time of this try.
    pub at: ChronoDateTimeUtc,
    /// The number in E.164 form.
    pub to: String,
    /// The text.
    pub text: Zeroizing<String>,
}

impl fmt::Debug for TextMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TextMessage").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Sends text messages.
#[async_trait]
pub trait SmsGateway: fmt::Debug + Send + Sync {
    /// Sends one message. It may come a second time when the first one's fate is not known.
    ///
    /// # Errors
    ///
    /// [`SendError`], whose text tells neither number nor contents.
    async fn send(&self, message: &TextMessage) -> Result<(), SendError>;
}

/// A folder of text messages, for development and tests.
#[derive(Debug)]
pub(super) struct FolderSms(Folder);

impl FolderSms {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self(Folder::new(folder))
    }
}

#[async_trait]
impl SmsGateway for FolderSms {
    async fn send(&self, message: &TextMessage) -> Result<(), SendError> {
        let contents = format!("To: {}\n\n{}\n", message.to, message.text.as_str());
        self.0.put(message.at, message.id, "sms.txt", contents.into_bytes()).await
    }
}
