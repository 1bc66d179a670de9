//! Known texts, opened to be compared with a file: its next stretch is likely to need the same again.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use super::index::{Content, Index, TextNumber};
use super::words::Word;

/// The known texts, a few of them open.
pub(crate) struct Library<'a> {
    pub(crate) index: &'a Index,
    /// Those opened last, the last one at the end.
    open: RefCell<Vec<Rc<Known>>>,
}

/// A known text.
pub(crate) struct Known {
    pub(crate) text: TextNumber,
    /// What it is compared by.
    pub(crate) units: Vec<u32>,
    published: OnceCell<Published>,
}

/// A known text as it was published.
pub(crate) struct Published {
    pub(crate) text: String,
    pub(crate) content: Content,
}

impl<'a> Library<'a> {
    pub(crate) fn new(index: &'a Index) -> Self {
        Self { index, open: RefCell::default() }
    }

    /// Opens a text.
    pub(crate) fn open(&self, text: TextNumber) -> Rc<Known> {
        /// As many as are compared with a stretch, and as many again.
        const MOST: usize = 16;
        let mut open = self.open.borrow_mut();
        let known = match open.iter().position(|known| known.text == text) {
            Some(at) => open.remove(at),
            None => Rc::new(Known { text, units: self.index.units(text), published: OnceCell::new() }),
        };
        if open.len() == MOST {
            open.remove(0);
        }
        open.push(Rc::clone(&known));
        known
    }
}

impl Known {
    /// The text as it was published; read when first needed.
    pub(crate) fn published(&self, index: &Index) -> &Published {
        self.published.get_or_init(|| {
            let text = index.verbatim(self.text);
            let content = index.content(&text);
            Published { text, content }
        })
    }
}

impl Published {
    /// The words that count.
    pub(crate) fn counted_words(&self) -> Vec<Word> {
        let words = self.content.places.iter().filter_map(|place| self.content.words.get(*place as usize).copied());
        words.collect()
    }
}
