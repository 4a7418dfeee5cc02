//! The words and signs that a text is made of.
//!
//! Which keywords are reserved (cannot be a name without quotes) follows ksqlDB's grammar, so that
//! a script that is accepted here is accepted there.

use std::fmt;

use super::span::Span;

/// One token, borrowing the text that it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: TokenKind,
    /// As it is written, with its quotes.
    pub text: &'a str,
    /// Where it stands in the script. For a token that came out of a variable, where `${name}` is.
    pub span: Span,
    /// Whether only blanks and comments stand before it in its line.
    pub first_in_line: bool,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A name that is no keyword. It may begin with a digit, as in `1R`.
    Word,
    /// A keyword.
    Keyword(Keyword),
    /// A name in quotes of this kind.
    Quoted(Quote),
    /// `${name}`
    Variable,
    /// `'text'`
    String,
    /// Digits only: `INT` or `BIGINT`.
    Integer,
    /// Digits with a point: `DECIMAL`.
    Decimal,
    /// Digits with an exponent: `DOUBLE`.
    Double,
    /// A sign.
    Symbol(Symbol),
}

/// How a name is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    /// As a plain word: it means its upper-cased form.
    Bare,
    /// `` `name` ``: case counts.
    Back,
    /// `"name"`: case counts.
    Double,
    /// `${name}`, to be replaced before it means anything.
    Variable,
}

