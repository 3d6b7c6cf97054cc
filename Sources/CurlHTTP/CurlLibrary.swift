import CCurl
package import HTTP

/// The shared library itself, which is opened at its first use.
package enum CurlLibrary {
    /// Opens and initialises libcurl on the calling thread, once for the process.
    ///
    /// That costs some milliseconds, so a program does it on a thread of its own while it starts.
    package static func prepare() throws(HTTPFailure) {
        var reason: UnsafePointer<CChar>?
        guard oe_curl_open(&reason) == 1 else {
            throw .noClient(detail: reason.map { String(cString: $0) } ?? "libcurl could not be opened")
        }
    }

    /// What libcurl reports of itself and of the libraries below it, for `doctor`.
    package static func version() throws(HTTPFailure) -> String {
        try prepare()
        return String(cString: oe_curl_version())
    }
}
