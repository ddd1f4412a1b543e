//! As much of a browser as a lead needs: cookies, redirects, forms.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, bail};
use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use rustls::{ClientConfig, RootCertStore};

/// A redirect that leads in a circle ends here.
const REDIRECTS_MAX: usize = 10;

/// A browser that forgets everything when it is dropped.
pub(super) struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
}

/// A page as it came.
pub(super) struct Page {
    url: Url,
    status: StatusCode,
    text: String,
}

/// A form of a page.
pub(super) struct Form {
    action: Url,
    hidden: Vec<(String, String)>,
}

impl Browser {
    /// A browser for pages on this machine.
    pub(super) fn new() -> anyhow::Result<Self> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        // It only ever speaks to this machine in clear; no certificate is trusted.
        let tls = tls.with_root_certificates(RootCertStore::empty()).with_no_client_auth();
        let client = Client::builder().no_proxy().redirect(Policy::none()).tls_backend_preconfigured(tls);
        Ok(Self { client: client.build()?, cookies: BTreeMap::new() })
    }

    /// Fetches a page, also one that says that what was there is gone.
    pub(super) async fn get(&mut self, url: &str) -> anyhow::Result<Page> {
        let url: Url = url.parse().context("a link is no URL")?;
        self.follow(self.client.get(url.clone()), url).await
    }

    /// Sends a form with these fields.
    pub(super) async fn send(&mut self, form: Form, fields: &[(&str, &str)]) -> anyhow::Result<Page> {
        let hidden = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<(&str, &str)> = hidden.chain(fields.iter().copied()).collect();
        let origin = form.action.origin().ascii_serialization();
        let request = self.client.post(form.action.clone()).header(ORIGIN, origin).form(&all);
        self.follow(request, form.action).await
    }

    async fn follow(&mut self, mut request: RequestBuilder, mut url: Url) -> anyhow::Result<Page> {
        for _ in 0..REDIRECTS_MAX {
            let answer =
                request.header(COOKIE, self.cookies()).send().await.map_err(reqwest::Error::without_url)?;
            for cookie in answer.headers().get_all(SET_COOKIE) {
                self.keep(cookie.to_str().unwrap_or_default());
            }
            if !answer.status().is_redirection() {
                let status = answer.status();
                if status != StatusCode::GONE && (status.is_client_error() || status.is_server_error()) {
                    bail!("a page answered a lead with {status}");
                }
                return Ok(Page { url, status, text: answer.text().await? });
            }
            let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            url = url.join(to.context("a redirect leads nowhere")?)?;
            request = self.client.get(url.clone());
        }
        bail!("the pages send the lead round in a circle")
    }

    fn cookies(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, cookie: &str) {
        let pair = cookie.split(';').next().unwrap_or_default();
        if let Some((name, value)) = pair.split_once('=') {
            self.cookies.insert(name.trim().to_owned(), value.trim().to_owned());
        }
    }
}

impl Page {
    /// Whether it says that what was there is gone.
    pub(super) fn is_gone(&self) -> bool {
        self.status == StatusCode::GONE
    }

    /// What it says.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// The first form whose action holds `place`.
    pub(super) fn form(&self, place: &str) -> Option<Form> {
        let forms = self.text.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap_or(rest));
        forms.filter_map(|form| self.read(form)).find(|form| form.action.path().contains(place))
    }

    fn read(&self, form: &str) -> Option<Form> {
        let head = form.split('>').next()?;
        let action = match attribute(head, "action") {
            Some(action) => self.url.join(&action).ok()?,
            None => self.url.clone(),
        };
        let inputs = form.split("<input").skip(1).filter_map(|input| input.split('>').next());
        let hidden = inputs.filter(|input| attribute(input, "type").as_deref() == Some("hidden"));
        let hidden = hidden.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)));
        Some(Form { action, hidden: hidden.collect() })
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(value.replace("&#38;", "&").replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_with_its_hidden_fields() {
        let text = r#"<form method="post" action="/other"></form><form method="post" action="/code" novalidate>
            <input type="hidden" name="token" value="a&amp;b"><input class="govuk-input" name="code" type="text"></form>"#;
        let page = Page {
            url: "http://127.0.0.1:1/n/x".parse().unwrap(),
            status: StatusCode::OK,
            text: text.into(),
        };
        let form = page.form("/code").unwrap();
        assert_eq!(form.action.as_str(), "http://127.0.0.1:1/code");
        assert_eq!(form.hidden, [("token".to_owned(), "a&b".to_owned())]);
        assert!(page.form("/nowhere").is_none());
    }
}
