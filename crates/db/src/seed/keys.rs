//! Which rows a file inserted, in eight bytes a row.

use sea_orm::sqlx;
use sha2::{Digest, Sha256};

use super::convert::Value;
use super::shape::Shape;

/// What tells the primary key of a row from all others: half a SHA-256.
pub(super) type Identity = [u8; 16];

/// The identity of a row with these values. It depends on the key's values alone, not on how a file writes them.
pub(super) fn identity(shape: &Shape, values: &[Value]) -> Identity {
    let mut hash = Sha256::new();
    for (column, value) in shape.columns.iter().zip(values) {
        if !shape.table.primary_key.contains(&column.name) {
            continue;
        }
        // Each value says where it ends, so that no two keys make the same bytes.
        match value {
            Value::Null => hash.update([0]),
            Value::Id(id) => hash.update(id.as_bytes()),
            Value::Integer(number) => hash.update(number.to_be_bytes()),
            Value::Float(number) => hash.update(number.to_be_bytes()),
            Value::Bool(truth) => hash.update([u8::from(*truth)]),
            Value::Time(time) => hash.update(time.timestamp_micros().to_be_bytes()),
            Value::Date(date) => hash.update(chrono::Datelike::num_days_from_ce(date).to_be_bytes()),
            Value::Text(text) => update_sized(&mut hash, text.as_bytes()),
            Value::Bytes(bytes) => update_sized(&mut hash, bytes),
        }
    }
    let digest = hash.finalize();
    std::array::from_fn(|index| digest[index])
}

fn update_sized(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

/// The rows of a file that are its own, by the first eight bytes of their identities, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Keys(Vec<[u8; 8]>);

impl Keys {
    /// From the record of seeds.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, sqlx::Error> {
        let (keys, rest) = bytes.as_chunks::<8>();
        if rest.is_empty() {
            Ok(Self(keys.to_vec()))
        } else {
            Err(sqlx::Error::Decode("`keys_inserted` of seed_history is no list of keys".into()))
        }
    }

    /// For the record of seeds.
    pub(super) fn to_bytes(&self) -> &[u8] {
        self.0.as_flattened()
    }

    pub(super) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    pub(super) fn contains(&self, row: &Identity) -> bool {
        self.0.binary_search(&short(row)).is_ok()
    }

    pub(super) fn add(&mut self, rows: impl IntoIterator<Item = Identity>) {
        self.0.extend(rows.into_iter().map(|row| short(&row)));
        self.0.sort_unstable();
        self.0.dedup();
    }

    pub(super) fn remove(&mut self, rows: impl IntoIterator<Item = Identity>) {
        let mut gone = Self::default();
        gone.add(rows);
        self.0.retain(|key| gone.0.binary_search(key).is_err());
    }
}

fn short(row: &Identity) -> [u8; 8] {
    std::array::from_fn(|index| row[index])
}
