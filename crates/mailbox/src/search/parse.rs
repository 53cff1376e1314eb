//! The grammar of the search field. Whatever is typed means something: there are no syntax errors.
//!
//! Words are joined by *and*, each matching from the start of words; `"exact phrase"`, `-word`, `OR` or `ELLER`,
//! parentheses, and operators in English and Norwegian, whatever the language of the window.

use crate::view::SearchHint;

/// Parentheses within parentheses; deeper ones are not looked at.
const DEPTH: usize = 20;
/// Words and operators of one search; what comes after is not looked at.
const LEAVES: usize = 64;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// All must hold; none given: everything holds.
    All(Vec<Expr>),
    /// One must hold.
    Any(Vec<Expr>),
    /// Must not hold.
    Not(Box<Expr>),
    /// One condition.
    Leaf(Leaf),
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// Words next to each other; the last may go on.
    Words(String),
    /// Words next to each other, as they stand.
    Phrase(String),
    /// A condition on one property.
    Field {
        /// Which.
        operator: Operator,
        /// As typed, without quotes.
        value: String,
    },
    /// An organisation, by nine digits.
    Organisation(String),
    /// A person, by eleven digits.
    Person(String),
}

/// What an operator asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// Sender.
    From,
    /// Recipient.
    To,
    /// Title.
    Subject,
    /// State.
    Is,
    /// What it has.
    Has,
    /// Shown before a day.
    Before,
    /// Shown on a day or later.
    After,
    /// Due.
    Due,
    /// Sender's reference.
    Reference,
    /// Service.
    Resource,
    /// File name.
    File,
    /// Folder.
    In,
}

/// Every name of every operator; of two that are equally near, the first is proposed.
const OPERATORS: &[(&str, Operator)] = &[
    ("fra", Operator::From),
    ("from", Operator::From),
    ("til", Operator::To),
    ("to", Operator::To),
    ("tittel", Operator::Subject),
    ("subject", Operator::Subject),
    ("er", Operator::Is),
    ("is", Operator::Is),
    ("har", Operator::Has),
    ("has", Operator::Has),
    ("før", Operator::Before),
    ("before", Operator::Before),
    ("etter", Operator::After),
    ("after", Operator::After),
    ("frist", Operator::Due),
    ("due", Operator::Due),
    ("ref", Operator::Reference),
    ("tjeneste", Operator::Resource),
    ("teneste", Operator::Resource),
    ("resource", Operator::Resource),
    ("fil", Operator::File),
    ("file", Operator::File),
    ("mappe", Operator::In),
    ("in", Operator::In),
];

/// What was typed, understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The question.
    pub expr: Expr,
    /// About operators that are not known.
    pub hints: Vec<SearchHint>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Or,
    Minus,
    Leaf(Leaf),
}

/// Reads what was typed.
pub fn parse(text: &str) -> Parsed {
    let mut hints = Vec::new();
    let tokens = join_numbers(tokens(text, &mut hints));
    let mut parser = Parser {
        tokens: tokens.into_iter().peekable(),
    };
    let mut parts = vec![parser.any(0)];
    // A closing parenthesis too many ends nothing.
    while parser.tokens.next().is_some() {
        parts.push(parser.any(0));
    }
    Parsed {
        expr: all(parts),
        hints,
    }
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
}

impl Parser {
    fn any(&mut self, depth: usize) -> Expr {
        let mut parts = Vec::new();
        loop {
            let part = self.all(depth);
            // Nothing on one side of an OR: it is still being typed.
            if part != Expr::All(Vec::new()) {
                parts.push(part);
            }
            if self.tokens.next_if_eq(&Token::Or).is_none() {
                break;
            }
        }
        match parts.len() {
            0 => Expr::All(Vec::new()),
            1 => parts.pop().unwrap_or(Expr::All(Vec::new())),
            _ => Expr::Any(parts),
        }
    }

    fn all(&mut self, depth: usize) -> Expr {
        let mut parts = Vec::new();
        while let Some(token) = self
            .tokens
            .next_if(|token| !matches!(token, Token::Or | Token::Close))
        {
            parts.extend(self.one(token, depth));
        }
        all(parts)
    }

    fn one(&mut self, token: Token, depth: usize) -> Option<Expr> {
        match token {
            Token::Leaf(leaf) => Some(Expr::Leaf(leaf)),
            Token::Minus => {
                let token = self
                    .tokens
                    .next_if(|token| matches!(token, Token::Open | Token::Leaf(_)))?;
                let inner = self.one(token, depth)?;
                (inner != Expr::All(Vec::new())).then(|| Expr::Not(Box::new(inner)))
            }
            Token::Open if depth < DEPTH => {
                let inner = self.any(depth + 1);
                self.tokens.next_if_eq(&Token::Close);
                Some(inner)
            }
            Token::Open | Token::Close | Token::Or => None,
        }
    }
}

fn all(parts: Vec<Expr>) -> Expr {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Expr::All(parts) => flat.extend(parts),
            part => flat.push(part),
        }
    }
    match flat.len() {
        1 => flat.pop().unwrap_or(Expr::All(Vec::new())),
        _ => Expr::All(flat),
    }
}

