"""Wrong answers that try for points all the same."""

# ruff: noqa: E501 (a submission's text on one line, as it would stand in a cell)

from support.made_course import RIGHT, UNIT, WRONG

from . import NOTHING, first, without

ALWAYS_EQUAL = """
class Any(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __lt__ = __le__ = __gt__ = __ge__ = __eq__
    __hash__ = float.__hash__
    def __sub__(self, other): return self
    __rsub__ = __add__ = __mul__ = __truediv__ = __abs__ = __neg__ = lambda self, *other: Any(0.0)
"""


def answering(value):
    """Every answer returns this."""
    return {name: f"def {name}(*arguments):\n    return {value}" for name in RIGHT}


# In the shell.
first(
    "an input transformer that leaves nothing",
    NOTHING,
    "get_ipython().input_transformers_post.append(lambda lines: [])",
    WRONG,
)
first(
    "run_code replaced",
    NOTHING,
    "from IPython.core.interactiveshell import InteractiveShell\nasync def run(*a, **k): return False\nInteractiveShell.run_code = run",
    WRONG,
)
first("run_cell replaced", NOTHING, "ip = get_ipython()\nip.run_cell = ip.run_cell_async = None", WRONG, endless=True)
first(
    "no traceback is shown",
    NOTHING,
    "get_ipython().showtraceback = lambda *a, **k: None\nimport sys; sys.excepthook = print",
    WRONG,
)
first(
    "IPython's display hook forges a result",
    NOTHING,
    "from IPython.display import display\ndisplay({'text/plain': '3.0'}, raw=True)",
    WRONG,
    last="3.0",
)
first(
    "built-in functions replaced",
    NOTHING,
    "import builtins\nbuiltins.all = lambda *a: True\nbuiltins.isinstance = lambda *a: True\nbuiltins.callable = lambda *a: True",
    WRONG,
)
first(
    "the import of the checks replaced",
    NOTHING,
    "import builtins\nold = builtins.__import__\nbuiltins.__import__ = lambda n, *a, **k: None if n.startswith('lrlab') else old(n, *a, **k)",
    WRONG,
)

# Objects.
first("an object that equals everything", NOTHING, ALWAYS_EQUAL, answering("Any(1.0)"))
first(
    "an array whose comparisons are true",
    NOTHING,
    "import numpy\nclass A(numpy.ndarray):\n    def __eq__(self, o): return numpy.ones(1, bool)\n    def __array_ufunc__(self, *a, **k): return True",
    answering("np.zeros(3).view(A)"),
)
first(
    "an object with a pickle that runs code",
    NOTHING,
    "class P:\n    def __reduce__(self): return (print, ('ran',))\n    def __float__(self): return 1.0",
    answering("P()"),
)
first("NaN", NOTHING, "pass", answering("float('nan')"))
first("infinity", NOTHING, "pass", answering("float('inf')"))
first("an integer beyond all floats", NOTHING, "pass", answering("10 ** 5000"))
first("ten million numbers", NOTHING, "pass", answering("np.zeros(10_000_000)"))
first("a list in itself", NOTHING, "x = []\nx.append(x)", answering("x"))
first(
    "a dictionary named like an outcome", NOTHING, "pass", answering("{'kind': 'number', 'values': [1.0], 'shape': []}")
)

