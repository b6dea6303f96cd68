"""The build hook: puts the built widgets into wheels, sdists and editable installs.

Wheels also get the demonstration's workbook.

Widgets that were built from the present sources are reused. Else they are built with the system's
Node, or with Node from a wheel that only the isolated build environment gets. ``SOS_EMBED=skip``
leaves them out (the program then serves its plain pages), ``SOS_EMBED=build`` makes failure fatal.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WORKBOOK = "sos_graphql/demo/demo-people.xlsx"


class EmbedBuildHook(BuildHookInterface):  # type: ignore[type-arg,misc,unused-ignore]
    """Builds ``sos_graphql/_embed`` before hatchling collects the files."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return Node's wheel where the build needs Node and the system has none."""
        tools = toolchain()
        if _wish() == "skip" or tools.is_fresh() or tools.find_node():
            return []
        return [tools.NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the widgets when they are missing or older than their sources."""
        if self.target_name == "wheel" and version != "editable":
            # A checkout reads it from where it lies; a wheel has no examples.
            build_data["force_include"]["examples/demo-people.xlsx"] = WORKBOOK
        tools = toolchain()
        if _wish() == "skip" or tools.is_fresh():
            return
        try:
            tools.build()
        except (tools.BuildError, OSError) as failure:
            if _wish() == "build":
                raise
            self.app.display_warning(
                f"The widgets were left out, plain pages will be served instead.\n{failure}"
            )


def toolchain() -> ModuleType:
    """Return the module that stands beside this file; hatchling loads hooks by path alone."""
    name = "sos_embed_toolchain"
    if name not in sys.modules:
        path = Path(__file__).with_name("toolchain.py")
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def _wish() -> str:
    return os.environ.get("SOS_EMBED", "")
