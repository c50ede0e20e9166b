"""Run tests/core on CPython with every float of the device's code rounded to 32 bits.

An import hook rewrites preheat_core and preheat_fw: every value that is read, returned or computed
is rounded if it is a float, an int that meets a float is rounded first, and a float is written
with the fewest digits that name it, as on a controller. Test files keep their double floats.
Usage: float32.py FILE…, as run_core.py.
"""

import ast
import importlib.abc
import importlib.machinery
import json
import math
import operator
import struct
import sys
import types
from pathlib import Path

PACKAGES = ("preheat_core", "preheat_fw")
_SINGLE = struct.Struct("f")
_OPERATORS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv",
    ast.Mod: "mod", ast.Pow: "pow", ast.LShift: "lshift", ast.RShift: "rshift",
    ast.BitOr: "or_", ast.BitAnd: "and_", ast.BitXor: "xor", ast.MatMult: "matmul",
}  # fmt: skip


def f32(x):
    """x rounded to a 32-bit float if it is a float, anything else as it is."""
    if type(x) is not float:
        return x
    try:
        return _SINGLE.unpack(_SINGLE.pack(x))[0]
    except OverflowError:
        return math.copysign(math.inf, x)


def apply(function, a, b):
    """function(a, b) as a device with 32-bit floats would do it."""
    if type(a) is float or type(b) is float or function in (operator.truediv, operator.itruediv):
        a = f32(float(a)) if type(a) in (int, float) else a
        b = f32(float(b)) if type(b) in (int, float) else b
    return f32(function(a, b))


def add_up(values, start=0):
    """sum(), rounded at every step."""
    for value in values:
        start = apply(operator.add, start, f32(value))
    return start


def shown(x):
    """A float as the double that prints with the digits a 32-bit float needs; walks containers."""
    if type(x) is float and math.isfinite(x):
        return next(d for n in range(1, 10) if f32(d := float(f"{x:.{n}g}")) == f32(x))
    if isinstance(x, dict):
        return {shown(key): shown(value) for key, value in x.items()}
    if isinstance(x, list | tuple):
        return type(x)(shown(value) for value in x)
    return x


def _dumps(value, *args, **kwargs):
    return json.dumps(shown(value), *args, **kwargs)


JSON = types.SimpleNamespace(**{**vars(json), "dumps": _dumps})
HELPERS = {
    "__f32__": f32, "__apply__": apply, "__shown__": shown, "__operator__": operator,
    "__json__": JSON, "sum": add_up,
}  # fmt: skip


def _call(name, *arguments):
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


class Rounding(ast.NodeTransformer):
    """Wrap what is read or computed; the function of a call and annotations stay as they are."""

    def _rounded(self, node):
        self.generic_visit(node)
        if isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            return _call("__f32__", node)
        return node

    visit_Name = visit_Subscript = visit_UnaryOp = _rounded

    def visit_Attribute(self, node):
        if not isinstance(node.value, ast.Name):
            node.value = self.visit(node.value)
        return _call("__f32__", node) if isinstance(node.ctx, ast.Load) else node

    def visit_Constant(self, node):
        return _call("__f32__", node) if type(node.value) is float else node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        return self._apply(_OPERATORS[type(node.op)], node.left, node.right)

    def visit_AugAssign(self, node):
        in_place = "i" + _OPERATORS[type(node.op)].rstrip("_")
        read = ast.parse(ast.unparse(node.target), mode="eval").body
        value = self._apply(in_place, self.visit(read), self.visit(node.value))
        return ast.Assign([self.generic_visit(node.target)], value)

    def _apply(self, name, left, right):
        function = ast.Attribute(ast.Name("__operator__", ast.Load()), name, ast.Load())
        return _call("__apply__", function, left, right)

    def visit_Call(self, node):
        function = node.func
        if isinstance(function, ast.Attribute):
            function.value = self.visit(function.value)
        elif not isinstance(function, ast.Name):
            node.func = self.visit(function)
        node.args = [self.visit(argument) for argument in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        writes = isinstance(function, ast.Name) and function.id in ("str", "repr")
        if writes or (isinstance(function, ast.Attribute) and function.attr == "format"):
            node.args = [
                a if isinstance(a, ast.Starred) else _call("__shown__", a) for a in node.args
            ]
        return _call("__f32__", node)

    def visit_FormattedValue(self, node):
        node.value = _call("__shown__", self.visit(node.value))
        return node

    def visit_Import(self, node):
        lines = [node]
        for alias in node.names:
            if alias.name == "json":
                lines.append(ast.parse(f"{alias.asname or 'json'} = __json__").body[0])
        return lines

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_FunctionDef(self, node):
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node):
        if node.value is None:
            return ast.Pass()
        return self.visit(ast.Assign([node.target], node.value))


class RoundingLoader(importlib.machinery.SourceFileLoader):
    """Compiles the rewritten source; never reads or writes a bytecode cache."""

    def get_code(self, fullname):
        path = self.get_filename(fullname)
        tree = Rounding().visit(ast.parse(self.get_data(path), path))
        return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)

    def exec_module(self, module):
        vars(module).update(HELPERS)
        super().exec_module(module)


class RoundingFinder(importlib.abc.MetaPathFinder):
    """Gives the device's packages, and only them, to the RoundingLoader."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] not in PACKAGES:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = RoundingLoader(fullname, spec.origin)
        return spec


def install() -> None:
    """Round from now on; modules of the device that are loaded already stay as they are."""
    sys.meta_path.insert(0, RoundingFinder())


if __name__ == "__main__":
    tests = Path(__file__).resolve().parent
    sys.path[:0] = [str(tests.parent / "firmware" / "lib"), str(tests)]
    install()
    import run_core

    sys.exit(run_core.main(sys.argv[1:]))
