"""Words for a slip that a student can relate to code of their own: they name arguments, and no part of a solution."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

MODULES = {"np", "math", "torch", "nn", "functional", "itertools", "Fraction", "Decimal"}
SHORT = 14  # signs of a piece of code that is quoted
PARTS: dict[type, str] = {
    ast.Add: "the term",
    ast.Sub: "the term",
    ast.Mult: "the factor",
    ast.Div: "the division by the part",
    ast.FloorDiv: "the `//` by the part",
    ast.Mod: "the `%` by the part",
    ast.Pow: "the exponent",
}
ALIKE = (ast.Add, ast.Sub, ast.Mult)  # both of its sides have one name


class Wording:
    """What can be said of the places of a function's tree; "" where a student would not know what is meant."""

    def __init__(self, tree: ast.AST) -> None:
        functions = [node for node in ast.iter_child_nodes(tree) if isinstance(node, ast.FunctionDef)]
        self.arguments = {each.arg for one in functions for each in (*one.args.args, *one.args.kwonlyargs)}
        nodes = list(ast.walk(tree))
        self._returned = {id(node.value) for node in nodes if isinstance(node, ast.Return)}
        self._positions = {id(inner) for node in nodes for part in _positions(node) for inner in ast.walk(part)}

    def is_position(self, node: ast.AST) -> bool:
        """Whether a node counts places in the solution's own lists, or axes."""
        return id(node) in self._positions

    def part(self, node: ast.AST) -> str:
        """Return a list of the arguments in a node; "" for none, or where something else is in it."""
        names = dict.fromkeys(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not _is_usual(n.id))
        quoted = [f"`{name}`" for name in names]
        if not names or not self.arguments.issuperset(names):
            return ""
        return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)

    def number(self, words: str, parent: ast.AST, node: ast.AST) -> str:
        """Return the words for another number than the one in ``node``, which a student knows only beside arguments.

        Any other number is one of the solution's own, or one of several.
        """
        match parent:
            case ast.arguments():  # a default
                return words
            case ast.BinOp(left, _, right):
                return words if self.part(right if node is left else left) else ""
        return ""

    def left_out(self, node: ast.BinOp, part: ast.AST) -> str:
        text, names, op = ast.unparse(part), self.part(part), type(node.op)
        if isinstance(part, ast.Constant):
            return self.number(f"`{text}` left out", node, part)
        if len(text) <= SHORT:
            return f"`{text}` left out"
        return (
            f"{PARTS[op]} with {names} left out"
            if names and op in PARTS and (op in ALIKE or part is node.right)
            else ""
        )

    def condition(self, test: ast.AST) -> str:
        return f"the condition on {names} turned into its opposite" if (names := self.part(test)) else ""

    def one_side(self, test: ast.AST) -> str:
        return f"no distinction by {names}" if (names := self.part(test)) else ""

    def swapped(self, pair: ast.List | ast.Tuple) -> str:
        one, other = map(self.part, pair.elts[:2])
        if all(isinstance(each, ast.Name) for each in pair.elts[:2]) and one and other:
            return f"{one} and {other} swapped"
        return "the first two of the returned values swapped" if id(pair) in self._returned else ""

    def bracket(self, node: ast.AST) -> str:
        return f"a bracket in another place in the part with {names}" if (names := self.part(node)) else ""

    def entry(self, of: ast.AST, new: str, old: str) -> str:
        if isinstance(of, ast.Name) and of.id in self.arguments:
            return f"the {new} entry of `{of.id}` in place of the {old}"
        return ""


def _is_usual(name: str) -> bool:
    return name in MODULES or hasattr(builtins, name)


def _positions(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Subscript(slice=index) if not isinstance(index, ast.Slice):
            yield index
        case ast.keyword(arg="axis" | "dim" | "keepdim" | "keepdims" | "strict", value=value):
            yield value
