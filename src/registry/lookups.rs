//! The look-ups of a run: cached, side by side, within bounds.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::http::{Client, Gate, Network};
use super::{Answer, Asked, Cache, LookupError, Need, Outcome, by_type, tie};
use crate::base::Purl;

/// How many requests are under way at once.
const MAX_PARALLEL: usize = 12;

/// Told how many of how many look-ups are done.
pub type Progress<'run> = &'run (dyn Fn(usize, usize) + Sync);

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Step<'run> {
    /// What the registry says about a package.
    First,
    /// Its archive, since the first answer said too little.
    Archive(&'run Answer),
}

/// Everything look-ups need.
pub struct Lookups<'run> {
    network: Arc<Network>,
    cache: Option<Cache>,
    progress: Option<Progress<'run>>,
    /// Made with the first request: reading certificates takes time.
    client: OnceLock<Client>,
    gates: BTreeMap<&'static str, Gate>,
    /// With a dry run: what would have been asked.
    dry: Option<Mutex<Vec<String>>>,
    /// Whether only what was kept counts.
    is_offline: bool,
    /// The answers of this run, where the same is asked for twice and there may be no cache.
    memory: Option<Mutex<BTreeMap<Purl, Answer>>>,
}

impl<'run> Lookups<'run> {
    /// Creates the look-ups of a run.
    pub fn new(network: Network, cache: Option<Cache>) -> Self {
        let gates = super::REGISTRIES.iter().map(|registry| (registry.ty, Gate::default())).collect();
        Self {
            network: Arc::new(network),
            cache,
            progress: None,
            client: OnceLock::new(),
            gates,
            dry: None,
            is_offline: false,
            memory: None,
        }
    }

    /// Keeps every answer until the run is over: for a few packages, not for a whole project.
    #[must_use]
    pub fn remembering(self) -> Self {
        Self { memory: Some(Mutex::default()), ..self }
    }

    /// Tells how far the look-ups are.
    #[must_use]
    pub fn with_progress(self, progress: Progress<'run>) -> Self {
        Self { progress: Some(progress), ..self }
    }

    /// Asks nothing, and takes what was kept from other runs.
    #[must_use]
    pub fn offline(self) -> Self {
        Self { is_offline: true, ..self }
    }

    /// Asks nothing, and notes what would have been asked.
    #[must_use]
    pub fn dry(self) -> Self {
        Self { dry: Some(Mutex::default()), ..self }
    }

    /// Returns the addresses that would have been asked, sorted.
    pub fn would_ask(&self) -> Vec<String> {
        let noted = self.dry.as_ref().map(|dry| dry.lock().unwrap_or_else(PoisonError::into_inner).clone());
        let mut noted = noted.unwrap_or_default();
        noted.sort();
        noted
    }

    /// Asks for packages; the outcomes are in the order of the packages.
    pub fn ask(&self, wanted: &[(Asked<'_>, Step<'_>)]) -> Vec<Outcome> {
        let n_done = AtomicUsize::new(0);
        side_by_side(wanted.to_vec(), |(asked, step)| {
            let outcome = self.one(&asked, step);
            let n_done = n_done.fetch_add(1, Ordering::Relaxed) + 1;
            if let Some(progress) = self.progress {
                progress(n_done, wanted.len());
            }
            outcome
        })
    }

    /// Returns what a package needs directly, with the newest versions that will do; `None` if its registry's answers do
    /// not say it in a way that is read.
    pub fn needs(&self, purl: &Purl) -> Option<Result<Vec<Need>, LookupError>> {
        let registry = by_type(purl.ty())?;
        let (needs, gate) = (registry.needs.as_ref()?, self.gates.get(purl.ty())?);
        let asked = Asked { purl, checksums: &[] };
        let named = |step: Step| match self.one(&asked, step) {
            Outcome::Answered(answer, _) => Ok(((needs.named)(&answer), answer)),
            Outcome::Failed(error) => Err(error),
            Outcome::Different { .. } => Err(LookupError::NotFound),
        };
        let named = named(Step::First).and_then(|(found, answer)| match found {
            // What the registry does not say, the archive may.
            Err(_) if registry.open.is_some() && !answer.whole => named(Step::Archive(&answer))?.0,
            found => found,
        });
        if self.is_offline {
            return Some(named.and(Err(LookupError::Offline)));
        }
        let session = self.client.get_or_init(|| Client::new(&self.network)).session(registry, gate);
        Some(named.map(|named| side_by_side(named, |named| named.settle(needs, &session))))
    }

    fn one(&self, asked: &Asked, step: Step) -> Outcome {
        let (Some(registry), Some(gate)) = (by_type(asked.purl.ty()), self.gates.get(asked.purl.ty())) else {
            return Outcome::Failed(LookupError::NotFound);
        };
        let remembered =
            || self.memory.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner).get(asked.purl).cloned();
        let kept = || remembered().or_else(|| self.cache.as_ref()?.get(asked));
        if let (Step::First, Some(answer)) = (step, kept()) {
            return self.judged(asked, answer, Origin::Cache);
        }
        if self.is_offline {
            return Outcome::Failed(LookupError::Offline);
        }
        if let Some(dry) = &self.dry {
            let address = self.network.address(registry.ty).zip((registry.first)(asked.purl));
            let mut noted = dry.lock().unwrap_or_else(PoisonError::into_inner);
            noted.extend(address.map(|(base, path)| format!("{base}{path}")));
            return Outcome::Failed(LookupError::NotAsked);
        }
        let session = self.client.get_or_init(|| Client::new(&self.network)).session(registry, gate);
        let found = match step {
            Step::First => (registry.look_up)(asked, &session),
            Step::Archive(first) => match registry.open {
                Some(open) => open(asked, first, &session),
                None => Err(LookupError::NotFound),
            },
        };
        match found {
            Ok(answer) => self.judged(asked, answer, Origin::Registry),
            Err(error) => Outcome::Failed(error),
        }
    }

    /// Compares an answer with the lockfile, and keeps it if nothing speaks against it.
    fn judged(&self, asked: &Asked, answer: Answer, origin: Origin) -> Outcome {
        match tie(asked.checksums, &answer.checksums) {
            Ok(tie) => {
                if let (Origin::Registry, Some(cache)) = (origin, &self.cache) {
                    cache.put(asked, &answer);
                }
                if let Some(memory) = &self.memory {
                    let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
                    memory.insert(asked.purl.clone(), answer.clone());
                }
                Outcome::Answered(answer, tie)
            }
            Err((expected, found)) => Outcome::Different { expected, found },
        }
    }
}

/// Works on several things at once; the results are in the order of the things.
fn side_by_side<T: Send, R: Send>(things: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let n_workers = things.len().min(MAX_PARALLEL);
    let queue = Mutex::new(things.into_iter().enumerate());
    let results = Mutex::new(Vec::new());
    let run = || {
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((idx, thing)) = next else { break };
            let result = work(thing);
            results.lock().unwrap_or_else(PoisonError::into_inner).push((idx, result));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..n_workers {
            scope.spawn(run);
        }
        run();
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(idx, _)| *idx);
    results.into_iter().map(|(_, result)| result).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Cache,
    Registry,
}

impl fmt::Debug for Lookups<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Lookups").field("cache", &self.cache).finish_non_exhaustive()
    }
}
