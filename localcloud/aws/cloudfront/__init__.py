"""CloudFront's control plane, whole enough for a distribution to be deployed and served.

moto's CloudFront drops what a real deployment depends on (origin access controls on origins, function associations,
published functions, policies, entity tags), so this service stands in front of it. Requests are parsed and replies
written through botocore's own service model, and a distribution's configuration is kept as it was sent: what goes in
comes out.
"""

from localcloud.aws.cloudfront.service import CloudFront

__all__ = ["CloudFront"]
