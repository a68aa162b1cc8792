//! The address follows the run, and the run the address.

use super::{Desk, Place};
use crate::app::lab::Lab;
use crate::app::{address, browser, title_of};
use crate::locale::Word;
use netsplit_scenario::link::View;

impl Desk {
    /// The link to the run as it stands.
    pub fn link(&self) -> String {
        let view = View { folded: self.state().ui.folded(), ..self.inner.stage.borrow().view() };
        self.inner.address.borrow().compose(&self.state().lab, view)
    }
    /// Makes a new entry in the browser's history: from here one can come back.
    pub fn push(&self) {
        if self.has_no_link() {
            return;
        }
        let link = self.link();
        self.inner.address.borrow_mut().push(&link);
    }
    /// A new entry in the browser's history for what is no run.
    pub fn push_fragment(&self, fragment: &str) {
        self.inner.address.borrow_mut().push(fragment);
    }
    /// Whether what is on the table is no run that a link could hold.
    fn has_no_link(&self) -> bool {
        self.has_theory() || self.state().lab.session().is_log()
    }
    /// Writes the run as it stands into the address; what no link holds stays at its own.
    pub fn save(&self) {
        if self.has_no_link() {
            return;
        }
        let link = self.link();
        self.inner.address.borrow_mut().replace(&link);
    }
    /// Copies the link.
    pub fn copy_link(&self) {
        if self.state().lab.session().is_log() {
            return self.remark(Word::LogHasNoLink);
        }
        self.save();
        let desk = self.clone();
        browser::copy(&address::whole(), move |done| {
            desk.remark(if done { Word::LinkCopied } else { Word::LinkNotCopied });
        });
    }
    /// Opens what the address asks for, if that is not what is on the table.
    pub fn heed_address(&self) {
        let fragment = address::fragment();
        if self.inner.address.borrow().shows(&fragment) {
            return;
        }
        let opened = match address::read(&fragment) {
            Ok(address::Wish::Link(link)) => self.follow(&link),
            Ok(address::Wish::Scenario(scenario)) => {
                Lab::start(*scenario).map(|lab| self.put(lab, true)).map_err(|error| error.to_string())
            }
            Ok(address::Wish::Theory(page)) => self.open_theory(page, 0),
            Ok(address::Wish::Log) => Err(self.say(Word::LogIsGone).to_owned()),
            Err(reason) => Err(reason),
        };
        self.inner.address.borrow_mut().adopt(&fragment);
        if let Err(reason) = opened {
            self.complain(Place::Address, reason);
        }
    }

    /// The page's title and language follow the run and the person.
    pub fn title(&self) {
        let state = self.state();
        let title = match &state.theory {
            Some(theory) => state.ui.language.of(theory.game.page().title),
            None => title_of(state.lab.session().scenario(), state.ui.language),
        };
        browser::document().set_title(&format!("{title} – Netsplit"));
        browser::set_root_attribute("lang", Some(state.ui.language.tag()));
    }
}
