//! `cache`: what registries have answered, kept on this machine.

use clap::{Args, Subcommand};
use ppl_check::base::Purl;
use ppl_check::config::PackagePattern;
use ppl_check::registry::{Cache, Held};
use ppl_check::report::escape::line;

use super::ui::Ui;
use super::{FINE, Failure, online};

/// Options of `cache`.
#[derive(Args, Debug)]
pub(crate) struct CacheArgs {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Says where the cache is, how large, and what it holds (the default)
    List,
    /// Removes what is kept: everything, or packages that match a pattern
    Prune {
        /// Such as `npm:left-pad@1.3.0` or `cargo:*`; damaged entries go in any case
        package: Option<String>,
    },
}

pub(crate) fn cache(args: &CacheArgs, ui: &Ui) -> Result<u8, Failure> {
    let folder = online::folder().ok_or_else(|| Failure::new("the environment does not say where a cache could be"))?;
    let cache = Cache::open(&folder, None).map_err(|error| Failure::new(format!("{error}")))?;
    let failed = |error: std::io::Error| Failure::new(format!("the cache cannot be read: {error}"));
    let held = cache.entries().map_err(failed)?;
    match &args.action {
        None | Some(Action::List) => {
            let n_bytes: u64 = held.iter().map(|held| held.n_bytes).sum();
            ui.write(None, &|_, out| {
                writeln!(out, "{}: {} entries, {} KiB", folder.display(), held.len(), n_bytes.div_ceil(1024))?;
                held.iter().try_for_each(|held| writeln!(out, "  {}", line(held.purl.as_deref().unwrap_or("damaged"))))
            })?;
        }
        Some(Action::Prune { package }) => {
            let pattern = package.as_deref().map(str::parse::<PackagePattern>).transpose();
            let pattern = pattern.map_err(|error| Failure::new(format!("{error}")))?;
            let gone: Vec<&Held> = held.iter().filter(|held| is_meant(held, pattern.as_ref())).collect();
            gone.iter().try_for_each(|held| cache.remove(held)).map_err(failed)?;
            ui.write(None, &|_, out| {
                writeln!(out, "{} entries removed, {} kept", gone.len(), held.len() - gone.len())
            })?;
        }
    }
    Ok(FINE)
}

fn is_meant(held: &Held, pattern: Option<&PackagePattern>) -> bool {
    let purl = held.purl.as_deref().and_then(|purl| purl.parse::<Purl>().ok());
    pattern.zip(purl).is_none_or(|(pattern, purl)| pattern.matches(&purl))
}
