"""A place that says what a test wants and grades nothing: `python -m support.fake_place BEHAVIOUR COUNTER`.

COUNTER is a file that gets a line for each start. What it answers is the result that the submission's only file holds.
"""

import os
import sys
import time
from pathlib import Path

from lrlab.grading.batch.messages import Broken, Hello, Outcome, Parcel, Ready, decode, encode
from lrlab.grading.batch.versions import versions

DONE = {"state": "graded", "reason": "", "seconds": 0.1, "notes": []}


def result(score: float) -> dict[str, object]:
    notebook = {"penalty": None, "grades": {"cell": [score, False]}, "comments": {"answer": None}, "manual": {}}
    notebook["manual_comments"] = {}
    return {"timestamp": None, "score": score, "max_score": 2.0, "notebooks": {"unit": notebook}}


def say(message: object) -> None:
    sys.stdout.buffer.write(encode(message) if not isinstance(message, bytes) else message)
    sys.stdout.buffer.flush()


def main() -> None:
    behaviour, counter = sys.argv[1], Path(sys.argv[2])
    with counter.open("a") as file:
        file.write(f"{os.getpid()}\n")
    starts = len(counter.read_text().splitlines())
    if behaviour == "never starts":
        sys.exit("Permission denied (publickey).")
    say(b"Welcome to grader1!\n\n")
    say(Hello(dict(versions()) | ({"torch": "1.0"} if behaviour == "another torch" else {})))
    if not sys.stdin.buffer.readline().strip():
        return
    if behaviour == "broken":
        say(Broken("bubblewrap is not installed"))
        return
    say(Ready(2))
    answered = 0
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        parcel: Parcel = decode(line)
        done, files = DONE | {"result": result(1.0)}, {"unit.ipynb": parcel.files["unit.ipynb"]}
        first = starts == 1
        if behaviour == "lost in the middle" and first and answered == 1:
            os._exit(1)
        if behaviour == "falls silent" and first and answered == 1:
            time.sleep(60)
        if behaviour == "no sandbox":
            done = DONE | {"state": "no sandbox", "reason": "no more user namespaces"}
        if behaviour == "breaks":
            say(Broken("its workers end before they are ready"))
        if behaviour == "poison" and parcel.student == "s1":
            done = DONE | {"state": "died", "reason": "signal SIGKILL"}
        if behaviour == "takes the machine down" and parcel.student == "s1":
            os._exit(1)
        if behaviour == "writes elsewhere":
            files = {"../../elsewhere": parcel.files["unit.ipynb"]}
        if behaviour == "gives more than there is":
            done |= {"result": result(3.0)}
        if behaviour == "no message":
            say(b"[" * 100_000 + b"\n")
        if behaviour == "says everything twice":
            say(Outcome(parcel.student, "0" * 64, done | {"result": result(2.0)}, files))
            say(Outcome("s9", parcel.digest, done, files))
        say(Outcome(parcel.student, parcel.digest, done, files))
        if behaviour == "says everything twice":
            say(Outcome(parcel.student, parcel.digest, done | {"result": result(2.0)}, files))
        answered += 1


if __name__ == "__main__":
    main()
