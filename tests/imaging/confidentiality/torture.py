"""An object with a secret in every place a DICOM file has room for one: 50 secrets, 25 dates, at every depth."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import UID, ExplicitVRLittleEndian

from tests.studies.films import DX, file_of, picture

ROOT = "1.2.826.0.1.3680043.8.498"


@dataclass
class Planted:
    """The file and everything hidden in it."""

    content: bytes = b""
    secrets: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def secret(self, short: bool = False) -> str:
        """A word that occurs nowhere else."""
        word = f"QZ{next(self.numbers):02d}" + ("" if short else "SECRETWORD")
        self.secrets.append(word)
        return word

    def date(self) -> str:
        """A day that occurs nowhere else."""
        day = f"1987{next(self.numbers) % 12 + 1:02d}{len(self.dates) % 28 + 1:02d}"
        self.dates.append(day)
        return day

    def name(self) -> str:
        """A person's name in three writings, with the reversed order as a secret too."""
        word = self.secret()
        self.secrets.append(f"{word[::-1]}")
        return f"{word}^{word[::-1]}=\u5c71\u7530^{word[:4]}\u592a\u90ce="

    def uid(self) -> str:
        """A UID with a time in it, as hospitals make them."""
        return f"{ROOT}.{self.date()}.{next(self.numbers)}"


def planted() -> Planted:
    """The torture object: valid enough to be taken, poisoned everywhere."""
    p = Planted()
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    identify(ds, p)
    describe(ds, p)
    nest(ds, p)
    hide_outside_the_table(ds, p)
    plant_picture(ds, p)
    p.content = file(ds, p)
    return p


def identify(ds: Dataset, p: Planted) -> None:
    ds.PatientName, ds.PatientID, ds.OtherPatientIDs = p.name(), p.secret(), p.secret()
    ds.PatientBirthDate, ds.PatientComments, ds.PatientAddress = p.date(), p.secret(), p.secret()
    ds.PatientAge, ds.PatientWeight, ds.EthnicGroup = "043Y", "71.5", p.secret(short=True)
    ds.ReferringPhysicianName, ds.OperatorsName, ds.PerformingPhysicianName = p.name(), p.name(), p.name()
    ds.InstitutionName, ds.InstitutionAddress, ds.StationName = p.secret(), p.secret(), p.secret(short=True)
    ds.AccessionNumber, ds.StudyID, ds.DeviceSerialNumber = p.secret(short=True), p.secret(short=True), p.secret()
    ds.IssuerOfPatientID, ds.MedicalRecordLocator, ds.PatientTelephoneNumbers = (
        p.secret(),
        p.secret(),
        p.secret(short=True),
    )
    ds.SOPClassUID, ds.SOPInstanceUID, ds.StudyInstanceUID, ds.SeriesInstanceUID = DX, p.uid(), p.uid(), p.uid()
    ds.FrameOfReferenceUID, ds.IrradiationEventUID, ds.DeviceUID = p.uid(), p.uid(), p.uid()
    for keyword in ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate", "InstanceCreationDate"):
        setattr(ds, keyword, p.date())
    ds.AcquisitionDateTime = f"{p.date()}101112.123+0100"
    ds.PerformedProcedureStepStartDate, ds.PatientBirthDateInAlternativeCalendar = p.date(), p.date()
    ds.DateOfLastDetectorCalibration, ds.DateOfLastCalibration = p.date(), p.date()
    ds.StudyTime, ds.AcquisitionTime, ds.TimeOfLastDetectorCalibration = "101112", "101113.5", "101114"


def describe(ds: Dataset, p: Planted) -> None:
    """Free text, and text where code words belong."""
    ds.StudyDescription, ds.SeriesDescription, ds.ProtocolName = f"week 52 {p.secret()}", p.secret(), p.secret()
    ds.ImageComments, ds.DerivationDescription, ds.AdmittingDiagnosesDescription = p.secret(), p.secret(), p.secret()
    ds.Manufacturer, ds.ManufacturerModelName, ds.SoftwareVersions = p.secret(), p.secret(), p.secret()
    ds.DetectorID, ds.PlateID, ds.CassetteID = p.secret(short=True), p.secret(), p.secret(short=True)
    ds.BodyPartExamined, ds.ViewPosition, ds.Modality = p.secret(short=True), p.secret(short=True), "DX"
    ds.ImageLaterality, ds.PatientOrientation = "L", ["R", "F"]
    ds.ImageType = ["ORIGINAL", "PRIMARY", p.secret(short=True)]
    ds.WindowCenterWidthExplanation, ds.WindowCenter, ds.WindowWidth = p.secret(), 2000, 3000
    ds.RescaleType, ds.RescaleSlope, ds.RescaleIntercept = p.secret(short=True), 1, 0
    ds.SeriesNumber, ds.InstanceNumber, ds.AcquisitionNumber = 52, 7, 52
    ds.ClinicalTrialTimePointID, ds.ClinicalTrialTimePointDescription = p.secret(), p.secret()


