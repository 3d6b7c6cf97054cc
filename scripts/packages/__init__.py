"""The packages of a release, made from programs that are built: one module for each kind, on the standard library alone."""
