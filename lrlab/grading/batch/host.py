"""A place that grades: it passes submissions to worker processes on its machine, and replaces those that hang or die.

It reads ``PlaceSettings`` and parcels from standard input and writes outcomes to what was its standard output; see
``messages``. It needs nothing but lrlab there: no course, no gradebook, no shared folder. When its input ends, or when
it has heard nothing for long because a cable was cut, it ends with its workers and leaves no file behind.
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lrlab.grading.batch.line import Line
from lrlab.grading.batch.messages import (
    HEARTBEAT,
    Again,
    Answer,
    Broken,
    Job,
    JobDone,
    Message,
    Outcome,
    Parcel,
    PlaceSettings,
    Ready,
    decode,
    take_output,
)
from lrlab.grading.batch.parcel import from_base64, pack_files, unpack_files
from lrlab.grading.batch.versions import greet
from lrlab.grading.batch.worker_pool import COPIES, RESULTS, SCRATCH, SOURCE, WorkerPool, WorkerProcess, cores
from lrlab.grading.sandbox import cgroups
from lrlab.grading.sandbox.bubblewrap import find_bubblewrap
from lrlab.grading.sandbox.file_tree import private_paths
from lrlab.grading.sandbox.limits import SandboxError

if TYPE_CHECKING:
    from lrlab.grading.batch.worker import Workers

SILENCE = 300.0  # seconds without a line from the runner, which may be waiting for its gradebook
MOST_FALSE_STARTS = 3  # of workers that exit before they are ready
THREADS = "OMP_NUM_THREADS"  # libraries that compute start their threads on import
AGAIN = "LRLAB_HOST_AGAIN"  # set where the host has begun again with one thread


class Host:
    """The place's state; ``send`` writes a message to the runner, ``workers`` makes what workers are forked from."""

    def __init__(
        self,
        settings: PlaceSettings,
        folder: Path,
        send: Callable[[Message], None],
        workers: Callable[[PlaceSettings, Path], Workers],
    ) -> None:
        self.settings, self.folder, self.send = settings, folder, send
        self.size = max(1, min(settings.jobs or cores(), settings.most))
        self.waiting: list[Parcel] = []
        self._parcels: dict[WorkerProcess, Parcel] = {}
        self._false_starts = 0
        self._outdated: set[WorkerProcess] = set()  # workers whose zygote has died
        self._is_tried = False  # whether a job was done since this zygote was started
        (folder / SCRATCH).write_bytes(from_base64(settings.scratch))
        if settings.config is not None:
            unpack_files(settings.files, folder / SOURCE / settings.unit)
        private = sorted({*private_paths(), str(folder), *settings.private})
        self.workers = workers(replace(settings, private=private), folder)
        gc.freeze()  # for the workers too
        gc.enable()
        self.pool = WorkerPool(self.size, self.workers.fork, settings.budget)

    def close(self) -> None:
        """End all workers, and what they are forked from."""
        self.pool.close()
        self.workers.close()

    def turn(self) -> bool:
        """Do what there is to do, or wait for a moment; return whether the host can go on."""
        for worker in self.pool.poll():
            for answer in worker.read_answers():
                if not self._handle(worker, answer):
                    return False
        for worker in [each for each in self.pool.workers if each.is_overdue]:
            if not self._replace(worker):
                return False
        self._renew()
        for worker in self.pool.workers:
            if self.waiting and worker.ready and worker.job is None:
                self._submit(worker, self.waiting.pop(0))
        starting = sum(not worker.ready for worker in self.pool.workers)
        while len(self.waiting) > starting and len(self.pool.workers) < self.size:
            if not self._spawn():
                break
            starting += 1
        return True

    def _spawn(self) -> bool:
        """Start one more worker; return False if no process is left, and other workers go on until it is tried again.

        Raises:
            OSError: no process is left, and there is no other worker.
        """
        try:
            self.pool.spawn()
        except OSError:
            if not self.pool.workers:
                raise
            return False
        return True

    def _renew(self) -> None:
        """After the zygote died: start another, and replace each worker when it has no job.

        Only if jobs were done since the last one was started. One that always dies must not keep the host from grading
        with cold kernels.
        """
        if self._is_tried and self.workers.has_lost_zygote:
            self.workers.replace_zygote()
            self._is_tried = False
            self._outdated.update(self.pool.workers)
        for worker in [each for each in self._outdated if each.job is None]:
            self._outdated.remove(worker)
            self.pool.terminate(worker)

    def _submit(self, worker: WorkerProcess, parcel: Parcel) -> None:
        stage = Path(tempfile.mkdtemp(prefix="one-", dir=self.folder))
        unpack_files(parcel.files, stage / COPIES / parcel.student / self.settings.unit)
        self._parcels[worker] = parcel
        worker.submit(Job(parcel.student, str(stage), parcel.extension))

    def _handle(self, worker: WorkerProcess, answer: Answer | None) -> bool:
        match answer:
            case None:
                return self._replace(worker)
            case Ready():
                worker.ready = True
                self.send(Ready(self.size))
            case Again():
                worker.start_clock()
            case JobDone():
                self._is_tried = True
                self._finish(worker, answer)
        return True

    def _finish(self, worker: WorkerProcess, done: JobDone) -> None:
        job, worker.job = worker.job, None
        assert job is not None
        parcel, stage = self._parcels.pop(worker), Path(job.stage)
        graded = stage / RESULTS / parcel.student / self.settings.unit
        files = pack_files(graded) if done.state == "graded" else {}
        shutil.rmtree(stage, ignore_errors=True)
        self.send(Outcome(parcel.student, parcel.digest, asdict(done), files))

    def _replace(self, worker: WorkerProcess) -> bool:
        """After a worker hung or exited: say what came of its job. Another worker is started when there is work."""
        overdue = worker.is_overdue
        self._outdated.discard(worker)
        ended = self.pool.terminate(worker)
        if worker.job is not None:
            self._finish(worker, JobDone("hung") if overdue else JobDone("died", ended))
        elif not worker.ready:
            self._false_starts += 1
            if self._false_starts >= MOST_FALSE_STARTS:
                self.send(Broken(f"workers end before they are ready ({ended or 'no answer'}); the log says more"))
                return False
            self._spawn()
        return True