def nest(ds: Dataset, p: Planted) -> None:
    """Sequences, three deep, some of a kind that the allow-list knows."""
    deepest = Dataset()
    deepest.PatientName, deepest.StudyDate, deepest.CodeMeaning = p.name(), p.date(), p.secret()
    middle = Dataset()
    middle.ReferencedSOPSequence, middle.InstitutionName = Sequence([deepest]), p.secret()
    middle.ReferencedSOPInstanceUID = p.uid()
    ds.ReferencedStudySequence = Sequence([middle])
    ds.RequestAttributesSequence = Sequence(
        [make_item(ScheduledProcedureStepDescription=p.secret(), StudyInstanceUID=p.uid())]
    )
    ds.ContributingEquipmentSequence = Sequence([make_item(InstitutionName=p.secret(), ContributionDateTime=p.date())])
    region = make_item(CodeValue="85562004", CodingSchemeDesignator="SCT", CodeMeaning=p.secret())
    region.AnatomicRegionModifierSequence = Sequence([make_item(CodeValue="1", CodeMeaning=p.secret())])
    ds.AnatomicRegionSequence = Sequence([region])
    ds.ViewCodeSequence = Sequence([make_item(CodeValue=p.secret(short=True), CodeMeaning=p.secret())])
    lut = make_item(LUTDescriptor=[256, 0, 12], LUTExplanation=p.secret())
    lut.add_new(Tag("LUTData"), "OW", (np.arange(256, dtype="<u2") * 16).tobytes())
    ds.VOILUTSequence = Sequence([lut])


def make_item(**values: Any) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def hide_outside_the_table(ds: Dataset, p: Planted) -> None:
    """Private groups, overlays, curves, profiles, icons, unknown and signed parts, padding at the end."""
    block = ds.private_block(0x0009, p.secret(), create=True)
    block.add_new(0x01, "LO", p.secret())
    block.add_new(0x02, "OB", p.secret().encode("utf-16-le") + b"\x00\x00")
    nested = ds.private_block(0x0019, p.secret(), create=True)
    nested.add_new(0x01, "SQ", Sequence([make_item(PatientName=p.name(), StudyDate=p.date())]))
    ds.add_new(0x00191099, "UN", p.secret().encode() + p.date().encode())
    ds.add_new(0x60000022, "LO", p.secret())
    ds.add_new(0x60001500, "LO", p.secret())
    ds.add_new(0x60004000, "LT", p.secret())
    ds.add_new(0x60003000, "OW", even(p.secret().encode()))
    ds.add_new(0x50000030, "SH", p.secret(short=True))
    ds.add_new(0x00282000, "OB", even(p.secret().encode()))
    ds.IconImageSequence = Sequence([make_item(Rows=2, Columns=2, PixelData=even(p.secret().encode()))])
    ds["IconImageSequence"].value[0]["PixelData"].VR = "OB"
    ds.add_new(
        0x04000561,
        "SQ",
        Sequence([make_item(SourceOfPreviousValues=p.secret(), AttributeModificationDateTime=p.date())]),
    )
    ds.add_new(0xFFFCFFFC, "OB", even(p.secret().encode()))


def plant_picture(ds: Dataset, p: Planted) -> None:
    """Twelve bits of picture, and a secret in the four bits above each."""
    pixels = picture()
    hidden = np.frombuffer(p.secret().encode() * 40, dtype=np.uint8)
    spare = np.zeros(pixels.size, dtype=np.uint16)
    spare[: hidden.size * 2 : 2], spare[1 : hidden.size * 2 : 2] = hidden >> 4, hidden & 15
    ds.Rows, ds.Columns = pixels.shape
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.add_new(Tag("PixelData"), "OW", (pixels | spare.reshape(pixels.shape) << 12).astype("<u2").tobytes())


def file(ds: Dataset, p: Planted) -> bytes:
    meta = ds.file_meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = UID(DX), UID(ds.SOPInstanceUID)
    meta.SourceApplicationEntityTitle = p.secret(short=True)
    meta.SendingApplicationEntityTitle, meta.ReceivingApplicationEntityTitle = (
        p.secret(short=True),
        p.secret(short=True),
    )
    meta.PrivateInformationCreatorUID, meta.PrivateInformation = UID(p.uid()), even(p.secret().encode())
    ds.preamble = p.secret().encode().ljust(64) + p.date().encode("utf-16-le").ljust(64)
    return file_of(ds)


def even(content: bytes) -> bytes:
    return content + b"\x00" * (len(content) % 2)
