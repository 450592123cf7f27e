"""Amazon Lightsail on this machine: its API, with real machines and databases behind it."""
