"""What an amendment can reach, found without an evaluation: who refers to a name, through any number of steps.

In: an index. Out: the entries that a name, a fact or an operation can reach. Guaranteed: every name that an answer
reads reaches it (tests/test_records.py), so that what is not named has the same answers whatever becomes of the name
(docs/language.md#the-laws, law 2); built once, in time proportional to the operations.
"""

from collections.abc import Iterable

from dealrun.model.behaviour import LIFE, Behaviour
from dealrun.model.contract import Add
from dealrun.model.keys import DeclarationKey, EntryKey, Label
from dealrun.model.vocabulary import behaviour
from dealrun.state.order import Indexed
from dealrun.state.references import of_instrument, of_operation

DECIDE = LIFE | {Behaviour.BOOKS}
"""What can decide of every clause of its deal when it ends, or whether it was performed."""


class Influence:
    """The entries that each name is mentioned in."""

    def __init__(self, index: Indexed) -> None:
        self._index = index
        self._users: dict[EntryKey, set[EntryKey]] = {}
        self._of_use: dict[EntryKey, set[EntryKey]] = {}
        self._reached: dict[Label, set[EntryKey]] = {}
        """By label what its uses reach, once it was asked for."""
        headers: dict[str, set[EntryKey]] = {}
        of_headers: dict[str, set[EntryKey]] = {}
        for instrument in reversed(index.model.instruments):  # what changes an instrument comes after it
            found = [*of_instrument(instrument)]
            names = {reference.key for reference in found}
            used = {reference.key for reference in found if reference.kind == "use"}
            for later, operation in index.header_changes(instrument):
                found = [*of_operation(operation)]
                names |= headers.get(later.name, set()) | {reference.key for reference in found}
                used |= of_headers.get(later.name, set()) | {ref.key for ref in found if ref.kind == "use"}
            if names:
                headers[instrument.name], of_headers[instrument.name] = names, used
        self._deals: dict[str, list[Label]] = {}
        self._life: dict[EntryKey, str] = {}
        for key, history in index.histories.items():
            for duty in () if isinstance(key, DeclarationKey) else index.consequence_of(key):
                self._users.setdefault(duty, set()).add(key)
            for instrument, operation in history:
                for name in headers.get(instrument.name, ()):
                    self._users.setdefault(name, set()).add(key)
                for name in of_headers.get(instrument.name, ()):
                    self._of_use.setdefault(name, set()).add(key)
                for reference in of_operation(operation):
                    self._users.setdefault(reference.key, set()).add(key)
                    if reference.kind == "use":
                        self._of_use.setdefault(reference.key, set()).add(key)
            entry = index.first_entry(key)
            if entry is not None and not isinstance(key, DeclarationKey):
                self._deals.setdefault(entry.deal, []).append(key)
                if any(isinstance(op, Add) and behaviour(op.entry.word) in DECIDE for _, op in history):
                    self._life[key] = entry.deal

    def of_uses(self, label: Label) -> set[EntryKey]:
        """The entries whose answers can depend on the notices and exercises of a clause."""
        found = self._reached.get(label)
        if found is None:
            deal = self._life.get(label)
            found = self.of([*self._of_use.get(label, ()), *(self._deals[deal] if deal is not None else ())])
            self._reached[label] = found
        return found

    def of(self, names: Iterable[EntryKey]) -> set[EntryKey]:
        """The entries whose answers can depend on names: entries by key, events, unknowns, conditions, subjects."""
        found: set[EntryKey] = set()
        seen: set[EntryKey] = set()
        todo = list(names)
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            keys: list[EntryKey] = [name]
            if not isinstance(name, DeclarationKey):
                label = name.partition(" of ")[2]
                if label and not name.startswith('"'):
                    todo.append(label)
                keys += [DeclarationKey(word, name) for word in ("event", "unknown", "condition")]
            for key in keys:
                if key in self._index.histories and key not in found:
                    found.add(key)
                    todo.append(key)
                    if isinstance(key, DeclarationKey):
                        todo.append(key.name)
                if key in self._life:
                    todo.extend(self._deals[self._life[key]])
                todo.extend(user for user in self._users.get(key, ()) if user not in seen)
        return found
