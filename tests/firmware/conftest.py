"""The fixture that the tests of a whole unit share."""

import pytest
from parts import Bench


@pytest.fixture
def bench(tmp_path):
    """A unit that has seen its probes and sits idle."""
    made = Bench(tmp_path)
    made.wait(1)
    yield made
    made.close()
