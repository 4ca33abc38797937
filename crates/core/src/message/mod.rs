//! What is told to people, by mail and by text message.
//!
//! A message is a row, written in the transaction of what it tells: no notice without the change, no change without its
//! notice. A worker sends the rows afterwards, so that no request waits for a mail server, and none tells by its time
//! whether a mail was sent.
//!
//! **Invariant:** recipient and contents are sealed in the row, for they hold links that let in; they are gone once it is
//! sent.
//! **Invariant:** every link begins with the one configured address, never with what a request called us.

mod folder;
mod mail;
mod sms;
mod store;
mod templates;
mod wording;
mod worker;

use std::sync::Arc;

use atriz_db::{Database, Environment};
use atriz_kernel::SharedClock;
use sea_orm::{ConnectionTrait, DbErr};
use tokio::sync::Notify;
use uuid::Uuid;

pub use mail::{Mail, MailTransport, SendError};
pub use sms::{SmsGateway, TextMessage};
pub use worker::Sent;

pub(crate) use templates::Message;

use crate::AuthError;
use crate::keyring::Keyring;
use crate::settings::AuthSettings;
use mail::{FolderMail, Smtp};
use sms::FolderSms;

/// The outbox.
#[derive(Clone)]
pub(crate) struct Messages(Arc<Inner>);

struct Inner {
    database: Database,
    clock: SharedClock,
    keyring: Arc<Keyring>,
    settings: Arc<AuthSettings>,
    mail: Arc<dyn MailTransport>,
    sms: Option<Arc<dyn SmsGateway>>,
    wake: Notify,
}

impl std::fmt::Debug for Messages {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Messages").field("mail", &self.0.mail).field("sms", &self.0.sms).finish_non_exhaustive()
    }
}

impl Messages {
    /// Over core's database, with the ways to send that the settings name. In development and tests what is not named is
    /// a folder.
    ///
    /// # Errors
    ///
    /// [`AuthError::Inside`] for an address of a mail server that cannot be read or, in production, is reached in the
    /// clear; [`AuthError::Unsupported`] in production without one, since links that let in would stand in a folder, and
    /// without a sender.
    pub(crate) fn new(
        database: Database,
        clock: SharedClock,
        keyring: Arc<Keyring>,
        settings: Arc<AuthSettings>,
    ) -> Result<Self, AuthError> {
        let production = settings.environment == Environment::Production;
        let folder = settings.data_dir.as_ref().map(|folder| folder.join("messages"));
        let mail: Arc<dyn MailTransport> = match (&settings.smtp_url, &folder) {
            (Some(url), _) if production => Arc::new(Smtp::for_production(url, &settings.mail_from)?),
            (Some(url), _) => Arc::new(Smtp::new(url, &settings.mail_from)?),
            (None, Some(folder)) if !production => Arc::new(FolderMail::new(folder.clone(), &settings.mail_from)?),
            _ => return Err(AuthError::Unsupported("mail (SMTP_URL)")),
        };
        let sms: Option<Arc<dyn SmsGateway>> = match (&settings.sms_gateway, folder) {
            (Some(gateway), _) => Some(Arc::clone(gateway)),
            (None, Some(folder)) if !production => Some(Arc::new(FolderSms::new(folder))),
            _ => None,
        };
        Ok(Self(Arc::new(Inner { database, clock, keyring, settings, mail, sms, wake: Notify::new() })))
    }

    /// Puts a message into the outbox, within the transaction of what it tells. With a `user` of whom there is no row,
    /// the same statement runs and nothing is put there.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub(crate) async fn enqueue(
        &self,
        transaction: &impl ConnectionTrait,
        user: Option<Uuid>,
        message: Message,
    ) -> Result<(), DbErr> {
        let (id, now) = (atriz_kernel::new_id(&*self.0.clock), self.0.clock.now());
        let sealed = self.0.keyring.seal(id.as_bytes(), &message.to_bytes());
        store::insert(transaction, id, user, &message, sealed, now).await
    }

    /// Has the worker look at once: to be called after the commit.
    pub(crate) fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// Whether text messages can be sent.
    pub(crate) fn can_text(&self) -> bool {
        self.0.sms.is_some()
    }

    /// Deletes the rows of messages that were sent or given up long ago. How many.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub(crate) async fn sweep(&self) -> Result<u64, DbErr> {
        store::sweep(self.0.database.write(), self.0.clock.now()).await
    }
}
