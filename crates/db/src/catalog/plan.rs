//! The catalog and the order of work: a topological sort of `after`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{CatalogError, Descriptor};

/// All databases that a program knows, in dependency order.
#[derive(Clone, Debug)]
pub struct Catalog {
    databases: Vec<Arc<Descriptor>>,
}

/// The databases of one run, in dependency order.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is worked on, every database behind those it comes after.
    pub databases: Vec<Arc<Descriptor>>,
}

impl Catalog {
    /// Checks and orders the databases.
    ///
    /// # Errors
    ///
    /// A duplicate name, an unknown `after`, or a circle.
    pub fn new(databases: Vec<Descriptor>) -> Result<Self, CatalogError> {
        let mut by_name: BTreeMap<String, Arc<Descriptor>> = BTreeMap::new();
        let mut declared = Vec::new();
        for database in databases {
            let name = database.name.clone();
            declared.push(name.clone());
            if by_name.insert(name.clone(), Arc::new(database)).is_some() {
                return Err(CatalogError::Duplicate { database: name });
            }
        }
        for database in by_name.values() {
            if let Some(after) = database.after.iter().find(|after| !by_name.contains_key(*after)) {
                return Err(CatalogError::UnknownAfter { database: database.name.clone(), after: after.clone() });
            }
        }
        let mut sort = Sort { by_name: &by_name, state: HashMap::new(), trail: Vec::new(), sorted: Vec::new() };
        for name in &declared {
            sort.visit(name)?;
        }
        Ok(Self { databases: sort.sorted })
    }

    /// All databases, in dependency order.
    pub fn databases(&self) -> &[Arc<Descriptor>] {
        &self.databases
    }

    /// The database of this name.
    ///
    /// # Errors
    ///
    /// [`CatalogError::Unknown`], which suggests the nearest name.
    pub fn get(&self, name: &str) -> Result<&Arc<Descriptor>, CatalogError> {
        self.databases.iter().find(|database| database.name == name).ok_or_else(|| self.unknown(name))
    }

    /// The plan for these names, or for all databases when there are none.
    ///
    /// # Errors
    ///
    /// [`CatalogError::Unknown`].
    pub fn plan(&self, names: &[String]) -> Result<Plan, CatalogError> {
        let mut wanted = BTreeSet::new();
        for name in names {
            wanted.insert(self.get(name)?.name.as_str());
        }
        let chosen = |database: &&Arc<Descriptor>| names.is_empty() || wanted.contains(database.name.as_str());
        Ok(Plan { databases: self.databases.iter().filter(chosen).cloned().collect() })
    }

    /// The plan for these names and everything they come after.
    ///
    /// # Errors
    ///
    /// [`CatalogError::Unknown`].
    pub fn plan_with_dependencies(&self, names: &[String]) -> Result<Plan, CatalogError> {
        let mut wanted: Vec<String> = names.to_vec();
        let mut next = 0;
        while let Some(name) = wanted.get(next) {
            let after = self.get(name)?.after.clone();
            wanted.extend(after.into_iter().filter(|name| !wanted.contains(name)).collect::<Vec<_>>());
            next += 1;
        }
        self.plan(&wanted)
    }

    /// The databases that come after `name`, directly or through others.
    pub fn dependants(&self, name: &str) -> Vec<Arc<Descriptor>> {
        let mut found: BTreeSet<&str> = BTreeSet::from([name]);
        let mut dependants = Vec::new();
        for database in &self.databases {
            if database.after.iter().any(|after| found.contains(after.as_str())) {
                found.insert(&database.name);
                dependants.push(Arc::clone(database));
            }
        }
        dependants
    }

    fn unknown(&self, name: &str) -> CatalogError {
        let known: Vec<String> = self.databases.iter().map(|database| database.name.clone()).collect();
        let nearest = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
        CatalogError::Unknown { name: name.to_owned(), nearest, known }
    }
}

/// The candidate that `name` most probably meant, if any is near.
pub(crate) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .map(|candidate| (strsim::jaro_winkler(&name.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

/// Depth-first search; the trail is the circle when a database is met again before it is done.
struct Sort<'a> {
    by_name: &'a BTreeMap<String, Arc<Descriptor>>,
    state: HashMap<String, bool>,
    trail: Vec<String>,
    sorted: Vec<Arc<Descriptor>>,
}

impl Sort<'_> {
    fn visit(&mut self, name: &str) -> Result<(), CatalogError> {
        match self.state.get(name) {
            Some(true) => return Ok(()),
            Some(false) => {
                let start = self.trail.iter().position(|step| step == name).unwrap_or(0);
                let mut circle = self.trail.split_off(start);
                circle.push(name.to_owned());
                return Err(CatalogError::Cycle { circle });
            }
            None => {}
        }
        self.state.insert(name.to_owned(), false);
        self.trail.push(name.to_owned());
        let database = Arc::clone(&self.by_name[name]);
        for after in &database.after {
            self.visit(after)?;
        }
        self.trail.pop();
        self.state.insert(name.to_owned(), true);
        self.sorted.push(database);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database(name: &str, after: &[&str]) -> Descriptor {
        after.iter().fold(Descriptor::new(name, name, name), |database, after| database.after(after))
    }

    fn names(databases: &[Arc<Descriptor>]) -> Vec<&str> {
        databases.iter().map(|database| database.name.as_str()).collect()
    }

    #[test]
    fn every_database_stands_behind_those_it_comes_after() {
        let catalog = Catalog::new(vec![
            database("shop", &["core"]),
            database("core", &[]),
            database("fleet", &["core", "shop"]),
        ])
        .unwrap();
        assert_eq!(names(catalog.databases()), ["core", "shop", "fleet"]);
        assert_eq!(names(&catalog.dependants("core")), ["shop", "fleet"]);
        assert_eq!(names(&catalog.plan(&["fleet".into()]).unwrap().databases), ["fleet"]);
        assert_eq!(names(&catalog.plan_with_dependencies(&["shop".into()]).unwrap().databases), ["core", "shop"]);
    }

    #[test]
    fn circles_unknown_names_and_duplicates_are_refused() {
        let circle = Catalog::new(vec![database("a", &["b"]), database("b", &["c"]), database("c", &["b"])]);
        assert_eq!(circle.unwrap_err(), CatalogError::Cycle { circle: vec!["b".into(), "c".into(), "b".into()] });
        assert!(matches!(Catalog::new(vec![database("a", &["x"])]), Err(CatalogError::UnknownAfter { .. })));
        assert!(matches!(
            Catalog::new(vec![database("a", &[]), database("a", &[])]),
            Err(CatalogError::Duplicate { .. })
        ));
    }

    #[test]
    fn the_nearest_name_is_suggested() {
        let catalog = Catalog::new(vec![database("core", &[]), database("mextrack", &[])]).unwrap();
        assert_eq!(catalog.get("mextrak").unwrap_err().hint(), "did you mean `mextrack`?");
        assert_eq!(catalog.get("zzz").unwrap_err().hint(), "the databases are: core, mextrack");
    }
}
