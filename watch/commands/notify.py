"""notify"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from crawler.exit_codes import ExitCode
from reports.render.text import visible
from watch import output
from watch.context import Called, called
from watch.errors import WrongArgumentError, WrongSettingError

if TYPE_CHECKING:
    from storage.notice_rules import Rule


def notify(  # noqa: PLR0913, PLR0917 - the options of the command line
    context: typer.Context,
    rule: Annotated[str | None, typer.Argument(metavar="[RULE]", help="Only this rule of the settings.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would go to whom; send and write nothing.")
    ] = False,
    test: Annotated[bool, typer.Option("--test", help="Send one test message to each address.")] = False,
    now: Annotated[bool, typer.Option("--now", help="Also what failed and waits for its next try.")] = False,
    discard: Annotated[bool, typer.Option("--discard", help="Give up what RULE still has to tell, for good.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Send the notices that are due.

    A crawl does so by itself at its end. Whom to tell of what stands in [[notices]] of the settings file. Exit code 12: an
    address didn't take what it was sent; it stays in the outbox and is tried again.

    \b
    Example:
      csto-watch notify
      csto-watch notify --dry-run
      csto-watch notify press --test
    """
    if dry_run + test + now + discard > 1:
        raise WrongArgumentError("--dry-run, --test, --now, --discard: one of them")
    call = called(context)
    if discard:
        _discard(call, rule)
        return
    rules = _rules(call, rule)
    if test:
        raise typer.Exit(_test(call, rules, as_json=as_json))
    if dry_run:
        _dry_run(call, rules, as_json=as_json)
        return
    raise typer.Exit(_send(call, rules, eager=now, as_json=as_json))


def _rules(call: Called, name: str | None) -> Sequence[Rule]:
    rules = call.configuration.notices
    if not rules:
        raise WrongSettingError("there are no rules of notices: write [[notices]] in csto-watch.toml")
    chosen = [rule for rule in rules if name in {None, rule.name}]
    if not chosen:
        raise WrongArgumentError(f"the settings have no rule {name}: they have {', '.join(r.name for r in rules)}")
    return chosen


def _send(call: Called, rules: Sequence[Rule], *, eager: bool, as_json: bool) -> int:
    from watch.notices import failures, posts_for, send_due  # noqa: PLC0415

    report = send_due(call.db_url, rules, posts_for(call.configuration, rules), eager=eager)
    if len(rules) < len(call.configuration.notices):
        report.unknown.clear()
    if as_json:
        failed = [{"rule": rule, "to": target, "why": why} for rule, target, why in report.failed]
        output.write_object({"sent": report.sent, "failed": failed, "left": report.left})
    else:
        left = f", {report.left} left for the next time" if report.left else ""
        output.write_line(f"{report.sent} sent, {len(report.failed)} failed{left}")
    for line in failures(report):
        output.note(f"csto-watch: {line}")
    return ExitCode.PARTIAL if report.failed else ExitCode.COMPLETE


def _test(call: Called, rules: Sequence[Rule], *, as_json: bool) -> int:
    from reports.notices.posting import NotSent  # noqa: PLC0415
    from reports.notices.wording import trial_message  # noqa: PLC0415
    from watch.notices import posts_for  # noqa: PLC0415

    tried = []
    for name, posts in posts_for(call.configuration, rules).items():
        for target, post in posts.items():
            why = None
            try:
                post.send(trial_message(name, str(uuid4())))
            except NotSent as error:
                why = str(error)
            tried.append({"rule": name, "to": target, "sent": why is None, "why": why})
    for row in tried:
        if as_json:
            continue
        output.write_line(f"{row['rule']} to {row['to']}: {visible(str(row['why'] or 'sent'))}")
    if as_json:
        output.write_object({"tests": tried})
    return ExitCode.COMPLETE if all(row["sent"] for row in tried) else ExitCode.PARTIAL


def _dry_run(call: Called, rules: Sequence[Rule], *, as_json: bool) -> None:
    from watch.notices import sender_of  # noqa: PLC0415
    from watch.store import reading  # noqa: PLC0415

    with reading(call.db_url) as engine:
        shown = list(sender_of(engine, rules).shown())
    if as_json:
        output.write_object(
            {
                "notices": [
                    {"to": list(each.targets), "title": each.message.title, "body": each.message.body}
                    | dict(each.message.fields)
                    for each in shown
                ]
            }
        )
        return
    for each in shown:
        output.write_line(f"{each.rule} to {', '.join(each.targets)}")
        for line in (each.message.title, *each.message.body.split("\n")):
            output.write_line(f"  {visible(line)}".rstrip())
        output.write_line()
    output.note(f"{len(shown)} would be sent.")


def _discard(call: Called, rule: str | None) -> None:
    from storage import outbox  # noqa: PLC0415
    from storage.lock import senders_lock  # noqa: PLC0415
    from storage.transactions import written  # noqa: PLC0415
    from watch.store import rewriting  # noqa: PLC0415

    if rule is None:
        raise WrongArgumentError("--discard: name the rule whose notices are given up")
    with rewriting(call.db_url) as engine, senders_lock(call.db_url):
        count = written(engine, lambda connection: outbox.discard(connection, rule))
    output.write_line(f"{count} given up")
