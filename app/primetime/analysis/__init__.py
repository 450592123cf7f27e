"""Topics, their map, their forecast and their opportunity: pure functions of arrays, and one thin room that stores."""
