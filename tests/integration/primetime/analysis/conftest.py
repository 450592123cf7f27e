"""What tests of analysis share: a corpus whose topics are known."""

import psycopg
import pytest

from tests.integration.primetime.analysis.planting import Plant, planting


@pytest.fixture
def plant(connection: psycopg.Connection) -> Plant:
    """Store articles of some planted topics."""
    return planting(connection)
