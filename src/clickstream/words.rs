//! The words of article titles, laid out for copying. Not here: how long a title is.

/// A word in a block of fixed size, so that copying it is one move.
#[derive(Clone, Copy)]
pub(super) struct Word {
    /// The letters, padded with zeros.
    pub block: [u8; BLOCK],
    /// How many of them count.
    pub len: u8,
}

/// Bytes in a word's block.
pub(super) const BLOCK: usize = 16;

/// Exactly 256 of them: a byte names one, so eight words are one draw of 64 bits.
pub(super) static WORDS: [Word; 256] = blocks();

const fn blocks() -> [Word; 256] {
    let mut words = [Word { block: [0; BLOCK], len: 0 }; 256];
    let text = LIST.as_bytes();
    let (mut at, mut word) = (0, 0);
    while at < text.len() {
        if text[at] == b' ' {
            word += 1;
        } else {
            let len = words[word].len as usize;
            words[word].block[len] = text[at];
            words[word].len += 1;
        }
        at += 1;
    }
    assert!(word == 255, "the list must have 256 words");
    words
}

const LIST: &str = "able about above across action active after again agency ahead allow almost along always among \
animal answer appear area argue around arrive article artist aside attack average avoid baby \
balance bank battle beach beauty because before begin behind believe benefit better between \
beyond billion black blood board bottom branch bridge bright bring brother budget build \
business camera campaign capital capture career careful carry center central century certain \
chance change charge choice church citizen city claim clear climate coach coast collect \
college color common company compare concern condition congress consider control corner cost \
country couple course court cover create crisis culture current damage danger daughter debate \
decade decide deep defense degree demand depend design despite detail develop differ dinner \
direct discover discuss disease doctor door dream drive during early earth easily east economy \
editor education effect effort eight either election energy enjoy enough enter entire evening \
event every evidence exactly example expect expert explain face factor family famous farmer \
father feature federal feeling field fight figure final finger finish first fish flight floor \
focus follow food force foreign forest forget former forward found freedom friend front future \
garden general glass global gold great green ground group growth guess happen harbor health \
heart heavy herself history holiday hospital hotel house however hundred husband idea image \
imagine impact improve include increase indeed industry inside interest island issue join \
journey judge kitchen knowledge language large laugh lawyer leader league learn leave legal \
letter level library light likely listen little local machine magazine manage market matter \
measure medicine meeting member memory";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_distinct_lower_case_letters() {
        let mut texts: Vec<&[u8]> =
            WORDS.iter().map(|word| &word.block[..usize::from(word.len)]).collect();
        assert!(texts.iter().all(|word| (2..=12).contains(&word.len())));
        assert!(texts.iter().all(|word| word.iter().all(u8::is_ascii_lowercase)));
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), 256);
    }
}
