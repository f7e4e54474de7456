"""Fixtures that every test may use."""

from hypothesis import settings

pytest_plugins = ["tests.support.mongo"]

# How long an example takes is the machine's matter: a busy one fails no test.
settings.register_profile("gub", deadline=None)
settings.load_profile("gub")
