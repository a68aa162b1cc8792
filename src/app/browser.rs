//! The edge to the browser: window, storage, clipboard, and listeners that can be silenced all at once.

use js_sys::{Function, Reflect};
use std::cell::{Cell, RefCell};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, Document, Element, Event, EventTarget, HtmlAnchorElement,
    HtmlCanvasElement, HtmlElement, HtmlImageElement, Storage, Url, Window,
};

thread_local! {
    /// Listeners beyond the page's own elements, so that a program that has failed is not called again.
    static LISTENERS: RefCell<Vec<(EventTarget, &'static str, Function)>> = const { RefCell::new(Vec::new()) };
    /// The frame that has been asked for.
    static FRAME: Cell<i32> = const { Cell::new(0) };
}

/// Whether there is one: the program also runs beside the page, in a worker.
pub fn has_window() -> bool {
    web_sys::window().is_some()
}

/// The window; a page always has one.
pub fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

/// The document; a window that shows a page always has one.
pub fn document() -> Document {
    window().document().expect("the window shows a document")
}

/// Milliseconds since the page was opened.
pub fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// The element with an id.
pub fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Has what is typed go to an element; false if it is not in the page.
pub fn focus(id: &str) -> bool {
    element(id).is_some_and(|element| element.focus().is_ok())
}

/// Marks some characters of the text in a field, which has what is typed go there.
pub fn mark(id: &str, text: &str, at: usize, length: usize) {
    let field = element(id).and_then(|element| element.dyn_into::<web_sys::HtmlInputElement>().ok());
    let Some(field) = field else { return };
    drop(field.focus());
    // Browsers count in units of UTF-16.
    let units = |characters: usize| text.chars().take(characters).map(|c| c.len_utf16() as u32).sum();
    drop(field.set_selection_range(units(at), units(at + length)));
}

/// Whether a media query holds: `(prefers-reduced-motion: reduce)`.
pub fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// Listens to an event of the window or the document for as long as the page lives.
pub fn listen<E: JsCast>(target: &EventTarget, event: &'static str, mut heard: impl FnMut(E) + 'static) {
    let closure = Closure::<dyn FnMut(Event)>::new(move |event: Event| heard(event.unchecked_into()));
    let function: Function = closure.into_js_value().unchecked_into();
    if target.add_event_listener_with_callback(event, &function).is_ok() {
        LISTENERS.with_borrow_mut(|all| all.push((target.clone(), event, function)));
    }
}

/// Calls `frame` with the time of every frame the browser draws.
pub fn on_every_frame(mut frame: impl FnMut(f64) + 'static) {
    use std::rc::Rc;
    let again: Rc<RefCell<Option<Function>>> = Rc::default();
    let next = again.clone();
    let closure = Closure::<dyn FnMut(f64)>::new(move |time: f64| {
        request(next.borrow().as_ref());
        frame(time);
    });
    *again.borrow_mut() = Some(closure.into_js_value().unchecked_into());
    request(again.borrow().as_ref());
}

fn request(function: Option<&Function>) {
    if let Some(id) = function.and_then(|function| window().request_animation_frame(function).ok()) {
        FRAME.set(id);
    }
}

/// Silences all listeners and the frames.
pub fn fall_silent() {
    let _ = window().cancel_animation_frame(FRAME.get());
    LISTENERS.with(|all| {
        for (target, event, function) in
            all.try_borrow_mut().map(|mut all| std::mem::take(&mut *all)).unwrap_or_default()
        {
            let _ = target.remove_event_listener_with_callback(event, &function);
        }
    });
}

/// The browser's memory for preferences; it may be switched off.
fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// A preference of an earlier visit.
pub fn recall(key: &str) -> Option<String> {
    storage()?.get_item(&format!("netsplit.{key}")).ok().flatten()
}

/// Keeps a preference, if the browser lets us.
pub fn remember(key: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(&format!("netsplit.{key}"), value);
    }
}

