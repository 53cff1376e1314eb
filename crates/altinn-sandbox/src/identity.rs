//! Identity numbers of organisations and people (platform reference, section 11).

/// Weights of an organisation number's first eight digits.
const ORGANISATION: [u32; 8] = [3, 2, 7, 6, 5, 4, 3, 2];
/// Weights for the first control digit of a person's number.
const FIRST: [u32; 9] = [3, 7, 6, 1, 8, 9, 4, 5, 2];
/// Weights for the second.
const SECOND: [u32; 10] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

fn digits<const N: usize>(text: &str) -> Option<[u32; N]> {
    let mut all = [0; N];
    if text.len() != N {
        return None;
    }
    for (place, letter) in all.iter_mut().zip(text.chars()) {
        *place = letter.to_digit(10)?;
    }
    all.iter().any(|digit| *digit != 0).then_some(all)
}

fn weighed(digits: &[u32], weights: &[u32]) -> u32 {
    let products = digits.iter().zip(weights);
    products.map(|(digit, weight)| digit * weight).sum()
}

/// The control digit for weighted digits; `None` where the number is impossible.
pub fn control_digit(digits: &[u32], weights: &[u32]) -> Option<u32> {
    let digit = (11 - weighed(digits, weights) % 11) % 11;
    (digit < 10).then_some(digit)
}

/// The number that begins with these eight digits.
pub fn organisation_number(first: [u32; 8]) -> Option<String> {
    let check = control_digit(&first, &ORGANISATION)?;
    first
        .iter()
        .chain([&check])
        .map(|digit| char::from_digit(*digit, 10))
        .collect()
}

/// Whether a text has the form of an organisation number: nine digits, not all of them zero.
pub fn has_nine_digits(text: &str) -> bool {
    digits::<9>(text).is_some()
}

/// Whether a text is a person's number by the strict rule, which Correspondence applies. The date is not looked at.
pub fn is_strict_person_number(text: &str) -> bool {
    digits::<11>(text).is_some_and(|all| {
        let [.., first, second] = all;
        control_digit(&all, &FIRST) == Some(first) && control_digit(&all, &SECOND) == Some(second)
    })
}

/// Whether a text is a person's number by the rule for numbers from 2032 on, which Register applies already. Every number
/// that is strictly valid is valid here.
pub fn is_person_number(text: &str) -> bool {
    digits::<11>(text).is_some_and(|all| {
        let [.., first, second] = all;
        (weighed(&all, &FIRST) + first) % 11 <= 3
            && (weighed(&all, &SECOND) + second).is_multiple_of(11)
    })
}

/// The date of birth in a number, `YYYY-MM-DD`, marks of D-numbers and synthetic numbers taken off; `None` where there is
/// none to be read.
pub fn date_of_birth(text: &str) -> Option<String> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let (day, month) = (number(0, 2)?, number(2, 4)?);
    let (year, individual) = (number(4, 6)?, number(6, 9)?);
    let day = if day > 40 { day - 40 } else { day };
    let month = match month {
        81.. => month - 80,
        41.. => month - 40,
        _ => month,
    };
    let century = match (individual, year) {
        (0..=499, _) | (900..=999, 40..) => 1900,
        (500..=749, 54..) => 1800,
        (_, 0..=39) => 2000,
        _ => return None,
    };
    let year = i32::try_from(century + year).ok()?;
    chrono::NaiveDate::from_ymd_opt(year, month, day).map(|date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number with its control digit that begins as a text does.
    fn completed(text: &str) -> Option<String> {
        let all = digits::<9>(text)?;
        let [first @ .., _] = all;
        organisation_number(first)
    }

    #[test]
    fn section_11_1_organisation_numbers() {
        for number in [
            "991825827",
            "974760673",
            "889640782",
            "123456785",
            "010101018",
            "109876542",
        ] {
            assert_eq!(
                completed(number).as_deref(),
                Some(number),
                "{number} is valid"
            );
        }
        for number in ["123456789", "010101010", "999999990"] {
            assert_ne!(
                completed(number).as_deref(),
                Some(number),
                "{number} is not"
            );
        }
        for number in ["000000000", "99182582", "9918258270", "99182582x"] {
            assert!(!has_nine_digits(number), "{number} has not even the form");
        }
    }

    #[test]
    fn section_11_everybody_in_practice_has_a_synthetic_number() {
        let world = crate::World::practice();
        let owners = world.service_owners.iter().map(|owner| &owner.orgnr);
        let organisations = world.register.organizations.iter().map(|one| &one.orgnr);
        for number in owners.chain(organisations) {
            assert_eq!(
                completed(number).as_ref(),
                Some(number),
                "{number} has its control digit"
            );
            assert!(
                number.starts_with(['2', '3']),
                "{number} is of the synthetic series"
            );
        }
        for person in &world.register.people {
            assert!(
                is_strict_person_number(&person.nin),
                "{} can be sent to",
                person.name
            );
            let month = person
                .nin
                .get(2..4)
                .and_then(|month| month.parse::<u8>().ok());
            assert!(
                month.is_some_and(|month| (81..=92).contains(&month)),
                "{} is synthetic",
                person.name
            );
            assert!(
                date_of_birth(&person.nin).is_some(),
                "{} was born on a day",
                person.name
            );
        }
    }

    #[test]
    fn section_11_2_people_by_both_rules() {
        let both = [
            "08900499559",
            "01818520030",
            "41818520024",
            "13097248022",
            "19108000239",
            "31129956715",
            "02013299997",
            "42013299980",
            "30108299920",
            "13815897247",
            "03882049433",
            "66847800373",
        ];
        for number in both {
            assert!(
                is_strict_person_number(number),
                "{number} is valid, strictly"
            );
            assert!(is_person_number(number), "and so by the newer rule");
        }
        for number in [
            "02013299903",
            "02013299911",
            "30108299939",
            "30108299947",
            "30108299955",
        ] {
            assert!(!is_strict_person_number(number), "{number} is of 2032");
            assert!(
                is_person_number(number),
                "{number} is valid by the newer rule"
            );
        }
        for number in [
            "30108299918",
            "13097248032",
            "01234567890",
            "00000000000",
            "1309724802",
        ] {
            assert!(!is_strict_person_number(number), "{number} is invalid");
            assert!(!is_person_number(number), "{number} is invalid by both");
        }
    }

    #[test]
    fn section_11_2_marks_are_taken_off_the_date() {
        for (number, date) in [
            ("13097248022", Some("1972-09-13")),
            ("41818520024", Some("1985-01-01")),
            ("13815897247", Some("1958-01-13")),
            ("01234567890", None),
        ] {
            assert_eq!(date_of_birth(number).as_deref(), date, "{number}");
        }
    }
}
