"""The one way in which a command gives up."""


class Failure(Exception):
    """A command cannot do its work. The message is the one clear line that a person reads; exit code 1."""
