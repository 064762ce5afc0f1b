"""Which pump is meant: by a scanned code, or by words of its name, patient id, serial or model."""

from collections.abc import Sequence

from pumplog.desk.shapes import Found, PumpCard
from pumplog.entries import serial_key
from pumplog.errors import EntryRefused, Fault
from pumplog.scanning import Scanned, read_scan, words_of

MOST_SHOWN = 8


def found_among(cards: Sequence[PumpCard], typed: str) -> Found:
    """The pumps that fit what was typed or scanned, active ones first.

    Raises EntryRefused for a code that cannot be read, and for one of a pump that is not on record.
    """
    scanned = read_scan(typed)
    if scanned is not None:
        return Found((), 0, _scanned(cards, scanned))
    words = words_of(typed).casefold().split()
    fitting = [card for card in cards if all(word in _known(card) for word in words)]
    fitting.sort(key=lambda card: (card.retired, card.patient_name.casefold(), card.pump_serial))
    whole = [card for card in fitting if words and serial_key(card.pump_serial) == serial_key(words_of(typed))]
    return Found(tuple(fitting[:MOST_SHOWN]), len(fitting), whole[0] if len(fitting) == len(whole) == 1 else None)


def _known(card: PumpCard) -> str:
    return f"{card.patient_name} {card.patient_id} {card.pump_serial} {card.pump_model}".casefold()


def _scanned(cards: Sequence[PumpCard], scanned: Scanned) -> PumpCard:
    """The pump whose serial was scanned; what may be the serial counts only where one single pump has it."""
    if scanned.serial is None and not scanned.serial_guesses:
        raise _unknown("This code holds no serial: scan the code of the pump, or type the serial from its card.")
    by_serial = {serial_key(card.pump_serial): card for card in cards}
    exact = by_serial.get(serial_key(scanned.serial)) if scanned.serial else None
    guessed = [by_serial[serial_key(one)] for one in scanned.serial_guesses if serial_key(one) in by_serial]
    if exact is not None:
        return exact
    if len(guessed) == 1:
        return guessed[0]
    said = f'"{scanned.serial}" ' if scanned.serial else ""
    raise _unknown(f"No pump with the scanned serial {said}is on record: check the card, or register the pump first.")


def _unknown(says: str) -> EntryRefused:
    return EntryRefused(Fault("pump_serial", says))
