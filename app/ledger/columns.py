"""Column types that mean the same on SQLite and PostgreSQL. The migrations use them too, so they never change."""

from datetime import UTC, datetime

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine


class Instant(TypeDecorator[datetime]):
    """A timezone-aware instant. SQLite keeps it as UTC text of one width, which sorts by time and reads well."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        """Choose what the database stores."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(32))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Refuse an instant without a timezone: it would be read as another one elsewhere."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no timezone")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.isoformat(timespec="microseconds")

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (the base's signature)
        """Return it in UTC, whatever the session's timezone."""
        if value is None:
            return None
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
        return instant.astimezone(UTC)


class Prose(TypeDecorator[str]):
    """Text that quotes the outside world. What a database cannot store (NUL, half a surrogate) becomes `�`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (the base's signature)
        """Replace what PostgreSQL or UTF-8 would refuse: a reason must never be lost to its own wording."""
        if value is None:
            return None
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


Counter = BigInteger().with_variant(Integer, "sqlite")
"""A row number. SQLite counts by itself only in a column of type INTEGER."""

Document = JSON(none_as_null=True)
"""A value as JSON. PostgreSQL's `json`, not `jsonb`: that one refuses the NUL which a log line may hold."""