def main() -> None:
    """Say hello, read the settings, and grade until the runner ends."""
    has_begun_again = os.environ.pop(AGAIN, "") == "1"
    if os.environ.get(THREADS) != "1":  # as over ssh: too late for what is imported already, so begin again
        os.environ[THREADS] = "1"
        if not has_begun_again:  # a sitecustomize there may set another number at each start
            os.environ[AGAIN] = "1"
            os.execv(sys.executable, sys.orig_argv)
    send = take_output()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    os.environ["PYTHONUNBUFFERED"] = "1"
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")

    gc.disable()  # nearly all that an import makes stays, and to look through it takes a fifth of the time
    from lrlab.grading.batch.worker import Workers

    settings = greet(send)
    if settings is None:
        return
    if not settings.unsandboxed:
        try:
            find_bubblewrap()
        except SandboxError as error:
            send(Broken(f"{error}; without a sandbox nothing is graded there"))
            return
    cgroups.prepare()
    folder = Path(tempfile.mkdtemp(prefix="lrlab-grade-", dir=settings.folder or None))
    host = None
    try:
        try:
            host = Host(settings, folder, send, Workers)
        except Exception as error:
            logging.getLogger().exception("No worker can start")
            send(Broken(f"{type(error).__name__}: {' '.join(str(error).split())}"))
            return
        line = Line(sys.stdin.buffer, host.pool.selector)
        beat = time.monotonic()
        while host.turn() and not line.ended and time.monotonic() - line.heard < SILENCE:
            host.waiting += [decode(each) for each in line.read()]
            if time.monotonic() - beat > HEARTBEAT:
                send(None)
                beat = time.monotonic()
    except BrokenPipeError:  # the runner has ended
        pass
    finally:
        if host is not None:
            host.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
