"""What a submission can see, do and leave behind: the same from a cold kernel and from one that was forked."""

import gc
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from support import with_support
from support.sandboxed import SECRET, execute

from lrlab.grading.sandbox import init
from lrlab.grading.sandbox.bubblewrap import FIRST_USER, find_bubblewrap
from lrlab.grading.sandbox.file_tree import visible_paths
from lrlab.grading.sandbox.limits import MIB, Limits, SandboxError
from lrlab.grading.sandbox.process import SandboxedProcess
from lrlab.grading.sandbox.zygote import Zygote
from lrlab.grading.scoring.execution import UNSANDBOXED, ExecuteSubmission

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sandboxed")]

WARM = pytest.param("warm", marks=pytest.mark.xdist_group("sandbox warm"))
COLD = pytest.param("cold", marks=pytest.mark.xdist_group("sandbox cold"))
NIGHT = pytest.mark.nightly(
    reason="a cold kernel takes a second, with torch three; what a box shows and refuses is tried cold in every run"
)
cold_at_night = pytest.mark.parametrize(
    "start", [WARM, pytest.param("cold", marks=[*COLD.marks, NIGHT])], indirect=True
)

# What of this Python lies in /tmp, as it may, is seen there.
OWN_IN_TMP = {Path(path).relative_to("/tmp").parts[0] for path in visible_paths() if path.startswith("/tmp/")}
# What a student might try, each in a cell of its own. `yes(f)` prints "could" and what came of it, or "could not".
CAN = """
def yes(attempt):
    try:
        print("could:", attempt())
    except BaseException as error:
        print("could not:", type(error).__name__, error)
"""
FORBIDDEN = {
    "reach the internet": "yes(lambda: __import__('socket').create_connection(('1.1.1.1', 53), timeout=5))",
    "reach the grader's machine": "yes(lambda: __import__('socket').create_connection(('127.0.0.1', {port}), 5))",
    "reach a socket by its name": (
        "import socket\ns = socket.socket(socket.AF_UNIX)\nyes(lambda: s.connect('\\0lrlab-test-{port}'))"
    ),
    "make a socket to the host of a virtual machine": "import socket; yes(lambda: socket.socket(40))",
    "read the gradebook": "yes(lambda: open({course!r} + '/gradebook.db').read())",
    "read the solutions": "yes(lambda: open({course!r} + '/solutions/unit/unit.ipynb').read())",
    "read a neighbour": "yes(lambda: open({course!r} + '/submitted/other/unit/unit.ipynb').read())",
    "read its own hidden tests": "yes(lambda: open('unit.ipynb').read())",
    "follow its own link": "yes(lambda: open('link.txt').read())",
    "read the repository": "yes(lambda: open({root!r} + '/nbgrader_config.py').read())",
    "read the judge": "yes(lambda: __import__('lrlab.grading.scoring.execution').grading.execute)",
    "read passwords": "yes(lambda: open('/etc/passwd').read())",
    "write into the environment": "import sys; yes(lambda: open(sys.prefix + '/mine', 'w'))",
    "write into lrlab": "import lrlab; yes(lambda: open(lrlab.__file__, 'a'))",
    "write onto the root": "yes(lambda: open('/mine', 'w'))",
    "become root": "import os; yes(lambda: os.setuid(0))",
    "get a capability": "yes(lambda: open('/proc/sys/kernel/hostname', 'w').write('mine'))",
    "make a namespace": (
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "yes(lambda: 1 / 0 if libc.unshare(0x10000000) else 'unshared')"
    ),
    "trace a process": "yes(lambda: 1 / 0 if libc.ptrace(16, os.getppid(), 0, 0) else 'attached')",
    "hide memory": "yes(lambda: os.memfd_create('hidden'))",
    "raise a limit": "import resource; yes(lambda: resource.setrlimit(resource.RLIMIT_NPROC, (10_000, 10_000)))",
    "reserve 30 GB": "import numpy as np; yes(lambda: np.ones(30 * 10**9 // 8).sum())",
    "write a file of 200 MB": "yes(lambda: open('/tmp/big', 'wb').write(bytes(200 * 2**20)) and 1 / 0)",
    "fill /tmp": (
        "def fill():\n    for n in range(12):\n        open(f'/tmp/part{{n}}', 'wb').write(bytes(50 * 2**20))\n"
        "yes(fill)\nimport glob, os; [os.remove(p) for p in glob.glob('/tmp/*')]"
    ),
    "open 2,000 files": "yes(lambda: [open('/dev/null') for _ in range(2_000)])",
    "start 500 threads": (
        "import threading, time\n"
        "def start():\n    for _ in range(500):\n        threading.Thread(target=time.sleep, args=(3,)).start()\n"
        "yes(start)"
    ),
}
ALLOWED = {
    "a file that came along": ("print(open('data.csv').read())", "1,2,3"),
    "its own module": ("import helper; print(helper.answer)", "42"),
    "no shadow": ("import json, torch; print(torch.__name__, 'zeros' in dir(torch))", "torch True"),
    "training": (
        "from torch import nn\nmodel = nn.Linear(3, 1)\noptimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n"
        "for _ in range(20):\n    loss = model(torch.ones(8, 3)).square().mean()\n    optimizer.zero_grad()\n"
        "    loss.backward()\n    optimizer.step()\nprint('loss below 1e-3:', loss.item() < 1e-3)",
        "loss below 1e-3: True",
    ),
    "workers": (
        "from torch.utils.data import DataLoader\n"
        "print(sum(batch.sum().item() for batch in DataLoader(torch.arange(100.0), batch_size=10, num_workers=2)))",
        "4950.0",
    ),
    "a picture": (
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.savefig('figure.png'); plt.show()",
        "image/png",
    ),
    "the digits": ("from lrlab import data\nprint(data.load('digits'))", "1,437 training"),
    "its processors' time": ("import os; print(os.environ['OMP_NUM_THREADS'], torch.get_num_threads())", "1 1"),
    "a server of its own": (
        "import socket\nserver = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname(), 5); print('connected')",
        "connected",
    ),
}
FACTS = """
import os, sys, json
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps({
    "uid": os.getuid(), "groups": os.getgroups(), "environment": dict(os.environ), "root": sorted(os.listdir("/")),
    "capabilities": [status[k].strip() for k in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")],
    "seccomp": status["Seccomp"].strip(), "processes": sum(name.isdigit() for name in os.listdir("/proc")),
    "home": sorted(os.listdir()), "tmp": os.listdir("/tmp"), "shm": os.listdir("/dev/shm"),
    "random": __import__("random").random(), "numpy": __import__("numpy").random.rand(),
    "torch": __import__("torch").rand(1).item(), "hash": hash("x"),
    "descriptors": sorted({os.path.dirname(os.readlink(f"/proc/self/fd/{n}")) for n in os.listdir("/proc/self/fd")
                           if os.path.islink(f"/proc/self/fd/{n}")}),
}))
"""


