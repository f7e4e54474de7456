"""The edge: the only package that speaks to Telegram. Importing it makes the import of aiogram lean."""

from gub.telegram.lean import import_lean

import_lean()
