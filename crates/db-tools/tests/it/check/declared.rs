//! Differences that must be.

use atriz_db::Engine;
use atriz_testing::Workspace;

use super::{Seeded, lines, seeded};

const FILE: &str = "migrations/core/differences.toml";
const LOST: [(&str, &str); 1] = [("CREATE INDEX idx_things_lower_code ON things (lower(code));", "")];

fn entry(object: &str, kind: &str, rest: &str) -> String {
    format!("[[difference]]\nobject = \"{object}\"\nkind = \"{kind}\"\n{rest}\n")
}

async fn found(declared: &str) -> Vec<String> {
    let mistake = Seeded { sqlite: LOST.to_vec(), ..Seeded::default() };
    let workspace: Workspace = mistake.workspace();
    workspace.file(FILE, declared);
    lines(&seeded(&mistake, &workspace).await.unwrap().findings)
        .into_iter()
        .map(|line| line.replace(workspace.root().to_str().unwrap(), "…"))
        .collect()
}

#[test]
fn a_declared_difference_is_silent_and_an_odd_declaration_is_not() {
    atriz_testing::run(Engine::Postgres, "check::declared", async |_| {
        const LINE: &str = "index things.idx_things_lower_code, index missing: postgres (lower(code)); sqlite nothing";
        let index = "index things.idx_things_lower_code";
        let declared = entry(index, "index_missing", "why = \"nobody looks for codes on SQLite\"");
        assert_eq!(found(&declared).await, Vec::<String>::new());

        let exact = entry(index, "index_missing", "why = \"so\"\npostgres = \"(lower(code))\"");
        assert_eq!(found(&exact).await, Vec::<String>::new());
        let another = entry(index, "index_missing", "why = \"so\"\npostgres = \"(upper(code))\"");
        assert_eq!(found(&another).await.len(), 2);

        let silent = entry(index, "index_missing", "why = \" \"");
        assert_eq!(
            found(&silent).await,
            [format!("{index}, declaration without reason: …/migrations/core/differences.toml:1 index_missing")]
        );

        let unused = declared.clone() + &entry("column things.note", "column_missing", "why = \"it was so once\"");
        assert_eq!(
            found(&unused).await,
            ["column things.note, declaration unused: …/migrations/core/differences.toml:5 column_missing"]
        );

        let twice = declared.clone() + &declared;
        assert_eq!(
            found(&twice).await,
            [format!("{index}, declaration twice: …/migrations/core/differences.toml:5 index_missing, as in line 1")]
        );
        let narrower = declared.clone() + &entry(index, "index_missing", "between = \"engines\"\nwhy = \"so\"");
        assert_eq!(found(&narrower).await.len(), 1);
        // Between others it is another difference.
        let apart = entry(index, "index_missing", "between = \"engines\"\nwhy = \"so\"")
            + &entry(index, "index_missing", "between = \"entities\"\nwhy = \"so\"");
        let unused = format!("{index}, declaration unused: …/migrations/core/differences.toml:6 index_missing");
        assert_eq!(found(&apart).await, [unused]);

        let other = entry(index, "index_missing", "between = \"entities\"\nwhy = \"no entity says it\"");
        assert_eq!(
            found(&other).await,
            [
                LINE.to_owned(),
                format!("{index}, declaration unused: …/migrations/core/differences.toml:1 index_missing")
            ]
        );
    });
}

#[test]
fn a_file_that_cannot_be_read_names_its_line() {
    atriz_testing::run(Engine::Sqlite, "check::declared_odd", async |_| {
        for (text, part) in [
            ("[[difference]]\nobject = 3\n", "line 2"),
            ("[[difference]]\nobject = \"a\"\nkind = \"b\"\nreason = \"c\"\n", "unknown field `reason`"),
            ("[[differences]]\n", "unknown field `differences`"),
            ("object", "line 1"),
        ] {
            let workspace = Seeded::default().workspace();
            workspace.file(FILE, text);
            let error = atriz_db_tools::check::declared(&workspace.descriptor("core").migrations).unwrap_err();
            assert!(error.to_string().contains(part), "{error}");
            assert!(error.to_string().contains("differences.toml"), "{error}");
            assert!(error.hint().contains("why ="), "{}", error.hint());
        }
    });
}
