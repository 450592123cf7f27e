from types import SimpleNamespace

from localcloud import docker_engine
from localcloud.lightsail.database_servers import DatabaseServers
from localcloud.settings import Settings


class Engine:
    """Docker's volumes with their labels: those that a container names and nobody made have none."""

    def __init__(self):
        self.labels = {}
        self.volumes = SimpleNamespace(create=lambda name, labels: self.labels.setdefault(name, labels))
        self.containers = SimpleNamespace(run=self._run)

    def _run(self, _image, _command, *, volumes, **_options):
        for name in volumes:
            self.labels.setdefault(name, {})


def test_a_database_that_never_came_to_be_leaves_no_volume_that_reset_does_not_find():
    settings, engine = Settings.from_environment({"LOCALCLOUD_NAME": "unit"}), Engine()
    DatabaseServers(engine, settings, None).remove_backups("/backups/db")
    assert list(engine.labels.values()) == [docker_engine.labels(settings)]
