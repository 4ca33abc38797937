//! Names as searches compare them; `seeds/README.md` says how `search_name` is made, and this does the same to what
//! somebody types.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// The text in lower case without accents and apostrophes.
pub(super) fn fold(text: &str) -> String {
    let bare: String = text.nfkd().filter(|character| canonical_combining_class(*character) == 0).collect();
    let mut folded = String::with_capacity(bare.len());
    for character in bare.to_lowercase().chars() {
        match plain(character) {
            Some(plain) => folded.push_str(plain),
            None => folded.push(character),
        }
    }
    folded
}

/// Letters that Unicode does not take apart into a base letter and an accent.
fn plain(character: char) -> Option<&'static str> {
    Some(match character {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ł' => "l",
        'ı' => "i",
        'ħ' => "h",
        'ŋ' => "n",
        'ə' | 'ǝ' => "e",
        '–' => "-",
        '\'' | '`' | 'ʻ' | 'ʼ' | '‘' | '’' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_keyboards_lack() {
        assert_eq!(fold("São Tomé"), "sao tome");
        assert_eq!(fold("L’Aquila"), "laquila");
        assert_eq!(fold("Łódź–Øst Straße"), "lodz-ost strasse");
        assert_eq!(fold("İzmir"), "izmir");
    }
}
