"""What Lightsail remembers of each resource. The whole is one `Account`, kept in one file."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field


def now() -> datetime:
    return datetime.now(UTC)


class Record(BaseModel):
    # A misspelt field or a wrong type must fail here, and not when the file is read again.
    model_config = ConfigDict(extra="forbid", validate_assignment=True)


class Resource(Record):
    """What every resource has."""

    name: str
    region: str
    id: str = Field(default_factory=lambda: str(uuid4()))
    created_at: datetime = Field(default_factory=now)
    availability_zone: str = "all"
    tags: dict[str, str] = Field(default_factory=dict)

    @property
    def resource_type(self) -> str:
        return type(self).__name__

    @property
    def arn(self) -> str:
        return f"arn:aws:lightsail:{self.region}:{ACCOUNT_ID}:{self.resource_type}/{self.id}"

    def describe(self) -> dict[str, Any]:
        """The members that the service's structures have in common."""
        return {
            "name": self.name,
            "arn": self.arn,
            "supportCode": f"{ACCOUNT_ID}/{self.id[:8]}",
            "createdAt": self.created_at,
            "location": self.location(),
            "resourceType": self.resource_type,
        }

    def location(self) -> dict[str, str]:
        return {"availabilityZone": self.availability_zone, "regionName": self.region}

    def tag_list(self) -> list[dict[str, str]]:
        # A tag without a value is a key-only tag: the service leaves its value out.
        return [{"key": key, "value": value} if value else {"key": key} for key, value in self.tags.items()]


ACCOUNT_ID = "123456789012"
R = TypeVar("R", bound=Resource)


class KeyPair(Resource):
    public_key: str  # one line, as in authorized_keys
    fingerprint: str


class StaticIp(Resource):
    address: str
    attached_to: str | None = None


class AddOn(Record):
    """Automatic snapshots, switched on."""

    snapshot_hour: int  # of the day, UTC
    enabled_at: datetime = Field(default_factory=now)


class MetadataOptions(Record):
    """How an instance's metadata service is to answer. `required` tokens are its second version, IMDSv2."""

    http_tokens: str = "optional"
    http_endpoint: str = "enabled"
    http_put_response_hop_limit: int = 1
    http_protocol_ipv6: str = "disabled"


class PortRange(Record):
    """One line of an instance's firewall."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    protocol: str  # tcp, udp, icmp, icmpv6 or all
    from_port: int
    to_port: int
    cidrs: tuple[str, ...] = ()
    ipv6_cidrs: tuple[str, ...] = ()
    cidr_list_aliases: tuple[str, ...] = ()


class InstanceState(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    SHUTTING_DOWN = "shutting-down"

    @property
    def code(self) -> int:
        """The number that EC2 and Lightsail give the state."""
        return {"pending": 0, "running": 16, "shutting-down": 32, "stopping": 64, "stopped": 80}[self.value]


class Instance(Resource):
    blueprint_id: str
    bundle_id: str
    key_pair: str
    public_key: str
    user_data: str = ""
    ip_address_type: str = "dualstack"
    state: InstanceState = InstanceState.PENDING
    private_address: str
    public_address: str | None  # its own; a static address takes its place, stopping loses it
    ports: list[PortRange] = Field(default_factory=list)
    source: str | None = None  # id of the snapshot that it is made from
    add_on: AddOn | None = None
    metadata_options: MetadataOptions = Field(default_factory=MetadataOptions)


class DiskState(StrEnum):
    PENDING = "pending"
    AVAILABLE = "available"
    IN_USE = "in-use"
    ERROR = "error"


class Disk(Resource):
    """A block device of its own, apart from an instance's system disk."""

    size_gb: int
    state: DiskState = DiskState.PENDING
    source: str | None = None  # id of the snapshot that it is made from
    attached_to: str | None = None  # name of an instance
    path: str | None = None  # of the device in that instance
    connected: bool = False  # whether attaching is over
    deleting: bool = False
    add_on: AddOn | None = None


class SnapshotState(StrEnum):
    PENDING = "pending"
    READY = "ready"
    ERROR = "error"
    DELETING = "deleting"


