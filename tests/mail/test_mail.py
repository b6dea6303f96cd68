"""Messages, their wording, and the folder of .eml files."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sos_core.content import LANGUAGES, catalog
from sos_core.errors import InvalidInput, Misconfigured, Rejected, TryLater
from sos_core.mail import FolderMailer, Message, SmtpMailer, make_mailer, render
from sos_core.settings import Settings

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
VALUES = {
    "name": "Ann",
    "survey": "Spring",
    "organization": "Acme",
    "introduction": "",
    "minutes": "15–20",
    "link": "https://sos.example/s/1.2.3.abc",
    "closes": "16 March 2026 08:00",
    "sender": "Acme",
    "privacy": "Nobody sees your answers.",
    "smallest": "5",
    "inviter": "Bo",
    "expires": "tomorrow",
}
KINDS = sorted(
    key.split(".")[1] for key in catalog("en") if key.startswith("mail.") and ".body" in key
)


def message(**more: object) -> Message:
    values = {
        "to": "ann@x.example",
        "to_name": "Ann Åkesson",
        "subject": "Väl mött",
        "text": "Hello\n",
        "html": "<p>Hello</p>",
        "language": "sv",
        "sender": "SOS <sos@sos.example>",
        "sender_name": "Acme",
        "message_id": "<abc@sos.example>",
        "at": AT,
    } | more
    return Message(**values)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.language = ""

    def handle_starttag(self, tag: str, attrs) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]
        if tag == "html":
            self.language = dict(attrs)["lang"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_in_every_language_has_its_link_and_its_language(
    kind: str, language: str
) -> None:
    made = render(kind, language, VALUES)
    assert VALUES["link"] in made.text
    assert "{" not in made.subject + made.text
    assert "\n\n\n" not in made.text
    found = Tags()
    found.feed(made.html)
    assert found.links == [VALUES["link"]]
    assert found.language == language
    assert found.tags.count("title") == 1


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


@given(texts, texts)
def test_values_are_never_markup(name: str, organization: str) -> None:
    plain, hostile = Tags(), Tags()
    plain.feed(render("published", "en", VALUES).html)
    values = VALUES | {"name": name + "<script>x</script>", "organization": organization}
    hostile.feed(render("published", "en", values).html)
    assert [tag for tag in hostile.tags if tag != "a"] == [t for t in plain.tags if t != "a"]


def test_a_test_mail_says_so() -> None:
    made = render("invitation", "en", VALUES, note="Only a test.", test=True)
    assert made.subject.startswith("[Test] ")
    assert made.text.startswith("Only a test.\n\n")


def test_the_wire_format() -> None:
    mail = message_from_bytes(message().to_email().as_bytes(), policy=policy.default)
    assert str(mail["From"]) == "Acme <sos@sos.example>"
    assert mail["To"].addresses[0].display_name == "Ann Åkesson"
    assert mail["Subject"] == "Väl mött"
    assert mail["Message-ID"] == "<abc@sos.example>"
    assert mail["Date"].datetime == AT
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("field", ["subject", "sender", "sender_name", "message_id"])
@pytest.mark.parametrize("smuggled", ["a\r\nBcc: all@x.example", "a\nb", "a\rb", "a\u2028b"])
def test_headers_cannot_be_smuggled_in(field: str, smuggled: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        message(**{field: smuggled}).to_email()
    assert caught.value.code == "mail_header_unsafe"


@pytest.mark.parametrize(
    "address",
    ["", "ann", "ann@", "@x.example", "a b@x.example", "a@x.example\r\nBcc: b@x.example", "a@x..y"],
)
def test_what_is_no_address_is_refused_for_good(address: str) -> None:
    with pytest.raises(Rejected):
        message(to=address).to_email()


def test_a_sender_that_is_no_address_is_not_the_recipients_fault() -> None:
    with pytest.raises(InvalidInput):
        message(sender="nobody").to_email()


def test_hosts_beyond_ascii_are_written_as_the_wire_wants_them() -> None:
    assert "@xn--bcher-kva.example" in str(message(to="ann@bücher.example").to_email()["To"])


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_name_makes_one_header_or_none(name: str, subject: str) -> None:
    try:
        raw = message(sender_name=name, subject=subject).to_email().as_bytes()
    except InvalidInput:
        return
    mail = message_from_bytes(raw, policy=policy.default)
    assert sorted(mail.keys()) == sorted(message().to_email().keys())


def test_the_folder_holds_one_file_a_mail_readable_by_its_owner(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path / "mail")
    mailer.send(message())
    mailer.send(message())
    mailer.send(message(message_id="<other@sos.example>"))
    files = sorted((tmp_path / "mail").iterdir())
    assert len(files) == 2
    assert {file.suffix for file in files} == {".eml"}
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    mailer.close()


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file, no folder")
    with pytest.raises(TryLater):
        FolderMailer(tmp_path / "mail").send(message())


def test_a_mail_that_could_not_be_written_leaves_no_part_of_it(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path)
    mailer.send(message())
    (written,) = tmp_path.iterdir()
    written.unlink()
    written.mkdir()
    with pytest.raises(TryLater):
        mailer.send(message())
    assert list(tmp_path.iterdir()) == [written]


def test_the_settings_choose_the_way_out(tmp_path: Path) -> None:
    assert isinstance(make_mailer(Settings(data_dir=tmp_path)), FolderMailer)
    smtp = make_mailer(Settings(data_dir=tmp_path, mail_url="smtps://ann:pw@mail.example"))
    assert isinstance(smtp, SmtpMailer)
    for url in ("http://ann:hush@mail.example", "smtp://", "mail.example:25"):
        with pytest.raises(Misconfigured) as caught:
            make_mailer(Settings(data_dir=tmp_path, mail_url=url))
        assert "hush" not in str(caught.value)
