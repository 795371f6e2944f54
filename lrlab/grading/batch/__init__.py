"""Grade a class: a runner, the places that grade for it, the gradebook, the journal, and the exports.

``runner`` enters ``results``, one after another. ``dispatch`` hands submissions out to ``places``: a ``place`` is a
``host`` here or on another machine, with a ``worker_pool``, or the way to a Dask cluster (``dask_sandbox``,
``dask_gateway``, ``dask_task``). There a ``worker``, a fork of the host, grades with nbgrader (``autograde``), in a
``scratch`` gradebook, and ``reuse`` keeps what nbgrader would make again each time.
``messages`` is what passes between all of them, ``parcel`` checks what comes back, ``versions`` and ``portable_config``
are what both sides must agree on. ``course``, ``gradebook`` (over ``database``) and ``journal`` are the state of a
course on disk, ``atomic`` its changes. ``table`` has all scores, and ``exporters`` writes it for other systems.
``doctor`` tries whether this machine can grade.
"""
