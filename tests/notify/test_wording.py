"""Wordings: what is refused when somebody saves one, how values are written, and that nothing in them is run."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from linehouse.kernel.money import Money
from linehouse.notify.errors import MissingVariable, WrongValue
from linehouse.notify.library import shipped
from linehouse.notify.sms_text import plain_spaces, segmented
from linehouse.notify.values import Channel, MessageClass, Notice, Variable, VariableKind, Wording, masked
from linehouse.notify.wording import (
    example_values,
    filled,
    languages_tried,
    problems_of,
    render,
    used_variables,
    written,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOTICE = Notice(
    key="due",
    title="Something is due",
    message_class=MessageClass.SERVICE,
    channels=(Channel.EMAIL, Channel.SMS),
    variables=(
        Variable(name="amount", kind=VariableKind.MONEY, example="27.95 EUR"),
        Variable(name="due", kind=VariableKind.DATE, example="2026-12-15"),
        Variable(name="link", kind=VariableKind.LINK, example="https://robin.example/pay"),
        Variable(name="note", kind=VariableKind.TEXT, example="a note"),
    ),
)


def problems(channel: Channel = Channel.EMAIL, **parts: str) -> list[tuple[str, str]]:
    given = {"subject": "Due", "text": "Text"} | parts if channel is Channel.EMAIL else parts
    return [(one.code, one.field) for one in problems_of(NOTICE, channel, Wording(**given))]


def test_an_unknown_variable_is_refused_with_those_that_exist() -> None:
    (found,) = problems_of(NOTICE, Channel.EMAIL, Wording(subject="Due", text="Pay {amonut}"))
    assert (found.code, found.field, found.value) == ("notify.unknown_variable", "text", "amonut")
    assert found.expected == "amount, brand, due, link, name, note"


@pytest.mark.parametrize(
    "text", ["{amount.__class__}", "{0}", "{amount!r}", "{amount:>9}", "{", "}", "{Amount}", "{amount", "{ amount }"]
)
def test_a_brace_that_is_no_variable_is_refused(text: str) -> None:
    assert ("notify.stray_brace", "text") in problems(text=text)


def test_braces_and_percent_signs_are_only_text() -> None:
    wording = Wording(subject="{{x}} 100 %", text="%s {{amount}} {note} {{{note}}}")
    shown = render(wording, {"note": "{name} %(x)s {{"})
    assert shown.subject == "{x} 100 %"
    assert shown.text == "%s {amount} {name} %(x)s {{ {{name} %(x)s {{}"


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="{note}">x</a>',
        '<p onclick="x()">x</p>',
        '<img src="https://tracker.example/1.gif">',
        '<p style="background:url(https://tracker.example)">x</p>',
        '<p style="color:{note}">x</p>',
        "<p>not closed",
        "</p>",
        "<!-- comment -->",
        "<!doctype html><p>x</p>",
        "<iframe></iframe>",
        '<form action="https://x.example"></form>',
    ],
)
def test_html_that_runs_loads_or_sends_is_refused(html: str) -> None:
    assert [field for _, field in problems(html=html)] == ["html"] * len(problems(html=html))
    assert problems(html=html)


def test_html_of_text_tables_and_links_is_kept() -> None:
    html = (
        '<h1 style="color:#b3261e">Hi {name}</h1><table><tr><td>{amount}</td></tr></table><a href="{link}">pay</a><br>'
    )
    assert problems(html=html) == []


def test_values_are_escaped_in_html_and_nowhere_else() -> None:
    wording = Wording(subject="{note}", text="{note}", html='<p>{note}</p><a href="{link}">x</a>')
    values = {"note": '<b onclick="x">&', "link": 'https://x.example/?a=1&b="2"'}
    shown = render(wording, values)
    assert shown.text == '<b onclick="x">&'
    assert shown.html == (
        '<p>&lt;b onclick=&quot;x&quot;&gt;&amp;</p><a href="https://x.example/?a=1&amp;b=&quot;2&quot;">x</a>'
    )


def test_a_subject_stays_one_line() -> None:
    shown = render(Wording(subject="Hi {note}", text="x"), {"note": "a\r\nBcc: all@example.org"})
    assert shown.subject == "Hi a Bcc: all@example.org"
    assert ("notify.lines", "subject") in problems(subject="a\nb")


def test_what_a_channel_cannot_carry_is_refused() -> None:
    assert problems(subject=" ") == [("notify.empty", "subject")]
    assert problems(Channel.SMS, text=" ") == [("notify.empty", "text")]
    assert problems(Channel.SMS, text="x", subject="y") == [("notify.only_text", "subject")]
    assert problems(Channel.SMS, text="x" * 153 * 10) == []
    assert problems(Channel.SMS, text="x" * (153 * 10 + 1)) == [("notify.too_long", "text")]


@pytest.mark.parametrize(
    ("kind", "value", "language", "expected"),
    [
        ("money", Money.of("1234.5", "EUR"), "nl", "€ 1.234,50"),
        ("money", "1234.5 EUR", "de", "1.234,50 €"),
        ("money", "27.95 EUR", "en", "€27.95"),
        ("date", date(2026, 12, 15), "nl", "15 dec 2026"),
        ("date", "2026-12-15", "de", "15.12.2026"),
        ("instant", datetime(2026, 11, 30, 8, 0, tzinfo=UTC), "en", "30 November 2026 09:00"),
        ("number", Decimal("1234.5"), "nl", "1.234,5"),
        ("number", "80", "de", "80"),
        ("text", "as it is", "de", "as it is"),
        ("link", "https://x.example", "de", "https://x.example"),
    ],
)
def test_values_are_written_by_kind_and_language(kind: str, value: object, language: str, expected: str) -> None:
    variable = Variable(name="x", kind=VariableKind(kind), example="")
    assert plain_spaces(written(variable, value, language, AMSTERDAM)) == expected  # type: ignore[arg-type]  # one list


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("money", "27.95"),
        ("money", "x EUR"),
        ("date", "15/12/2026"),
        ("instant", "2026-11-30T09:00"),
        ("number", "x"),
        ("link", "http://x.example"),
        ("link", "javascript:alert(1)"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(kind: str, value: str) -> None:
    with pytest.raises(WrongValue) as refused:
        written(Variable(name="x", kind=VariableKind(kind), example=""), value, "en", AMSTERDAM)
    assert refused.value.expected


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(MissingVariable, match="does not say due"):
        render(Wording(text="{amount} {due}"), {"amount": "1"})


def test_languages_stand_in_for_each_other() -> None:
    assert languages_tried("de-AT", ("nl", "en")) == ("de-AT", "de", "nl", "en")
    assert languages_tried("en", ("nl", "en")) == ("en", "nl")


@pytest.mark.parametrize(("key", "channel", "language"), sorted(shipped().wordings))
def test_every_wording_of_the_product_is_right(key: str, channel: Channel, language: str) -> None:
    notice, wording = shipped().notices[key], shipped().wordings[key, channel, language]
    assert problems_of(notice, channel, wording) == ()
    assert channel in notice.channels
    english = shipped().wordings[key, channel, "en"]
    assert used_variables(wording) == used_variables(english)
    shown = render(wording, filled(notice, example_values(notice), language))
    assert "{" not in shown.subject + shown.text + shown.html
    assert bool(wording.html) == (channel is Channel.EMAIL)
    if channel is Channel.SMS:
        text = segmented(plain_spaces(shown.text))
        # The GSM alphabet has no accent of Spanish and no Arabic letter: such texts are short instead.
        assert text.is_gsm or language in ("es", "ar"), text
        assert text.count <= 2, text


def test_every_notice_of_the_product_can_be_said_in_every_language() -> None:
    languages = {"en", "nl", "de"}
    missing = [
        (key, channel.value, language)
        for key, notice in shipped().notices.items()
        for channel in notice.channels
        for language in languages
        if (key, channel, language) not in shipped().wordings
    ]
    assert missing == []


def test_what_the_law_asks_to_be_said_about_limits_is_said_in_six_languages() -> None:
    limits = ("spending-limit", "limit-reached", "limit-closed", "limit-consented")
    for key in (*limits, "roaming-welcome", "roaming-welcome-union"):
        for channel in Channel:
            spoken = {language for name, by, language in shipped().wordings if (name, by) == (key, channel)}
            assert spoken >= {"en", "nl", "de", "fr", "es", "ar"}, (key, channel)


def test_an_address_is_shown_masked() -> None:
    assert masked("joerg@mail.example") == "j…@mail.example"
    assert masked("+31612345678") == "…678"
