import Text

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A numeric address, as bytes: 4 of IPv4 or 16 of IPv6.
struct IPAddress: Hashable {
    let bytes: [UInt8]

    init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: &six) { Array($0) }
        } else {
            return nil
        }
    }

    var isLoopback: Bool {
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127]
        return bytes.count == 4
            ? bytes[0] == 127
            : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
                || bytes.starts(with: mapped)
    }
}

/// An address of this machine to listen on.
package struct BindAddress: Hashable, SettingValue {
    package static let expectation = "an address of this machine, such as 127.0.0.1, ::1 or 0.0.0.0"
    package static let loopback = BindAddress(text: "127.0.0.1", isLoopback: true)

    package let text: String
    /// Whether only this machine can reach it.
    package let isLoopback: Bool

    private init(text: String, isLoopback: Bool) {
        self.text = text
        self.isLoopback = isLoopback
    }

    package init?(setting text: String) {
        if text.lowercased() == "localhost" {
            self = .loopback
            return
        }
        let inner = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        guard let address = IPAddress(inner) else { return nil }
        self.init(text: inner, isLoopback: address.isLoopback)
    }

    package var shown: String { text }
}

/// Names under which a server may be addressed: `mcp.example.com`, `[::1]:8000`.
package struct AllowedHosts: Hashable, SettingValue {
    package static let expectation = "host names separated by commas, each perhaps with a port"

    /// In small letters.
    package let entries: [String]

    package init?(setting text: String) {
        entries = SettingText.words(in: text).map { $0.lowercased() }
        guard !entries.isEmpty, entries.allSatisfy({ HostAndPort($0[...]) != nil }) else { return nil }
    }

    package var shown: String { entries.joined(separator: ",") }
}

/// Origins of web pages, `https://chat.example.com`, or schemes, `vscode-webview:`; `*` for all.
package struct AllowedOrigins: Hashable, SettingValue {
    package static let expectation = "origins such as https://chat.example.com, separated by commas, or *"

    /// In small letters; empty where all are allowed.
    package let entries: [String]
    package let isAny: Bool

    package init?(setting text: String) {
        isAny = text == "*"
        entries = isAny ? [] : SettingText.words(in: text).map { $0.lowercased() }
        guard isAny || !entries.isEmpty, entries.allSatisfy(Self.isOrigin) else { return nil }
    }

    package var shown: String { isAny ? "*" : entries.joined(separator: ",") }

    private static func isOrigin(_ text: String) -> Bool {
        guard let colon = text.firstIndex(of: ":") else { return false }
        let scheme = text[..<colon]
        guard scheme.first?.isLetter == true,
            scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
        else { return false }
        let rest = text[colon...]
        if rest == ":" { return !["http", "https"].contains(scheme) }
        return rest.hasPrefix("://") && HostAndPort(rest.dropFirst(3)) != nil
    }
}

/// Addresses, and networks as `10.0.0.0/8`.
package struct AddressRanges: Hashable, SettingValue {
    package static let expectation = "addresses and networks such as 10.0.0.0/8, separated by commas"

    package let entries: [String]

    package init?(setting text: String) {
        entries = SettingText.words(in: text)
        guard !entries.isEmpty, entries.allSatisfy(Self.isRange) else { return nil }
    }

    package var shown: String { entries.joined(separator: ",") }

    private static func isRange(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        guard parts.count <= 2, let address = IPAddress(parts[0]) else { return false }
        guard parts.count == 2 else { return true }
        let isNumber =
            !parts[1].isEmpty && parts[1].utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        return isNumber && Int(parts[1]).map { $0 <= 8 * address.bytes.count } ?? false
    }
}

extension SettingText {
    /// What is between commas and blanks.
    static func words(in text: String) -> [String] {
        text.split { $0 == "," || $0.isWhitespace }.map { String($0) }
    }
}
