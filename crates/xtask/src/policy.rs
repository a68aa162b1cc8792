//! The page's Content-Security-Policy: strict as index.html has it in a release, relaxed in a debug build for the
//! inline script and the socket by which `trunk serve` reloads the page.

use std::path::Path;
use std::{env, fs};

use crate::Failure;

const RELAXATIONS: [(&str, &str); 2] =
    [("script-src 'self'", "script-src 'self' 'unsafe-inline'"), ("connect-src 'self'", "connect-src 'self' ws: wss:")];

/// Trunk's post-build hook: rewrites the page that Trunk has staged, if this is a debug build.
pub fn relax_staged_page() -> Result<(), Failure> {
    let staging =
        env::var("TRUNK_STAGING_DIR").map_err(|_| "relax-policy is for Trunk to call, see Trunk.toml".to_owned())?;
    // Anything but a debug build keeps the policy: an unknown profile must not loosen it.
    if env::var("TRUNK_PROFILE").as_deref() != Ok("debug") {
        return Ok(());
    }
    let page = Path::new(&staging).join("index.html");
    let html = fs::read_to_string(&page).map_err(|error| format!("{}: {error}", page.display()))?;
    let relaxed = relaxed(&html)?;
    fs::write(&page, relaxed).map_err(|error| format!("{}: {error}", page.display()))
}

fn relaxed(html: &str) -> Result<String, Failure> {
    RELAXATIONS.iter().try_fold(html.to_owned(), |html, (strict, loose)| {
        if html.contains(strict) {
            Ok(html.replacen(strict, loose, 1))
        } else {
            Err(format!("the policy in index.html has no `{strict}`"))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../index.html");

    #[test]
    fn the_page_is_strict_as_written() {
        assert!(PAGE.contains("Content-Security-Policy"));
        assert!(!PAGE.contains("unsafe-inline"));
    }

    #[test]
    fn a_debug_build_admits_the_reload_script() {
        let relaxed = relaxed(PAGE).expect("index.html carries the policy");
        assert!(relaxed.contains("script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'"));
        assert!(relaxed.contains("connect-src 'self' ws: wss:"));
    }

    #[test]
    fn a_page_without_the_policy_is_refused() {
        assert!(relaxed("<html></html>").is_err());
    }
}
