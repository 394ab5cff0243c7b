"""Completion scripts, made from the parser itself.

In: the parser and a shell. Out: a script to source. Guaranteed: it offers exactly the commands and options there are.
"""

import argparse


def options(parser: argparse.ArgumentParser) -> dict[str, list[str]]:
    """Options by command."""
    found: dict[str, list[str]] = {}
    for action in parser._actions:  # noqa: SLF001 - argparse has no public way to list them
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - likewise
            for name, sub in action.choices.items():
                found[name] = [o for a in sub._actions for o in a.option_strings if o.startswith("--")]  # noqa: SLF001
    return found


ASKED = {"--party": "parties", "--scenario": "scenarios", "--reading": "readings", "--instrument": "instruments"}
"""Options whose values are names of the contract, and what these are."""

NAMED = {"why": "labels", "history": "labels", "state": "labels", "explain": "words", "schema": "schemas",
         "completion": "shells"}  # fmt: skip
"""Commands whose first argument is a name, and what it is."""


def choices(parser: argparse.ArgumentParser) -> dict[str, dict[str, list[str]]]:
    """By command the options, and the positions, that take one of a few words."""
    found: dict[str, dict[str, list[str]]] = {}
    for action in parser._actions:  # noqa: SLF001 - as above
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            for name, sub in action.choices.items():
                for each in sub._actions:  # noqa: SLF001 - as above
                    if each.choices and not isinstance(each, argparse._SubParsersAction):  # noqa: SLF001 - as above
                        for option in each.option_strings or [""]:
                            found.setdefault(name, {})[option] = list(each.choices)
    return found


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """The completion script of a shell; names of a contract are asked from the program when they are wanted."""
    commands = options(parser)
    fixed = choices(parser)
    names = " ".join(commands)
    if shell == "fish":
        return "\n".join(_fish(commands, fixed, names)) + "\n"
    cases = "\n".join(f'        {name}) words="{" ".join(opts)}" ;;' for name, opts in commands.items())
    values = "\n".join(
        f'        "{name} {option}") COMPREPLY=($(compgen -W "{" ".join(words)}" -- "$word")); return ;;'
        for name, taken in fixed.items() for option, words in taken.items() if option
    )  # fmt: skip
    asked = "\n".join(
        f'        {option}) COMPREPLY=($(compgen -W "$(_dealrun_names {kind})" -- "$word")); return ;;'
        for option, kind in ASKED.items()
    )
    first = "\n".join(
        f'        {name}) more="$(_dealrun_names {kind})" ;;' for name, kind in NAMED.items() if name in commands
    )
    first += "\n" + "\n".join(
        f'        {name}) more="{" ".join(taken[""])}" ;;' for name, taken in fixed.items() if "" in taken
    )
    body = f"""_dealrun_names() {{
    local each files=()
    for each in "${{COMP_WORDS[@]:2}}"; do
        [ -e "$each" ] && files+=("$each")
    done
    dealrun completion --list "$1" "${{files[@]}}" 2>/dev/null
}}
_dealrun() {{
    local word="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}" words="" more=""
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "{names}" -- "$word"))
        return
    fi
    case "${{COMP_WORDS[1]}} $before" in
{values}
    esac
    case "$before" in
{asked}
    esac
    case "${{COMP_WORDS[1]}}" in
{cases}
    esac
    case "$word" in
        -*) COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
    esac
    if [ "$COMP_CWORD" -eq 2 ]; then
        case "${{COMP_WORDS[1]}}" in
{first}
        esac
    fi
    COMPREPLY=($(compgen -W "$more" -- "$word") $(compgen -f -- "$word"))
}}
complete -o filenames -F _dealrun dealrun
"""
    return f"autoload -U +X bashcompinit && bashcompinit\n{body}" if shell == "zsh" else body


def _fish(commands: dict[str, list[str]], fixed: dict[str, dict[str, list[str]]], names: str) -> list[str]:
    lines = [f"complete -c dealrun -n __fish_use_subcommand -a '{names}'"]
    for name, opts in commands.items():
        seen = f"complete -c dealrun -n '__fish_seen_subcommand_from {name}'"
        for option in opts:
            line = f"{seen} -l {option[2:]}"
            if option in fixed.get(name, {}):
                line += f" -x -a '{' '.join(fixed[name][option])}'"
            elif option in ASKED:
                line += f" -x -a '(dealrun completion --list {ASKED[option]} 2>/dev/null)'"
            lines.append(line)
        if "" in fixed.get(name, {}):
            lines.append(f"{seen} -a '{' '.join(fixed[name][''])}'")
        elif name in NAMED:
            lines.append(f"{seen} -a '(dealrun completion --list {NAMED[name]} 2>/dev/null)'")
    return lines
