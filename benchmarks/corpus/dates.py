"""How a date is printed."""

from datetime import date

from benchmarks.corpus.draw import words

_EN = words("January February March April May June July August September October November December")
_RU = words("января февраля марта апреля мая июня июля августа сентября октября ноября декабря")
FORMATS: tuple[str, ...] = ("dots", "ru", "en", "en_us", "iso", "us_time")


def printed(day: date, form: str) -> str:
    """26.07.2024, 26 июля 2024, 26 July 2024, July 26, 2024, 2024-07-26, or month first with a time of day."""
    match form:
        case "ru":
            return f"{day.day} {_RU[day.month - 1]} {day.year}"
        case "en":
            return f"{day.day} {_EN[day.month - 1]} {day.year}"
        case "en_us":
            return f"{_EN[day.month - 1]} {day.day}, {day.year}"
        case "iso":
            return day.isoformat()
        case "us_time":
            return f"{day.month:02d}/{day.day:02d}/{day.year} {8 + day.day % 11:02d}:{day.toordinal() % 60:02d}:07"
        case _:
            return f"{day.day:02d}.{day.month:02d}.{day.year}"
