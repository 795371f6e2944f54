"""Everything that touches untrusted input: parse, check, restore and show what a student handed in.

``folders``, ``files`` and ``zip_files`` find and copy it; ``notebook`` and ``cells`` parse it; ``restore_cells`` puts
the instructor's cells back; ``unused_work`` names what no exercise uses; ``replies`` parses what a submission's process
answers; ``feedback_html``, ``formulas`` and ``feedback_page`` make safe pages of it, within ``time_limits``.
"""
