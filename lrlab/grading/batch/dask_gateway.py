"""A place that hands submissions on to a Dask cluster: ``python -m lrlab.grading.batch.dask_gateway '{"address": …}'``.

Dask unpickles some of what its workers send, exceptions and warnings among it, whatever the serializers. So its client
runs in this process of its own, in a sandbox that has a network and nothing else (``dask_sandbox``). Between it and the
runner pass the same lines as with any place, and the runner checks what comes as always.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, NoReturn

from distributed import Client, Future, Security

from lrlab.grading.batch import dask_task
from lrlab.grading.batch.messages import (
    HEARTBEAT,
    Broken,
    GivenBack,
    LeftOut,
    Message,
    Notice,
    Outcome,
    Parcel,
    PlaceSettings,
    Ready,
    decode,
    encode,
    take_output,
)
from lrlab.grading.batch.versions import greet, versions

CONNECT = 30  # seconds to reach the scheduler
AHEAD = 2  # submissions for each thread of the cluster, so that none waits for the network
FEWEST = 4  # submissions at a time also while the cluster has no worker, so that an adaptive one starts some
WAIT = 60.0  # seconds without a worker before that is said, or without one that can grade before it is given up
PAUSE = 1.0  # seconds between two looks at the cluster
PLAIN = ["msgpack"]  # what tasks return; not pickle


class Gateway:
    """Parcels in, tasks out; ``send`` writes a message to the runner.

    ``events`` has what arrives: lines of the runner, finished tasks, None at the end.
    """

    def __init__(self, client: Client, settings: PlaceSettings, send: Callable[[Message | None], None]) -> None:
        self.client, self.send = client, send
        self.events: queue.Queue[bytes | tuple[Parcel, Future] | None] = queue.Queue()
        text = encode(settings).decode()
        name = f"lrlab-settings-{hashlib.sha256(text.encode()).hexdigest()}"
        self.settings = client.submit(str, text, key=name)  # a task, so that the cluster can make it again
        self.settings_key = name
        self.unfit: set[str] = set()  # addresses of workers
        self.held: list[Parcel] = []  # while no other worker is there
        self.held_since = 0.0
        self.slots = 0
        self.worker_seen = time.monotonic()

    def announce(self) -> None:
        """Say how many submissions the cluster takes at a time, and once that it has had no worker for WAIT seconds."""
        threads = sum(each["nthreads"] for name, each in self._workers().items() if name not in self.unfit)
        slots = max(FEWEST, AHEAD * threads)
        if slots != self.slots:
            self.slots = slots
            self.send(Ready(slots))
        if threads:
            self.worker_seen = time.monotonic()
        elif time.monotonic() - self.worker_seen > WAIT:
            self.worker_seen = math.inf  # so that it is said once
            self.send(Notice("it has no worker that can grade, and the submissions wait for one"))

    def _workers(self) -> dict[str, Any]:
        workers: dict[str, Any] = self.client.scheduler_info(n_workers=-1)["workers"]
        return workers

    def submit(self, parcel: Parcel) -> None:
        """Make a task of a submission, or hold it if no worker can grade now."""
        fit: list[str] | None = None
        if self.unfit:
            fit = sorted(set(self._workers()) - self.unfit)
            if not fit:
                self.held_since = self.held_since if self.held else time.monotonic()
                self.held.append(parcel)
                return
        future = self.client.submit(
            dask_task.grade,
            self.settings,
            self.settings_key,
            dict(versions()),
            encode(parcel).decode(),
            pure=False,
            workers=fit,
            allow_other_workers=fit is not None,  # or it would wait forever for workers that have ended
        )
        future.add_done_callback(lambda done: self.events.put((parcel, done)))

    def submit_held(self) -> None:
        """Try again what was held; after WAIT the cluster can't grade."""
        if self.held and time.monotonic() - self.held_since > WAIT:
            self.send(Broken("none of its workers can grade"))
            os._exit(0)
        held, since, self.held = self.held, self.held_since, []
        for parcel in held:
            self.submit(parcel)
        self.held_since = since if self.held else 0.0

    def take(self, parcel: Parcel, future: Future) -> None:
        """Pass a finished task's outcome on, or try the submission elsewhere, or give it back."""
        if self.client.status != "running" or future.status in ("cancelled", "lost"):
            end("Dask's scheduler is gone, or has forgotten what it was asked for")
        if future.status != "finished":
            self.send(GivenBack(parcel.student, parcel.digest, "a task of its workers ended with an error"))
            return
        try:
            worker, line = future.result(timeout=CONNECT)
            message = decode(line)
        except Exception as error:  # `PLAIN` refuses what is not text
            self.send(GivenBack(parcel.student, parcel.digest, f"its result can't be read: {type(error).__name__}"))
            return
        if isinstance(message, Outcome | GivenBack):
            self.send(message)
        else:
            reason = message.reason if isinstance(message, Broken) else "it sent no outcome"
            if worker not in self.unfit:
                self.unfit.add(str(worker))
                self.send(LeftOut(f"its worker {worker}: {reason}"))
            self.submit(parcel)


def end(why: str) -> NoReturn:
    """End at once: Dask's threads and the one that reads would hold up an ordinary end."""
    print(why, file=sys.stderr, flush=True)
    os._exit(1)


def _read(events: queue.Queue[Any]) -> None:
    for line in sys.stdin.buffer:
        events.put(line)
    events.put(None)


def main() -> None:
    """Say hello, read the settings, connect, and pass things on until the runner ends."""
    given, send = json.loads(sys.argv[1]), take_output()
    settings = greet(send)
    if settings is None:
        return
    security = Security(require_encryption=True, **given["tls"]) if given.get("tls") else None
    try:
        client = Client(
            given["address"],
            security=security,
            serializers=PLAIN,
            deserializers=PLAIN,
            timeout=CONNECT,
            set_as_default=False,
        )
    except (OSError, TimeoutError) as error:
        end(f"no Dask scheduler answers at {given['address']}: {error}")
    gateway = Gateway(client, settings, send)
    threading.Thread(target=_read, args=(gateway.events,), daemon=True).start()
    beat = time.monotonic()
    while True:
        gateway.announce()
        gateway.submit_held()
        if time.monotonic() - beat > HEARTBEAT:
            beat = time.monotonic()
            send(None)
        try:
            event = gateway.events.get(timeout=PAUSE)
        except queue.Empty:
            if client.status != "running":
                end("Dask's scheduler is gone")
            continue
        if event is None:
            os._exit(0)  # the scheduler forgets what this client has asked for
        if isinstance(event, bytes):
            if event.strip():
                gateway.submit(decode(event))
        else:
            gateway.take(*event)


if __name__ == "__main__":
    main()
