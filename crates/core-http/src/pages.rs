//! The small pages of signing in and behind the links of mails.
//!
//! Programs that look at mail follow links. So a page changes nothing: it shows a button, and the button sends the link's
//! token. A page loads nothing, runs nothing, and sends nothing to other sites.

use std::fmt::{self, Display, Formatter, Write};

use atriz_web::Problem;
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, RETRY_AFTER, WWW_AUTHENTICATE,
};
use axum::response::{IntoResponse, Response};

/// By `no-referrer` browsers would write `Origin: null` above a form of ours (Fetch, "append a request `Origin` header"),
/// as they do above one of a site that hides where it is. By `strict-origin` nobody hears more than our host's name.
const HEADERS: [(HeaderName, &str); 4] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (CONTENT_SECURITY_POLICY, "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
    (REFERRER_POLICY, "strict-origin"),
    (CACHE_CONTROL, "no-store"),
];

/// What somebody types into a form.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    /// The field's name, which its label repeats in words.
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) kind: &'static str,
    /// What a password manager makes of it.
    pub(crate) autocomplete: &'static str,
    pub(crate) is_required: bool,
    /// What it holds already.
    pub(crate) value: &'a str,
}

impl Input<'static> {
    /// One that has to be filled in.
    pub(crate) const fn new(
        name: &'static str,
        label: &'static str,
        kind: &'static str,
        autocomplete: &'static str,
    ) -> Self {
        Self { name, label, kind, autocomplete, is_required: true, value: "" }
    }

    /// One that may stay empty.
    pub(crate) const fn optional(self) -> Self {
        Self { is_required: false, ..self }
    }

    /// The same with something in it.
    pub(crate) fn holding(self, value: &str) -> Input<'_> {
        Input { value, ..self }
    }
}

impl Display for Input<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { name, label, kind, autocomplete, is_required, value } = self;
        write!(
            formatter,
            "<p><label>{label}<br><input name=\"{name}\" type=\"{kind}\" autocomplete=\"{autocomplete}\""
        )?;
        if !value.is_empty() {
            write!(formatter, " value=\"{}\"", escaped(value))?;
        }
        writeln!(formatter, "{}></label></p>", if *is_required { " required" } else { "" })
    }
}

/// A form, and what stands around it.
pub(crate) struct Form<'a> {
    pub(crate) title: &'static str,
    /// An address beside the page's own, which takes what was typed.
    pub(crate) action: &'a str,
    /// What is sent along, by name.
    pub(crate) hidden: &'a [(&'static str, &'a str)],
    pub(crate) inputs: &'a [Input<'a>],
    pub(crate) button: &'static str,
    /// Where else somebody may want to go: an address beside the page's own, and words for it.
    pub(crate) elsewhere: Option<(&'a str, &'static str)>,
}

impl Form<'_> {
    /// The page.
    pub(crate) fn show(&self) -> Response {
        page(StatusCode::OK, self.title, &self.body())
    }

    /// The page once more, after what it sent did not work: with what to do about it.
    pub(crate) fn show_again(&self, problem: Problem, advice: &str) -> Response {
        let body = format!("<p role=\"alert\">{}</p>\n{}", escaped(advice), self.body());
        of_problem(problem, self.title, &body)
    }

    fn body(&self) -> String {
        let mut body = format!("<form method=\"post\" action=\"{}\">\n", self.action);
        for (name, value) in self.hidden {
            writeln!(body, "<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escaped(value)).expect(ANY);
        }
        for input in self.inputs {
            write!(body, "{input}").expect(ANY);
        }
        write!(body, "<p><button>{}</button></p>\n</form>", self.button).expect(ANY);
        if let Some((address, words)) = self.elsewhere {
            write!(body, "\n<p><a href=\"{address}\">{words}</a></p>").expect(ANY);
        }
        body
    }
}

const ANY: &str = "a String takes any text";

/// A page that tells how it went.
pub(crate) fn done(title: &str, text: &str) -> Response {
    page(StatusCode::OK, title, &format!("<p>{}</p>", escaped(text)))
}

/// A page that leads on to `path` of this site by itself.
///
/// It is no redirect, for some browsers follow those of a form to nowhere that its `form-action` does not name; and from
/// `path` they may be sent on to the site of an app.
pub(crate) fn leading_on(title: &str, path: &str) -> Response {
    let path = escaped(path);
    let head = format!("<meta http-equiv=\"refresh\" content=\"0; url={path}\">\n");
    with_head(StatusCode::OK, title, &head, &format!("<p><a href=\"{path}\">Go on</a></p>"))
}

/// The page of a problem: its title, and the fields at fault.
pub(crate) fn failed(problem: Problem, text: &str) -> Response {
    let mut fields = String::new();
    for error in problem.errors() {
        let (field, message) = (escaped(&error.field), escaped(&error.message));
        writeln!(fields, "<p>{field}: {message}</p>").expect(ANY);
    }
    of_problem(problem, "That did not work", &format!("<p>{}</p>\n{fields}", escaped(text)))
}

/// A page with the headers of a problem too, which say when to come back.
fn of_problem(problem: Problem, title: &str, body: &str) -> Response {
    let mut answer = page(problem.status(), title, body);
    let answer_of_problem = problem.into_response();
    for name in [RETRY_AFTER, WWW_AUTHENTICATE] {
        if let Some(value) = answer_of_problem.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    with_head(status, title, "", body)
}

fn with_head(status: StatusCode, title: &str, head: &str, body: &str) -> Response {
    let title = escaped(title);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n{head}<title>{title}</title>\n</head>\n\
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
        let (input, hidden) = (Input::new("name", "Name", "text", "name").holding("\"><i>"), [("token", "\"><b>")]);
        let form = Form {
            title: "Title",
            action: "title/form",
            hidden: &hidden,
            inputs: &[input],
            button: "Go",
            elsewhere: None,
        };
        let body = form.body();
        assert!(!body.contains("<b>") && !body.contains("<i>") && body.contains("&quot;&gt;&lt;b&gt;"), "{body}");
        let answer = form.show();
        assert_eq!(answer.headers()[REFERRER_POLICY], "strict-origin");
    }
}
