//! The grammar of e-mail addresses and mobile numbers (Correspondence reference, section 12.3).

/// The service's e-mail grammar (section 12.3).
#[must_use]
pub fn is_email(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else {
        return false;
    };
    !address.contains(';') && is_local_part(local) && is_domain(domain)
}

fn is_local_part(local: &str) -> bool {
    if let Some(inner) = local
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        return !inner.is_empty() && !inner.contains('"');
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "æøåÆØÅ!#$%&'*+-=?^_`{|}~".contains(c);
    local
        .split('.')
        .all(|run| !run.is_empty() && run.chars().all(allowed))
}

fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain
        .trim_start_matches('[')
        .trim_end_matches(']')
        .split('.')
        .collect();
    if labels.len() == 4
        && labels.iter().all(|label| {
            !label.is_empty() && label.len() <= 3 && label.bytes().all(|b| b.is_ascii_digit())
        })
    {
        return true;
    }
    let Some((top, labels)) = labels.split_last() else {
        return false;
    };
    let is_top = (2..=14).contains(&top.len()) && top.bytes().all(|b| b.is_ascii_alphabetic());
    let is_label = |label: &&str| {
        let letter = |c: char| c.is_ascii_alphanumeric() || "æøåÆØÅ".contains(c);
        let length = label.chars().count();
        (1..=63).contains(&length)
            && label.chars().all(|c| letter(c) || c == '-')
            && label.starts_with(letter)
            && label.ends_with(letter)
    };
    is_top && (1..=9).contains(&labels.len()) && labels.iter().all(is_label)
}

/// A number with its country in front. Norwegian ones are held to their plan, others to the length E.164 allows; the
/// service asks the full international metadata, which the sandbox does not carry.
#[must_use]
pub fn is_mobile(number: &str) -> bool {
    let compact: String = number
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.'))
        .collect();
    let Some(digits) = compact
        .strip_prefix('+')
        .or_else(|| compact.strip_prefix("00"))
    else {
        return false;
    };
    if !digits.bytes().all(|b| b.is_ascii_digit()) || digits.starts_with('0') {
        return false;
    }
    match digits.strip_prefix("47") {
        Some(national) => match national.len() {
            8 => !national.starts_with(['0', '1']),
            12 => national.starts_with("58"),
            _ => false,
        },
        None => (7..=15).contains(&digits.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_12_3_addresses_follow_the_grammar() {
        for good in [
            "kari@eksempel.no",
            "\"kari nordmann\"@eksempel.no",
            "a.b+c@x-y.co",
            "åse@blåbær.no",
            "a@127.0.0.1",
        ] {
            assert!(is_email(good), "{good} is an address");
        }
        for bad in [
            "",
            "kari",
            "@x.no",
            "a@x",
            "a..b@x.no",
            "a@x.no;b@y.no",
            "a b@x.no",
            "a@-x.no",
            "a@x.n",
            "a@x.no\r\nBcc: b@y.no",
        ] {
            assert!(!is_email(bad), "{bad:?} is none");
        }
    }

    #[test]
    fn section_12_3_mobile_numbers_name_their_country() {
        for good in [
            "+4799999999",
            "004799999999",
            "+47 999 99 999",
            "+4612345678",
        ] {
            assert!(is_mobile(good), "{good} is a number");
        }
        for bad in [
            "",
            "99999999",
            "+479999999",
            "+47",
            "+4709999999",
            "+47abcdefgh",
        ] {
            assert!(!is_mobile(bad), "{bad:?} is none");
        }
    }
}
