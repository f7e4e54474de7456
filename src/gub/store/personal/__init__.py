"""What each collection holds of one person: to be shown to them, and to be forgotten.

`PARTS` has one part for each collection that can name a person, `EXCEPTIONS` says of every other why it needs none.
A test fails when a collection is in neither.
"""

from gub.store.personal.counting import Traces
from gub.store.personal.part import Person, Record
from gub.store.personal.registry import EXCEPTIONS, PARTS, Personal

__all__ = ["EXCEPTIONS", "PARTS", "Person", "Personal", "Record", "Traces"]
