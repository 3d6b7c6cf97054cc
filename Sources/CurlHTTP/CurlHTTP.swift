// Stands until the first file of CurlHTTP.
