//! Asking for pages as somebody's browser does.

use std::sync::LazyLock;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use encompass_testkit::exchange::{Exchange, Texts};
use tower::ServiceExt;

use super::World;
use super::incident::personal;
use super::staff::PASSWORD;

/// What is written about people in the incidents and in the registers' entries.
static PERSONAL: LazyLock<Texts> = LazyLock::new(|| Texts::of(personal()));

impl World {
    /// Signs in; the cookie.
    pub async fn sign_in(&self, login: &str) -> String {
        let answer = self.ask(form_to("/sign-in", None, &[("login", login), ("password", PASSWORD)])).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{login} signs in");
        answer.cookie
    }

    /// Asks for a page.
    pub async fn get(&self, cookie: &str, path: &str) -> Answer {
        self.ask(Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap()).await
    }

    /// Sends the form of `page` that goes to `action`, with these fields in place of its own.
    pub async fn send(&self, cookie: &str, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let shown = self.get(cookie, page).await;
        let mut sent: Vec<(String, String)> = hidden(&shown.body, action);
        assert!(!sent.is_empty(), "{page} has a form to {action}: {}", shown.body);
        sent.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let sent: Vec<(&str, &str)> =
            sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.ask(form_to(action, Some(cookie), &sent)).await
    }

    /// Sends fields as they are, without the token of any form.
    pub async fn post(&self, cookie: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask(form_to(action, Some(cookie), fields)).await
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let exchange = Exchange::of(&request);
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let header = |name: &str| {
            head.headers.get(name).map_or(String::new(), |value| value.to_str().unwrap().to_owned())
        };
        let cookie = header("set-cookie").split(';').next().unwrap_or("").to_owned();
        let (status, location) = (head.status, header("location"));
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap().replace('\u{a0}', " ");
        // Whatever page a test looks at.
        exchange.answered(&head.headers, &body).search(|text| PERSONAL.stand_in(text)).unwrap();
        Answer { status, location, cookie, body }
    }
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub cookie: String,
    pub body: String,
}

fn form_to(path: &str, cookie: Option<&str>, fields: &[(&str, &str)]) -> Request<Body> {
    let body = fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    let body = body.collect::<Vec<_>>().join("&");
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    let request = cookie.into_iter().fold(request, |request, cookie| request.header("cookie", cookie));
    request.body(Body::from(body)).unwrap()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The hidden fields of the form that goes to `action`.
fn hidden(page: &str, action: &str) -> Vec<(String, String)> {
    let Some(at) = page.find(&format!("action=\"{action}\"")) else { return Vec::new() };
    let form = &page[at..][..page[at..].find("</form>").unwrap()];
    form.split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| {
            let (name, rest) = rest.split_once('"').unwrap();
            let value = rest.split_once("value=\"").unwrap().1.split_once('"').unwrap().0;
            (name.to_owned(), value.replace("&#38;", "&"))
        })
        .collect()
}
