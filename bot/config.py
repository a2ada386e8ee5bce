"""Settings from the environment and `.env`: frozen, typed, all problems told at once."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import BadSettings, ConfigError
from bot.log import LogForm
from bot.texts.languages import machine_language

_HTTP_ADDRESS = r"^$|^https?://\S+$"
_PROXY_ADDRESS = r"http://([^\s:/@]+:[^\s/@]*@)?([\w.-]+|\[[\da-fA-F:.]+\]):\d{1,5}/?"


class Settings(BaseSettings):
    """One field per setting; `.env.example` and README list the same (a test compares them)."""

    model_config = SettingsConfigDict(
        frozen=True,
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        env_ignore_empty=True,
    )

    home: Path | None = Field(default=None, validation_alias="JUBO_HOME")
    # It may hold a password.
    database_url: str | None = Field(default=None, repr=False, validation_alias="JUBO_DATABASE_URL")
    lease_s: float = Field(default=10.0, ge=0.5, le=60.0, validation_alias="JUBO_LEASE_S")
    post_timeout_s: float = Field(
        default=10.0, ge=0.5, le=60.0, validation_alias="JUBO_POST_TIMEOUT_S"
    )
    allow_hosts: Annotated[frozenset[str], NoDecode] = Field(
        default=frozenset(), validation_alias="JUBO_ALLOW_HOSTS"
    )
    proxy: SecretStr | None = Field(default=None, validation_alias="JUBO_PROXY")
    contact: str = Field(default="", pattern=r"^[!-'*-~]{0,200}$", validation_alias="JUBO_CONTACT")
    github_token: SecretStr | None = Field(default=None, validation_alias="GITHUB_TOKEN")
    zone: str = Field(default="Asia/Seoul", validation_alias="JUBO_ZONE")
    language: str = Field(
        default_factory=lambda: machine_language(os.environ),
        pattern="^(ko|en)$",
        validation_alias="JUBO_LANGUAGE",
    )
    web_host: str = Field(default="127.0.0.1", validation_alias="JUBO_WEB_HOST")
    web_port: int = Field(default=8710, ge=0, le=65535, validation_alias="JUBO_WEB_PORT")
    web_token: SecretStr | None = Field(default=None, validation_alias="JUBO_WEB_TOKEN")

    watch_http: str = Field(
        default="", pattern=r"^$|^[^\s:/]+:\d{1,5}$", validation_alias="JUBO_WATCH_HTTP"
    )
    log_format: LogForm = Field(default=LogForm.TEXT, validation_alias="JUBO_LOG")

    slack_bot_token: SecretStr | None = Field(default=None, validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(default=None, validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = Field(
        default=None, validation_alias="SLACK_SIGNING_SECRET"
    )
    slack_api_url: str = Field(default="", pattern=_HTTP_ADDRESS, validation_alias="SLACK_API_URL")
    slack_http: str = Field(
        default="", pattern=r"^$|^[^\s:/]+:\d{1,5}$", validation_alias="JUBO_SLACK_HTTP"
    )
    discord_token: SecretStr | None = Field(default=None, validation_alias="DISCORD_TOKEN")
    discord_api_url: str = Field(
        default="", pattern=_HTTP_ADDRESS, validation_alias="DISCORD_API_URL"
    )
    discord_gateway_url: str = Field(
        default="", pattern=r"^$|^wss?://\S+$", validation_alias="DISCORD_GATEWAY_URL"
    )
    discord_shards: int = Field(default=0, ge=0, validation_alias="JUBO_DISCORD_SHARDS")

    openai_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_url: str = Field(default="", pattern=_HTTP_ADDRESS, validation_alias="OPENAI_BASE_URL")
    # The newest small one of OpenAI's that no shutdown date was announced for, in November 2026.
    openai_model: str = Field(default="gpt-5.4-mini", validation_alias="OPENAI_MODEL")
    # What local servers hold without more ado; where pages are longer, their beginning is sent.
    model_context: int = Field(
        default=8_192, ge=2_048, le=10_000_000, validation_alias="JUBO_MODEL_CONTEXT"
    )
    model_parallel: int = Field(default=4, ge=1, le=64, validation_alias="JUBO_MODEL_PARALLEL")
    model_timeout_s: float = Field(
        default=60.0, ge=1.0, le=600.0, validation_alias="JUBO_MODEL_TIMEOUT_S"
    )
    embedding_model: str = Field(
        default="", pattern=r"^[!-~]{0,200}$", validation_alias="JUBO_EMBEDDING_MODEL"
    )
    embedding_url: str = Field(
        default="", pattern=_HTTP_ADDRESS, validation_alias="JUBO_EMBEDDING_URL"
    )
    token_cap: int = Field(default=2_000_000, ge=0, validation_alias="JUBO_TOKEN_CAP")
    price_in: Decimal | None = Field(
        default=None, ge=0, le=100_000, validation_alias="JUBO_PRICE_IN"
    )
    price_out: Decimal | None = Field(
        default=None, ge=0, le=100_000, validation_alias="JUBO_PRICE_OUT"
    )

    @field_validator("allow_hosts", mode="before")
    @classmethod
    def _split_hosts(cls, value: object) -> object:
        if isinstance(value, str):
            return frozenset(part.strip().lower() for part in value.split(",") if part.strip())
        return value

    @field_validator("proxy")
    @classmethod
    def _proxy_address(cls, value: SecretStr | None) -> SecretStr | None:
        address = value.get_secret_value() if value else ""
        if address and not (re.fullmatch(_PROXY_ADDRESS, address) and urlsplit(address).port):
            raise ValueError("no address of a proxy")
        return value

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("no such time zone")
        return value

    @field_validator("github_token", "openai_key")
    @classmethod
    def _sendable_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch("[!-~]{1,1024}", value.get_secret_value()):
            raise ValueError("not what a header can hold")
        return value

    @field_validator("web_token")
    @classmethod
    def _long_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 16:
            raise ValueError("too short")
        return value

    @property
    def folder(self) -> Path:
        if self.home is not None:
            return self.home.expanduser()
        import platformdirs

        return platformdirs.user_data_path("jubo")

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.folder / 'jubo.db'}"

    @property
    def is_shared(self) -> bool:
        """Whether several processes may work on the database."""
        return not self.database.startswith("sqlite")

    @property
    def has_model(self) -> bool:
        """Whether a language model is asked: local servers need an address, but no key."""
        return bool(self.openai_key or self.openai_url)

    @property
    def has_embeddings(self) -> bool:
        """Whether passages and questions are compared by meaning, too."""
        return bool(self.embedding_model and (self.embedding_url or self.has_model))

    @property
    def embedding_server(self) -> str:
        return self.embedding_url or self.openai_url

    @property
    def proxy_address(self) -> str:
        return self.proxy.get_secret_value() if self.proxy else ""

    @property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @classmethod
    def load(cls, overrides: Mapping[str, object] | None = None) -> Settings:
        """Read the environment and `.env`; `overrides` are values by setting name.

        Raises:
            BadSettings: it names every setting that is wrong.
            UnreadableSettings: `.env` cannot be read.

        """
        try:
            return cls(**dict(overrides or {}))  # type: ignore[arg-type]  # names are aliases
        except ValidationError as error:
            raise BadSettings(tuple(str(each["loc"][0]) for each in error.errors())) from error
        except (OSError, UnicodeError) as error:
            raise UnreadableSettings(problem=error) from error


class UnreadableSettings(ConfigError):
    message_key = "setting.unreadable"
