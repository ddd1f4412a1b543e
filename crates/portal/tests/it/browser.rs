//! A browser without JavaScript: cookies, forms, and redirects followed after a form.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::response::Parts;
use axum::http::{HeaderMap, Method, Request};
use encompass_testkit::exchange::{Exchange, Texts};
use tower::ServiceExt;

use crate::made_up::personal;

static PERSONAL: LazyLock<Texts> = LazyLock::new(|| Texts::of(personal()));

/// Asks, and searches what others keep of question and answer for whatever is personal.
pub async fn ask(router: &Router, request: Request<Body>) -> (Parts, String) {
    let exchange = Exchange::of(&request);
    let (head, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let body = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
    exchange.answered(&head.headers, &body).search(|text| PERSONAL.stand_in(text)).unwrap();
    (head, body)
}

/// A browser, showing a page.
pub struct Browser {
    router: Router,
    pub cookies: BTreeMap<String, String>,
    pub status: u16,
    pub path: String,
    pub body: String,
    pub headers: HeaderMap,
    /// Every page that it was shown.
    pub seen: Vec<String>,
}

impl Browser {
    pub fn new(router: Router) -> Self {
        Self {
            router,
            cookies: BTreeMap::new(),
            status: 0,
            path: String::new(),
            body: String::new(),
            headers: HeaderMap::new(),
            seen: Vec::new(),
        }
    }

    async fn send(&mut self, method: Method, path: &str, body: String) {
        let jar = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(COOKIE, jar.collect::<Vec<_>>().join("; "));
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let (head, body) = ask(&self.router, request.body(Body::from(body)).unwrap()).await;
        (self.status, self.headers) = (head.status.as_u16(), head.headers);
        (self.path, self.body) = (path.to_owned(), body);
        for value in self.headers.get_all(SET_COOKIE) {
            let value = value.to_str().unwrap();
            let (name, rest) = value.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        self.seen.push(self.body.clone());
    }

    async fn follow(&mut self) {
        while let Some(location) = self.headers.get(LOCATION).cloned() {
            self.send(Method::GET, location.to_str().unwrap(), String::new()).await;
        }
    }

    /// Opens a page, following redirects.
    pub async fn get(&mut self, path: &str) -> &str {
        self.send(Method::GET, path, String::new()).await;
        self.follow().await;
        &self.body
    }

    pub async fn head(&mut self, path: &str) {
        self.send(Method::HEAD, path, String::new()).await;
    }

    /// Sends the form of this page that goes to `action`, with its hidden fields.
    pub async fn submit(&mut self, action: &str, fields: &[(&str, &str)]) -> &str {
        let hidden = self.hidden(action);
        let own = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.post(action, &hidden.into_iter().chain(own).collect::<Vec<_>>()).await
    }

    /// Sends a form as it is given.
    pub async fn post(&mut self, action: &str, fields: &[(String, String)]) -> &str {
        let pair = |(name, value): &(String, String)| format!("{}={}", encode(name), encode(value));
        let body = fields.iter().map(pair).collect::<Vec<_>>().join("&");
        self.send(Method::POST, action, body).await;
        self.follow().await;
        &self.body
    }

    /// The hidden fields of the form that goes to `action`; a form without one goes to the page itself.
    pub fn hidden(&self, action: &str) -> Vec<(String, String)> {
        let mut forms = self.body.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap());
        let of = |form: &str| attribute(form, "action").unwrap_or_else(|| self.path.clone());
        let form = forms.find(|form| of(form) == action).unwrap_or_else(|| panic!("no form to {action}"));
        let inputs = form.split("<input type=\"hidden\"").skip(1);
        inputs.map(|input| (attribute(input, "name").unwrap(), attribute(input, "value").unwrap())).collect()
    }
}

fn attribute(text: &str, name: &str) -> Option<String> {
    let tag = text.split('>').next()?;
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    rest.split('"').next().map(str::to_owned)
}

fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
