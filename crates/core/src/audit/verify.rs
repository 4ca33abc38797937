//! Walks the chain, and says where it breaks.

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::{Audit, AuditHead, chain, head};
use crate::AuthError;
use crate::counter::Counter;
use crate::entity::auth::audit_log;

/// What a walk along the chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditReport {
    /// How many entries are in order.
    pub entries: u64,
    /// The last of them: what to keep elsewhere, and compare with next time.
    pub head: Option<AuditHead>,
    /// Where the chain breaks, and how; nothing if it is whole.
    pub broken: Option<String>,
}

/// Entries that are read at once.
const PAGE: u64 = 1_000;

impl Audit {
    /// The newest entry's number and hash, as they stand; nothing before the first entry. Whether all before it is as it
    /// was is what [`Audit::verify`] says.
    ///
    /// # Errors
    ///
    /// What the engine says; [`AuthError::Inside`] for a hash that is none.
    pub async fn head(&self) -> Result<Option<AuditHead>, AuthError> {
        let newest: Option<(i64, Vec<u8>)> = audit_log::Entity::find()
            .select_only()
            .columns([audit_log::Column::Seq, audit_log::Column::Hash])
            .order_by_desc(audit_log::Column::Seq)
            .limit(1)
            .into_tuple()
            .one(self.database.read())
            .await?;
        let Some((seq, hash)) = newest else { return Ok(None) };
        let hash = hash.try_into().map_err(|_| AuthError::inside("the hash of an audit entry has not 32 bytes"))?;
        Ok(Some(AuditHead { seq, hash }))
    }

    /// Writes the head into the log of the process, which goes where the database does not: who changes the trail would
    /// have to change that, too.
    pub(crate) async fn tell_head(&self) -> Result<(), AuthError> {
        if let Some(head) = self.head().await? {
            tracing::info!(%head, "the head of the audit trail");
        }
        Ok(())
    }

    /// Walks the whole chain. With a head that was kept elsewhere, it also tells whether the chain was made anew since.
    ///
    /// # Errors
    ///
    /// What the engine says. A broken chain is an answer, not an error.
    pub async fn verify(&self, kept: Option<AuditHead>) -> Result<AuditReport, AuthError> {
        let mut report = AuditReport { entries: 0, head: None, broken: None };
        loop {
            let last = report.head.map_or(0, |head| head.seq);
            let rows = audit_log::Entity::find()
                .filter(audit_log::Column::Seq.gt(last))
                .order_by_asc(audit_log::Column::Seq)
                .limit(PAGE)
                .all(self.database.read())
                .await?;
            let is_last = (rows.len() as u64) < PAGE;
            for row in &rows {
                if let Err(broken) = report.take(row, kept) {
                    report.broken = Some(broken);
                    return Ok(report);
                }
            }
            if is_last {
                break;
            }
        }
        report.broken = self.check_end(&report, kept).await?;
        Ok(report)
    }

    /// Whether entries are missing at the end: the counter and a kept head know of more.
    async fn check_end(&self, report: &AuditReport, kept: Option<AuditHead>) -> Result<Option<String>, AuthError> {
        let last = report.head.map_or(0, |head| head.seq);
        if let Some(kept) = kept.filter(|kept| kept.seq > last) {
            return Ok(Some(format!("it ends at entry {last}, and the head that was kept is entry {}", kept.seq)));
        }
        // What was written while we read is no gap: an entry that is there now counts.
        let given = Counter::Audit.last(self.database.read()).await?;
        let newest = audit_log::Entity::find().order_by_desc(audit_log::Column::Seq).one(self.database.read()).await?;
        let newest = newest.map_or(0, |row| row.seq);
        Ok((newest < given).then(|| format!("it ends at entry {newest}, and {given} were written")))
    }
}

impl AuditReport {
    /// Takes the next entry in, or says what is wrong with it.
    fn take(&mut self, row: &audit_log::Model, kept: Option<AuditHead>) -> Result<(), String> {
        let (last, before) = self.head.map_or((0, chain::START), |head| (head.seq, head.hash));
        if row.seq != last + 1 {
            return Err(format!("entry {} is missing", last + 1));
        }
        if row.prev_hash != before {
            return Err(format!("entry {} does not follow entry {last}", row.seq));
        }
        let hash = chain::hash(row);
        if row.hash != hash {
            return Err(format!("entry {} was changed", row.seq));
        }
        if let Some(kept) = kept.filter(|kept| kept.seq == row.seq && kept.hash != hash) {
            return Err(format!("entry {} is not the one that was kept: {}", row.seq, head::hex(&kept.hash)));
        }
        self.entries += 1;
        self.head = Some(AuditHead { seq: row.seq, hash });
        Ok(())
    }
}
