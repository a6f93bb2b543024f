"""Where each field of our own paper form (纸质投诉单) lies, in millimetres from the top left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

FieldKind = Literal["text", "digits"]
FieldContent = Literal["text", "name", "phone", "number", "date", "amount"]

_FIELD_KINDS: Final = get_args(FieldKind)
_FIELD_CONTENTS: Final = get_args(FieldContent)


@dataclass(frozen=True, slots=True)
class BoxMm:
    """A rectangle on the page in millimetres; origin top left, y downwards."""

    x: float
    y: float
    w: float
    h: float

    def cell(self, index: int, cells: int) -> BoxMm:
        """Return cell `index` (0-based) of a comb of `cells` equal cells."""
        width = self.w / cells
        return BoxMm(self.x + index * width, self.y, width, self.h)


@dataclass(frozen=True, slots=True)
class Marker:
    """One ArUco corner marker: its id in the template's dictionary and its black square."""

    id: int
    box: BoxMm


@dataclass(frozen=True, slots=True)
class FormField:
    """A writing field: a free box (`text`) or a comb of equal cells (`digits`).

    `captions` are printed above the cells, one for each (年 年 … 日; 元 角 分).
    `decimals` tells how many of the last cells stand right of the decimal point.
    `lines` is the number of writing lines of a free box.
    """

    key: str
    kind: FieldKind
    content: FieldContent
    label: Mapping[str, str]
    label_x: float
    box: BoxMm
    page: int = 1
    cells: int | None = None
    captions: tuple[str, ...] = ()
    decimals: int = 0
    lines: int = 1


@dataclass(frozen=True, slots=True)
class TickOption:
    """One tick box; `option` is its name in results, whatever language is printed beside it."""

    option: str
    label: Mapping[str, str]
    box: BoxMm


@dataclass(frozen=True, slots=True)
class TickGroup:
    """Tick boxes under one printed label; `group` is its name in results."""

    group: str
    label: Mapping[str, str]
    label_x: float
    options: tuple[TickOption, ...]
    page: int = 1


@dataclass(frozen=True, slots=True)
class SignLine:
    """An underlined place for a signature that is not read as a field."""

    label: Mapping[str, str]
    label_x: float
    box: BoxMm


@dataclass(frozen=True, slots=True)
class FormTemplate:
    """One form of ours: `id` is printed and stands in its QR (`AMF1.<id>.…`)."""

    id: str
    page_mm: tuple[float, float]
    title: Mapping[str, str]
    hint: Mapping[str, str]
    notes: tuple[Mapping[str, str], ...]
    marker_dictionary: str
    markers: tuple[Marker, ...]
    qr_boxes: tuple[BoxMm, ...]
    fields: tuple[FormField, ...]
    tick_groups: tuple[TickGroup, ...]
    sign_lines: tuple[SignLine, ...]

    @property
    def serial_lines(self) -> tuple[BoxMm, ...]:
        """Return where the line with the serial is printed: in one language, in two."""
        return tuple(BoxMm(24, top, 124, 5.2) for top in (20.6, 25.1))

    def field(self, key: str) -> FormField:
        """Return the field named `key`; raises KeyError when the form has none."""
        for field in self.fields:
            if field.key == key:
                return field
        raise KeyError(key)


def form_from_dict(data: Mapping[str, Any]) -> FormTemplate:
    """Build a template from the parsed YAML of `resources/forms/`.

    Raises ValueError naming the entry that is missing or wrong.
    """
    template = FormTemplate(
        id=str(_need(data, "id", "form")),
        page_mm=_pair(_need(data, "page_mm", "form")),
        title=_texts(_need(data, "title", "form"), "title"),
        hint=_texts(_need(data, "hint", "form"), "hint"),
        notes=tuple(_texts(note, "notes") for note in data.get("notes", ())),
        marker_dictionary=str(_need(data, "marker_dictionary", "form")),
        markers=tuple(
            Marker(int(_need(m, "id", "markers")), _box(_need(m, "box_mm", "markers"), "markers"))
            for m in _need(data, "markers", "form")
        ),
        qr_boxes=tuple(_box(box, "qr_mm") for box in _need(data, "qr_mm", "form")),
        fields=tuple(_field(entry) for entry in _need(data, "fields", "form")),
        tick_groups=tuple(_group(entry) for entry in data.get("ticks", ())),
        sign_lines=tuple(_sign_line(entry) for entry in data.get("sign_lines", ())),
    )
    _check(template)
    return template


def _need(data: Mapping[str, Any], key: str, where: str) -> Any:
    if key not in data:
        raise ValueError(f"form template: {where} lacks {key!r}")
    return data[key]


def _pair(value: Any) -> tuple[float, float]:
    if len(value) != 2:
        raise ValueError("form template: page_mm must be [width, height]")
    return float(value[0]), float(value[1])


