"""CloudFront's edge on your own machine: serves the distributions that exist at the endpoint, as they are there.

What differs from CloudFront, on purpose:
- it speaks plain http, so a behaviour's viewer protocol policy is not enforced;
- there is one location and no origin shield, geographic restriction, signed URL, WebSocket or Lambda@Edge;
- an origin's error is not cached (CloudFront keeps it for ten seconds by default), so a fix shows at once;
- brotli is never chosen: gzip is what Python brings along.
"""
