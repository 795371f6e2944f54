"""Where a submission is graded, an answer has no thread, hook or name by which it gets past its watch."""

import json
import subprocess
import sys

import pytest

# Each way calls the library for an answer to `half_life`, which it can't give, so a number means that it was not seen.
PROGRAM = """
import _thread, functools, json, os, queue, sys, threading, types
from concurrent.futures import ThreadPoolExecutor
from lrlab.checks.exercise import Adapter
from lrlab.checks.reply import prepare
from lrlab import schedules

adapter = Adapter("made", ("n",), watch=("lrlab.schedules",))
prepare(bytes(32))
library = schedules.StepDecay(0.1, decay=0.5, every=7)
asked, answered = queue.Queue(), queue.Queue()

def serve():
    while True:
        answered.put(library(asked.get()))

threading.Thread(target=serve, daemon=True).start()
off = functools.partial(sys.setprofile)
names = {"__name__": "threading", "start": _thread.start_new_thread}
exec("def start_thread(f, args): start(f, args)", names)

def through(start):
    found, done = [], _thread.allocate_lock()
    done.acquire()
    start(lambda: (found.append(library(3)), done.release()), ())
    done.acquire()
    return found[0]

def a_thread_of_before(n):
    asked.put(n)
    return answered.get()

def off_and_on(n):
    before = sys.getprofile()
    off(None)
    found = library(n)
    off(before)
    return found

def the_watch_itself(n):
    found = library(n)
    watch = sys.getprofile() or threading.getprofile() or threading._profile_hook
    getattr(watch, "__self__", types.SimpleNamespace()).called = ""
    return found

def another_name(n):
    return through(names["start_thread"])

def partial(n):
    return through(functools.partial(_thread.start_new_thread))

def threads_unwatched(n):
    threading.setprofile(None)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(library, n).result()

def its_own_beginning(n):
    class Own(threading.Thread):
        def _bootstrap(self):
            self._target()
    return through(lambda run, _: threading._start_new_thread(Own(target=run)._bootstrap, ()))

def traced(n):
    found = []
    sys.settrace(lambda *about: found.append(library(n)))
    (lambda: 0)()
    sys.settrace(None)
    return found[0]

sys.addaudithook(lambda event, about: about[0].append(library(3)) if event == "mine" else None)

def audited(n):
    found = []
    sys.audit("mine", found)
    return found[0]

class Later(Exception):
    def __str__(self):
        kept.append(library(3))
        return ""

kept = []

def the_text_of_an_error(n):
    if not kept:
        raise Later
    return kept[0]

def a_wait(n):
    return os.read(os.pipe()[0], 8)

def innocent(n):
    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(float, [n, n]))

ways = [a_thread_of_before, off_and_on, the_watch_itself, another_name, partial, threads_unwatched, its_own_beginning,
        traced, audited, the_text_of_an_error, innocent]
waited, _ = Adapter("made", ("n",), watch=("lrlab.schedules",), seconds=0.2).call(a_wait, [(3,)] * 2)
assert waited["type"] == "TooSlow", waited
made = {way.__name__: adapter.call(way, [(3,)] * 2) for way in ways}
sys.stdout.write(json.dumps({name: [one["kind"] for one in outcomes] for name, outcomes in made.items()}))
"""


@pytest.mark.slow
def test_no_way_past_the_watch():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made.pop("innocent") == ["number", "number"]
    assert {name: kinds for name, kinds in made.items() if "number" in kinds and "refused" not in kinds} == {}


REPLACED = """
import sys, torch
from lrlab.checks.call import load_torch
from lrlab.checks.exercise import Adapter
from lrlab.checks.reply import prepare

load_torch()  # whose own calls are not counted
prepare(bytes(32))
torch._C._set_grad_enabled = torch.is_grad_enabled = lambda *_: seen.append("gradients")
torch.default_generator = type("Own", (), {"get_state": lambda _: seen.append("state"), "set_state": lambda *_: None})()
seen = []
(outcome,) = Adapter("made", ("n",)).call(lambda n: n, [(3,)])
assert (outcome["values"], seen) == ([3.0], []), (outcome, seen)
"""


@pytest.mark.slow
def test_what_is_asked_before_an_answer_is_watched_can_not_be_replaced():
    subprocess.run([sys.executable, "-c", REPLACED], check=True)
