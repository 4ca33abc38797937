//! The small pages behind the links of mails.
//!
//! Programs that look at mail follow links. So a page changes nothing: it shows a button, and the button sends the link's
//! token. A page loads nothing, runs nothing, and sends nothing to other sites.

use std::fmt::Write;

use atriz_web::Problem;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY};
use axum::response::{IntoResponse, Response};

const HEADERS: [(HeaderName, &str); 4] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (CONTENT_SECURITY_POLICY, "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
];

/// What somebody types into a form.
pub(crate) struct Input {
    /// The field's name, which its label repeats in words.
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) kind: &'static str,
    /// What a password manager makes of it.
    pub(crate) autocomplete: &'static str,
}

/// A page with a form that sends `token`, if there is one, and what was typed to `action`, an address beside the page's
/// own.
pub(crate) fn form(title: &str, action: &str, token: Option<&str>, inputs: &[Input], button: &str) -> Response {
    let mut fields = String::new();
    for Input { name, label, kind, autocomplete } in inputs {
        let input = format!("<input name=\"{name}\" type=\"{kind}\" autocomplete=\"{autocomplete}\" required>");
        writeln!(fields, "<p><label>{label}<br>{input}</label></p>").expect("a String takes any text");
    }
    let hidden = |token| format!("<input type=\"hidden\" name=\"token\" value=\"{}\">\n", escaped(token));
    let token = token.map(hidden).unwrap_or_default();
    let body = format!(
        "<form method=\"post\" action=\"{action}\">\n{token}{fields}\
         <p><button>{button}</button></p>\n</form>"
    );
    page(StatusCode::OK, title, &body)
}

/// A page that tells how it went.
pub(crate) fn done(title: &str, text: &str) -> Response {
    page(StatusCode::OK, title, &format!("<p>{}</p>", escaped(text)))
}

/// The page of a problem: its title, and the fields at fault.
pub(crate) fn failed(problem: &Problem, text: &str) -> Response {
    let mut fields = String::new();
    for error in problem.errors() {
        let (field, message) = (escaped(&error.field), escaped(&error.message));
        writeln!(fields, "<p>{field}: {message}</p>").expect("a String takes any text");
    }
    page(problem.status(), "That did not work", &format!("<p>{}</p>\n{fields}", escaped(text)))
}

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let title = escaped(title);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n</head>\n\
         <body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    );
    (status, HEADERS, html).into_response()
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_cannot_leave_its_attribute() {
        assert_eq!(escaped(r#""><script>'&"#), "&quot;&gt;&lt;script&gt;&#39;&amp;");
        let answer = form("Title", "title/form", Some("\"><b>"), &[], "Go");
        assert_eq!(answer.headers()[REFERRER_POLICY], "no-referrer");
    }
}