class DiskSnapshot(Resource):
    """What a disk held."""

    state: SnapshotState = SnapshotState.PENDING
    size_gb: int
    from_name: str
    from_arn: str
    automatic_on: date | None = None  # the day of an automatic snapshot, which has no name of its own


class AttachedDisk(Record):
    """A disk that an instance's snapshot holds too."""

    name: str
    path: str
    size_gb: int
    snapshot_id: str


class InstanceSnapshot(Resource):
    """What an instance held, its attached disks included."""

    state: SnapshotState = SnapshotState.PENDING
    from_name: str
    from_arn: str
    from_blueprint_id: str
    from_bundle_id: str
    size_gb: int
    disks: list[AttachedDisk] = Field(default_factory=list)
    automatic_on: date | None = None


class DatabaseState(StrEnum):
    CREATING = "creating"
    BACKING_UP = "backing-up"
    AVAILABLE = "available"
    MODIFYING = "modifying"
    REBOOTING = "rebooting"
    STARTING = "starting"
    STOPPING = "stopping"
    STOPPED = "stopped"
    DELETING = "deleting"
    INCOMPATIBLE_PARAMETERS = "incompatible-parameters"
    FAILED = "failed"


class BaseBackup(Record):
    """Where a point-in-time restore can begin."""

    label: str
    finished_at: datetime


class RestoreSource(Record):
    """What a new database's empty volume is filled from: folders of the backups' volume."""

    base: str
    wal: str = ""  # empty: the base backup alone
    target: datetime | None = None


class DatabaseEvent(Record):
    created_at: datetime = Field(default_factory=now)
    message: str
    categories: list[str]


class RelationalDatabase(Resource):
    blueprint_id: str
    bundle_id: str
    engine_version: str
    master_database: str
    master_username: str
    password: str
    password_created_at: datetime = Field(default_factory=now)
    previous_password: str | None = None
    previous_password_created_at: datetime | None = None
    endpoint: str
    private_address: str
    publicly_accessible: bool = False
    backup_retention: bool = True
    pending_backup_retention: bool | None = None  # waits for the maintenance window
    backup_window: str
    maintenance_window: str
    state: DatabaseState = DatabaseState.CREATING
    restored_from: RestoreSource | None = None  # until it is
    parameters: dict[str, str] = Field(default_factory=dict)  # those that were set, as the server has them
    pending_parameters: dict[str, str] = Field(default_factory=dict)  # those that wait for a restart
    base_backups: list[BaseBackup] = Field(default_factory=list)  # oldest first
    latest_restorable_time: datetime | None = None
    final_snapshot: str | None = None  # the id of the snapshot to take before deletion
    events: list[DatabaseEvent] = Field(default_factory=list)


class DatabaseSnapshotState(StrEnum):
    CREATING = "creating"
    AVAILABLE = "available"
    DELETING = "deleting"
    FAILED = "failed"


class RelationalDatabaseSnapshot(Resource):
    state: DatabaseSnapshotState = DatabaseSnapshotState.CREATING
    engine: str
    engine_version: str
    size_gb: int
    from_name: str
    from_arn: str
    from_id: str
    from_bundle_id: str
    from_blueprint_id: str
    master_database: str
    master_username: str
    password: str


class LoadBalancerState(StrEnum):
    PROVISIONING = "provisioning"
    ACTIVE = "active"
    FAILED = "failed"


class LoadBalancer(Resource):
    instance_port: int
    health_check_path: str = "/"
    ip_address_type: str = "dualstack"
    private_address: str
    public_address: str
    dns_name: str
    state: LoadBalancerState = LoadBalancerState.PROVISIONING
    deleting: bool = False
    instances: list[str] = Field(default_factory=list)  # their names, in the order of attaching
    session_stickiness: bool = False
    cookie_seconds: int = 86_400
    https_redirection: bool = False
    tls_policy: str


class CertificateStatus(StrEnum):
    PENDING_VALIDATION = "PENDING_VALIDATION"
    ISSUED = "ISSUED"
    VALIDATION_TIMED_OUT = "VALIDATION_TIMED_OUT"


class ValidationRecord(Record):
    """The CNAME record that proves whose a name is."""

    domain_name: str
    name: str
    value: str
    validated: bool = False