@pytest.fixture(scope="module", params=[COLD, WARM])
def start(request):
    """Submissions run with a cold kernel each, or forked from one zygote."""
    with ExitStack() as stack:
        if request.param == "warm":
            stack.enter_context(Zygote()).require()
        yield request.param


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("course")
    own = root / "autograded" / "me" / "unit"
    for path in (root / "gradebook.db", root / "solutions/unit/unit.ipynb", root / "submitted/other/unit/unit.ipynb"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SECRET, encoding="utf-8")
    own.mkdir(parents=True)
    for name, text in {
        "unit.ipynb": SECRET, "data.csv": "1,2,3", "helper.py": "answer = 42", "torch.py": "raise SystemError",
        "sitecustomize.py": "raise SystemError", "ipykernel_launcher.py": "raise SystemError",
    }.items():  # fmt: skip
        (own / name).write_text(text, encoding="utf-8")
    (own / "link.txt").symlink_to(root / "gradebook.db")
    (own / "hard.txt").hardlink_to(root / "gradebook.db")
    os.mkfifo(own / "fifo")
    return root


@pytest.fixture(scope="module")
def shown(start, course):
    """Every attempt once, in one kernel, beside servers on this machine that would answer."""
    own = course / "autograded/me/unit"
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = server.getsockname()[1]
        named = stack.enter_context(socket.socket(socket.AF_UNIX))
        named.bind(f"\0lrlab-test-{port}")
        named.listen()
        stack.enter_context(pytest.MonkeyPatch.context()).setenv("LRLAB_TEST_SECRET", SECRET)
        names = {"course": str(course), "root": str(Path(__file__).parents[3]), "port": port}
        tries = {name: code.format(**names) for name, code in FORBIDDEN.items()}
        honest = {name: code for name, (code, _) in ALLOWED.items()}
        cells = {"facts": FACTS, "can": CAN, **honest, **tries}
        return dict(zip(cells, execute(*cells.values(), folder=own), strict=True))