fn tokens(text: &str, hints: &mut Vec<SearchHint>) -> Vec<Token> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if out.len() >= LEAVES {
            break;
        }
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        match first {
            '(' => {
                out.push(Token::Open);
                rest = after;
            }
            ')' => {
                out.push(Token::Close);
                rest = after;
            }
            '-' | '−' if after.starts_with(|c: char| !c.is_whitespace() && c != '-') => {
                out.push(Token::Minus);
                rest = after;
            }
            '"' | '«' | '»' | '“' | '”' => {
                let (phrase, tail) = quoted(after);
                if !phrase.trim().is_empty() {
                    out.push(Token::Leaf(Leaf::Phrase(phrase.to_owned())));
                }
                rest = tail;
            }
            _ => {
                let (leaf, tail) = word(rest, hints);
                out.extend(leaf);
                rest = tail;
            }
        }
        rest = rest.trim_start();
    }
    out
}

/// What stands before the closing quote, and what follows it; a quote that is not closed yet takes the rest.
fn quoted(text: &str) -> (&str, &str) {
    let end = text.find(['"', '«', '»', '“', '”']).unwrap_or(text.len());
    let (phrase, tail) = text.split_at(end);
    let mut tail = tail.chars();
    tail.next();
    (phrase, tail.as_str())
}

fn is_end(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '"' | '«' | '»' | '“' | '”')
}

fn word<'a>(text: &'a str, hints: &mut Vec<SearchHint>) -> (Option<Token>, &'a str) {
    let end = text.find(is_end).unwrap_or(text.len());
    let (word, tail) = text.split_at(end.max(1).min(text.len()));
    if matches!(word, "OR" | "ELLER") {
        return (Some(Token::Or), tail);
    }
    let Some((name, value)) = word.split_once(':') else {
        return (Some(Token::Leaf(plain(word))), tail);
    };
    let is_name = name.chars().all(char::is_alphabetic) && !name.is_empty();
    if !is_name || value.starts_with("//") {
        return (Some(Token::Leaf(plain(word))), tail);
    }
    let (value, tail) = match tail.chars().next() {
        Some(quote @ ('"' | '«' | '“')) if value.is_empty() => {
            quoted(tail.get(quote.len_utf8()..).unwrap_or_default())
        }
        _ => (value, tail),
    };
    // Nothing after the colon: it is still being typed.
    if value.trim().is_empty() {
        return (None, tail);
    }
    let name = name.to_lowercase();
    let known = OPERATORS.iter().find(|(known, _)| *known == name);
    let leaf = match known {
        Some((_, operator)) => {
            let value = value.trim().to_owned();
            if operator.takes(&value) {
                Leaf::Field {
                    operator: *operator,
                    value,
                }
            } else {
                hints.push(SearchHint {
                    operator: format!("{name}:{value}"),
                    suggestion: operator
                        .values()
                        .and_then(|values| nearest(&value.to_lowercase(), values))
                        .map(|near| format!("{name}:{near}")),
                });
                Leaf::Words(value)
            }
        }
        None => {
            hints.push(SearchHint {
                operator: format!("{name}:"),
                suggestion: nearest(&name, OPERATORS.iter().map(|(known, _)| *known))
                    .map(|near| format!("{near}:")),
            });
            Leaf::Words(word_with(&name, value))
        }
    };
    (Some(Token::Leaf(leaf)), tail)
}

fn word_with(name: &str, value: &str) -> String {
    format!("{name} {value}")
}

/// A bare word; nine digits are an organisation, eleven a person.
fn plain(word: &str) -> Leaf {
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    match word.len() {
        9 if is_number => Leaf::Organisation(word.to_owned()),
        11 if is_number => Leaf::Person(word.to_owned()),
        _ => Leaf::Words(word.to_owned()),
    }
}

/// `974 760 673` and `010190 12345` are numbers as people write them.
fn join_numbers(tokens: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        out.push(token);
        for groups in [&[3, 3, 3][..], &[6, 5][..]] {
            let Some(start) = out.len().checked_sub(groups.len()) else {
                continue;
            };
            let digits: Option<String> = out
                .iter()
                .skip(start)
                .zip(groups)
                .map(|(token, length)| match token {
                    Token::Leaf(Leaf::Words(text))
                        if text.len() == *length && text.bytes().all(|b| b.is_ascii_digit()) =>
                    {
                        Some(text.as_str())
                    }
                    _ => None,
                })
                .collect();
            if let Some(digits) = digits {
                out.truncate(start);
                out.push(Token::Leaf(plain(&digits)));
                break;
            }
        }
    }
    out
}

/// The nearest of `known`, when a slip of the finger or two explains `typed`.
fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let longest = if typed.chars().count() <= 3 { 1 } else { 2 };
    known
        .into_iter()
        .map(|known| (distance(typed, known), known))
        .filter(|(distance, _)| *distance <= longest)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// Letters to add, take out or change to come from one to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (above, b) in row.iter().skip(1).zip(&to) {
            left = (diagonal + usize::from(a != *b))
                .min(above + 1)
                .min(left + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

impl Operator {
    /// The values an operator knows; none where it takes any text.
    fn values(self) -> Option<Vec<&'static str>> {
        match self {
            Self::Is => Some(super::query::STATES.iter().map(|(name, _)| *name).collect()),
            Self::Has => Some(
                super::query::POSSESSIONS
                    .iter()
                    .map(|(name, _)| *name)
                    .collect(),
            ),
            Self::In => Some(
                super::query::FOLDERS
                    .iter()
                    .map(|(name, _)| *name)
                    .collect(),
            ),
            _ => None,
        }
    }

    fn takes(self, value: &str) -> bool {
        match self {
            Self::Before | Self::After | Self::Due => super::date::is_date(value),
            _ => self
                .values()
                .is_none_or(|values| values.contains(&super::query::key(value).as_str())),
        }
    }
}
