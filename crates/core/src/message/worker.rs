//! What sends the messages.

use std::time::Duration;

use sea_orm::DbErr;
use tokio::sync::watch;

use super::mail::{Mail, SendError};
use super::sms::TextMessage;
use super::templates::Message;
use super::{Messages, store};
use crate::entity::auth::messages::{self, Channel};

/// How often a worker looks by itself: for what other processes put there, and for what is tried again.
const LOOK: Duration = Duration::from_secs(2);
/// How many messages it takes at a time.
const BATCH: u64 = 20;
/// How long one message may take; shorter than the time for which it is claimed.
const PATIENCE: Duration = Duration::from_secs(90);

/// What one look brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// How many messages were sent.
    pub sent: u64,
    /// How many were not, and are tried again or given up.
    pub failed: u64,
}

impl Messages {
    /// Sends what is due until `stop` says so. The message in hand is finished first.
    pub(crate) async fn run_worker(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            if let Err(error) = self.send_due().await {
                tracing::warn!(%error, "the outbox cannot be read; it is tried again");
            }
            tokio::select! {
                () = self.0.wake.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
                changed = stop.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Sends what is due now.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub(crate) async fn send_due(&self) -> Result<Sent, DbErr> {
        let mut total = Sent::default();
        loop {
            let due = store::due(self.0.database.read(), self.0.clock.now(), BATCH).await?;
            for id in &due {
                let claimed = store::claim(self.0.database.write(), *id, self.0.clock.now()).await?;
                match claimed {
                    Some(row) if self.send_one(&row).await? => total.sent += 1,
                    Some(_) => total.failed += 1,
                    None => {}
                }
            }
            if (due.len() as u64) < BATCH {
                return Ok(total);
            }
        }
    }

    /// Sends a claimed message. Whether it went.
    async fn send_one(&self, row: &messages::Model) -> Result<bool, DbErr> {
        let outcome = match tokio::time::timeout(PATIENCE, self.deliver(row)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(SendError::passing("no answer in time")),
        };
        let (database, now) = (self.0.database.write(), self.0.clock.now());
        match outcome {
            Ok(()) => store::sent(database, row.id, now).await?,
            Err(error) => {
                tracing::warn!(message = %row.id, template = row.template, attempt = row.attempts, error = error.text(),
                    "a message could not be sent");
                store::failed(database, row, error.text(), error.is_for_good(), now).await?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn deliver(&self, row: &messages::Model) -> Result<(), SendError> {
        let (Some(sealed), Some(key_id)) = (&row.sealed, &row.key_id) else {
            return Err(SendError::for_good("it holds nothing"));
        };
        let opened = self.0.keyring.open(key_id, row.id.as_bytes(), sealed);
        // The key may come back, with the right variable.
        let opened = opened.map_err(|_| SendError::passing("it cannot be opened with the keys given"))?;
        let message = Message::of_bytes(&opened).ok_or(SendError::passing("it is of a newer version"))?;
        let rendered = message.render(&self.0.settings.public_url);
        match row.channel {
            Channel::Mail => {
                let mail = Mail {
                    id: row.id,
                    at: self.0.clock.now(),
                    to: rendered.to,
                    subject: rendered.subject.to_owned(),
                    text: rendered.text,
                };
                self.0.mail.send(&mail).await
            }
            Channel::Sms => {
                let gateway =
                    self.0.sms.as_ref().ok_or(SendError::passing("no gateway for text messages is set up"))?;
                let text = TextMessage { id: row.id, at: self.0.clock.now(), to: rendered.to, text: rendered.text };
                gateway.send(&text).await
            }
        }
    }
}
