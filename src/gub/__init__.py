"""GUB, the Gamers Utility Bot: who is on, playing what, and who wants to play now."""

__version__ = "0.1.0"