@pytest.fixture(scope="module")
def facts(shown):
    return json.loads(json.loads(shown["facts"])[0]["text"])


@pytest.mark.parametrize("attempt", FORBIDDEN)
def test_a_submission_cannot(shown, attempt):
    assert "could not:" in shown[attempt], shown[attempt]
    assert SECRET not in shown[attempt]


@pytest.mark.parametrize("name", ALLOWED)
def test_a_submission_can_use(shown, name):
    assert ALLOWED[name][1] in shown[name], shown[name]
    assert '"error"' not in shown[name]


def test_no_secret_is_anywhere(shown):
    assert not [name for name, text in shown.items() if SECRET in text]


def test_it_is_nobody_in_particular(facts):
    assert facts["uid"] != 0
    assert facts["uid"] == os.getuid() or FIRST_USER <= facts["uid"] < 2**31
    assert 0 not in facts["groups"]
    assert facts["capabilities"] == ["0" * 16] * 5
    assert facts["seccomp"] == "2"


def test_it_sees_its_own_environment_files_and_processes(facts):
    assert not {"LRLAB_TEST_SECRET", "JPY_PARENT_PID", "SSH_AUTH_SOCK", "VIRTUAL_ENV"} & set(facts["environment"])
    assert facts["environment"]["HOME"] == "/home/student"
    assert facts["home"] == [
        ".ipython", ".matplotlib", "data.csv", "helper.py", "ipykernel_launcher.py", "sitecustomize.py", "torch.py",
    ] or facts["home"] == [
        ".ipython", "data.csv", "helper.py", "ipykernel_launcher.py", "sitecustomize.py", "torch.py",
    ]  # fmt: skip
    assert set(facts["tmp"]) <= OWN_IN_TMP
    assert facts["shm"] == []
    assert facts["processes"] <= 3  # bubblewrap's or the keeper, and the kernel
    assert not [path for path in facts["descriptors"] if path.startswith(("/tmp", str(Path.home())))]


@cold_at_night
def test_nothing_lasts_until_the_next_submission(start):
    first, second = (
        json.loads(json.loads(output)[0]["text"])
        for output in (
            execute("open('/tmp/x', 'w'); open('/dev/shm/x', 'w'); open('mine', 'w')", FACTS)[1],
            execute(FACTS)[0],
        )
    )
    assert set(first["tmp"]) - OWN_IN_TMP == {"x"}
    assert set(second["tmp"]) <= OWN_IN_TMP
    assert second["shm"] == []
    assert "mine" not in second["home"]


@cold_at_night
@pytest.mark.parametrize("seed", [0, 7])
def test_chance_starts_from_the_seed(start, seed):
    import numpy as np
    import torch  # here: the graders below import this module, and torch would be most of their memory

    drawn = json.loads(json.loads(execute(FACTS, seed=seed)[0])[0]["text"])
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    torch.manual_seed(seed)
    assert drawn["random"] == random.random()
    assert drawn["numpy"] == np.random.rand()  # noqa: NPY002
    assert drawn["torch"] == torch.rand(1).item()
    hashed = subprocess.check_output([sys.executable, "-c", "print(hash('x'))"], env={"PYTHONHASHSEED": "0"})
    assert drawn["hash"] == int(hashed)


def descendants(pid):
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [*map(int, children), *(each for child in children for each in descendants(child))]


DAEMON = f"{SECRET} from {os.getpid()}"


def boxes():
    """What runs in this process's boxes, and any daemon of this file's. Other tests have boxes of their own."""

    def line(pid):
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return b""

    own = {pid for pid in descendants(os.getpid()) if init.__name__.encode() in line(pid)}
    return own | {int(pid) for pid in filter(str.isdigit, os.listdir("/proc")) if DAEMON.encode() in line(pid)}


