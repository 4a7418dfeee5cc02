//! Types.

use super::cursor::{Parsed, Parser};
use super::{MAX_HEIGHT, MAX_NESTING};
use crate::sql::ast::{Ident, Primitive, TypeKind, TypeName, TypeParameter};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::token::{Keyword, Quote, Symbol, TokenKind};

impl Parser<'_> {
    /// A type.
    pub(super) fn type_name(&mut self) -> Parsed<TypeName> {
        self.type_and_height().map(|(type_name, _)| type_name)
    }

    fn type_and_height(&mut self) -> Parsed<(TypeName, u16)> {
        let start = self.here();
        let (kind, mut height) = self.nested(Self::type_kind)?;
        let mut result = TypeName { kind, span: self.since(start).into() };
        while self.is_keyword(0, Keyword::Array) && !self.is_symbol(1, Symbol::Less) {
            self.advance();
            height += 1;
            if height > MAX_HEIGHT {
                return Err(self.too_deep(self.since(start)));
            }
            let kind = TypeKind::Array(Box::new(result));
            result = TypeName { kind, span: self.since(start).into() };
        }
        Ok((result, height))
    }

    /// The type without the `ARRAY` behind it, and the levels of its tree.
    fn type_kind(&mut self) -> Parsed<(TypeKind, u16)> {
        const { assert!(MAX_NESTING <= MAX_HEIGHT) }
        let generic = self.is_symbol(1, Symbol::Less);
        if self.is_keyword(0, Keyword::Array) && generic {
            let (item, height) = self.generic(Self::type_and_height)?;
            return Ok((TypeKind::Array(Box::new(item)), height + 1));
        }
        if self.is_keyword(0, Keyword::Map) && generic {
            let ((key, a), (value, b)) = self.generic(|parser| {
                let key = parser.type_and_height()?;
                parser.expect_symbol(Symbol::Comma, "after the type of MAP's keys")?;
                Ok((key, parser.type_and_height()?))
            })?;
            return Ok((TypeKind::Map(Box::new(key), Box::new(value)), a.max(b) + 1));
        }
        if self.is_keyword(0, Keyword::Struct) && self.is_symbol(1, Symbol::NotEqual) {
            self.advance();
            self.advance();
            return Ok((TypeKind::Struct(Vec::new()), 1));
        }
        if self.is_keyword(0, Keyword::Struct) && generic {
            return self.struct_type();
        }
        if self.is_keyword(0, Keyword::Decimal) {
            return self.decimal_type().map(|kind| (kind, 1));
        }
        let name = self.type_ident()?;
        let mut parameters = Vec::new();
        if self.is_symbol(0, Symbol::LeftParen) {
            parameters = self.parenthesised("", Self::type_parameter)?;
        }
        Ok((TypeKind::Named { name, parameters }, 1))
    }

    /// The name of a type; those that are part of the language are words like keywords, which have
    /// one case.
    fn type_ident(&mut self) -> Parsed<Ident> {
        let written = self.name("a type")?;
        if written.quote == Quote::Bare && Primitive::find(&written.name).is_some() {
            return Ok(Ident::new(&written.name, Quote::Bare, written.span));
        }
        Ok(written)
    }

    /// `NAME < rule >`
    fn generic<T>(&mut self, rule: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.advance();
        self.advance();
        let result = rule(self)?;
        if self.eat_symbol(Symbol::Greater) { Ok(result) } else { Err(self.unexpected()) }
    }

    fn struct_type(&mut self) -> Parsed<(TypeKind, u16)> {
        let mut height = 0;
        let fields = self.generic(|parser| {
            if parser.is_symbol(0, Symbol::Greater) {
                return Ok(Vec::new());
            }
            parser.comma_separated(|parser| {
                let name = parser.name("the name of a field")?;
                let (field, levels) = parser.type_and_height()?;
                height = height.max(levels);
                Ok((name, field))
            })
        })?;
        Ok((TypeKind::Struct(fields), height + 1))
    }

    fn decimal_type(&mut self) -> Parsed<TypeKind> {
        self.advance();
        self.expect_symbol(Symbol::LeftParen, "after DECIMAL: it wants a precision and a scale")?;
        let precision = self.digits("as the precision of DECIMAL")?;
        self.expect_symbol(Symbol::Comma, "after the precision of DECIMAL")?;
        let scale = self.digits("as the scale of DECIMAL")?;
        self.expect_symbol(Symbol::RightParen, "after the scale of DECIMAL")?;
        Ok(TypeKind::Decimal { precision, scale })
    }

    fn digits(&mut self, place: &str) -> Parsed<u32> {
        let span = self.here();
        u32::try_from(self.count(place)?).map_err(|_| {
            Box::new(Diagnostic::error(Code::NUMBER, "this number is too large", span))
        })
    }

    fn type_parameter(&mut self) -> Parsed<TypeParameter> {
        match self.kind_at(0) {
            Some(TokenKind::Keyword(Keyword::String)) => {
                self.advance();
                Ok(TypeParameter::String)
            }
            _ => self.count("or `STRING` in the parentheses of a type").map(TypeParameter::Length),
        }
    }
}
