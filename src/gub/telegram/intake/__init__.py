"""How updates come in: stored before they are acknowledged, handled once, chat by chat in order.

aiogram's own loop loses updates on SIGTERM, stops for good at one undecodable update, and closes the dialog
storage under running handlers (seen with aiogram 3.31; aiogram/aiogram#1840, #1587). This package replaces that loop.
"""
