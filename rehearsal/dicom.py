"""A synthetic film as the DICOM file a hospital would send: DX or CR, 12 bits, with headers that identify a person.

The people in them are fictitious; names begin with ZZ so that they are recognised wherever they appear.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Literal

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import (
    UID,
    ComputedRadiographyImageStorage,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    JPEGLSLossless,
    generate_uid,
)

from rehearsal.anatomy import Side
from rehearsal.exposure import WHITE
from rehearsal.film import SyntheticFilm

BodyPart = Literal["HAND", "FOOT"]
View = Literal["PA", "AP"]

# Fingers and toes point up: rows run to the patient's left (hand) or right (foot), columns to the wrist or heel.
ORIENTATION = {"HAND": ["L", "H"], "FOOT": ["R", "P"]}
REGION = {"HAND": codes.cid4009.Hand, "FOOT": codes.cid4009.Foot}
VIEWS = {"PA": codes.cid4010.PosteroAnterior, "AP": codes.cid4010.Dorsoplantar}


@dataclass(frozen=True)
class Hospital:
    """The header values that a site's equipment writes about itself and its staff."""

    name: str = "ZZ Canary General Hospital"
    address: str = "1 Canary Street, ZZ-0000 Canary"
    referrer: str = "ZZ^REFERRER^ANN"
    operator: str = "ZZ^OPERATOR^BEN"
    station: str = "ZZCANARY1"
    serial: str = "ZZ-SERIAL-0001"


@dataclass(frozen=True)
class Patient:
    """The person on the film."""

    id: str
    name: str
    birth_date: date | None = None
    sex: Literal["M", "F", "O", ""] = ""


@dataclass(frozen=True)
class Variant:
    """How the file is written: modality, polarity, compression, and whether it declares text in the picture."""

    modality: Literal["DX", "CR"] = "DX"
    monochrome1: bool = False
    compressed: bool = False
    burned_in: bool = False


@dataclass(frozen=True)
class Shot:
    film: SyntheticFilm
    patient: Patient
    taken: date
    side: Side
    view: View
    body_part: BodyPart
    accession: str

    def uid(self, *more: str) -> UID:
        """The same identifier for the same study, series or film, and a new one when its pixels differ."""
        return generate_uid(entropy_srcs=["blindread rehearsal", self.patient.id, self.taken.isoformat(), *more])


PLAIN = Variant()
SOMEWHERE = Hospital()


def as_dx(
    film: SyntheticFilm,
    *,
    patient_id: str,
    patient_name: str,
    study_date: date,
    side: Side,
    view: View,
    body_part: BodyPart,
    birth_date: date | None = None,
    sex: Literal["M", "F", "O", ""] = "",
    accession: str = "",
    hospital: Hospital = SOMEWHERE,
    variant: Variant = PLAIN,
) -> bytes:
    """The bytes of a DICOM file; the four films of one patient and date belong to one study."""
    patient = Patient(patient_id, patient_name, birth_date, sex)
    shot = Shot(film, patient, study_date, side, view, body_part, accession)
    dataset = file(shot, variant)
    identify(dataset, shot, hospital)
    place(dataset, shot, variant)
    technique(dataset, shot)
    if variant.modality == "DX":
        detector(dataset, shot, hospital)
    write_pixels(dataset, film, variant)
    return written(dataset, variant)


def file(shot: Shot, variant: Variant) -> FileDataset:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    digital = variant.modality == "DX"
    sop_class: UID = DigitalXRayImageStorageForPresentation if digital else ComputedRadiographyImageStorage
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID = meta.MediaStorageSOPClassUID = sop_class
    pixels = hashlib.sha256(shot.film.pixels.tobytes()).hexdigest()
    instance = shot.uid(shot.body_part, shot.side, pixels, repr(variant))
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID = instance
    dataset.StudyInstanceUID = shot.uid()
    dataset.SeriesInstanceUID = shot.uid(shot.body_part, shot.side, variant.modality)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    return dataset


