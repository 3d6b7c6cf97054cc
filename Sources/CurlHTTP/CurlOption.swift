import CCurl

// By number, because older headers lack the name or newer ones warn of it; a library without one reports that.
extension CURLoption {
    /// `CURLOPT_PROTOCOLS_STR`, since 7.85.
    static let protocolNames = CURLoption(10_318)
    /// `CURLOPT_PROTOCOLS`, deprecated since 7.85.
    static let protocolBits = CURLoption(181)
    /// `CURLOPT_CAINFO_BLOB`, since 7.77.
    static let bundleBytes = CURLoption(40_309)
    /// `CURLOPT_MAXAGE_CONN`, since 7.65.
    static let idleSeconds = CURLoption(288)
    /// `CURLOPT_PROXY_CAINFO_BLOB`, since 7.77.
    static let proxyBundleBytes = CURLoption(40_310)
    /// `CURLOPT_QUICK_EXIT`, since 7.87.
    static let quickExit = CURLoption(322)
    /// `CURLOPT_PREREQFUNCTION` and `CURLOPT_PREREQDATA`, since 7.80.
    static let gate = CURLoption(20_312)
    static let gateContext = CURLoption(10_313)
}

extension CURLINFO {
    /// `CURLINFO_USED_PROXY`, since 8.7.
    static let usedProxy = CURLINFO(0x20_0000 + 66)
}

extension CURLcode {
    /// `CURLE_TOO_LARGE`, since 8.6: which older ones report as out of memory.
    static let tooLarge = CURLcode(100)
}
