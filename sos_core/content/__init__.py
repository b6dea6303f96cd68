"""All texts and the questionnaire as data, in five languages; see ``docs/translation.md``."""

from sos_core.content.catalogs import catalog, message, paragraphs, text
from sos_core.content.formats import (
    date_text,
    level_title,
    list_text,
    moment_text,
    month_text,
    number_text,
    percent_text,
)
from sos_core.content.languages import (
    DEFAULT_LANGUAGE,
    LANGUAGES,
    endonym,
    normalize_language,
)
from sos_core.content.questionnaires import (
    Activity,
    Area,
    Band,
    Questionnaire,
    Statement,
    questionnaire,
)

__all__ = [
    "DEFAULT_LANGUAGE",
    "LANGUAGES",
    "Activity",
    "Area",
    "Band",
    "Questionnaire",
    "Statement",
    "catalog",
    "date_text",
    "endonym",
    "level_title",
    "list_text",
    "message",
    "moment_text",
    "month_text",
    "normalize_language",
    "number_text",
    "paragraphs",
    "percent_text",
    "questionnaire",
    "text",
]
