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


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """The completion script of a shell."""
    commands = options(parser)
    names = " ".join(commands)
    if shell == "fish":
        lines = [f"complete -c dealrun -n __fish_use_subcommand -a '{names}'"]
        for name, opts in commands.items():
            lines += [f"complete -c dealrun -n '__fish_seen_subcommand_from {name}' -l {o[2:]}" for o in opts]
        return "\n".join(lines) + "\n"
    cases = "\n".join(f'        {name}) words="{" ".join(opts)}" ;;' for name, opts in commands.items())
    body = f"""_dealrun() {{
    local word="${{COMP_WORDS[COMP_CWORD]}}" words=""
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "{names}" -- "$word"))
        return
    fi
    case "${{COMP_WORDS[1]}}" in
{cases}
    esac
    case "$word" in
        -*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
        *) COMPREPLY=($(compgen -f -- "$word")) ;;
    esac
}}
complete -o filenames -F _dealrun dealrun
"""
    return f"autoload -U +X bashcompinit && bashcompinit\n{body}" if shell == "zsh" else body
