//! When the program itself fails: words instead of the page, the link that shows how, and a way to go on.

use super::browser;
use std::cell::RefCell;
use std::panic::PanicHookInfo;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element};

#[derive(Default)]
struct LastWords {
    /// The run as it stood.
    now: String,
    /// The run before the latest thing that was done to it.
    before: Option<String>,
    zh: bool,
}

thread_local! {
    static LAST: RefCell<LastWords> = RefCell::default();
}

/// Keeps the link to the run as it stands, and that to the run before it was interfered with.
pub(crate) fn remember(now: &str, before: Option<&str>) {
    LAST.with_borrow_mut(|last| {
        last.now = now.to_owned();
        if let Some(before) = before {
            last.before = Some(before.to_owned());
        }
    });
}

/// In which language to say it.
pub(crate) fn speak(zh: bool) {
    LAST.with_borrow_mut(|last| last.zh = zh);
}

/// From now on a failure is shown and not just logged.
pub(crate) fn watch() {
    yew::set_custom_panic_hook(Box::new(|info| {
        let reason = reason(info);
        web_sys::console::error_1(&reason.as_str().into());
        browser::fall_silent();
        let _ = show(&reason);
    }));
}

fn reason(info: &PanicHookInfo) -> String {
    let text = info.payload().downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| info.payload().downcast_ref::<String>().cloned()).unwrap_or_default();
    match info.location() {
        Some(place) => format!("{text} ({}:{})", place.file(), place.line()),
        None => text,
    }
}

struct Page {
    document: Document,
    main: Element,
}

impl Page {
    fn put(&self, name: &str, class: &str, text: &str) -> Option<Element> {
        let element = self.document.create_element(name).ok()?;
        element.set_class_name(class);
        element.set_text_content(Some(text));
        self.main.append_child(&element).ok()?;
        Some(element)
    }
    fn link(&self, class: &str, text: &str, fragment: &str) -> Option<()> {
        self.put("a", class, text)?.set_attribute("href", &format!("#{fragment}")).ok()
    }
}

/// Builds the page by hand: nothing of the program may be called any more.
fn show(reason: &str) -> Option<()> {
    let (now, before, zh) = LAST.with(|last| {
        let last = last.try_borrow().ok();
        last.map(|last| (last.now.clone(), last.before.clone(), last.zh)).unwrap_or_default()
    });
    let say = |en: &'static str, other: &'static str| if zh { other } else { en };
    let window = web_sys::window()?;
    let document = window.document()?;
    let body = document.body()?;
    let main = document.create_element("main").ok()?;
    main.set_class_name("failure");
    main.set_attribute("data-failed", "").ok()?;
    let page = Page { document, main };
    page.put("h1", "", say("Netsplit has failed", "Netsplit 出错了"));
    page.put(
        "p",
        "",
        say(
            "This is a mistake in the program, not in what you did. Nothing is lost: this link shows how it happened.",
            "这是程序的错误，不是你的操作造成的。什么都没有丢失：下面的链接可以重现它。",
        ),
    );
    let field = page.put("input", "failure-link", "")?;
    field.set_attribute("readonly", "").ok()?;
    field.set_attribute("aria-label", say("Link to this run", "本次运行的链接")).ok()?;
    let base = window.location().href().ok()?.split('#').next().unwrap_or_default().to_owned();
    field.set_attribute("value", &format!("{base}#{now}")).ok()?;
    page.put("pre", "failure-reason", reason);
    // Following a link to another run must load the program anew; the browser's own function does that.
    let reload = js_sys::Reflect::get(&window.location(), &"reload".into()).ok()?;
    let reload = reload.dyn_into::<js_sys::Function>().ok()?.bind0(&window.location());
    window.add_event_listener_with_callback("hashchange", &reload).ok()?;
    if let Some(before) = before.filter(|before| *before != now && *before != bare_hash(&window)) {
        page.link("failure-go", say("Go on without the last step", "撤销最后一步并继续"), &before);
    }
    page.link("failure-go", say("Start afresh", "重新开始"), "");
    while let Some(child) = body.first_child() {
        body.remove_child(&child).ok()?;
    }
    body.append_child(&page.main).ok()?;
    Some(())
}

fn bare_hash(window: &web_sys::Window) -> String {
    window.location().hash().unwrap_or_default().trim_start_matches('#').to_owned()
}
