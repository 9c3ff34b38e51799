"""The settings of a validator: one record, filled from several sources."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from daytona_validate._core import service_url
from daytona_validate._core.package_names import packages_refusal
from daytona_validate._errors import ConfigurationError
from daytona_validate._models import Limits
from daytona_validate._settings.fields import DAY_S, other, seconds, whole
from daytona_validate._settings.files import working_folder
from daytona_validate._settings.library import layers
from daytona_validate._settings.names import PER_LANGUAGE, unknown_language
from daytona_validate._settings.validation_message import validation_message
from daytona_validate._settings.variables import Layer, by_language

_LAYERS = "_layers"
"""An argument that is no setting: the layers read already."""
_PACKAGE = re.compile(r"[^\s,\[]+(?:\[[^\]]*\][^\s,]*)?")
"""One package of a list with commas or spaces; commas in `name[this,that]` belong to it."""
_REGION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Settings(BaseSettings):
    """Settings of a validator.

    Arguments win over the environment, that over `.env` in the working folder, that over
    `[tool.daytona-validate]` of the nearest pyproject.toml, that over the defaults. (The command
    line takes less from `.env`.)

    Raises:
        ConfigurationError: A value is wrong; one line names the setting and what it accepts.
    """

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True
    )

    api_key: SecretStr | None = other(
        None, "Key of the Daytona service.", "printable ASCII text without white space"
    )
    base_url: str = other(
        service_url.DEFAULT_BASE_URL,
        "Address of the Daytona service; `DAYTONA_API_URL` is read too.",
        "an https address",
    )
    provider: Literal["daytona", "local"] = other(
        "daytona", "Who makes the sandboxes: `daytona` or `local`.", "daytona or local"
    )
    network: Literal["blocked", "organization"] = other(
        "blocked",
        "Network of Daytona's sandboxes: `blocked`, or as the `organization` has it.",
        "blocked or organization",
    )
    target: str | None = other(
        None,
        "Region of Daytona's sandboxes; unset: the organization's default.",
        "a region's id or name: letters, digits, `.`, `_` and `-`",
    )
    cpu: int = whole(1, "Cores of one Daytona sandbox.", at_most=128)
    concurrency: int | None = whole(
        None, "Snippets under way; unset: 2 per core, or 10 with Daytona.", at_most=10_000
    )
    snippets_per_sandbox: int = whole(
        1,
        "Snippets of one call and language that a Daytona sandbox runs, one after the other.",
        at_most=50,
    )
    machine_slots: int | None = whole(
        None,
        "Local sandboxes that run at one time, of all your processes together; unset: 2 per core.",
        at_most=256,
    )
    max_queue: int | None = whole(
        None,
        "Calls that may wait for their first slot before `QueueFull` is raised; unset: any number.",
        at_least=0,
        at_most=10_000_000,
    )
    timeout_s: float = seconds(30.0, "Time for the program alone, in which it could run.")
    timeouts: dict[str, Annotated[float, Field(gt=0, le=DAY_S)]] = other(
        {},
        "The same for one language: `DAYTONA_TIMEOUTS__JAVA=60`.",
        f"a number of seconds above 0 and at most {DAY_S} for each language",
    )
    compile_timeout_s: float = seconds(30.0, "The same for the compiler.")
    create_timeout_s: float = seconds(60.0, "Time to get a sandbox, retries included.")
    create_attempts: int = whole(3, "Times a sandbox is asked for before giving up.", at_most=20)
    request_timeout_s: float = seconds(30.0, "Time for one HTTP request.")
    queue_timeout_s: float | None = seconds(
        None, "Time a call waits for its first slot, and from one to its next; unset: no limit."
    )
    total_timeout_s: float | None = seconds(
        None,
        "Time for one snippet once it has a slot; "
        "unset: creating + compiling + program + 15 seconds.",
    )
    memory_mib: int = whole(
        512, "Memory of one snippet's processes together.", unit="MiB", at_least=16, at_most=2**20
    )
    processes: int = whole(256, "Processes and threads alive at one time.", at_most=32_768)
    open_files: int = whole(256, "Open files of one process.", at_least=16, at_most=65_536)
    disk_mib: int = whole(64, "Size of the work folder.", unit="MiB", at_most=2**16)
    kept_output_kib: int = whole(
        256, "Output kept of each stream, head and tail.", unit="KiB", at_most=16_384
    )
    max_output_mib: int = whole(
        16, "Output after which the program is ended.", unit="MiB", at_most=1_024
    )
    max_code_kib: int = whole(1_024, "Size of one snippet's code.", unit="KiB", at_most=16_384)
    packages: dict[str, tuple[str, ...]] = other(
        {},
        "Packages to install ahead of the run: `DAYTONA_PACKAGES__PYTHON=numpy,pandas==2.2.3`.",
        "a list of package names for each language",
    )
    packages_timeout_s: float = seconds(120.0, "Time for installing one list of packages.")
    warm: Literal["auto", "off"] = other(
        "auto",
        "Whether compilers of TypeScript and Java keep running here: `auto`, if it pays, or `off`.",
        "auto or off",
    )
    python_engine: Literal["cold", "zygote"] = other(
        "cold", "How local Python starts: `cold`, or as forks of one `zygote`.", "cold or zygote"
    )
    cache_dir: Path | None = other(
        None,
        "Folder for prepared toolchains and packages; unset: the user's cache folder.",
        "an absolute path",
    )
    cache: Literal["off", "on", "passed"] | None = other(
        None,
        "Whether unchanged snippets are answered from the user's result cache: `on`, `off`, or "
        "`passed`, only where they passed; unset: `on` for `check`, else `off`.",
        "off, on or passed",
    )

    def __init__(self, **values: object) -> None:
        read = values.pop(_LAYERS, None)
        plain: dict[str, Any] = {
            name: by_language(name, value)
            if name in PER_LANGUAGE and isinstance(value, dict)
            else value
            for name, value in values.items()
        }
        found: tuple[Layer, ...] = read if isinstance(read, tuple) else _read(plain)
        with_layers: dict[str, Any] = {**plain, _LAYERS: found}
        line = None
        try:
            super().__init__(**with_layers)
        except ValidationError as error:
            line = validation_message(error, type(self), (Layer("an argument", plain), *found))
        if line is not None:  # outside the except block: pydantic's error holds the values
            raise ConfigurationError(line)

    @classmethod
    def load(cls, **overrides: object) -> Self:
        """Return the settings of this process; an override that is None counts as not given.

        Whether a field was set by anything but its default: `model_fields_set`.

        Raises:
            ConfigurationError: A value is wrong: its setter's fault.
        """
        return cls(**{name: value for name, value in overrides.items() if value is not None})

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # ours read the same, with bounds
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources, the strongest first."""
        given = dict(init_settings())
        found: tuple[Layer, ...] = given.pop(_LAYERS)
        layers_of_values = (given, *(dict(layer.values) for layer in found))
        return tuple(InitSettingsSource(settings_cls, values) for values in layers_of_values)

    @property
    def max_code_bytes(self) -> int:
        """Size of the largest code that is taken."""
        return self.max_code_kib * 1024

    def limits(self) -> Limits:
        """Return the limits of a snippet that brings none of its own."""
        return Limits(
            timeout_s=self.timeout_s,
            compile_timeout_s=self.compile_timeout_s,
            memory_mib=self.memory_mib,
            processes=self.processes,
            open_files=self.open_files,
            disk_mib=self.disk_mib,
            kept_output_bytes=self.kept_output_kib * 1024,
            max_output_bytes=self.max_output_mib * 1024 * 1024,
        )

    @field_validator("api_key", mode="after")
    @classmethod
    def _check_key(cls, value: SecretStr | None) -> SecretStr | None:
        text = "" if value is None else value.get_secret_value().strip()
        if re.search(r"[^!-~]", text):
            raise ValueError("accepts printable ASCII text without white space")
        return SecretStr(text) if text else None

    @field_validator("base_url", mode="after")
    @classmethod
    def _check_base_url(cls, value: str) -> str:
        address = value.strip().rstrip("/")
        # No error: who comes from this project's first version gets its fallback, and is told.
        refusal = None if service_url.has_old_host(address) else service_url.refusal(address)
        if refusal is not None:
            raise ValueError(refusal)
        return address

    @field_validator("target", mode="after")
    @classmethod
    def _check_target(cls, value: str | None) -> str | None:
        if value is not None and not _REGION.fullmatch(value):
            raise ValueError("accepts a region's id or name: letters, digits, `.`, `_` and `-`")
        return value

    @field_validator("packages", mode="before")
    @classmethod
    def _split_packages(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {
            name: _PACKAGE.findall(names) if isinstance(names, str) else names
            for name, names in value.items()
        }

    @field_validator("timeouts", "packages", mode="after")
    @classmethod
    def _check_languages(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name in value:
            problem = unknown_language(name)
            if problem is not None:
                raise ValueError(problem)
        return value

    @field_validator("packages", mode="after")
    @classmethod
    def _check_packages(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for name, packages in value.items():
            if problem := packages_refusal(name, packages):
                raise ValueError(problem)
        return value

    @field_validator("cache_dir", mode="after")
    @classmethod
    def _check_cache_dir(cls, value: Path | None) -> Path | None:
        try:
            path = None if value is None else value.expanduser()
        except RuntimeError as error:
            raise ValueError("accepts a path; that home folder is not known") from error
        if path is not None and not path.is_absolute():
            raise ValueError("accepts an absolute path")
        return path

    @model_validator(mode="after")
    def _check_total(self) -> Self:
        program_s = max(self.timeout_s, *self.timeouts.values(), 0)
        parts_s = self.create_timeout_s + self.compile_timeout_s + program_s
        if self.total_timeout_s is not None and self.total_timeout_s < parts_s:
            raise ValueError(
                f"DAYTONA_TOTAL_TIMEOUT = {self.total_timeout_s:g} is less than its parts, "
                f"{self.create_timeout_s:g} (DAYTONA_CREATE_TIMEOUT) + {self.compile_timeout_s:g} "
                f"(DAYTONA_COMPILE_TIMEOUT) + {program_s:g} (the longest program): "
                f"set at least {parts_s:g}, or leave it unset"
            )
        return self


def settings_of(layers_read: tuple[Layer, ...]) -> Settings:
    """Return the settings of some layers, the strongest first; nothing else is read.

    Raises:
        ConfigurationError: A value is wrong; one line names the setting and what it accepts.
    """
    return Settings(**{_LAYERS: layers_read})


def _read(given: dict[str, Any]) -> tuple[Layer, ...]:
    has_key = given.get("api_key") is not None
    fields = Settings.model_fields
    return layers(fields, environ=os.environ, folder=working_folder(), has_key=has_key)
