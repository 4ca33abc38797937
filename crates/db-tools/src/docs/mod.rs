//! One page per database: its tables with everything that hangs on them, and a picture of them.
//!
//! What a page says is read from scratch databases that the migrations were replayed on, never from the files and never
//! from a database in use; the comments are those of PostgreSQL. The same migrations always give the same pages.

mod diagram;
mod error;
mod folder;
mod index;
mod links;
mod markdown;
mod objects;
mod page;
mod table;
mod words;

use std::path::PathBuf;
use std::sync::Arc;

use atriz_db::{Catalog, Descriptor};
use tokio::task::JoinSet;

use crate::check::replay;
use crate::scratch::Server;
pub use error::DocsError;
pub use folder::{Docs, Page, Standing};

/// What to write.
#[derive(Clone, Debug)]
pub struct DocsRequest {
    /// All databases: those that refer to one stand on its page too.
    pub catalog: Catalog,
    /// Those whose pages are wanted.
    pub databases: Vec<Arc<Descriptor>>,
    /// Where the pages stand.
    pub folder: PathBuf,
    /// The server for PostgreSQL; that of [`Server::open`] where none is given.
    pub server: Option<Arc<Server>>,
}

/// Makes the pages and compares them with those in the folder. Nothing is written before [`Docs::write`].
///
/// # Errors
///
/// [`DocsError`]: no scratch database, a folder that does not replay, or files that cannot be read.
pub async fn docs(request: DocsRequest) -> Result<Docs, DocsError> {
    let DocsRequest { catalog, databases, folder, server } = request;
    let server = match server {
        Some(server) => server,
        None => Server::open().await?,
    };
    let mut tasks = JoinSet::new();
    for database in databases {
        let (catalog, server) = (catalog.clone(), Arc::clone(&server));
        tasks.spawn(async move { Box::pin(page_of(&database, &catalog, &server)).await });
    }
    let mut texts = vec![("README.md".to_owned(), index::text(&catalog))];
    while let Some(joined) = tasks.join_next().await {
        texts.push(joined.map_err(|error| DocsError::Broken { reason: error.to_string() })??);
    }
    texts.sort();
    let known: Vec<String> = catalog.databases().iter().map(|database| file_of(&database.name)).collect();
    Docs::compare(folder, texts, &known)
}

/// The file of a database's page.
fn file_of(database: &str) -> String {
    format!("{database}.md")
}

async fn page_of(
    database: &Descriptor,
    catalog: &Catalog,
    server: &Arc<Server>,
) -> Result<(String, String), DocsError> {
    let ((postgres, _), (sqlite, _)) = tokio::try_join!(replay(database, Some(server)), replay(database, None))?;
    let page = page::PageOf { database, catalog, schema: &postgres, sqlite: &sqlite };
    Ok((file_of(&database.name), page.text()))
}
