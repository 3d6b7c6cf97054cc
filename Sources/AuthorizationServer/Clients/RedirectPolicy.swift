import Text

/// Where clients that no one has checked may have people sent back.
package struct RedirectPolicy: Sendable {
    /// Whether any address is good that is not dangerous in itself.
    private var isOpen: Bool
    private let exact: Set<String>
    /// Each is followed by one plain segment of a path.
    private let prefixes: [String]

    package init(isOpen: Bool = false, exact: some Sequence<String>, prefixes: [String] = []) {
        self.isOpen = isOpen
        self.exact = Set(exact)
        self.prefixes = prefixes
    }

    /// The same, for clients that may be anyone's.
    package var opened: RedirectPolicy {
        var policy = self
        policy.isOpen = true
        return policy
    }

    package func allows(_ redirect: RedirectURI) -> Bool {
        isOpen || redirect.kind == .loopback || names(redirect)
    }

    /// Whether it is one of those that are known.
    func names(_ redirect: RedirectURI) -> Bool {
        exact.contains(redirect.text)
            || prefixes.contains { prefix in
                guard redirect.text.hasPrefix(prefix) else { return false }
                return Self.isPlainSegment(redirect.text.dropFirst(prefix.count))
            }
    }

    static func isPlainSegment(_ text: Substring) -> Bool {
        guard (1...128).contains(text.utf8.count) else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
    }
}
