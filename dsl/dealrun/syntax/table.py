"""The parse table: made from grammar/deal.lark by Lark, shipped beside it, and read at run time.

In: the grammar. Out: `ParseTable`, the terminals in the order in which they are tried and the LALR(1) actions. Lark
builds it (`python -m dealrun.syntax.table`, `make grammar`); whoever only runs dealrun does not need it, because
importing it would cost more than evaluating a contract. Guaranteed: a test builds the table anew and compares, and
holds every derivation of our driver against Lark's own parser.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

from dealrun.extras import need

GRAMMAR = "deal.lark"
TABLE = "deal.table.json"


class GrammarRule(NamedTuple):
    """`name` of the node a reduction makes; `inline` rules hand their children up; `expand` ones do if single."""

    origin: str
    name: str
    size: int
    inline: bool
    expand: bool


class ParseTable(NamedTuple):
    """Terminals as (name, regex) in order of rank; per state the actions: shift to n >= 0, or reduce by -1 - n."""

    terminals: tuple[tuple[str, str], ...]
    rules: tuple[GrammarRule, ...]
    states: tuple[dict[str, int], ...]
    start: int
    end: int


def grammar_folder() -> Path:
    """Where the grammar lies: in the installed package, or in the top-level folder of a checkout."""
    inside = Path(__file__).parents[1] / "grammar"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "grammar"


def load() -> ParseTable:
    """Read the shipped table; in a checkout that has none yet, make it."""
    folder = grammar_folder()
    if not (folder / TABLE).is_file():
        return build((folder / GRAMMAR).read_text(encoding="utf-8"))
    return _from_json(json.loads((folder / TABLE).read_text(encoding="utf-8")))


def _from_json(data: dict[str, Any]) -> ParseTable:
    return ParseTable(
        terminals=tuple((name, regex) for name, regex in data["terminals"]),
        rules=tuple(GrammarRule(*rule) for rule in data["rules"]),
        states=tuple(data["states"]),
        start=data["start"],
        end=data["end"],
    )


def build(grammar: str) -> ParseTable:
    """Make the table of a grammar with Lark."""
    lark = need("lark").Lark(grammar, parser="lalr", lexer="basic", start="start", propagate_positions=False)
    shift = need("lark.parsers.lalr_analysis").Shift
    parser: Any = lark.parser
    actions = parser.parser._parse_table  # noqa: SLF001 - Lark has no public door to its table
    numbers = {rule: index for index, rule in enumerate(lark.rules)}
    start, end = actions.start_states["start"], actions.end_states["start"]
    # Lark numbers its states by hash; numbered as they are reached from the start, the table is always the same.
    order = {start: 0}
    queue = [start]
    for state in queue:
        for _, (action, argument) in sorted(actions.states[state].items()):
            if action is shift and argument not in order:
                order[argument] = len(order)
                queue.append(argument)
    states = [
        {
            token: order[argument] if action is shift else -1 - numbers[argument]
            for token, (action, argument) in sorted(actions.states[state].items())
        }
        for state in queue
    ]
    terminals = sorted(lark.terminals, key=lambda terminal: (-terminal.priority, terminal.name))
    rules = tuple(
        GrammarRule(
            origin=str(rule.origin.name),
            name=str(rule.alias or rule.origin.name),
            size=len(rule.expansion),
            inline=str(rule.origin.name).startswith("_"),
            expand=bool(rule.options.expand1) and not rule.alias,
        )
        for rule in lark.rules
    )
    return ParseTable(
        terminals=tuple((terminal.name, terminal.pattern.to_regexp()) for terminal in terminals),
        rules=rules,
        states=tuple(states),
        start=order[start],
        end=order[end],
    )


def to_json(table: ParseTable) -> str:
    """The table as the text of its file: a terminal, a rule or a state on each line, so that a change can be read."""
    parts = []
    for name, value in table._asdict().items():
        if isinstance(value, tuple):
            lines = ",\n".join(json.dumps(each, ensure_ascii=True, separators=(",", ":")) for each in value)
            parts.append(f'"{name}":[\n{lines}\n]')
        else:
            parts.append(f'"{name}":{value}')
    return "{" + ",\n".join(parts) + "}\n"


def main() -> None:
    """Write the table beside its grammar."""
    folder = grammar_folder()
    text = to_json(build((folder / GRAMMAR).read_text(encoding="utf-8")))
    (folder / TABLE).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
