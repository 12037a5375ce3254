"""Text to syntax tree: what an expression may be made of, before anything is known of a schema."""

from __future__ import annotations

import ast
import keyword
import re
import warnings

from paperknife_decoders.expression.error import ExpressionError

__all__ = ["ALLOWED", "MAX_DEPTH", "MAX_LENGTH", "NOT_LITERAL", "error_at", "literal", "parse", "written"]

MAX_LENGTH = 2000
"""Characters of one expression."""

NOT_LITERAL = object()
"""What `literal` gives for anything else."""

MAX_DEPTH = 40
"""Levels of one expression's syntax tree."""

ALLOWED = (
    "comparisons (== != < <= > >= in), and, or, not, arithmetic (+ - * / // %), field paths, numbers, strings, and "
    "functions such as any(... for ... in ...)"
)
"""What every refusal ends with."""

NODES = (
    ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd,
    ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn,
    ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod,
    ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.List, ast.Load, ast.Store,
    ast.Call, ast.GeneratorExp, ast.comprehension,
)  # fmt: skip
"""The white list. Everything else is refused by name."""

REFUSED: dict[type[ast.AST], str] = {
    ast.Lambda: "a lambda is not allowed",
    ast.IfExp: "a conditional is not allowed; `and` and `or` join conditions",
    ast.JoinedStr: "an f-string is not allowed",
    ast.NamedExpr: "an assignment is not allowed",
    ast.Await: "await is not allowed",
    ast.Yield: "yield is not allowed",
    ast.YieldFrom: "yield is not allowed",
    ast.Starred: "a star is not allowed",
    ast.Slice: "a slice is not allowed; an element has one number, as in levels[0]",
    ast.Dict: "a dictionary is not allowed",
    ast.Set: "a set is not allowed; a list in parentheses does the same",
    ast.ListComp: "a loop in brackets is not allowed; it works without them in any(...), all(...), count(...)",
    ast.SetComp: "a loop in braces is not allowed; it works without them in any(...), all(...), count(...)",
    ast.DictComp: "a loop in braces is not allowed; it works without them in any(...), all(...), count(...)",
    ast.keyword: "an argument with a name is not allowed",
    ast.Is: "`is` is not allowed; == compares, and has(path) tells whether a field is set",
    ast.IsNot: "`is not` is not allowed; != compares, and has(path) tells whether a field is set",
    ast.Pow: "a power (**) is not allowed",
    ast.BitAnd: "& is not allowed; `and` joins conditions",
    ast.BitOr: "| is not allowed; `or` joins conditions",
    ast.Invert: "~ is not allowed; `not` turns a condition round",
}
"""What is likely to be tried, and what does the same where something does."""

SLIPS = (
    (re.compile(r"&&"), "`and` joins conditions, not &&"),
    (re.compile(r"\|\|"), "`or` joins conditions, not ||"),
    (re.compile(r"(?<![=!<>:])=(?![=])"), "two values are compared with ==, not ="),
    (re.compile(r"!(?!=)"), "a condition is turned round with `not`, not !"),
    (re.compile(r"<>"), "different values are told by !=, not <>"),
)
"""What people of other languages type, and Python's parser only calls invalid."""


def parse(text: str) -> ast.expr:
    """The syntax tree of `text`, made of nothing but the nodes of the white list.

    Line breaks count as spaces, so that an expression may be folded over several lines of a file.
    Raises `ExpressionError`, whose column is that of the first thing that is wrong.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"an expression has at most {MAX_LENGTH:,} characters, this one has {len(text):,}", text)
    if not text.strip():
        raise ExpressionError("the expression is empty; say for instance `order.price > 5000`", text)
    line = re.sub(r"\s", " ", text)
    indent = len(line) - len(line.lstrip())
    try:
        with warnings.catch_warnings():
            # A regular expression is full of "\\d", about which Python would warn.
            warnings.simplefilter("ignore")
            tree = ast.parse(line[indent:], mode="eval").body
    except SyntaxError as error:
        raise slip(text, line, indent + (error.offset or len(line)), error.msg) from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionError("this is nested too deep, or holds a character that no expression has", text) from None
    shift(tree, line[indent:], indent)
    admit(tree, text)
    return tree


def slip(text: str, line: str, column: int, message: str) -> ExpressionError:
    """The likely reason for a syntax error: a keyword as a field name, another language's operator, or what it says."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", lambda quoted: " " * len(quoted[0]), line)
    for part in re.finditer(r"(?<=\.)\w+\b|\b\w+(?=\s*\.)", bare):
        if keyword.iskeyword(part[0]):
            reason = f"`{part[0]}` is a word of the language: the field is {part[0]}_"
            return ExpressionError(reason, text, part.start() + 1, len(part[0]))
    for pattern, reason in SLIPS:
        if found := pattern.search(bare):
            return ExpressionError(reason, text, found.start() + 1, len(found[0]))
    return ExpressionError(f"this is no expression: {message}", text, min(column, len(line.rstrip()) + 1))


def shift(tree: ast.expr, line: str, indent: int) -> None:
    """Turn the tree's UTF-8 byte columns into character columns of the original text."""
    plain = line.isascii()
    data = line.encode()
    for node in ast.walk(tree):
        if isinstance(node, ast.expr):
            end = node.end_col_offset or node.col_offset + 1
            if not plain:
                node.col_offset = len(data[: node.col_offset].decode(errors="ignore"))
                end = len(data[:end].decode(errors="ignore"))
            node.col_offset += indent
            node.end_col_offset = end + indent


def admit(tree: ast.expr, text: str) -> None:
    """Raise for the first node that is not on the white list, and for a tree that is too deep."""
    level: list[tuple[ast.AST, ast.expr]] = [(tree, tree)]
    for _ in range(MAX_DEPTH):
        below: list[tuple[ast.AST, ast.expr]] = []
        for node, near in level:
            place = node if isinstance(node, ast.expr) else near
            if not isinstance(node, NODES):
                what = REFUSED.get(type(node)) or f"{type(node).__name__} is not allowed"
                raise error_at(place, f"{what}. An expression has {ALLOWED}", text)
            below += [(child, place) for child in ast.iter_child_nodes(node)]
        if not below:
            return
        level = below
    raise error_at(level[0][1], f"this is nested too deep; {MAX_DEPTH} levels are the limit", text)


def error_at(node: ast.expr, reason: str, text: str) -> ExpressionError:
    """An error whose carets underline `node`."""
    return ExpressionError(reason, text, node.col_offset + 1, (node.end_col_offset or 0) - node.col_offset)


def written(node: ast.expr) -> str:
    """`node` as text for a sentence, strings in double quotes because a shell's are often single."""
    text = ast.unparse(node)
    return text if '"' in text else text.replace("'", '"')


def literal(node: ast.expr) -> object:
    """The value of a literal, signed or not; `NOT_LITERAL` for anything else."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = literal(node.operand)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return -value if isinstance(node.op, ast.USub) else value
    return NOT_LITERAL