def eventually(condition, seconds=200):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_no_daemon_stays(start):
    before = boxes()
    daemon = (
        "import subprocess, sys\n"
        f"code = 'import time; time.sleep(600)  # {DAEMON}'\n"
        "child = subprocess.Popen([sys.executable, '-c', code], start_new_session=True)\nprint(child.poll())"
    )
    (output,) = execute(daemon)
    assert "None" in output
    assert eventually(lambda: boxes() <= before)


@cold_at_night
def test_fork_bomb_is_contained(start):
    before = boxes()
    bomb = (
        "import os, time\nstop = time.time() + 40\nfailed = 0\nparent = os.getpid()\n"
        "while time.time() < stop and (os.getpid() != parent or not failed):\n"
        "    try:\n        os.fork()\n    except OSError:\n        failed += 1\n        time.sleep(0.05)\n"
        "if os.getpid() != parent:\n    os._exit(0)\nprint('refused', failed > 0)"
    )
    outputs = execute(bomb, "print('next')", timeout=60, submission_timeout=90)
    assert "refused True" in outputs[0] or "NotRun" in outputs[0]
    assert eventually(lambda: len(boxes() - before) <= 4)
    assert "2" in execute("print(1 + 1)")[0]


@cold_at_night
def test_the_next_submission_has_all_its_processes(start):
    """Those of the last one may not be gone yet."""
    threads = (
        "import threading, time\nfor _ in range(100):\n    threading.Thread(target=time.sleep, args=(20,)).start()\n"
        "print('all')"
    )
    for _ in range(3):
        assert "all" in execute(threads)[0]


def test_memory_of_all_processes_together(start):
    """Each stays below its own limit; together they take too much."""
    grow = (
        "import os, time\nfor _ in range(4):\n    if os.fork() == 0:\n        held = bytearray(b'x') * (300 * 2**20)\n"
        "        time.sleep(30)\n        os._exit(0)\ntime.sleep(30)"
    )
    before, ended, after = execute("print('earned')", grow, "print('too late')", memory=700 * MIB)
    assert "earned" in before
    assert "used more than 0.684 GiB of memory" in ended
    assert "NotRun" in after
    assert "used more than" in after


@cold_at_night
def test_time_of_the_whole_submission(start):
    cells = ["import time\nstop = time.process_time() + 0.8\nwhile time.process_time() < stop:\n    pass"] * 6
    outputs = execute("print('earned')", *cells, submission_timeout=3)
    assert "earned" in outputs[0]
    assert "error" in outputs[-1]
    assert "error" not in outputs[1]


@cold_at_night
def test_time_is_the_processors_and_the_clock_is_patient(start):
    """A cell that waits, as all do on a busy machine, has three times its seconds; one that computes has them once."""
    wait = "import time\ntime.sleep(4)\nprint('waited')"
    forever = "while True:\n    pass"
    waited, endless, after = execute(wait, forever, "print('next')", timeout=3)
    assert "waited" in waited
    assert "CellTimeoutError" in endless
    assert "next" in after


@cold_at_night
def test_a_cell_that_will_not_stop(start, monkeypatch):
    monkeypatch.setattr("lrlab.grading.scoring.execution.RECOVERY", 2.0)  # it doesn't answer
    stubborn = (
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "while True:\n    try:\n        time.sleep(1)\n    except BaseException:\n        pass"
    )
    outputs = execute("print('earned')", stubborn, "print('next')", timeout=2, submission_timeout=8)
    assert "earned" in outputs[0]
    assert "CellTimeoutError" in outputs[1]
    assert "error" in outputs[2]


DEATHS = ["import os; os.kill(os.getpid(), 9)", "import ctypes; ctypes.string_at(0)", "import os; os._exit(0)"]


@pytest.mark.parametrize(
    ("start", "death"),
    [
        *(pytest.param("warm", death, marks=WARM.marks) for death in DEATHS),
        pytest.param("cold", DEATHS[0], marks=COLD.marks),
        *(pytest.param("cold", death, marks=[*COLD.marks, NIGHT]) for death in DEATHS[1:]),
    ],
    indirect=["start"],
)
def test_a_kernel_that_dies_ends_its_submission_alone(start, death):
    before, dead, after = execute("print('earned')", death, "print('next')")
    assert "earned" in before
    assert "The kernel died" in dead
    assert "The kernel died" in after
    assert "2" in execute("print(1 + 1)")[0]


