"""Which metrics a resource of each kind has: the unit, and the statistic that alarms look at."""

from __future__ import annotations

Kind = tuple[str, str]
COUNTED: Kind = ("Count", "Sum")
HOSTS: dict[str, Kind] = dict.fromkeys(("HealthyHostCount", "UnhealthyHostCount"), ("Count", "Average"))
BY_INSTANCE: dict[str, Kind] = {f"HTTPCode_Instance_{digit}XX_Count": COUNTED for digit in range(2, 6)}
INSTANCE: dict[str, Kind] = {
    "CPUUtilization": ("Percent", "Average"),
    "NetworkIn": ("Bytes", "Sum"),
    "NetworkOut": ("Bytes", "Sum"),
    "StatusCheckFailed": ("Count", "Maximum"),
    "StatusCheckFailed_Instance": ("Count", "Maximum"),
    "StatusCheckFailed_System": ("Count", "Maximum"),
    "BurstCapacityPercentage": ("Percent", "Average"),
    "BurstCapacityTime": ("Seconds", "Average"),
}
DATABASE: dict[str, Kind] = {
    "CPUUtilization": ("Percent", "Average"),
    "DatabaseConnections": ("Count", "Average"),
    "DiskQueueDepth": ("Count", "Average"),
    "FreeStorageSpace": ("Bytes", "Average"),
    "NetworkReceiveThroughput": ("Bytes/Second", "Average"),
    "NetworkTransmitThroughput": ("Bytes/Second", "Average"),
}
LOAD_BALANCER: dict[str, Kind] = {
    **HOSTS,
    **BY_INSTANCE,
    "HTTPCode_LB_4XX_Count": COUNTED,
    "HTTPCode_LB_5XX_Count": COUNTED,
    "RequestCount": COUNTED,
    "ClientTLSNegotiationErrorCount": COUNTED,
    "InstanceResponseTime": ("Seconds", "Average"),
}
KINDS: dict[str, dict[str, Kind]] = {
    "Instance": INSTANCE,
    "RelationalDatabase": DATABASE,
    "LoadBalancer": LOAD_BALANCER,
}
