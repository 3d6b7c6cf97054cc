package import JSON
package import JSONRPC

/// What a request of 2026-07-28 carries about itself in `params._meta` (basic/index, "Request metadata").
package enum RequestMetadata {
    package static let protocolVersion = "io.modelcontextprotocol/protocolVersion"
    package static let clientCapabilities = "io.modelcontextprotocol/clientCapabilities"
    package static let clientInfo = "io.modelcontextprotocol/clientInfo"
    package static let serverInfo = "io.modelcontextprotocol/serverInfo"
    package static let logLevel = "io.modelcontextprotocol/logLevel"

    /// Whether the request claims to describe itself, rightly or not.
    ///
    /// With a session open, only a version is such a claim: it is what sets the two ways apart.
    package static func isClaimed(by meta: JSON?, inSession: Bool) -> Bool {
        guard let meta else { return false }
        return meta[protocolVersion] != nil || !inSession && meta[clientCapabilities] != nil
    }

    /// Whether both required keys are there and name a revision without a handshake.
    package static func isComplete(_ meta: JSON?) -> Bool {
        guard let meta, let version = meta[protocolVersion]?.string else { return false }
        return meta[clientCapabilities]?.object != nil && Revision(rawValue: version)?.isStateless == true
    }

    /// The revision, once everything that is required has been checked in the order the protocol gives.
    static func revision(_ meta: JSON?) throws(RPCError) -> Revision { try revision(named: version(meta)) }

    /// What it names as its version, once all that is required is there.
    package static func version(_ meta: JSON?) throws(RPCError) -> String {
        let missing = [protocolVersion, clientCapabilities].filter { meta?[$0] == nil }
        guard missing.isEmpty, let meta else {
            throw .invalidParams("`params._meta` lacks \(missing.map { "`\($0)`" }.joined(separator: " and ")).")
        }
        guard let version = meta[protocolVersion]?.string else {
            throw .invalidParams("`\(protocolVersion)` must be a text.")
        }
        guard meta[clientCapabilities]?.object != nil else {
            throw .invalidParams("`\(clientCapabilities)` must be an object.")
        }
        return version
    }

    package static func revision(named version: String) throws(RPCError) -> Revision {
        guard let revision = Revision(rawValue: version), revision.isStateless else {
            throw .unsupportedVersion(version)
        }
        return revision
    }

    /// What its client calls itself.
    package static func clientName(in meta: JSON?) -> String? { clientName(meta?[clientInfo]) }

    /// As much of a client's name as is kept: it goes into every entry of an audit log.
    package static func clientName(_ info: JSON?) -> String? {
        info?["name"]?.string.map { String($0.unicodeScalars.prefix(100)) }
    }

    /// From which level on this request asks for log lines; nil when it asks for none.
    static func logLevel(_ meta: JSON?) throws(RPCError) -> ClientLog.Level? {
        guard let level = meta?[logLevel] else { return nil }
        return try ClientLog.Level(level, called: logLevel)
    }
}

extension RPCError {
    /// -32022 (2026-07-28): `data` lists what a request may name in its `_meta`, newest first.
    ///
    /// A version that needs the handshake is answered with the stateless ones alone, so that no client tries it here
    /// again; any other one with all that is spoken on this pipe.
    package static func unsupportedVersion(_ requested: String) -> RPCError {
        let needsHandshake = Revision(rawValue: requested) != nil
        let supported = Revision.allCases.reversed().filter { $0.isStateless || !needsHandshake }
        let remedy = needsHandshake ? "it begins with `initialize`" : "choose one of `data.supported`"
        return RPCError(
            code: -32022,
            "The protocol version \(requested.prefix(40)) is not served this way; \(remedy).",
            data: ["supported": .strings(supported.map { $0.rawValue }), "requested": .string(requested)]
        )
    }
}
