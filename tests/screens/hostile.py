"""Words that are script, markup or a template to whatever does not take them as words; and who looks for them.

A page is looked at as it is sent to the browser: every text of every element, of whatever kind, is judged. What
Streamlit shows as it stands is free; its HTML and its Markdown must hold such words as text alone.
"""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel
from streamlit.testing.v1 import AppTest

MARK: Final = "planted"
NAME: Final = "<img src=x onerror=planted>[planted](javascript:planted)*planted*${planted}"
"""As long as a person's name or a tablet's may be."""
WORDS: Final = (
    "<script>planted()</script><img src=x onerror=planted()>![planted](//planted)[planted](javascript:planted)"
    "</style></script><svg/onload=planted()>&planted;&#60;b id=planted&#62;{{planted}}{planted}%(planted)s"
    "${planted}$planted$`planted`*planted*_planted_~planted~:red[planted]:material/planted:<!--planted--> \\*planted*"
    " datum.planted 'planted' \"planted\" -->]]>planted"
)
"""For every longer field."""

_AS_THEY_STAND: Final = frozenset(
    {
        ("TextInput", "default"),
        ("TextInput", "value"),
        ("TextInput", "placeholder"),
        ("TextArea", "default"),
        ("TextArea", "value"),
        ("TextArea", "placeholder"),
        ("Selectbox", "options"),
        ("Selectbox", "raw_value"),
        ("Selectbox", "placeholder"),
        ("MultiSelect", "options"),
        ("MultiSelect", "raw_values"),
    }
)
"""What Streamlit puts into the page as text: the values of fields, the choices of a list."""
_OURS_ALONE: Final = frozenset({"id", "user_key", "form_id", "key"})
_TURNED: Final = re.compile(r"\\[!-/:-@\[-`{-~]")
"""A sign that Markdown would read, kept from being read."""
_READ: Final = re.compile(rf"[\[\]()<>*_`$~{{}}:!&]{MARK}|{MARK}[\[\]()<>*_`$~{{}}:]")


class _Tags(HTMLParser):
    """What of some HTML is more than text, as far as it knows the mark; and its text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.more: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" or any(name.startswith("on") or MARK in f"{name}{value}" for name, value in attrs):
            self.more.append(self.get_starttag_text() or tag)

    def handle_comment(self, data: str) -> None:
        self.more.append(data)

    def handle_decl(self, decl: str) -> None:
        self.more.append(decl)

    def handle_data(self, data: str) -> None:
        self.text += data


def tags_of(html: str) -> _Tags:
    """Read some HTML."""
    read = _Tags()
    read.feed(html)
    read.close()
    return read


def protos_of(app: AppTest) -> Iterator[Any]:
    """Everything that a page sends to the browser: its elements, and the blocks that they stand in."""
    waiting: list[Any] = [app._tree]
    while waiting:
        one = waiting.pop()
        waiting += list(getattr(one, "children", {}).values())
        if hasattr(getattr(one, "proto", None), "ListFields"):
            yield one.proto


def texts_of(proto: Any) -> Iterator[tuple[str, str, str | bytes]]:
    """Every text in a message: the name of the message that holds it, its field, the text."""
    for field, value in proto.ListFields():
        for one in value if field.is_repeated else [value]:
            if hasattr(one, "ListFields"):
                yield from texts_of(one)
            elif isinstance(one, str | bytes):
                yield type(proto).__name__, field.name, one


def more_than_text(app: AppTest) -> list[str]:
    """Whatever on a page could be taken for more than words by a browser: nothing, on a good page."""
    found = []
    for proto in protos_of(app):
        for message, field, text in texts_of(proto):
            where = f"{message}.{field}: {text!r}"
            if isinstance(text, bytes):
                found += [where] if MARK.encode() in text else []
            elif MARK not in text or field in _OURS_ALONE or (message, field) in _AS_THEY_STAND:
                continue
            elif message == "Html":
                found += [f"{where} holds {more}" for more in tags_of(text).more]
            elif _READ.search(_TURNED.sub("", text)):
                found.append(where)
    return found


def shown(app: AppTest) -> str:
    """What a reader of the page reads."""
    parts = []
    for proto in protos_of(app):
        for message, field, text in texts_of(proto):
            if isinstance(text, str) and field not in _OURS_ALONE:
                as_it_stands = (message, field) in _AS_THEY_STAND
                read = tags_of(text).text if message == "Html" else re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)
                parts.append(text if as_it_stands else read)
    return "\n".join(parts)


# --- fields ---


def planted_in(
    part: type[BaseModel], example: Mapping[str, Any], words: str, *, but: frozenset[str]
) -> dict[str, Any]:
    """The example with the words in every field of text that there is, by the types of the fields.

    Raises AssertionError for a part of which the example says nothing, since its texts would go untried.
    """
    said = dict(example)
    for name, field in part.model_fields.items():
        if name in but:
            continue
        inner = _parts(field.annotation)
        if any(kind is str for kind in inner):
            said[name] = _in_shape(field.annotation, f"{name} {words}")
            continue
        parts = [kind for kind in inner if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if not parts or name == "replacement":
            continue
        if not any(_has_text(kind) for kind in parts):
            continue
        assert name in said, f"the example of {part.__name__} says nothing of {name}"
        given = said[name]
        said[name] = (
            [planted_in(parts[0], one, words, but=but) for one in given]
            if isinstance(given, list)
            else planted_in(parts[0], given, words, but=but)
        )
    return said


def _has_text(part: type[BaseModel]) -> bool:
    return any(str in _parts(field.annotation) for field in part.model_fields.values())


def _in_shape(kind: Any, words: str) -> Any:
    origins = [get_origin(one) for one in (kind, *get_args(kind))]
    if dict in origins:
        return {"asked": words}
    return [words] if tuple in origins else words


def _parts(kind: Any) -> list[Any]:
    """The plain types that a field's type is made of; the words of a Literal are none."""
    if "Literal" in str(get_origin(kind)):
        return []
    inner = get_args(kind)
    if not inner:
        return [kind]
    if get_origin(kind) is dict:
        return _parts(inner[1])
    return [found for one in inner if not _is_a_note(one) for found in _parts(one)]


def _is_a_note(one: Any) -> bool:
    return not (isinstance(one, type) or get_origin(one) is not None)
