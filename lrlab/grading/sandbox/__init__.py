"""The sandbox that submissions run in. Nothing here knows of notebooks or scores.

``bubblewrap`` makes the command line, with the files of ``file_tree`` and the sizes of ``limits``; ``process`` starts
it, talks to it and ends it; ``usage`` reads what it uses; ``zygote`` forks kernels that have imported torch already;
``provisioner`` offers it to jupyter_client. ``init`` is what runs inside.
"""
