"""What GUB needs to talk to the platforms: given by the owner, proved, kept, watched."""

from gub.services.credentials.access import Access
from gub.services.credentials.book import REDIRECT_URI, Credentials, Standing
from gub.services.credentials.clients import new_clients
from gub.services.credentials.xbox_app import XboxApp

__all__ = ["REDIRECT_URI", "Access", "Credentials", "Standing", "XboxApp", "new_clients"]