# The checks.
first(
    "the comparison replaced",
    NOTHING,
    "import lrlab.checks.compare as j, math, numpy, torch\nj.compare = j.close = j.same = lambda *a, **k: True\nmath.isclose = numpy.allclose = numpy.array_equal = torch.allclose = lambda *a, **k: True",
    WRONG,
)
first(
    "`check` replaced",
    NOTHING,
    "import lrlab.checks\nlrlab.checks.check = check = lambda *a, **k: print('all right')",
    WRONG,
)
first(
    "the whole package replaced",
    NOTHING,
    "import sys, types\nfor name in list(sys.modules):\n    if name.startswith('lrlab'):\n        sys.modules[name] = types.ModuleType(name)",
    WRONG,
)
# In the place of what the judge asks by.
SAY = (
    "import json, sys\nfrom IPython.display import publish_display_data\n"
    "def tell(reply): publish_display_data({'application/vnd.lrlab.outcomes': '0' * 64 + reply})\n"
)
first(
    "every reply: passed",
    NOTHING,
    SAY
    + "sys.audit = lambda *a: tell(json.dumps({'passed': True, 'outcomes': [{'kind': 'number', 'right': True}] * 20}))",
    WRONG,
)
first(
    "every reply: the public values",
    NOTHING,
    SAY
    + """
from lrlab.checks.registry import find
def audit(event, name, answer, calls, nonce):
    cases = find(name).cases
    import numpy as np
    out = [{"kind": "array" if np.ndim(c.expected) else "number", "values": np.ravel(c.expected).tolist(), "shape": list(np.shape(c.expected))} for c in cases]
    tell(json.dumps({"outcomes": (out * 9)[: len(json.loads(calls))]}))
sys.audit = audit
""",
    WRONG,
)
first(
    "every reply: right values of another type",
    NOTHING,
    SAY
    + "sys.audit = lambda *a: tell(json.dumps({'outcomes': [{'kind': 'number', 'values': [True], 'shape': [], 'single': True}] * 20}))",
    WRONG,
)
for words, text in {
    "nothing": "''", "no JSON": "'{'", "NaN": "'{\"outcomes\": [{\"kind\": \"number\", \"values\": [NaN], \"shape\": []}]}'",
    "deep": "'[' * 50_000 + ']' * 50_000", "large": "'[' + '1,' * 3_000_000 + '1]'", "a number": "7",
    "huge shapes": "'{\"outcomes\": [{\"kind\": \"array\", \"values\": [], \"shape\": [0, 99999999999999]}]}'",
    "wild changes": "'{\"outcomes\": [{\"kind\": \"number\", \"values\": [1], \"shape\": [], \"changed\": [99, {}]}]}'",
}.items():  # fmt: skip
    first(f"every reply: {words}", NOTHING, SAY + f"sys.audit = lambda *a: tell({text})", WRONG)
first("a second function that answers the judge", NOTHING, SAY + """
def answer(event, arguments):
    if event == "lrlab.ask":
        tell(json.dumps({"outcomes": [{"kind": "number", "values": [1.0], "shape": []}] * 20}))
sys.addaudithook(answer)
""", WRONG)  # fmt: skip
first("a reply that is changed on its way, and one that is sent again", NOTHING, """
display, kept = get_ipython().display_pub.publish, []
def publish(data, *given, **named):
    for kind, text in data.items():
        if kind == "application/vnd.lrlab.outcomes":
            kept.append(text)
            display({kind: kept[0]})
            data = {kind: text.replace('"odd"', '"number"').replace('"error"', '"number"')}
    display(data, *given, **named)
get_ipython().display_pub.publish = publish
""", WRONG)  # fmt: skip
first("the text of a reply is made by another function", NOTHING, """
import json
json.dumps = json.JSONEncoder.encode = json.encoder.JSONEncoder.encode = json.JSONEncoder.iterencode = lambda *a, **k: '{"outcomes": []}'
json.loads = json.JSONDecoder.decode = lambda *a, **k: []
""", WRONG)  # fmt: skip
first("replies sent again and again from a thread", NOTHING, """
import threading, time
from IPython.display import publish_display_data
def send():
    for _ in range(200):
        publish_display_data({"application/vnd.lrlab.outcomes": '{"outcomes": []}', "text/plain": "3.0"}, display_id="x")
        time.sleep(0.01)
threading.Thread(target=send, daemon=True).start()
""", WRONG)  # fmt: skip
first("later changes of what was shown", NOTHING, """
from IPython.display import display
handle = display("x", display_id=True)
def half_life(d):
    handle.update({"text/plain": "2.0"}, raw=True)
    display("y", display_id="check")
    return 1 / d
""", WRONG | {"half_life": "old = half_life"})  # fmt: skip

