//! Odd values for the parameters of an app.

use std::fmt::Write;

use crate::http::Http;

/// Values as they stand in an address. None of them is of any use to any parameter of ours for more than a filter.
const ODD: &[&str] = &[
    "",
    "0",
    "-0",
    "-1",
    "1e9",
    "0x10",
    "2147483648",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "99999999999999999999999999999999",
    "NaN",
    "null",
    "true",
    "%00",
    "a%00b",
    "%ff",
    "%C3%28",
    "%ED%A0%80",
    "%",
    "%zz",
    "%u0041",
    "%EF%BF%BF",
    "%F0%9F%98%80",
    "e%CC%81",
    "%E2%80%AE",
    "%0D%0A",
    "%27",
    "%22",
    "%27%22%5C",
    "%5C",
    "%25",
    "_",
    "*",
    "%28%28",
    "a+OR+b",
    "NEAR%28a%29",
    "a%3A%2A",
    "%26%7C%21",
    "%3B--",
    "%2F",
    "%2F%2F%2F",
    "%2F%25%2F",
    "country%2F",
    "country%2FXX",
    "city%2F%2F",
    "city%2F99999999999999999999",
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "%7B00000000-0000-0000-0000-000000000000%7D",
    "urn:uuid:00000000-0000-0000-0000-000000000000",
    "00000000-0000-0000-0000-00000000000g",
    "2026-01-31T06:00:00Z",
    "2026-01-31T06:00:00.1234567891Z",
    "2026-01-31T06:00:60Z",
    "2026-02-30T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00%2B14:00",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-23:59",
    "-0001-01-01T00:00:00Z",
    "%2B262142-12-31T23:59:59Z",
    "-262143-01-01T00:00:00Z",
    "bnVsbA",
    "W10",
    "WzAsbnVsbF0",
    "[",
    "a&a=b",
    "a=b",
    "a;b",
    "a#b",
];

impl Http {
    /// Asks every path of `paths`, below `/api/v1`, with every odd value in place of its `{}`.
    ///
    /// # Panics
    ///
    /// If an answer is a fault of the app's, or a refusal that is no problem.
    pub async fn bombard(&self, paths: &[&str]) {
        let (long, many) = ("x".repeat(5_000), "a+".repeat(99));
        let mut faults = String::new();
        for value in ODD.iter().copied().chain([long.as_str(), many.as_str()]) {
            for path in paths {
                self.probe(&path.replace("{}", value), &mut faults).await;
            }
        }
        assert!(faults.is_empty(), "{faults}");
    }

    async fn probe(&self, path: &str, faults: &mut String) {
        let (status, kind, text) = self.answered(&format!("/api/v1{path}")).await;
        let refused = (400..500).contains(&status) && kind == "application/problem+json";
        if !refused && status != 200 {
            writeln!(faults, "{path}: {status} {kind} {text}").expect("a String takes any text");
        }
    }

    /// Status, type and body of whatever is answered.
    async fn answered(&self, path: &str) -> (u16, String, String) {
        let answer = self.request(reqwest::Method::GET, path).send().await;
        let answer = answer.unwrap_or_else(|error| panic!("{path}: {error}"));
        let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let (status, kind) = (answer.status().as_u16(), kind.to_owned());
        (status, kind, answer.text().await.unwrap_or_else(|error| panic!("{path}: {error}")))
    }
}
