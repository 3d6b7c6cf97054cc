// Stands until the first file of HTTPServer.
