import Text

/// Hosts that are reached without a proxy, as other programs write them in `NO_PROXY`: a name, a domain as
/// `.example.com` or `*.example.com`, an address or a range of addresses, each perhaps with a port, or `*` for all.
package struct HostList: Hashable, SettingValue {
    package static let expectation = "names of hosts, separated by commas"
    /// Tabs separate, too.
    package static let takesInvisible = true

    package let shown: String
    private let entries: [String]

    package init?(setting text: String) {
        entries = text.split { $0 == "," || $0.isWhitespace }.map { String($0) }
        guard !entries.isEmpty else { return nil }
        shown = text
    }

    /// The list as libcurl reads it, which knows neither ports nor `*.`, for an address with this port.
    ///
    /// What is for another port only is left out.
    package func hosts(port: Int) -> String {
        if entries.contains("*") { return "*" }
        return entries.compactMap { Self.host($0, port: port) }.joined(separator: ",")
    }

    private static func host(_ entry: String, port: Int) -> String? {
        var name = entry[...]
        if name.hasPrefix("["), let close = name.firstIndex(of: "]") {
            guard matches(name[close...].dropFirst(), port) else { return nil }
            return String(name[..<close].dropFirst())
        }
        // More than one colon is an IPv6 address without a port.
        if let colon = name.firstIndex(of: ":"), colon == name.lastIndex(of: ":") {
            guard matches(name[colon...], port) else { return nil }
            name = name[..<colon]
        }
        return String(name.hasPrefix("*.") ? name.dropFirst() : name)
    }

    /// `rest` is empty, or a colon and the port that is meant.
    private static func matches(_ rest: Substring, _ port: Int) -> Bool {
        rest.isEmpty || rest.first == ":" && (rest.count == 1 || Int(rest.dropFirst()) == port)
    }
}
