"""Other names for everything in a contract, by the table of uses."""

from dealrun.diagnostics import Report
from dealrun.model.contract import Model
from dealrun.model.keys import EntryKey, name_of
from dealrun.model.resolve import resolve
from dealrun.source import SourceText
from dealrun.syntax import parse


def loaded(texts: dict[str, str]) -> tuple[Model, Report]:
    """The model of some texts, by their names."""
    report = Report()
    return resolve([parse(SourceText(name, text), report) for name, text in texts.items()], report, "deal"), report


def plain(key: EntryKey, model: Model) -> str:
    """The name as its own deal writes it."""
    name = name_of(key)
    prefixes = [f"{deal.name}." for deal in model.deals] if len(model.deals) > 1 else []
    return next((name.removeprefix(prefix) for prefix in prefixes if name.startswith(prefix)), name)


def renamed(texts: dict[str, str], model: Model) -> tuple[dict[str, str], dict[EntryKey, str]]:
    """The texts with a new name for everything that has one, where it is declared and where it is used."""
    table = model.names
    new = {
        key: f"name{number}"
        for number, (key, span) in enumerate(table.declared.items())
        if key not in table.derived  # a clause without a label is called after what it says
    }
    edits = {(span.source.name, span.start, span.end, key) for key, span in table.declared.items() if key in new}
    edits |= {(use.source.name, use.start, use.end, use.key) for use in table.uses}
    for name, start, end, key in sorted(edits, key=lambda edit: edit[1], reverse=True):
        if key in new:
            texts = {**texts, name: texts[name][:start] + new[key] + texts[name][end:]}
    return texts, new
