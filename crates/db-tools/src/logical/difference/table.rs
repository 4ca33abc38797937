//! Tables that both sides have.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Difference, DifferenceKind as Kind, Object, Sides, keys, words};
use crate::logical::{Column, Source, Table, Trigger};

pub(super) fn compare(name: &str, left: &Table, right: &Table, sides: Sides, found: &mut Vec<Difference>) {
    let mut pair = Pair { name, left, right, sides, found };
    pair.schema();
    pair.columns();
    pair.primary_key();
    if sides.has(Source::Entities) {
        keys::by_columns(&mut pair);
        return;
    }
    pair.order();
    keys::by_name(&mut pair);
    pair.trigger_names();
    pair.triggers();
}

/// One table as two sides say it.
pub(super) struct Pair<'a> {
    pub(super) name: &'a str,
    pub(super) left: &'a Table,
    pub(super) right: &'a Table,
    pub(super) sides: Sides,
    found: &'a mut Vec<Difference>,
}

impl Pair<'_> {
    pub(super) fn tell(&mut self, kind: Kind, object: Object, left: Option<String>, right: Option<String>) {
        self.found.push(Difference { kind, object, left, right });
    }

    /// Tells it only where the sides differ.
    fn differ(&mut self, kind: Kind, object: &Object, left: Option<String>, right: Option<String>) {
        if left != right {
            self.tell(kind, object.clone(), left, right);
        }
    }

    /// SQLite has no schemas.
    fn schema(&mut self) {
        let (left, right) = (self.left, self.right);
        if !left.schema.is_empty() && !right.schema.is_empty() {
            let side = |table: &Table| Some(table.schema.clone());
            self.differ(Kind::SchemaDiffers, &Object::table(self.name), side(left), side(right));
        }
    }

    fn columns(&mut self) {
        let (left, right) = (self.left, self.right);
        let others: HashMap<&str, &Column> =
            right.columns.iter().map(|column| (column.name.as_str(), column)).collect();
        let own: BTreeSet<&str> = left.columns.iter().map(|column| column.name.as_str()).collect();
        for column in &left.columns {
            match others.get(column.name.as_str()) {
                Some(other) => self.column(column, other),
                None => self.missing(column, true),
            }
        }
        for column in right.columns.iter().filter(|column| !own.contains(column.name.as_str())) {
            self.missing(column, false);
        }
    }

    fn missing(&mut self, column: &Column, is_left: bool) {
        let (object, there) = (Object::of("column", self.name, &column.name), Some(words::column(column)));
        let (left, right) = if is_left { (there, None) } else { (None, there) };
        self.tell(Kind::ColumnMissing, object, left, right);
    }

    fn column(&mut self, left: &Column, right: &Column) {
        let object = Object::of("column", self.name, &left.name);
        let sides = self.sides;
        let same_type = left.kind.is_like(sides.left, &right.kind, sides.right);
        if !same_type {
            let (one, other) = (left.kind.to_string(), right.kind.to_string());
            self.tell(Kind::TypeDiffers, object.clone(), Some(one), Some(other));
        }
        let nullable = |column: &Column| Some(if column.nullable { "null" } else { "not null" }.to_owned());
        self.differ(Kind::NullableDiffers, &object, nullable(left), nullable(right));
        if same_type || plain(left) != plain(right) {
            self.differ(Kind::DefaultDiffers, &object, left.default.clone(), right.default.clone());
        }
        let generated = |column: &Column| column.generated.as_ref().map(words::generated);
        if !sides.has(Source::Entities) {
            self.differ(Kind::GeneratedDiffers, &object, generated(left), generated(right));
            self.differ(Kind::CollationDiffers, &object, left.collation.clone(), right.collation.clone());
        }
        self.identity(left, right, &object);
    }

    /// SQLite numbers every single integer key, wanted or not.
    fn identity(&mut self, left: &Column, right: &Column, object: &Object) {
        let sides = self.sides;
        let agree = if sides.has(Source::Sqlite) {
            let (given, wants) = if sides.left == Source::Sqlite { (left, right) } else { (right, left) };
            given.identity || !wants.identity
        } else {
            left.identity == right.identity
        };
        if !agree {
            let words = |column: &Column| Some(if column.identity { "numbered" } else { "not numbered" }.to_owned());
            self.tell(Kind::IdentityDiffers, object.clone(), words(left), words(right));
        }
    }

    fn primary_key(&mut self) {
        let object = Object::primary_key(self.name);
        let (left, right) = (self.left.primary_key.as_ref(), self.right.primary_key.as_ref());
        self.differ(Kind::PrimaryKeyDiffers, &object, left.map(words::primary_key), right.map(words::primary_key));
        if self.sides.has(Source::Entities) || left.map(|key| &key.columns) != right.map(|key| &key.columns) {
            return;
        }
        let name = |key: Option<&crate::logical::PrimaryKey>| key.and_then(|key| key.name.clone());
        let (left, right) = (name(left), name(right));
        if left.is_some() && right.is_some() {
            self.differ(Kind::NameDiffers, &object, left, right);
        }
    }

    fn order(&mut self) {
        let common = |own: &Table, other: &Table| -> Vec<String> {
            let there: BTreeSet<&str> = other.columns.iter().map(|column| column.name.as_str()).collect();
            let names = own.columns.iter().map(|column| column.name.clone());
            names.filter(|name| there.contains(name.as_str())).collect()
        };
        let (left, right) = (common(self.left, self.right), common(self.right, self.left));
        if left != right {
            let object = Object::table(self.name);
            self.tell(Kind::OrderDiffers, object, Some(left.join(", ")), Some(right.join(", ")));
        }
    }

    /// Triggers that only one side calls so, for all that one of the other side is for.
    fn trigger_names(&mut self) {
        let (left, right) = (self.left, self.right);
        let telling = |name: &String, trigger: &Trigger| {
            trigger.purposes.iter().all(|purpose| !purpose.starts_with(name.as_str()))
        };
        let alone = |own: &'_ Table, other: &Table| -> Vec<(String, Trigger)> {
            let own =
                own.triggers.iter().filter(|(name, one)| !other.triggers.contains_key(*name) && telling(name, one));
            own.map(|(name, one)| (name.clone(), one.clone())).collect()
        };
        let mut others = alone(right, left);
        for (name, trigger) in alone(left, right) {
            let twin = others.iter().position(|(_, other)| other.purposes == trigger.purposes);
            if let Some((other, _)) = twin.map(|place| others.remove(place)) {
                self.tell(Kind::NameDiffers, Object::of("trigger", self.name, &name), Some(name), Some(other));
            }
        }
    }

    fn triggers(&mut self) {
        let (left, right) = (self.left, self.right);
        let (mut alone, others) = (unserved(left, right), unserved(right, left));
        for (name, other) in others {
            let object = Object::of("trigger", self.name, name);
            match alone.remove(name) {
                Some(own) => {
                    let (own, other) = (own.join(", "), other.join(", "));
                    self.tell(Kind::TriggerDiffers, object, Some(own), Some(other));
                }
                None => {
                    for purpose in other {
                        self.tell(Kind::TriggerMissing, object.clone(), None, Some(purpose));
                    }
                }
            }
        }
        for (name, own) in alone {
            for purpose in own {
                self.tell(Kind::TriggerMissing, Object::of("trigger", self.name, name), Some(purpose), None);
            }
        }
    }
}

/// The purposes of one table's triggers that no trigger of the other serves.
fn unserved<'a>(own: &'a Table, other: &Table) -> BTreeMap<&'a str, Vec<String>> {
    let served: BTreeSet<&String> = other.triggers.values().flat_map(|trigger| &trigger.purposes).collect();
    let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, trigger) in &own.triggers {
        let purposes = trigger.purposes.iter().filter(|purpose| !served.contains(purpose));
        let words = |purpose: &String| if purpose == name { "there".to_owned() } else { purpose.clone() };
        found.entry(name).or_default().extend(purposes.map(words));
    }
    found.retain(|_, purposes| !purposes.is_empty());
    found
}

/// The default, whatever the type makes of `true` and `false`.
fn plain(column: &Column) -> Option<&str> {
    match column.default.as_deref() {
        Some("true") => Some("1"),
        Some("false") => Some("0"),
        other => other,
    }
}
