//! The OpenAPI document at `/openapi.json`, and a page at `/docs` to browse it.
//!
//! The page is ours alone: it loads nothing from elsewhere and its policy forbids it to.

use std::collections::{BTreeMap, HashMap};

use axum::Router;
use axum::http::header::{self, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Components, InfoBuilder, OpenApi, PathItem, Ref, RefOr, Response as Described};
use utoipa::{PartialSchema, ToSchema};

use crate::etag::Cached;
use crate::problem::{Problem, schema};
use crate::version::Version;

const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Names the app in the document and adds what holds for every operation.
pub(crate) fn complete(api: &mut OpenApi, app: &Version, description: Option<&str>) {
    api.info = InfoBuilder::new().title(app.name).version(app.version).description(description).build();
    let components = api.components.get_or_insert_with(Components::new);
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    components.responses.insert("Problem".to_owned(), schema::response().into());
    for (_, operation) in operations(api) {
        complete_responses(&mut operation.responses.responses);
    }
    tell_apart(api);
}

/// Every operation may answer with a problem, and every answer has a description, which the format asks for.
fn complete_responses(responses: &mut BTreeMap<String, RefOr<Described>>) {
    for (status, response) in responses.iter_mut() {
        if let RefOr::T(Described { description, .. }) = response
            && description.is_empty()
        {
            let reason = status.parse().ok().and_then(|code| StatusCode::from_u16(code).ok()?.canonical_reason());
            reason.unwrap_or("An answer").clone_into(description);
        }
    }
    let problem = || RefOr::Ref(Ref::from_response_name("Problem"));
    responses.entry("default".to_owned()).or_insert_with(problem);
}

/// Handlers in different modules may share a name, such as `list`; the ids made of them must not be shared. Those that
/// are get their tag in front, and, when that is not enough, become method and path.
fn tell_apart(api: &mut OpenApi) {
    rename_shared(api, |_, operation, id| match operation.tags.as_deref() {
        Some([tag, ..]) => format!("{tag}_{id}"),
        _ => id.to_owned(),
    });
    rename_shared(api, |place, _, _| place.replace(|c: char| !c.is_ascii_alphanumeric(), "_"));
}

fn rename_shared(api: &mut OpenApi, new_id: impl Fn(&str, &Operation, &str) -> String) {
    let mut uses = HashMap::<String, u32>::new();
    for id in operations(api).filter_map(|(_, operation)| operation.operation_id.clone()) {
        *uses.entry(id).or_default() += 1;
    }
    for (place, operation) in operations(api) {
        if let Some(id) = operation.operation_id.take() {
            let shared = uses.get(&id).is_some_and(|count| *count > 1);
            operation.operation_id = Some(if shared { new_id(&place, operation, &id) } else { id });
        }
    }
}

/// Every operation with its place, such as `get /items/{id}`.
fn operations(api: &mut OpenApi) -> impl Iterator<Item = (String, &mut Operation)> {
    api.paths.paths.iter_mut().flat_map(|(path, item)| {
        let PathItem { get, put, post, delete, options, head, patch, trace, .. } = item;
        [
            ("get", get),
            ("put", put),
            ("post", post),
            ("delete", delete),
            ("options", options),
            ("head", head),
            ("patch", patch),
            ("trace", trace),
        ]
        .into_iter()
        .filter_map(move |(method, slot)| Some((format!("{method} {path}"), slot.as_mut()?)))
    })
}

/// Serves the document, serialised once, and the page.
pub(crate) fn routes(document: Cached) -> Router {
    let page = Cached::new("text/html; charset=utf-8", include_str!("../assets/docs.html"));
    let script = Cached::new("text/javascript; charset=utf-8", include_str!("../assets/docs.js"));
    let style = Cached::new("text/css; charset=utf-8", include_str!("../assets/docs.css"));
    Router::new()
        .route("/openapi.json", get(async move |headers: HeaderMap| document.respond(&headers)))
        .route("/docs", get(async move |headers: HeaderMap| with_page_policy(page.respond(&headers))))
        .route("/docs.js", get(async move |headers: HeaderMap| script.respond(&headers)))
        .route("/docs.css", get(async move |headers: HeaderMap| style.respond(&headers)))
}

fn with_page_policy(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    response
}
