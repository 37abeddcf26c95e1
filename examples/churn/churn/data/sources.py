"""Places that raw tables come from."""

import sqlite3
from pathlib import Path

import pandas as pd

from churn.exceptions import DataError
from churn.logger import get_logger

logger = get_logger(__name__)


class Source:
    """One raw table. Subclasses know how to read it."""

    def __init__(self, name, location):
        self.name = name
        self.location = Path(location)

    def read(self):
        """Return the whole table, checked and tidied."""
        if not self.location.exists():
            raise DataError(f"source `{self.name}`: no such file {self.location.name}")
        frame = self.tidy(self._read())
        if frame.empty:
            raise DataError(f"source `{self.name}` is empty")
        logger.info("%s: %d rows from %s", self.name, len(frame), self.describe())
        return frame

    def tidy(self, frame):
        """Column names in lower case, no duplicates."""
        frame = frame.rename(columns=str.lower)
        return frame.drop_duplicates(ignore_index=True)

    def describe(self):
        return self.location.name

    def _read(self):
        raise NotImplementedError


class SqliteSource(Source):
    """A table of the CRM database."""

    def __init__(self, name, location, order_by="customer_id"):
        super().__init__(name, location)
        self.order_by = order_by

    def _read(self):
        connection = sqlite3.connect(self.location)
        try:
            return pd.read_sql_query(f"SELECT * FROM {self.name} ORDER BY {self.order_by}", connection)
        except pd.errors.DatabaseError as error:
            raise DataError(f"source `{self.name}`: {error}") from error
        finally:
            connection.close()

    def describe(self):
        return f"{self.location.name}:{self.name}"


class CsvSource(Source):
    """A CSV export, read in chunks because the usage export is large in real life."""

    chunk_rows = 5000

    def _read(self):
        return pd.concat(list(self.chunks()), ignore_index=True)

    def chunks(self):
        """Yield the rows `chunk_rows` at a time."""
        with pd.read_csv(self.location, chunksize=self.chunk_rows) as reader:
            for chunk in reader:
                yield chunk


class UsageSource(CsvSource):
    """Weekly usage; weeks with negative minutes are clock errors of the app and are dropped."""

    def tidy(self, frame):
        frame = super().tidy(frame)
        return frame[frame["minutes"] >= 0].reset_index(drop=True)
