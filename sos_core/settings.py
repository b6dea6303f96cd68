"""Every setting of SOS: its name, default and help; read from the environment (``SOS_...``)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The settings of one installation; each can be set as ``SOS_<NAME>`` in the environment."""

    model_config = SettingsConfigDict(env_prefix="SOS_", extra="ignore", frozen=True)

    data_dir: Path = Field(
        default=Path("sos-data"),
        description="Folder of the database file, survey keys, mail folder and uploads.",
    )
    database_url: str = Field(
        default="",
        description="SQLAlchemy address of the database; empty: a SQLite file in the data folder.",
    )
    keys_dir: Path | None = Field(
        default=None,
        description="Folder of survey keys; keep it out of database backups. Default: data_dir/keys.",
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000",
        description="Address under which people reach SOS; personal links start with it.",
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="Key that signs links and tokens; empty: one is made in the data folder.",
    )
    encryption_key: SecretStr = Field(
        default=SecretStr(""),
        description="Key that protects stored secrets, older ones after it, parted by commas; "
        "empty: a file in the data folder.",
    )
    audit_key: SecretStr = Field(
        default=SecretStr(""),
        description="Key that seals the audit log, older ones after it, parted by commas; "
        "empty: a file in the data folder.",
    )
    workers: int = Field(
        default=2,
        ge=0,
        le=64,
        description="Job threads inside the server; 0 when `sos worker` runs apart.",
    )
    mail_url: str = Field(
        default="",
        description="smtp://user:password@host:port or smtps://...; empty: a folder of .eml files.",
        json_schema_extra={"secret": True},
    )
    mail_from: str = Field(
        default="SOS <sos@localhost>",
        description="Sender of mails that an organization has not set.",
    )
    upload_max_bytes: int = Field(
        default=20 * 1024 * 1024, description="Largest file that may be uploaded, in bytes."
    )
    requests_per_minute: int = Field(
        default=1200,
        ge=60,
        description="Requests a minute that an account, an API key or a respondent may send.",
    )
    requests_per_minute_shared: int = Field(
        default=3000,
        ge=60,
        description="Requests a minute from strangers at one network address, or to one embedding.",
    )
    operators_second_factor: bool = Field(
        default=True,
        description="Whether operators have no rights before they have set up a second factor.",
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="Form of the log: console for people, json for collectors."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severity that is logged."
    )

    @property
    def effective_database_url(self) -> str:
        """Return the database address, the SQLite file in the data folder by default."""
        return self.database_url or f"sqlite:///{self.data_dir / 'sos.db'}"

    @property
    def effective_keys_dir(self) -> Path:
        """Return the folder of survey keys."""
        return self.keys_dir or self.data_dir / "keys"

    @property
    def audit_heads_dir(self) -> Path:
        """Return the folder that heads of the audit log are written down in, each hour."""
        return self.data_dir / "audit-heads"

    @property
    def mail_dir(self) -> Path:
        """Return the folder that mails are written to when no mail server is set."""
        return self.data_dir / "mail"

    @property
    def uploads_dir(self) -> Path:
        """Return the folder of uploaded files, which are deleted once their plan is decided."""
        return self.data_dir / "uploads"
