"""The JSON Schemas of the outputs (`dealrun schema NAME`), made from the shapes.

In: the name of an output. Out: its schema, draft 2020-12. Guaranteed: every output is validated against its schema by
a test; a change that an old reader would not survive gets a new version in `schema`.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from dealrun.api.wire import agendas, amendments, exposures, findings, proofs, statements, states
from dealrun.api.wire.base import Output
from dealrun.errors import UnknownNameError

SHAPES: Final[tuple[type[Output], ...]] = (
    states.StateJson, states.TimelineJson, states.WhyJson, states.AboutJson, states.DiffJson,
    findings.TestJson, amendments.ChangesJson,
    amendments.WhatIfJson, amendments.HistoryJson, amendments.CompareJson, agendas.CalendarJson, statements.SettleJson,
    exposures.ExposureJson, exposures.ExposureAgainstJson,
    proofs.ProveJson, statements.WhyPaymentJson, statements.AgainstJson, findings.LedgerJson, findings.CheckJson,
)  # fmt: skip


def schema_id(shape: type[Output]) -> str:
    """The `schema` of an output, which names its kind and its version: `dealrun/state/2`."""
    return str(shape.__struct_config__.tag)


OUTPUTS: Final[dict[str, type[Output]]] = {schema_id(shape).split("/")[1]: shape for shape in SHAPES}
"""By the names of the outputs."""

SCHEMAS: Final = tuple(OUTPUTS)
"""The outputs that have a schema."""


def schema(name: str, *, ref_template: str = "#/$defs/{name}") -> dict[str, Any]:
    """The JSON Schema of an output; UnknownNameError for a name that is none of `dealrun.SCHEMAS`.

    Its parts stand under `$defs`. `ref_template` says how they are referred to, for whoever puts them elsewhere
    (`#/components/schemas/{name}` in OpenAPI).

    >>> dealrun.schema("state")["title"]
    'dealrun state'
    """
    if name not in OUTPUTS:
        raise UnknownNameError(f"no schema `{name}`; there are: {', '.join(SCHEMAS)}")
    shape = OUTPUTS[name]
    (_,), parts = msgspec.json.schema_components((shape,), ref_template="{name}")
    body = _told(parts.pop(shape.__name__), ref_template)
    body["properties"]["schema"] = {"const": schema_id(shape)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"dealrun {name}",
        **body,
        "$defs": {_short(part): _told(parts[part], ref_template) for part in sorted(parts)},
    }


def _short(part: str) -> str:
    """What a schema calls a shape: `ClauseJson` is `clause`."""
    return part.removesuffix("Json").lower()


def _told(node: Any, ref_template: str) -> Any:
    """A part of a schema without what its name says already, and with references in the caller's form."""
    if isinstance(node, list):
        return [_told(each, ref_template) for each in node]
    if not isinstance(node, dict):
        return node
    changed: dict[str, Callable[[Any], Any]] = {
        "$ref": lambda name: ref_template.format(name=_short(name)),
        "mapping": lambda names: {tag: ref_template.format(name=_short(name)) for tag, name in names.items()},
    }
    return {
        key: changed[key](value) if key in changed else _told(value, ref_template)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
    }
