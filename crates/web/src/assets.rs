//! Style sheets, scripts and the icon, served from the executable under names that hold a hash of their content, so that browsers may
//! keep them for good.

use std::borrow::Cow;
use std::sync::LazyLock;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::get;
use ring::digest;

/// A file under `/assets/`.
struct Asset {
    name: &'static str,
    url: String,
    media_type: &'static str,
    content: Cow<'static, str>,
}

impl Asset {
    fn new(name: &'static str, media_type: &'static str, content: impl Into<Cow<'static, str>>) -> Self {
        let content = content.into();
        let hash = digest::digest(&digest::SHA256, content.as_bytes());
        let short: String = hash.as_ref()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let (stem, ending) = name.rsplit_once('.').expect("every asset's name has an ending");
        Self { name, url: format!("/assets/{stem}.{short}.{ending}"), media_type, content }
    }
}

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

static ASSETS: LazyLock<[Asset; 5]> = LazyLock::new(|| {
    let library =
        Asset::new("govuk-frontend.min.js", SCRIPT, include_str!("../assets/govuk-frontend.min.js"));
    let starter = include_str!("../assets/encompass.js").replace("{{govuk-frontend.min.js}}", &library.url);
    [
        library,
        Asset::new("encompass.js", SCRIPT, starter),
        Asset::new("govuk-frontend.min.css", CSS, include_str!("../assets/govuk-frontend.min.css")),
        Asset::new("encompass.css", CSS, include_str!("../assets/encompass.css")),
        Asset::new("icon.svg", "image/svg+xml", include_str!("../assets/icon.svg")),
    ]
});

/// Where the browser finds the asset of this name.
pub(crate) fn url(name: &str) -> &'static str {
    let asset = ASSETS.iter().find(|asset| asset.name == name);
    &asset.expect("templates name assets of the list above").url
}

/// The routes of all assets. One year is the longest that caches are asked to keep.
pub(crate) fn router() -> Router {
    ASSETS.iter().fold(Router::new(), |router, asset| {
        let headers =
            [(CONTENT_TYPE, asset.media_type), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
        router.route(&asset.url, get(move || async move { (headers, asset.content.as_ref()) }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_asset_asks_for_a_typeface_a_picture_or_a_source_map() {
        for asset in ASSETS.iter() {
            for word in ["GDS Transport", "@font-face", "url(", "sourceMappingURL", "{{"] {
                assert!(!asset.content.contains(word), "{} has {word}", asset.name);
            }
        }
    }

    #[test]
    fn the_script_names_the_library_by_its_hashed_address() {
        let starter = ASSETS.iter().find(|asset| asset.name == "encompass.js").unwrap();
        assert!(starter.content.contains(&format!("from \"{}\"", url("govuk-frontend.min.js"))));
    }
}
