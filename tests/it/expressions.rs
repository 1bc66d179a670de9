//! License expressions against an independent reader: the strict parser of crate `spdx`.
//!
//! Left out, because the two differ on purpose: deprecated ids, `+` on GNU ids, `NONE` and `NOASSERTION`, and ids in
//! another case, which ours reads and records as repaired; `LicenseRef-` without a name, which theirs lets pass.

use ppl_check::license::expr::{Expr, license_ids};

const N_EXPRESSIONS: usize = 12_000;

/// A small generator of numbers (xorshift64*), so that every run asks the same.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % limit
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// Ids on whose use both readers agree.
struct Words {
    ids: Vec<&'static str>,
    exceptions: Vec<&'static str>,
}

impl Words {
    fn new() -> Self {
        let current = |id: &&str| spdx::license_id(id).is_some_and(|id| !id.is_deprecated());
        let exceptions = spdx::identifiers::EXCEPTIONS.iter().map(|exception| exception.name);
        let usable = |name: &&str| spdx::exception_id(name).is_some_and(|id| !id.is_deprecated());
        Self {
            ids: license_ids().iter().copied().filter(current).collect(),
            exceptions: exceptions.filter(usable).collect(),
        }
    }

    fn leaf(&self, numbers: &mut Numbers) -> String {
        let id = numbers.pick(&self.ids);
        match numbers.below(12) {
            0 => format!("LicenseRef-{}", numbers.below(1000)),
            1 => format!("DocumentRef-d{}:LicenseRef-a.b-{}", numbers.below(9), numbers.below(9)),
            2 if !spdx::license_id(id).unwrap().is_gnu() => format!("{id}+"),
            3 | 4 => format!("{id} WITH {}", numbers.pick(&self.exceptions)),
            _ => id.to_owned(),
        }
    }

    fn expression(&self, numbers: &mut Numbers, depth: usize) -> String {
        if depth == 0 || numbers.below(3) == 0 {
            return self.leaf(numbers);
        }
        let mut text = self.expression(numbers, depth - 1);
        for _ in 0..=numbers.below(3) {
            let operator = numbers.pick(&[" AND ", " OR ", "  AND\t", " OR\n"]);
            text = text + operator + &self.expression(numbers, depth - 1);
        }
        match numbers.below(3) {
            0 => text,
            1 => format!("({text})"),
            _ => format!("( {text} )"),
        }
    }
}

/// Breaks an expression as people do: a word lost, doubled, exchanged or invented.
fn broken(text: &str, numbers: &mut Numbers) -> String {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let mut words: Vec<&str> = spaced.split_whitespace().collect();
    let at = numbers.below(words.len());
    match numbers.below(5) {
        0 => drop(words.remove(at)),
        1 => words.insert(at, words[at]),
        2 => words.swap(at, numbers.below(spaced.split_whitespace().count())),
        3 => words[at] = numbers.pick(&["Foo-1.0", "DocumentRef-a", "&", "MIT,", "(", ")", "WITH", "+"]),
        _ => words.insert(at, numbers.pick(&["AND", "OR", "WITH", "(", ")", "MIT"])),
    }
    words.join(" ")
}

/// Decides whether a license is granted, by its name alone, in one of several imagined worlds.
fn is_granted(license: &str, world: usize) -> bool {
    license.bytes().fold(world * 31 + 7, |sum, byte| sum.wrapping_mul(33) ^ usize::from(byte)) % 5 < 3
}

fn holds(expr: &Expr, world: usize) -> bool {
    match expr {
        Expr::License(license) => is_granted(&license.to_string(), world),
        Expr::And(operands) => operands.iter().all(|operand| holds(operand, world)),
        Expr::Or(operands) => operands.iter().any(|operand| holds(operand, world)),
    }
}

#[test]
fn the_strict_parser_of_the_spdx_crate_agrees() {
    let words = Words::new();
    let mut numbers = Numbers(0x5ee_d0f);
    let (mut n_accepted, mut n_refused) = (0, 0);
    for round in 0..N_EXPRESSIONS {
        let text = words.expression(&mut numbers, 3);
        let text = if round % 3 == 0 { broken(&text, &mut numbers) } else { text };
        let theirs = spdx::Expression::parse_mode(&text, spdx::ParseMode::STRICT);
        let ours = Expr::parse(&text).ok().filter(|parsed| parsed.repairs.is_empty());
        assert_eq!(ours.is_some(), theirs.is_ok(), "{text:?}: ours {:?}, theirs {theirs:?}", Expr::parse(&text));
        let (Some(ours), Ok(theirs)) = (ours, theirs) else {
            n_refused += 1;
            continue;
        };
        n_accepted += 1;
        for world in 0..8 {
            let by_them = theirs.evaluate(|license| is_granted(&license.to_string(), world));
            assert_eq!(holds(&ours.expr, world), by_them, "{text} in world {world}: {}", ours.expr);
            assert_eq!(holds(&ours.expr.canonical(), world), by_them, "{text} in world {world}");
        }
        let again = Expr::parse(&ours.expr.to_string()).unwrap();
        assert_eq!(again.expr, ours.expr, "{text}");
        assert!(spdx::Expression::parse_mode(&ours.expr.to_string(), spdx::ParseMode::STRICT).is_ok(), "{text}");
    }
    assert!(n_accepted > 8_000 && n_refused > 2_000, "{n_accepted} accepted, {n_refused} refused");
}
