"""The plugin manager: one for each Application, never a global one."""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from sos_core import hookspecs
from sos_core.errors import Misconfigured

ENTRY_POINT_GROUP = "sos"
BUILT_IN = ("sos_core.benchmarks.built_in",)
"""Behavior of the core that goes through the same hooks as any plugin's."""


def load_plugins(
    extra: Iterable[object] = (), *, entry_points: bool = True
) -> pluggy.PluginManager:
    """Return a manager with the built-in plugins, ``extra`` ones and those that are installed.

    Raises Misconfigured when a plugin cannot be loaded or implements a hook that does not exist.
    """
    manager = pluggy.PluginManager("sos")
    manager.add_hookspecs(hookspecs)
    for name in BUILT_IN:
        manager.register(_import(name), name=name)
    for plugin in extra:
        manager.register(plugin)
    try:
        if entry_points:
            manager.load_setuptools_entrypoints(ENTRY_POINT_GROUP)
        manager.check_pending()
    except Exception as error:
        raise Misconfigured(
            f"A plugin could not be loaded: {error}",
            "Update or uninstall that plugin, then start again; `sos plugins` lists them.",
            code="plugin_not_loaded",
        ) from error
    return manager


def _import(name: str) -> object:
    import importlib

    return importlib.import_module(name)
