//! What is asked of each app.

use std::net::SocketAddr;

use atriz_bench::Request;

use super::load::{answers, read};
use crate::machine::BenchError;

/// An app, and who asks it.
pub(super) struct App {
    pub(super) program: &'static str,
    /// What its database is called on the server.
    pub(super) database: &'static str,
    /// The demo user who may ask what not everybody may.
    pub(super) user: Option<&'static str>,
    pub(super) routes: &'static [Route],
}

/// A route with what a user would ask it.
pub(super) struct Route {
    pub(super) name: &'static str,
    /// Below `/api/v1`, asked in turn. `{id}` is the id of a row of the route's parent.
    paths: &'static [&'static str],
    /// How many requests a second the open loop sends: far below what two cores can do.
    pub(super) rate: u32,
}

/// Every app with its main routes.
pub(super) const APPS: [App; 3] = [
    App {
        program: "atriz-api",
        database: "atriz_db",
        user: None,
        routes: &[
            Route { name: "categories?tree=1", paths: &["/categories?tree=1"], rate: 100 },
            Route {
                name: "locations?q=",
                paths: &["/locations?q=lis", "/locations?q=sao%20p", "/locations?q=new", "/locations?q=ber&kind=city"],
                rate: 400,
            },
            Route { name: "items", paths: &["/items", "/items?category=/electronics/", "/items?q=bi"], rate: 200 },
        ],
    },
    App {
        program: "mextrack-api",
        database: "mextrack_db",
        user: Some("dispatcher@example.com"),
        routes: &[
            Route { name: "vehicles", paths: &["/vehicles"], rate: 400 },
            Route { name: "positions", paths: &["/vehicles/{id}/positions"], rate: 400 },
        ],
    },
    App {
        program: "pshop-api",
        database: "pshop_db",
        user: Some("manager@example.com"),
        routes: &[
            Route { name: "products?q=", paths: &["/products?q=coffee", "/products?q=wholemeal"], rate: 400 },
            Route {
                name: "by-barcode",
                paths: &["/products/by-barcode/2000000000015", "/products/by-barcode/2000000000022"],
                rate: 400,
            },
            Route { name: "inventory", paths: &["/inventory"], rate: 400 },
        ],
    },
];

impl Route {
    /// The requests, each of which is answered with something.
    pub(super) fn requests(&self, address: SocketAddr, token: Option<&str>) -> Result<Vec<Request>, BenchError> {
        let get = |path: &str| Request::get(&format!("/api/v1{path}"), token);
        let mut requests = Vec::new();
        for path in self.paths {
            match path.split_once("/{id}") {
                None => requests.push(get(path)),
                Some((parent, rest)) => {
                    let answer = answers(address, &[get(&format!("{parent}?limit=4"))])?.remove(0);
                    let rows = read(&answer)?;
                    let ids = rows["items"].as_array().into_iter().flatten().filter_map(|row| row["id"].as_str());
                    requests.extend(ids.map(|id| get(&format!("{parent}/{id}{rest}"))));
                }
            }
        }
        for answer in answers(address, &requests)? {
            if read(&answer)?["items"].as_array().is_some_and(Vec::is_empty) {
                return Err(BenchError::Odd(format!("{}: an empty list says nothing about its cost", self.name)));
            }
        }
        Ok(requests)
    }
}