def identify(dataset: Dataset, shot: Shot, hospital: Hospital) -> None:
    day = shot.taken.strftime("%Y%m%d")
    dataset.PatientName, dataset.PatientID = shot.patient.name, shot.patient.id
    dataset.PatientBirthDate = shot.patient.birth_date.strftime("%Y%m%d") if shot.patient.birth_date else ""
    dataset.PatientSex = shot.patient.sex
    for event in ("Study", "Series", "Acquisition", "Content"):
        setattr(dataset, f"{event}Date", day)
        setattr(dataset, f"{event}Time", "093000")
    dataset.StudyID = day[2:]
    dataset.AccessionNumber = shot.accession or f"A{day}"
    dataset.StudyDescription = "Hands and feet"
    dataset.SeriesDescription = f"{shot.body_part.title()} {shot.side} {shot.view}"
    dataset.ReferringPhysicianName, dataset.OperatorsName = hospital.referrer, hospital.operator
    dataset.InstitutionName, dataset.InstitutionAddress = hospital.name, hospital.address
    dataset.StationName, dataset.DeviceSerialNumber = hospital.station, hospital.serial
    dataset.Manufacturer, dataset.ManufacturerModelName = "ZZ Canary Imaging", "Synthetic film"
    dataset.SoftwareVersions = "ZZ 1.0"


def place(dataset: Dataset, shot: Shot, variant: Variant) -> None:
    """The part of the body and the direction of view."""
    number = ("HAND", "FOOT").index(shot.body_part) * 2 + ("L", "R").index(shot.side) + 1
    dataset.SeriesNumber, dataset.InstanceNumber = number, 1
    dataset.Modality = variant.modality
    dataset.BodyPartExamined, dataset.ViewPosition = shot.body_part, shot.view
    dataset.PatientOrientation = ORIENTATION[shot.body_part]
    if variant.modality == "CR":
        dataset.Laterality = shot.side
        return
    dataset.ImageLaterality = shot.side
    dataset.AnatomicRegionSequence = [coded(REGION[shot.body_part])]
    dataset.ViewCodeSequence = [coded(VIEWS[shot.view])]
    dataset.ViewCodeSequence[0].ViewModifierCodeSequence = []
    dataset.PositionerType = "NONE"


def technique(dataset: Dataset, shot: Shot) -> None:
    dataset.KVP = "50" if shot.body_part == "HAND" else "55"
    dataset.ExposureTime, dataset.XRayTubeCurrent = "20", "200"
    dataset.DistanceSourceToDetector = "1100"
    dataset.ImagerPixelSpacing = [shot.film.spacing_mm] * 2


def detector(dataset: Dataset, shot: Shot, hospital: Hospital) -> None:
    dataset.AcquisitionContextSequence = []
    dataset.PresentationIntentType = "FOR PRESENTATION"
    dataset.DetectorType, dataset.DetectorConfiguration = "SCINTILLATOR", "AREA"
    dataset.DetectorID = f"{hospital.serial}-D"
    dataset.DateOfLastDetectorCalibration = shot.taken.strftime("%Y%m%d")
    dataset.FieldOfViewShape = "RECTANGLE"
    rows, columns = shot.film.pixels.shape
    dataset.FieldOfViewDimensions = [round(columns * shot.film.spacing_mm), round(rows * shot.film.spacing_mm)]
    dataset.PixelIntensityRelationship, dataset.PixelIntensityRelationshipSign = "LOG", 1


def write_pixels(dataset: Dataset, film: SyntheticFilm, variant: Variant) -> None:
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    dataset.Rows, dataset.Columns = film.pixels.shape
    dataset.SamplesPerPixel, dataset.PixelRepresentation = 1, 0
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PhotometricInterpretation = "MONOCHROME1" if variant.monochrome1 else "MONOCHROME2"
    dataset.PresentationLUTShape = "INVERSE" if variant.monochrome1 else "IDENTITY"
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = "0", "1", "US"
    dataset.WindowCenter, dataset.WindowWidth = "2048", "4096"
    dataset.LossyImageCompression = "00"
    dataset.BurnedInAnnotation = "YES" if variant.burned_in else "NO"
    pixels = WHITE - film.pixels if variant.monochrome1 else film.pixels
    dataset.PixelData = np.ascontiguousarray(pixels, dtype="<u2").tobytes()
    dataset["PixelData"].VR = "OW"


def written(dataset: FileDataset, variant: Variant) -> bytes:
    if variant.compressed:
        dataset.compress(JPEGLSLossless, generate_instance_uid=False)
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def coded(code: Code) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator = code.value, code.scheme_designator
    item.CodeMeaning = code.meaning
    return item
