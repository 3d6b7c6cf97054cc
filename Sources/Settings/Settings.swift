// Stands until the first file of Settings.
