"""The response to a store request (PS3.18 10.5.3): stored and failed instances, as DICOM JSON or XML."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from pydicom.datadict import dictionary_VR, keyword_for_tag, tag_for_keyword


@dataclass(frozen=True)
class StoredInstance:
    """One instance; `failure` is 0 when it has been stored safely."""

    sop_class: str
    sop_instance: str
    failure: int = 0

    def item(self) -> dict[str, Any]:
        """The instance as an item of the response."""
        found: dict[str, Any] = {}
        if self.sop_instance:
            found["ReferencedSOPClassUID"], found["ReferencedSOPInstanceUID"] = self.sop_class, self.sop_instance
        if self.failure:
            found["FailureReason"] = self.failure
        return found


@dataclass
class StoreAnswer:
    """All instances of one request."""

    instances: list[StoredInstance] = field(default_factory=list)

    @property
    def status(self) -> int:
        """200 all stored, 202 some, 409 none."""
        failed = [one for one in self.instances if one.failure]
        if not failed:
            return 200 if self.instances else 409
        return 409 if len(failed) == len(self.instances) else 202

    def dataset(self) -> dict[str, Any]:
        """Keywords to sequences; parts without a UID have a separate sequence."""
        groups: dict[str, list[dict[str, Any]]] = {}
        for one in self.instances:
            named = "FailedSOPSequence" if one.sop_instance else "OtherFailuresSequence"
            groups.setdefault(named if one.failure else "ReferencedSOPSequence", []).append(one.item())
        return dict(groups)

    def as_json(self) -> str:
        """application/dicom+json (PS3.18 annex F)."""
        return json.dumps(json_of(self.dataset()))

    def as_xml(self) -> str:
        """application/dicom+xml, the Native DICOM Model (PS3.19 annex A)."""
        body = "".join(xml_of(keyword, value) for keyword, value in self.dataset().items())
        space = "http://dicom.nema.org/PS3.19/models/NativeDICOM"
        return f'<?xml version="1.0" encoding="UTF-8"?><NativeDicomModel xmlns="{space}">{body}</NativeDicomModel>'


def tag_of(keyword: str) -> str:
    return f"{tag_for_keyword(keyword):08X}"


def json_of(dataset: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for keyword, value in dataset.items():
        values = [json_of(item) for item in value] if isinstance(value, list) else [value]
        found[tag_of(keyword)] = {"vr": dictionary_VR(keyword), "Value": values}
    return found


def xml_of(keyword: str, value: Any) -> str:
    tag = tag_of(keyword)
    words = {"tag": tag, "vr": dictionary_VR(keyword), "keyword": keyword_for_tag(tag)}
    attributes = " ".join(f"{name}={quoteattr(word)}" for name, word in words.items())
    if isinstance(value, list):
        items = "".join(
            f'<Item number="{number}">{"".join(xml_of(*pair) for pair in item.items())}</Item>'
            for number, item in enumerate(value, start=1)
        )
        return f"<DicomAttribute {attributes}>{items}</DicomAttribute>"
    return f'<DicomAttribute {attributes}><Value number="1">{escape(str(value))}</Value></DicomAttribute>'
