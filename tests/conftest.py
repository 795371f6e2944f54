"""What all tests share: the browser, real MNIST where it lies beside the repository, free ports; how a run is told."""

import gc
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import find_browser
import pytest
from support import warm_kernel
from support.examples import register

REPO = Path(__file__).resolve().parent.parent

pytest_plugins = ["pytester", "support.times"]
register()
os.environ["LRLAB_RESULTS"] = "off"  # here and in every kernel started from here: nothing is tested that ran yesterday
gc.disable()  # until all tests are collected

NO_BROWSER = "no browser for the browser tests"


ALL_SLOW = re.compile(r"^pytestmark = \[?\s*pytest\.mark\.slow\b", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A run without what is slow does not even import the files of which all is."""
    skipped = config.option.markexpr.startswith("not slow") and collection_path.suffix == ".py"
    return True if skipped and ALL_SLOW.search(collection_path.read_text(encoding="utf-8")) else None


def pytest_collection_finish() -> None:
    """The modules and tests of a run stay to its end, and are not looked at again for what may go."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(
        10_000, 20, 50
    )  # what a test leaves is little, and each full round looks at all of torch's modules
    gc.enable()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run, the same for all its workers."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture
def warm_kernels(shared_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels that this test starts have imported torch already."""
    monkeypatch.setenv("JUPYTER_PATH", warm_kernel.warm_kernels(shared_folder))


@pytest.fixture(scope="session")
def browser_path() -> str:
    """A Chromium that starts. Without one a test is skipped, loudly; in CI it fails."""
    path = find_browser.find()
    if path is None:
        stop = pytest.fail if os.environ.get("CI") else pytest.skip
        stop(f"{NO_BROWSER}: {find_browser.HOW}")
    return path


@pytest.fixture(scope="session")
def mnist_root() -> Path:
    """The folder with MNIST's raw files, where the checkout has one beside it."""
    root = REPO.parent / "shared" / "mnist"
    if not (root / "MNIST" / "raw").is_dir():
        pytest.skip("no MNIST beside the repository")
    return root


@pytest.fixture
def cuda() -> Iterator[str]:
    """The CUDA device, in single precision throughout: cuDNN would round what goes into a convolution to 10 bits."""
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no CUDA device here")
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        yield "cuda"


@pytest.fixture
def digits_env(monkeypatch: pytest.MonkeyPatch) -> None:
    """This test, and the processes it starts, load the bundled digits."""
    monkeypatch.setenv("LRLAB_DATASET", "digits")


@pytest.fixture
def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if NO_BROWSER in str(report.longrepr)]
    if skipped:
        terminalreporter.section("BROWSER TESTS DID NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.write_line(f"{len(skipped)} of them found no browser: {find_browser.HOW}.")


@pytest.fixture(scope="session")
def sandboxed() -> None:
    """This machine can make sandboxes; otherwise the test is skipped, and says what to do about it."""
    from lrlab.grading.sandbox.bubblewrap import find_bubblewrap
    from lrlab.grading.sandbox.limits import SandboxError

    try:
        find_bubblewrap()
    except SandboxError as error:
        pytest.skip(str(error))
