//! `GET /locations/{kind}/{code}`.

use atriz_app::{Context, OrProblem, plain};
use atriz_core_http::Public;
use atriz_web::{Json, Path, Problem};
use axum::extract::State;

use super::{Kind, Location, find, shown};

/// Shows one location.
#[utoipa::path(get, path = "/locations/{kind}/{code}", tag = "locations",
    params(
        ("kind" = inline(Kind), Path, description = "What kind of place it is"),
        ("code" = String, Path, description = "ISO 3166-1 for a country; GeoNames' own for regions and cities"),
    ),
    extensions(("x-public" = json!(true))),
    responses((status = 200, body = Location)))]
pub(super) async fn show(
    _: Public,
    State(context): State<Context>,
    Path((kind, code)): Path<(String, String)>,
) -> Result<Json<Location>, Problem> {
    // Read by hand, since an error of the path's own does not tell which of the two it is about.
    let named = || Problem::invalid_parameter("kind", "must be country, region or city");
    let kind = Kind::parse(&kind).ok_or_else(named)?;
    let row = find(&context, kind, plain("code", &code, 100)?).await?.ok_or_else(Problem::not_found)?;
    let shown = shown(context.database.read(), vec![row]).await.or_problem()?;
    shown.into_iter().next().map(Json).ok_or_else(Problem::not_found)
}
