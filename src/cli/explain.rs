//! `explain`: what anything with an id means.

use clap::Args;
use ppl_check::explain::{explain as find, suggestion};
use ppl_check::report::escape::Ascii;
use ppl_check::report::explain::{json, markdown, text};

use super::args::Common;
use super::ui::Ui;
use super::{FINE, Failure, knowledge};

/// Options of `explain`.
#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    /// A license, exception, rule, obligation, switch, question, note, diagnostic, ecosystem or fact; or a list:
    /// licenses, exceptions, rules, obligations, switches, questions, notes, diagnostics, ecosystems, facts, formats,
    /// words, faq
    #[arg(required = true, value_name = "ID")]
    pub(crate) ids: Vec<String>,

    /// The language of what rules say, where they are rendered in it; clauses stay in the language of the license
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    pub(crate) lang: String,
}

pub(crate) fn explain(common: &Common, args: &ExplainArgs, ui: &Ui) -> Result<u8, Failure> {
    let format = common.format.last().map_or("text", String::as_str);
    if !["json", "markdown", "text"].contains(&format) {
        return Err(
            Failure::new(format!("`{format}` is not a format of `explain`")).hint("one of json, markdown, text")
        );
    }
    let knowledge = knowledge::here(common)?;
    let mut explanations = Vec::new();
    for id in &args.ids {
        let found = find(knowledge, id, &args.lang);
        if found.is_empty() {
            let failure = Failure::new(format!("there is nothing called `{id}` to explain"));
            return Err(match suggestion(knowledge, id) {
                Some(near) => failure.hint(format!("did you mean `ppl-check explain {near}`?")),
                None => failure.hint("see `ppl-check explain licenses`, `rules`, `obligations`, `switches` or `faq`"),
            });
        }
        explanations.extend(found);
    }
    ui.write(common.output.as_deref(), &|style, out| match format {
        "json" => json(&explanations, &knowledge.digest, out),
        "markdown" => markdown(&explanations, out),
        _ => text(&explanations, style, &mut Ascii::of(style, out)),
    })?;
    Ok(FINE)
}
