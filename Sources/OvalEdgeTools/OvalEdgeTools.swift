// Stands until the first file of OvalEdgeTools.
