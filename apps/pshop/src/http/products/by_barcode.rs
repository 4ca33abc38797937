//! `GET /products/by-barcode/{code}`.

use atriz_app::{Context, OrProblem, plain};
use atriz_core_http::Public;
use atriz_web::{Json, Path, Problem, Query};
use axum::extract::State;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::stores::meant;
use super::view::Product;
use crate::entity::catalog::{product_barcodes, products};

/// In which store a code was scanned.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ScanQuery {
    /// The code of the store; may be left out where there is only one.
    #[param(example = "demo")]
    store: Option<String>,
}

/// What a barcode stands for.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Scanned {
    barcode: String,
    /// How much one scan stands for, in thousandths of a unit: 6000 for a box of six.
    #[schema(example = 1000)]
    quantity_milli: i64,
    product: Product,
}

/// Finds the product that a barcode stands for.
#[utoipa::path(get, path = "/products/by-barcode/{code}", tag = "products",
    params(("code" = String, Path, description = "The code as the scanner reads it"), ScanQuery),
    extensions(("x-public" = json!(true))),
    responses((status = 200, body = Scanned)))]
pub(super) async fn by_barcode(
    _: Public,
    State(context): State<Context>,
    Path(code): Path<String>,
    Query(query): Query<ScanQuery>,
) -> Result<Json<Scanned>, Problem> {
    let key = plain("code", &code, 100)?.to_owned();
    let store = meant(&context, query.store.as_deref()).await?;
    let found = product_barcodes::Entity::find_by_id((store.id, key))
        .find_also_related(products::Entity)
        .filter(products::Column::DeletedAt.is_null())
        .one(context.database.read())
        .await
        .or_problem()?;
    let Some((barcode, Some(product))) = found else { return Err(Problem::not_found()) };
    let (product, quantity_milli) = (Product::of(product, &store), barcode.pack_qty);
    Ok(Json(Scanned { barcode: barcode.barcode, quantity_milli, product }))
}
