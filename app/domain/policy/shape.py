"""What every part of the file's shape is made of: strictness, and how a value of a wrong form is refused."""

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

SENTENCE = "sentence"
"""The kind of a mistake whose message is the whole rest of the sentence about it."""

Command = Annotated[str, Field(min_length=1, max_length=2000)]


class Strict(BaseModel):
    """Keys with values; none of them is guessed, and none is ignored."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def unless(wrong: Callable[[str], str | None]) -> AfterValidator:
    """Refuse a text that `wrong` has something against; what it says completes *line 3: `key` …*."""

    def checked(text: str) -> str:
        if said := wrong(text):
            raise sentence(said)
        return text

    return AfterValidator(checked)


def sentence(said: str) -> PydanticCustomError:
    """Return a mistake with a sentence of its own."""
    return PydanticCustomError(SENTENCE, "{said}", {"said": said})
