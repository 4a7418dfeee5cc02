//! Expressions.

use super::{Ident, Place, TimeUnit, TypeName};

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Place,
    height: u16,
}

/// The forms of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExprKind {
    /// `NULL`
    Null,
    /// `TRUE`, `FALSE`
    Boolean(bool),
    /// A number.
    Number(Number),
    /// `'text'`
    String(Box<str>),
    /// `DATE '2024-01-31'`: the name of a type before a text.
    Typed(Ident, Box<str>),
    /// `column`, `source.column`; the name of a lambda's parameter.
    Column {
        /// The source or its alias.
        source: Option<Ident>,
        /// The column.
        name: Ident,
    },
    /// `base->field`
    Field(Box<Expr>, Ident),
    /// `base[index]`: of an array, from 1 or, negative, from the end; of a map.
    Subscript(Box<Expr>, Box<Expr>),
    /// `+x`, `-x`; a minus before a number belongs to the number.
    Signed(Sign, Box<Expr>),
    /// `a + b` and so on.
    Arithmetic(ArithmeticOp, Box<Expr>, Box<Expr>),
    /// `a || b`
    Concat(Box<Expr>, Box<Expr>),
    /// `a = b` and so on.
    Compare(ComparisonOp, Box<Expr>, Box<Expr>),
    /// `a AND b AND …`: two or more.
    And(Vec<Expr>),
    /// `a OR b OR …`: two or more.
    Or(Vec<Expr>),
    /// `NOT a`
    Not(Box<Expr>),
    /// `value [NOT] BETWEEN low AND high`
    Between {
        /// With `NOT`.
        negated: bool,
        /// What is compared.
        value: Box<Expr>,
        /// The least value that passes.
        low: Box<Expr>,
        /// The greatest value that passes.
        high: Box<Expr>,
    },
    /// `value [NOT] IN (a, …)`: one or more.
    In {
        /// With `NOT`.
        negated: bool,
        /// What is compared.
        value: Box<Expr>,
        /// With these.
        list: Vec<Expr>,
    },
    /// `value [NOT] LIKE pattern [ESCAPE 'c']`
    Like {
        /// With `NOT`.
        negated: bool,
        /// What is compared.
        value: Box<Expr>,
        /// `%` is any text, `_` any character.
        pattern: Box<Expr>,
        /// Takes the meaning from a `%` or `_` behind it.
        escape: Option<char>,
    },
    /// `value IS [NOT] NULL`
    IsNull {
        /// With `NOT`.
        negated: bool,
        /// What is tested.
        value: Box<Expr>,
    },
    /// `left IS [NOT] DISTINCT FROM right`: as `<>`, but NULL is a value like others.
    IsDistinct {
        /// With `NOT`.
        negated: bool,
        /// One side.
        left: Box<Expr>,
        /// The other side.
        right: Box<Expr>,
    },
    /// `CASE [operand] WHEN … THEN … [ELSE otherwise] END`
    Case {
        /// What each `WHEN` is compared with; without it each is a condition.
        operand: Option<Box<Expr>>,
        /// One or more, tried in order.
        branches: Vec<Branch>,
        /// Without it: NULL.
        otherwise: Option<Box<Expr>>,
    },
    /// `CAST(value AS target)`
    Cast(Box<Expr>, TypeName),
    /// `name(argument, …)`
    Call(Ident, Vec<Expr>),
    /// `name(*)`
    CallAll(Ident),
    /// `(a, b) => body`, only as an argument of a call.
    Lambda(Vec<Ident>, Box<Expr>),
    /// `DAYS`, only as an argument of a call, and only where it is a reserved word: `DAY` is a
    /// column to the grammar.
    Unit(TimeUnit),
    /// `ARRAY[a, …]`
    Array(Vec<Expr>),
    /// `MAP(key := value, …)`
    Map(Vec<(Expr, Expr)>),
    /// `STRUCT(name := value, …)`
    Struct(Vec<(Ident, Expr)>),
    /// `value AT TIME ZONE 'zone'`
    AtTimeZone(Box<Expr>, Box<str>),
}