macro_rules! symbols {
    ($($name:ident $text:literal)*) => {
        /// The signs of the language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Symbol {
            $(#[doc = concat!("`", $text, "`")] $name,)*
        }

        impl Symbol {
            /// Every sign; one that begins another comes after it.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// As it is written.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

symbols! {
    StructField "->" Lambda "=>" Assign ":=" Concat "||" LessOrEqual "<=" GreaterOrEqual ">="
    NotEqual "<>" BangEqual "!=" Less "<" Greater ">" Equal "=" Plus "+" Minus "-" Asterisk "*"
    Slash "/" Percent "%" Comma "," Dot "." Semicolon ";" LeftParen "(" RightParen ")"
    LeftBracket "[" RightBracket "]"
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

macro_rules! keywords {
    ($($variant:ident $text:literal $reserved:literal)*) => {
        /// The words that mean something in the grammar.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Keyword {
            $(#[doc = concat!("`", $text, "`")] $variant,)*
        }

        impl Keyword {
            /// Every keyword, in alphabetical order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// In upper case.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Whether it needs quotes to be a name.
            #[must_use]
            pub const fn is_reserved(self) -> bool {
                match self { $(Self::$variant => $reserved,)* }
            }
        }
    };
}

keywords! {
    Add "ADD" false
    Advance "ADVANCE" true
    All "ALL" true
    Alter "ALTER" false
    Analyze "ANALYZE" false
    And "AND" true
    Array "ARRAY" false
    As "AS" true
    Assert "ASSERT" false
    At "AT" true
    Beginning "BEGINNING" true
    Between "BETWEEN" true
    By "BY" true
    Case "CASE" true
    Cast "CAST" true
    Catalog "CATALOG" true
    Changes "CHANGES" false
    Column "COLUMN" false
    Columns "COLUMNS" false
    Connector "CONNECTOR" true
    Connectors "CONNECTORS" true
    Create "CREATE" true
    Date "DATE" false
    Day "DAY" false
    Days "DAYS" true
    Decimal "DECIMAL" true
    Define "DEFINE" false
    Delete "DELETE" true
    Describe "DESCRIBE" true
    Distinct "DISTINCT" true
    Drop "DROP" true
    Else "ELSE" true
    Emit "EMIT" false
    End "END" true
    Escape "ESCAPE" false
    Exists "EXISTS" true
    Explain "EXPLAIN" false
    Export "EXPORT" true
    Extended "EXTENDED" true
    False "FALSE" true
    Final "FINAL" false
    From "FROM" true
    Full "FULL" true
    Function "FUNCTION" false
    Functions "FUNCTIONS" false
    Grace "GRACE" false
    Group "GROUP" true
    Having "HAVING" true
    Header "HEADER" false
    Headers "HEADERS" false
    Hopping "HOPPING" true
    Hour "HOUR" false
    Hours "HOURS" true
    Id "ID" false
    If "IF" false
    In "IN" true
    Inner "INNER" true
    Insert "INSERT" true
    Integer "INTEGER" false
    Interval "INTERVAL" false
    Into "INTO" true
    Is "IS" true
    Join "JOIN" true
    Key "KEY" false
    Left "LEFT" true
    Like "LIKE" true
    Limit "LIMIT" true
    List "LIST" true
    Load "LOAD" true
    Map "MAP" false
    Materialized "MATERIALIZED" true
    Millisecond "MILLISECOND" true
    Milliseconds "MILLISECONDS" true
    Minute "MINUTE" false
    Minutes "MINUTES" true
    Month "MONTH" false
    Months "MONTHS" true
    Namespace "NAMESPACE" true
    Not "NOT" true
    Null "NULL" true
    On "ON" true
    Or "OR" true
    Outer "OUTER" true
    Partition "PARTITION" false
    Partitions "PARTITIONS" false
    Pause "PAUSE" false
    Period "PERIOD" false
    Plugins "PLUGINS" false
    Primary "PRIMARY" false
    Print "PRINT" true
    Properties "PROPERTIES" true
    Queries "QUERIES" true
    Query "QUERY" true
    Rename "RENAME" true
    Replace "REPLACE" false
    Reset "RESET" false
    Resume "RESUME" false
    Retention "RETENTION" true
    Right "RIGHT" true
    Run "RUN" true
    Sample "SAMPLE" true
    Schema "SCHEMA" false
    Script "SCRIPT" true
    Second "SECOND" false
    Seconds "SECONDS" true
    Select "SELECT" true
    Session "SESSION" false
    Set "SET" false
    Show "SHOW" false
    Sink "SINK" false
    Size "SIZE" true
    Source "SOURCE" false
    Stream "STREAM" true
    Streams "STREAMS" true
    String "STRING" false
    Struct "STRUCT" false
    Subject "SUBJECT" false
    System "SYSTEM" false
    Table "TABLE" true
    Tables "TABLES" false
    Terminate "TERMINATE" true
    Then "THEN" true
    Time "TIME" false
    Timeout "TIMEOUT" false
    Timestamp "TIMESTAMP" false
    To "TO" true
    Topic "TOPIC" true
    Topics "TOPICS" true
    True "TRUE" true
    Tumbling "TUMBLING" true
    Type "TYPE" false
    Types "TYPES" false
    Undefine "UNDEFINE" false
    Unset "UNSET" true
    Values "VALUES" true
    Variables "VARIABLES" false
    View "VIEW" true
    When "WHEN" true
    Where "WHERE" true
    Window "WINDOW" true
    With "WITH" true
    Within "WITHIN" true
    Year "YEAR" false
    Years "YEARS" true
    Zone "ZONE" false
}

impl Keyword {
    /// The keyword that `word` is, in any case.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        let upper = |byte: u8| byte.to_ascii_uppercase();
        let found = Self::ALL
            .binary_search_by(|keyword| keyword.text().bytes().cmp(word.bytes().map(upper)));
        found.ok().map(|index| Self::ALL[index])
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_so_that_each_is_found() {
        assert!(Keyword::ALL.windows(2).all(|pair| pair[0].text() < pair[1].text()));
        for &keyword in Keyword::ALL {
            assert_eq!(Keyword::find(&keyword.text().to_lowercase()), Some(keyword));
        }
        assert_eq!(Keyword::find("CLICKS"), None);
        assert_eq!(Keyword::find(""), None);
    }

    #[test]
    fn a_longer_sign_comes_before_the_one_that_begins_it() {
        for (i, a) in Symbol::ALL.iter().enumerate() {
            for b in &Symbol::ALL[i + 1..] {
                assert!(!b.text().starts_with(a.text()), "{a} hides {b}");
            }
        }
    }
}
