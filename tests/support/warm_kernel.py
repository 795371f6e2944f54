"""Kernels without the seconds that a new Python takes to import torch and IPython.

    monkeypatch.setenv("JUPYTER_PATH", warm_kernels(folder))    # "python3" is such a kernel for what is started now

A process that has imported them forks each kernel; lrlab itself is imported by the kernel. All workers of a run share
that process, which ends with the run. Tests of how a kernel starts do without it; README.md names them. This file is
run, too: `serve` is that process, and `ask` the one that Jupyter takes for the kernel.
"""

import json
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

IMPORTED = (
    *("torch", "torch._dynamo", "torch.optim.lr_scheduler", "torch.utils.data", "sklearn.datasets", "scipy.optimize"),
    *("matplotlib.figure", "ipykernel.kernelapp", "ipykernel.zmqshell", "IPython.core.completer", "sqlite3"),
    *("ipywidgets", "anywidget"),
)
LONGEST = 1 << 20  # bytes of a request
INTERRUPT = b"i"


def warm_kernels(folder: Path) -> str:
    """What JUPYTER_PATH must be; `folder` is one that all workers of a run share, and the first use takes seconds."""
    from filelock import FileLock

    spec = folder / "warm-kernels" / "kernels" / "python3" / "kernel.json"
    with FileLock(folder / "warm-kernels.lock"):
        if not spec.is_file():
            command = [sys.executable, "-I", "-S", __file__, "ask", _start(), "-f", "{connection_file}"]
            spec.parent.mkdir(parents=True)
            about = {"argv": command, "display_name": "Python 3 (ipykernel)", "language": "python"}
            spec.write_text(json.dumps(about), encoding="utf-8")
    return str(spec.parents[2])


def _start() -> str:
    """The address of a new process that ends with this run."""
    import subprocess
    import tempfile

    address = str(Path(tempfile.mkdtemp(prefix="lrlab-kernels-")) / "socket")  # short, as a socket's name must be
    run = os.getppid() if os.environ.get("PYTEST_XDIST_WORKER") else os.getpid()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"OMP_NUM_THREADS": "1", "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    environment["JPY_PARENT_PID"] = "1"  # a kernel watches no other parent, and prints no hint for want of one
    command = [sys.executable, __file__, "serve", address, str(run)]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return address


def serve(address: str, run: int) -> None:
    """Fork a kernel for each connection, and end it with the connection; end with the process `run`."""
    import gc
    import importlib
    import selectors
    import shutil

    sys.path.pop(0)  # the folder of this file
    for name in IMPORTED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    kernels: dict[socket.socket, int] = {}
    with socket.socket(socket.AF_UNIX) as listening, selectors.DefaultSelector() as selector:
        listening.bind(address)
        listening.listen()
        selector.register(listening, selectors.EVENT_READ)
        print("ready", flush=True)
        while _is_there(run):
            for key, _ in selector.select(0.05 if kernels else 1):
                if key.fileobj is listening:
                    connection = listening.accept()[0]
                    with suppress(OSError):  # it has gone again
                        kernels[connection] = _fork(connection)
                        selector.register(connection, selectors.EVENT_READ)
                    continue
                connection, said = next(each for each in kernels if each is key.fileobj), b""
                with suppress(OSError):
                    said = connection.recv(1)
                with suppress(ProcessLookupError):
                    os.kill(kernels[connection], signal.SIGINT if said == INTERRUPT else signal.SIGKILL)
            for connection, pid in list(kernels.items()):
                ended, status = os.waitpid(pid, os.WNOHANG)
                if ended:
                    with suppress(OSError):
                        connection.send(str(os.waitstatus_to_exitcode(status)).encode())
                    selector.unregister(connection)
                    connection.close()
                    del kernels[connection]
    for pid in kernels.values():
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(Path(address).parent)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _fork(connection: socket.socket) -> int:
    request, descriptors, _, _ = socket.recv_fds(connection, LONGEST, 3)
    while not request.endswith(b"\n"):
        more = connection.recv(LONGEST)
        if not more:
            raise ConnectionError("the request breaks off")
        request += more
    pid = os.fork()
    if pid == 0:
        _become_kernel(json.loads(request), descriptors)
    for each in descriptors:
        os.close(each)
    return pid


def _become_kernel(request: dict[str, list[str]], descriptors: list[int]) -> NoReturn:
    import atexit

    code = 1
    try:
        os.setsid()
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
        os.closerange(3, 256)
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(os.fsdecode(str(request["folder"])))
        sys.path[:0] = [place for place in os.environ.get("PYTHONPATH", "").split(os.pathsep) if place]
        sys.argv = ["ipykernel_launcher", *request["arguments"]]

        from ipykernel import kernelapp

        kernelapp.launch_new_instance()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        atexit._run_exitfuncs()
        os._exit(code)


def ask(address: str, *arguments: str) -> int:
    """Have a kernel forked, and end when it does; it ends when this process does."""
    request = {"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        whole = json.dumps(request).encode() + b"\n"
        sent = socket.send_fds(connection, [whole], [0, 1, 2])
        connection.sendall(whole[sent:])
        signal.signal(signal.SIGINT, lambda *_: connection.send(INTERRUPT))
        return int(connection.recv(16) or 1)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2], int(sys.argv[3]))
    else:
        sys.exit(ask(*sys.argv[2:]))