def _box(value: Any, where: str) -> BoxMm:
    if len(value) != 4:
        raise ValueError(f"form template: {where}: a box is [x, y, width, height] in mm")
    return BoxMm(*(float(number) for number in value))


def _texts(value: Any, where: str) -> Mapping[str, str]:
    if not isinstance(value, Mapping) or not value.get("zh_CN"):
        raise ValueError(f"form template: {where} needs a zh_CN text")
    return {str(lang): str(text) for lang, text in value.items()}


def _field(data: Mapping[str, Any]) -> FormField:
    key = str(_need(data, "key", "fields"))
    kind, content = _need(data, "kind", key), _need(data, "content", key)
    if kind not in _FIELD_KINDS:
        raise ValueError(f"form template: {key}: kind must be one of {', '.join(_FIELD_KINDS)}")
    if content not in _FIELD_CONTENTS:
        raise ValueError(f"form template: {key}: content must be one of {_FIELD_CONTENTS}")
    cells = data.get("cells")
    if (kind == "digits") != (cells is not None):
        raise ValueError(f"form template: {key}: digits need cells, text has none")
    captions = tuple(str(caption) for caption in data.get("captions", ()))
    if captions and len(captions) != cells:
        raise ValueError(f"form template: {key}: one caption for each of its {cells} cells")
    return FormField(
        key=key,
        kind=kind,
        content=content,
        label=_texts(_need(data, "label", key), key),
        label_x=float(_need(data, "label_x", key)),
        box=_box(_need(data, "box_mm", key), key),
        page=int(data.get("page", 1)),
        cells=cells,
        captions=captions,
        decimals=int(data.get("decimals", 0)),
        lines=int(data.get("lines", 1)),
    )


def _group(data: Mapping[str, Any]) -> TickGroup:
    label = _texts(_need(data, "label", "ticks"), "ticks")
    group = label["zh_CN"]
    options = tuple(
        TickOption(
            option=_texts(_need(entry, "label", group), group)["zh_CN"],
            label=_texts(entry["label"], group),
            box=_box(_need(entry, "box_mm", group), group),
        )
        for entry in _need(data, "options", group)
    )
    return TickGroup(group, label, float(_need(data, "label_x", group)), options)


def _sign_line(data: Mapping[str, Any]) -> SignLine:
    return SignLine(
        _texts(_need(data, "label", "sign_lines"), "sign_lines"),
        float(_need(data, "label_x", "sign_lines")),
        _box(_need(data, "box_mm", "sign_lines"), "sign_lines"),
    )


def _check(template: FormTemplate) -> None:
    width, height = template.page_mm
    named = [(field.key, field.box) for field in template.fields]
    named += [(o.option, o.box) for g in template.tick_groups for o in g.options]
    named += [(f"marker {marker.id}", marker.box) for marker in template.markers]
    for name, box in named:
        if box.x < 0 or box.y < 0 or box.x + box.w > width or box.y + box.h > height:
            raise ValueError(f"form template: {name} lies outside the page")
        if box.w <= 0 or box.h <= 0:
            raise ValueError(f"form template: {name} has no area")
    keys = [field.key for field in template.fields]
    if len(set(keys)) != len(keys):
        raise ValueError("form template: a field key stands twice")


def serial_with_check(number: int) -> str:
    """Return an 8-digit form serial followed by its ISO/IEC 7064 MOD 11,10 check digit.

    The check digit finds every single wrong digit when a serial is typed by hand.
    Raises ValueError outside 1 … 99,999,999.
    """
    if not 1 <= number <= 99_999_999:
        raise ValueError("a form serial lies between 1 and 99999999")
    digits = f"{number:08d}"
    return digits + _mod_11_10(digits)


def serial_is_valid(serial: str) -> bool:
    """Tell whether `serial` has nine ASCII digits and a right check digit."""
    if len(serial) != 9 or not (serial.isascii() and serial.isdigit()):
        return False
    return _mod_11_10(serial[:-1]) == serial[-1]


def _mod_11_10(digits: str) -> str:
    product = 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


FORM_CODE_PREFIX: Final = "AMF1"


@dataclass(frozen=True, slots=True)
class FormCode:
    """What the QR of a sheet says: which form, which store, which sheet; not yet verified."""

    form: str
    store: str
    serial: str
    key_id: str
    signed: str
    signature: str


def parse_form_code(text: str) -> FormCode | None:
    """Read `AMF1.<form>.<store>.<serial>.<key>.<signature>`; None for any other code.

    `signed` is the part that the signature covers. Foreign codes on a page are ignored, never
    mixed up with ours (paperless-ngx #9736).
    """
    parts = text.split(".")
    if len(parts) != 6 or parts[0] != FORM_CODE_PREFIX or not all(parts):
        return None
    _, form, store, serial, key_id, signature = parts
    if not serial_is_valid(serial):
        return None
    return FormCode(form, store, serial, key_id, ".".join(parts[:5]), signature)
