"""What each application has one of in this process, and which ends with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

from sos_core.application import Application

T = TypeVar("T")


def one_each(make: Callable[[Application], T]) -> Callable[[Application], T]:
    """Return what gives an application its own ``T``, made when it is first asked for."""
    made: WeakKeyDictionary[Application, T] = WeakKeyDictionary()

    def of(application: Application) -> T:
        found = made.get(application)
        if found is None:
            # Of two threads that come at once, both get what the first one has put there.
            found = made.setdefault(application, make(application))
        return found

    return of
