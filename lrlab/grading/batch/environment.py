"""The environment that another place's command gets: this machine's, without what is secret in it.

``srun`` hands all of it on to another machine, and ssh or a container may. A course that keeps the gradebook's address
or its password in a variable would give it away there, and so would a terminal on a JupyterHub its token.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

NAMES = re.compile(
    r"^PG|PASSW|PASSPHRASE|_PWD$|SECRET|CREDENTIAL|TOKEN(?!IZ)|(API|ACCESS|PRIVATE)_?KEY|DATABASE_URL|DB_URL",
    re.IGNORECASE,
)
# A user and a password before a host, as in postgresql://lrlab:secret@db.example.org/grades.
PASSWORD_IN_ADDRESS = re.compile(r"://[^/@\s]*:[^/@\s]+@")
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def without_secrets(environment: Mapping[str, str], url: str = "") -> dict[str, str]:
    """Return the variables that neither a name nor a value marks as secret.

    Args:
        environment: all variables.
        url: the gradebook's address. What holds it, its host or its password does not travel.
    """
    own = [re.compile(rf"(?:^|//|[@=:,;\s'\"]){re.escape(text)}(?:$|[@/:,;?&\s'\"])") for text in _parts(url)]

    def is_secret(name: str, value: str) -> bool:
        return bool(
            NAMES.search(name)
            or PASSWORD_IN_ADDRESS.search(value)
            or (url and url in value)
            or any(each.search(value) for each in own)
        )

    return {name: value for name, value in environment.items() if not is_secret(name, value)}


def _parts(url: str) -> list[str]:
    """Return the host and the password of an address on a server, in the forms that a variable may have."""
    try:
        address = make_url(url)
    except ArgumentError:
        return []
    hosts = [address.host or "", str(address.query.get("host", ""))]
    passwords = [str(address.password or ""), str(address.query.get("password", ""))]
    parts = {host for host in hosts if host not in LOOPBACK} | {
        *passwords,
        *(quote(each, safe="") for each in passwords),
    }
    return sorted(parts - {""})
