import Text

/// The icon of this server for browsers, as a PNG of 64 by 64 pixels: an oval, and on its edge a point that was found.
enum ServerIcon {
    static let png = Base64.decoded(text) ?? []

    private static let text = """
        iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAMAAACdt4HsAAAAZlBMVEUAAAAASEgASEgASEgASEgASEgASEgYYGBIeHh4kKiQqKjAwMBgeJAY\
        SGCQqMDY2Nj////A2NgwYHjw8PD/2MD/wJD/qGDAeDB4YDAwSEh4kJCowMD/8PD/eBioYDAYSEjYkDDAeBhQgPmiAAAAInRSTlMAGGCo2P+Q\
        ////////////////////////////////////DLpePgAAAUpJREFUeNrtl9t2gyAQRRFFQfASTVNNqqb//5NdodRgBKseH7Mf1dmLAYQZQgwB\
        DSO2kiikAZkSxGwj8URB2Q7oMz5mu4jB+NFA2W50FgEDCJAETBLQAB5DoJiAkhAThCTCBBFhIG+BX5BwIVIppRCKbxZkKi9Km1NabRBUeemg\
        ENk6QSVLD7Vb8SIQ5QI1/0+QnezvpWbyKF0WVPWYccqT52OVjy/yJUH291k+n3MlfQZLYAYrE+ds88fKnj8un03rEVx/46++Bc9uX5dO0w8u\
        gUlA+ffccO8M34NDoHS8WNi0fTfSOwQ3PfsL8W1n0c4FhWedRxpb0MwFOgO+LgM7h+MEcArwJMLLCG8keCvjPxP+O8MHCn6k4YfqAcc6frEc\
        cLUdcLm+K5StArjQhEtduNiGy3244cBbHrjpwts+vPHEW1+8+Qba/x9zqXCTnEO7ewAAAABJRU5ErkJggg==
        """
}
