// Stands until the first file of Sandbox.
