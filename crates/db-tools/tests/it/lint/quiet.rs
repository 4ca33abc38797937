//! The project itself.

use std::path::Path;

use atriz_db::{Catalog, Descriptor, Engine};
use atriz_db_tools::lint::{LintFolder, LintRequest, Since, lint};

use super::support::text;

#[tokio::test]
async fn the_projects_own_migrations_are_in_order() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = ["core", "atriz", "mextrack", "pshop"].map(|name| Descriptor::new(name, name, ""));
    let catalog = Catalog::new(named.into()).unwrap();
    let folders = catalog.databases().iter().map(|database| LintFolder::of_catalog(&catalog, database, &root));
    let request =
        LintRequest { folders: folders.collect(), engines: Engine::ALL.to_vec(), since: Since::Nothing, fix: false };
    let report = lint(&request).await.unwrap();
    assert!(report.findings.is_empty(), "{}", text(&report.findings));
    assert!(report.statements > 900, "{}", report.statements);
}
