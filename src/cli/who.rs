//! `who`: which kinds of users may use the whole, for what, and how.

use std::path::PathBuf;

use clap::Args;
use ppl_check::license::expr::Expr;
use ppl_check::policy::{Act, Cell, Entity, Purpose, User, Whole, ingredients};
use ppl_check::report::escape::Ascii;
use ppl_check::report::who::{UserRow, json, matrix, text};

use super::args::Common;
use super::ui::Ui;
use super::{FINE, Failure, eval, run};

/// Options of `who`.
#[derive(Args, Debug)]
pub(crate) struct WhoArgs {
    /// The folder; where you are if nothing is said
    pub(crate) path: Option<PathBuf>,

    /// Somebody you deliver to: the answer is for your use and for theirs
    #[arg(long = "for", value_name = "KIND")]
    pub(crate) recipient: Option<String>,
}

pub(crate) fn who(common: &Common, args: &WhoArgs, ui: &Ui) -> Result<u8, Failure> {
    let as_json = eval::wants_json(common)?;
    let (report, run::Terms { knowledge, answers, .. }) = run::run_by(common, args.path.as_deref())?;
    let offer: Expr = eval::expression(&report.project.outbound)?;
    let parts = ingredients(&report.inventory, &report.judgements, &report.findings);
    let whole = Whole::new(knowledge, answers, &offer, &parts);
    let acts = match &common.act {
        Some(_) => vec![eval::act(common)?],
        None => Act::ALL.to_vec(),
    };
    let rows = match args.recipient.as_deref() {
        Some(recipient) => deliveries(&whole, recipient, eval::user(common)?.as_ref(), &acts)?,
        None => matrix(&whole, eval::user(common)?.as_ref(), &acts),
    };
    ui.write(common.output.as_deref(), &|style, out| {
        if as_json { json(&report, &rows, out) } else { text(&report, &rows, &mut Ascii::of(style, out)) }
    })?;
    Ok(FINE)
}

/// Answers for delivering to a recipient; facts about the recipient that were not said stay unsaid.
fn deliveries(
    whole: &Whole<'_>,
    recipient: &str,
    deliverer: Option<&User>,
    acts: &[Act],
) -> Result<Vec<UserRow>, Failure> {
    let entity = eval::word("entity", recipient, Entity::ALL, Entity::word)?;
    let cells = |purpose: Purpose| {
        let user = User { entity, attest: [].into(), purpose };
        acts.iter().map(|act| (purpose, *act, whole.delivery(deliverer, &user, *act))).collect::<Vec<_>>()
    };
    let cells: Vec<(Purpose, Act, Cell)> = Purpose::ALL.iter().flat_map(|purpose| cells(*purpose)).collect();
    Ok(vec![UserRow { user: format!("delivered to: {entity}"), entity: entity.word(), attest: Vec::new(), cells }])
}
