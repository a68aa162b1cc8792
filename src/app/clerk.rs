//! Whoever does the page's heavy work beside it: a worker with this same program (`www/worker.js`), one task at a time.

use super::browser;
use crate::worker::Task;
use js_sys::{Object, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Url, Worker, WorkerOptions, WorkerType};

/// What a clerk says.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Said {
    /// A part of the answer, as JSON.
    Part(String),
    /// The task is done.
    Done,
    /// It cannot be done.
    Failed(String),
}

/// A worker and what it has said.
pub(crate) struct Clerk {
    worker: Worker,
    said: Rc<RefCell<Vec<(u32, Said)>>>,
    /// The task under way, by number.
    busy: Option<u32>,
    tasks: u32,
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _broken: Closure<dyn FnMut(web_sys::Event)>,
}

impl Clerk {
    /// Hires one; `None` if this browser has no workers, or the page was not loaded as it should be.
    pub fn hire() -> Option<Clerk> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&address()?, &options).ok()?;
        let said: Rc<RefCell<Vec<(u32, Said)>>> = Rc::default();
        let hear = said.clone();
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            hear.borrow_mut().extend(read(&event.data()));
        });
        worker.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        let hear = said.clone();
        let broken = Closure::<dyn FnMut(web_sys::Event)>::new(move |_: web_sys::Event| {
            hear.borrow_mut().push((u32::MAX, Said::Failed("the worker broke down".to_owned())));
        });
        worker.set_onerror(Some(broken.as_ref().unchecked_ref()));
        Some(Clerk { worker, said, busy: None, tasks: 0, _heard: heard, _broken: broken })
    }

    /// Whether it is at work.
    pub fn is_busy(&self) -> bool {
        self.busy.is_some()
    }

    /// Gives it a task.
    pub fn give(&mut self, task: &Task) {
        self.tasks += 1;
        let message = Object::new();
        let set = |name: &str, value: JsValue| Reflect::set(&message, &name.into(), &value).is_ok();
        let text = serde_json::to_string(task).unwrap_or_default();
        set("number", self.tasks.into());
        set("task", text.into());
        self.said.borrow_mut().clear();
        self.busy = self.worker.post_message(&message).is_ok().then_some(self.tasks);
    }

    /// What it has said of its task since one listened last.
    pub fn listen(&mut self) -> Vec<Said> {
        let said = self.said.take();
        let own = said.into_iter().filter(|(number, _)| Some(*number) == self.busy || *number == u32::MAX);
        let own: Vec<Said> = own.map(|(_, said)| said).collect();
        if own.iter().any(|said| !matches!(said, Said::Part(_))) {
            self.busy = None;
        }
        own
    }
}

/// Whoever is no longer needed stops at once.
impl Drop for Clerk {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// Where the worker's program is: its own file beside the page, told where the page's loader found the rest.
fn address() -> Option<String> {
    let loader = browser::document().query_selector("script[data-wasm]").ok().flatten()?;
    let base = browser::document().base_uri().ok().flatten()?;
    let at = |name: &str| Some(Url::new_with_base(&loader.get_attribute(name)?, &base).ok()?.href());
    let address = Url::new_with_base("worker.js", &base).ok()?;
    address.search_params().set("js", &at("data-js")?);
    address.search_params().set("wasm", &at("data-wasm")?);
    Some(address.href())
}

/// Reads a message of the worker.
fn read(message: &JsValue) -> Option<(u32, Said)> {
    let get = |name: &str| Reflect::get(message, &name.into()).ok();
    let number = get("number")?.as_f64()? as u32;
    let text = |name: &str| get(name).and_then(|value| value.as_string());
    let said = match (text("part"), text("failed")) {
        (Some(part), _) => Said::Part(part),
        (None, Some(reason)) => Said::Failed(reason),
        (None, None) => Said::Done,
    };
    Some((number, said))
}
