//! One page in plain words for those who get the work, in several languages.
//!
//! It quotes the license in the license's own language and promises nothing: every sentence about a use says under
//! which condition, and the page says what it cannot know.

use std::io;

use super::page::{self, Block, Page};
use super::{Report, Style, Terms};

/// The words of one language. `{…}` stands for what is filled in.
struct Words {
    language: &'static str,
    title: &'static str,
    governs: &'static str,
    is_not: &'static str,
    quotes: &'static str,
    /// What the words of a license show, and the sentence that leads to them.
    leads: &'static [(&'static str, &'static str)],
    parts: &'static str,
    open: &'static str,
    unknown_title: &'static str,
    unknown: &'static [&'static str],
    languages: &'static [(&'static str, &'static str)],
    end: &'static str,
}

static ENGLISH: Words = Words {
    language: "en",
    title: "{project}: what its license means for you",
    governs: "{project} is offered under {license}. The text in {language} that comes with the work governs. This page \
              explains that text; it is not the license, and where the two differ the text counts.",
    is_not: "It does not explain {others}, which is another text and says other things.",
    quotes: "The words of the license stand here in the language in which it is written.",
    leads: &[
        ("commercial-use", "If you want to use the work for money, these words decide whether that is permitted:"),
        ("surplus", "If you use it for money, these words say what has to happen with what you gain:"),
        ("entity-bar", "If your organization is of the kind that these words describe, its use is excluded:"),
        ("field-of-use", "If you want to use it for one of these purposes, these words exclude it:"),
        ("attribution", "If you pass the work on, these words say whom to name:"),
        ("license-copy", "If you pass it on, the license goes with it:"),
        ("changes-marked", "If you change it, the changes have to be marked:"),
        ("share-alike", "If you pass it on, these words say under which license:"),
        ("further-restrictions-forbidden", "If you pass it on, no further limits are allowed:"),
        ("drm", "If you pass it on, it may not be locked:"),
        ("source", "If you pass it on, these words say what is owed of the source code:"),
        ("termination", "If the conditions are not kept, the rights end:"),
    ],
    parts: "The work holds parts by others under licenses of their own; the notices that come with it name them. If you \
            use such a part, its own license decides.",
    open: "When this page was written, {count} about the parts were open. If you rely on the work, ask those who offer it.",
    unknown_title: "What this page cannot know",
    unknown: &[
        "who owns and runs your organization, and whether it employs people",
        "what you use the work for, and what happens with what you gain by it",
        "whether you have another agreement with those who hold the rights",
        "how the courts of your country read the license",
    ],
    languages: &[("en", "English"), ("es", "Spanish"), ("fr", "French")],
    end: super::DISCLAIMER,
};

static SPANISH: Words = Words {
    language: "es",
    title: "{project}: qué significa su licencia para usted",
    governs: "{project} se ofrece bajo {license}. Rige el texto en {language} que acompaña a la obra. Esta página explica \
              ese texto; no es la licencia y, si difieren, vale el texto.",
    is_not: "No explica {others}, que es otro texto y dice otras cosas.",
    quotes: "Las palabras de la licencia se citan en el idioma en que está escrita.",
    leads: &[
        ("commercial-use", "Si quiere usar la obra para ganar dinero, estas palabras deciden si está permitido:"),
        ("surplus", "Si la usa para ganar dinero, estas palabras dicen qué debe ocurrir con lo que gane:"),
        ("entity-bar", "Si su organización es como la que describen estas palabras, su uso está excluido:"),
        ("field-of-use", "Si quiere usarla para uno de estos fines, estas palabras lo excluyen:"),
        ("attribution", "Si transmite la obra, estas palabras dicen a quién hay que nombrar:"),
        ("license-copy", "Si la transmite, la licencia la acompaña:"),
        ("changes-marked", "Si la modifica, hay que señalar los cambios:"),
        ("share-alike", "Si la transmite, estas palabras dicen bajo qué licencia:"),
        ("further-restrictions-forbidden", "Si la transmite, no se admiten más límites:"),
        ("drm", "Si la transmite, no se admiten bloqueos técnicos:"),
        ("source", "Si la transmite, estas palabras dicen qué se debe del código fuente:"),
        ("termination", "Si no se cumplen las condiciones, los derechos terminan:"),
    ],
    parts: "La obra contiene partes de otras personas con licencias propias; los avisos que la acompañan las nombran. Si \
            usa una de ellas, decide su propia licencia.",
    open: "Cuando se escribió esta página quedaban asuntos abiertos sobre las partes ({count}). Si depende de la obra, \
           pregunte a quienes la ofrecen.",
    unknown_title: "Lo que esta página no sabe",
    unknown: &[
        "de quién es y quién dirige su organización, y si tiene personas asalariadas",
        "para qué usa la obra y qué ocurre con lo que gana con ella",
        "si tiene otro acuerdo con quienes poseen los derechos",
        "cómo leen la licencia los tribunales de su país",
    ],
    languages: &[("en", "inglés"), ("es", "español"), ("fr", "francés")],
    end: "Preparado por ppl-check a partir de los textos de las licencias; no concede nada y no es asesoramiento jurídico. \
          Este documento se dedica al dominio público con CC0-1.0.",
};

