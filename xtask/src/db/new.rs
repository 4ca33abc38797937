//! `cargo xtask db new`.

use atriz_db::migrate::scaffold;
use atriz_kernel::{Clock as _, SystemClock};
use clap::Args;

use crate::error::Failure;
use crate::output;
use crate::workspace::{RunOptions, Workspace};

/// What to write.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cargo xtask db new pshop add_products_weight --schema catalog\n  \
                        cargo xtask db new pshop products --seed")]
pub(crate) struct NewArguments {
    /// The database
    #[arg(value_name = "DB")]
    database: String,
    /// What the migration does, such as `add_products_weight`; with --seed the table
    #[arg(value_name = "NAME")]
    name: String,
    /// The PostgreSQL schema it is about
    #[arg(long)]
    schema: Option<String>,
    /// Write an empty seed file instead
    #[arg(long, conflicts_with = "schema")]
    seed: bool,
}

pub(crate) fn run(arguments: &NewArguments) -> Result<(), Failure> {
    let workspace = Workspace::load(RunOptions::default())?;
    let database = workspace.fleet.catalog.get(&arguments.database)?;
    let root = workspace.fleet.configuration.root.clone().unwrap_or_default();
    if !scaffold::is_name(&arguments.name) {
        return Err(Failure::user(
            format!("`{}` is not a name for a file", arguments.name),
            "use lower-case words joined by `_`, such as add_products_weight",
        ));
    }
    if let Some(schema) = arguments.schema.as_ref().filter(|schema| !database.schemas.contains(schema)) {
        let known = database.schemas.join(", ");
        return Err(Failure::user(
            format!("database `{}` has no schema `{schema}`", database.name),
            format!("its schemas are: {known}"),
        ));
    }
    let written = if arguments.seed {
        if database.table(&arguments.name).is_none() {
            return Err(Failure::user(
                format!("database `{}` has no table `{}`", database.name, arguments.name),
                "name the table that the rows are for",
            ));
        }
        scaffold::new_seed(&root.join("seeds").join(&database.name), &arguments.name).map(|path| vec![path])
    } else {
        let folder = root.join("migrations").join(&database.name);
        scaffold::new_migration(&folder, &arguments.name, arguments.schema.as_deref(), SystemClock.now())
    };
    let written = written
        .map_err(|error| Failure::user(format!("the files cannot be written: {error}"), "check the folder's rights"))?;
    for path in written {
        output::data(&path.strip_prefix(&root).unwrap_or(&path).display().to_string());
    }
    Ok(())
}
