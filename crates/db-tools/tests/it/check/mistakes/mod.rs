//! A table of seeded mistakes: each is caught by exactly these lines, and its mend makes it go away.

mod columns;
mod constraints;
mod engine;
mod indexes;
mod of_entities;
mod refused_mends;
mod rest;
mod triggers;

use super::{Seeded, lines, seeded};
use atriz_db::Engine;
use atriz_db::catalog::TableModel;
use futures_util::{StreamExt as _, stream};

/// A mistake.
struct Mistake {
    what: &'static str,
    seeded: Seeded,
    /// The lines that tell of it.
    told: &'static [&'static str],
    /// Whether a person must write the mend.
    by_hand: bool,
}

type Edits = &'static [(&'static str, &'static str)];

fn on(what: &'static str, engine: Engine, edits: Edits, told: &'static [&'static str]) -> Mistake {
    let (postgres, sqlite) = match engine {
        Engine::Postgres => (edits.to_vec(), Vec::new()),
        Engine::Sqlite => (Vec::new(), edits.to_vec()),
    };
    Mistake { what, seeded: Seeded { postgres, sqlite, ..Seeded::default() }, told, by_hand: false }
}

fn entities(what: &'static str, edit: fn(&mut Vec<TableModel>), told: &'static [&'static str]) -> Mistake {
    Mistake { what, seeded: Seeded { entities: Some(edit), ..Seeded::default() }, told, by_hand: false }
}

impl Mistake {
    /// The same in the folder of SQLite, in its words.
    fn beside(mut self, from: &'static str, to: &'static str) -> Self {
        self.seeded.sqlite.push((from, to));
        self
    }

    fn by_hand(self) -> Self {
        Self { by_hand: true, ..self }
    }

    /// What is wrong with how it is caught; nothing where all is well.
    async fn fault(&self) -> Option<String> {
        let workspace = self.seeded.workspace();
        let found = match seeded(&self.seeded, &workspace).await {
            Ok(checked) => checked.findings,
            Err(error) => return Some(format!("{}: {error}", self.what)),
        };
        let mends: Vec<&String> = found.iter().flat_map(|finding| &finding.mend).collect();
        if lines(&found) != self.told {
            return Some(format!("{}: {:#?}, mended by {mends:#?}", self.what, lines(&found)));
        }
        if found.iter().any(|finding| finding.mend.is_empty()) {
            return Some(format!("{}: no mend", self.what));
        }
        if self.by_hand {
            return None;
        }
        Seeded::mend(&workspace, &found);
        match seeded(&self.seeded, &workspace).await {
            Ok(checked) if checked.findings.is_empty() => None,
            Ok(checked) => Some(format!("{}: behind {mends:#?} still {:#?}", self.what, lines(&checked.findings))),
            Err(error) => Some(format!("{}: {error} in {mends:#?}", self.what)),
        }
    }
}

#[test]
fn each_is_caught_and_mended() {
    atriz_testing::run(Engine::Postgres, "check::mistakes", async |_| {
        let all: Vec<Mistake> = [
            columns::all(),
            indexes::all(),
            constraints::all(),
            rest::all(),
            triggers::all(),
            engine::all(),
            refused_mends::all(),
            of_entities::all(),
        ]
        .into_iter()
        .flatten()
        .collect();
        assert!(all.len() >= 40, "{} mistakes", all.len());
        let faults = stream::iter(&all).map(Mistake::fault).buffer_unordered(6).filter_map(async |fault| fault);
        let faults: Vec<String> = faults.collect().await;
        assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), all.len(), faults.join("\n\n"));
    });
}
