"""Code that takes too much, dies, or will not go away: it costs its own exercise, and nobody else anything."""

# ruff: noqa: E501 (a submission's text on one line, as it would stand in a cell)

from support.made_course import RIGHT

from . import FULL, NOTHING, first, without

LAST = without("half_life")


def half_life(body, before=""):
    return RIGHT | {"half_life": f"{before}\ndef half_life(d):\n    {body}"}


first("an endless loop in an answer", LAST, "pass", half_life("while True: pass"), endless=True)
first("an endless loop that catches everything", LAST, "pass", half_life(
    "while True:\n        try:\n            while True: pass\n        except BaseException: pass"), endless=True)  # fmt: skip
# What can't be interrupted, in the last exercise: those after it would find no one who answers.
END = without("read_log")
first(
    "an endless call of a C function",
    END,
    "import re",
    RIGHT | {"read_log": "def read_log(log):\n    re.match('(a+)+b', 'a' * 60)"},
    endless=True,
)
first("an endless loop in a cell", FULL, "while True: pass", endless=True)
first(
    "a cell that can't be interrupted",
    FULL,
    "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    endless=True,
)
first("sleeps for an hour", LAST, "import time", half_life("time.sleep(3600)"), endless=True)
first("a deep recursion", LAST, "pass", half_life("return half_life(d)"))
first(
    "a deep recursion without a limit",
    END,
    "import sys",
    RIGHT | {"read_log": "def read_log(log):\n    sys.setrecursionlimit(10**9); return read_log(log)"},
    endless=True,
)
first("30 GB at once", LAST, "pass", half_life("return np.ones(30 * 10**9 // 8).sum()"))
first(
    "30 GB little by little",
    LAST,
    "pass",
    half_life("x = []\n    while True: x.append(bytearray(50_000_000))"),
    endless=True,
)
first(
    "a fork bomb",
    FULL,
    "import os\ntry:\n    for _ in range(2000):\n        if os.fork() == 0:\n            while True:\n                try: os.fork()\n                except OSError: pass\nexcept OSError: pass",
)
first(
    "a full disk",
    FULL,
    "try:\n    for n in range(10**6):\n        open(f'/tmp/{n}', 'wb').write(bytes(10**7))\nexcept OSError: pass",
)
first(
    "a flood of text",
    FULL,
    "import sys\nfor _ in range(3000):\n    sys.stdout.write('x' * 100_000 + '\\n')",
    endless=True,
)
first("a flood from an answer", FULL, "pass", half_life("print('x' * 10**8)\n    return np.log(2) / d"))
first(
    "a flood of pictures",
    FULL,
    "from IPython.display import display\nfor _ in range(300):\n    display({'image/png': 'A' * 10**6}, raw=True)",
)
first(
    "a message of 200 MB",
    FULL,
    "from IPython.display import display\ndisplay({'text/plain': 'x' * 200_000_000}, raw=True)",
    endless=True,
)
first("a crash in an answer", LAST, "import ctypes", half_life("ctypes.string_at(0)"))
first("a crash in a cell", FULL, "import ctypes\nctypes.string_at(0)")
first("os._exit in an answer", LAST, "import os", half_life("os._exit(0)"))
first("os._exit in a cell", FULL, "import os\nos._exit(0)")
first("os._exit in two answers", without("half_life", "step_decay"), "import os", half_life("os._exit(0)") | {
    "step_decay": "def step_decay(*a):\n    os._exit(1)"})  # fmt: skip
first("os._exit in every answer", NOTHING, "import os", {n: f"def {n}(*a):\n    os._exit(1)" for n in RIGHT})
first("kills itself", LAST, "import os, signal", half_life("os.kill(os.getpid(), signal.SIGKILL)"))
first(
    "kills whatever it may",
    FULL,
    "import os, signal\nfor pid in range(2, 500):\n    try: os.kill(pid, signal.SIGKILL) if pid != os.getpid() else None\n    except OSError: pass",
)
first(
    "a process that stays",
    FULL,
    "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3000)'], start_new_session=True)",
)
first("input()", FULL, "try:\n    input('your name? ')\nexcept Exception as error:\n    print(error)")
first("input() in an answer", LAST, "pass", half_life("return float(input())"))
first(
    "the network",
    FULL,
    "import socket\ntry:\n    socket.create_connection(('1.1.1.1', 53), timeout=3)\n    reached = True\nexcept OSError:\n    reached = False\nassert not reached",
)
first("exit()", FULL, "exit()")
first("SystemExit in an answer", LAST, "pass", half_life("raise SystemExit(0)"))
first("KeyboardInterrupt in an answer", LAST, "pass", half_life("raise KeyboardInterrupt"))
first("closes all files", LAST, "import os", half_life("os.closerange(0, 500)"))
first(
    "deletes all that it can",
    FULL,
    "import shutil, os\nfor top in ('/tmp', os.path.expanduser('~'), os.getcwd(), '/'):\n    shutil.rmtree(top, ignore_errors=True)",
)
first(
    "a syntax error", without("time_decay"), "pass", RIGHT | {"time_decay": "def time_decay(n, lr0, d)\n    return lr0"}
)
first(
    "a null byte in the source",
    without("time_decay"),
    "pass",
    RIGHT | {"time_decay": "x = '\0'\ndef time_decay(n, lr0, d): return 1"},
)
first("an error in the first cell", FULL, "raise ValueError('stop')")