@cold_at_night
def test_what_is_too_much_is_left_out_and_later_cells_are_heard(start):
    much = f"print('y' * {Limits.cell_output - 2 * MIB})"
    outputs = execute(*[much] * 20, f"print('z' * {Limits.cell_output})", "print('heard')")
    assert "left out" not in outputs[0]
    assert "left out" in outputs[19]
    assert "left out" in outputs[20]
    assert "heard" in outputs[21]
    assert "left out" not in outputs[21]
    assert sum(map(len, outputs)) < Limits.output + 2 * MIB


FLOOD_NIGHT = pytest.mark.nightly(reason="each flows for seconds; one message without end is in every run")
FLOODS = {
    "lines": "while True:\n    print('y' * 1000)",
    "one string": "print('y' * (300 * 2**20))",
    "displays": "from IPython.display import display\nwhile True:\n    display({'text/plain': 'y' * 10**6}, raw=True)",
    "a widget": (
        "from comm import create_comm\nc = create_comm(target_name='jupyter.widget')\n"
        "while True:\n    c.send(data={'state': {'x': 'y' * 10**6}})"
    ),
    "one endless message": (
        "import zmq\ns = get_ipython().kernel.iopub_socket.io_thread.socket\npart = b'y' * 2**20\n"
        "while True:\n    s.send(part, zmq.SNDMORE)"
    ),
}
PEAK = r"""
import json, re, sys
from support.sandboxed import execute
from lrlab.grading.sandbox.file_tree import visible_paths
from lrlab.grading.sandbox.process import SandboxedProcess
from lrlab.grading.sandbox.zygote import Zygote
from contextlib import nullcontext
with Zygote(packages=()) if {warm} else nullcontext():
    outputs = execute("print('earned')", {flood!r}, "print('next')", timeout=1, submission_timeout=5)
# Not getrusage: its peak is that of the process that started this one, where that is larger.
peak = int(re.search(r"VmHWM:\s*(\d+)", open("/proc/self/status").read())[1]) * 1024
print(json.dumps([peak, outputs]))
"""


