import CHiredis

/// The shared library itself, which is opened at its first use.
enum HiredisLibrary {
    /// Opens hiredis, once for the process.
    static func prepare() throws(StoreFailure) {
        var reason: UnsafePointer<CChar>?
        guard oe_hiredis_open(&reason) == 1 else {
            throw .noLibrary(reason.map { String(cString: $0) } ?? "hiredis could not be opened")
        }
    }
}
