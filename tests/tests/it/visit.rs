//! A lead's visit by plain requests: a browser without JavaScript, as little as forms need.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use anyhow::{Context, ensure};
use encompass_county::Workload;
use encompass_testkit::exchange::Exchange;
use encompass_testkit::http;
use encompass_testkit::smtp::Sink;

use crate::feed::PERSONAL;
use crate::letters;

/// Follows the link and answers "yes" and "I have it" for the one child that waits.
pub async fn acknowledge(sink: &Sink, link: &str) -> anyhow::Result<()> {
    let mut visitor = Visitor::new(link)?;
    visitor.get(link).await?;
    let before = sink.count();
    visitor.send("/n/", &[]).await?;
    let code = letters::code(&letters::next(sink, before, Workload::LEAD).await?)?;
    visitor.send("/code", &[("code", &code)]).await?;
    visitor.send("/reader", &[("name", "Wendy Jellicoe"), ("role", "Lead")]).await?;
    let field = visitor.field("with_you_").context("nobody is asked about")?;
    visitor.send("/answer", &[(&field, "yes")]).await?;
    visitor.send("/acknowledgement", &[]).await?;
    ensure!(visitor.page.contains("What to do next"), "it was not acknowledged");
    Ok(())
}

/// An answer that shows no page, by its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused(pub u16);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no page but status {}", self.0)
    }
}

impl std::error::Error for Refused {}

/// Finds what is personal in a text.
pub type Finds = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// A browser, and the page that it shows.
pub struct Visitor {
    client: reqwest::Client,
    is_personal: Finds,
    base: String,
    cookies: BTreeMap<String, String>,
    pub path: String,
    pub page: String,
}

impl Visitor {
    /// A browser that knows nothing yet, for the portal to which a link leads.
    pub fn new(link: &str) -> anyhow::Result<Self> {
        let path = link.find("/n/").context("no link to a notice")?;
        Self::at(&link[..path], Arc::new(|text| PERSONAL.stand_in(text)))
    }

    /// A browser that knows nothing yet, for the pages at `base`. Whatever others keep of its visits is searched.
    pub fn at(base: &str, is_personal: Finds) -> anyhow::Result<Self> {
        Ok(Self {
            client: http::client()?,
            is_personal,
            base: base.to_owned(),
            cookies: BTreeMap::new(),
            path: String::new(),
            page: String::new(),
        })
    }

    /// The links of the page to other pages here, once each.
    pub fn links(&self) -> BTreeSet<String> {
        let links = self.page.split("<a ").skip(1).filter_map(|link| attribute(link, "href"));
        links
            .filter(|link| link.starts_with('/'))
            .map(|link| link.replace("&amp;", "&").replace("&#38;", "&"))
            .collect()
    }

    /// Opens a link, or a path.
    ///
    /// # Errors
    ///
    /// [`Refused`] where no page is shown, else as the connection says.
    pub async fn get(&mut self, url: &str) -> anyhow::Result<()> {
        let path = url.trim_start_matches(&self.base).to_owned();
        self.ask(self.client.get(format!("{}{path}", self.base)), path).await
    }

    /// The forms of the page with their addresses; a form without one is the page's own.
    fn forms(&self) -> impl Iterator<Item = (String, &str)> {
        let forms = self.page.split("<form").skip(1).map(|form| form.split("</form>").next().unwrap_or(form));
        forms.map(|form| (attribute(form, "action").unwrap_or_else(|| self.path.clone()), form))
    }

    /// Whether the page has a form whose address contains `action`.
    pub fn has_form(&self, action: &str) -> bool {
        self.forms().any(|(to, _)| to.contains(action))
    }

    /// What stands between `before` and `after` in the addresses of forms.
    pub fn values(&self, before: &str, after: &str) -> Vec<String> {
        let between = |to: &str| Some(to.strip_prefix(before)?.strip_suffix(after)?.to_owned());
        self.forms().filter_map(|(to, _)| between(&to)).collect()
    }

    /// Sends the form whose address contains `action` with its hidden fields.
    ///
    /// # Errors
    ///
    /// As [`Visitor::get`], or if there is no such form.
    pub async fn send(&mut self, action: &str, fields: &[(&str, &str)]) -> anyhow::Result<()> {
        let found = self.forms().find(|(to, _)| to.contains(action));
        let (path, form) = found.with_context(|| format!("no form to {action} in {}", self.page))?;
        let hidden = form.split("<input type=\"hidden\"").skip(1);
        let hidden = hidden.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)));
        let own = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let all: Vec<_> = hidden.chain(own).collect();
        let mut body = reqwest::Url::parse("http://form.invalid")?;
        body.query_pairs_mut().extend_pairs(&all);
        let request = self.client.post(format!("{}{path}", self.base));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.ask(request.body(body.query().unwrap_or_default().to_owned()), path).await
    }

    /// Asks, keeps cookies, and goes where it is sent.
    async fn ask(&mut self, request: reqwest::RequestBuilder, path: String) -> anyhow::Result<()> {
        let (mut request, mut path) = (request, path);
        loop {
            let jar = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
            let sent = request.header("cookie", jar.collect::<Vec<_>>().join("; ")).build()?;
            let exchange = Exchange::to(sent.url().as_str()).with(sent.headers());
            let answer = self.client.execute(sent).await?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let page = answer.text().await?;
            exchange.answered(&headers, &page).search(&*self.is_personal)?;
            for set in headers.get_all("set-cookie") {
                let (name, rest) = set.to_str()?.split_once('=').context("a cookie")?;
                let value = rest.split(';').next().unwrap_or_default();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            let Some(next) = headers.get("location") else {
                if !status.is_success() {
                    return Err(Refused(status.as_u16()).into());
                }
                (self.path, self.page) = (path, page);
                return Ok(());
            };
            path = next.to_str()?.to_owned();
            request = self.client.get(format!("{}{path}", self.base));
        }
    }

    /// The first field of the page whose name begins so.
    fn field(&self, begin: &str) -> Option<String> {
        let at = self.page.find(&format!("name=\"{begin}"))?;
        attribute(&self.page[at..], "name")
    }
}

fn attribute(text: &str, name: &str) -> Option<String> {
    let tag = text.split('>').next()?;
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    rest.split('"').next().map(str::to_owned)
}