class LoadBalancerTlsCertificate(Resource):
    load_balancer: str
    domain_name: str
    alternative_names: list[str] = Field(default_factory=list)
    records: list[ValidationRecord]
    status: CertificateStatus = CertificateStatus.PENDING_VALIDATION
    attached: bool = False
    issued_at: datetime | None = None
    certificate: str = ""  # PEM, once it is issued
    private_key: str = ""


class Alarm(Resource):
    monitored_name: str
    monitored_arn: str
    metric_name: str
    comparison_operator: str
    threshold: float
    evaluation_periods: int
    datapoints_to_alarm: int
    treat_missing_data: str
    contact_protocols: list[str]
    notification_triggers: list[str]
    notification_enabled: bool
    tested_state: str | None = None
    tested_at: datetime | None = None


class ContactMethod(Resource):
    protocol: str  # Email or SMS; a region has one of each
    address: str
    status: str


class Operation(Record):
    """One step that a call started, as GetOperations shows it."""

    id: str = Field(default_factory=lambda: str(uuid4()))
    resource_name: str
    resource_type: str
    operation_type: str
    region: str
    availability_zone: str = "all"
    details: str = ""
    status: str = "Started"
    created_at: datetime = Field(default_factory=now)
    changed_at: datetime = Field(default_factory=now)
    error_code: str | None = None
    error_details: str | None = None

    def describe(self) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": self.id,
            "resourceName": self.resource_name,
            "resourceType": self.resource_type,
            "createdAt": self.created_at,
            "location": {"availabilityZone": self.availability_zone, "regionName": self.region},
            "isTerminal": self.status in ("Succeeded", "Failed", "Completed"),
            "operationType": self.operation_type,
            "status": self.status,
            "statusChangedAt": self.changed_at,
        }
        optional = {
            "operationDetails": self.details,
            "errorCode": self.error_code,
            "errorDetails": self.error_details,
        }
        return shown | {member: value for member, value in optional.items() if value}


class Account(Record):
    """Everything that one local cloud's Lightsail holds."""

    version: int = 1
    key_pairs: list[KeyPair] = Field(default_factory=list)
    instances: list[Instance] = Field(default_factory=list)
    static_ips: list[StaticIp] = Field(default_factory=list)
    relational_databases: list[RelationalDatabase] = Field(default_factory=list)
    relational_database_snapshots: list[RelationalDatabaseSnapshot] = Field(default_factory=list)
    disks: list[Disk] = Field(default_factory=list)
    instance_snapshots: list[InstanceSnapshot] = Field(default_factory=list)
    disk_snapshots: list[DiskSnapshot] = Field(default_factory=list)
    operations: list[Operation] = Field(default_factory=list)
    alarms: list[Alarm] = Field(default_factory=list)
    contact_methods: list[ContactMethod] = Field(default_factory=list)
    load_balancers: list[LoadBalancer] = Field(default_factory=list)
    load_balancer_tls_certificates: list[LoadBalancerTlsCertificate] = Field(default_factory=list)

    def everything(self) -> list[Resource]:
        """Every resource of every region that has an identity of its own."""
        found: list[Resource] = [*self.key_pairs, *self.instances, *self.static_ips, *self.relational_databases]
        found += [*self.disks, *self.instance_snapshots, *self.disk_snapshots, *self.relational_database_snapshots]
        return [*found, *self.alarms, *self.load_balancers, *self.load_balancer_tls_certificates]

    def resources(self, region: str) -> list[Resource]:
        """What has a name in the region; automatic snapshots have none."""
        named = [item for item in self.everything() if getattr(item, "automatic_on", None) is None]
        return [resource for resource in named if resource.region == region]

    def record_of(self, resource: R) -> R | None:
        """The resource as it is recorded now; None for one that is gone."""
        for found in self.everything():
            if isinstance(found, type(resource)) and found.id == resource.id:
                return found
        return None

    def addresses(self) -> set[str]:
        """Every address in use, of whatever region."""
        found = {static_ip.address for static_ip in self.static_ips}
        for instance in self.instances:
            found.add(instance.private_address)
            if instance.public_address:
                found.add(instance.public_address)
        for balancer in self.load_balancers:
            found |= {balancer.private_address, balancer.public_address}
        return found | {database.private_address for database in self.relational_databases}
