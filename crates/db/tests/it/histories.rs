//! Random folders against random databases, and random walks there and back.

use std::collections::{BTreeMap, BTreeSet};

use atriz_db::migrate::{
    ALGORITHM, Body, Directives, Folder, Limit, Migration, MigrationError, Mode, OutOfOrder, Script, Standing, State,
    Statements, Tolerance,
};
use atriz_db::{AppliedRecord, Engine, Session, Snapshot, TRACKING_TABLES};
use atriz_testing::{TestFleet, Workspace, execute, texts};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::yes;

/// How one version stands: whether the folder has it, and what the database says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Record {
    None,
    Ours,
    Foreign,
    Edited,
    OtherAlgorithm,
}

fn version(number: usize) -> String {
    format!("202601010000{number:02}_step")
}

fn script() -> Box<Script> {
    Box::new(Script {
        path: String::new(),
        directives: Directives::default(),
        mode: Mode::Transaction,
        statements: Statements::default(),
        checksum: "now".to_owned(),
        raw_hash: String::new(),
    })
}

fn folder(world: &[(bool, Record)]) -> Folder {
    let there = world.iter().enumerate().filter(|(_, (there, _))| *there);
    let migration = |number| Migration { version: version(number), body: Body::Sql { up: script(), down: script() } };
    Folder { label: "folder".to_owned(), migrations: there.map(|(number, _)| migration(number)).collect() }
}

fn snapshot(world: &[(bool, Record)]) -> Snapshot {
    let record = |checksum: &str, algorithm: &str| AppliedRecord {
        applied_at: 0,
        checksum: Some(checksum.to_owned()),
        algorithm: Some(algorithm.to_owned()),
        sequence: Some(1),
    };
    let mut applied = BTreeMap::new();
    for (number, (_, stands)) in world.iter().enumerate() {
        let record = match stands {
            Record::None => continue,
            Record::Ours => record("now", ALGORITHM),
            Record::Edited => record("then", ALGORITHM),
            Record::OtherAlgorithm => record("then", "another-1"),
            Record::Foreign => AppliedRecord { applied_at: 0, checksum: None, algorithm: None, sequence: None },
        };
        applied.insert(version(number), record);
    }
    Snapshot { applied, tracked: true, ..Snapshot::default() }
}

