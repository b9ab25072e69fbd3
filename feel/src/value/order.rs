//! The order in which feel-scala lists the entries of a context.
//!
//! Up to four, it is theirs; from five on, feel-scala copies them into an immutable hash map of Scala's, whose order
//! follows from the names alone. `get entries`, `string()` and `to json()` show it.

/// Contexts of so many entries keep their order.
const KEPT: usize = 4;

/// Sorts entries as feel-scala lists them.
pub(super) fn sort<T>(entries: Vec<T>, name: impl Fn(&T) -> &str) -> Vec<T> {
    if entries.len() <= KEPT {
        return entries;
    }
    let hashed = entries.into_iter().map(|entry| (improved(hash(name(&entry))), entry)).collect();
    let mut sorted = Vec::new();
    descend(hashed, 0, &mut sorted);
    sorted
}

/// Java's `String.hashCode`.
fn hash(text: &str) -> u32 {
    text.encode_utf16().fold(0, |hash: u32, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)))
}

/// Scala spreads hashes so that small differences reach the low bits.
fn improved(hash: u32) -> u32 {
    let mut mixed = hash.wrapping_add(!(hash << 9));
    mixed ^= mixed >> 14;
    mixed = mixed.wrapping_add(mixed << 4);
    mixed ^ (mixed >> 10)
}

/// One node of the hash trie: first the entries that are alone in their place, then the nodes below.
fn descend<T>(entries: Vec<(u32, T)>, shift: u32, sorted: &mut Vec<T>) {
    if entries.len() == 1 || shift >= 32 {
        sorted.extend(entries.into_iter().map(|(_, entry)| entry));
        return;
    }
    let mut places: [Vec<(u32, T)>; 32] = std::array::from_fn(|_| Vec::new());
    for (hash, entry) in entries {
        if let Some(place) = places.get_mut(((hash >> shift) & 31) as usize) {
            place.push((hash, entry));
        }
    }
    let mut nodes = Vec::new();
    for place in places {
        match place.len() {
            0 => {}
            1 => sorted.extend(place.into_iter().map(|(_, entry)| entry)),
            _ => nodes.push(place),
        }
    }
    for node in nodes {
        descend(node, shift + 5, sorted);
    }
}

#[cfg(test)]
mod tests {
    use super::sort;

    fn order<'n>(names: &[&'n str]) -> Vec<&'n str> {
        sort(names.to_vec(), |name| name)
    }

    /// As feel-scala 1.21.0 prints `get entries`.
    #[test]
    fn from_five_on_the_hash_decides() {
        assert_eq!(order(&["d", "c", "b", "a"]), ["d", "c", "b", "a"]);
        assert_eq!(
            order(&["errorType", "errorMessage", "variables", "retries", "retryBackoff"]),
            ["errorMessage", "retries", "retryBackoff", "variables", "errorType"]
        );
    }

    #[test]
    fn names_of_one_hash_keep_their_order() {
        assert_eq!(
            order(&["Aa", "BB", "x", "y", "z"]).iter().filter(|name| name.len() == 2).collect::<Vec<_>>(),
            [&"Aa", &"BB"]
        );
    }
}
