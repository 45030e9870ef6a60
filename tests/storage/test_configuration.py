"""``csto-watch.toml``: what it may say, where it is looked for, and that any fault costs one line that names it."""

from __future__ import annotations

import subprocess
import sys
from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.configuration import Configuration, ConfigurationFault, load, read, sections
from storage.notice_rules import When
from storage.retention import DEFAULT, Retention

RIGHT = """
[retention]
keep = "all"
failed_count = 0
failed_age = "90d"
unread_count = 5
unread_age = "36h"

[time_stamps]
url = "https://example.org/tsa"
ca_file = "ca.pem"
"""


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / "csto-watch.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def fault_of(folder: Path, text: str | bytes) -> str:
    """What is said of a file, without its name."""
    file = written(folder, text)
    with pytest.raises(ConfigurationFault) as caught:
        read(file)
    line = str(caught.value)
    assert line.startswith(str(file))
    assert len(line.splitlines()) == 1
    assert caught.value.exit_code == 4
    return line.removeprefix(str(file))


def test_every_key_is_read(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("-")
    found = read(written(tmp_path, RIGHT))
    assert found.retention == Retention("all", 0, timedelta(days=90), 5, timedelta(hours=36))
    assert found.time_stamps.url == "https://example.org/tsa"
    assert found.time_stamps.ca_file == tmp_path / "ca.pem", "beside the settings"
    assert len(found.given) == 7
    assert sections(found)["retention"] == {
        "keep": "all",
        "failed_count": 0,
        "failed_age": "90d",
        "unread_count": 5,
        "unread_age": "36h",
    }


def test_a_rule_of_notices_is_read_and_shown_without_its_addresses(tmp_path: Path) -> None:
    text = _rule(
        "to = ['json://u:s3cret@h', 'env:MAIL', 'json://i']\nwhen = 'weekly'\nweekday = 'friday'\nat = '07:30'"
    )
    found = read(written(tmp_path, text))
    (rule,) = found.notices
    assert (rule.when, rule.weekday, rule.at) == (When.WEEKLY, 4, time(7, 30))
    assert rule.targets == ("json", "env:MAIL", "json#2")
    shown = sections(found)["notices.a"]
    assert (shown["to"], shown["at"], shown["weekday"]) == ("json, env:MAIL, json#2", "07:30", "friday")
    assert "s3cret" not in repr(found) + repr(shown)


@pytest.mark.parametrize("text", ["", "# nothing", "[retention]\n", "\ufeff[retention]\r\nkeep = 'versions'\r\n"])
def test_what_a_file_doesn_t_say_is_the_default(tmp_path: Path, text: str) -> None:
    assert read(written(tmp_path, text)).retention == DEFAULT


def _rule(keys: str) -> str:
    return f"[[notices]]\nname = 'a'\n{keys}\n"


_ADDRESS = "must be an Apprise address such as mailtos://..., or env:NAME"
_SECTIONS = "must be beginnings of addresses on the site, such as '/news/'"
FAULTS = [
    ('[retention]\nkep = "all"', ": retention.kep: is no key that is known here: did you mean keep?"),
    ("[zebra]", ": zebra: is no key that is known here"),
    ("[notice]", ": notice: is no key that is known here: did you mean notices?"),
    ("[notices]\nname = 'a'", ": notices: is a list of rules: write [[notices]]"),
    ("[[notices]]\nto = 'json://s3cret'", ": notices.1.name: is missing"),
    ("[[notices]]\nname = 'a'", ": notices.a.to: is missing"),
    (_rule("to = 's3cret'"), f": notices.a.to: {_ADDRESS}"),
    (_rule("to = ['json://h', 's3cret']"), f": notices.a.to: {_ADDRESS} (2 of 2)"),
    (_rule("to = 'env:no name'"), f": notices.a.to: {_ADDRESS}"),
    (_rule("to = ['json://h', '']"), ": notices.a.to: must be a text or a list of texts, none of them empty"),
    (_rule("to = 'json://h'\nkind = 'new'"), ": notices.a.kind: is no key that is known here: did you mean kinds?"),
    (_rule("to = 'json://h'\nsections = 'news'"), f": notices.a.sections: {_SECTIONS}"),
    (_rule("to = 'json://h'\nat = '08:00'"), ": notices.a.at: is for when = 'daily' or 'weekly'"),
    (_rule("to = 'json://h'\nwhen = 'daily'\nat = '8'"), ": notices.a.at: must be an hour such as '08:00'"),
    (_rule("to = 'json://h'\nquiet = '22:00'"), ": notices.a.quiet: must be two hours such as '22:00-07:00'"),
    (
        _rule("to = 'json://h'\ntime_zone = 'Mars'"),
        ": notices.a.time_zone: must be a time zone such as 'Europe/Moscow'",
    ),
    (_rule("to = 'json://h'") * 2, ": notices: two rules have the name a"),
    ("[retention.keep]\nx = 1", ": retention.keep: must be 'versions' or 'all', not dict"),
    ('[retention]\nkeep = "some"', ": retention.keep: must be 'versions' or 'all', not \"some\""),
    ("[retention]\nfailed_count = true", ": retention.failed_count: must be a whole number, not true"),
    ("[retention]\nfailed_count = 1.0", ": retention.failed_count: must be a whole number, not 1.0"),
    ("[retention]\nfailed_count = -1", ": retention.failed_count: must be greater than or equal to 0, not -1"),
    ("retention = 3", ": retention: is a section: write [retention]"),
    ("[[retention]]", ": retention: is a section: write [retention]"),
    ('"a\\nb.c" = 1', ': "a\\nb.c": is no key that is known here'),
    ("[retention]\nkeep = 1\nunread_age = 3", ": retention.keep: must be 'versions' or 'all', not 1 (and 1 more)"),
    ("x = ", ", line 1, column 5: Invalid value"),
    ("[retention]\nkeep = 'all'\nkeep = 'all'", ", line 3, column 13: Cannot overwrite a value"),
    ("[retention]\nkeep = [", ", line 2, column 9: Invalid value"),
    ("[retention", ", line 1, column 11: Expected ']' at the end of a table declaration"),
    (b"[retention]\nkeep = '\xff'", ", line 2, column 9: is no UTF-8 text"),
    ("n = " + "9" * 5000, ": holds a number of too many figures"),
    ("n = " + "[" * 5000, ": is nested too deeply"),
    ("#" * 2**20 + "#", ": is larger than 1048576 bytes"),
    ("[time_stamps]\nurl = 'ftp://example.org'", ": time_stamps.url: must be an http or https address"),
    ("[time_stamps]\nurl = 'https://[broken'", ": time_stamps.url: must be an http or https address"),
    ("[time_stamps]\nurl = 'https:///path'", ": time_stamps.url: must be an http or https address"),
    (
        "[feed]\nauthority = 'Example.org'",
        ": feed.authority: must be a host such as 'example.org' or a mail address, in small letters",
    ),
    (
        "[feed]\nauthority_date = '2026-13'",
        ": feed.authority_date: must be a day such as '2026-11-27', a month or a year",
    ),
    ("[feed]\nauthority_date = '26'", ": feed.authority_date: must be a day such as '2026-11-27', a month or a year"),
    ('[feed]\nauthor = " "', ": feed.author: must be a name, in one line"),
    ("[time_stamps]\nca_file = 3", ": time_stamps.ca_file: must be the name of a file"),
]


@pytest.mark.parametrize(("text", "said"), FAULTS, ids=[said[:40] for _, said in FAULTS])
def test_a_fault_costs_one_line_that_names_the_key_or_the_place(tmp_path: Path, text: str | bytes, said: str) -> None:
    assert fault_of(tmp_path, text) == said


@pytest.mark.parametrize("age", ["'90'", "90", "''", "'0d'", "'-1d'", "'1y'", "'1.5d'", "'36501d'", "'9999999w'", "[]"])
def test_an_age_is_a_number_and_a_unit(tmp_path: Path, age: str) -> None:
    said = fault_of(tmp_path, f"[retention]\nfailed_age = {age}")
    assert said == ": retention.failed_age: must be an age such as '90d', '12h' or '8w', of 100 years at most"


def test_a_file_of_certificates_must_be_there(tmp_path: Path) -> None:
    said = fault_of(tmp_path, "[time_stamps]\nca_file = 'none.pem'")
    assert said == f": time_stamps.ca_file: there is no file {tmp_path / 'none.pem'}"


def test_the_file_that_is_named_counts_then_that_of_the_environment_then_that_of_the_folder(tmp_path: Path) -> None:
    for name, count in (("a.toml", 1), ("b.toml", 2), ("csto-watch.toml", 3)):
        (tmp_path / name).write_text(f"[retention]\nfailed_count = {count}\n")
    environment = {"CSTO_WATCH_CONFIG": "b.toml"}
    found = [
        load(environment, tmp_path, "a.toml"),
        load(environment, tmp_path),
        load({"CSTO_WATCH_CONFIG": " "}, tmp_path),
        load({}, tmp_path / "elsewhere"),
    ]
    assert [each.retention.failed_count for each in found] == [1, 2, 3, DEFAULT.failed_count]
    assert found[-1].file is None


@pytest.mark.parametrize(
    ("named", "what"), [("none.toml", "there is no such file"), (".", "is no file"), ("", "is no file")]
)
def test_a_named_file_that_can_t_be_read_is_a_fault(tmp_path: Path, named: str, what: str) -> None:
    with pytest.raises(ConfigurationFault, match=what):
        load({}, tmp_path, named)


def test_where_there_is_no_file_no_schema_is_loaded() -> None:
    program = (
        "import sys; from pathlib import Path; from storage.configuration import load; load({}, Path('/none'));"
        "print(sorted({'pydantic', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


_PIECES = st.sampled_from(
    [
        *("[retention]", "[time_stamps]", "[[retention]]", "[retention", "keep", "failed_count", "failed_age", "url"),
        *(" = ", "=", "\n", '"', "'", '"""', "#", ".", ",", "{", "}", "[", "]", "\\u", "\\", "\x00", "\ufeff", "é"),
        *("'all'", "3", "-1", "1e999", "nan", "true", "'90d'", "2026-02-30", "0x", "1979-05-27T07:32:00Z", "\r\n"),
    ]
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.lists(_PIECES, max_size=14).map("".join).map(str.encode), st.text().map(str.encode), st.binary()))
def test_no_file_is_worth_a_traceback(tmp_path: Path, data: bytes) -> None:
    found = outcome_of(written(tmp_path, data))
    assert isinstance(found, ConfigurationFault) or found.retention.keep in {"versions", "all"}
    if isinstance(found, ConfigurationFault):
        assert str(found).startswith(str(tmp_path / "csto-watch.toml"))
        assert found.exit_code == 4


def outcome_of(file: Path) -> Configuration | ConfigurationFault:
    try:
        return read(file)
    except ConfigurationFault as fault:
        return fault
