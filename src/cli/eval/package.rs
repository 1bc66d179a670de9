//! Packages that nothing depends on yet, looked up and judged: alone, or with what they need directly.

use std::sync::Arc;

use ppl_check::base::Purl;
use ppl_check::config::Config;
use ppl_check::model::Package;
use ppl_check::policy::{Judge, Query, judge_package};
use ppl_check::registry::{self, LookupError, Lookups, Need};
use ppl_check::report::eval::{License, Needed};
use ppl_check::resolve::Resolver;

use super::Judged;
use crate::cli::Failure;
use crate::cli::args::Common;
use crate::cli::online;

/// Reads `npm:left-pad@1.3.0` or a package URL; anything else is no package.
pub(super) fn parse(text: &str) -> Result<Option<Purl>, Failure> {
    let known = |ty: &str| registry::types().any(|known| known == ty);
    let is_word = |ty: &str| !ty.is_empty() && ty.bytes().all(|byte| byte.is_ascii_lowercase());
    let purl = match text.split_once(':') {
        Some(("pkg", _)) => text.parse::<Purl>().map_err(|error| Failure::new(format!("`{text}`: {error}")))?,
        Some((ty, rest)) if known(ty) => {
            // A scope starts with the same sign as a version.
            let (name, version) = rest.rsplit_once('@').filter(|(name, _)| !name.is_empty()).unwrap_or((rest, ""));
            match name.split_once(':') {
                Some((group, name)) => Purl::with_namespace(ty, Some(group), name, Some(version)),
                None => Purl::new(ty, name, Some(version)),
            }
        }
        Some((ty, rest)) if is_word(ty) && rest.contains('@') => return Err(not_looked_up(ty)),
        _ => return Ok(None),
    };
    if !known(purl.ty()) {
        return Err(not_looked_up(purl.ty()));
    }
    if purl.version().is_none() {
        let hint = format!("as in {}:{}@1.0.0", purl.ty(), purl.full_name());
        return Err(Failure::new(format!("`{text}` has no version")).hint(hint));
    }
    Ok(Some(purl))
}

fn not_looked_up(ty: &str) -> Failure {
    let types: Vec<_> = registry::types().collect();
    Failure::new(format!("packages of the type `{ty}` are not looked up")).hint(format!("one of {}", types.join(", ")))
}

/// Judges packages by what their registries have.
pub(super) struct Packages<'run> {
    lookups: Lookups<'run>,
    judge: &'run Judge<'run>,
    query: &'run Query,
}

impl<'run> Packages<'run> {
    pub(super) fn new(common: &Common, judge: &'run Judge<'run>, query: &'run Query) -> Result<Self, Failure> {
        let lookups = online::lookups(common, None)?;
        let lookups = lookups.ok_or_else(|| Failure::new("with --locked nothing is looked up"))?;
        // What a package needs stands in the answer that its license was read from.
        Ok(Self { lookups: lookups.remembering(), judge, query })
    }

    /// Returns what would be asked about packages; what they need is known only after that.
    pub(super) fn would_ask(self, purls: Vec<Purl>) -> Vec<String> {
        let dry = Self { lookups: self.lookups.dry(), ..self };
        dry.resolve(purls);
        dry.lookups.would_ask()
    }

    /// Judges a package, before anything depends on it.
    pub(super) fn one(&self, purl: Purl) -> Result<Judged, Failure> {
        let package = self.resolve(vec![purl]).remove(0);
        if tried(&package) == LookupError::NotFound.to_string() {
            return Err(Failure::new(format!("`{}` was not found in its registry", package.purl)));
        }
        Ok(self.judged(&package, None))
    }

    /// Judges what a package needs directly.
    pub(super) fn needs(&self, purl: &Purl) -> Result<Vec<Judged>, Failure> {
        let needs = self.lookups.needs(purl).ok_or_else(|| {
            let message = format!("the registry of `{}` packages does not say what a package needs", purl.ty());
            Failure::new(message).hint("leave --deep out, or add the package and run `ppl-check`")
        })?;
        let needs = needs.map_err(|error| Failure::new(format!("what `{purl}` needs is not known: {error}")))?;
        let found = self.resolve(needs.iter().filter_map(|need| need.chosen.clone().ok()).collect());
        let mut found = found.iter();
        let judged = |need: Need| {
            let needed = Needed { by: purl.to_string(), requirement: need.requirement, optional: need.optional };
            match need.chosen {
                Ok(_) => found.next().map(|package| self.judged(package, Some(needed))),
                Err(why) => Some(Judged {
                    needed: Some(needed),
                    package: Some(need.purl.to_string()),
                    raw: None,
                    license: License::Missing(why),
                    judgement: Arc::new(self.judge.judge_evidence("lookup-failed", self.query)),
                    branches: Arc::default(),
                }),
            }
        };
        Ok(needs.into_iter().filter_map(judged).collect())
    }

    fn resolve(&self, purls: Vec<Purl>) -> Vec<Package> {
        Resolver::new(None, &Config::default(), self.judge.knowledge()).resolve_new(purls, &self.lookups)
    }

    fn judged(&self, package: &Package, needed: Option<Needed>) -> Judged {
        let license = match License::from(&package.resolution.resolved) {
            License::Missing(why) => License::Missing(format!("{why} ({})", tried(package))),
            license => license,
        };
        Judged {
            needed,
            package: Some(package.purl.to_string()),
            raw: None,
            license,
            judgement: Arc::new(judge_package(self.judge, package, self.query)),
            branches: Arc::default(),
        }
    }
}

fn tried(package: &Package) -> String {
    package.resolution.tried.iter().map(|tried| &*tried.outcome).collect::<Vec<_>>().join(", ")
}
