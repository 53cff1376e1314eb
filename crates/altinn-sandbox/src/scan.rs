//! What the malware scan looks for: the string that every scanner takes for malware, wherever pieces are cut.

/// The test string. Its backslash is escaped here, so that this file is no find itself.
pub const EICAR: &[u8] = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";

/// Looks through pieces as they come.
#[derive(Debug, Default)]
pub struct Scan {
    /// The end of what has been seen, one byte short of a find.
    seam: Vec<u8>,
    found: bool,
}

impl Scan {
    /// Looks at the next piece.
    pub fn look(&mut self, piece: &[u8]) {
        if self.found {
            return;
        }
        let overlap = EICAR.len().saturating_sub(1);
        self.seam.extend(piece.iter().take(overlap));
        self.found = holds(&self.seam) || holds(piece);
        if piece.len() >= overlap {
            self.seam.clear();
            self.seam.extend(piece.iter().skip(piece.len() - overlap));
        } else {
            self.seam.drain(..self.seam.len().saturating_sub(overlap));
        }
    }

    /// Whether any piece, or any two in a row, held it.
    #[must_use]
    pub fn found(&self) -> bool {
        self.found
    }
}

fn holds(bytes: &[u8]) -> bool {
    let Some(first) = EICAR.first() else {
        return false;
    };
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        let from = rest.get(at..).unwrap_or_default();
        if from.starts_with(EICAR) {
            return true;
        }
        rest = from.get(1..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(file: &[u8], size: usize) -> bool {
        let mut scan = Scan::default();
        file.chunks(size).for_each(|piece| scan.look(piece));
        scan.found()
    }

    #[test]
    fn malware_is_found_across_seams() {
        let mut file = vec![b'X'; 500];
        file.extend_from_slice(EICAR);
        file.extend_from_slice(&[b'y'; 500]);
        for size in [1, 3, 67, 68, 69, 100, 499, 5000] {
            assert!(finds(&file, size), "cut into pieces of {size} bytes");
        }
        file[510] = b'?';
        for size in [1, 68, 5000] {
            assert!(!finds(&file, size), "one byte changed, pieces of {size}");
        }
    }
}
