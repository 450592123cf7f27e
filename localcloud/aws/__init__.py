"""AWS's regional services other than Lightsail, as one WSGI application with a state that outlives the process."""

from localcloud.aws.application import application

__all__ = ["application"]
