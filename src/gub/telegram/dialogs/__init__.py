"""Dialogs: where a conversation with one user in one chat stands."""
