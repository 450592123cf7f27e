// The site is one page that routes by itself: a path whose last segment has no dot is one of its pages.
// An error mapping of 404 to the page would do this too, but would also hide the API's own 404s.
function handler(event) {
  var request = event.request;
  var lastSegment = request.uri.slice(request.uri.lastIndexOf('/') + 1);
  if (lastSegment.indexOf('.') === -1) {
    request.uri = '/index.html';
  }
  return request;
}
