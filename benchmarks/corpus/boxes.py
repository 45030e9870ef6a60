"""What the site says on every page besides the article: menus, boxes, banners, addresses."""

from benchmarks.corpus.draw import dice, words
from benchmarks.corpus.grammar import Speaker

MENU: dict[str, tuple[str, ...]] = {
    "Organization": ("Mission", "History", "Charter", "Secretary General", "Secretariat", "Joint Staff", "Budget", "Vacancies",
                     "Symbols", "Museum", "Contacts"),
    "Bodies": ("Permanent Council", "Committee of Secretaries", "Military Committee", "Council of Ministers", "Expert council",
               "Commission for armaments", "Coordinating councils", "Parliamentary Assembly", "Working groups"),
    "Activities": ("Exercises", "Peacekeeping", "Borders", "Migration", "Drug control", "Emergencies", "Cyber security",
                   "Armaments", "Training of personnel", "Biological security", "Youth"),
    "Member states": ("Armenia", "Belarus", "Kazakhstan", "Kyrgyzstan", "Russia", "Tajikistan", "Observers", "Partners"),
    "Documents": ("Treaties", "Protocols", "Statements", "Decisions", "Regulations", "Programmes", "Archive of documents",
                  "Forms", "Glossary"),
    "Press centre": ("News", "Speeches", "Interviews", "Photo", "Video", "Accreditation", "Press kit", "In the media",
                     "Calendar", "Subscription"),
    "International": ("United Nations", "Regional bodies", "Academies", "Think tanks", "Joint statements", "Memoranda"),
    "Service": ("Site map", "Search", "Feedback", "Accessibility", "Privacy", "Terms of use", "Mobile version", "Русский"),
}  # fmt: skip
ABOUT = (
    "The Organization unites six states that assist one another in questions of security. Its bodies meet in turn in the "
    "capitals of the member states, and its forces train together every year.",
    "The Secretariat prepares meetings, keeps the archive and answers letters within thirty days. Visitors are received by "
    "appointment.",
    "This site is the official source of information about the work of the Organization. Materials may be quoted with a "
    "reference to the source.",
)  # fmt: skip
BANNER = "Subscribe to our Telegram channel to learn the news first"
BACK = ("Go back", "Back to the section", "Back to the all news")
NETWORKS = ("Telegram", "VK", "Rutube", "OK", "RSS", "Zen")
PROSE_HEADS = ("Quote of the day", "On this day", "Did you know")
_MONTHS = words("January February March April May June July August September October November December")


def path_of(words: str) -> str:
    """A site path for a menu entry."""
    letters = "".join(letter if letter.isalnum() else " " for letter in words.lower())
    return f"/{'_'.join(letters.split()) if letters.isascii() else 'ru'}/"


def archive_months(first_year: int = 2018) -> list[str]:
    """The names of 96 archive pages."""
    return [f"{month} {year}" for year in range(first_year, first_year + 8) for month in _MONTHS]


def prose(seed: object, number: int) -> list[str]:
    """One text of the rotating box: one or two paragraphs without a link."""
    rng = dice("prose", seed, number)
    speaker = Speaker(rng, "en")
    said = speaker.fill("“{claim_cap}, and {claim2}.” {person}, {post}.")
    happened = speaker.fill("In {year}, on {month} {day}, the first {event} on {topic} was held in {city}.")
    return [said if rng.random() < 0.5 else happened, *([speaker.say("sentence")] if rng.random() < 0.4 else [])]


def ticker_script(token: str, nonce: str) -> str:
    """A script of the usual length, with the token of the session."""
    calls = "".join(f"BX.message({{'M{n}':'{(n * 7919) % 9973:04d}'}});" for n in range(60))
    return (
        f"window.BX=window.BX||{{}};BX.message=BX.message||function(){{}};BX.message({{'bitrix_sessid':'{token}',"
        f"'SERVER_TIME':'{int(token[:6], 16)}','nonce':'{nonce}'}});{calls}"
        "(function(d){var s=d.createElement('script');s.async=true;s.src='/bitrix/js/main/core.min.js?'+Date.now();"
        "d.head&&d.head.appendChild(s);})(document);"
    )
