//! Countries, regions and cities.

mod fold;
mod list;
mod show;

use std::collections::{BTreeSet, HashMap};

use atriz_app::{Context, Coordinates, OrProblem, plain};
use atriz_web::Problem;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::entity::master::locations::{Column, Entity, LocationKind, Model};

/// What kind of place a location is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// A country.
    Country,
    /// A first-level division of a country.
    Region,
    /// A city, town or village.
    City,
}

/// A place by its name and by what it is asked for with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct PlaceRef {
    pub(super) kind: Kind,
    #[schema(example = "2267057")]
    pub(super) code: String,
    #[schema(example = "Lisbon")]
    pub(super) name: String,
}

/// A country, a region or a city.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Location {
    id: Uuid,
    #[serde(flatten)]
    place: PlaceRef,
    /// The places it lies in, the smallest first.
    within: Vec<PlaceRef>,
    /// Null for countries and regions.
    #[schema(required)]
    coordinates: Option<Coordinates>,
    /// The time zone by its IANA name; null where there are several.
    #[schema(required)]
    time_zone: Option<String>,
    /// How many people live there; null when not known.
    #[schema(required)]
    population: Option<i64>,
}

impl Kind {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "country" => Some(Self::Country),
            "region" => Some(Self::Region),
            "city" => Some(Self::City),
            _ => None,
        }
    }
}

impl From<LocationKind> for Kind {
    fn from(kind: LocationKind) -> Self {
        match kind {
            LocationKind::Country => Self::Country,
            LocationKind::Region => Self::Region,
            LocationKind::City => Self::City,
        }
    }
}

impl From<Kind> for LocationKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Country => Self::Country,
            Kind::Region => Self::Region,
            Kind::City => Self::City,
        }
    }
}

pub(super) fn routes(context: &Context) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list::list)).routes(routes!(show::show)).with_state(context.clone())
}

/// The location of this kind and code.
async fn find(context: &Context, kind: Kind, code: &str) -> Result<Option<Model>, Problem> {
    let query = Entity::find().filter(Column::Kind.eq(LocationKind::from(kind))).filter(Column::Code.eq(code));
    query.one(context.database.read()).await.or_problem()
}

/// The location that a parameter names as `kind/code`.
///
/// # Errors
///
/// A 400 that names the parameter when there is no such location.
pub(super) async fn named(context: &Context, field: &'static str, name: &str) -> Result<Model, Problem> {
    let parts = plain(field, name, 100)?.split_once('/').and_then(|(word, code)| Some((Kind::parse(word)?, code)));
    let (kind, code) =
        parts.ok_or_else(|| Problem::invalid_parameter(field, "must be `country/…`, `region/…` or `city/…`"))?;
    find(context, kind, code).await?.ok_or_else(|| Problem::invalid_parameter(field, "names no location"))
}

/// The names of places by what they are asked for with.
type Names = HashMap<(Kind, String), String>;

/// The rows as they are shown, with the places around them, which are read at once for all.
async fn shown(connection: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<Location>, DbErr> {
    let codes = |wanted| rows.iter().flat_map(|row| around(&row.path)).filter(move |(kind, _)| *kind == wanted);
    let mut wanted = Condition::any();
    for kind in [LocationKind::Country, LocationKind::Region] {
        let codes: BTreeSet<_> = codes(kind).map(|(_, code)| code).collect();
        if !codes.is_empty() {
            wanted = wanted.add(Column::Kind.eq(kind).and(Column::Code.is_in(codes)));
        }
    }
    if wanted.is_empty() {
        return Ok(rows.into_iter().map(|row| location(row, &Names::new())).collect());
    }
    let query = Entity::find().select_only().columns([Column::Kind, Column::Code, Column::Name]).filter(wanted);
    let names = query.into_tuple::<(LocationKind, String, String)>().all(connection).await?;
    let names: Names = names.into_iter().map(|(kind, code, name)| ((kind.into(), code), name)).collect();
    Ok(rows.into_iter().map(|row| location(row, &names)).collect())
}

/// The places around one, the smallest first: the path says which they are, such as `/PT/PT.14/2267057/`.
fn around(path: &str) -> impl Iterator<Item = (LocationKind, &str)> {
    let codes = path.trim_matches('/').rsplit_once('/').map(|(above, _)| above);
    let kinds = [LocationKind::Country, LocationKind::Region];
    let mut above: Vec<_> = codes.into_iter().flat_map(|codes| codes.split('/').zip(kinds)).collect();
    above.reverse();
    above.into_iter().map(|(code, kind)| (kind, code))
}

fn location(row: Model, names: &Names) -> Location {
    let within = around(&row.path).filter_map(|(kind, code)| {
        let (kind, code) = (Kind::from(kind), code.to_owned());
        let name = names.get(&(kind, code.clone()))?.clone();
        Some(PlaceRef { kind, code, name })
    });
    Location {
        id: row.id,
        within: within.collect(),
        place: PlaceRef { kind: row.kind.into(), code: row.code, name: row.name },
        coordinates: Coordinates::of(row.lat_e7, row.lon_e7),
        time_zone: row.tz,
        population: row.population,
    }
}
