//! Walks the chain, and says where it breaks.

use atriz_db::Engine;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::{Audit, AuditHead, chain, head};
use crate::AuthError;
use crate::counter::Counter;
use crate::entity::auth::audit_log;
use crate::sql;

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
            let rewritten = self.rewritten(last, &rows).await?;
            for row in &rows {
                let taken = if rewritten == Some(row.seq) { Err(was_changed(row)) } else { report.take(row, kept) };
                if let Err(broken) = taken {
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

    /// The first of these rows whose text says more than what is read from it, such as a name that stands there twice: whoever
    /// looks at the table may see another value than the one that is hashed. Of PostgreSQL's `jsonb` there is no such text.
    async fn rewritten(&self, last: i64, rows: &[audit_log::Model]) -> Result<Option<i64>, AuthError> {
        const TEXTS: &str = "SELECT CAST(detail AS TEXT) AS detail FROM audit_log WHERE seq > $1 ORDER BY seq LIMIT $2";
        if self.database.engine() != Engine::Sqlite {
            return Ok(None);
        }
        let database = self.database.read();
        let values = [last.into(), PAGE.into()];
        let statement = sql::statement(database.get_database_backend(), TEXTS, values);
        for (text, row) in database.query_all_raw(statement).await?.iter().zip(rows) {
            let (text, read): (String, String) = (text.try_get("", "detail")?, row.detail.to_string());
            if text != read {
                return Ok(Some(row.seq));
            }
        }
        Ok(None)
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

fn was_changed(row: &audit_log::Model) -> String {
    format!("entry {} was changed", row.seq)
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
        // Times are hashed and written in microseconds.
        if row.hash != hash || !row.at.timestamp_subsec_nanos().is_multiple_of(1_000) {
            return Err(was_changed(row));
        }
        if let Some(kept) = kept.filter(|kept| kept.seq == row.seq && kept.hash != hash) {
            return Err(format!("entry {} is not the one that was kept: {}", row.seq, head::hex(&kept.hash)));
        }
        self.entries += 1;
        self.head = Some(AuditHead { seq: row.seq, hash });
        Ok(())
    }
}
