"""Names in reach: what a name stands for in a deal.

In: the declarations and labels of a deal, and the spans at which they are used. Out: a name's kind, or a diagnostic.
Guaranteed: in a sketch (a deal that declares no party) an undeclared name is taken for what its position asks for,
once, and listed; elsewhere it is an error that names the nearest declared one.
"""

from collections.abc import Mapping

import attrs

from dealrun.diagnostics import Note, Report, did_you_mean
from dealrun.model.behaviour import Behaviour
from dealrun.model.contract import Assumed
from dealrun.model.keys import DeclarationKey, EntryKey
from dealrun.model.names import NameTable
from dealrun.model.vocabulary import behaviour
from dealrun.source import Span
from dealrun.syntax import Leaf


@attrs.frozen
class Declared:
    """A declared name: the declaration word (empty where it was misspelt), for an unknown its kind, and where."""

    kind: str
    span: Span
    sort: str = ""


@attrs.define
class Scope:
    """The names of one deal. `prefix` is put before them where several deals are loaded."""

    deal: str
    report: Report
    prefix: str = ""
    sketch: bool = False
    dollar: str = "USD"
    calendar: tuple[str, ...] = ()
    """Whose holidays are no business days; empty for weekdays alone."""
    names: dict[str, Declared] = attrs.field(factory=dict)
    labels: dict[str, Span] = attrs.field(factory=dict)
    verbs: dict[str, str] = attrs.field(factory=dict)
    """The verb of each clause, by its key."""
    sources: dict[str, Span] = attrs.field(factory=dict)
    others: "dict[str, Scope]" = attrs.field(factory=dict)
    """The scopes of all loaded deals, this one included, by deal."""
    assumed: dict[str, Assumed] = attrs.field(factory=dict)
    instruments: dict[str, Span] = attrs.field(factory=dict)
    """The amendments of the load, by name; one dictionary for all scopes."""
    table: NameTable = attrs.field(factory=NameTable)
    """The names of the load as they are used; one for all scopes."""
    _units: frozenset[str] | None = None

    @property
    def units(self) -> frozenset[str]:
        """The declared units, and what may be one, as its declaration is misspelt."""
        if self._units is None:
            self._units = frozenset(name for name, declared in self.names.items() if declared.kind in {"unit", ""})
        return self._units

    def declare(self, name: str, declared: Declared) -> None:
        """Enter a declaration; declaring a name twice is an error unless an amendment brings it back."""
        earlier = self.names.get(name)
        if earlier and earlier.span.source is declared.span.source:
            self.report.add(
                "DR202",
                f"`{name}` is declared twice",
                declared.span,
                notes=[Note("first declared here", earlier.span)],
                help="a name stands for one thing; rename one of them",
            )
        self.names.setdefault(name, declared)

    def key(self, name: str) -> str:
        """The name as the model knows it."""
        return self.prefix + name

    def find(self, name: str) -> tuple["Scope", str, Declared] | None:
        """The deal, plain name and declaration of a name, here or as `deal.name` elsewhere."""
        declared = self.names.get(name)
        if declared:
            return self, name, declared
        deal, _, rest = name.partition(".")
        other = self.others.get(deal)
        if other and rest in other.names:
            return other, rest, other.names[rest]
        return None

    def find_source(self, name: str) -> "Scope | None":
        """The deal that declares a source, here or (for an instrument of several deals) another one."""
        for scope in (self, *self.others.values()):
            if name in scope.sources or (name in scope.names and not scope.names[name].kind):
                return scope
        return None

    # --- uses -------------------------------------------------------------------------------------------------------

    def use(self, leaf: Leaf, key: EntryKey) -> None:
        """Enter that a name stands for something; before the name may stand its deal's, with a dot."""
        text, start = leaf.text, leaf.start
        if "." in text and text not in self.names and text not in self.labels:
            deal = text.partition(".")[0]
            if deal in self.others:
                self.table.use(leaf.source, start, start + len(deal), DeclarationKey("deal", deal))
                start += len(deal) + 1
        self.table.use(leaf.source, start, leaf.end, key)

    def mention(self, leaf: Leaf) -> None:
        """Enter the use of a name that may be anything, or nothing: `label.term`, `name.signed`, a label, a name."""
        found, label = self.find(leaf.text), self.find_label(leaf.text)
        if found:
            self.use(leaf, DeclarationKey(found[2].kind, found[0].key(found[1])))
        elif label:
            self.use(leaf, label)
        elif leaf.text in self.instruments or leaf.text in self.others:
            self.instrument(leaf)
        else:
            self.mention_owner(leaf)

    def mention_owner(self, leaf: Leaf) -> None:
        """Enter the use of the clause, or the instrument, before the last dot of a name."""
        owner = leaf.text.rpartition(".")[0]
        place = attrs.evolve(leaf, end=leaf.start + len(owner), text=owner)
        if label := self.find_label(owner):
            self.use(place, label)
        else:
            self.instrument(place)

    def instrument(self, leaf: Leaf) -> str:
        """The name of an instrument; whether there is one is known when all are in order."""
        word = "amend" if leaf.text in self.instruments else "deal" if leaf.text in self.others else ""
        if word:
            self.table.use(leaf.source, leaf.start, leaf.end, DeclarationKey(word, leaf.text))
        return leaf.text

    # --- what a name stands for -------------------------------------------------------------------------------------

    def find_label(self, name: str) -> str | None:
        """The key of a label, here or as `deal.label` elsewhere; `term` is the only `term` clause, however labelled."""
        if name in self.labels:
            return self.key(name)
        if name == "term":
            terms = [label for label in self.labels if behaviour(self.verbs.get(self.key(label), "")) is Behaviour.TERM]
            return self.key(terms[0]) if len(terms) == 1 else None
        deal, _, rest = name.partition(".")
        other = self.others.get(deal)
        return other.key(rest) if other and rest in other.labels else None

    def verb_of(self, key: str) -> str:
        """The verb of a clause, here or in another deal; empty where it is misspelt, which is reported there."""
        return next((scope.verbs[key] for scope in (self, *self.others.values()) if key in scope.verbs), "")

    def name(
        self, leaf: Leaf, kinds: tuple[str, ...], assume: str | None = None, instead: Mapping[str, str] | None = None
    ) -> tuple[str, str] | None:
        """(key, kind) of a name of one of the kinds; None after reporting what is wrong with it.

        `assume` is the kind a sketch takes an undeclared name for; `instead` says what to write for names of others.
        """
        found = self.find(leaf.text)
        if found:
            scope, plain, declared = found
            if not declared.kind:
                return None  # its declaration is reported where it stands
            kind = f"{declared.kind} {declared.sort}".strip()
            if kinds and declared.kind not in kinds and kind not in kinds:
                self.report.add(
                    "DR203",
                    f"`{leaf.text}` is {_a(kind)}; {_a(' or '.join(kinds))} is needed here",
                    leaf.span,
                    help=(instead or {}).get(declared.kind),
                    notes=[Note("declared here", declared.span)],
                )
                return None
            key = scope.key(plain)
            self.use(leaf, DeclarationKey(declared.kind, key))
            return key, kind
        if self.sketch and assume:
            key = self.key(leaf.text)
            self.assumed.setdefault(leaf.text, Assumed(key, assume, leaf.span))
            self.table.declare(DeclarationKey(assume.partition(" ")[0], key), leaf.span)
            return key, assume
        wanted = " or ".join(dict.fromkeys(kind.split()[0] for kind in kinds)) or "name"
        fitting = [name for name, declared in self.names.items() if not kinds or declared.kind in kinds]
        self.report.add(
            "DR201",
            f"no {wanted} `{leaf.text}` is declared",
            leaf.span,
            help=did_you_mean(leaf.text, fitting)
            or f'declare it: `{(kinds or ("asset",))[0].split()[0]} {leaf.text} "..."`',
        )
        return None

    def label(self, leaf: Leaf) -> str | None:
        """The key of a clause's label; None after reporting that there is none."""
        key = self.find_label(leaf.text)
        if key is None:
            self.report.add(
                "DR205",
                f"no clause is labelled `{leaf.text}`",
                leaf.span,
                help=did_you_mean(leaf.text, self.labels),
            )
        else:
            self.use(leaf, key)
        return key


def _a(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeio' or (noun.startswith('un') and not noun.startswith('uni')) else 'a'} {noun}"