/// Puts a text into the clipboard, and says whether that worked.
pub fn copy(text: &str, done: impl FnOnce(bool) + 'static) {
    let navigator = window().navigator();
    // Pages without a secure context have no clipboard, whatever the types say.
    let there = Reflect::get(&navigator, &JsValue::from_str("clipboard")).is_ok_and(|it| it.is_object());
    if !there {
        return done(false);
    }
    let promise = navigator.clipboard().write_text(text);
    wasm_bindgen_futures::spawn_local(async move {
        done(wasm_bindgen_futures::JsFuture::from(promise).await.is_ok());
    });
}

/// Lets the browser save a text as a file.
pub fn save(name: &str, kind: &str, text: &str) {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let address = Blob::new_with_str_sequence_and_options(&parts, &options)
        .and_then(|blob| Url::create_object_url_with_blob(&blob));
    if let Ok(address) = address {
        save_from(name, &address);
        let _ = Url::revoke_object_url(&address);
    }
}

/// Waits until what has just been changed can be seen.
pub async fn after_painting() {
    for _ in 0..2 {
        let next = js_sys::Promise::new(&mut |done, _| drop(window().request_animation_frame(&done)));
        let _ = wasm_bindgen_futures::JsFuture::from(next).await;
    }
}

fn save_from(name: &str, address: &str) {
    let Some(link) = document().create_element("a").ok().and_then(|it| it.dyn_into::<HtmlAnchorElement>().ok()) else {
        return;
    };
    link.set_href(address);
    link.set_download(name);
    link.click();
}

/// A canvas that is longer than this on a side shows nothing at all.
const LONGEST_SIDE: f64 = 16_000.0;

/// Lets the browser save an SVG picture as a PNG file, at twice its size for fine screens if a picture can be so large.
pub fn save_png(name: String, svg: &str) {
    let Ok(picture) = HtmlImageElement::new() else { return };
    picture.set_src(&format!("data:image/svg+xml;charset=utf-8,{}", String::from(js_sys::encode_uri_component(svg))));
    wasm_bindgen_futures::spawn_local(async move {
        if wasm_bindgen_futures::JsFuture::from(picture.decode()).await.is_err() {
            return;
        }
        let canvas = document().create_element("canvas").ok().and_then(|it| it.dyn_into::<HtmlCanvasElement>().ok());
        let Some(canvas) = canvas else { return };
        let (width, height) = (f64::from(picture.natural_width()), f64::from(picture.natural_height()));
        let scale = (LONGEST_SIDE / width.max(height)).min(2.0);
        let (width, height) = (scale * width, scale * height);
        canvas.set_width(width as u32);
        canvas.set_height(height as u32);
        let context =
            canvas.get_context("2d").ok().flatten().and_then(|it| it.dyn_into::<CanvasRenderingContext2d>().ok());
        let drawn = context
            .map(|context| context.draw_image_with_html_image_element_and_dw_and_dh(&picture, 0.0, 0.0, width, height));
        if let (Some(Ok(())), Ok(address)) = (drawn, canvas.to_data_url()) {
            save_from(&name, &address);
        }
    });
}

/// Sets a custom property of the page's style; through the object model, which the Content-Security-Policy allows.
pub fn set_property(name: &str, value: &str) {
    if let Some(root) = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok()) {
        let _ = root.style().set_property(name, value);
    }
}

/// Sets or removes an attribute of the root element.
pub fn set_root_attribute(name: &str, value: Option<&str>) {
    let Some(root) = document().document_element() else { return };
    let _ = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
}

/// Whether a key pressed there is typed into a field and not meant for the page.
pub fn is_field(target: Option<EventTarget>) -> bool {
    let Some(element) = target.and_then(|target| target.dyn_into::<Element>().ok()) else { return false };
    matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
        && !matches!(element.get_attribute("type").as_deref(), Some("range" | "checkbox"))
}