/// `WHEN condition THEN result`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The condition, or the value that the operand is compared with.
    pub when: Expr,
    /// The result.
    pub then: Expr,
}

/// A number as it was written: its form decides its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// Its form.
    pub kind: NumberKind,
    /// With a minus when there was one; `1.10` stays `1.10`.
    pub text: Box<str>,
}

/// The forms of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberKind {
    /// `INT` when 32 bits hold it, else `BIGINT`: the parser has seen that 64 bits hold it.
    Integer,
    /// `DECIMAL`: digits with a point.
    Decimal,
    /// `DOUBLE`: with an exponent; the parser has seen that it is finite.
    Double,
}

impl Number {
    /// The value when it is an integer.
    #[must_use]
    pub fn integer(&self) -> Option<i64> {
        (self.kind == NumberKind::Integer).then(|| self.text.parse().ok()).flatten()
    }

    /// The value as a double, whatever the form.
    #[must_use]
    pub fn double(&self) -> f64 {
        self.text.parse().unwrap_or(f64::NAN)
    }

    /// Whether it is written with a minus.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.text.starts_with('-')
    }
}

/// A sign before an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `+`
    Plus,
    /// `-`
    Minus,
}

/// `+`, `-`, `*`, `/`, `%`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithmeticOp {
    /// `+`, also of texts
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

impl ArithmeticOp {
    /// How it is written.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
        }
    }
}

/// `=`, `<>`, `<`, `<=`, `>`, `>=`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparisonOp {
    /// `=`
    Equal,
    /// `<>`, also written `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Expr {
    /// The expression `kind` at `span`.
    #[must_use]
    pub fn new(kind: ExprKind, span: impl Into<Place>) -> Self {
        let mut height = 0;
        kind.for_each_child(&mut |child| height = height.max(child.height));
        Self { kind, span: span.into(), height: height.saturating_add(1) }
    }

    /// How many levels the tree has; 1 for a leaf. The parser refuses trees that are higher than
    /// [`crate::sql::parser::MAX_HEIGHT`], so that a recursive function over a tree is safe.
    #[must_use]
    pub fn height(&self) -> u16 {
        self.height
    }

    /// Calls `visit` with each direct part, in the order in which they are written.
    pub fn for_each_child<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        self.kind.for_each_child(visit);
    }
}

impl ExprKind {
    fn for_each_child<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match self {
            Self::Null
            | Self::Boolean(_)
            | Self::Number(_)
            | Self::String(_)
            | Self::Typed(..)
            | Self::Column { .. }
            | Self::CallAll(_)
            | Self::Unit(_) => {}
            Self::Field(value, _)
            | Self::Signed(_, value)
            | Self::Not(value)
            | Self::IsNull { value, .. }
            | Self::Cast(value, _)
            | Self::Lambda(_, value)
            | Self::AtTimeZone(value, _) => visit(value),
            Self::Subscript(left, right)
            | Self::Arithmetic(_, left, right)
            | Self::Concat(left, right)
            | Self::Compare(_, left, right)
            | Self::Like { value: left, pattern: right, .. }
            | Self::IsDistinct { left, right, .. } => {
                visit(left);
                visit(right);
            }
            Self::And(list) | Self::Or(list) | Self::Call(_, list) | Self::Array(list) => {
                list.iter().for_each(visit);
            }
            Self::Between { value, low, high, .. } => {
                visit(value);
                visit(low);
                visit(high);
            }
            Self::In { value, list, .. } => {
                visit(value);
                list.iter().for_each(visit);
            }
            Self::Case { operand, branches, otherwise } => {
                operand.iter().for_each(|operand| visit(operand));
                for branch in branches {
                    visit(&branch.when);
                    visit(&branch.then);
                }
                otherwise.iter().for_each(|otherwise| visit(otherwise));
            }
            Self::Map(entries) => {
                for (key, value) in entries {
                    visit(key);
                    visit(value);
                }
            }
            Self::Struct(fields) => fields.iter().for_each(|(_, value)| visit(value)),
        }
    }
}
