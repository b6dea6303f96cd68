"""The limits of this plugin; the console draws its form from the titles, helps and defaults."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

MEBIBYTE = 1024 * 1024


class ExcelSettings(BaseModel):
    """How large a file may be, and what reading it may cost."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file_bytes: int = Field(
        default=20 * MEBIBYTE,
        ge=1024,
        title="Largest file",
        description="Bytes that an uploaded file may have; 100,000 people need about 4 MiB.",
    )
    unpacked_bytes: int = Field(
        default=200 * MEBIBYTE,
        ge=1024,
        title="Largest unpacked size",
        description="Bytes that all parts of a workbook may have together once unpacked.",
    )
    compression_ratio: int = Field(
        default=100,
        ge=2,
        title="Highest compression",
        description="How many times larger than packed a workbook may be; bombs are far above.",
    )
    members: int = Field(
        default=200,
        ge=10,
        title="Most parts",
        description="Files that a workbook may consist of inside; an ordinary one has about ten.",
    )
    rows: int = Field(
        default=200_000,
        ge=1,
        title="Most rows",
        description="Rows of people that one file may have.",
    )
    header_rows: int = Field(
        default=30,
        ge=1,
        le=1000,
        title="Rows searched for the headings",
        description="How far down the headings may stand, below titles and notes.",
    )
    page_rows: int = Field(
        default=500,
        ge=1,
        le=5000,
        title="Rows a page",
        description="Rows that are handed over at a time.",
    )
    memory_bytes: int = Field(
        default=768 * MEBIBYTE,
        ge=256 * MEBIBYTE,
        title="Memory for reading",
        description="Address space of the process that reads a file; it ends where more is asked.",
    )
    cpu_seconds: int = Field(
        default=60,
        ge=1,
        title="Processor time for reading",
        description="Seconds after which the reading process is ended.",
    )
    wait_seconds: float = Field(
        default=120.0,
        gt=0,
        title="Longest wait",
        description="Seconds to wait for the next page of the reading process.",
    )
