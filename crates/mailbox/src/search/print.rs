//! A question as text that is read as the same question.

use super::parse::{Expr, Leaf, is_end};
use std::fmt::{self, Display, Formatter};

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) => joined(f, parts, " ", |part| matches!(part, Self::Any(_))),
            // An "and" within an "or" binds closer anyway.
            Self::Any(parts) => joined(f, parts, " OR ", |part| matches!(part, Self::Any(_))),
            Self::Not(inner) => match &**inner {
                Self::Leaf(leaf) => write!(f, "-{leaf}"),
                inner => write!(f, "-({inner})"),
            },
            Self::Leaf(leaf) => write!(f, "{leaf}"),
        }
    }
}

fn joined(
    f: &mut Formatter<'_>,
    parts: &[Expr],
    between: &str,
    is_apart: impl Fn(&Expr) -> bool,
) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        if is_apart(part) {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}

impl Display for Leaf {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            // Groups of digits beside each other would be read as one number.
            Self::Words(text) if is_group(text) => write!(f, "({text})"),
            Self::Words(text) if is_bare(text) => f.write_str(text),
            Self::Words(text) => write!(f, "\"{text}\"*"),
            Self::Phrase(text) => write!(f, "\"{text}\""),
            Self::Field { operator, value } => {
                let name = operator.name();
                if value.chars().any(is_end) || value.starts_with("//") {
                    write!(f, "{name}:\"{value}\"")
                } else {
                    write!(f, "{name}:{value}")
                }
            }
            Self::Organisation(number) | Self::Person(number) => f.write_str(number),
        }
    }
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_group(text: &str) -> bool {
    is_number(text) && matches!(text.len(), 3 | 5 | 6)
}

/// Whether a word stands for itself.
fn is_bare(text: &str) -> bool {
    !(text.is_empty()
        || matches!(text, "OR" | "ELLER")
        || text.starts_with(['-', '−'])
        || text.contains(':')
        || text.chars().any(is_end)
        || (is_number(text) && matches!(text.len(), 9 | 11)))
}
