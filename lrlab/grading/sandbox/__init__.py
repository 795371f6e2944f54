"""The sandbox that submissions run in. Nothing here knows of notebooks or scores.

``bubblewrap`` makes the command line, with the files of ``file_tree`` and the sizes of ``limits``; ``launch`` starts it
and asks it for kernels; ``process`` looks after a kernel and ends it; ``usage`` and ``cgroups`` count what it uses;
``zygote`` forks kernels that have imported torch already; ``channels`` bounds what a kernel sends; ``provisioner``
offers both to jupyter_client. ``init`` is what runs inside.
"""
