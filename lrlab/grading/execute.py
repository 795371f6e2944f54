"""Run a submission: every cell, in this environment's Python, with warnings that cost nothing."""

from __future__ import annotations

from typing import Any

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade
from traitlets import Unicode, default


class OwnKernelSpec(KernelSpecManager):
    """Knows one kernel: ipykernel in the environment that runs nbgrader.

    A `python3` installed in the user's folder would otherwise come first, and it may have no lrlab.
    """

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(resource_dir=str(RESOURCES), **get_kernel_dict())


class OwnKernelManager(AsyncKernelManager):
    @default("kernel_spec_manager")
    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        return OwnKernelSpec(data_dir=self.data_dir)


class ExecuteSubmission(Execute):
    """nbgrader's Execute, with three differences: own kernel, no skipped cell, and stderr is no verdict.

    nbgrader gives 0 to a test cell that wrote anything to stderr. torch's warnings go there, and so would lose an
    honest student the points. An error still gives 0: it is an output of its own.
    """

    # The sanitiser has removed all tags. Should one survive, a comma is what no valid tag holds.
    skip_cells_with_tag = Unicode(",").tag(config=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("kernel_manager_class", OwnKernelManager)
        super().__init__(*args, **kwargs)

    def preprocess(
        self, nb: NotebookNode, resources: Any = None, km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        nb, resources = super().preprocess(nb, resources, km)
        for cell in filter(is_grade, nb.cells):
            for output in cell.get("outputs", ()):
                if output.output_type == "stream" and output.name == "stderr":
                    output.name = "stdout"
        return nb, resources
