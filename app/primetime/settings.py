"""Every setting of the platform, read from the environment (`PRIMETIME_…`)."""

import os
import re
import secrets
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from primetime.errors import BadInput


def default_data_directory() -> Path:
    """Where the platform keeps its own files when nobody says.

    Root gets /var/lib/prime-time: the embedded PostgreSQL then runs as another user, and its package opens every
    parent folder to that user, which must not happen to /root.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/prime-time")
    return Path.home() / ".local" / "share" / "prime-time"


Weight = Annotated[float, Field(ge=0, le=1)]


class Settings(BaseSettings):
    """Typed settings; each comes from the environment variable `PRIMETIME_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="PRIMETIME_", frozen=True, extra="ignore", hide_input_in_errors=True)

    database_url: str = Field(default="", repr=False, description="PostgreSQL URL; empty: the embedded server")
    database_pool_min: int = Field(default=5, ge=1, description="connections kept open")
    database_pool_max: int = Field(default=20, ge=1, description="connections at most")
    database_connect_seconds: int = Field(default=30, ge=1, description="longest wait for a connection")
    database_idle_seconds: int = Field(default=300, ge=1, description="an idle connection above the minimum is closed")

    data_dir: Path = Field(default_factory=default_data_directory, description="the platform's own files")
    model_dir: Path | None = Field(default=None, description="encoder artifact; default <data_dir>/model")
    site_dir: Path | None = Field(default=None, description="built web site that `serve` hands out; default none")
    redis_url: str = Field(default="", repr=False, description="shared counters and cache; empty: own memory")

    pubmed_url: str = Field(default="https://eutils.ncbi.nlm.nih.gov/entrez/eutils", description="E-utilities")
    pubmed_api_key: str = Field(default="", repr=False, description="NCBI's key: 10 requests a second instead of 3")
    contact_email: str = Field(default="", description="said to PubMed and Crossref, who write before they block")
    icite_url: str = Field(default="https://icite.od.nih.gov/api", description="iCite; empty: not asked")
    openalex_url: str = Field(default="https://api.openalex.org", description="OpenAlex; empty: not asked")
    openalex_api_key: str = Field(default="", repr=False, description="OpenAlex's key; without one it is not asked")
    crossref_url: str = Field(default="https://api.crossref.org", description="Crossref; empty: not asked")
    source_timeout_seconds: float = Field(default=30.0, gt=0, description="longest silence of a source")
    article_max_age_days: int = Field(
        default=30, ge=1, description="stored articles that PubMed was not asked for in so long are asked for again"
    )
    articles_a_night: int = Field(
        default=5_000,
        ge=0,
        description="articles that the night's work asks PubMed for again at most, 200 in a request; 0: none",
    )
    citation_max_age_days: int = Field(default=30, ge=1, description="older citation counts are looked up again")
    citations_a_night: int = Field(
        default=10_000, ge=0, description="articles that the night's work asks each source about at most; 0: none"
    )

    exports_bucket: str = Field(default="", description="keeps large exports; empty: they are only streamed")
    exports_endpoint_url: str = Field(default="", description="where the bucket answers; empty: AWS")
    exports_region: str = Field(default="", description="the bucket's region")
    exports_access_key_id: str = Field(default="", repr=False, description="of who may use the bucket; empty: boto3's")
    exports_secret_access_key: str = Field(default="", repr=False, description="the key's secret")
    exports_days: int = Field(default=7, ge=1, le=7, description="how long a link and its file live; S3 allows 7")
    exports_from_articles: int = Field(default=5_000, ge=1, description="exports from so many articles go there")

    smtp_host: str = Field(default="", description="mail server; empty: no e-mail is sent")
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="starttls is usual with port 587, tls with 465; none is for this machine alone"
    )
    smtp_ca_file: Path | None = Field(default=None, description="certificates to trust; default: those of Mozilla")
    smtp_user: str = Field(default="", description="who signs in there; empty: nobody has to")
    smtp_password: str = Field(default="", repr=False)
    mail_from: str = Field(default="", description="the sender: Prime Time <prime-time@example.org>")

    release_id: str = Field(default="development", min_length=1, max_length=64)
    public_url: str = Field(default="http://127.0.0.1:8000", description="the address people open")
    session_secret: str = Field(default="", repr=False, description="key of the session tokens' hashes")
    session_hours: int = Field(default=24 * 14, ge=1, description="how long a sign-in lasts")
    reading_without_account: bool = Field(default=False, description="whether articles and analyses are for anybody")
    limit_general: int = Field(default=1000, ge=1, description="requests an hour of an account, else an address")
    limit_model: int = Field(default=100, ge=1, description="requests an hour that make the encoder work")
    limit_search: int = Field(default=50, ge=1, description="searches an hour")
    limit_export: int = Field(default=10, ge=1, description="exports an hour")
    limit_sign_in: int = Field(default=30, ge=1, description="attempts to sign in a minute from one address")
    keep_answers: bool = Field(default=True, description="whether answers are kept until the data changes")
    proxies: int = Field(
        default=0, ge=0, le=5, description="trusted servers before this one, each of which adds to X-Forwarded-For"
    )
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    log_format: Literal["json", "text"] = "json"
    metrics_port: int = Field(default=0, ge=0, le=65535, description="loopback port of Prometheus' metrics; 0: none")
    traces: str = Field(default="", description="`log`, or a collector's OTLP/HTTP address; empty: none")
    slow_query_milliseconds: int = Field(default=500, ge=0, description="a query's plan is logged from here; 0: never")

    encoder_threads: int = Field(default=0, ge=0, description="0: as many as physical cores")
    encoder_cpu_share: float = Field(default=1.0, gt=0, le=1, description="share of the time that bulk encoding works")
    burst_capacity_file: Path | None = Field(
        default=None, description="percent of the burst capacity left, one number, kept up to date by the deployment"
    )
    burst_capacity_floor: float = Field(default=25.0, ge=0, le=100, description="percent; below it encoding slows")
    burst_sustainable_share: float = Field(default=0.2, gt=0, le=1, description="CPU share that spends no credits")
    umap_n_neighbors: int = Field(default=15, ge=2, le=200, description="nearest articles in the graph of all")
    hdbscan_min_cluster_size: int = Field(default=5, ge=2, description="fewest articles of a subtopic")
    topic_min_articles: int = Field(
        default=0, ge=0, description="fewest articles of a topic; 0: chosen from the corpus' size"
    )
    hdbscan_min_samples: int = Field(default=0, ge=0, description="HDBSCAN's density neighbours; 0: chosen likewise")
    topic_stability_repeats: int = Field(
        default=10, ge=0, le=100, description="how often topics are sought among 80 % of the articles; 0: never"
    )
    forecast_model: Literal["automatic", "half-drift", "naive", "damped-trend", "ets", "arima"] = Field(
        default="automatic", description="the model whose forecast is shown; the others stand beside it"
    )
    arima_order: str = Field(default="1,1,1", description="ARIMA's p,d,q")
    forecast_periods: int = Field(default=3, ge=1, le=20, description="years ahead")
    forecast_months: int = Field(default=12, ge=1, le=36, description="months ahead, where a topic has enough a month")
    near_duplicate_similarity: float = Field(
        default=0.95, ge=0, le=1, description="cosine from which two articles' texts are told to be nearly the same"
    )
    refit_share: float = Field(
        default=0.02, ge=0, le=1, description="of its articles, that may be new before topics are found anew; 0: none"
    )
    refit_days: int = Field(
        default=7, ge=0, description="age at which any new article has topics found anew; 0: never by age"
    )
    reference_days: int = Field(
        default=90, ge=0, description="age at which what scores are measured against is made anew; 0: never by age"
    )
    backtest_days: int = Field(
        default=30, ge=0, description="age at which the night's work judges the score anew; 0: never by itself"
    )
    novelty_weight: Weight = 0.4
    velocity_weight: Weight = 0.4
    recency_weight: Weight = 0.2

    @field_validator("public_url")
    @classmethod
    def _public_url_is_an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("must start with http:// or https:// and name a host")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _mail_has_a_sender_and_is_encrypted(self) -> Self:
        if not self.smtp_host:
            return self
        address = parseaddr(self.mail_from)[1]
        if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address) or "\n" in self.mail_from:
            raise ValueError("PRIMETIME_MAIL_FROM must be an e-mail address where PRIMETIME_SMTP_HOST is set")
        if self.smtp_security == "none" and self.smtp_host not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError("PRIMETIME_SMTP_SECURITY=none is for a mail server on this machine")
        return self

    @field_validator("traces")
    @classmethod
    def _traces_go_somewhere(cls, value: str) -> str:
        if value not in ("", "log") and urlsplit(value).scheme not in ("http", "https"):
            raise ValueError("must be empty, `log`, or start with http:// or https://")
        return value

    @property
    def model_directory(self) -> Path:
        return self.model_dir or self.data_dir / "model"

    @property
    def uses_embedded_database(self) -> bool:
        return not self.database_url

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https://")


def load_settings() -> Settings:
    """The settings of this process.

    Raises BadInput naming the first environment variable that cannot be read.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        if not first["loc"]:  # of several settings together
            raise BadInput(str(first["ctx"]["error"]), remedy="correct or unset these environment variables") from None
        variable = "PRIMETIME_" + "_".join(str(part) for part in first["loc"]).upper()
        raise BadInput(f"{variable}: {first['msg']}", remedy="correct or unset this environment variable") from None


def session_secret(settings: Settings) -> bytes:
    """The key that session tokens are hashed with; run by hand it is made once and kept in the data directory.

    Raises BadInput when an outside database is used without one: two servers with keys of their own would
    refuse each other's sessions.
    """
    if settings.session_secret:
        if len(settings.session_secret) < 32:
            raise BadInput("PRIMETIME_SESSION_SECRET is shorter than 32 characters", remedy="set a longer random one")
        return settings.session_secret.encode()
    if not settings.uses_embedded_database:
        raise BadInput(
            "PRIMETIME_SESSION_SECRET is not set although PRIMETIME_DATABASE_URL is",
            remedy="set it to at least 32 random characters, the same on every server",
        )
    path = settings.data_dir / "session-secret"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"cannot write {path}: {error.strerror}", remedy="set PRIMETIME_DATA_DIR to a writable folder"
        ) from error
    secret = secrets.token_hex(32).encode()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
    return secret
