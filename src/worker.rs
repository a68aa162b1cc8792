//! Work that would hold the page up, done beside it: `www/worker.js` runs this same program in a worker, where nothing is
//! drawn, and hands it tasks.

use js_sys::Function;
use netsplit_scenario::{JUDGED_WITHIN, OpNow, catalogue, verdicts};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

/// Something to be done.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Judge what clients saw; says a [`verdicts::Judged`] for each consistency model.
    Judge {
        /// The protocol's name.
        protocol: String,
        /// The operations.
        history: Vec<OpNow>,
    },
}

/// Does a task, written as JSON; `say` hears what is found, as JSON too, one thing after the other.
///
/// # Errors
/// The task is none.
#[wasm_bindgen]
pub fn work(task: &str, say: &Function) -> Result<(), JsError> {
    match serde_json::from_str(task)? {
        Task::Judge { protocol, history } => {
            let about = catalogue::about(&protocol).ok_or_else(|| JsError::new("there is no such protocol"))?;
            verdicts::judge(about, &history, JUDGED_WITHIN, |judged| tell(say, &judged));
        }
    }
    Ok(())
}

fn tell(say: &Function, part: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(part) {
        // Whoever listens is gone if it throws.
        let _ = say.call1(&JsValue::NULL, &text.into());
    }
}
