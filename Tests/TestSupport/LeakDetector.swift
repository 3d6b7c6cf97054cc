/// Finds secrets in what a process wrote.
///
/// Eight bytes in a row are a leak, so that one that was cut in half, or that differs at its edges, is found as well.
package struct LeakDetector {
    private var names: [UInt64: String] = [:]

    /// Secrets under the names by which a test reports them.
    package init(_ secrets: [String: String]) {
        for (name, secret) in secrets {
            for (form, text) in SecretForm.all(of: secret) {
                Self.forEachWindow(in: text.utf8) { if names[$0] == nil { names[$0] = "\(name), \(form)" } }
            }
        }
    }

    /// Which secrets were found, and how they were written.
    package func leaks(in bytes: some Sequence<UInt8>) -> Set<String> {
        var leaks: Set<String> = []
        Self.forEachWindow(in: bytes) { window in
            if let name = names[window] { leaks.insert(name) }
        }
        return leaks
    }

    private static func forEachWindow(in bytes: some Sequence<UInt8>, _ body: (UInt64) -> Void) {
        var window: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            window = window << 8 | UInt64(byte)
            if index >= 7 { body(window) }
        }
    }
}
