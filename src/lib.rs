//! Netsplit in the browser: the page and the JavaScript API.

#[cfg(feature = "api")]
pub mod api;
pub mod app;
pub mod draw;
mod locale;
pub mod worker;