@cold_at_night
@pytest.mark.parametrize(
    "flood",
    [pytest.param(flood, marks=() if flood == "one endless message" else FLOOD_NIGHT) for flood in FLOODS],
)
def test_a_flood_of_output_costs_the_grader_little(start, flood):
    script = PEAK.format(warm=start == "warm", flood=FLOODS[flood])
    done = subprocess.run(
        [sys.executable, "-c", script], env=with_support(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    peak, outputs = json.loads(done.stdout.splitlines()[-1])
    assert peak < 500e6
    assert "earned" in outputs[0]
    assert sum(map(len, outputs)) < 3 * Limits.cell_output


def test_a_submission_that_makes_the_grader_grow_is_ended(monkeypatch):
    """Whatever gets past the limits of outputs."""
    running = SandboxedProcess.__new__(SandboxedProcess)
    now = {"limits": Limits(), "_started": time.monotonic(), "status": 0, "_cpu": 0.0, "cgroup": None}
    vars(running).update(now, _grader_memory=300 * MIB)
    monkeypatch.setattr(SandboxedProcess, "processes", lambda self: [])
    for memory, said in ((450 * MIB, None), (550 * MIB, "the submission flooded the grader with messages")):
        monkeypatch.setattr("lrlab.grading.sandbox.usage.grader_memory", lambda memory=memory: memory)
        assert running.exceeded_limit() == said


@cold_at_night
def test_of_the_grader_it_sees_what_runs_there_alone(start):
    (seen,) = execute(
        "import lrlab.grading, os\n"
        "root = list(lrlab.grading.__path__)[0]\n"
        "print(sorted({os.path.relpath(folder, root) for folder, _, files in os.walk(root) if files}"
        " - {'sandbox/init/__pycache__'}))"
    )
    assert "['sandbox/init']" in seen


REOPENED = r"""
import os, socket, stat, struct, threading, time
ready = b"\x05READY\x0bSocket-Type\x00\x00\x00\x06ROUTER"
greeting = b"\xff" + bytes(7) + b"\x01\x7f\x03\x00NULL" + bytes(48) + b"\x04" + bytes([len(ready)]) + ready
longest = b"\x02" + struct.pack(">Q", 1 << 62)  # bytes of a message
def speak(listening):
    kept = []
    while True:
        kept.append(listening.accept()[0])
        kept[-1].sendall(greeting + longest)
for number in map(int, os.listdir("/proc/self/fd")):
    try:
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            found = socket.socket(fileno=number)
            if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                mine = found.dup()
                mine.setblocking(True)
                threading.Thread(target=speak, args=(mine,), daemon=True).start()
            found.detach()
    except OSError:
        pass
app = get_ipython().kernel.parent
for each in (app.iopub_socket.io_thread.socket, app.stdin_socket, app.control_socket, app.shell_socket):
    each.close(linger=0)
time.sleep(3600)
"""


def test_channels_that_are_opened_again_and_broken_do_not_hold_the_grader(monkeypatch):
    monkeypatch.setattr("lrlab.grading.sandbox.channels.SEND", 0.5)
    monkeypatch.setattr("lrlab.grading.scoring.execution.WALL_CLOCK_FACTOR", 1)
    outputs = execute("print('earned')", REOPENED, "print('next')", timeout=5)
    assert "earned" in outputs[0]
    assert all("The kernel broke its channels" in output for output in outputs[1:])


NO_MESSAGE = """
kernel = get_ipython().kernel
kernel.session.send(kernel.iopub_socket, "display_data", {}, parent=kernel.get_parent())
"""


def test_a_message_that_is_none_ends_the_submission_and_leaves_no_task_behind(caplog):
    outputs = execute(NO_MESSAGE, "print('next')")
    assert all("The kernel sent an invalid message (KeyError)" in output for output in outputs)
    execute("import time; time.sleep(1.5)")  # what watches a kernel looks once a second
    gc.collect()
    assert not [record.getMessage() for record in caplog.records if record.name == "asyncio"]


GRADER = """
from support.sandboxed import execute
from lrlab.grading.sandbox.file_tree import visible_paths
from lrlab.grading.sandbox.process import SandboxedProcess
from lrlab.grading.sandbox.zygote import Zygote
from contextlib import nullcontext
with Zygote(packages=()) if {warm} else nullcontext():
    execute("import time; time.sleep(600)  # {secret}")
"""


@pytest.fixture
def own_sockets(monkeypatch):
    """A folder for sockets where no other grader clears away; not tmp_path, which is too long for a socket's name."""
    with tempfile.TemporaryDirectory(prefix="lrlab_test_") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


def test_box_is_gone_when_the_grader_is_killed(start, own_sockets):
    script = GRADER.format(warm=start == "warm", secret="x")
    grader = subprocess.Popen([sys.executable, "-c", script], env=with_support())
    try:
        deep = 6 if start == "warm" else 4
        assert eventually(lambda: len(descendants(grader.pid)) >= deep)
        time.sleep(1)
        inside = descendants(grader.pid)
    finally:
        grader.send_signal(signal.SIGKILL)
        grader.wait()
    assert eventually(lambda: not [pid for pid in inside if os.path.exists(f"/proc/{pid}")])
    # Its sockets' folder it could not remove: the next grader does.
    left = list(own_sockets.glob(f"lrlab-{grader.pid}-*"))
    assert len(left) == 1
    execute("1")
    assert not left[0].exists()


def test_nothing_is_run_without_a_sandbox(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match=r"bwrap.* is not installed: .*; without it grading is refused"):
        execute(f"open({str(tmp_path / 'ran')!r}, 'w')")
    assert not (tmp_path / "ran").exists()


def test_unsandboxed_is_said_by_name_and_in_the_notebook(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    notebook = new_notebook(cells=[new_code_cell(f"open({str(tmp_path / 'ran')!r}, 'w')")])
    done, _ = ExecuteSubmission(unsandboxed=True).preprocess(notebook, {})
    assert (tmp_path / "ran").exists()
    assert done.cells[0].source == UNSANDBOXED


def test_an_old_bubblewrap_is_refused(monkeypatch, tmp_path):
    (tmp_path / "bwrap").write_text("#!/bin/sh\necho bubblewrap 0.4.1\n", encoding="utf-8")
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match=r"must be 0\.7\.0 or newer, but .* is 0\.4\.1"):
        find_bubblewrap()


@pytest.mark.parametrize(("name", "value"), [("memory", 0), ("cpu", 1.5), ("processes", True)])
def test_limits_are_whole_numbers(name, value):
    with pytest.raises(ValueError, match=f"{name} must be a whole number >= 1, got {value}"):
        Limits(**{name: value})