static FRENCH: Words = Words {
    language: "fr",
    title: "{project} : ce que sa licence signifie pour vous",
    governs: "{project} est proposé sous {license}. C'est le texte en {language} joint à l'œuvre qui fait foi. Cette page \
              explique ce texte ; elle n'est pas la licence et, s'ils diffèrent, le texte l'emporte.",
    is_not: "Elle n'explique pas {others}, qui est un autre texte et dit autre chose.",
    quotes: "Les mots de la licence sont cités dans la langue où elle est écrite.",
    leads: &[
        (
            "commercial-use",
            "Si vous voulez utiliser l'œuvre pour gagner de l'argent, ces mots décident si c'est permis :",
        ),
        (
            "surplus",
            "Si vous l'utilisez pour gagner de l'argent, ces mots disent ce qu'il advient de ce que vous gagnez :",
        ),
        ("entity-bar", "Si votre organisation est de celles que ces mots décrivent, son usage est exclu :"),
        ("field-of-use", "Si vous voulez l'utiliser pour l'un de ces buts, ces mots l'excluent :"),
        ("attribution", "Si vous transmettez l'œuvre, ces mots disent qui il faut nommer :"),
        ("license-copy", "Si vous la transmettez, la licence l'accompagne :"),
        ("changes-marked", "Si vous la modifiez, les changements doivent être signalés :"),
        ("share-alike", "Si vous la transmettez, ces mots disent sous quelle licence :"),
        ("further-restrictions-forbidden", "Si vous la transmettez, aucune autre limite n'est admise :"),
        ("drm", "Si vous la transmettez, aucun verrou technique n'est admis :"),
        ("source", "Si vous la transmettez, ces mots disent ce qui est dû du code source :"),
        ("termination", "Si les conditions ne sont pas respectées, les droits prennent fin :"),
    ],
    parts: "L'œuvre contient des parties d'autres personnes sous leurs propres licences ; les mentions jointes les nomment. \
            Si vous utilisez une telle partie, c'est sa propre licence qui décide.",
    open: "Quand cette page a été écrite, des points restaient ouverts au sujet des parties ({count}). Si vous dépendez de \
           l'œuvre, interrogez ceux qui la proposent.",
    unknown_title: "Ce que cette page ne peut pas savoir",
    unknown: &[
        "à qui appartient votre organisation, qui la dirige et si elle a des salariés",
        "à quoi vous sert l'œuvre et ce qu'il advient de ce que vous gagnez avec elle",
        "si vous avez un autre accord avec les titulaires des droits",
        "comment les tribunaux de votre pays lisent la licence",
    ],
    languages: &[("en", "anglais"), ("es", "espagnol"), ("fr", "français")],
    end: "Préparé par ppl-check à partir des textes des licences ; ce document n'accorde rien et n'est pas un avis \
          juridique. Il est versé au domaine public sous CC0-1.0.",
};

pub(super) fn english(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    page::html(&notice(report, &ENGLISH), out)
}

pub(super) fn spanish(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    page::html(&notice(report, &SPANISH), out)
}

pub(super) fn french(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    page::html(&notice(report, &FRENCH), out)
}

fn notice<'r>(report: &Report, words: &Words) -> Page<'r> {
    let project = &report.project;
    let name = project.name.clone().unwrap_or_else(|| "ppl-check".to_owned());
    let fill = |text: &str| text.replace("{license}", &project.outbound).replace("{project}", &name);
    let mut blocks = vec![Block::Heading(1, fill(words.title))];
    for terms in &report.documents.terms {
        let (code, language) = language(terms, words);
        let governs = words.governs.replace("{license}", &terms.license).replace("{language}", language);
        blocks.push(Block::Paragraph(fill(&governs)));
        if !terms.siblings.is_empty() {
            blocks.push(Block::Paragraph(words.is_not.replace("{others}", &terms.siblings.join(", "))));
        }
        blocks.push(Block::Paragraph(words.quotes.to_owned()));
        blocks.extend(clauses(terms, words, code));
    }
    blocks.push(Block::Paragraph(words.parts.to_owned()));
    let n_open = report.summary.n_conflicts + report.summary.n_unknowns + report.summary.n_questions;
    if n_open > 0 {
        let count = match (words.language, n_open) {
            ("en", 1) => "one question".to_owned(),
            ("en", n) => format!("{n} questions"),
            (_, n) => n.to_string(),
        };
        blocks.push(Block::Paragraph(words.open.replace("{count}", &count)));
    }
    blocks.push(Block::Heading(2, words.unknown_title.to_owned()));
    blocks.push(Block::List(words.unknown.iter().map(|item| (*item).to_owned()).collect()));
    blocks.push(Block::Paragraph(words.end.to_owned()));
    Page { language: words.language, blocks }
}

/// Returns code and name of the language a license is written in: an id may end in one, as `-es`; else it is English.
fn language(terms: &Terms, words: &Words) -> (&'static str, &'static str) {
    let code = terms.license.rsplit_once('-').map(|(_, code)| code);
    let named = |wanted: &str| words.languages.iter().find(|(code, _)| *code == wanted).copied();
    code.and_then(named).or_else(|| named("en")).unwrap_or_default()
}

fn clauses<'r>(terms: &Terms, words: &Words, language: &'static str) -> Vec<Block<'r>> {
    let mut blocks = Vec::new();
    for (fact, lead) in words.leads {
        let mut quotes = terms.clauses.iter().filter(|(shows, _)| shows == fact).map(|(_, clause)| clause).peekable();
        if quotes.peek().is_some() {
            blocks.push(Block::Paragraph((*lead).to_owned()));
        }
        blocks.extend(quotes.map(|clause| {
            Block::Quote(clause.quote.clone(), format!("{}, {}", clause.license, clause.section), language)
        }));
    }
    blocks
}
