import HTTP
import Text

/// Where an OvalEdge is and how to talk to it, as its caller has read it; one for all accounts, of which there are many.
package final class OvalEdgeConfiguration: Sendable {
    /// Without slashes at its end; it may hold a context path.
    package let baseURL: String
    /// What links for people begin with.
    package let linkBaseURL: String
    package let links: LinkBase
    /// What is before the token in `Authorization`.
    package let authScheme: String
    /// A zone of the IANA database.
    package let timeZone: String
    /// The header in which the sign-in's answer carries the token when its body is empty.
    package let fallbackHeader: String?
    /// Seconds to wait for one answer.
    package let timeout: Double
    package let logsRequests: Bool
    /// Why nothing may be sent there, which every call is answered with; nil when it may.
    package let refusal: OvalEdgeError?

    /// Blank texts stand for what is usual; links say `localhost` where the address says `127.0.0.1`, if that is
    /// preferred.
    package init(
        baseURL: String,
        linkBaseURL: String = "",
        prefersLocalhostLinks: Bool = true,
        authScheme: String = "",
        timeZone: String = "",
        fallbackHeader: String? = nil,
        timeout: Double = 30,
        logsRequests: Bool = false,
        refusal: OvalEdgeError? = nil
    ) {
        self.baseURL = Self.withoutSlashes(baseURL)
        self.linkBaseURL = linkBaseURL.trimmed.isEmpty ? self.baseURL : Self.withoutSlashes(linkBaseURL)
        links = LinkBase(self.linkBaseURL, prefersLocalhost: prefersLocalhostLinks)
        self.authScheme = authScheme.trimmed.isEmpty ? "jwt" : authScheme.trimmed
        self.timeZone = timeZone.trimmed.isEmpty ? "UTC" : timeZone.trimmed
        self.fallbackHeader = fallbackHeader.flatMap { $0.trimmed.isEmpty ? nil : $0.trimmed }
        self.timeout = timeout
        self.logsRequests = logsRequests
        self.refusal = refusal
    }

    /// How sentences call the other side; never the whole address, which may hold what should not be shown.
    package var host: String { URLText(baseURL)?.host ?? "OvalEdge" }

    private static func withoutSlashes(_ text: String) -> String {
        var text = text.trimmed
        while text.last == "/" { text.removeLast() }
        return text
    }
}

extension OvalEdgeConfiguration {
    /// The zone to send: the setting, else `TZ`, else what `/etc/localtime` points to, else UTC.
    ///
    /// `TZ` may also hold a POSIX rule such as `CET-1CEST`, which no server understands, or a name that no zone has;
    /// both are passed over. `exists` says whether there is a zone of that name; the setting was asked before.
    package static func timeZone(
        setting: String?,
        tz: String?,
        localtime: String?,
        exists: (String) -> Bool = { _ in true }
    ) -> String {
        let variable = tz.map { (zone(at: $0) ?? String($0.drop { $0 == ":" })).trimmed }
        let candidates = [
            setting?.trimmed, variable.flatMap { isZoneName($0) && exists($0) ? $0 : nil },
            localtime.flatMap { zone(at: $0) }?.trimmed,
        ]
        return candidates.lazy.compactMap { $0 }.first { isZoneName($0) } ?? "UTC"
    }

    /// `/usr/share/zoneinfo/Europe/Berlin` means `Europe/Berlin`; nil for what is no such path.
    private static func zone(at path: String) -> String? {
        let marker = "zoneinfo/"
        guard let start = path.indices.last(where: { path[$0...].hasPrefix(marker) }) else { return nil }
        let name = path[start...].dropFirst(marker.count)
        return ["posix/", "right/"].first { name.hasPrefix($0) }.map { String(name.dropFirst($0.count)) }
            ?? String(name)
    }

    /// The shape of a zone's name, not its existence: that list is the server's.
    package static func isZoneName(_ text: String) -> Bool {
        guard let first = text.first, first.isLetter, text.last != "/", text.allSatisfy(isZoneCharacter) else {
            return false
        }
        let oldNames = ["EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT", "GMT0", "GMT+0", "GMT-0"]
        return text.contains("/") || oldNames.contains(text) || !text.contains { $0.isNumber }
    }

    private static func isZoneCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "/_+-".contains(character))
    }
}
