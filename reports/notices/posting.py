"""Messages handed to Apprise, which knows mail, chats and webhooks. The one file of this room that uses the network.

Addresses hold passwords and tokens, and Apprise and what it calls log them: while they are in use nothing is logged but what this
file says in its own words.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from reports.notices.wording import Message
from storage.configuration import ConfigurationFault
from storage.notice_rules import FROM_ENVIRONMENT, Rule

_STATUS: Final = re.compile(r"error=(\d{3})\b")
_MAY_HOLD_MORE: Final = "jsons"
_WITH_FIELDS: Final = frozenset(("jsons", "xmls", "forms"))
"""Webhooks whose body takes fields of ours; JSON's may be lists."""


class NotSent(Exception):
    """The message is this program's own: which service failed, and how, without an address."""


class AppriseMissing(ConfigurationFault):
    def __init__(self) -> None:
        super().__init__("the settings have rules of notices, which need Apprise: pip install 'csto-watch[notices]'")


class Post:
    """One address of a rule."""

    def __init__(self, plugin: Any) -> None:
        self._plugin = plugin
        self._service = str(getattr(plugin, "service_name", "") or "the service")

    def __repr__(self) -> str:
        return f"Post({self._service!r})"

    @property
    def longest(self) -> int | None:
        """So many letters of title and text together it takes."""
        return int(self._plugin.body_maxlen) if self._plugin.body_maxlen else None

    def send(self, message: Message) -> None:
        """Raises NotSent."""
        apprise = _apprise()
        self._take_fields(message)
        with _hushed() as said:
            try:
                service = apprise.Apprise(asset=_asset(apprise))
                service.add(self._plugin)
                is_sent = bool(service.notify(body=message.body, title=message.title, body_format="text"))
            except Exception as error:  # noqa: BLE001 - its text may hold the address; its kind can't
                raise NotSent(f"{self._service}: unexpected {type(error).__name__}") from None
        if not is_sent:
            raise NotSent(f"{self._service} {_why(said)}")

    def _take_fields(self, message: Message) -> None:
        """Of a webhook the id, and in JSON the events too, stand beside title and message."""
        kind = getattr(self._plugin, "secure_protocol", None)
        if kind in _WITH_FIELDS:
            fields = message.fields if kind == _MAY_HOLD_MORE else {"id": message.id}
            self._plugin.payload_extras = {**self._plugin.payload_extras, **fields}


def posts_of(rule: Rule, environment: Mapping[str, str], file: object) -> dict[str, Post]:
    """A rule's addresses, ready to be used, by the names that give nothing away. Raises ConfigurationFault."""
    return {
        target: Post(_plugin(_resolved(address, environment, f"{file}: notices.{rule.name}.to"), target, rule, file))
        for target, address in zip(rule.targets, rule.to, strict=True)
    }


def _resolved(address: str, environment: Mapping[str, str], where: str) -> str:
    if not address.startswith(FROM_ENVIRONMENT):
        return address
    name = address.removeprefix(FROM_ENVIRONMENT)
    value = environment.get(name, "").strip()
    if not value:
        raise ConfigurationFault(f"{where}: the environment variable {name} isn't set")
    return value


def _plugin(address: str, target: str, rule: Rule, file: object) -> Any:
    apprise = _apprise()
    with _hushed():
        try:
            found = apprise.Apprise.instantiate(address, asset=_asset(apprise))
        except Exception:  # noqa: BLE001 - whatever it says may hold the address
            found = None
    if found is None:
        raise ConfigurationFault(f"{file}: notices.{rule.name}.to: Apprise knows no such address ({target})")
    return found


def _apprise() -> Any:
    try:
        import apprise  # noqa: PLC0415 - an extra, and half a second
    except ImportError:
        raise AppriseMissing from None
    return apprise


def _asset(apprise: Any) -> Any:
    """Nothing is kept on the disk, one message goes after the other, and no ":smile:" or "\\n" in a title is made something."""
    return apprise.AppriseAsset(
        app_id="csto-watch", storage_mode="memory", async_mode=False, interpret_emojis=False, interpret_escapes=False
    )


def _why(said: list[str]) -> str:
    """Out of what Apprise logged: a status, or that nobody answered; no other word of it."""
    for line in reversed(said):
        if found := _STATUS.search(line):
            return f"answered {found[1]}"
    if any("onnection" in line for line in said):
        return "can't be reached"
    return "didn't take it"


class _Listener(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(record.getMessage())


@contextmanager
def _hushed() -> Iterator[list[str]]:
    """What Apprise warns of, while no log of anybody's is written anywhere. Of its plugins some import what Python deprecates."""
    said: list[str] = []
    logger, root = logging.getLogger("apprise"), logging.getLogger()
    loggers = [each for each in logging.Logger.manager.loggerDict.values() if isinstance(each, logging.Logger)]
    kept = [(each, each.handlers, each.propagate) for each in (*loggers, root)]
    try:
        for each in loggers:
            each.handlers, each.propagate = [], True
        root.handlers = [logging.NullHandler()]
        logger.handlers, logger.propagate = [_Listener(said)], False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield said
    finally:
        for each, handlers, propagates in kept:
            each.handlers, each.propagate = handlers, propagates
        logger.handlers = [each for each in logger.handlers if not isinstance(each, _Listener)]
