//! The tokenizer: wraps the analyzer for the engine. It is the same for all languages.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::text::analyzer::Lexemes;

/// Converts lexemes to tokens.
#[derive(Clone)]
pub(super) struct LexemeTokenizer;

impl Tokenizer for LexemeTokenizer {
    type TokenStream<'a> = LexemeStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> LexemeStream<'a> {
        LexemeStream { lexemes: Lexemes::for_index(text), token: Token::default() }
    }
}

pub(super) struct LexemeStream<'t> {
    lexemes: Lexemes<'t>,
    token: Token,
}

impl TokenStream for LexemeStream<'_> {
    fn advance(&mut self) -> bool {
        self.token.text.clear();
        if let Some((position, span)) = self.lexemes.next_plain(&mut self.token.text) {
            self.token.position = position as usize;
            (self.token.offset_from, self.token.offset_to) = span;
            return true;
        }
        let Some(lexeme) = self.lexemes.next() else { return false };
        self.token.text.push_str(lexeme.text);
        self.token.position = lexeme.position as usize;
        (self.token.offset_from, self.token.offset_to) = lexeme.span;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_engine_receives_all_lexemes(text in "[a-zA-Z0-9'._:/ é障ﾃﾞ\\u{3099}\\u{200b}+#(|,\\n\\u{2}-]{0,80}") {
            let mut lexemes = Lexemes::for_index(&text);
            let mut tokenizer = LexemeTokenizer;
            let mut stream = tokenizer.token_stream(&text);
            while let Some(lexeme) = lexemes.next() {
                prop_assert!(stream.advance());
                let token = stream.token();
                let found = (token.text.as_str(), token.position, (token.offset_from, token.offset_to));
                prop_assert_eq!(found, (lexeme.text, lexeme.position as usize, lexeme.span));
            }
            prop_assert!(!stream.advance());
        }
    }
}