fn world() -> impl Strategy<Value = Vec<(bool, Record)>> {
    let record = prop_oneof![
        3 => Just(Record::None),
        4 => Just(Record::Ours),
        1 => Just(Record::Foreign),
        1 => Just(Record::Edited),
        1 => Just(Record::OtherAlgorithm),
    ];
    vec((prop::bool::weighted(0.8), record), 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn what_is_pending_is_the_difference_of_sets(world in world()) {
        let state = State::of(&folder(&world), &snapshot(&world));
        let versions = |wanted: &dyn Fn(bool, Record) -> bool| -> BTreeSet<String> {
            let found = world.iter().enumerate().filter(|(_, (there, record))| wanted(*there, *record));
            found.map(|(number, _)| version(number)).collect()
        };
        let standing = |standing| state.versions(standing).into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
        let files = versions(&|there, _| there);
        let applied = versions(&|_, record| record != Record::None);
        let pending: Vec<String> = files.difference(&applied).cloned().collect();
        prop_assert_eq!(state.pending(), pending.iter().map(String::as_str).collect::<Vec<_>>());
        prop_assert_eq!(state.applied(), applied.len());
        let unknown: BTreeSet<_> = applied.difference(&files).cloned().collect();
        let edited = versions(&|there, record| there && record == Record::Edited);
        prop_assert_eq!(standing(Standing::Unknown), unknown.clone());
        prop_assert_eq!(standing(Standing::Edited), edited.clone());
        prop_assert_eq!(standing(Standing::Foreign), versions(&|there, record| there && record == Record::Foreign));
        prop_assert_eq!(state.is_current(), pending.is_empty() && unknown.is_empty() && edited.is_empty());

        let newest = applied.last();
        let late = pending.first().filter(|first| newest.is_some_and(|newest| *first < newest));
        prop_assert_eq!(state.out_of_order(), late.and_then(|late| Some((late.as_str(), newest?.as_str()))));

        for (out_of_order, ignore_unknown) in [(OutOfOrder::Refuse, false), (OutOfOrder::Refuse, true), (OutOfOrder::Warn, true), (OutOfOrder::Allow, false)] {
            let refused = match state.check("core", Tolerance { out_of_order, ignore_unknown }) {
                Ok(()) => "nothing",
                Err(MigrationError::Unknown { .. }) => "unknown",
                Err(MigrationError::Edited { .. }) => "edited",
                Err(MigrationError::OutOfOrder { .. }) => "order",
                Err(other) => panic!("{other}"),
            };
            let expected = if !unknown.is_empty() && !ignore_unknown {
                "unknown"
            } else if !edited.is_empty() {
                "edited"
            } else if late.is_some() && out_of_order == OutOfOrder::Refuse {
                "order"
            } else {
                "nothing"
            };
            prop_assert_eq!(refused, expected);
        }
    }
}

/// How many migrations the walks have.
const STEPS: usize = 6;

/// What a walk does next; numbers are taken modulo of what there is.
#[derive(Clone, Copy, Debug)]
enum Move {
    MigrateTo(usize),
    MigrateAll,
    RollbackCount(usize),
    RollbackTo(usize),
    /// A migration that was not in the folder so far arrives.
    Arrive(usize),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let next = prop_oneof![
        (0..STEPS).prop_map(Move::MigrateTo),
        Just(Move::MigrateAll),
        (0..4_usize).prop_map(Move::RollbackCount),
        (0..STEPS).prop_map(Move::RollbackTo),
        (0..STEPS).prop_map(Move::Arrive),
    ];
    vec(next, 5..12)
}

/// A way there, and back. All but the first change what the first one makes, so their order can be seen.
fn step(number: usize) -> (String, String) {
    if number == 0 {
        return ("CREATE TABLE base (a INTEGER);".to_owned(), "DROP TABLE base;".to_owned());
    }
    let alone = if number == 3 { "-- atriz: no-transaction\n" } else { "" };
    let up = format!(
        "{alone}ALTER TABLE base ADD COLUMN c{number} TEXT;\nCREATE TABLE t{number} (a INTEGER, b TEXT);\n\
         CREATE INDEX idx_t{number}_a ON t{number} (a);\n\
         CREATE TRIGGER trg_t{number}_base AFTER INSERT ON t{number} BEGIN INSERT INTO base (a) VALUES (NEW.a); END;"
    );
    let down = format!("{alone}DROP TABLE t{number};\nALTER TABLE base DROP COLUMN c{number};");
    (up, down)
}

/// The schema, but for what the toolkit keeps for itself.
async fn dump(session: &Session) -> Vec<String> {
    let own: Vec<String> = TRACKING_TABLES.iter().map(|table| format!("'{table}'")).collect();
    let sql = format!(
        "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema \
         WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND tbl_name NOT IN ({}) ORDER BY 1",
        own.join(", ")
    );
    texts(&session.connection, &sql).await
}

/// The schema of a database where these ran one after another, without the toolkit.
async fn replayed(applied: &[usize]) -> Vec<String> {
    let workspace = Workspace::new();
    let test = TestFleet::created(Engine::Sqlite, vec![workspace.descriptor("core")]).await;
    let session = test.session("core").await;
    for number in applied {
        execute(&session.connection, &step(*number).0).await.unwrap();
    }
    dump(&session).await
}

/// A database on a walk, beside what it should have become.
struct Walk {
    workspace: Workspace,
    test: TestFleet,
    there: BTreeSet<usize>,
    /// In the order of application.
    applied: Vec<usize>,
}

impl Walk {
    async fn begin() -> Self {
        let workspace = Workspace::new();
        let mut test = TestFleet::created(Engine::Sqlite, vec![workspace.descriptor("core")]).await;
        test.context.tolerance.out_of_order = OutOfOrder::Allow;
        let mut walk = Self { workspace, test, there: BTreeSet::new(), applied: Vec::new() };
        for number in [0, 2, 5] {
            walk.arrive(number);
        }
        walk
    }

    fn arrive(&mut self, number: usize) {
        let (up, down) = step(number);
        self.workspace.migration("core", &version(number), &up, &down);
        self.there.insert(number);
    }

    async fn migrate(&mut self, limit: Limit, last: usize) {
        let pending: Vec<_> =
            self.there.iter().copied().filter(|number| *number <= last && !self.applied.contains(number)).collect();
        let reports = self.test.migrate_to(&limit).await.unwrap();
        assert!(reports[0].is_done(), "{reports:#?}");
        assert_eq!(reports[0].applied, pending.iter().copied().map(version).collect::<Vec<_>>());
        self.applied.extend(pending);
    }

    async fn roll_back(&mut self, limit: Limit, keep: usize) {
        let back = self.test.fleet.rollback("core", &limit, &yes(), &self.test.context).await.unwrap();
        let expected: Vec<_> = self.applied.drain(keep..).rev().map(version).collect();
        assert_eq!(back.reverted, expected);
    }

    async fn go(&mut self, next: Move) {
        match next {
            Move::Arrive(number) => self.arrive(number),
            Move::MigrateAll => self.migrate(Limit::All, STEPS).await,
            Move::MigrateTo(number) => {
                let last = *self.there.range(..=number).next_back().unwrap();
                self.migrate(Limit::To(version(last)), last).await;
            }
            Move::RollbackCount(count) => {
                let keep = self.applied.len().saturating_sub(count);
                self.roll_back(Limit::Count(count), keep).await;
            }
            Move::RollbackTo(number) if !self.applied.is_empty() => {
                let at = number % self.applied.len();
                self.roll_back(Limit::To(version(self.applied[at])), at + 1).await;
            }
            Move::RollbackTo(_) => self.roll_back(Limit::All, 0).await,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, max_shrink_iters: 20, ..ProptestConfig::with_cases(20) })]

    #[test]
    fn going_back_undoes_going_there(moves in moves()) {
        atriz_testing::run(Engine::Sqlite, "histories::going_back_undoes_going_there", async |_| {
            let mut walk = Walk::begin().await;
            let session = walk.test.session("core").await;
            // Half of them begin where what arrives is late.
            if moves.len() % 2 == 0 {
                walk.go(Move::MigrateAll).await;
            }
            for next in moves {
                walk.go(next).await;
                assert_eq!(dump(&session).await, replayed(&walk.applied).await, "after {next:?}");
            }
        });
    }
}
