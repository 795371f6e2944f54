"""What another place's command gets of this machine's environment."""

import pytest

from lrlab.grading.batch.environment import without_secrets

URL = "postgresql+psycopg://lrlab:s3cr%40t@db.example.org:5433/grades"
KEPT = {
    "PATH": "/opt/lrlab/bin:/opt/db.example.org/bin:/usr/bin",
    "HOME": "/home/lrlab",
    "USER": "lrlab",
    "PWD": "/home/lrlab/course",
    "OLDPWD": "/home/lrlab",
    "SSH_AUTH_SOCK": "/tmp/ssh-1/agent.1",
    "SSH_ASKPASS": "/usr/lib/ssh/askpass",
    "KUBECONFIG": "/home/lrlab/.kube/config",
    "DOCKER_HOST": "tcp://build.example.org:2376",
    "SLURM_CONF": "/etc/slurm/slurm.conf",
    "TOKENIZERS_PARALLELISM": "false",
    "http_proxy": "http://proxy.example.org:3128",
    "NOTE": "not db.example.organic",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PGPASSWORD", "x"),
        ("PGHOST", "x"),
        ("JUPYTERHUB_API_TOKEN", "0123"),
        ("AWS_SECRET_ACCESS_KEY", "0123"),
        ("MYSQL_PWD", "0123"),
        ("grades_password", "0123"),
        ("DATABASE_URL", "sqlite:////home/lrlab/grades.db"),
        ("GRADES", URL),
        ("GRADES", "db.example.org"),
        ("GRADES", "db.example.org:5433"),
        ("GRADES", "host=db.example.org dbname=grades"),
        ("GRADES", "s3cr@t"),
        ("GRADES", "user=lrlab password='s3cr@t'"),
        ("GRADES", "lrlab:s3cr%40t"),
        ("OTHER", "amqp://guest:guest@queue.example.org/"),
        ("https_proxy", "http://ada:pass@proxy.example.org:3128"),
    ],
)
def test_a_secret_stays(name, value):
    assert without_secrets({**KEPT, name: value}, URL) == KEPT


@pytest.mark.parametrize(
    "url", ["", "sqlite:////home/lrlab/gradebook.db", "postgresql://lrlab@localhost/grades", "no address"]
)
def test_an_address_on_this_machine_takes_nothing_else_away(url):
    assert without_secrets({**KEPT, "DISPLAY": "localhost:10.0"}, url) == {**KEPT, "DISPLAY": "localhost:10.0"}


def test_a_password_in_the_query():
    url = "postgresql://lrlab@/grades?host=db.example.org&password=hidden"
    assert without_secrets({**KEPT, "A": "hidden", "B": "db.example.org"}, url) == KEPT