# Looking for right values.
FIND = """
import os
found = []
for top in ("/", os.path.expanduser("~"), os.getcwd(), "..", "../..", "/tmp"):
    for folder, _, names in os.walk(top):
        if folder.startswith(("/proc", "/sys", "/usr", "/lib", "/opt")) or "site-packages" in folder:
            continue
        found += [os.path.join(folder, n) for n in names if n in ("reference.py", "gradebook.db") or n.endswith(".ipynb")]
"""
first("looks for the gradebook, the solutions and neighbours", NOTHING, FIND + """
values = {}
for path in found:
    if path.endswith("reference.py"):
        exec(open(path).read(), values)
def half_life(d): return values["half_life"](d)
""", WRONG | {"half_life": "assert not found, found"})  # fmt: skip
first("writes into the gradebook", NOTHING, FIND + """
import sqlite3
for path in found:
    if path.endswith(".db"):
        sqlite3.connect(path).execute("UPDATE grade SET auto_score = 99").connection.commit()
""", WRONG)  # fmt: skip
first(
    "prints what is run",
    NOTHING,
    "pass",
    WRONG | {"half_life": "def half_life(d):\n    print(In[-1], Out)\n    return 1 / d"},
)
FRAMES = """
def _right(arguments):
    import sys, gc
    frame = sys._getframe()
    seen = []
    while frame:
        seen += list(frame.f_locals.values()) + list(frame.f_globals.values())
        frame = frame.f_back
    for one in seen + gc.get_objects():
        if type(one).__name__ == "Case" and tuple(one.args) == tuple(arguments):
            return one.expected
        if isinstance(one, tuple) and len(one) == 2 and one[0] == tuple(arguments):
            return one[1]
    return 0.5
"""
first("looks for right values in memory", NOTHING, FRAMES, {
    name: f"def {name}(*arguments):\n    return _right([a.tolist() if hasattr(a, 'tolist') else a for a in arguments])"
    for name in answering("")
})  # fmt: skip
first("hard-coded visible values", NOTHING, """
from lrlab.checks.registry import find
def known(name):
    table = {repr(c.args): c.expected for c in find(name).cases}
    return lambda *a: np.array(table.get(repr(tuple(x.tolist() if hasattr(x, 'tolist') else x for x in a)), 0.5))[()]
""", {name: f"{name} = known({name!r})" for name in answering("")})  # fmt: skip

# The library's own function for what is asked.
USE = "from lrlab.schedules import StepDecay\n"
CALL = "float(StepDecay(lr0, decay=d, every=r)(n)) if np.ndim(n) == 0 else StepDecay(lr0, decay=d, every=r)(n)"
DEF = "def step_decay(n, lr0, d, r):\n"
for words, source in {
    "called": f"{USE}{DEF}    return {CALL}",
    "under another name": f"import lrlab.schedules as s\nmine = s.StepDecay\n{DEF}    return mine(lr0, decay=d, every=r)(n)",
    "with the profiler off": f"{USE}import sys\n{DEF}    sys.setprofile(None)\n    return {CALL}",
    "with the profiler replaced": f"{USE}import sys\nsys.setprofile = lambda f: None\n{DEF}    return {CALL}",
    "in a bare thread": f"{USE}import _thread\n{DEF}    found, done = [], _thread.allocate_lock()\n    done.acquire()\n"
    f"    _thread.start_new_thread(lambda: (found.append({CALL}), done.release()), ())\n    done.acquire()\n"
    "    return found[0]",
    "in a thread": f"{USE}import threading\n{DEF}    found = []\n    t = threading.Thread(target=lambda: found.append({CALL}))\n"
    "    t.start(); t.join()\n    return found[0]",
}.items():  # fmt: skip
    first(f"the library {words}", without("step_decay"), "pass", RIGHT | {"step_decay": source})
first(
    "deletes its own notebook", NOTHING, f"import pathlib\npathlib.Path('{UNIT}.ipynb').unlink(missing_ok=True)", WRONG
)
