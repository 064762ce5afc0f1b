"""What clinics call the columns of their sheets: letters and digits alone, without capitals or unit."""

from collections.abc import Mapping
from typing import Final

_NAMES: Final[Mapping[str, str]] = {
    "patient_id": (
        "patientid patientno patientnumber patientidentifier ptid ptno ptnumber mrn mrno urn ur urno "
        "hospitalno hospitalnumber hospitalid hospno hospnumber hospid medicalrecord medicalrecordno "
        "medicalrecordnumber recordno recordnumber chartno chartnumber caseno casenumber unitnumber "
        "nhsno nhsnumber"
    ),
    "patient_name": (
        "patientname patient name fullname ptname pt patientsname nameofpatient patientfullname client clientname"
    ),
    "date_of_birth": ("dateofbirth dob birthdate birthday born birth patientdob patientdateofbirth"),
    "pump_model": (
        "pumpmodel model pump pumptype pumpname typeofpump modelno modelnumber device devicemodel devicetype"
    ),
    "pump_serial": (
        "pumpserial serial serialno serialnr serialnumber sn pumpsn pumpserialno pumpserialnumber pumpno "
        "pumpnumber pumpid deviceserial deviceserialno deviceserialnumber devicesn"
    ),
    "capacity_ml": (
        "capacity reservoir reservoirsize reservoircapacity pumpcapacity pumpsize capacityofpump "
        "sizeofreservoir pumpreservoir pumpreservoirsize"
    ),
    "alarm_volume_ml": (
        "alarmvolume alarmvol alarm alarmat alarmlevel alarmsetting lowalarm lowvolumealarm lowreservoir "
        "lowreservoiralarm lowreservoirvolume lowreservoiralarmvolume lowreservoiralarmvol reservoiralarm "
        "reservoiralarmvolume lowvolumealarmlevel"
    ),
    "visit_date": (
        "visitdate date visit visiton dateofvisit datevisited refilldate dateofrefill daterefilled refilledon "
        "filldate dateoffill datefilled filledon lastrefill lastrefilldate dateoflastrefill servicedate "
        "dateofservice encounterdate proceduredate dateofprocedure clinicdate"
    ),
    "drawn_ml": (
        "drawn drawnvolume drawnvol drawnout drawnoff volumedrawn voldrawn residual residualvolume residualvol "
        "residualdrawn residualmeasured actualresidual actualresidualvolume measuredresidual "
        "measuredresidualvolume aspirated aspiratedvolume volumeaspirated aspirate withdrawn withdrawnvolume "
        "volumewithdrawn removed removedvolume volumeremoved returned returnedvolume volumereturned"
    ),
    "drug": ("drug drugname drugs medication medicationname medicine med agent infusate"),
    "concentration": (
        "concentration conc concn drugconcentration drugconc medicationconcentration concentrationofdrug "
        "strength drugstrength"
    ),
    "volume_after_fill_ml": (
        "volumeafterfill volumeafterrefill volumeafterfilling volafterfill volafterrefill volumeafter volafter "
        "filledto filledtovolume fillto filled refilledto fillvolume fillvol filledvolume volumefilled "
        "refillvolume refillvol postfillvolume postrefillvolume finalvolume newvolume newreservoirvolume "
        "reservoirvolumeafterfill reservoirvolumeafterrefill"
    ),
    "daily_dose": (
        "dailydose dose doseperday doseday dosedaily dose24h dose24hr dose24hrs doseper24h doseper24hr "
        "doseper24hours dosein24h dosein24hours totaldailydose totaldoseperday tdd rateperday dailyrate "
        "ratedaily doserate doserateperday infusionrateperday programmeddose programmeddailydose "
        "currentdose currentdailydose dailydosage dosageperday"
    ),
    "mode": (
        "mode infusionmode deliverymode dosingmode pumpmode therapymode programme program infusiontype "
        "infusionpattern dosingpattern pattern"
    ),
    "lot": ("lot lotno lotnr lotnumber batch batchno batchnr batchnumber druglot drugbatch lotbatch"),
    "expiry": (
        "expiry expirydate exp expdate expires expireson expiration expirationdate dateofexpiry useby "
        "usebydate drugexpiry drugexpirydate lotexpiry batchexpiry"
    ),
    "nurse": (
        "nurse nursename refilledby filledby doneby performedby seenby by clinician practitioner provider "
        "operator staff initials nurseinitials"
    ),
    "notes": ("notes note comment comments remark remarks freetext"),
}
HEADERS: Final[Mapping[str, frozenset[str]]] = {field: frozenset(names.split()) for field, names in _NAMES.items()}
"""Field by field, every name by which its column is recognised.

Left out on purpose, because they can mean two things: reservoir volume (capacity, or what is in it now),
volume in and injected (not what the reservoir holds afterwards), next refill, id.
"""
