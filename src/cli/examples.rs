//! What `--help` teaches by: commands that can be copied, each with what it does.

pub(super) const ASK: &str = "\
Examples:
  ppl-check ask map-widget   the letter that fits what stands against it
  ppl-check ask npm:map-widget@1.13.3 --lang es -o letter.txt
  ppl-check ask map-widget --letter dual-license   another letter than the one that fits";

pub(super) const CACHE: &str = "\
Examples:
  ppl-check cache         where it lies, how large it is, what it holds
  ppl-check cache prune   forget all answers";

pub(super) const CHECK: &str = "\
Examples:
  ppl-check check                       the folder you are in
  ppl-check check ../shop --offline     another one, without asking registries
  ppl-check check --format text --format sarif=ppl-check.sarif
  ppl-check check --since origin/main   only what a branch brings in
  ppl-check check sbom.cdx.json         an SBOM in the place of a folder";

pub(super) const CLARIFY: &str = "\
Examples:
  ppl-check clarify npm:map-widget@1.13.3 BSD-3-Clause --reason 'read in LICENSE.txt'
  ppl-check clarify cargo:ring --reason 'its LICENSE is what was found'

The row rests on the text that is there now: another text voids it.";

pub(super) const COMPLETIONS: &str = "\
Examples:
  ppl-check completions bash > ~/.local/share/bash-completion/completions/ppl-check
  ppl-check completions fish > ~/.config/fish/completions/ppl-check.fish";

pub(super) const CONFIG: &str = "\
Examples:
  ppl-check config show   every value in force, and where it comes from";

pub(super) const DATA: &str = "\
Examples:
  ppl-check data export knowledge   the files behind every verdict, to read or to correct
  ppl-check data check knowledge    which examples fail and which verdicts a change moves
  ppl-check check --data knowledge";

pub(super) const DECIDE: &str = "\
Examples:
  ppl-check decide linking-doctrine fsf --reason 'general meeting of May'
  ppl-check explain switches           the questions on which readers of the law disagree
  ppl-check explain linking-doctrine   one of them: its answers, and who reads the law so";

pub(super) const DECISIONS: &str = "\
Examples:
  ppl-check decisions   each row: its reason, its end, what it matches";

pub(super) const DIFF: &str = "\
Examples:
  ppl-check diff origin/main                     what the working tree changes
  ppl-check diff origin/main --format markdown   the same as one comment; empty if nothing changed
  ppl-check diff before.json                     since a report that --format json=before.json wrote

Exit code 1: something new fails.";

pub(super) const EVAL: &str = "\
Examples:
  ppl-check eval 'MIT OR PPL'               may a part under this go into a work under the PPL?
  ppl-check eval GPL-3.0-only --relation separate-process
  ppl-check eval PPL --question use --entity worker-coop --attest reserves
  ppl-check eval npm:leaflet@1.9.4          a package before it is added, by what its registry has
  ppl-check eval npm:leaflet@1.9.4 --deep   the same with what it needs directly

Without options: a part that is linked into a work under the PPL, of which copies are given on.";

pub(super) const EXCEPT: &str = "\
Examples:
  ppl-check except composer:acme/pay-sdk no-license --reason 'our contract' --until 2027-01-31

The finding stays in every report, as accepted; it fails again when the license changes or the day
has passed.";

pub(super) const EXPLAIN: &str = "\
Examples:
  ppl-check explain copyleft-dependency   a rule
  ppl-check explain AGPL-3.0-or-later     a license: who may use it, what it asks
  ppl-check explain faq                   what every PPL project is asked
  ppl-check explain rules                 a list; also licenses, switches, formats …";

pub(super) const FETCH: &str = "\
Examples:
  ppl-check fetch   look up now what a run without a network will need
  ppl-check check --offline";

pub(super) const IDENTIFY: &str = "\
Examples:
  ppl-check identify LICENSE                which license is this text?
  ppl-check identify LICENSE --diff         and what was changed in it?
  ppl-check identify vendor --format json   every text below a folder, one object a line";

pub(super) const INIT: &str = "\
Examples:
  ppl-check init --dry-run   print what would be written
  ppl-check init";

pub(super) const LIST: &str = "\
Examples:
  ppl-check list   every package
  ppl-check list --verdict conflict,review --direct   your own dependencies that need a look
  ppl-check list --license GPL-3.0-only
  ppl-check list --format csv=packages.csv";

pub(super) const LOCK: &str = "\
Examples:
  ppl-check lock             write ppl-check.lock, then commit it
  ppl-check check --locked   the same answer on every machine
  ppl-check lock --check     in CI: exit 1 if something differs";

pub(super) const MAN: &str = "\
Examples:
  ppl-check man > ppl-check.1
  ppl-check man diff > ppl-check-diff.1";

pub(super) const RELATE: &str = "\
Examples:
  ppl-check relate npm:@ffprobe-installer/linux-x64 separate-process --reason 'started as a program'
  ppl-check relate web/vendor modified --folder --reason 'copied and changed'
  ppl-check relate pypi separate-process --ecosystem --reason 'scripts for the database alone'";

pub(super) const REPORT: &str = "\
Examples:
  ppl-check report --all licenses                every document, and an index that leads to them
  ppl-check report --format html=licenses.html   one page to search, print and give away
  ppl-check report --format notice=NOTICE --form web   what a web site has to say about its parts
  ppl-check report --format spdx=sbom.spdx.json --format cyclonedx=sbom.cdx.json
  ppl-check report --enrich sbom.cdx.json -o sbom.new.json

Documents: cyclonedx, downstream-en, downstream-es, downstream-fr, html, json, markdown, notice,
notice-html, notice-markdown, spdx. Exit code 0 whatever the verdicts are.";

pub(super) const WHATIF: &str = "\
Examples:
  ppl-check whatif --license PPL --license AGPL-3.0-or-later
  ppl-check whatif --license 'PPL OR AGPL-3.0-or-later'";

pub(super) const WHO: &str = "\
Examples:
  ppl-check who                 everybody: co-ops, collectives, non-profits, firms …
  ppl-check who --for company   you deliver it to a firm: your use and theirs
  ppl-check who --format json";

pub(super) const WHY: &str = "\
Examples:
  ppl-check why left-pad
  ppl-check why cargo:serde@1.0.228
  ppl-check why left-pad --format json";
