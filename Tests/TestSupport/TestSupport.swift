// Stands until the first test helper.
