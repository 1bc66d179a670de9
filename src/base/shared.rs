//! Values that many things hold, each kept once.

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is known already is handed out again instead of being kept a second time.
///
/// ```
/// use ppl_check::base::Shared;
/// let mut texts = Shared::<str>::default();
/// let (a, b) = (texts.keep("no copy".to_owned()), texts.keep("no copy".to_owned()));
/// assert!(std::sync::Arc::ptr_eq(&a, &b));
/// ```
#[derive(Debug)]
pub struct Shared<T: ?Sized>(BTreeSet<Arc<T>>);

impl<T: ?Sized + Ord> Default for Shared<T> {
    fn default() -> Self {
        Self(BTreeSet::new())
    }
}

impl<T: ?Sized + Ord> Shared<T> {
    /// Returns the value as it is known, after learning it if it is new.
    pub fn keep(&mut self, value: impl Borrow<T> + Into<Arc<T>>) -> Arc<T> {
        if let Some(known) = self.0.get(value.borrow()) {
            return Arc::clone(known);
        }
        let new = value.into();
        self.0.insert(Arc::clone(&new));
        new
    }
}
