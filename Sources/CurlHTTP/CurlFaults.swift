import CCurl

/// Failures that libcurl is made to report, so that a test sees how they are handled; nil lets the call be made.
struct CurlFaults: Sendable {
    var perform: (@Sendable () -> CURLMcode?)?
    var wait: (@Sendable () -> CURLMcode?)?
    var setOption: (@Sendable (CURLoption) -> CURLcode?)?
}
